//! Why something could not be evaluated. Each message says what to do.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use crate::complete::prompt::PromptError;
use crate::complete::provider::OpenError;
use crate::complete::samples::{SampleError, SamplePlace};
use crate::judge::limits::LittleFuel;
use crate::problem::load::LoadError;
use crate::problem::locate::LocateError;
use crate::problem::{Dataset, StoreError, TaskId};
use crate::record::RecordError;
use crate::runner::install::InstallError;
use crate::shown::{either, shown};
use crate::stats::PassAtKError;

/// Why something could not be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The runner can not be installed.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// An interpreter can not be installed that programs need. Every thread that needs it says so.
    #[error(transparent)]
    Interpreter(#[from] Arc<InstallError>),
    /// There is no problem set of that name.
    #[error(transparent)]
    Locate(#[from] LocateError),
    /// The problem set can not be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A problem can not be read back.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The run can not be written or read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The samples can not be read.
    #[error(transparent)]
    Samples(#[from] SampleError),
    /// The model can not be asked.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A prompt can not be made.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// There is no score.
    #[error(transparent)]
    Score(#[from] PassAtKError),
    /// What a model was to be sent is no JSON.
    #[error("can not write down a prompt")]
    PromptDigest(#[source] serde_json::Error),
    /// There are no threads to judge on.
    #[error("can not start the judging threads")]
    Threads(#[source] rayon::ThreadPoolBuildError),
    /// There are no threads to ask on.
    #[error("can not start the network threads")]
    Network(#[source] io::Error),
    /// A file of samples can not be written.
    #[error("can not write {}", shown(path.display()))]
    Write {
        /// The file of samples.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Samples can not be kept until all of them are there.
    #[error("can not {action} the temporary file (TMPDIR names another place)")]
    Temporary {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The harness failed at a reference solution, twice.
    #[error("{task_id}: can not measure the reference solution")]
    Reference {
        /// The problem.
        task_id: TaskId,
        /// Why.
        source: HarnessFailure,
    },
    /// The memory limit leaves nothing for a program.
    #[error("--memory: the interpreter itself takes {mebibytes} MiB; allow more than that")]
    Memory {
        /// What it takes.
        mebibytes: u64,
    },
    /// The fuel limit ends every program before it begins.
    #[error("--fuel: {0}")]
    Fuel(LittleFuel),
    /// Nothing here runs the set's language.
    #[error(
        "{}: karat has no runner for {languages}; the set can be looked at (`karat problems list`), but not executed",
        shown(path.display())
    )]
    NoRunner {
        /// The set.
        path: PathBuf,
        /// The languages.
        languages: String,
    },
    /// The set has no upstream harness.
    #[error("{}: sets in Karat's own format have no upstream harness; leave out --judging", shown(path.display()))]
    OwnFormat {
        /// The set.
        path: PathBuf,
    },
    /// The upstream harness's rules are not known.
    #[error(
        "{}: karat does not have the rules of the upstream harness of {dataset}; leave out --judging",
        shown(path.display())
    )]
    NoUpstreamRules {
        /// The set.
        path: PathBuf,
        /// Its format.
        dataset: Dataset,
    },
    /// Dates were asked for, and the set has none.
    #[error("{}: the problems have no dates; leave out --from and --to", shown(path.display()))]
    NoDates {
        /// The set.
        path: PathBuf,
    },
    /// All problems are of other dates.
    #[error(
        "{}: no problem was published between --from and --to; the set has problems from {first} to {last}",
        shown(path.display())
    )]
    OtherDates {
        /// The set.
        path: PathBuf,
        /// The earliest date in it.
        first: Date,
        /// The latest.
        last: Date,
    },
    /// The run to resume was asked something else.
    #[error(
        "{} is another run, by its {what}; name another directory with --run-dir, or leave out --resume",
        shown(path.display())
    )]
    OtherRun {
        /// The run.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// The reference solutions were to be judged, and there are none.
    #[error(
        "{}: the set has no reference solutions; give completions to score in the place of --reference",
        shown(path.display())
    )]
    NoReferences {
        /// The set.
        path: PathBuf,
    },
    /// The reference solutions were to be judged, and some are missing.
    #[error(
        "{}: {missing} of {problems} problems have no reference solution: {some}; --allow-partial scores the others",
        shown(path.display())
    )]
    MissingReferences {
        /// The set.
        path: PathBuf,
        /// How many have none.
        missing: usize,
        /// How many problems there are.
        problems: usize,
        /// Some of them.
        some: String,
    },
    /// Samples that go by the order of the set, and only some of it was wanted.
    #[error(
        "{}: the samples go by the order of the whole set; leave out --from and --to, or name their tasks",
        shown(path.display())
    )]
    ByOrder {
        /// The samples.
        path: PathBuf,
    },
    /// A sample of a problem that the set does not have.
    #[error(
        "{}, {place}: field `task_id`: the problem set {set} has no task `{task_id}`; {}give the problem set that the \
         samples were made for, or leave such lines out with --skip-invalid",
        shown(path.display()), did_you_mean(near)
    )]
    UnknownTask {
        /// The samples.
        path: PathBuf,
        /// Which of them.
        place: SamplePlace,
        /// The set's name.
        set: String,
        /// The problem.
        task_id: TaskId,
        /// Problems that it may be a misspelling of.
        near: Vec<String>,
    },
    /// A sample of a problem behind the last of the set.
    #[error(
        "{}, {place}: is for problem {position} of the set {set}, which has {problems}; give the problem set that the \
         samples were made for, or leave such records out with --skip-invalid",
        shown(path.display())
    )]
    UnknownPosition {
        /// The samples.
        path: PathBuf,
        /// Which of them.
        place: SamplePlace,
        /// The set's name.
        set: String,
        /// Which problem, from 1.
        position: usize,
        /// How many problems there are.
        problems: usize,
    },
    /// There is nothing to score.
    #[error("{source_name}: there are no completions to score")]
    NoCompletions {
        /// Where the completions come from.
        source_name: String,
    },
    /// Problems without a completion.
    #[error(
        "{source_name}: {missing} of {problems} problems have no completion: {some}; add them, or score what is there \
         with --allow-partial"
    )]
    MissingCompletions {
        /// Where the completions come from.
        source_name: String,
        /// How many have none.
        missing: usize,
        /// How many problems there are.
        problems: usize,
        /// Some of them.
        some: String,
    },
    /// No problem has as many samples as k.
    #[error("{source_name}: pass@{k} needs {k} samples a problem, and no problem has more than {most}")]
    LargeK {
        /// Where the completions come from.
        source_name: String,
        /// The k.
        k: u64,
        /// The most samples of a problem.
        most: u64,
    },
    /// Some problems have fewer samples than k.
    #[error(
        "{source_name}: pass@{k} needs {k} samples a problem, and these have fewer: {some}; choose a smaller --k, or \
         score the problems that have enough with --allow-partial"
    )]
    FewSamples {
        /// Where the completions come from.
        source_name: String,
        /// The k.
        k: u64,
        /// Some of the problems.
        some: String,
    },
    /// A k is larger than the number of samples that are asked for.
    #[error("pass@{k} needs {k} samples a problem; ask for as many with -n {k}, or choose a smaller --k")]
    UnaskedK {
        /// The k.
        k: u64,
    },
    /// Money is limited, and nobody knows how much is spent.
    #[error(
        "--max-cost: the price of {model} is not known; name it in a file for --prices, or limit --max-total-tokens"
    )]
    UnknownPrice {
        /// The model.
        model: String,
    },
    /// Not one sample was answered.
    #[error(
        "{model} answered nothing: {why}; nothing is recorded, and when that is mended, the same command begins anew"
    )]
    NothingAnswered {
        /// The model.
        model: String,
        /// Why.
        why: String,
    },
    /// Asking ended without a last event.
    #[error("the provider stopped without saying why; {advice}")]
    ProviderStopped {
        /// What to do.
        advice: &'static str,
    },
    /// The user wanted no more while references were measured.
    #[error("interrupted while reference solutions were measured; those that were are not measured again")]
    StoppedMeasuring,
    /// The user wanted no more while problems were verified.
    #[error("interrupted: {verified} of {problems} problems were verified, and nothing of it is kept")]
    StoppedVerifying {
        /// How many were.
        verified: usize,
        /// Of how many.
        problems: usize,
    },
    /// The user wanted no more before anything was judged.
    #[error("interrupted before a sample was judged; nothing is recorded")]
    StoppedBeforeJudging,
    /// The user wanted no more while completions were judged.
    #[error(
        "interrupted: {judged} of {samples} samples are judged, all recorded in {}.\nThe same command with --resume goes on \
         from there.",
        shown(path.display())
    )]
    Stopped {
        /// The run.
        path: PathBuf,
        /// How many samples have a verdict.
        judged: u64,
        /// How many there are.
        samples: u64,
    },
    /// Something failed in the middle of a run.
    #[error("{}: what came before this is recorded; go on with --resume", shown(path.display()))]
    Interrupted {
        /// The run.
        path: PathBuf,
        /// What failed.
        source: Box<EvaluateError>,
    },
}

fn did_you_mean(near: &[String]) -> String {
    match near {
        [] => String::new(),
        near => format!("did you mean {}? If not, ", either(near)),
    }
}

/// What the harness said when it failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HarnessFailure(pub String);

impl EvaluateError {
    /// The error with which a file could not be written.
    pub(super) fn write(path: &Path) -> impl Fn(io::Error) -> EvaluateError + use<> {
        let path = path.to_owned();
        move |source| EvaluateError::Write { path: path.clone(), source }
    }
}
