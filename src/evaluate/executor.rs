//! What executes programs: the runner, the threads, and what is known of reference solutions.

use std::num::NonZeroUsize;

use rayon::ThreadPool;
use tokio_util::sync::CancellationToken;

use super::{EvaluateError, Event, Observer};
use crate::complete::Answer;
use crate::judge::reference_cache::ReferenceCache;
use crate::judge::{Judge, LANGUAGE_OF_SETS};
use crate::language::Language;
use crate::problem::Problem;
use crate::runner::install::{InstalledRunner, cache_directory};
use crate::runner::recipe::Recipe;
use crate::runner::table::RECIPES;
use crate::runner::{OnDemand, Runners};

/// The sandbox has places for this many pairs of cells.
pub const MOST_JOBS: i64 = 120;

/// What executes programs.
pub struct Executor {
    /// The runners.
    pub runners: Runners,
    /// Whether each of those that are always installed behaves like its reference build.
    usual_is_reference: bool,
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
        let mut usual_is_reference = true;
        let mut compiled = Vec::new();
        let wanted =
            |recipe: &&Recipe| languages.contains(&recipe.language) || recipe.language == LANGUAGE_OF_SETS;
        for recipe in RECIPES.iter().filter(wanted) {
            if recipe.interpreter.is_some() {
                compiled.push(recipe.installer(&cache)?.key().to_owned());
                runners.insert_on_demand(OnDemand::new(recipe, &cache));
                continue;
            }
            let name = recipe.name();
            let installed = recipe.install(&cache, &mut |step| observe(Event::Installing { name, step }));
            observe(Event::Installed);
            let (runner, installed) = installed?;
            runners.insert(runner);
            usual_is_reference &= is_reference(recipe, &installed);
            compiled.push(installed.record().compiled_digests());
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
        Ok(Executor { runners, usual_is_reference, references, pool, stop: CancellationToken::new() })
    }
}

impl Executor {
    /// Installs the interpreter that an answer is judged by, where that is not the language's usual one and it is not there.
    ///
    /// # Errors
    ///
    /// When it can not be installed.
    pub fn provide(
        &self,
        judge: &Judge<'_>,
        problem: &Problem,
        answer: Answer,
        observe: Observer<'_>,
    ) -> Result<(), EvaluateError> {
        if self.runners.all_on_demand().iter().all(|runner| runner.installed().is_some()) {
            return Ok(());
        }
        let Some(interpreter) = judge.interpreter_of(problem, &answer.program_for(problem)) else {
            return Ok(());
        };
        let Some(runner) = self.runners.on_demand(interpreter) else { return Ok(()) };
        let name = runner.recipe().name();
        let mut has_begun = false;
        let installed = runner.get(&mut |step| {
            if !has_begun {
                observe(Event::NeedsInterpreter { interpreter, bytes: runner.recipe().bytes_to_fetch() });
            }
            has_begun = true;
            observe(Event::Installing { name, step });
        });
        if has_begun {
            observe(Event::Installed);
        }
        installed.map(|_| ()).map_err(|error| error.clone().into())
    }

    /// Whether every runner that was used behaves like its reference build.
    pub fn is_reference(&self) -> bool {
        let interpreters = self.runners.all_on_demand().iter();
        self.usual_is_reference
            && interpreters
                .filter_map(|on_demand| Some((on_demand.recipe(), on_demand.installed()?)))
                .all(|(recipe, installed)| is_reference(recipe, installed))
    }
}

fn is_reference(recipe: &Recipe, installed: &InstalledRunner) -> bool {
    recipe.reference_fingerprint() == Some(installed.record().fingerprint)
}

/// Lowers the priority of this thread.
fn step_back() {
    const NICENESS: libc::c_int = 10;
    // SAFETY: the call takes no pointer and changes nothing but when this thread gets to run. On Linux, 0 is the
    // calling thread. That it may fail does no harm.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS) };
}
