//! Sealed judging: a candidate and what it is judged by never share a cell.

use super::compare::{self, Mode};
use super::outcome::{LONGEST_VALUE, Sources, left_with, of_test, shown};
use super::reference_run::{Isolation, ReferenceRun};
use super::shared_cell::{in_its_cell, only_in_its_cell};
use super::tally::{Tally, TestOutcome};
use super::verdict::{Judgement, Mismatch, Verdict};
use super::{Judge, LANGUAGE_OF_SETS};
use crate::complete::extract::whole_statements;
use crate::problem::comparison::EvalPlusOracle;
use crate::problem::{Comparison, Dataset, FileName, Language, Problem, ProgramFiles, Test, TestBody};
use crate::runner::capabilities::{Answers, AssertionTests, Assertions, Calls, Prelude};
use crate::runner::{Execution, Failure, Input, Output, Prepared, Ran, Returned, Runner};
use crate::sandbox::{CellLimits, Fuel, Stop};
use crate::value::Value;

/// A program on its way through the tests of its problem.
pub(super) struct Candidate<'a> {
    pub problem: &'a Problem,
    pub program: &'a str,
    pub prepared: Prepared,
    pub runner: &'a dyn Runner,
}

impl<'a> Candidate<'a> {
    /// What calls its functions.
    pub(super) fn calls(&self) -> Result<&'a dyn Calls, TestOutcome> {
        self.runner.calls().ok_or_else(|| self.lacks("call functions"))
    }

    /// What tests it by assertions.
    pub(super) fn assertions(&self) -> Result<&'a dyn AssertionTests, TestOutcome> {
        self.runner.assertions().ok_or_else(|| self.lacks("test by assertions"))
    }

    fn lacks(&self, what: &str) -> TestOutcome {
        inconclusive(&format!("the runner for {} can not {what}", self.problem.language.name()))
    }
}

impl Judge<'_> {
    /// Judges a program by Karat's own rules: every test in cells of its own, the program compiled once.
    pub(super) fn sealed(
        &self,
        runner: &dyn Runner,
        problem: &Problem,
        program: &str,
        reference: Option<&ReferenceRun>,
    ) -> Judgement {
        let candidate = match self.candidate(runner, problem, program) {
            Ok(candidate) => candidate,
            Err(outcome) => return outcome.alone(),
        };
        let expected = expected_values(problem, reference);
        let rules = rules(problem, &expected);
        let cell = self.cells(runner, problem);
        let mut tally = Tally::new(problem, !self.all_tests);
        for (index, test) in problem.tests.iter().enumerate() {
            let burned = reference.and_then(|reference| reference.fuel(index));
            let fuel = self.limits.sealed(&problem.limits, burned, self.dataset, runner.native_second());
            let limits = cell(fuel.limit);
            let rule = rules.get(index).unwrap_or(&problem.comparison);
            let seal = reference.map_or(Isolation::default(), |run| run.seal(index));
            if !tally.add(self.test(&candidate, test, expected[index], rule, seal, &limits)) {
                break;
            }
        }
        tally.judgement()
    }

    /// A program ready for its tests.
    pub(super) fn candidate<'b>(
        &self,
        runner: &'b dyn Runner,
        problem: &'b Problem,
        program: &'b str,
    ) -> Result<Candidate<'b>, TestOutcome> {
        let fuel = self.limits.sealed(&problem.limits, None, self.dataset, runner.native_second());
        let limits = self.cell(runner, problem, fuel.limit);
        let sources = Sources { program, test: "", one_text: false };
        let is_asserted = |test: &Test| matches!(test.body, TestBody::Assertions { .. });
        let prepared = if only_in_its_cell(runner) && problem.tests.iter().all(is_asserted) {
            // It is compiled with each of them, and alone it may be no program.
            Prepared::source(program, prelude(self.dataset))
        } else {
            self.prepare(runner, program, problem.tests.len(), &sources, &limits)?
        };
        Ok(Candidate { problem, program, prepared, runner })
    }

    /// A text made ready to run about this many times as a program; or, where it is none, the outcome of that.
    pub(super) fn prepare(
        &self,
        runner: &dyn Runner,
        text: &str,
        runs: usize,
        sources: &Sources<'_>,
        limits: &CellLimits,
    ) -> Result<Prepared, TestOutcome> {
        let mut prepared = None;
        let execution = runner.prepare(text, prelude(self.dataset), runs, limits);
        let outcome = of_test(execution, sources, limits, |program| {
            prepared = Some(program);
            Verdict::Passed
        });
        prepared.ok_or(outcome)
    }

    /// Runs one test.
    pub(super) fn test(
        &self,
        candidate: &Candidate,
        test: &Test,
        expected: Option<Expected<'_>>,
        rule: &Comparison,
        seal: Isolation<'_>,
        limits: &CellLimits,
    ) -> TestOutcome {
        match &test.body {
            TestBody::Assertions { source, calls_check } => {
                self.assertions(candidate, source, *calls_check, seal, limits)
            }
            TestBody::Call { arguments, .. } => self.returned(candidate, arguments, expected, rule, limits),
            TestBody::Stdio { input, expected } => self.output(candidate, input, expected, rule, limits),
        }
    }

    fn assertions(
        &self,
        candidate: &Candidate,
        source: &str,
        calls_check: bool,
        seal: Isolation<'_>,
        limits: &CellLimits,
    ) -> TestOutcome {
        let Candidate { problem, program, prepared, .. } = candidate;
        if only_in_its_cell(candidate.runner)
            && let Some(runner) = candidate.runner.shared_cell()
        {
            // Tests need what the set puts before every program, too.
            let prompt = format!("{}\n{}", problem.preamble, problem.prompt);
            let tests = Assertions { prompt: &prompt, ..assertions_of(problem, source, calls_check) };
            return in_its_cell(runner, program, &tests, limits);
        }
        let runner = match candidate.assertions() {
            Ok(runner) => runner,
            Err(lacking) => return lacking,
        };
        // What the tests insert somewhere runs where they run.
        let seal = if problem.text_name.is_some() { Isolation::Open } else { seal };
        let Isolation::Sealed(answers) = seal else {
            let before = before_tests(program, &problem.setup);
            let text = one_text(&before, problem.entry_point.as_deref(), [(source, calls_check)]);
            let sources = Sources { program: &before, test: source, one_text: true };
            let execution = runner.one_cell(&text, limits);
            return TestOutcome { open: true, ..of_test(execution, &sources, limits, |()| Verdict::Passed) };
        };
        let tests = Assertions { answers, ..assertions_of(problem, source, calls_check) };
        let execution = runner.sealed(prepared, &tests, limits);
        let sources = Sources { program, test: source, one_text: false };
        let mut things = None;
        let outcome = of_test(execution, &sources, limits, |given| {
            things = given;
            Verdict::Passed
        });
        TestOutcome { things, ..outcome }
    }

    fn returned(
        &self,
        candidate: &Candidate,
        arguments: &[Value],
        expected: Option<Expected<'_>>,
        rule: &Comparison,
        limits: &CellLimits,
    ) -> TestOutcome {
        let Candidate { problem, program, prepared, .. } = candidate;
        let runner = match candidate.calls() {
            Ok(runner) => runner,
            Err(lacking) => return lacking,
        };
        let Some(expected) = expected else { return inconclusive(NOTHING_EXPECTED) };
        let Some(entry_point) = problem.entry_point.as_deref() else { return inconclusive(NO_ENTRY_POINT) };
        let sources = Sources { program, test: "", one_text: false };
        let execution = runner.call(prepared, entry_point, arguments, limits);
        of_test(execution, &sources, limits, |got| {
            let mismatch = |message: String| {
                Verdict::WrongAnswer(Mismatch {
                    input: Some(shown(&arguments_shown(arguments))),
                    expected: Some(returned_shown(expected)),
                    got: Some(returned_shown(Expected::from(&got))),
                    message: Some(message).filter(|message| !message.is_empty()),
                    ..Mismatch::default()
                })
            };
            let right = match (rule, expected, &got) {
                (Comparison::Checker { source }, Expected::Data(expected), Returned::Data(got)) => {
                    let input = Value::List(arguments.to_vec());
                    return self.checked(source, input, expected.clone(), got.clone(), limits, mismatch);
                }
                (_, Expected::Data(expected), Returned::Data(got)) => {
                    compare::values(rule, Mode::Sealed, arguments, expected, got)
                }
                _ if is_oracle(rule) => compare::values(
                    rule,
                    Mode::Sealed,
                    arguments,
                    expected.data(),
                    Expected::from(&got).data(),
                ),
                // An object is equal to no data.
                (_, Expected::Data(_), Returned::Object { .. }) => Ok(false),
                // What an object shows of itself is not all that it is.
                (_, Expected::Object { class, .. }, _) => {
                    return Verdict::Inconclusive { reason: format!("{NO_DATA} ({class})") };
                }
            };
            match right {
                Ok(true) => Verdict::Passed,
                Ok(false) => mismatch(String::new()),
                Err(error) => Verdict::Inconclusive { reason: error.to_string() },
            }
        })
    }

    fn output(
        &self,
        candidate: &Candidate,
        input: &str,
        expected: &str,
        rule: &Comparison,
        limits: &CellLimits,
    ) -> TestOutcome {
        let Candidate { problem, program, prepared, runner } = candidate;
        let sources = Sources { program, test: "", one_text: false };
        let execution = runner.run(prepared, given(problem, input), limits).map(Ran::into_output);
        of_test(execution, &sources, limits, |output| {
            if output.status != 0 {
                return exited(&output);
            }
            let got = String::from_utf8_lossy(&output.text);
            if let Comparison::Checker { source } = rule {
                let mismatch = |why| text_mismatch(input, expected, &got, Some(why));
                return self.checked(
                    source,
                    input.into(),
                    expected.into(),
                    Value::from(&*got),
                    limits,
                    mismatch,
                );
            }
            match compare::texts(rule, Mode::Sealed, expected, &got) {
                Ok(true) => Verdict::Passed,
                Ok(false) => text_mismatch(input, expected, &got, None),
                Err(error) => Verdict::Inconclusive { reason: error.to_string() },
            }
        })
    }

    /// Asks the set's checker program, which may burn as much as the candidate. One that fails on what is expected is
    /// the set's fault; one that fails only on the candidate's answer has said that this is none.
    pub(super) fn checked(
        &self,
        source: &str,
        input: Value,
        expected: Value,
        got: Value,
        limits: &CellLimits,
        mismatch: impl FnOnce(String) -> Verdict,
    ) -> Verdict {
        let runner = match self.runner_of_set(source) {
            Ok(runner) => runner,
            Err(reason) => return Verdict::Inconclusive { reason },
        };
        let Some(checker) = runner.checker() else {
            return Verdict::Inconclusive {
                reason: format!("the runner for {} can not run checkers", LANGUAGE_OF_SETS.name()),
            };
        };
        // The checker's interpreter may take more than the candidate's.
        let limits = &CellLimits { memory: limits.memory.max(self.limits_in(runner).memory), ..*limits };
        let check = |input, expected, got| checker.judge_output(source, input, expected, got, limits);
        let failure = match check(input.clone(), expected.clone(), got) {
            Ok(Execution { result: Ok(None), .. }) => return Verdict::Passed,
            Ok(Execution { result: Ok(Some(why)), .. }) => return mismatch(why),
            Ok(Execution { result: Err(Failure::Stopped(stop @ Stop::Backstop)), .. }) => {
                return Verdict::Inconclusive { reason: format!("the problem's checker: {stop}") };
            }
            Ok(Execution { result: Err(failure), .. }) => describe(&failure),
            Err(error) => return Verdict::Inconclusive { reason: error.to_string() },
        };
        match check(input, expected.clone(), expected) {
            Ok(Execution { result: Ok(None), .. }) => {
                mismatch(format!("the checker can not read the answer: {failure}"))
            }
            _ => Verdict::Inconclusive { reason: format!("{CHECKER_FAILED}: {failure}") },
        }
    }
}

/// What a program is given to read: on standard input, and in the files that the problem names.
pub(super) fn given<'a>(problem: &'a Problem, text: &'a str) -> Input<'a> {
    let ProgramFiles { input, output } = &problem.files;
    Input {
        text,
        file: input.as_ref().map(FileName::as_str),
        output_file: output.as_ref().map(FileName::as_str),
    }
}

const NO_DATA: &str =
    "the reference solution returns something that is no plain data, to which no answer can be compared";
const NOTHING_EXPECTED: &str =
    "the set leaves the expected value to the reference solution, which does not return one for this test";
const NO_ENTRY_POINT: &str = "the problem has tests by calls, but does not say which function they call";
/// How a reason begins that is the set's fault, and the same on every machine.
pub(super) const CHECKER_FAILED: &str = "the problem's checker failed";

/// What harnesses put before programs of the set.
pub(super) fn prelude(dataset: Dataset) -> Prelude {
    match dataset {
        Dataset::Apps => Prelude::Apps,
        Dataset::LiveCodeBench => Prelude::LiveCodeBench,
        _ => Prelude::None,
    }
}

/// Tests by assertions as the runner takes them.
pub(super) fn assertions_of<'a>(problem: &'a Problem, source: &'a str, calls_check: bool) -> Assertions<'a> {
    Assertions {
        // Tests may use what stands in it; the function that a suffix goes on with is no program yet.
        prompt: match &problem.suffix {
            Some(_) if problem.language == Language::Python => whole_statements(&problem.prompt),
            _ => &problem.prompt,
        },
        setup: &problem.setup,
        source,
        entry_point: problem.entry_point.as_deref(),
        calls_check,
        answers: Answers::Unknown,
    }
}

/// What a test by calls must return. It is borrowed: tests can be large, and are in memory once.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expected<'a> {
    /// Plain data.
    Data(&'a Value),
    /// Something else, as [`Returned::Object`].
    Object { class: &'a str, text: &'a str },
}

impl<'a> Expected<'a> {
    /// What the set says that a test must return.
    pub(super) fn of_test(test: &'a Test) -> Option<Expected<'a>> {
        match &test.body {
            TestBody::Call { expected: Some(value), .. } => Some(Expected::Data(value)),
            _ => None,
        }
    }

    /// The value that EvalPlus's oracles see: an object is something that is not None.
    fn data(self) -> &'a Value {
        match self {
            Expected::Data(value) => value,
            Expected::Object { .. } => &Value::Ellipsis,
        }
    }
}

impl<'a> From<&'a Returned> for Expected<'a> {
    fn from(returned: &'a Returned) -> Expected<'a> {
        match returned {
            Returned::Data(value) => Expected::Data(value),
            Returned::Object { class, text } => Expected::Object { class, text },
        }
    }
}

/// What each test by calls must return, nothing for other tests and where nobody knows.
pub(super) fn expected_values<'a>(
    problem: &'a Problem,
    reference: Option<&'a ReferenceRun>,
) -> Vec<Option<Expected<'a>>> {
    let expected = |(index, test): (usize, &'a Test)| match &test.body {
        TestBody::Call { expected: None, .. } => reference?.returned(index).map(Expected::from),
        _ => Expected::of_test(test),
    };
    problem.tests.iter().enumerate().map(expected).collect()
}

/// The comparison of each test: the problem's, except that EvalPlus's tolerance depends on the tests before. Empty if
/// it is the problem's for all.
pub(super) fn rules(problem: &Problem, expected: &[Option<Expected<'_>>]) -> Vec<Comparison> {
    let Comparison::EvalPlus { atol, oracle } = problem.comparison else { return Vec::new() };
    let values: Vec<&Value> =
        expected.iter().map(|expected| expected.map_or(&Value::None, Expected::data)).collect();
    compare::tolerances(atol, values).into_iter().map(|atol| Comparison::EvalPlus { atol, oracle }).collect()
}

/// A program and the setup of its tests, which stand before the tests in one text.
pub(super) fn before_tests(program: &str, setup: &str) -> String {
    let mut text = program.to_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    if !setup.is_empty() {
        text.push_str(setup);
        text.push('\n');
    }
    text
}

/// What stands before the tests, and these, as one text, as most upstream harnesses make it.
pub(super) fn one_text<'a>(
    before: &str,
    entry_point: Option<&str>,
    tests: impl IntoIterator<Item = (&'a str, bool)>,
) -> String {
    let mut text = before.to_owned();
    for (source, calls_check) in tests {
        text.push_str(source);
        text.push('\n');
        if calls_check {
            text.push_str(&format!("check({})\n", entry_point.unwrap_or_default()));
        }
    }
    text
}

/// The verdict on a program that left with an exit status.
pub(super) fn exited(output: &Output) -> Verdict {
    left_with(output.status)
}

/// The verdict on an output that is not the expected one.
pub(super) fn text_mismatch(input: &str, expected: &str, got: &str, message: Option<String>) -> Verdict {
    let difference = || compare::first_difference(expected, got).map(|difference| difference.to_string());
    Verdict::WrongAnswer(Mismatch {
        input: Some(shown(input)),
        expected: Some(shown(expected)),
        got: Some(shown(got)),
        message: message.filter(|message| !message.is_empty()).or_else(difference),
        ..Mismatch::default()
    })
}

fn inconclusive(reason: &str) -> TestOutcome {
    TestOutcome {
        verdict: Verdict::Inconclusive { reason: reason.to_owned() },
        fuel: Fuel(0),
        open: false,
        things: None,
    }
}

/// Arguments as they stand between the parentheses of a call.
fn arguments_shown(arguments: &[Value]) -> String {
    arguments.iter().map(|value| value.repr_short(LONGEST_VALUE)).collect::<Vec<_>>().join(", ")
}

fn returned_shown(returned: Expected<'_>) -> String {
    match returned {
        Expected::Data(value) => value.repr_short(LONGEST_VALUE),
        Expected::Object { class, text: "" } => format!("an object of class {class}"),
        Expected::Object { text, .. } => shown(text),
    }
}

fn is_oracle(rule: &Comparison) -> bool {
    matches!(rule, Comparison::EvalPlus { oracle, .. } if *oracle != EvalPlusOracle::None)
}

fn describe(failure: &Failure) -> String {
    match failure {
        Failure::Raised(fault, _) | Failure::NotAProgram(fault) => {
            format!("{}: {}", fault.class, fault.message)
        }
        Failure::Refused(message) => message.clone(),
        Failure::TooLarge => Stop::MessageTooLong.to_string(),
        Failure::Stopped(stop) => stop.to_string(),
    }
}
