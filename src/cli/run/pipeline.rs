//! Asking and judging at once: programs go to the judging threads as their answers arrive.
//!
//! This thread follows the events of the network's runtime, records each answer and hands new programs to the pool.
//! What waits to be judged is a place in the file of answers, so that memory does not grow when answers come faster
//! than they can be judged, and the server is kept busy all the same.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::bail;
use indexmap::IndexMap;
use indicatif::ProgressBar;
use rayon::{ScopeFifo, ThreadPool};
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

use crate::complete::answered::AnsweredSample;
use crate::complete::extract::AnswerKind;
use crate::complete::generate::{Ending, Event};
use crate::complete::left_out::Additions;
use crate::complete::price::Price;
use crate::complete::query::RawAnswer;
use crate::judge::prepared::PreparedProblems;
use crate::judge::verdict::Judging;
use crate::judge::{BothAnswers, Judge, Judgements};
use crate::problem::{ProblemSet, TaskId};
use crate::record::{FailedSample, GrowingRun, JudgedProgram, LineAt, LogReader, ProgramDigest, RecordError};
use crate::report::generation::{Ends, GenerationTally};
use crate::report::printable;

/// So many different reasons to send a request again are told.
const MOST_RETRIES_TOLD: usize = 10;

/// What a run has so far: which samples are answered, and which programs they are.
#[derive(Debug, Default)]
pub struct Progress {
    samples: Vec<Sample>,
    programs: IndexMap<(usize, ProgramDigest), Program>,
    /// Samples that have a verdict.
    judged: u64,
    /// Those of them that pass.
    passed: u64,
}

/// A sample that was answered.
#[derive(Clone, Copy, Debug)]
struct Sample {
    /// The problem's position in the set.
    position: usize,
    sample: u32,
    answer: LineAt,
    /// The program's place among the programs.
    program: usize,
}

/// A program that one or several samples of a problem are.
#[derive(Clone, Copy, Debug)]
struct Program {
    /// An answer that it was found in.
    answer: LineAt,
    /// How many samples it is.
    samples: u64,
    judged: Option<Judged>,
}

#[derive(Clone, Copy, Debug)]
struct Judged {
    at: LineAt,
    passes: bool,
}

impl Progress {
    /// Takes in an answer. Tells which program it is, and whether that is a new one.
    pub fn add_answer(&mut self, set: &ProblemSet, at: LineAt, answered: &AnsweredSample) -> (usize, bool) {
        let Some(position) = set.position(answered.task_id.as_str()) else { return (usize::MAX, false) };
        let digest = ProgramDigest::of_answered(answered);
        let count = self.programs.len();
        let entry = self.programs.entry((position, digest));
        let program = entry.index();
        let known = entry.or_insert(Program { answer: at, samples: 0, judged: None });
        known.samples += 1;
        if let Some(judged) = known.judged {
            self.judged += 1;
            self.passed += u64::from(judged.passes);
        }
        self.samples.push(Sample { position, sample: answered.sample, answer: at, program });
        (program, program == count)
    }

    /// Takes in what was judged of a program. An inconclusive verdict is the harness's failure: such a program is to be
    /// judged again.
    pub fn add_judged(&mut self, set: &ProblemSet, at: LineAt, judged: &JudgedProgram) {
        let judgements = Judgements { sealed: judged.sealed.clone(), compat: judged.compat.clone() };
        let Some(position) = set.position(judged.task_id.as_str()) else { return };
        if judgements.any_inconclusive() {
            return;
        }
        if let Some(program) = self.programs.get_index_of(&(position, judged.program.clone())) {
            self.set_judged(program, at, judgements.passes());
        }
    }

    fn set_judged(&mut self, program: usize, at: LineAt, passes: bool) {
        let program = &mut self.programs[program];
        if program.judged.replace(Judged { at, passes }).is_none() {
            self.judged += program.samples;
            self.passed += if passes { program.samples } else { 0 };
        }
    }

    /// Which samples of a problem are answered, by its position in the set.
    pub fn answered(&self) -> HashMap<usize, Vec<u32>> {
        let mut answered: HashMap<usize, Vec<u32>> = HashMap::new();
        for sample in &self.samples {
            answered.entry(sample.position).or_default().push(sample.sample);
        }
        answered
    }

    /// How many samples are answered.
    pub fn answers(&self) -> u64 {
        self.samples.len() as u64
    }

    /// How many samples have a verdict.
    pub fn judged(&self) -> u64 {
        self.judged
    }

    /// How many problems have a sample that passes.
    pub fn solved(&self) -> u64 {
        let passing =
            self.programs.iter().filter(|(_, program)| program.judged.is_some_and(|judged| judged.passes));
        let mut positions: Vec<usize> = passing.map(|((position, _), _)| *position).collect();
        positions.sort_unstable();
        positions.dedup();
        positions.len() as u64
    }

    /// Every answer with its verdict, in the order of the set. Samples without one are left out.
    pub fn in_order(&self) -> Vec<(LineAt, LineAt)> {
        let mut samples: Vec<&Sample> = self.samples.iter().collect();
        samples.sort_unstable_by_key(|sample| (sample.position, sample.sample));
        samples.dedup_by_key(|sample| (sample.position, sample.sample));
        samples
            .into_iter()
            .filter_map(|sample| Some((sample.answer, self.programs[sample.program].judged?.at)))
            .collect()
    }
}

/// Asking and judging.
pub struct Pipeline<'a> {
    pub set: &'a ProblemSet,
    pub kind: AnswerKind,
    pub problems: PreparedProblems<'a>,
    pub judge: Judge<'a>,
    pub judging: Judging,
    /// What the answers cost, if that is known.
    pub price: Option<Price>,
    pub pool: &'a ThreadPool,
    pub asking_bar: ProgressBar,
    pub judging_bar: ProgressBar,
    /// Cancelled when the user wants no more: what is in flight still comes, nothing more is judged.
    pub interrupted: CancellationToken,
    /// Cancelled when something fails here, so that nothing more is asked.
    pub cancellation: CancellationToken,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// The record, to be finished or closed.
    pub run: GrowingRun,
    /// What it holds.
    pub progress: Progress,
    /// Why asking ended.
    pub ending: Ending,
    /// Answers that were in the cache.
    pub from_cache: u64,
    /// What the answers took that were not.
    pub asked: GenerationTally,
    /// Samples that failed.
    pub failed: u64,
    /// Why samples failed, each reason once, with how often.
    pub errors: IndexMap<String, u64>,
    /// Samples that were kept back, by whom.
    pub kept_back: Ends,
    /// What the server refuses, and requests did without.
    pub left_out: Additions,
}

/// What the threads share.
struct Shared<'a> {
    pipeline: &'a Pipeline<'a>,
    state: Mutex<State>,
    answers: LogReader<AnsweredSample>,
    /// Programs that the backstop stopped, to be judged once more when nothing else runs.
    stopped: Mutex<Vec<(usize, LineAt)>>,
    failure: Mutex<Option<anyhow::Error>>,
    failed: AtomicBool,
}

struct State {
    run: GrowingRun,
    progress: Progress,
}

impl Pipeline<'_> {
    /// Follows the events to their end and judges what comes, and what `progress` has not judged yet.
    pub fn run(
        &self,
        run: GrowingRun,
        progress: Progress,
        mut events: Receiver<Event>,
    ) -> anyhow::Result<Outcome> {
        let shared = Shared {
            pipeline: self,
            answers: run.answers()?,
            state: Mutex::new(State { run, progress }),
            stopped: Mutex::default(),
            failure: Mutex::default(),
            failed: AtomicBool::new(false),
        };
        let mut followed = Followed::new(self.price);
        self.pool.in_place_scope_fifo(|scope| {
            shared.judge_what_is_there(scope);
            if let Err(error) = followed.follow(&shared, scope, &mut events) {
                shared.fail(error);
            }
            self.asking_bar.finish();
        });
        for (program, answer) in std::mem::take(&mut *lock(&shared.stopped)) {
            // On a thread of the pool, where the cells' stacks are, with all others idle.
            self.pool.install(|| shared.judge(program, answer, true));
        }
        if let Some(error) = lock(&shared.failure).take() {
            return Err(error);
        }
        let Some(ending) = followed.ending else {
            bail!(
                "the provider stopped without saying why; what was answered is recorded, go on with --resume"
            )
        };
        let State { run, progress } = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Followed { from_cache, asked, failed, errors, kept_back, left_out, .. } = followed;
        Ok(Outcome { run, progress, ending, from_cache, asked, failed, errors, kept_back, left_out })
    }
}

/// What was told of the asking.
struct Followed {
    ending: Option<Ending>,
    from_cache: u64,
    asked: GenerationTally,
    failed: u64,
    errors: IndexMap<String, u64>,
    kept_back: Ends,
    left_out: Additions,
    /// Why requests were sent again, as far as that was told.
    retried: HashSet<String>,
}

impl Followed {
    fn new(price: Option<Price>) -> Followed {
        Followed {
            ending: None,
            from_cache: 0,
            asked: GenerationTally::new(price),
            failed: 0,
            errors: IndexMap::new(),
            kept_back: Ends::default(),
            left_out: Additions::default(),
            retried: HashSet::new(),
        }
    }

    fn follow<'scope>(
        &mut self,
        shared: &'scope Shared<'scope>,
        scope: &ScopeFifo<'scope>,
        events: &mut Receiver<Event>,
    ) -> anyhow::Result<()> {
        let pipeline = shared.pipeline;
        let bar = &pipeline.asking_bar;
        while let Some(event) = events.blocking_recv() {
            match event {
                Event::Answered { task_id, sample, answer, from_cache } => {
                    self.from_cache += u64::from(from_cache);
                    if !from_cache {
                        self.asked.add_answer(&answer);
                    }
                    shared.take(scope, &task_id, sample, answer)?;
                    bar.inc(1);
                }
                Event::Failed { task_id, sample, error } => {
                    self.failed += 1;
                    self.kept_back.add_failed(&error);
                    let error = error.to_string();
                    if !self.errors.contains_key(&error) {
                        say(bar, &format!("{task_id}, sample {sample}: {error}"));
                    }
                    lock(&shared.state).run.add_error(&FailedSample {
                        task_id,
                        sample,
                        error: error.clone(),
                    })?;
                    *self.errors.entry(error).or_default() += 1;
                    bar.set_message(format!("{} failed", self.failed));
                }
                Event::Retrying { error, .. } => {
                    let error = error.to_string();
                    if !self.retried.contains(&error) && self.retried.len() < MOST_RETRIES_TOLD {
                        say(bar, &format!("{error}; trying again"));
                        self.retried.insert(error);
                    }
                }
                Event::LeftOut { left_out, error } => {
                    self.left_out = self.left_out.and(left_out);
                    say(bar, &format!("{error}; from now on {left_out}"));
                }
                Event::CacheFailed { error } => say(bar, &error.to_string()),
                Event::BudgetReached => say(bar, "the budget is used up; waiting for what is in flight"),
                Event::Ended(ending) => {
                    self.ending = Some(ending);
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

impl<'scope> Shared<'scope> {
    /// Judges the programs that an interrupted run left without a verdict.
    fn judge_what_is_there(&'scope self, scope: &ScopeFifo<'scope>) {
        let state = lock(&self.state);
        self.tell(&state.progress);
        for (index, program) in state.progress.programs.values().enumerate() {
            if program.judged.is_none() {
                let answer = program.answer;
                scope.spawn_fifo(move |_| self.judge(index, answer, false));
            }
        }
    }

    /// Records an answer, and has its program judged if it is a new one.
    fn take(
        &'scope self,
        scope: &ScopeFifo<'scope>,
        task_id: &TaskId,
        sample: u32,
        answer: RawAnswer,
    ) -> anyhow::Result<()> {
        let prepared = self.pipeline.problems.get(task_id)?;
        let answered = AnsweredSample::new(&prepared.problem, sample, answer, self.pipeline.kind);
        let mut state = lock(&self.state);
        let at = state.run.add_answer(&answered)?;
        let (program, is_new) = state.progress.add_answer(self.pipeline.set, at, &answered);
        if is_new {
            scope.spawn_fifo(move |_| self.judge(program, at, false));
        } else {
            self.tell(&state.progress);
        }
        Ok(())
    }

    /// Judges a program and records the verdict. One that the backstop stops is put aside, unless it is alone already.
    fn judge(&self, program: usize, answer: LineAt, alone: bool) {
        if self.failed.load(Ordering::Relaxed) || self.pipeline.interrupted.is_cancelled() {
            return;
        }
        if let Err(error) = self.try_to_judge(program, answer, alone) {
            self.fail(error);
        }
    }

    fn try_to_judge(&self, program: usize, at: LineAt, alone: bool) -> anyhow::Result<()> {
        let answered = self.answers.read(at)?;
        let prepared = self.pipeline.problems.get(&answered.task_id)?;
        let judgements = self.pipeline.judge.judge_each(
            &prepared.problem,
            BothAnswers { sealed: answered.program(), compat: answered.upstream_program() },
            prepared.reference.as_ref(),
            self.pipeline.judging,
        );
        if judgements.any_inconclusive() && !alone {
            lock(&self.stopped).push((program, at));
            return Ok(());
        }
        self.record(program, &answered, judgements)?;
        Ok(())
    }

    fn record(
        &self,
        program: usize,
        answered: &AnsweredSample,
        judgements: Judgements,
    ) -> Result<(), RecordError> {
        let passes = judgements.passes();
        let Judgements { sealed, compat } = judgements;
        let digest = ProgramDigest::of_answered(answered);
        let judged = JudgedProgram { task_id: answered.task_id.clone(), program: digest, sealed, compat };
        let mut state = lock(&self.state);
        let at = state.run.add_judged(&judged)?;
        state.progress.set_judged(program, at, passes);
        self.tell(&state.progress);
        Ok(())
    }

    fn tell(&self, progress: &Progress) {
        let bar = &self.pipeline.judging_bar;
        if !bar.is_hidden() {
            bar.set_position(progress.judged());
            bar.set_message(format!("{} passed", progress.passed));
        }
    }

    /// Keeps the first thing that went wrong and lets everything end.
    fn fail(&self, error: anyhow::Error) {
        lock(&self.failure).get_or_insert(error);
        self.failed.store(true, Ordering::Relaxed);
        self.pipeline.cancellation.cancel();
    }
}

/// Writes a line above the bars, or to standard error where there are none.
fn say(bar: &ProgressBar, text: &str) {
    bar.suspend(|| eprintln!("{}", printable(text)));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
