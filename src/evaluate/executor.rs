//! What executes programs: the runner, the threads, and what is known of reference solutions.

use std::num::NonZeroUsize;

use rayon::ThreadPool;
use tokio_util::sync::CancellationToken;

use super::{EvaluateError, Event, Observer};
use crate::judge::LANGUAGE_OF_SETS;
use crate::judge::reference_cache::ReferenceCache;
use crate::language::Language;
use crate::runner::Runners;
use crate::runner::install::cache_directory;
use crate::runner::recipe::Recipe;
use crate::runner::table::RECIPES;

/// The sandbox has places for this many pairs of cells.
pub const MOST_JOBS: i64 = 120;

/// What executes programs.
pub struct Executor {
    /// The runners.
    pub runners: Runners,
    /// Whether each of them behaves like its reference build.
    pub is_reference: bool,
    /// What is known of reference solutions.
    pub references: ReferenceCache,
    /// The threads, each of which can hold a pair of cells.
    pub pool: ThreadPool,
    /// Cancelled when the user wants no more: what is being executed still ends, and nothing more begins.
    pub stop: CancellationToken,
}

impl Executor {
    /// Installs the runners of these languages where they have to be, and that of what problem sets are written in
    /// beside them; and starts `jobs` threads, by default one a core. A language that has no runner is left out.
    ///
    /// # Errors
    ///
    /// When a runner can not be installed, or the system gives no threads.
    pub fn start(
        languages: &[Language],
        jobs: Option<u16>,
        observe: Observer<'_>,
    ) -> Result<Executor, EvaluateError> {
        Executor::start_with(languages, jobs, observe, |_| ())
    }

    /// As [`start`](Self::start), with threads that let those of the network go first: those need little time, but at
    /// once, or the server waits.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_beside_network(
        languages: &[Language],
        jobs: Option<u16>,
        observe: Observer<'_>,
    ) -> Result<Executor, EvaluateError> {
        Executor::start_with(languages, jobs, observe, |_| step_back())
    }

    fn start_with(
        languages: &[Language],
        jobs: Option<u16>,
        observe: Observer<'_>,
        begin: impl Fn(usize) + Send + Sync + 'static,
    ) -> Result<Executor, EvaluateError> {
        let cache = cache_directory()?;
        let mut runners = Runners::default();
        let mut is_reference = true;
        let mut compiled = Vec::new();
        let wanted =
            |recipe: &&Recipe| languages.contains(&recipe.language) || recipe.language == LANGUAGE_OF_SETS;
        for recipe in RECIPES.iter().filter(wanted) {
            let name = recipe.name();
            let installed = recipe.install(&cache, &mut |step| observe(Event::Installing { name, step }));
            observe(Event::Installed);
            let (runner, installed) = installed?;
            runners.insert(runner);
            let record = installed.record();
            is_reference &= recipe.reference_fingerprint() == Some(record.fingerprint);
            compiled.push(record.compiled_digests());
        }
        let cores =
            || std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_JOBS as usize);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(jobs.map_or_else(cores, usize::from))
            .thread_name(|index| format!("judge-{index}"))
            .start_handler(begin)
            .build()
            .map_err(EvaluateError::Threads)?;
        let references = ReferenceCache::new(&cache, &compiled.join("+"));
        Ok(Executor { runners, is_reference, references, pool, stop: CancellationToken::new() })
    }
}

/// Lowers the priority of this thread.
fn step_back() {
    const NICENESS: libc::c_int = 10;
    // SAFETY: the call takes no pointer and changes nothing but when this thread gets to run. On Linux, 0 is the
    // calling thread. That it may fail does no harm.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS) };
}
