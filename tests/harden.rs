//! `karat harden` and `karat problems verify --mutants`, through the binary: a weakness is found, reported and mended.

mod common;

use std::fs;
use std::path::Path;

use karat::problem::format::{Document, ProblemFile};
use serde_json::Value;
use tempfile::TempDir;

const SET: &str = "name = \"weak\"\nversion = \"1\"\nlicence = \"MIT\"\nlanguages = [\"python\"]\n\
                   natural_languages = [\"en\"]\n";

/// Counts numbers below a limit. No test has a number that equals it, and one wrong solution needs that.
const CALLS: &str = r#"title = "Below"
difficulty = "introductory"
kind = "calls"
signature = "def below(numbers: list[int], limit: int) -> int:"

[statement]
en = "Return how many of the numbers are less than `limit`."

[[examples]]
arguments = "[1, 5, 3], 4"
expected = "2"

[[tests]]
arguments = "[], 4"
expected = "0"

[[tests]]
arguments = "[7, -2, 7, 12], 9"
expected = "3"

[[tests]]
arguments = "[9, 2], 1"
expected = "0"

[inputs]
constraints = ["len(numbers) <= 6", "all(-20 <= number <= 20 for number in numbers)", "-20 <= limit <= 20"]

[[solutions]]
name = "sum"
source = '''
def below(numbers, limit):
    return sum(number < limit for number in numbers)
'''

[[solutions]]
name = "loop"
source = '''
def below(numbers, limit):
    count = 0
    for number in numbers:
        if limit > number:
            count += 1
    return count
'''

[[wrong]]
name = "counts those that are equal"
source = '''
def below(numbers, limit):
    return len([number for number in numbers if not number > limit])
'''
# The end."#;

const ASSERTIONS: &str = r#"title = "Below"
difficulty = "interview"
kind = "assertions"
signature = "def below(numbers: list[int], limit: int) -> int:"

[statement]
en = "Return how many of the numbers are less than `limit`."

[[examples]]
assertion = "assert below([1, 5, 3], 4) == 2"

[[tests]]
assertion = "assert below([], 4) == 0"

[[tests]]
assertion = "assert below([7, -2, 7, 12], 9) == 3"

[[solutions]]
name = "sum"
source = '''
def below(numbers, limit):
    return sum(number < limit for number in numbers)
'''

[[wrong]]
name = "counts those that are equal"
source = '''
def below(numbers, limit):
    return sum(number <= limit for number in numbers)
'''
"#;

const STDIO: &str = r#"title = "Below"
difficulty = "interview"
kind = "stdio"

[statement]
en = "The first line has n and a limit. Each of the n lines that follow has a number. Print how many are below it."

[[examples]]
input = '''
3 4
1
5
3
'''
output = '''
2
'''

[[tests]]
input = '''
0 9
'''
output = '''
0
'''

[[tests]]
input = '''
2 8
9
-5
'''
output = '''
1
'''

[inputs]
constraints = ["0 <= n <= 10, and numbers are from -100 to 100."]

[[solutions]]
name = "sum"
source = '''
n, limit = map(int, input().split())
print(sum(int(input()) < limit for _ in range(n)))
'''

[[wrong]]
name = "counts those that are equal"
source = '''
n, limit = map(int, input().split())
print(sum(int(input()) <= limit for _ in range(n)))
'''
"#;

fn set_of(problem: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("set.toml"), SET).unwrap();
    fs::create_dir(directory.path().join("easy")).unwrap();
    fs::write(directory.path().join("easy/below.toml"), problem).unwrap();
    directory
}

/// Standard output, standard error, and the exit status.
fn karat(arguments: &[&str]) -> (String, String, i32) {
    let output = common::karat().args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn harden(set: &Path, arguments: &[&str]) -> (String, String, i32) {
    let task = format!("{}/below", set.display());
    karat(&[&["harden", "--budget", "150", &task], arguments].concat())
}

fn verify(set: &Path) -> (Value, i32) {
    let set = set.display().to_string();
    let (stdout, stderr, status) = karat(&["problems", "verify", &set, "--mutants", "--format", "json"]);
    (serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stderr}")), status)
}

#[test]
fn a_weakness_is_found_told_and_mended() {
    let set = set_of(CALLS);
    let (result, status) = verify(set.path());
    assert_eq!(status, 2, "{result:#}");
    assert_eq!(result["findings"][0]["finding"], "wrong_passes");
    assert_eq!(result["mutants"]["weak"], Value::from(vec!["weak/below"]));
    let problem = &result["mutants"]["problems"][0];
    let weakness = &problem["weaknesses"][0];
    let mutation = [&weakness["line"], &weakness["before"], &weakness["after"]];
    assert_eq!(mutation, [&Value::from(2), &"<".into(), &"<=".into()], "{problem:#}");
    assert_eq!(problem["mutants"], 4, "deleted, returns None, and two other comparisons");
    assert_eq!((&problem["caught"], &problem["score"]), (&3.into(), &0.75.into()));
    assert_eq!(result["mutants"]["levels"][0]["difficulty"], "introductory");

    let (stdout, stderr, status) = harden(set.path(), &[]);
    assert_eq!(status, 0, "{stderr}");
    assert!(
        stdout.contains("\n[[tests]]\n# Catches wrong solution \"counts those that are equal\".\n"),
        "{stdout}"
    );
    assert!(stdout.contains("# Catches mutant, line 2: < became <=."), "{stdout}");
    assert_eq!(stdout.matches("[[tests]]").count(), 1, "one test is enough: {stdout}");
    let file = set.path().join("easy/below.toml");
    assert_eq!(fs::read_to_string(&file).unwrap(), CALLS, "without --write nothing changes");
    let again = harden(set.path(), &[]).0;
    assert_eq!(again, stdout, "the same every time");

    let (json, _, _) = harden(set.path(), &["--write", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["written"], json["tests"].as_array().unwrap().len()), (&true.into(), 1));
    assert_eq!(json["not_caught"], Value::Array(vec![]));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with(&format!("{CALLS}\n\n[[tests]]\n")), "{text}");
    let read: ProblemFile = Document::new(&text).parse("problem").unwrap();
    assert_eq!(read.tests.len(), 4);

    let (result, status) = verify(set.path());
    assert_eq!(status, 0, "{result:#}");
    assert_eq!(result["mutants"]["problems"][0]["score"], 1.0);
    let (stdout, _, status) = harden(set.path(), &["--write"]);
    assert!(status == 0 && stdout.ends_with("# No test to add.\n"), "{stdout}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn constraints_hold_for_new_tests() {
    let narrow = CALLS
        .replace("len(numbers) <= 6", "len(numbers) != 2 or numbers[0] != numbers[1]")
        .replace("\"-20 <= limit <= 20\"", "\"limit not in numbers\"");
    // No input that is allowed tells the wrong solution from the right ones.
    let (stdout, stderr, status) = harden(set_of(&narrow).path(), &[]);
    assert_eq!(status, 0, "{stderr}");
    assert!(stdout.contains("# Not caught, perhaps since it is right: wrong solution"), "{stdout}");
    assert!(stdout.ends_with("# No test to add.\n"), "{stdout}");

    let broken = CALLS.replace("len(numbers) <= 6", "length(numbers) <= 6");
    let (_, stderr, status) = harden(set_of(&broken).path(), &[]);
    assert_eq!(status, 2);
    assert!(
        stderr.contains("`inputs.constraints` can not be used: no input of the problem's own tests"),
        "{stderr}"
    );
}

#[test]
fn problems_by_assertions_and_by_standard_input_grow_too() {
    for (problem, line) in [(ASSERTIONS, "assertion = \"assert below(["), (STDIO, "input = '''\n")] {
        let set = set_of(problem);
        let (stdout, stderr, status) = harden(set.path(), &["--write"]);
        assert_eq!(status, 0, "{stderr}");
        assert!(stdout.contains(line), "{stdout}");
        let (result, status) = verify(set.path());
        assert_eq!(status, 0, "{result:#}");
    }
    let involved =
        ASSERTIONS.replace("assert below([", "n = 0\nassert n + below([").replace("n = 0\n", "n = 0; ");
    let (_, stderr, status) = harden(set_of(&involved).path(), &[]);
    assert_eq!(status, 2);
    assert!(stderr.contains("only 0 of 3 are nothing but `assert below(…) == …`"), "{stderr}");
}

#[test]
fn completions_are_caught_too() {
    let set = set_of(CALLS);
    let samples = set.path().join("samples.jsonl");
    let sample =
        |source: &str| serde_json::json!({"task_id": "weak/below", "completion": source}).to_string();
    let right = sample("def below(numbers, limit):\n    return len([n for n in numbers if n < limit])\n");
    let wrong = sample(
        "def below(numbers, limit):\n    return len([n for n in numbers if n < limit]) * (len(numbers) != 1)\n",
    );
    fs::write(&samples, format!("{right}\n{wrong}\n")).unwrap();
    let (stdout, stderr, status) = harden(set.path(), &["--completions", samples.to_str().unwrap()]);
    assert_eq!(status, 0, "{stderr}");
    assert!(stdout.contains("# Not caught, perhaps since it is right: completion on line 1."), "{stdout}");
    assert!(stdout.contains("# Catches completion on line 2."), "{stdout}");
    fs::write(&samples, sample("x").replace("weak/below", "other/task")).unwrap();
    let (_, stderr, status) = harden(set.path(), &["--completions", samples.to_str().unwrap()]);
    assert_eq!(status, 2);
    assert!(stderr.contains("has no completion of weak/below"), "{stderr}");
}

#[test]
fn other_formats_can_not_be_hardened() {
    let task = format!("{}/HumanEval/0", common::file("fixtures/mini.jsonl").display());
    let (_, stderr, status) = karat(&["harden", &task]);
    assert_eq!(status, 2);
    assert!(stderr.contains("only sets in Karat's own format can be hardened"), "{stderr}");
}

#[test]
fn tests_that_repeat_others_are_findings() {
    let twice = "[[tests]]\narguments = \"[1, 5, 3], 4\"\nexpected = \"2\"\n\n[inputs]";
    let set = set_of(&CALLS.replace("[inputs]", twice));
    let (result, status) = verify(set.path());
    assert_eq!(status, 2);
    let repeated = &result["findings"][0];
    let found = [&repeated["finding"], &repeated["test"], &repeated["earlier"], &repeated["example"]];
    assert_eq!(found, [&"repeated_test".into(), &Value::from(5), &1.into(), &true.into()], "{result:#}");
}
