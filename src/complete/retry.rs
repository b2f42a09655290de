//! When to send a request again: exponential backoff with full jitter, and the server's own `Retry-After`.

use std::time::Duration;

use super::provider::AskError;

/// How often, and how patiently, a request is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Most attempts for one request, the first included.
    pub attempts: u32,
    /// The wait after the first failure is drawn from zero to this; after each other failure, to twice as much.
    pub first_wait: Duration,
    /// No wait is drawn from more than zero to this.
    pub longest_wait: Duration,
    /// A server's `Retry-After` counts up to this.
    pub longest_retry_after: Duration,
    /// How long one attempt may take.
    pub request_timeout: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            attempts: 8,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            longest_retry_after: Duration::from_secs(300),
            request_timeout: Duration::from_secs(600),
        }
    }
}

/// The waits of one request. The same seed gives the same waits.
#[derive(Debug)]
pub struct Backoff {
    policy: RetryPolicy,
    random: fastrand::Rng,
    failures: u32,
}

impl Backoff {
    /// For a request that has not failed yet.
    pub fn new(policy: RetryPolicy, seed: u64) -> Backoff {
        Backoff { policy, random: fastrand::Rng::with_seed(seed), failures: 0 }
    }

    /// How often the request has failed.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Notes a failure: how long to wait before the next attempt, or `None` where there should be none.
    pub fn after(&mut self, error: &AskError) -> Option<Duration> {
        self.failures += 1;
        if !error.is_retryable() || self.failures >= self.policy.attempts.min(error.most_attempts()) {
            return None;
        }
        // Above 2^20 every sensible longest wait is reached.
        let doublings = (self.failures - 1).min(20);
        let window = self.policy.first_wait.saturating_mul(1 << doublings).min(self.policy.longest_wait);
        Some(match error.retry_after() {
            // Those who were told the same time should not all come at that time.
            Some(wait) => wait.min(self.policy.longest_retry_after) + self.draw(self.policy.first_wait),
            None => self.draw(window),
        })
    }

    fn draw(&mut self, window: Duration) -> Duration {
        window.mul_f64(self.random.f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        attempts: 30,
        first_wait: Duration::from_secs(1),
        longest_wait: Duration::from_secs(10),
        longest_retry_after: Duration::from_secs(60),
        request_timeout: Duration::from_secs(1),
    };

    fn busy(retry_after: Option<u64>) -> AskError {
        let retry_after = retry_after.map(Duration::from_secs);
        AskError::Busy { status: 429, message: String::new(), retry_after }
    }

    fn waits(seed: u64) -> Vec<Option<Duration>> {
        let mut backoff = Backoff::new(POLICY, seed);
        (0..30).map(|_| backoff.after(&busy(None))).collect()
    }

    #[test]
    fn waits_are_drawn_from_a_window_that_doubles_up_to_a_limit() {
        let mut largest = [Duration::ZERO; 29];
        for seed in 0..200 {
            let waits = waits(seed);
            assert_eq!(waits[29], None);
            for (largest, wait) in largest.iter_mut().zip(&waits) {
                *largest = wait.unwrap().max(*largest);
            }
        }
        for (failure, largest) in largest.iter().enumerate() {
            let window = Duration::from_secs(1 << failure.min(10)).min(POLICY.longest_wait);
            assert!(*largest <= window && *largest > window.mul_f64(0.9), "{failure}: {largest:?}");
        }
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }

    #[test]
    fn retry_after_is_honoured_up_to_a_limit() {
        let mut backoff = Backoff::new(POLICY, 1);
        for (asked, least) in [(0, 0), (5, 5), (60, 60), (3600, 60)] {
            let wait = backoff.after(&busy(Some(asked))).unwrap();
            let least = Duration::from_secs(least);
            assert!(wait >= least && wait <= least + POLICY.first_wait, "{asked}: {wait:?}");
        }
        assert_eq!(backoff.failures(), 4);
    }

    #[test]
    fn what_can_not_be_retried_is_not() {
        let refused = AskError::Refused { status: 400, message: String::new() };
        assert_eq!(Backoff::new(POLICY, 1).after(&refused), None);
        assert_eq!(Backoff::new(RetryPolicy { attempts: 1, ..POLICY }, 1).after(&busy(None)), None);
        let mut backoff = Backoff::new(POLICY, 1);
        let waits: Vec<bool> = (0..4).map(|_| backoff.after(&AskError::Empty).is_some()).collect();
        assert_eq!(waits, [true, true, true, false]);
    }
}
