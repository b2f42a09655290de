//! What the engine tells while it works.

use std::path::Path;

use crate::complete::left_out::Additions;
use crate::complete::provider::AskError;
use crate::judge::harden::HardenStep;
use crate::judge::limits::{FuelLimit, FuelRule};
use crate::language::Interpreter;
use crate::problem::TaskId;
use crate::record::RecordError;
use crate::runner::install::InstallStep;
use crate::shown;

/// Something that happened, for whoever shows what the engine does. Counts are of the whole, not since the last event.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Programs need an interpreter that is no part of what is always installed, and it has to be installed.
    NeedsInterpreter {
        /// The interpreter.
        interpreter: Interpreter,
        /// How many bytes are fetched for it.
        bytes: u64,
    },
    /// The runner has to be installed, and this is the step that begins.
    Installing {
        /// The runner.
        name: &'static str,
        /// The step.
        step: InstallStep,
    },
    /// The runner is there.
    Installed,
    /// This many reference solutions have to be measured.
    MeasuringReferences(u64),
    /// One of them has been.
    ReferenceMeasured,
    /// All of them have been.
    ReferencesMeasured,
    /// Limits stopped these reference solutions, so that other limits go for their completions.
    ReferencesStopped(&'a [StoppedReference]),
    /// A run was looked for to be resumed, and one that can not be read was passed over.
    PassedOver(&'a RecordError),
    /// A new run begins although there is one of the same question that is not finished.
    Unfinished {
        /// Its directory.
        path: &'a Path,
        /// The command that goes on with it.
        resume: Option<&'a str>,
    },
    /// A run was looked for to be resumed, and there is none that was asked the same: a new one begins.
    NothingToResume,
    /// From now on a run is recorded.
    Recording {
        /// Its directory.
        path: &'a Path,
        /// How many samples it will have.
        samples: u64,
        /// How many of them are answered already; all where none are asked for.
        answered: u64,
        /// How many of them have a verdict already.
        judged: u64,
        /// How many of those pass.
        passed: u64,
    },
    /// Verdicts were reached.
    Judged {
        /// How many samples have one.
        judged: u64,
        /// How many of them pass.
        passed: u64,
    },
    /// A sample was answered.
    Answered,
    /// A sample has no answer.
    Unanswered {
        /// Its problem.
        task_id: &'a TaskId,
        /// Which of the samples.
        sample: u32,
        /// Why.
        error: &'a AskError,
        /// How many have none so far.
        failed: u64,
        /// Whether this is the first with that error.
        is_new: bool,
    },
    /// A request is sent again, for a reason that was not told before.
    Retrying(&'a str),
    /// The server refuses what Karat adds to requests: it is left out of all that follow.
    LeftOut {
        /// What.
        left_out: &'a Additions,
        /// The refusal.
        error: &'a AskError,
    },
    /// Answers can not be kept for later runs.
    CacheFailed(&'a str),
    /// The budget is used up: what is in flight still comes.
    BudgetReached,
    /// Nothing more is asked; what was answered is still judged.
    AskingEnded,
    /// Nothing more is asked or judged.
    Ended,
    /// A problem is being hardened: its tests have to catch this many programs.
    Hardening(u64),
    /// How far that is.
    HardenStep(HardenStep),
    /// Nothing more is tried.
    Hardened,
    /// This many problems are to be verified.
    Verifying(u64),
    /// One of them has been.
    ProblemVerified {
        /// How many have been.
        verified: u64,
        /// Of how many.
        problems: u64,
    },
    /// Nothing more is verified.
    Verified,
}

impl Event<'_> {
    /// What whoever reads the results has to know of it, in one line: the command line says it as a note, and the
    /// Python package as a warning.
    pub fn note(&self) -> Option<String> {
        match self {
            Event::ReferencesStopped(stopped) => Some(what_goes_instead(stopped)),
            Event::NothingToResume => {
                Some("no run that was asked the same is there to be resumed: a new one begins".to_owned())
            }
            Event::NeedsInterpreter { interpreter, bytes } => Some(format!(
                "some programs need the interpreter {interpreter}, which is installed once: {} to fetch, then minutes \
                 of compiling",
                shown::bytes(*bytes)
            )),
            Event::PassedOver(error) => Some(format!("passed over, since it can not be resumed: {error}")),
            _ => None,
        }
    }
}

/// What limits completions where a limit stopped the reference solution, in one line.
fn what_goes_instead(stopped: &[StoppedReference]) -> String {
    const MOST_NAMED: usize = 5;
    let named: Vec<String> = stopped
        .iter()
        .take(MOST_NAMED)
        .map(|StoppedReference { task_id, needs, instead: FuelLimit { limit, rule }, is_needed }| {
            let rule = match rule {
                FuelRule::Given => "--fuel",
                FuelRule::Problem => "the problem's own limit",
                FuelRule::Reference | FuelRule::Time => "the time limit",
            };
            let fuel = limit.0 as f64 / 1e9;
            let expected =
                if *is_needed { ", and tests that expect what it returns are inconclusive" } else { "" };
            format!("{task_id} needs {needs}, so its completions may burn {fuel} G, by {rule}{expected}")
        })
        .collect();
    let more = match stopped.len() - named.len() {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let solutions = if stopped.len() == 1 { "solution" } else { "solutions" };
    format!("{} reference {solutions} could not be measured: {}{more}", stopped.len(), named.join("; "))
}

/// Takes events, from any thread.
pub type Observer<'a> = &'a (dyn Fn(Event<'_>) + Sync);

/// An [`Observer`] that shows nothing.
pub fn unobserved(_: Event<'_>) {}

/// A reference solution that a limit stopped, and what limits its problem's completions instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedReference {
    /// The problem.
    pub task_id: TaskId,
    /// What the solution needs more than it may have.
    pub needs: String,
    /// What goes for completions.
    pub instead: FuelLimit,
    /// Whether tests expect what the solution returns, so that they are inconclusive.
    pub is_needed: bool,
}
