//! From problems and judgements to what their page shows, with hidden tests told from others.

use super::input::{AnswerInput, FailingTest, ProblemText, SampleInput, TestText};
use crate::complete::Completion;
use crate::complete::query::FinishReason;
use crate::judge::verdict::{Judgement, Mismatch, Verdict};
use crate::problem::{Problem, Test, TestBody};
use crate::record::RecordedAnswer;
use crate::report::human_eval::reason;
use crate::report::open_reason::{is_of_tests, open_reason, program_line};

/// Values are cut to this many characters.
const LONGEST_VALUE: usize = 20_000;

impl ProblemText {
    /// The texts of a problem.
    pub fn of(problem: &Problem) -> ProblemText {
        let tests =
            |visible| problem.tests.iter().filter(move |test| test.visible == visible).map(TestText::of);
        ProblemText {
            language: problem.language,
            statements: problem.statements.clone(),
            prompt: problem.prompt.clone(),
            suffix: problem.suffix.clone(),
            starter_code: problem.starter_code.clone(),
            examples: tests(true).collect(),
            hidden_tests: tests(false).collect(),
            references: problem.references.clone(),
        }
    }
}

impl TestText {
    /// The texts of a test.
    pub fn of(test: &Test) -> TestText {
        match &test.body {
            TestBody::Assertions { source, .. } => {
                TestText { code: Some(source.clone()), ..TestText::default() }
            }
            TestBody::Call { arguments, expected } => {
                let arguments: Vec<String> =
                    arguments.iter().map(|value| value.repr_short(LONGEST_VALUE)).collect();
                TestText {
                    code: None,
                    input: Some(arguments.join(", ")),
                    expected: expected.as_ref().map(|value| value.repr_short(LONGEST_VALUE)),
                }
            }
            TestBody::Stdio { input, expected } => {
                TestText { code: None, input: Some(input.clone()), expected: Some(expected.clone()) }
            }
        }
    }
}

impl SampleInput {
    /// A completion with its judgement. Messages count as part of the test that they come from.
    pub fn of(problem: &Problem, completion: &Completion, judgement: &Judgement) -> SampleInput {
        let verdict = &judgement.verdict;
        let failing_line = match verdict {
            Verdict::Exception(raised) | Verdict::SyntaxError(raised) => {
                program_line(raised).map(|(line, _)| line)
            }
            _ => None,
        };
        SampleInput {
            sample: completion.sample,
            code: match verdict {
                // What would be shown is the problem's own prompt.
                Verdict::NoCode => String::new(),
                _ => completion.answer().listing_for(problem),
            },
            verdict: verdict.kind(),
            reason: open_reason(judgement),
            failing_line,
            failing_test: failing_test(problem, judgement),
            fuel: judgement.fuel.0,
            interpreter: judgement.interpreter,
            answer: None,
        }
    }
}

impl AnswerInput {
    /// The answer in which a completion was found.
    pub fn of(recorded: RecordedAnswer, completion: &Completion) -> AnswerInput {
        let RecordedAnswer { how, notes, answer, .. } = recorded;
        let notes = notes.iter().map(ToString::to_string);
        AnswerInput {
            text: answer.text,
            program: completion.completion.clone(),
            thinking: answer.thinking,
            extraction: how.iter().map(ToString::to_string).chain(notes).collect(),
            ending: ending(answer.finish).map(str::to_owned),
            tokens: answer.usage.output,
            thinking_tokens: answer.usage.reasoning,
        }
    }
}

/// How an answer ended that did not end by itself.
fn ending(finish: FinishReason) -> Option<&'static str> {
    match finish {
        FinishReason::Length => Some("cut off at the limit of tokens"),
        FinishReason::ContentFilter => Some("ended by a filter of the server"),
        FinishReason::Refusal => Some("the model refused"),
        FinishReason::Stop | FinishReason::Other => None,
    }
}

fn failing_test(problem: &Problem, judgement: &Judgement) -> Option<FailingTest> {
    let index = match judgement.tests {
        Some(tests) => tests.failed.map(|index| index as usize),
        None if problem.tests.len() == 1 => Some(0),
        None => None,
    };
    let test = index.and_then(|index| problem.tests.get(index));
    let mut failing = FailingTest {
        number: judgement.tests.and_then(|tests| tests.failed).map(|index| index + 1),
        total: judgement.tests.map(|tests| tests.total),
        // Where it is not known which test it was, it can be a hidden one.
        hidden: test.map_or_else(|| problem.tests.iter().any(|test| !test.visible), |test| !test.visible),
        ..FailingTest::default()
    };
    match &judgement.verdict {
        Verdict::WrongAnswer(mismatch) => {
            let Mismatch { line: _, assertion, input, expected, got, message } = mismatch.clone();
            failing = FailingTest { message, assertion, input, expected, got, ..failing };
        }
        Verdict::Passed | Verdict::NoCode => return None,
        Verdict::SyntaxError(raised) if !is_of_tests(raised) => return None,
        other => failing.message = Some(reason(other)),
    }
    if let (None, Some(test)) = (&failing.input, test) {
        failing.input = TestText::of(test).input;
    }
    Some(failing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complete::Form;
    use crate::judge::verdict::{Location, Raised, Source, TestCounts};
    use crate::problem::Language;

    fn judged(visible: bool, verdict: Verdict) -> SampleInput {
        let mut problem = Problem::new("p", Language::Python);
        let body = TestBody::Stdio { input: "SECRET".into(), expected: "SECRET".into() };
        problem.tests = vec![Test { visible, ..Test::hidden(body) }];
        let completion = Completion {
            task_id: "p".into(),
            sample: 3,
            completion: "print(1)".into(),
            form: Form::Program,
            upstream_solution: None,
        };
        let tests =
            TestCounts { total: 1, run: 1, passed: 0, unknown: 0, failed: Some(0), base_passed: None };
        let judgement = Judgement { tests: Some(tests), ..Judgement::without_execution(verdict) };
        SampleInput::of(&problem, &completion, &judgement)
    }

    #[test]
    fn what_a_test_says_is_kept_apart_from_the_reason() {
        let location = Location { source: Source::Program, line: 2, text: "int(input())".into() };
        let verdicts = [
            Verdict::WrongAnswer(Mismatch {
                got: Some("SECRET?".into()),
                expected: Some("SECRET".into()),
                ..Mismatch::default()
            }),
            Verdict::Exception(Raised {
                exception: "ValueError".into(),
                message: "invalid literal: SECRET".into(),
                location: Some(location),
            }),
            Verdict::Exited { how: "SystemExit: SECRET".into() },
            Verdict::CompileError { message: "SECRET is not declared".into() },
            Verdict::SyntaxError(Raised {
                exception: "SyntaxError".into(),
                message: "SECRET".into(),
                location: Some(Location { source: Source::Tests, line: 1, text: "SECRET".into() }),
            }),
            Verdict::Inconclusive { reason: "SECRET".into() },
        ];
        for verdict in verdicts {
            let sample = judged(false, verdict);
            assert!(!sample.reason.contains("SECRET"), "{sample:?}");
            let failing = sample.failing_test.unwrap();
            assert!(failing.hidden);
            assert_eq!((failing.number, failing.input.as_deref()), (Some(1), Some("SECRET")));
        }
    }

    #[test]
    fn a_line_of_the_program_is_shown_and_an_example_is_not_hidden() {
        let location = Location { source: Source::Program, line: 2, text: "1/0".into() };
        let raised = Raised {
            exception: "ZeroDivisionError".into(),
            message: String::new(),
            location: Some(location),
        };
        let sample = judged(true, Verdict::Exception(raised));
        assert_eq!(sample.reason, "ZeroDivisionError at: 1/0");
        assert_eq!(sample.failing_line, Some(2));
        assert!(!sample.failing_test.unwrap().hidden);
        assert_eq!(judged(true, Verdict::NoCode).failing_test, None);
    }
}
