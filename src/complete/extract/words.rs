//! What an extraction did, in words for people.

use std::fmt;

use super::{How, Note};

impl fmt::Display for How {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            How::Whole => formatter.write_str("the answer is the program"),
            How::Fences { fences } => match fences.as_slice() {
                [fence] => write!(formatter, "fenced block {}", fence.index + 1),
                fences => {
                    let numbers: Vec<String> =
                        fences.iter().map(|fence| (fence.index + 1).to_string()).collect();
                    write!(formatter, "fenced blocks {}", numbers.join(", "))
                }
            },
            How::Tags { tag } => write!(formatter, "between {tag} tags"),
            How::Lines { first, last } => write!(formatter, "lines {first} to {last}, between prose"),
            How::Continuation => formatter.write_str("the answer continues the prompt"),
            How::LastTwoFences => formatter.write_str("between the last two fences"),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = |lines: &usize| format!("{lines} {}", if *lines == 1 { "line" } else { "lines" });
        match self {
            Note::ThinkingRemoved => formatter.write_str("thinking left out"),
            Note::SpecialTokenCut { token } | Note::StopTokenCut { token } => {
                write!(formatter, "cut at {token:?}")
            }
            Note::JsonUnwrapped { field } => write!(formatter, "taken out of the JSON field {field}"),
            Note::QuoteMarksRemoved => formatter.write_str("`>` before lines left out"),
            Note::ProseCut { before: true, after: true } => {
                formatter.write_str("prose before and after it left out")
            }
            Note::ProseCut { before: true, after: false } => formatter.write_str("prose before it left out"),
            Note::ProseCut { before: false, .. } => formatter.write_str("prose after it left out"),
            Note::HeadingDropped { lines: count } => {
                write!(formatter, "{} of heading left out", lines(count))
            }
            Note::CutStatementDropped { lines: count } => {
                write!(formatter, "{} of a statement that was cut off left out", lines(count))
            }
            Note::LineEndsChanged => formatter.write_str("line ends changed"),
            Note::EscapesDecoded => formatter.write_str("escapes as in a string decoded"),
            Note::SpacesReplaced => formatter.write_str("unusual spaces replaced"),
            Note::HtmlUnescaped => formatter.write_str("HTML entities replaced"),
            Note::InterpreterMarksRemoved => formatter.write_str("marks of an interpreter left out"),
            Note::LineNumbersRemoved => formatter.write_str("line numbers left out"),
            Note::PromptDropped => formatter.write_str("the repeated prompt left out"),
            Note::FrameDropped => formatter.write_str("the repeated prompt and suffix left out"),
            Note::SignatureDropped => formatter.write_str("the repeated signature left out"),
            Note::WholeProgram => formatter.write_str("a whole program instead of a continuation"),
            Note::PromptDefinitionsAdded => formatter.write_str("definitions of the prompt added"),
            Note::BodyIndented { .. } => formatter.write_str("indentation changed"),
            Note::TestsDropped { lines: count } => {
                write!(formatter, "{} of tests and examples left out", lines(count))
            }
            Note::RestDropped { lines: count } => {
                write!(formatter, "{} after the function left out", lines(count))
            }
            Note::StarterCodeAdded => formatter.write_str("put after the starter code"),
            Note::ClassAdded => formatter.write_str("put into the class that was asked for"),
            Note::FunctionAdded => formatter.write_str("a function that calls the method added"),
            Note::EntryPointMissing { name } => write!(formatter, "{name} is not defined in it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fence;
    use super::*;

    #[test]
    fn blocks_are_counted_from_one() {
        let fence = |index| Fence { index, language: String::new(), unfinished: false, unopened: false };
        assert_eq!(How::Fences { fences: vec![fence(0)] }.to_string(), "fenced block 1");
        assert_eq!(How::Fences { fences: vec![fence(0), fence(2)] }.to_string(), "fenced blocks 1, 3");
        assert_eq!(Note::TestsDropped { lines: 1 }.to_string(), "1 line of tests and examples left out");
    }
}
