//! What executes programs: the runner, the threads, and what is known of reference solutions.

use std::num::NonZeroUsize;

use rayon::ThreadPool;

use super::{EvaluateError, Event, Observer};
use crate::judge::reference_cache::ReferenceCache;
use crate::runner::install::{Installed, cache_directory};
use crate::runner::{Runners, python};

/// The sandbox has places for this many pairs of cells.
pub const MOST_JOBS: i64 = 120;

/// What executes programs.
pub struct Executor {
    /// The runners.
    pub runners: Runners,
    /// What it was made of.
    pub installed: Installed,
    /// What is known of reference solutions.
    pub references: ReferenceCache,
    /// The threads, each of which can hold a pair of cells.
    pub pool: ThreadPool,
}

impl Executor {
    /// Installs the runner if it has to be, and starts `jobs` threads, by default one a core.
    ///
    /// # Errors
    ///
    /// When the runner can not be installed, or the system gives no threads.
    pub fn start(jobs: Option<u16>, observe: Observer<'_>) -> Result<Executor, EvaluateError> {
        Executor::start_with(jobs, observe, |_| ())
    }

    /// As [`start`](Self::start), with threads that let those of the network go first: those need little time, but at
    /// once, or the server waits.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_beside_network(jobs: Option<u16>, observe: Observer<'_>) -> Result<Executor, EvaluateError> {
        Executor::start_with(jobs, observe, |_| step_back())
    }

    fn start_with(
        jobs: Option<u16>,
        observe: Observer<'_>,
        begin: impl Fn(usize) + Send + Sync + 'static,
    ) -> Result<Executor, EvaluateError> {
        let cache = cache_directory()?;
        let installed = python::RECIPE.install(&cache, &mut |step| observe(Event::Installing(step)));
        observe(Event::Installed);
        let (runner, installed) = installed?;
        let cores =
            || std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_JOBS as usize);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(jobs.map_or_else(cores, usize::from))
            .thread_name(|index| format!("judge-{index}"))
            .start_handler(begin)
            .build()
            .map_err(EvaluateError::Threads)?;
        let references = ReferenceCache::new(&cache, &installed.record().compiled);
        Ok(Executor { runners: Runners::from_iter([runner]), installed, references, pool })
    }
}

/// Lowers the priority of this thread.
fn step_back() {
    const NICENESS: libc::c_int = 10;
    // SAFETY: the call takes no pointer and changes nothing but when this thread gets to run. On Linux, 0 is the calling
    // thread. That it may fail does no harm.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS) };
}
