//! Code in a model's answer, for problems of all languages: whatever the answer, the program is made of lines of the
//! answer and the prompt.

#![no_main]

use arbitrary::Unstructured;
use karat::complete::extract::{AnswerKind, ExtractionRule, Note, extract, extract_by};
use karat_fuzz::problem;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The answer comes first, so that texts are changed as texts; what is asked comes from the last bytes.
    let (answer, choices) = bytes.split_at(bytes.len().saturating_sub(12));
    let Ok(answer) = std::str::from_utf8(answer) else { return };
    let mut choices = Unstructured::new(choices);
    let Ok(kind) = choices.choose(&[AnswerKind::Chat, AnswerKind::Completion]).copied() else { return };
    let Ok(problem) = problem(&mut choices) else { return };
    if let Ok(found) = extract_by(ExtractionRule::LiveCodeBench, &problem, answer, kind) {
        assert!(answer.contains(&found.text), "{found:?}");
    }
    let Ok(found) = extract(&problem, answer, kind) else { return };
    assert_eq!(extract(&problem, answer, kind).as_ref(), Ok(&found));
    let decoded =
        |note: &Note| matches!(note, Note::JsonUnwrapped { .. } | Note::HtmlUnescaped | Note::EscapesDecoded);
    if !found.notes.iter().any(decoded) {
        for line in found.text.lines().map(str::trim) {
            let given = [answer, &problem.prompt, problem.starter_code.as_deref().unwrap_or_default()];
            let made = line == "class Solution:" || line.starts_with("f = ");
            let known = made || given.iter().any(|text| text.contains(line));
            assert!(known, "{line:?} is not in {answer:?}, but in {found:?}");
        }
    }
});
