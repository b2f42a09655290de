//! Progress where there is no terminal: a line now and then, so that a log tells how far a long job is.

use std::env;
use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::logging;

/// The variable with the seconds between two lines.
const VARIABLE: &str = "KARAT_PROGRESS_SECONDS";

/// Without the variable. What is shorter says nothing.
const USUAL: Duration = Duration::from_secs(30);

/// Says when a line is due.
#[derive(Clone, Debug)]
pub(super) struct NowAndThen(Option<Arc<Clock>>);

#[derive(Debug)]
struct Clock {
    every: Duration,
    last: Mutex<Instant>,
}

impl NowAndThen {
    /// Lines from now on, unless there is a terminal, which has bars, or it is to be quiet, or events are logged.
    pub(super) fn new(quiet: bool) -> NowAndThen {
        if quiet || logging::is_on() || io::stderr().is_terminal() {
            return NowAndThen(None);
        }
        let seconds = env::var(VARIABLE).ok().and_then(|text| text.parse().ok());
        let every = seconds.map_or(USUAL, Duration::from_secs);
        NowAndThen(Some(Arc::new(Clock { every, last: Mutex::new(Instant::now()) })))
    }

    /// Whether a line is due; then the next one is so much later.
    pub(super) fn is_due(&self) -> bool {
        let Some(clock) = &self.0 else { return false };
        let mut last = clock.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.elapsed() >= clock.every;
        if is_due {
            *last = Instant::now();
        }
        is_due
    }
}

/// About how long something takes that has taken so long for a part of it.
pub(super) fn left(taken: Duration, done: u64, all: u64) -> Option<String> {
    let rest = all.checked_sub(done).filter(|rest| *rest > 0)?;
    if done == 0 {
        return None;
    }
    let seconds = taken.as_secs_f64() / done as f64 * rest as f64;
    Some(match seconds as u64 {
        seconds @ 0..90 => format!("about {} s left", seconds.max(1)),
        seconds @ 90..5400 => format!("about {} min left", (seconds + 30) / 60),
        seconds => format!("about {} h left", (seconds + 1800) / 3600),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_round_numbers() {
        let after = |done, all| left(Duration::from_secs(60), done, all);
        assert_eq!(after(60, 90).as_deref(), Some("about 30 s left"));
        assert_eq!(after(1, 11).as_deref(), Some("about 10 min left"));
        assert_eq!(after(1, 601).as_deref(), Some("about 10 h left"));
        assert_eq!((after(0, 5), after(5, 5)), (None, None));
    }
}
