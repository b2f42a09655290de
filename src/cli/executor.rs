//! What every command that executes programs needs: the runner, threads, and what is known of reference solutions.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use rayon::ThreadPool;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use tracing::debug;

use super::progress;
use crate::judge::Judge;
use crate::judge::limits::{FuelLimit, FuelRule};
use crate::judge::reference_cache::ReferenceCache;
use crate::problem::locate::locate;
use crate::problem::{Entry, Language, ProblemSet, TaskId, TestKind};
use crate::record::{RecordError, RunDirectory};
use crate::report::printable;
use crate::runner::install::{Installed, cache_directory};
use crate::runner::python::PythonRunner;
use crate::sandbox::Fuel;
use crate::shown::shown;

/// The sandbox has places for this many pairs of cells.
pub const MOST_JOBS: i64 = 120;

/// What executes programs.
pub struct Executor {
    pub runner: PythonRunner,
    pub installed: Installed,
    pub references: ReferenceCache,
    pub pool: ThreadPool,
    quiet: bool,
}

impl Executor {
    /// Installs the runner if it has to be, and starts `jobs` threads, by default one a core.
    pub fn start(jobs: Option<u16>, quiet: bool) -> anyhow::Result<Executor> {
        Executor::start_with(jobs, quiet, |_| ())
    }

    /// As [`start`](Self::start), with threads that let those of the network go first: those need little time, but at
    /// once, or the server waits.
    pub fn start_beside_network(jobs: Option<u16>, quiet: bool) -> anyhow::Result<Executor> {
        Executor::start_with(jobs, quiet, |_| step_back())
    }

    fn start_with(
        jobs: Option<u16>,
        quiet: bool,
        begin: impl Fn(usize) + Send + Sync + 'static,
    ) -> anyhow::Result<Executor> {
        let cache = cache_directory()?;
        let (bar, mut on_step) = progress::installing("python", quiet);
        let installed = PythonRunner::install(&cache, &mut on_step);
        bar.finish_and_clear();
        let (runner, installed) = installed?;
        let cores =
            || std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_JOBS as usize);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(jobs.map_or_else(cores, usize::from))
            .thread_name(|index| format!("judge-{index}"))
            .start_handler(begin)
            .build()
            .context("can not start the judging threads")?;
        let references = ReferenceCache::new(&cache, &installed.record.compiled);
        Ok(Executor { runner, installed, references, pool, quiet })
    }

    /// What the reference solutions of a run's problems burn, as far as that is known.
    pub fn reference_fuel(&self, run: &RunDirectory, set: &ProblemSet) -> BTreeMap<TaskId, Fuel> {
        let known = |(task_id, _): (&TaskId, u64)| {
            let fuel = self.references.get(set.dataset, set.get(task_id.as_str())?)?.total_fuel()?;
            Some((task_id.clone(), fuel))
        };
        run.index().tasks().filter_map(known).collect()
    }

    /// Finds out what the reference solutions and the tests of those problems tell that `wanted` holds for, where the
    /// cache does not know it. Says which solutions a limit stopped, and what goes for their completions instead.
    pub fn measure_references(
        &self,
        set: &ProblemSet,
        judge: &Judge,
        wanted: impl Fn(&TaskId, &Entry) -> bool,
    ) -> anyhow::Result<()> {
        let wanted: Vec<(&TaskId, &Entry)> = set
            .entries()
            .filter(|(task_id, entry)| tells_something(entry) && wanted(task_id, entry))
            .collect();
        let unknown: Vec<&(&TaskId, &Entry)> =
            wanted.iter().filter(|(_, entry)| self.references.get(set.dataset, entry).is_none()).collect();
        debug!(wanted = wanted.len(), unknown = unknown.len(), "references");
        if !unknown.is_empty() {
            let bar = progress::judging(unknown.len() as u64, self.quiet);
            bar.set_prefix("measuring references");
            let measured = self.measure(set, judge, &unknown, || bar.inc(1));
            bar.finish_and_clear();
            measured?;
        }
        let mut stopped = Vec::new();
        for (task_id, entry) in wanted {
            if let Some(why) = self.references.stopped(set.dataset, entry) {
                let problem = set.problem(task_id.as_str())?;
                let instead = judge.limits().sealed(&problem.limits, None, set.dataset);
                stopped.push((task_id, why, instead, entry.needs_reference));
            }
        }
        if !stopped.is_empty() {
            eprintln!("note: {}", printable(&what_goes_instead(&stopped)));
        }
        Ok(())
    }

    /// Those on which the harness failed are measured once more when nothing else runs. To go on without
    /// would make limits depend on the machine's load.
    fn measure(
        &self,
        set: &ProblemSet,
        judge: &Judge,
        unknown: &[&(&TaskId, &Entry)],
        each: impl Fn() + Sync,
    ) -> anyhow::Result<()> {
        let measure = |(task_id, entry): &(&TaskId, &Entry)| -> anyhow::Result<Result<(), String>> {
            let problem = set.problem(task_id.as_str())?;
            Ok(judge.measure(&problem).map(|run| {
                self.references.put(set.dataset, entry, run);
                each();
            }))
        };
        let failed = Mutex::new(Vec::new());
        self.pool.install(|| {
            unknown.par_iter().try_for_each(|one| -> anyhow::Result<()> {
                if measure(one)?.is_err() {
                    failed.lock().unwrap_or_else(PoisonError::into_inner).push(**one);
                }
                Ok(())
            })
        })?;
        for one in failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            self.pool
                .install(|| measure(&one))?
                .map_err(anyhow::Error::msg)
                .with_context(|| format!("{}: can not measure the reference solution", one.0))?;
        }
        Ok(())
    }
}

/// Whether measuring can tell something of a problem: what its reference solution burns and returns, or which of its
/// tests can be sealed.
fn tells_something(entry: &Entry) -> bool {
    entry.has_reference || entry.kinds.contains(&TestKind::Assertions)
}

/// What limits completions where a limit stopped the reference solution, in one line.
fn what_goes_instead(stopped: &[(&TaskId, String, FuelLimit, bool)]) -> String {
    const MOST_NAMED: usize = 5;
    let named: Vec<String> = stopped
        .iter()
        .take(MOST_NAMED)
        .map(|(task_id, why, FuelLimit { limit, rule }, is_needed)| {
            let rule = match rule {
                FuelRule::Given => "--fuel",
                FuelRule::Problem => "the problem's own limit",
                FuelRule::Reference | FuelRule::Time => "the time limit",
            };
            let fuel = limit.0 as f64 / 1e9;
            let expected =
                if *is_needed { ", and tests that expect what it returns are inconclusive" } else { "" };
            format!("{task_id} needs {why}, so its completions may burn {fuel} G, by {rule}{expected}")
        })
        .collect();
    let more = match stopped.len() - named.len() {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let solutions = if stopped.len() == 1 { "solution" } else { "solutions" };
    format!("{} reference {solutions} could not be measured: {}{more}", stopped.len(), named.join("; "))
}

/// Lowers the priority of this thread.
fn step_back() {
    const NICENESS: libc::c_int = 10;
    // SAFETY: the call takes no pointer and changes nothing but when this thread gets to run. On Linux, 0 is the calling
    // thread. That it may fail does no harm.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS) };
}

/// Where a problem set is that was named by its path or by its name.
pub fn set_path(named: &Path) -> anyhow::Result<PathBuf> {
    match named.to_str() {
        Some(name) if !named.exists() && !name.contains(['/', '.']) => Ok(locate(name)?),
        _ => Ok(named.to_owned()),
    }
}

/// Where runs are recorded, below the working directory.
pub const RUNS: &str = "runs";

/// The first of `BASE`, `BASE-2`, … that is free.
pub fn free_directory(base: &str) -> PathBuf {
    std::iter::once(base.to_owned())
        .chain((2..).map(|number| format!("{base}-{number}")))
        .map(PathBuf::from)
        .find(|path| !path.exists())
        .expect("numbers do not end")
}

/// The newest directory below `runs/` that `matches`, as old as the file in it of that name. One that holds a run which
/// can not be read does not; what is wrong with it is told.
pub fn newest_run(dated_by: &str, matches: impl Fn(&Path) -> Result<bool, RecordError>) -> Option<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(RUNS).into_iter().flatten().flatten() {
        let path = entry.path();
        let found_there = matches(&path);
        debug!(path = %shown(path.display()), matches = ?found_there.as_ref().ok(), "looked for a run to resume");
        match found_there {
            Ok(true) => {
                let modified = path.join(dated_by).metadata().and_then(|file| file.modified());
                found.extend(modified.ok().map(|modified| (modified, path)));
            }
            Ok(false) | Err(RecordError::NotARun { .. }) => {}
            Err(error) => eprintln!(
                "note: {}",
                printable(&format!("passed over, since it can not be resumed: {error}"))
            ),
        }
    }
    found.into_iter().max().map(|(_, path)| path)
}

/// Refuses a set in a language that nothing here can run.
pub fn refuse_what_cannot_run(path: &Path, set: &ProblemSet) -> anyhow::Result<()> {
    let without: Vec<&str> =
        set.languages().into_iter().filter(|language| !language.runs_here()).map(Language::name).collect();
    anyhow::ensure!(
        without.is_empty(),
        "{}: karat has no runner for {}; the set can be looked at (`karat problems list`), but not executed",
        shown(path.display()),
        without.join(", ")
    );
    Ok(())
}
