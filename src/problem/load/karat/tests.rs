use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::problem::{Comparison, Language, Test, TestBody, TestKind};
use crate::sandbox::{Bytes, Fuel};
use crate::value::Value;

const SET: &str = r#"name = "tiny"
version = "2"
licence = "MIT"
languages = ["python"]
natural_languages = ["en"]
"#;

const CALLS: &str = r#"title = "Sum"
difficulty = "introductory"
kind = "calls"
signature = "def add(a: int, b: int = 0) -> int:"
[statement]
en = "Add."
[[examples]]
arguments = "1, 2"
expected = "3"
[[tests]]
arguments = "5"
expected = "5"
[[solutions]]
name = "plus"
source = "def add(a, b=0):\n    return a + b\n"
"#;

const STDIO: &str = r#"title = "Echo"
difficulty = "competition"
kind = "stdio"
[statement]
en = "Echo."
[[examples]]
input = "a"
output = "a"
[[tests]]
input = "b"
output = "b"
[[solutions]]
name = "print"
source = "print(input())"
"#;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn load_files(files: &[(&str, &str)]) -> Result<ProblemSet, LoadError> {
    load(folder(files).path())
}

fn error(files: &[(&str, &str)]) -> FormatError {
    match load_files(files) {
        Err(LoadError::Format(error)) => *error,
        other => panic!("{other:?}"),
    }
}

/// The line and the message of the error after `from` became `to` in a problem file.
fn changed(problem: &str, from: &str, to: &str) -> (Option<u64>, String) {
    assert!(problem.contains(from), "{from}");
    let error = error(&[("set.toml", SET), ("p.toml", &problem.replacen(from, to, 1))]);
    assert!(error.file.ends_with("p.toml"));
    (error.line, error.fault.to_string())
}

fn sampler() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats/karat")
}

#[test]
fn the_sampler_has_what_its_files_say() {
    let set = load(&sampler()).unwrap();
    assert_eq!(
        (set.name.as_str(), set.version.as_deref(), set.dataset),
        ("sampler", Some("1"), Dataset::Karat)
    );
    assert_eq!(set.facts.natural_languages, ["en", "zh"]);
    assert_eq!(set.facts.licence.as_deref(), Some("MIT OR Apache-2.0"));
    let tasks: Vec<&str> = set.task_ids().map(|task_id| task_id.as_str()).collect();
    assert_eq!(
        tasks,
        ["sampler/tide-table", "sampler/undo-stack", "sampler/longest-plateau", "sampler/two-piles"]
    );

    let calls = set.problem("sampler/longest-plateau").unwrap();
    assert_eq!(calls.statements.keys().collect::<Vec<_>>(), ["en", "zh"]);
    assert_eq!(calls.entry_point.as_deref(), Some("longest_plateau"));
    assert_eq!(calls.parameters, ["heights"]);
    assert_eq!(
        calls.starter_code.as_deref(),
        Some("def longest_plateau(heights: list[int]) -> tuple[int, int]:")
    );
    assert_eq!(calls.comparison, Comparison::Exact);
    let numbers = |numbers: &[i64]| numbers.iter().map(|&number| Value::Int(number)).collect::<Vec<_>>();
    let first = TestBody::Call {
        arguments: vec![Value::List(numbers(&[3, 5, 5, 2]))],
        expected: Some(Value::Tuple(numbers(&[1, 2]))),
    };
    assert_eq!(calls.tests[0], Test::visible(first));
    assert_eq!(calls.tests.iter().filter(|test| test.visible).count(), 2);
    assert_eq!(calls.wrong[0].verdict.as_deref(), Some("wrong_answer"));
    assert_eq!(calls.facts.difficulty.as_deref(), Some("introductory"));

    let assertions = set.problem("sampler/undo-stack").unwrap();
    assert!(assertions.setup.starts_with("def typed"));
    assert_eq!(assertions.kinds(), [TestKind::Assertions]);

    let stdio = set.problem("sampler/tide-table").unwrap();
    assert_eq!(stdio.comparison, Comparison::Tokens, "the set's rule");
    assert_eq!((stdio.limits.seconds, stdio.limits.memory), (Some(5.0), Some(Bytes::mebi(64))));
    assert_eq!(stdio.input_constraints.len(), 3);
    assert!(matches!(set.problem("sampler/two-piles").unwrap().comparison, Comparison::Checker { .. }));
    for problem in set.problems() {
        let problem = problem.unwrap();
        assert_eq!((problem.references.len(), problem.wrong.len()), (2, 2), "{}", problem.task_id);
    }
}

#[test]
fn the_first_statement_of_the_file_is_the_default() {
    let set = SET.replace(r#"["en"]"#, r#"["en", "zh"]"#);
    let both = CALLS.replace("en = \"Add.\"", "zh = \"相加。\"\nen = \"Add.\"");
    let set = load_files(&[("set.toml", &set), ("p.toml", &both)]).unwrap();
    let problem = set.problem("tiny/p").unwrap();
    assert_eq!(problem.statements.first().unwrap().0, "zh");
}

#[test]
fn problems_are_in_the_order_of_their_paths_and_the_digest_is_of_all_files() {
    let files =
        [("set.toml", SET), ("b.toml", CALLS), ("a/z.toml", STDIO), ("notes.md", "x"), (".x.toml", "x")];
    let set = load_files(&files).unwrap();
    assert_eq!(set.task_ids().map(|task_id| task_id.as_str()).collect::<Vec<_>>(), ["tiny/z", "tiny/b"]);
    let digest = |files: &[(&str, &str)]| load_files(files).unwrap().digest;
    assert_eq!(set.digest, digest(&files[..3]), "only set.toml and problems count");
    let renamed = [files[0], ("c.toml", CALLS), files[2]];
    let reworded = STDIO.replace("\"Echo.\"", "\"Echo!\"");
    assert_ne!(set.digest, digest(&renamed));
    assert_ne!(set.digest, digest(&[files[0], files[1], ("a/z.toml", &reworded)]));
}

#[test]
fn limits_and_rules_of_a_problem_come_before_those_of_the_set() {
    let set = format!("{SET}[limits]\nfuel = \"3G\"\nseconds = 2\n[comparison.stdio]\nrule = \"exact\"\n");
    let own = STDIO.replace("[statement]", "[limits]\nfuel = \"1.5M\"\n[statement]");
    let ruled = STDIO.replace("[statement]", "[comparison]\nrule = \"tokens\"\n[statement]");
    let set = load_files(&[("set.toml", &set), ("a.toml", &own), ("b.toml", &ruled)]).unwrap();
    let (a, b) = (set.problem("tiny/a").unwrap(), set.problem("tiny/b").unwrap());
    assert_eq!((a.limits.fuel, a.limits.seconds), (Some(Fuel(1_500_000)), Some(2.0)));
    assert_eq!(
        (a.comparison, b.limits.fuel, b.comparison),
        (Comparison::Exact, Some(Fuel(3_000_000_000)), Comparison::Tokens)
    );
    let set = load_files(&[("set.toml", SET), ("a.toml", STDIO)]).unwrap();
    assert_eq!(set.problem("tiny/a").unwrap().comparison, Comparison::TrimmedLines);
}

#[test]
fn faults_of_a_field_name_line_and_field() {
    let cases = [
        (CALLS, "title = \"Sum\"", "title = 3", 1, "field `title`: invalid type"),
        (CALLS, "title = \"Sum\"", "title = \" \"", 1, "field `title` is empty"),
        (CALLS, "title = \"Sum\"", "titel = \"Sum\"", 1, "unknown field `titel`"),
        (CALLS, "title = \"Sum\"", "title = \"Sum", 1, "not valid TOML"),
        (CALLS, "\"introductory\"", "\"easy\"", 2, "`easy`, expected one of `introductory`"),
        (CALLS, "\"calls\"", "\"call\"", 3, "unknown variant `call`"),
        (CALLS, "\"calls\"", "\"stdio\"", 4, "field `signature` means nothing for tests by stdio"),
        (CALLS, "def add", "fn add", 4, "field `signature`: begin it with `def`"),
        (CALLS, "def add", "def class", 4, "\"class\" is no name"),
        (CALLS, "en = \"Add.\"", "en = \"\"", 6, "field `statement.en` is empty"),
        (CALLS, "en = \"Add.\"", "", 5, "no statement in \"en\""),
        (CALLS, "en = \"Add.\"", "en = \"Add.\"\nfr = \"A\"", 7, "field `statement.fr`: no such tag"),
        (CALLS, "\"1, 2\"", "\"1, x\"", 8, "field `examples.arguments`: column 4"),
        (
            CALLS,
            "\"1, 2\"",
            "\"1, 2, 3\"",
            8,
            "field `examples.arguments`: 3 given, but `add` takes 1 to 2 arguments",
        ),
        (CALLS, "\"1, 2\"", "\"\"", 8, "0 given"),
        (CALLS, "expected = \"5\"", "expected = \"five\"", 12, "field `tests.expected`"),
        (CALLS, "expected = \"5\"", "", 10, "field `tests.expected` is missing; tests by calls need it"),
        (
            CALLS,
            "expected = \"5\"",
            "output = \"5\"",
            12,
            "field `tests.output` means nothing for tests by calls",
        ),
        (CALLS, "expected = \"5\"", "expcted = \"5\"", 12, "unknown field `expcted`"),
        (CALLS, "name = \"plus\"", "name = \"\"", 14, "field `solutions.name` is empty"),
        (CALLS, "name = \"plus\"", "", 13, "missing field `name`"),
        (
            STDIO,
            "input = \"b\"",
            "arguments = \"b\"",
            10,
            "field `tests.arguments` means nothing for tests by stdio",
        ),
        (STDIO, "kind = \"stdio\"", "kind = \"stdio\"\nsetup = \"x = 1\"", 4, "field `setup` means nothing"),
        (
            STDIO,
            "kind = \"stdio\"",
            "kind = \"stdio\"\ninput_file = \"a/b\"",
            4,
            "field `input_file` is not the name",
        ),
        (
            CALLS,
            "kind = \"calls\"",
            "kind = \"calls\"\noutput_file = \"out.txt\"",
            4,
            "field `output_file` means nothing for tests by calls",
        ),
        (STDIO, "kind = \"stdio\"", "kind = \"stdio\"\nlanguage = \"go\"", 4, "field `language`: go is none"),
        (STDIO, "kind = \"stdio\"", "kind = \"stdio\"\nlanguage = \"gogo\"", 4, "unknown variant `gogo`"),
    ];
    for (problem, from, to, line, message) in cases {
        let (got, text) = changed(problem, from, to);
        assert!(text.contains(message), "{to}: {text}");
        assert_eq!(got, Some(line), "{to}: {text}");
    }
}

#[test]
fn limits_comparisons_and_verdicts_are_checked() {
    let cases = [
        (
            CALLS,
            "[limits]\nfuel = \"much\"",
            5,
            "field `limits.fuel`: \"much\" is no quantity; write a number",
        ),
        (CALLS, "[limits]\nfuel = 3", 5, "field `limits.fuel`"),
        (CALLS, "[limits]\nmemory = \"64XB\"", 5, "field `limits.memory`"),
        (CALLS, "[limits]\nseconds = -1", 5, "field `limits.seconds` is -1"),
        (CALLS, "[limits]\nseconds = nan", 5, "field `limits.seconds` is NaN"),
        (CALLS, "[limits]\nsecond = 1.0", 5, "unknown field `second`"),
        (CALLS, "[comparison]\nrule = \"same\"", 4, "unknown variant `same`"),
        (
            CALLS,
            "[comparison]\nrule = \"tokens\"",
            4,
            "field `comparison.rule`: the rule can not compare values",
        ),
        (
            STDIO,
            "[comparison]\nrule = \"values\"",
            4,
            "field `comparison.rule`: the rule can not compare texts",
        ),
        (STDIO, "[comparison]\nrule = \"numbers\"\nabsolute = -1.0", 4, "field `comparison.absolute` is -1"),
        (STDIO, "[comparison]\nrule = \"numbers\"\nrelativ = 1.0", 4, "unknown field `relativ`"),
        (
            STDIO,
            "[comparison]\nrule = \"tokens\"\nabsolute = 1.0",
            4,
            "field `comparison`: unknown field `absolute`",
        ),
        (STDIO, "[comparison]\nrule = \"checker\"\nsource = \"\"", 4, "field `comparison.source` is empty"),
        (STDIO, "[inputs]\nconstraints = [\"n > 0\", \"\"]", 5, "field `inputs.constraints` is empty"),
        (
            STDIO,
            "[[wrong]]\nname = \"w\"\nverdict = \"passed\"\nsource = \"x\"",
            6,
            "unknown variant `passed`",
        ),
    ];
    for (problem, table, line, message) in cases {
        let (got, text) = changed(problem, "[statement]", &format!("{table}\n[statement]"));
        assert!(text.contains(message), "{table}: {text}");
        let first_line = if problem == CALLS { 1 } else { 0 };
        assert_eq!(got, Some(line + first_line), "{table}: {text}");
    }
}

#[test]
fn files_of_programs_are_named() {
    let named = STDIO
        .replace("kind = \"stdio\"", "kind = \"stdio\"\ninput_file = \"in.txt\"\noutput_file = \"out.txt\"");
    let set = load_files(&[("set.toml", SET), ("p.toml", &named)]).unwrap();
    let files = set.problems().next().unwrap().unwrap().files;
    let name = |name: Option<crate::problem::FileName>| name.map(String::from);
    assert_eq!((name(files.input), name(files.output)), (Some("in.txt".into()), Some("out.txt".into())));
}

#[test]
fn what_a_problem_needs_at_least_is_missed() {
    let without = |problem: &'static str, table: &str| {
        let start = problem.find(table).unwrap();
        let end = problem[start + 1..].find("[[").map_or(problem.len(), |end| start + 1 + end);
        changed(problem, &problem[start..end], "")
    };
    for table in ["[[examples]]", "[[tests]]", "[[solutions]]"] {
        let (line, message) = without(CALLS, table);
        assert!(line.is_none() && message.starts_with(&format!("no {table}; add ")), "{message}");
    }
    let (_, message) = changed(CALLS, "signature = \"def add(a: int, b: int = 0) -> int:\"", "");
    assert_eq!(message, "field `signature` is missing; tests by calls need it");
    let (_, message) = changed(CALLS, "name = \"plus\"", "name = \"plus\"\nlanguage = \"go\"");
    assert!(message.starts_with("no solution in python"), "{message}");
}

#[test]
fn calls_can_be_written_for_python_only() {
    let set = SET.replace("\"python\"", "\"go\"");
    let fault = error(&[("set.toml", &set), ("p.toml", CALLS)]).fault;
    assert_eq!(fault, FormatFault::KindNeedsPython { kind: TestKind::Calls, language: Language::Go });
    assert_eq!(load_files(&[("set.toml", &set), ("p.toml", STDIO)]).unwrap().languages(), [Language::Go]);
}

#[test]
fn assertions_compare_by_themselves() {
    let assertions = CALLS
        .replace("\"calls\"", "\"assertions\"")
        .replace("arguments = \"1, 2\"\nexpected = \"3\"", "assertion = \"assert add(1, 2) == 3\"")
        .replace("arguments = \"5\"\nexpected = \"5\"", "assertion = \"assert add(5) == 5\"");
    load_files(&[("set.toml", SET), ("p.toml", &assertions)]).unwrap();
    let (line, message) = changed(&assertions, "[statement]", "[comparison]\nrule = \"values\"\n[statement]");
    assert_eq!(line, Some(5));
    assert!(message.contains("field `comparison` means nothing for tests by assertions"), "{message}");
    let (_, message) = changed(&assertions, "\"assert add(5) == 5\"", "\" \"");
    assert!(message.contains("field `tests.assertion` is empty"), "{message}");
}

#[test]
fn faults_of_set_toml_name_line_and_field() {
    let cases = [
        ("name = \"tiny\"", "name = \"a/b\"", 1, "the set's name \"a/b\""),
        ("name = \"tiny\"", "name = \"\"", 1, "field `name` is empty"),
        ("version = \"2\"", "version = 2", 2, "field `version`: invalid type"),
        ("licence = \"MIT\"", "license = \"MIT\"", 3, "unknown field `license`"),
        ("[\"python\"]", "[]", 4, "field `languages` is empty"),
        ("[\"python\"]", "[\"pyhton\"]", 4, "unknown variant `pyhton`"),
        ("[\"en\"]", "[\"\"]", 5, "field `natural_languages` is empty"),
        ("[\"en\"]", "[\"en\"]\n[comparison.calls]\nrule = \"tokens\"", 6, "field `comparison.calls.rule`"),
        ("[\"en\"]", "[\"en\"]\n[limits]\nseconds = 0", 7, "field `limits.seconds` is 0"),
    ];
    for (from, to, line, message) in cases {
        let error = error(&[("set.toml", &SET.replacen(from, to, 1)), ("p.toml", CALLS)]);
        assert!(error.file.ends_with("set.toml"));
        let text = error.fault.to_string();
        assert!(text.contains(message), "{to}: {text}");
        assert_eq!(error.line, Some(line), "{to}: {text}");
    }
}

#[test]
fn faults_of_the_folder_name_the_file() {
    let duplicate = error(&[("set.toml", SET), ("a/p.toml", CALLS), ("b/p.toml", STDIO)]);
    assert!(duplicate.file.ends_with("b/p.toml"));
    assert!(
        matches!(duplicate.fault, FormatFault::DuplicateTask { first, .. } if first.ends_with("a/p.toml"))
    );
    let nested = error(&[("set.toml", SET), ("a/set.toml", SET)]);
    assert_eq!(nested.fault, FormatFault::SetWithinSet);
    let name = error(&[("set.toml", SET), ("two sum.toml", CALLS)]);
    assert_eq!(name.fault, FormatFault::Name { what: "the file's name", name: "two sum".into() });
    let deep = error(&[("set.toml", SET), ("1/2/3/4/5/6/7/8/9/p.toml", CALLS)]);
    assert_eq!(deep.fault, FormatFault::TooDeep { limit: DEEPEST });
    assert!(matches!(load_files(&[("set.toml", SET)]), Err(LoadError::Empty { .. })));
    let folder = folder(&[("set.toml", SET)]);
    fs::write(folder.path().join("p.toml"), b"title = \"\xff\"").unwrap();
    let Err(LoadError::Format(error)) = load(folder.path()) else { panic!("it is not UTF-8") };
    assert_eq!(error.fault, FormatFault::InvalidUtf8 { byte: 10 });
}

/// Takes any bytes as `set.toml` and as a problem; all that matters is that it returns.
fn loads_or_fails(set: &str, problem: &str) {
    let path = Path::new("p.toml");
    if let Ok(set) = parse_set(path, set) {
        let _ = parse_problem(path, problem, &set);
    }
}

fn mutated(text: String) -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\"",
        "'''",
        "\n",
        "[",
        "]]",
        "[[tests]]\n",
        "=",
        "0",
        "-1e999",
        "kind",
        "\"stdio\"",
        "\u{feff}",
        "é",
        "(",
        "def f(",
        "*",
        ",",
        "nan",
        "{",
        "rule = \"checker\"\n",
        "1979-05-27",
        "",
    ]);
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, pieces), 1..6);
    edits.prop_map(move |edits| {
        let mut characters: Vec<char> = text.chars().collect();
        for (at, removed, piece) in edits {
            let at = at.index(characters.len() + 1);
            let end = (at + removed).min(characters.len());
            characters.splice(at..end, piece.chars());
        }
        characters.into_iter().collect()
    })
}

fn fixture(name: &str) -> String {
    fs::read_to_string(sampler().join(name)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_loads_or_fails(set in any::<String>(), problem in any::<String>()) {
        loads_or_fails(&set, &problem);
        loads_or_fails(SET, &problem);
    }

    #[test]
    fn a_mutated_problem_loads_or_fails(
        problem in prop_oneof![
            mutated(CALLS.to_owned()),
            mutated(STDIO.to_owned()),
            mutated(fixture("two-piles.toml")),
            mutated(fixture("interview/undo-stack.toml")),
        ],
    ) {
        loads_or_fails(&fixture("set.toml"), &problem);
        loads_or_fails(SET, &problem);
    }

    #[test]
    fn a_mutated_set_file_loads_or_fails(set in mutated(fixture("set.toml"))) {
        loads_or_fails(&set, CALLS);
    }
}
