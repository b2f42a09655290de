//! The check as a JUnit file, for the systems that show such files: a case a problem.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{Change, Check, Outcome, ProblemCheck};
use crate::report::printable;
use crate::stats::ProblemCounts;

/// The file's content.
///
/// A problem that is newly failing fails, one that fails as it did in the baseline is skipped, one that could not be
/// judged is an error. The first case is the check itself.
///
/// # Errors
///
/// When it can not be written as XML.
pub fn junit(check: &Check) -> Result<String, SerializeError> {
    let mut report = Report::unnamed();
    let mut suite = TestSuite::new(format!("karat check {}", printable(&check.run)));
    suite.add_test_case(case("karat check", "pass rate", whole(check)));
    for problem in &check.problems {
        suite.add_test_case(case(&check.run, problem.task_id.as_str(), status(problem)));
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

fn status(problem: &ProblemCheck) -> TestCaseStatus {
    let rate = |counts: Option<ProblemCounts>| {
        counts.map_or("no samples".to_owned(), |counts| format!("{} of {}", counts.passed, counts.samples))
    };
    let rates = format!("passed {}, in the baseline {}", rate(problem.run), rate(problem.baseline));
    let mut status = match problem.change {
        Change::StillPassing | Change::NewlyPassing | Change::New => return TestCaseStatus::success(),
        Change::StillFailing | Change::Gone => TestCaseStatus::skipped(),
        Change::NewlyFailing => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Change::Unknown => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    status.set_message(match &problem.failure {
        Some(failure) => printable(&format!("{rates}; {failure}")),
        None => rates,
    });
    status
}
