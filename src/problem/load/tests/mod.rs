use serde_json::{Value as Json, json};

use super::stream::tests::{gzip, zstd};
use super::*;
use crate::problem::comparison::EvalPlusOracle;
use crate::problem::{Comparison, FileName, Language, Test, TestBody, TestGroup, TestKind};
use crate::value::Value;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats").join(name)
}

fn load_fixture(name: &str) -> ProblemSet {
    load(&fixture(name), None).unwrap_or_else(|error| panic!("{error}"))
}

fn load_bytes(content: &[u8], dataset: Option<Dataset>) -> Result<ProblemSet, LoadError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("set.jsonl");
    fs::write(&path, content).unwrap();
    load(&path, dataset)
}

fn load_rows(rows: &[Json], dataset: Option<Dataset>) -> Result<ProblemSet, LoadError> {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    load_bytes(text.as_bytes(), dataset)
}

fn fault_of(row: Json) -> String {
    match load_rows(&[row], None).unwrap_err() {
        LoadError::Record(error) => error.fault.to_string(),
        other => panic!("{other}"),
    }
}

fn rows_of(name: &str) -> Vec<Json> {
    let text = fs::read_to_string(fixture(name)).unwrap();
    if text.starts_with('[') {
        return serde_json::from_str(&text).unwrap();
    }
    // The fixtures of EvalPlus hold Infinity, and others NaN, which serde_json does not read.
    text.replace("Infinity", "1e300")
        .replace("NaN", "null")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn with(mut row: Json, field: &str, value: Json) -> Json {
    row[field] = value;
    row
}

fn names(set: &ProblemSet) -> Vec<&str> {
    set.task_ids().map(TaskId::as_str).collect()
}

fn stdio(input: &str, expected: &str) -> TestBody {
    TestBody::Stdio { input: input.into(), expected: expected.into() }
}

fn call(arguments: Vec<Value>, expected: Option<Value>) -> TestBody {
    TestBody::Call { arguments, expected }
}

fn ints(items: impl IntoIterator<Item = i64>) -> Value {
    Value::List(items.into_iter().map(Value::Int).collect())
}

fn tuple(items: impl IntoIterator<Item = i64>) -> Value {
    Value::Tuple(items.into_iter().map(Value::Int).collect())
}

/// The fixtures that are files, with the format of each.
const FILES: [(&str, Dataset); 11] = [
    ("humaneval-plus.jsonl", Dataset::HumanEvalPlus),
    ("mbpp-plus.jsonl", Dataset::MbppPlus),
    ("mbpp.jsonl", Dataset::Mbpp),
    ("mbpp-sanitized.json", Dataset::MbppSanitized),
    ("apps.jsonl", Dataset::Apps),
    ("code-contests.jsonl", Dataset::CodeContests),
    ("live-code-bench/test.jsonl", Dataset::LiveCodeBench),
    ("multipl-e-lua.jsonl", Dataset::MultiPlE),
    ("multipl-e-py.jsonl", Dataset::MultiPlE),
    ("../mini.jsonl", Dataset::HumanEval),
    ("../infilling.jsonl", Dataset::HumanEval),
];

mod apps;
mod changed;
mod damaged;
mod libraries;
mod published;

#[test]
fn every_format_is_recognised_however_it_is_compressed() {
    for (name, dataset) in FILES {
        let plain = load_fixture(name);
        assert_eq!(plain.dataset, dataset);
        let content = fs::read(fixture(name)).unwrap();
        assert_eq!(plain.digest, blake3::hash(&content).to_hex().to_string());
        for content in [gzip(&content), zstd(&content), [b"\xef\xbb\xbf\r\n", &content[..]].concat()] {
            let other = load_bytes(&content, None).unwrap();
            assert_eq!(other.dataset, dataset);
            assert!(other.entries().eq(plain.entries()), "{name}");
        }
        let forced = load_bytes(&content, Some(dataset)).unwrap();
        assert!(forced.entries().eq(plain.entries()), "{name}");
    }
}

#[test]
fn human_eval_plus_has_base_and_plus_inputs_and_no_expected_values() {
    let set = load_fixture("humaneval-plus.jsonl");
    let mean = set.problem("HumanEval/0").unwrap();
    assert!(
        mean.prompt.starts_with("def mean") && mean.reference().unwrap().source.starts_with("    return")
    );
    assert_eq!(mean.entry_point.as_deref(), Some("mean"));
    let groups: Vec<TestGroup> = mean.tests.iter().map(|test| test.group).collect();
    assert_eq!(groups[..3], [TestGroup::Base, TestGroup::Base, TestGroup::Plus]);
    assert_eq!(mean.tests[0].body, call(vec![ints([1, 2])], None));
    let infinite = Value::List(vec![Value::Float(-1e308), Value::Float(f64::INFINITY)]);
    assert_eq!(mean.tests[4].body, call(vec![infinite], None));
    let TestBody::Call { arguments, .. } = &mean.tests[5].body else { panic!() };
    assert!(matches!(&arguments[0], Value::List(items) if matches!(items[0], Value::BigInt(_))));
    assert_eq!(mean.comparison, Comparison::EvalPlus { atol: 0.0, oracle: EvalPlusOracle::None });
    let zero = set.problem("HumanEval/32").unwrap();
    let expected = Comparison::EvalPlus { atol: 1e-4, oracle: EvalPlusOracle::PolynomialZero };
    assert_eq!(zero.comparison, expected);
}

#[test]
fn mbpp_plus_inputs_have_the_types_that_json_lacks() {
    let set = load_fixture("mbpp-plus.jsonl");
    let similar = set.problem("Mbpp/2").unwrap();
    assert_eq!(similar.tests[0].body, call(vec![tuple([1, 2]), tuple([2, 3])], None));
    assert_eq!(similar.comparison, Comparison::EvalPlus { atol: 0.0, oracle: EvalPlusOracle::Set });
    assert!(
        similar.prompt.starts_with("\"\"\"") && similar.reference().unwrap().source.contains("def similar")
    );
    let empty = set.problem("Mbpp/115").unwrap();
    assert_eq!(empty.tests.len(), 2, "`plus_input` is {{}}");
    let set_and_dictionary =
        Value::List(vec![Value::Set(vec![Value::Int(1), Value::Int(2)]), Value::Dict(vec![])]);
    assert_eq!(empty.tests[1].body, call(vec![set_and_dictionary], None));
    let distance = set.problem("Mbpp/252").unwrap();
    assert_eq!(distance.tests[2].body, call(vec![Value::Complex(-0.5, -2e-3)], None));
    let row = with(rows_of("mbpp-plus.jsonl")[2].clone(), "base_input", json!([["3+"]]));
    assert!(fault_of(row).starts_with("field `base_input[0]` holds \"3+\", which writes no number"));
}

#[test]
fn mbpp_in_full_and_sanitized() {
    let set = load_fixture("mbpp.jsonl");
    assert_eq!(names(&set), ["Mbpp/2", "Mbpp/11", "Mbpp/600"]);
    let area = set.problem("Mbpp/11").unwrap();
    assert_eq!(area.entry_point.as_deref(), Some("area"));
    assert!(area.setup.contains("namedtuple") && area.prompt.is_empty());
    assert!(
        area.statements["en"].contains("rectangle") && area.reference().unwrap().source.contains("def area")
    );
    assert_eq!(area.tests.len(), 3, "challenge tests are not judged");
    let source = "assert area(Point(0, 0), Point(2, 3)) == 6".to_owned();
    assert_eq!(area.tests[0], Test::visible(TestBody::Assertions { source, calls_check: false }));
    let tags: Vec<_> = set.entries().map(|(_, entry)| entry.facts.tags.join(",")).collect();
    assert_eq!(tags, ["few-shot", "test", "validation"]);

    let set = load_fixture("mbpp-sanitized.json");
    assert_eq!(names(&set), ["Mbpp/3", "Mbpp/17"]);
    assert_eq!(set.problem("Mbpp/17").unwrap().setup, "import math\nimport sys");
    let row = with(rows_of("mbpp.jsonl")[0].clone(), "task_id", json!([1]));
    assert_eq!(
        fault_of(row),
        "field `task_id` is an array; it must be a string or an integer of at most 64 bits"
    );
}

#[test]
fn code_contests_as_lines_and_parquet_is_the_same() {
    let set = load_fixture("code-contests.jsonl");
    let parquet = load_fixture("code-contests.parquet");
    assert!(set.entries().eq(parquet.entries()));
    let totals = set.problem("1_A. Totals").unwrap();
    let visible: Vec<bool> = totals.tests.iter().map(|test| test.visible).collect();
    assert_eq!(visible, [true, false, false, false]);
    assert_eq!(totals.tests[1].body, stdio("1\n-5\n", "-5\n"));
    let languages: Vec<_> = totals.references.iter().map(|solution| solution.language).collect();
    assert_eq!(
        languages,
        [None, Some(Language::Cpp), Some(Language::Java)],
        "Python 3 first, 2 and unknown left out"
    );
    assert_eq!(totals.references[0].name, "solutions[2]");
    assert_eq!(totals.wrong.len(), 2);
    assert_eq!((totals.limits.seconds, totals.limits.memory.unwrap().0), (Some(1.5), 256_000_000));
    assert_eq!(totals.facts.tags, ["implementation", "math", "rating:800"]);
    assert_eq!(
        (totals.facts.difficulty.as_deref(), totals.facts.source.as_deref()),
        (Some("A"), Some("CODEFORCES"))
    );
    assert_eq!(totals.comparison, Comparison::CodeContests);
    let backwards = set.problem("p00002 Backwards").unwrap();
    assert_eq!((backwards.limits, &backwards.facts.tags[..]), (Default::default(), &[][..]));
    assert_eq!(backwards.facts.difficulty, None);
    assert_eq!(set.get("3_C. Files").unwrap().facts.tags, ["*special", "rating:1600", "files"]);
    let files = set.problem("3_C. Files").unwrap().files;
    let name = |name: Option<FileName>| name.map(String::from);
    assert_eq!(
        (name(files.input).as_deref(), name(files.output).as_deref()),
        (Some("input.txt"), Some("output.txt"))
    );
    assert!(totals.files.is_empty());
    assert_eq!(set.notes.len(), 1);
    assert!(set.notes[0].starts_with("1 problem with named input or output files"));
}

#[test]
fn odd_rows_of_code_contests() {
    let row = rows_of("code-contests.jsonl").swap_remove(0);
    let pairs = json!([{"input": "1\n", "output": "2\n"}]);
    let named = with(with(row.clone(), "public_tests", pairs), "source", json!("ATCODER"));
    let named = with(named, "solutions", json!({"language": ["PYTHON3"], "solution": ["pass"]}));
    let problem = load_rows(&[named], None).unwrap().problem("1_A. Totals").unwrap();
    assert_eq!(problem.tests[0].body, stdio("1\n", "2\n"));
    assert_eq!(problem.facts.source.as_deref(), Some("ATCODER"));
    assert_eq!(problem.references.len(), 1);
    let uneven = fault_of(with(row.clone(), "private_tests", json!({"input": ["a"], "output": []})));
    assert!(uneven.starts_with("field `private_tests.output` has 0 items, and `input` has 1"), "{uneven}");
    let number = fault_of(with(row.clone(), "public_tests", json!({"input": [1], "output": ["1"]})));
    assert_eq!(number, "field `public_tests.input[0]` is a number; it must be a string");
    let file = fault_of(with(row.clone(), "input_file", json!("../input.txt")));
    assert!(
        file.starts_with("field `input_file` is not the name of a file in the program's directory"),
        "{file}"
    );
    let limit = fault_of(with(row, "time_limit", json!({"seconds": "2"})));
    assert_eq!(limit, "field `time_limit.seconds` is a string; it must be a number");
}

#[test]
fn a_folder_of_files_is_one_set() {
    let set = load_fixture("live-code-bench");
    assert_eq!(set.name, "live-code-bench");
    assert_eq!(names(&set), ["9001_A", "9002", "abc900_a"]);
    let word = set.problem("9001_A").unwrap();
    assert_eq!(word.tests[0], Test::visible(stdio("ab\nabc\n", "abc\n")));
    assert_eq!(word.tests[2], Test::hidden(stdio("\nq\n", "q\n")));
    assert_eq!((word.starter_code, word.facts.title.as_deref()), (None, Some("A. Longer Word")));
    assert_eq!(word.facts.date, Some(jiff::civil::date(2023, 8, 21)));
    assert_eq!(
        (word.facts.source.as_deref(), word.facts.difficulty.as_deref()),
        (Some("codeforces"), Some("easy"))
    );
    let steps = set.problem("9002").unwrap();
    assert_eq!(steps.entry_point.as_deref(), Some("countSteps"));
    assert_eq!(steps.tests[0].body, call(vec![Value::Int(7), Value::Int(2)], Some(Value::Int(4))));
    assert_eq!(steps.tests.len(), 3, "two from the pickle");
    assert_eq!(set.get("abc900_a").unwrap().kinds, [TestKind::Stdio]);

    let directory = tempfile::tempdir().unwrap();
    let content = fs::read(fixture("live-code-bench/test.jsonl")).unwrap();
    fs::write(directory.path().join("a.jsonl.zst"), zstd(&content)).unwrap();
    fs::write(directory.path().join("b.json.gz"), gzip(&content)).unwrap();
    fs::write(directory.path().join("README.md"), "not a set").unwrap();
    let error = load(directory.path(), None).unwrap_err().to_string();
    assert!(error.contains("b.json.gz, line 1: the problem \"9001_A\" is there again, as in "), "{error}");
    assert!(error.contains("a.jsonl.zst, line 1;"), "{error}");
}

#[test]
fn odd_rows_of_live_code_bench() {
    let row = rows_of("live-code-bench/test.jsonl").swap_remove(1);
    let private = |text: &str| fault_of(with(row.clone(), "private_test_cases", json!(text)));
    assert!(private("no base64!").contains("neither JSON nor base64 of zlib of a pickled text: base64"));
    assert!(private("AAAA").contains("zlib: "));
    // The pickle of the builtin `print`, which must not be called, and that of 1.
    for pickle in [&b"cbuiltins\nprint\n(tR."[..], b"I1\n."] {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        io::Write::write_all(&mut encoder, pickle).unwrap();
        let text = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, encoder.finish().unwrap());
        assert!(private(&text).contains("pickle: "), "{}", private(&text));
    }
    let unnamed = fault_of(with(row.clone(), "metadata", json!("{}")));
    let expected = "field `public_test_cases[0].testtype` is \"functional\", and `metadata` has no `func_name`; name the \
                    function to call there";
    assert_eq!(unnamed, expected);
    let day = fault_of(with(row, "contest_date", json!("yesterday")));
    assert_eq!(day, "field `contest_date` is \"yesterday\"; write it as 2024-12-31");
}

#[test]
fn multipl_e_in_any_language() {
    let set = load_fixture("multipl-e-lua.jsonl");
    assert_eq!(set.languages(), [Language::Lua]);
    let double = set.problem("HumanEval_900_double").unwrap();
    assert!(double.prompt.starts_with("-- Give") && double.references.is_empty());
    assert_eq!(double.stop_tokens, ["\nlocal", "\nfunction", "\n--", "\n\n"]);
    let TestBody::Assertions { source, calls_check: false } = &double.tests[0].body else { panic!() };
    assert!(source.starts_with("lu = require"));
    assert_eq!(load_fixture("multipl-e-py.jsonl").languages(), [Language::Python]);
    let row = with(rows_of("multipl-e-py.jsonl")[0].clone(), "language", json!("elvish"));
    assert!(fault_of(row).starts_with("field `language` is \"elvish\", a language that Karat does not know"));
}

#[test]
fn human_eval_names_what_is_wrong() {
    let row = |task_id: &str| {
        json!({
            "task_id": task_id, "prompt": "def f():\n", "entry_point": "f", "canonical_solution": "    return 1\n",
            "test": "def check(candidate):\n    assert candidate() == 1\n", "extra": [1, null],
        })
    };
    let without = |field: &str| {
        let mut row = row("T/1");
        row.as_object_mut().unwrap().remove(field);
        row
    };
    let set = load_rows(&[row("T/1"), row("T/0")], None).unwrap();
    assert_eq!(names(&set), ["T/1", "T/0"]);
    assert_eq!(set.problem("T/0").unwrap().reference().unwrap().source, "    return 1\n");
    for row in [without("canonical_solution"), with(row("T/1"), "canonical_solution", Json::Null)] {
        assert!(!load_rows(&[row], None).unwrap().get("T/1").unwrap().has_reference);
    }
    for field in ["task_id", "prompt", "entry_point", "test"] {
        let fault = fault_of(without(field));
        assert!(
            fault.starts_with(&format!("this looks most like HumanEval, and has no `{field}`;")),
            "{fault}"
        );
        let late = load_rows(&[row("T/0"), without(field)], None).unwrap_err().to_string();
        assert!(
            late.ends_with(&format!("line 2: field `{field}` is missing; add it, or remove the line")),
            "{late}"
        );
        let error =
            load_rows(&[row("T/0"), with(row("T/1"), field, json!(7))], None).unwrap_err().to_string();
        let expected = format!("set.jsonl, line 2: field `{field}` is a number; it must be a string");
        assert!(error.ends_with(&expected), "{error}");
    }
    assert_eq!(fault_of(with(row("T/1"), "task_id", json!(""))), "field `task_id` is empty; give it a value");
    for wrong in ["", "f()", "a.b", "1f", "class", "f; import os", "f\n"] {
        let fault = fault_of(with(row("T/1"), "entry_point", json!(wrong)));
        assert!(fault.contains("can not name a function"), "{fault}");
    }
    for right in ["f", "_f", "is_prime2", "größe"] {
        load_rows(&[with(row("T/1"), "entry_point", json!(right))], None).unwrap();
    }
    let error = load_rows(&[row("T/0"), row("T/1"), row("T/0")], None).unwrap_err().to_string();
    let expected =
        "line 3: the problem \"T/0\" is there again, as in line 1; remove or rename one of the two";
    assert!(error.ends_with(expected), "{error}");
    let late = load_rows(&[row("T/0"), json!({"task_id": "T/0", "completion": ""})], None).unwrap_err();
    assert!(late.to_string().contains("file of completions; give it as the samples"), "{late}");
}

#[test]
fn a_record_of_human_eval_may_have_a_text_that_follows() {
    let set = load_fixture("../infilling.jsonl");
    assert_eq!((set.dataset, set.len()), (Dataset::HumanEval, 3));
    let clamp = set.problem("infilling/clamp").unwrap();
    assert!(clamp.suffix.as_deref().unwrap().starts_with("    if value > high:"));
    assert_eq!(clamp.reference().unwrap().source, "        return low\n");
    let row = |suffix: Json| with(rows_of("../infilling.jsonl")[0].clone(), "suffix", suffix);
    for none in [Json::Null, json!("")] {
        assert_eq!(load_rows(&[row(none)], None).unwrap().problem("infilling/clamp").unwrap().suffix, None);
    }
    let error = load_rows(&[row(json!("x")), row(json!(["x"]))], None).unwrap_err().to_string();
    assert!(error.ends_with("set.jsonl, line 2: field `suffix` is an array; it must be a string"), "{error}");
}

#[test]
fn what_is_no_problem_set_says_what_it_is() {
    for completion in ["completion", "solution"] {
        let fault = fault_of(json!({"task_id": "T/0", completion: "    pass\n"}));
        assert_eq!(
            fault,
            "this looks like a file of completions; give it as the samples, not as the problems"
        );
    }
    assert!(fault_of(json!({"a": 1, "b": 2})).starts_with("the fields (a, b) are those of no problem set"));
    assert!(fault_of(json!({})).starts_with("the fields (none) are those of no problem set"));
    for empty in ["", "\n \n", "[]"] {
        assert!(matches!(load_bytes(empty.as_bytes(), None), Err(LoadError::Empty { .. })));
        assert!(matches!(load_bytes(empty.as_bytes(), Some(Dataset::Apps)), Err(LoadError::Empty { .. })));
    }
    let forced = load_bytes(b"{}", Some(Dataset::Apps)).unwrap_err().to_string();
    assert!(forced.contains("field `question` is missing"), "{forced}");
    assert!(matches!(load_bytes(b"{}", Some(Dataset::Karat)), Err(LoadError::NotAFolder { .. })));
}

#[test]
fn sets_are_named_after_their_files() {
    for (path, name) in [
        ("data/HumanEval.jsonl.gz", "HumanEval"),
        ("my.set.jsonl.zst", "my.set"),
        ("test.parquet", "test"),
        ("plain", "plain"),
        (".gz", ".gz"),
        ("APPS/test/", "test"),
    ] {
        assert_eq!(set_name(Path::new(path)), name);
    }
    assert_ne!(set_name(Path::new(".")), ".");
}

#[test]
fn a_missing_file_and_a_folder_of_other_things_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let missing = load(&directory.path().join("none.jsonl"), None).unwrap_err();
    assert!(matches!(missing, LoadError::NotFound { .. }));
    assert!(missing.to_string().contains("HumanEval.jsonl.gz"), "{missing}");
    fs::write(directory.path().join("README.md"), "").unwrap();
    assert!(matches!(load(directory.path(), None).unwrap_err(), LoadError::Directory { .. }));
}
