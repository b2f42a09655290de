//! How many requests are under way at once, and how many begin in a minute.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// For at least this long after a server asked us to slow down, further refusals are no news.
const CALM: Duration = Duration::from_secs(1);

/// What a server is asked at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Requests under way at once. At least 1.
    pub concurrency: usize,
    /// Requests that begin in any minute. At least 1.
    pub requests_per_minute: Option<u32>,
    /// Tokens in any minute, of prompts and answers. They are estimated as a request begins and put right by its
    /// answer.
    pub tokens_per_minute: Option<u64>,
}

impl Default for RateLimits {
    fn default() -> Self {
        RateLimits { concurrency: 16, requests_per_minute: None, tokens_per_minute: None }
    }
}

/// Lets requests begin, in the order in which they come.
///
/// When the server says that it is too much (status 429), nothing begins for the time that it asks for, and half as
/// many are allowed at once; each full round of answers allows one more, up to the limit.
pub struct Limiter {
    concurrency: usize,
    state: Mutex<State>,
    /// Whoever holds it is the next to begin.
    turn: tokio::sync::Mutex<()>,
    ended: Notify,
}

struct State {
    under_way: usize,
    allowed: usize,
    answers_since: usize,
    pause_end: Option<Instant>,
    slowed_until: Option<Instant>,
    requests: Option<Bucket>,
    tokens: Option<Bucket>,
}

impl Limiter {
    /// A limiter with nothing under way.
    pub fn new(limits: RateLimits) -> Arc<Limiter> {
        let concurrency = limits.concurrency.max(1);
        let now = Instant::now();
        Arc::new(Limiter {
            concurrency,
            state: Mutex::new(State {
                under_way: 0,
                allowed: concurrency,
                answers_since: 0,
                pause_end: None,
                slowed_until: None,
                requests: limits.requests_per_minute.map(|limit| Bucket::new(f64::from(limit.max(1)), now)),
                tokens: limits.tokens_per_minute.map(|limit| Bucket::new(limit.max(1) as f64, now)),
            }),
            turn: tokio::sync::Mutex::new(()),
            ended: Notify::new(),
        })
    }

    /// Waits until a request of about this many tokens may begin.
    pub async fn admit(self: &Arc<Self>, tokens: u64) -> Permit {
        let _turn = self.turn.lock().await;
        loop {
            let attempt = self.lock().try_begin(tokens as f64, Instant::now());
            match attempt {
                Ok(()) => return Permit { limiter: Arc::clone(self), tokens },
                Err(Obstacle::Requests) => self.ended.notified().await,
                Err(Obstacle::Time(when)) => sleep_until(when).await,
            }
        }
    }

    /// The server said that it is too much, and that or its next patience lasts so long.
    pub fn slow_down(&self, wait: Duration) {
        let now = Instant::now();
        let mut state = self.lock();
        let end = now + wait;
        state.pause_end = Some(state.pause_end.map_or(end, |earlier| earlier.max(end)));
        // Requests that began together are refused together: that is one piece of news.
        if state.slowed_until.is_none_or(|until| until <= now) {
            state.allowed = (state.allowed / 2).max(1);
            state.answers_since = 0;
            state.slowed_until = Some(now + wait.max(CALM));
        }
    }

    /// How many requests may be under way at once now.
    pub fn allowed(&self) -> usize {
        self.lock().allowed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a request can not begin.
enum Obstacle {
    /// Too many are under way.
    Requests,
    /// It is too early.
    Time(Instant),
}

impl State {
    fn try_begin(&mut self, tokens: f64, now: Instant) -> Result<(), Obstacle> {
        if self.under_way >= self.allowed {
            return Err(Obstacle::Requests);
        }
        let requests = self.requests.as_mut().and_then(|bucket| bucket.ready(1.0, now));
        let tokens_ready = self.tokens.as_mut().and_then(|bucket| bucket.ready(tokens, now));
        let pause = self.pause_end.filter(|&end| end > now);
        if let Some(when) = [requests, tokens_ready, pause].into_iter().flatten().max() {
            return Err(Obstacle::Time(when));
        }
        self.requests.iter_mut().for_each(|bucket| bucket.level -= 1.0);
        self.tokens.iter_mut().for_each(|bucket| bucket.level -= tokens);
        self.under_way += 1;
        Ok(())
    }
}

/// The right to have one request under way, until dropped.
pub struct Permit {
    limiter: Arc<Limiter>,
    tokens: u64,
}

impl Permit {
    /// The request was answered, with this many tokens, if that is known.
    pub fn answered(self, tokens: Option<u64>) {
        let mut state = self.limiter.lock();
        if let (Some(bucket), Some(tokens)) = (&mut state.tokens, tokens) {
            bucket.level = (bucket.level + self.tokens as f64 - tokens as f64).min(bucket.capacity);
        }
        state.answers_since += 1;
        if state.answers_since >= state.allowed && state.allowed < self.limiter.concurrency {
            state.allowed += 1;
            state.answers_since = 0;
            self.limiter.ended.notify_one(); // there is room for one beside the one that ends here
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.limiter.lock().under_way -= 1;
        self.limiter.ended.notify_one();
    }
}

/// A token bucket. It is filled so slowly and is so small that no minute sees more than the limit: in a minute it gives
/// at most its content, a 61st of the limit, and what flows in, sixty 61sts.
struct Bucket {
    level: f64,
    capacity: f64,
    per_second: f64,
    filled: Instant,
}

impl Bucket {
    fn new(per_minute: f64, now: Instant) -> Bucket {
        let per_second = per_minute / 61.0;
        let capacity = per_second.max(1.0);
        Bucket { level: capacity, capacity, per_second, filled: now }
    }

    /// When there is enough in it, if that is not now. What is larger than the bucket waits for a full one and leaves a
    /// debt.
    fn ready(&mut self, amount: f64, now: Instant) -> Option<Instant> {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.level = (self.level + passed * self.per_second).min(self.capacity);
        self.filled = now;
        // A billionth less is enough: sums of fractions are off by that much, and would wait for it.
        let missing = amount.min(self.capacity) - self.level;
        (missing > 1e-9).then(|| now + Duration::from_secs_f64(missing / self.per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(concurrency: usize, requests: Option<u32>, tokens: Option<u64>) -> RateLimits {
        RateLimits { concurrency, requests_per_minute: requests, tokens_per_minute: tokens }
    }

    /// When each of `count` requests could begin, in seconds.
    async fn beginnings(limiter: &Arc<Limiter>, count: usize, tokens: u64) -> Vec<f64> {
        let start = Instant::now();
        let mut times = Vec::new();
        for _ in 0..count {
            drop(limiter.admit(tokens).await);
            times.push(start.elapsed().as_secs_f64());
        }
        times
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_sees_more_requests_than_allowed() {
        for limit in [1_u32, 7, 60, 600] {
            let limiter = Limiter::new(limits(4, Some(limit), None));
            let times = beginnings(&limiter, 3 * limit as usize, 0).await;
            for (position, time) in times.iter().enumerate() {
                let in_minute = times[position..].iter().filter(|&&other| other < time + 60.0).count();
                assert!(in_minute <= limit as usize, "{limit}: {in_minute}");
            }
            // It is not much slower than it has to be either.
            assert!(times.last().unwrap() < &200.0, "{limit}: {times:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_are_counted_and_put_right() {
        let limiter = Limiter::new(limits(4, None, Some(61_000)));
        let times = beginnings(&limiter, 5, 2000).await;
        assert!((times[4] - times[1] - 6.0).abs() < 0.1, "{times:?}");
        tokio::time::sleep(Duration::from_secs(10)).await;
        limiter.admit(1000).await.answered(Some(11_000)); // ten seconds' worth more than thought
        let times = beginnings(&limiter, 1, 1000).await;
        assert!((times[0] - 11.0).abs() < 0.1, "{times:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_are_under_way() {
        let limiter = Limiter::new(limits(2, None, None));
        let first = limiter.admit(0).await;
        let _second = limiter.admit(0).await;
        let third = tokio::spawn({
            let limiter = Arc::clone(&limiter);
            async move { limiter.admit(0).await }
        });
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(!third.is_finished());
        drop(first);
        third.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn too_much_slows_all_down_for_a_while() {
        let limiter = Limiter::new(limits(8, None, None));
        // Three requests of one round are refused: one piece of news.
        (0..3).for_each(|_| limiter.slow_down(Duration::from_secs(5)));
        assert_eq!(limiter.allowed(), 4);
        let times = beginnings(&limiter, 2, 0).await;
        assert!(times[0] >= 5.0 && times[1] < 5.1, "{times:?}");
        limiter.slow_down(Duration::ZERO);
        assert_eq!(limiter.allowed(), 2);
        for _ in 0..200 {
            limiter.admit(0).await.answered(None);
        }
        assert_eq!(limiter.allowed(), 8);
    }
}
