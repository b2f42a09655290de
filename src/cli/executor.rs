//! What every command that executes programs needs: the runner, threads, and what is known of reference solutions.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rayon::ThreadPool;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::progress;
use crate::judge::Judge;
use crate::judge::reference::ReferenceCache;
use crate::problem::locate::locate;
use crate::problem::{Entry, Language, ProblemSet, TaskId, TestKind};
use crate::record::RunDirectory;
use crate::runner::install::{Installed, cache_directory};
use crate::runner::python::PythonRunner;
use crate::sandbox::Fuel;

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
        let references = ReferenceCache::new(&cache, &installed.record.inputs);
        Ok(Executor { runner, installed, references, pool, quiet })
    }

    /// What the reference solutions of a run's problems burn, as far as that is known.
    pub fn reference_fuel(&self, run: &RunDirectory, set: &ProblemSet) -> BTreeMap<TaskId, Fuel> {
        let known = |(task_id, _): (&TaskId, u64)| {
            let fuel = self.references.get(set.get(task_id.as_str())?)?.total_fuel()?;
            Some((task_id.clone(), fuel))
        };
        run.index().tasks().filter_map(known).collect()
    }

    /// Finds out what the reference solutions and the tests of those problems tell that `wanted` holds for, where the
    /// cache does not know it.
    pub fn measure_references(
        &self,
        set: &ProblemSet,
        judge: &Judge,
        wanted: impl Fn(&TaskId, &Entry) -> bool,
    ) -> anyhow::Result<()> {
        let unknown: Vec<(&TaskId, &Entry)> = set
            .entries()
            .filter(|(task_id, entry)| {
                let has_something_to_tell =
                    entry.has_reference || entry.kinds.contains(&TestKind::Assertions);
                has_something_to_tell && wanted(task_id, entry) && self.references.get(entry).is_none()
            })
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let bar = progress::judging(unknown.len() as u64, self.quiet);
        bar.set_prefix("measuring references");
        let measured = self.pool.install(|| {
            unknown.par_iter().try_for_each(|(task_id, entry)| {
                let problem = set.problem(task_id.as_str())?;
                let run = judge
                    .measure(&problem)
                    .map_err(anyhow::Error::msg)
                    .with_context(|| format!("{task_id}: can not measure the reference solution"))?;
                self.references.put(entry, run);
                bar.inc(1);
                anyhow::Ok(())
            })
        });
        bar.finish_and_clear();
        measured
    }
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

/// Refuses a set in a language that nothing here can run.
pub fn refuse_what_cannot_run(path: &Path, set: &ProblemSet) -> anyhow::Result<()> {
    let without: Vec<&str> =
        set.languages().into_iter().filter(|language| !language.runs_here()).map(Language::name).collect();
    anyhow::ensure!(
        without.is_empty(),
        "{}: karat has no runner for {}; the set can be looked at (`karat problems list`), but not executed",
        path.display(),
        without.join(", ")
    );
    Ok(())
}
