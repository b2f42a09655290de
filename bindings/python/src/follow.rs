//! Working on a thread of its own while the thread that called shows progress and answers to Ctrl-C. Other threads of
//! Python go on meanwhile.

use std::ffi::CString;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{mem, thread};

use karat::{Answer, Event, Executor, Judge, Language, Problem};
use pyo3::prelude::*;

use crate::{KaratError, KaratWarning, engine};

/// How long Python waits before it is told again.
const BETWEEN: Duration = Duration::from_millis(100);

/// A warning's place is where the function of the package was called, not where this calls on.
const OF_THE_CALLER: i32 = 2;

/// What work tells of itself.
#[derive(Clone, Default)]
pub(crate) struct Following(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    stage: String,
    done: u64,
    /// 0 where it is not known.
    total: u64,
    executor: Option<Arc<Executor>>,
    /// What is still to be said as warnings.
    notes: Vec<String>,
}

impl Following {
    /// Takes an event of the engine.
    pub(crate) fn observe(&self, event: &Event<'_>) {
        if let Some(note) = event.note() {
            self.change(|state| state.notes.push(note));
        }
        self.change(|state| match event {
            Event::Installing { name, step } => {
                state.show(format!("installing the {name} runner: {}", step.describe()), 0, 0);
            }
            Event::MeasuringReferences(total) => state.show("measuring references".to_owned(), 0, *total),
            Event::ReferenceMeasured => state.done += 1,
            Event::Recording { samples, judged, .. } => state.show("judging".to_owned(), *judged, *samples),
            Event::Judged { judged, .. } => state.done = *judged,
            _ => {}
        });
    }

    /// The executor for the work, which is stopped if the work is.
    pub(crate) fn executor(
        &self,
        languages: &[Language],
        jobs: Option<u16>,
    ) -> Result<Arc<Executor>, String> {
        let executor = engine::executor(languages, jobs, &|event| self.observe(&event))?;
        self.change(|state| state.executor = Some(Arc::clone(&executor)));
        Ok(executor)
    }

    /// Installs the interpreter that judges a program, if it is not there.
    pub(crate) fn provide(
        &self,
        executor: &Executor,
        judge: &Judge<'_>,
        problem: &Problem,
        program: &str,
    ) -> Result<(), String> {
        let observe = |event: Event<'_>| self.observe(&event);
        executor.provide(judge, problem, Answer::program(program), &observe).map_err(engine::said)
    }

    /// This many programs are going to be judged.
    pub(crate) fn judging(&self, total: u64) {
        self.change(|state| state.show("judging".to_owned(), 0, total));
    }

    /// One of them was.
    pub(crate) fn judged(&self) {
        self.change(|state| state.done += 1);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Shows how far the work is, and warns of what is to be known of its results.
    fn report(&self, py: Python<'_>, progress: Option<&Py<PyAny>>) -> PyResult<()> {
        let mut notes = Vec::new();
        self.change(|state| notes = mem::take(&mut state.notes));
        for note in notes {
            let note = CString::new(note.replace('\0', "\u{fffd}"))?;
            PyErr::warn(py, &py.get_type::<KaratWarning>(), &note, OF_THE_CALLER)?;
        }
        let Some(progress) = progress else { return Ok(()) };
        let mut now = (String::new(), 0, 0);
        self.change(|state| now = (state.stage.clone(), state.done, state.total));
        if !now.0.is_empty() {
            progress.call1(py, now)?;
        }
        Ok(())
    }

    /// Ends the work: what is being executed comes to its end, and nothing more begins.
    fn stop(&self) {
        let mut executor = None;
        self.change(|state| executor = state.executor.take());
        if let Some(executor) = executor {
            executor.stop.cancel();
            engine::forget(&executor);
        }
    }
}

impl State {
    fn show(&mut self, stage: String, done: u64, total: u64) {
        (self.stage, self.done, self.total) = (stage, done, total);
    }
}

/// Does the work and returns what it gives. `progress` is called with a stage, how much of it is done, and of how much.
pub(crate) fn follow(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(&Following) -> Result<String, String> + Send + 'static,
) -> PyResult<String> {
    let following = Following::default();
    let (sender, mut receiver) = channel();
    let told = following.clone();
    thread::Builder::new().name("karat".to_owned()).spawn(move || {
        // Nobody waits for it any more, where it can not be sent.
        let _ = sender.send(work(&told));
    })?;
    loop {
        let (received, waiting) = py.detach(move || (receiver.recv_timeout(BETWEEN), receiver));
        receiver = waiting;
        match received {
            Ok(result) => {
                following.report(py, progress.as_ref())?;
                return result.map_err(KaratError::new_err);
            }
            Err(RecvTimeoutError::Timeout) => {
                let goes_on = following.report(py, progress.as_ref()).and_then(|()| py.check_signals());
                if let Err(error) = goes_on {
                    following.stop();
                    return Err(error);
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(KaratError::new_err("Karat has a fault; what it said is on standard error"));
            }
        }
    }
}
