//! The check as a JUnit file, for the systems that show such files: a case a problem.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{Change, Check, Outcome, ProblemCheck};
use crate::report::printable;

/// The file's content.
///
/// It says what the exit status says: there are failures in it if the check regressed, errors if it is inconclusive,
/// and neither if it passed. The first case is the check itself. Where it regressed, a problem that is worse fails;
/// where it is inconclusive, that is an error, and so is a problem that could not be judged. What fails as it did in
/// the baseline, is worse within what is allowed, or is not in both is skipped.
///
/// # Errors
///
/// When it can not be written as XML.
pub fn junit(check: &Check) -> Result<String, SerializeError> {
    let mut report = Report::unnamed();
    let mut suite = TestSuite::new(format!("karat check {}", printable(&check.run)));
    suite.add_test_case(case("karat check", "pass rate", whole(check)));
    for problem in &check.problems {
        suite.add_test_case(case(&check.run, problem.task_id.as_str(), status(problem, check.outcome)));
    }
    report.add_test_suite(suite);
    report.to_string()
}

fn case(class: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(printable(name), status);
    case.set_classname(printable(class));
    case
}

fn whole(check: &Check) -> TestCaseStatus {
    let kind = match check.outcome {
        Outcome::Passed => return TestCaseStatus::success(),
        Outcome::Regressed => NonSuccessKind::Failure,
        Outcome::Inconclusive => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(check.outcome.name()).set_message(printable(&check.reason));
    status
}

fn status(problem: &ProblemCheck, outcome: Outcome) -> TestCaseStatus {
    let mut note = "";
    let mut status = match (problem.change, outcome) {
        (Change::StillPassing | Change::NewlyPassing | Change::PassingMoreOften, _) => {
            return TestCaseStatus::success();
        }
        (Change::NewlyFailing | Change::PassingLessOften, Outcome::Regressed) => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
        (Change::NewlyFailing | Change::PassingLessOften | Change::Unknown, Outcome::Inconclusive) => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
        (Change::NewlyFailing | Change::PassingLessOften, Outcome::Passed) => {
            note = "worse, but the score is within what is allowed: ";
            TestCaseStatus::skipped()
        }
        (Change::Unknown, _) => {
            note = "could not be judged: ";
            TestCaseStatus::skipped()
        }
        (Change::StillFailing | Change::New | Change::Gone, _) => TestCaseStatus::skipped(),
    };
    status.set_message(printable(&format!("{note}{}", problem.words())));
    status
}
