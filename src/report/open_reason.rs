//! Why a completion did not pass, in one line that gives nothing of a test away: it is shown whether or not tests are.

use super::human_eval::reason;
use crate::judge::verdict::{Judgement, Raised, Source, Verdict};

/// Why, without anything of a test. A message can quote the test that it comes from, so of exceptions only the kind and
/// the line of the program are said. Empty where the verdict says it all.
pub fn open_reason(judgement: &Judgement) -> String {
    match &judgement.verdict {
        Verdict::Passed => String::new(),
        Verdict::WrongAnswer(_) => which_test(judgement),
        Verdict::Exception(raised) => raised_at(raised),
        Verdict::Exited { .. } => "left before the tests ended".to_owned(),
        Verdict::SyntaxError(raised) if is_of_tests(raised) => raised.exception.clone(),
        // Programs and tests can be compiled together, and the harness's words may name a value of a test.
        Verdict::CompileError { .. } => "does not compile".to_owned(),
        Verdict::Inconclusive { .. } => "the harness came to no verdict".to_owned(),
        // Each of these says what the program is, uses or lacks, and nothing of a test.
        verdict @ (Verdict::SyntaxError(_)
        | Verdict::OutOfFuel { .. }
        | Verdict::OutOfMemory { .. }
        | Verdict::OutputLimit { .. }
        | Verdict::NoCode
        | Verdict::Unsupported { .. }) => reason(verdict),
    }
}

/// Whether it was the tests' own text that is at fault.
pub fn is_of_tests(raised: &Raised) -> bool {
    raised.location.as_ref().is_some_and(|location| location.source == Source::Tests)
}

/// The line of the program at which it happened, by its number and its text.
pub fn program_line(raised: &Raised) -> Option<(u32, &str)> {
    let location = raised.location.as_ref().filter(|location| location.source == Source::Program)?;
    Some((location.line, location.text.as_str()))
}

fn raised_at(raised: &Raised) -> String {
    let at = program_line(raised).map(|(_, text)| format!(" at: {text}")).unwrap_or_default();
    format!("{}{at}", raised.exception)
}

/// `test 3 of 12`, where there are several.
fn which_test(judgement: &Judgement) -> String {
    let tests = judgement.tests.filter(|tests| tests.total > 1);
    let failed = tests.and_then(|tests| Some((tests.failed?, tests.total)));
    failed.map_or_else(String::new, |(index, total)| format!("test {} of {total}", u64::from(index) + 1))
}
