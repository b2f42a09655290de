//! What is checked of all cases, and what else there is to check with their problems.

use super::*;

/// The notes' names.
fn names(notes: &[Note]) -> Vec<String> {
    notes.iter().map(|note| json!(note)["did"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_answer_gives_its_program() {
    let mut failures = Vec::new();
    for case in cases() {
        let problem = (case.problem)();
        let found = extract(&problem, case.raw, case.kind);
        let as_expected = match (&found, case.expected) {
            (Ok(found), Program(text)) => {
                found.form == Form::Program && found.text.trim_end() == text.trim_end()
            }
            (Ok(found), Body(text)) => {
                found.form == Form::Continuation && found.text.trim_end() == text.trim_end()
            }
            (Err(reason), Nothing(name)) => json!(reason)["no_code"] == *name,
            _ => false,
        };
        let notes = found.as_ref().map(|found| names(&found.notes)).unwrap_or_default();
        if !as_expected || notes != case.notes {
            failures.push(format!(
                "{}:\n  wanted {:?} {:?}\n  found {found:?}",
                case.name, case.expected, case.notes
            ));
        }
    }
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases().count(), failures.join("\n"));
}

#[test]
fn there_are_as_many_cases_as_promised_and_no_two_are_the_same() {
    let mut names: Vec<_> = cases().map(|case| case.name).collect();
    assert!(names.len() >= 60);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), cases().count());
}

#[test]
fn what_comes_out_is_taken_out_of_itself() {
    for case in cases() {
        let problem = (case.problem)();
        let Ok(first) = extract(&problem, case.raw, case.kind) else { continue };
        let program = crate::complete::Answer { text: &first.text, form: first.form }.program_for(&problem);
        let kind = if first.form == Form::Program { Chat } else { Completion };
        let again =
            extract(&problem, &first.text, kind).unwrap_or_else(|reason| panic!("{}: {reason}", case.name));
        assert_eq!(again.text.trim_end(), first.text.trim_end(), "{}", case.name);
        let other = crate::complete::Answer { text: &again.text, form: again.form }.program_for(&problem);
        assert_eq!(other.trim_end(), program.trim_end(), "{}", case.name);
    }
}

#[test]
fn a_sentence_within_a_function_stays_in_a_block() {
    let code = "def total(numbers):\n    now we add\n    return sum(numbers)\n";
    assert_eq!(extract(&function(), &format!("```python\n{code}```"), Chat).unwrap().text, code);
}

#[test]
fn what_was_cut_off_behind_the_function_is_left_out() {
    let whole = "def total(numbers):\n    return sum(numbers)\n\n";
    for tail in [
        "def more(xs):\n    \"\"\"\n    Returns a",
        "print(total([1]))  # 1\nprint(total([2,",
        "def more(xs):\n    return sum([x for x in",
        "class Test",
        "if __name__ == \"__main__\":\n    print(total([1",
        "def main():\n    x = int(input(\"",
        "\"\"\"\nThis function adds",
        "# Test cases\nassert total([1]) == 1\nassert total([",
        "tests = [(1, 2, 3), (2, 3",
        "import unitt",
        "for i in range(10):\n    print(total([i",
        "This function adds the numbers and returns",
    ] {
        let inner = extract(&function(), &format!("```python\n{whole}{tail}"), Chat).unwrap();
        assert_eq!(inner.text.trim_end(), whole.trim_end(), "{tail}");
        let bare = extract_ended(&function(), &format!("{whole}{tail}"), Chat, FinishReason::Length).unwrap();
        assert_eq!(bare.text.trim_end(), whole.trim_end(), "{tail}");
    }
    // A block that was closed is what the model meant, even if the answer broke off after it.
    let closed = format!("```python\n{whole}tests = [1,\n```\nSo");
    let found = extract_ended(&function(), &closed, Chat, FinishReason::Length).unwrap();
    assert!(found.text.contains("tests = [1,"), "{}", found.text);
}

#[test]
fn what_a_base_model_began_behind_the_function_is_left_out() {
    for (raw, wanted) in [
        (
            "\n\ndef total(x):\n    return sum(x)\n\n\ndef sub(x, y):\n    \"\"\"Subtract two",
            "def total(x):\n    return sum(x)",
        ),
        ("    return sum(x)\n\n\ndef sub(x, y):\n    \"\"\"Subtract two", "    return sum(x)"),
        (
            "\nimport math\n\ndef total(x):\n    return math.fsum(x)\n\n\ndef sub(x):\n    return x -",
            "import math\n\ndef total(x):\n    return math.fsum(x)",
        ),
        ("def total(x):\n    return sum(x)\n\nif total([1]) == 16", "def total(x):\n    return sum(x)"),
    ] {
        let found = extract_ended(&body(), raw, Completion, FinishReason::Length).unwrap();
        assert_eq!(found.text.trim_matches('\n'), wanted, "{raw}");
    }
}

#[test]
fn what_was_done_serialises_under_stable_names() {
    let raw = "Try:\n```py\nimport math\n```\nand\n```python\ndef total(x):\n    return math.fsum(x)\n";
    let found = extract(&body(), raw, Chat).unwrap();
    let expected: Json = json!({
        "form": "program",
        "text": "import math\n\ndef total(x):\n    return math.fsum(x)\n",
        "how": {"from": "fences", "fences": [
            {"index": 0, "language": "py"},
            {"index": 1, "language": "python", "unfinished": true},
        ]},
        "notes": [{"did": "prose_cut", "before": true, "after": false}, {"did": "whole_program"}],
    });
    assert_eq!(json!(found), expected);
    assert_eq!(serde_json::from_value::<Extraction>(expected).unwrap(), found);
}

#[test]
fn live_code_benchs_rule_takes_what_is_between_the_last_two_fences() {
    let take = |raw: &str| {
        let found = extract_by(ExtractionRule::LiveCodeBench, &stdio(), raw, Chat);
        found.map(|found| found.text)
    };
    assert_eq!(take("a\n```python\nx\n```\nb"), Ok("x".into()));
    assert_eq!(take("```python\nx\n```\n```\nsummary\n```"), Ok("summary".into()));
    assert_eq!(take("```python\nprint('```')\ny\n```"), Ok("y".into()));
    assert_eq!(take("```python\nx"), Err(NoCode::NoFences));
    assert_eq!(take("```python\n```"), Err(NoCode::NoFences));
}
