//! What executes programs, started once a process.

use std::process;
use std::sync::{Arc, Mutex, PoisonError};

use karat::{EvaluateError, Executor, Language, MOST_JOBS, Observer, with_causes};

/// An executor, and for whom it was started.
struct Started {
    process: u32,
    languages: Vec<Language>,
    jobs: Option<u16>,
    executor: Arc<Executor>,
}

static STARTED: Mutex<Option<Started>> = Mutex::new(None);

/// The executor of this process, with the runners of these languages and this many threads.
pub(crate) fn executor(
    languages: &[Language],
    jobs: Option<u16>,
    observe: Observer<'_>,
) -> Result<Arc<Executor>, String> {
    if jobs.is_some_and(|jobs| jobs == 0 || i64::from(jobs) > MOST_JOBS) {
        return Err(format!("jobs: write a number from 1 to {MOST_JOBS}"));
    }
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(Started { process, languages: ready, jobs: threads, executor }) = &*started {
        // What the kernel tells of a process's memory, and the threads, are those of the process that it was started in.
        if *process != process::id() {
            return Err("Karat was started before this process was forked, and can not be used in both; use the start \
                        method `spawn` or `forkserver` of multiprocessing"
                .to_owned());
        }
        if *threads == jobs && languages.iter().all(|language| ready.contains(language)) {
            return Ok(Arc::clone(executor));
        }
    }
    let executor = Executor::start(languages, jobs, observe).map_err(said)?;
    let executor = Arc::new(executor);
    *started = Some(Started {
        process: process::id(),
        languages: languages.to_vec(),
        jobs,
        executor: Arc::clone(&executor),
    });
    Ok(executor)
}

/// Forgets an executor that was told to stop, so that the next call starts another.
pub(crate) fn forget(executor: &Arc<Executor>) {
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if started.as_ref().is_some_and(|started| Arc::ptr_eq(&started.executor, executor)) {
        *started = None;
    }
}

/// What the command line says of an error.
pub(crate) fn said(error: EvaluateError) -> String {
    with_causes(&error)
}
