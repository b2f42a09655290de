//! What holds for every answer.

use proptest::prelude::*;

use super::super::Answer;
use super::*;
use crate::problem::{Test, TestBody};

fn stdio() -> Problem {
    let mut problem = Problem::new("p", Language::Python);
    problem.tests = vec![Test::hidden(TestBody::Stdio { input: String::new(), expected: String::new() })];
    problem
}

fn function(prompt: &str) -> Problem {
    let mut problem = Problem::new("p", Language::Python);
    problem.prompt = prompt.to_owned();
    problem.entry_point = Some("total".to_owned());
    problem.stop_tokens = vec!["\nclass".to_owned()];
    let source = String::new();
    problem.tests = vec![Test::hidden(TestBody::Assertions { source, calls_check: false })];
    problem
}

fn method() -> Problem {
    let starter = "class Solution:\n    def total(self, x):\n        ".to_owned();
    Problem { starter_code: Some(starter), ..function("") }
}

fn gap() -> Problem {
    Problem { suffix: Some("    return x\n".to_owned()), ..function(PROMPT) }
}

fn lua() -> Problem {
    Problem { language: Language::Lua, ..function("local function total(x)\n") }
}

const PROMPT: &str = "import math\ndef total(x):\n    \"\"\"Add up.\"\"\"\n";

/// Pieces that answers are made of, so that texts have more of them than chance would give.
const PIECES: [&str; 44] = [
    "```",
    "````",
    "~~~",
    "```python\n",
    "```js",
    "\n",
    "\r\n",
    "    ",
    "\t",
    " ",
    "\"\"\"",
    "'''",
    "'",
    "\"",
    "\\",
    "def total(x):",
    "class Solution:",
    "return x",
    "(",
    ")",
    "[",
    "{",
    "}",
    ":",
    "#",
    ">>> ",
    "> ",
    "1 ",
    "&lt;",
    "<think>",
    "</think>",
    "[BEGIN]",
    "[DONE]",
    "<code>",
    "</code>",
    "<|endoftext|>",
    "</s>",
    "{\"code\": \"",
    "\\n",
    "import os",
    "print(x)",
    "Here is the code.",
    "é以",
    "\u{feff}",
];

fn answer() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40).prop_map(|pieces| pieces.concat()),
    ]
}

/// A statement of a clean program: it is Python, and no part of it tests the function.
fn statement() -> impl Strategy<Value = String> {
    let name = "[a-z][a-z0-9_]{0,6}_v";
    prop_oneof![
        (name, 0..100_u32).prop_map(|(name, value)| format!("{name} = {value}\n")),
        name.prop_map(|name| format!("import {name}\n")),
        (name, name).prop_map(|(module, name)| format!("from {module} import {name}\n")),
        (name, name).prop_map(|(name, other)| format!("def {name}({other}):\n    return {other} + 1\n\n\n")),
        (name, name)
            .prop_map(|(name, other)| format!("class {name}:\n    def {other}(self):\n        pass\n")),
        (name, "[ -~]{0,12}").prop_map(|(name, text)| format!("{name} = {text:?}\n")),
        (name, "[a-z ]{0,8}").prop_map(|(name, text)| format!("{name} = '''{text}\n```\n{text}'''\n")),
        (name, name).prop_map(|(name, other)| format!(
            "for {name} in {other}:\n    # {other}\n    {name} += [\n1]\n"
        )),
        name.prop_map(|name| format!("try:\n    print({name})\nexcept ValueError:\n    pass\n")),
        Just("\n".to_owned()),
        Just("# A comment, with (a bracket and `a` mark.\n".to_owned()),
    ]
}

fn program() -> impl Strategy<Value = String> {
    prop::collection::vec(statement(), 0..12)
        .prop_map(|statements| format!("{}n_v = input()\nprint(n_v)\n", statements.concat()))
}

fn function_program() -> impl Strategy<Value = String> {
    let body = "def total(x):\n    if x:\n        return sum(x)\n    return 0\n";
    prop::collection::vec(statement(), 0..8)
        .prop_map(move |statements| format!("{}{body}", statements.concat()))
}

fn text_of(problem: &Problem, raw: &str) -> String {
    let found = extract(problem, raw, AnswerKind::Chat).unwrap_or_else(|reason| panic!("{reason}: {raw}"));
    assert_eq!(found.form, Form::Program, "{raw}");
    found.text
}

proptest! {
    #[test]
    fn no_answer_is_too_much(raw in answer()) {
        for problem in [stdio(), function(""), function(PROMPT), method(), gap(), lua()] {
            for kind in [AnswerKind::Chat, AnswerKind::Completion] {
                if let Ok(found) = extract(&problem, &raw, kind) {
                    Answer { text: &found.text, form: found.form }.program_for(&problem);
                }
            }
            let _ = extract_by(ExtractionRule::LiveCodeBench, &problem, &raw, AnswerKind::Chat);
        }
    }

    #[test]
    fn a_clean_program_is_its_own_program(code in program()) {
        prop_assert_eq!(text_of(&stdio(), &code), code);
    }

    #[test]
    fn a_clean_function_is_its_own_program(code in function_program()) {
        let once = text_of(&function(PROMPT), &code);
        prop_assert!(once.ends_with(&code), "{}", once);
        prop_assert_eq!(text_of(&function(PROMPT), &once), once);
        prop_assert_eq!(text_of(&function(""), &code), code);
    }

    #[test]
    fn a_fenced_program_comes_out_whole(
        code in program(),
        language in prop::sample::select(&["", "python", "py", "Python3"][..]),
        mark in prop::sample::select(&["```", "`````", "~~~"][..]),
        before in prop::sample::select(&["", "Sure! Here it is:\n\n", "A note about `x` and O(n):\n"][..]),
        after in prop::sample::select(&["", "\nThat's all.", "\n\nOutput:\n```\n3\n```\n"][..]),
    ) {
        let raw = format!("{before}{mark}{language}\n{code}{mark}{after}");
        prop_assert_eq!(text_of(&stdio(), &raw), code);
    }

    #[test]
    fn a_body_is_its_own_continuation(lines in prop::collection::vec("n_[a-z]{1,4} = [0-9]{1,3}", 1..6)) {
        let mut body: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        body.push_str("    return x\n");
        for kind in [AnswerKind::Chat, AnswerKind::Completion] {
            let found = extract(&function(PROMPT), &body, kind).unwrap();
            prop_assert_eq!((found.form, found.text), (Form::Continuation, body.clone()));
        }
    }
}

#[test]
fn long_answers_of_anything_are_read_to_their_end() {
    for piece in PIECES.iter().chain(&[
        "<think></think>",
        "```\n",
        "```python\nx='''\n```\n",
        "def f():\n",
        "\n> x",
        "x = (\n",
    ]) {
        // A program behind it all, and behind a tag that ends thinking, so that all before the tag is thinking.
        let raw = format!("{}\n</think>\ndef total(x):\n    return x\n", piece.repeat(50_000 / piece.len()));
        for problem in [stdio(), function(PROMPT), lua()] {
            let _ = extract(&problem, &piece.repeat(50_000 / piece.len()), AnswerKind::Chat);
            let found = extract(&problem, &raw, AnswerKind::Chat).map(|found| found.notes);
            let is_thinking = |notes: Vec<Note>| notes.first() == Some(&Note::ThinkingRemoved);
            assert!(found.is_ok_and(is_thinking) || piece.contains("<think>"), "{piece}");
        }
    }
}
