//! Files that were made to harm: every reader refuses them with an error that says where, and neither aborts nor takes
//! memory or time without end.

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::thread;

use base64::Engine;
use common::{file, karat};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use karat::complete::price::PriceTable;
use karat::complete::prompt::Templates;
use karat::complete::samples::Samples;
use karat::problem::load::load;
use karat::report::results::RunResults;
use serde_json::{Value, json};

/// Nested far more deeply than a thread's stack allows.
const DEEP: usize = 100_000;

/// The stack of a thread for which nobody asks for more.
const STACK: usize = 2 << 20;

/// A reader's error for a file of that name and content, on a small stack.
fn refused(name: &str, content: &[u8], read: fn(&Path) -> Result<(), String>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    let reading = thread::Builder::new().stack_size(STACK).spawn(move || read(&path)).unwrap();
    reading.join().unwrap().expect_err("it is refused")
}

fn set(path: &Path) -> Result<(), String> {
    load(path, None).map(drop).map_err(|error| whole(&error))
}

/// The set of the folder that the file is in.
fn folder(path: &Path) -> Result<(), String> {
    set(path.parent().unwrap())
}

fn samples(path: &Path) -> Result<(), String> {
    let mut samples = Samples::open(path).map_err(|error| whole(&error))?;
    samples.try_for_each(|sample| sample.map(drop).map_err(|error| whole(&error)))
}

fn prices(path: &Path) -> Result<(), String> {
    PriceTable::embedded().with_file(path).map(drop).map_err(|error| whole(&error))
}

fn templates(path: &Path) -> Result<(), String> {
    Templates::with_folder(path.parent().unwrap()).map(drop).map_err(|error| whole(&error))
}

fn baseline(path: &Path) -> Result<(), String> {
    RunResults::open(path).map(drop).map_err(|error| whole(&error))
}

/// An error and its causes.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// A row of LiveCodeBench in which these fields replace its own.
fn live_code_bench(fields: Value) -> String {
    let text = fs::read_to_string(file("fixtures/formats/live-code-bench/test.jsonl")).unwrap();
    let mut row: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    format!("{row}\n")
}

/// A pickle as LiveCodeBench packs it, followed by a byte that is repeated.
fn packed(pickle: &[u8], repeated: u8, times: usize, end: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(pickle).unwrap();
    let block = vec![repeated; 1 << 16];
    for start in (0..times).step_by(block.len()) {
        encoder.write_all(&block[..block.len().min(times - start)]).unwrap();
    }
    encoder.write_all(end).unwrap();
    base64::prelude::BASE64_STANDARD.encode(encoder.finish().unwrap())
}

#[test]
fn what_is_nested_without_end_is_refused_by_every_reader() {
    let open = "[".repeat(DEEP);
    let dotted = "a.".repeat(DEEP);
    let tables = "{a=".repeat(DEEP);
    let in_line = format!("{{\"question\": \"\", \"input_output\": {open}");
    let in_text = json!({"question": "q", "input_output": format!("{{\"inputs\": {open}")}).to_string();
    let call = json!([{"input": open, "output": "1", "testtype": "functional"}]).to_string();
    let in_call = live_code_bench(json!({"public_test_cases": call, "metadata": {"func_name": "f"}}));
    let test = live_code_bench(json!({"private_test_cases": open}));
    let pickle = live_code_bench(json!({"private_test_cases": packed(b"\x80\x04", b']', DEEP, b".")}));
    let escaped = live_code_bench(json!({"private_test_cases": packed(b"\x80\x04", b'(', DEEP, b"t.")}));
    let in_pickle = [b"\x80\x04X", &(DEEP as u32).to_le_bytes()[..]].concat();
    let in_pickle = live_code_bench(json!({"private_test_cases": packed(&in_pickle, b'[', DEEP, b"\x94.")}));
    type Case<'c> = (&'c str, &'c str, String, fn(&Path) -> Result<(), String>, &'c [&'c str]);
    let cases: Vec<Case<'_>> = vec![
        ("JSON lines", "s.jsonl", format!("\n{in_line}"), set, &["s.jsonl, line 2: ", "recursion limit"]),
        ("a JSON array", "s.json", format!("[{{}},{open}"), set, &["s.json, record "]),
        ("JSON in a text", "s.jsonl", in_text, set, &["line 1: field `input_output` ", "recursion limit"]),
        (
            "an argument",
            "s.jsonl",
            in_call,
            set,
            &["line 1: field `public_test_cases[0].input` ", "200 deep"],
        ),
        ("plain tests", "s.jsonl", test, set, &["line 1: field `private_test_cases[0]` ", "recursion limit"]),
        (
            "a pickle",
            "s.jsonl",
            pickle,
            set,
            &["line 1: field `private_test_cases` ", "pickle: ", "0x5d at byte 2"],
        ),
        ("a pickle's stack", "s.jsonl", escaped, set, &["`private_test_cases` ", "0x28 at byte 2"]),
        (
            "JSON in a pickle",
            "s.jsonl",
            in_pickle,
            set,
            &["field `private_test_cases[0]` ", "recursion limit"],
        ),
        ("samples", "s.jsonl", format!("\n{{\"task_id\": {open}"), samples, &["s.jsonl, line 2: "]),
        (
            "a field of samples that nobody reads",
            "s.jsonl",
            format!("{{\"a\": {open}"),
            samples,
            &["line 1: "],
        ),
        ("set.toml", "set.toml", format!("name = \"a\"\nversion = {open}"), folder, &["set.toml, line 2: "]),
        ("keys of set.toml", "set.toml", format!("{dotted}a = 1"), folder, &["set.toml, line 1: "]),
        ("tables of set.toml", "set.toml", format!("[{dotted}a]"), folder, &["set.toml, line 1: "]),
        ("inline tables", "set.toml", format!("a = {tables}"), folder, &["set.toml, line 1: "]),
        ("prices", "prices.toml", format!("[models]\nx = {open}"), prices, &["prices.toml: ", "line 2"]),
        ("a baseline", "baseline.json", format!("{{\"a\": {open}"), baseline, &["baseline.json: "]),
        ("a template", "own/t.toml", template(&"{% if 1 %}".repeat(DEEP)), templates, &["t.toml: `user` "]),
        ("an expression", "own/t.toml", template(&format!("{{{{ {open}")), templates, &["t.toml: `user` "]),
        ("templates' TOML", "own/t.toml", format!("kind = {open}"), templates, &["t.toml: ", "line 1"]),
    ];
    for (what, name, content, read, expected) in cases {
        let message = refused(name, content.as_bytes(), read);
        for part in expected {
            assert!(message.contains(part), "{what}: {message}");
        }
        assert!(message.len() < 5_000, "{what}: {} bytes", message.len());
    }
}

fn template(user: &str) -> String {
    format!("kind = \"chat\"\ndescription = \"d\"\nuser = '''{user}'''\n")
}

#[test]
fn literals_nested_without_end_are_refused_with_file_line_and_field() {
    let problem = "title = \"t\"\ndifficulty = \"introductory\"\nkind = \"calls\"\nsignature = \"def f(a):\"\n\
                   [statement]\nen = \"s\"\n[[examples]]\narguments = \"1\"\nexpected = \"1\"\n\
                   [[solutions]]\nname = \"n\"\nsource = \"def f(a): return a\"\n[[tests]]\n";
    for open in ["[", "(", "{1: ", "frozenset(", "-(", "[-"] {
        let deep = open.repeat(DEEP);
        for (field, test) in [
            ("tests.arguments", format!("arguments = \"{deep}\"\nexpected = \"1\"\n")),
            ("tests.expected", format!("arguments = \"1\"\nexpected = \"{deep}\"\n")),
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("set.toml"), SET).unwrap();
            let message = refused_in(folder.path(), "p.toml", &format!("{problem}{test}"));
            let field = format!("field `{field}`: ");
            assert!(message.contains("p.toml, line 1") && message.contains(&field), "{open}: {message}");
        }
    }
}

const SET: &str = "name = \"s\"\nversion = \"1\"\nlicence = \"MIT\"\nlanguages = [\"python\"]\n\
                   natural_languages = [\"en\"]\n";

/// The error of loading a set with one more file.
fn refused_in(folder: &Path, name: &str, content: &str) -> String {
    fs::write(folder.join(name), content).unwrap();
    let folder = folder.to_owned();
    let reading = thread::Builder::new().stack_size(STACK).spawn(move || set(&folder)).unwrap();
    reading.join().unwrap().expect_err("it is refused")
}

#[test]
fn packed_tests_that_become_far_more_are_refused() {
    let mebi = 1 << 20;
    let length = ((90 * mebi) as u64).to_le_bytes();
    // White space where tests should be, and one text without end.
    for (start, repeated) in [(&b""[..], b' '), (b"[{\"input\": \"", b'a')] {
        let pickle = [b"\x80\x04\x8d", &length[..], start].concat();
        let row = live_code_bench(json!({"private_test_cases": packed(&pickle, repeated, 89 * mebi, b"")}));
        assert!(row.len() < mebi);
        let message = refused("s.jsonl", row.as_bytes(), set);
        assert!(message.contains("s.jsonl, line 1: field `private_test_cases` "), "{message}");
        assert!(message.contains("unpacks to more than ") || message.contains("white space"), "{message}");
    }
    // A megabyte of tests takes little when it is packed, and is read.
    let tests = json!([{"input": "7 ".repeat(mebi), "output": "", "testtype": "stdin"}]).to_string();
    let pickle = [b"\x80\x04X", &(tests.len() as u32).to_le_bytes()[..], tests.as_bytes()].concat();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.jsonl");
    fs::write(&path, live_code_bench(json!({"private_test_cases": packed(&pickle, 0, 0, b"\x94.")})))
        .unwrap();
    let problem = load(&path, None).unwrap().problems().next().unwrap().unwrap();
    assert!(problem.tests.iter().any(|test| !test.visible));
}

#[test]
fn values_of_samples_are_not_built() {
    let wide = format!("{{\"task_id\": [{}0]}}", "{},".repeat(DEEP));
    assert!(refused("s.jsonl", wide.as_bytes(), samples).contains("line 1: field `task_id` is an array"));
}

#[test]
fn what_is_no_file_is_refused_without_waiting() {
    use std::os::unix::fs::symlink;
    let devices = tempfile::tempdir().unwrap();
    let link = |name: &str, target: &str| {
        let path = devices.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, &path).unwrap();
        path
    };
    for read in [set, samples, prices] {
        let message = read(&link(&format!("{:p}", read as *const ()), "/dev/zero")).unwrap_err();
        assert!(message.contains("a device"), "{message}");
    }
    // A file of a run that is a device, or a pipe that nobody writes to.
    let run = devices.path().join("run");
    fs::create_dir(&run).unwrap();
    for (name, make) in
        [("run.json", "zero"), ("run.json", "pipe"), ("verdicts.jsonl", "pipe"), ("verdicts.jsonl", "zero")]
    {
        for entry in fs::read_dir(file("../reports/sample/runs/careful")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, run.join(path.file_name().unwrap())).unwrap();
        }
        fs::remove_file(run.join(name)).unwrap();
        match make {
            "zero" => symlink("/dev/zero", run.join(name)).unwrap(),
            _ => {
                assert!(std::process::Command::new("mkfifo").arg(run.join(name)).status().unwrap().success())
            }
        }
        let (message, status) = said(devices.path(), &["report", "run", "--out", "site"]);
        let is_told = message.contains(name) && message.contains("a device, a pipe or a socket");
        assert!(is_told && status == Some(2), "{name}: {message}");
        fs::remove_file(run.join(name)).unwrap();
    }
    link("own/t.toml", "/dev/zero");
    assert!(templates(&devices.path().join("own/t.toml")).unwrap_err().contains("a device"));
    link("apps/0000/question.txt", "/dev/zero");
    assert!(set(&devices.path().join("apps")).is_err());
    link("samples/T_0/0.py", "/dev/zero");
    assert!(samples(&devices.path().join("samples")).unwrap_err().contains("a device"));

    let karat = devices.path().join("karat");
    fs::create_dir(&karat).unwrap();
    fs::write(karat.join("set.toml"), SET).unwrap();
    link("karat/p.toml", "/dev/zero");
    assert!(set(&karat).unwrap_err().contains("a device"));
    fs::remove_file(karat.join("p.toml")).unwrap();
    // A folder within itself, and folders that lead to each other many times.
    fs::create_dir(karat.join("hard")).unwrap();
    symlink(".", karat.join("hard/loop")).unwrap();
    let message = set(&karat).unwrap_err();
    assert!(message.contains("deeper than 8"), "{message}");
    fs::remove_file(karat.join("hard/loop")).unwrap();
    let levels = tempfile::tempdir().unwrap();
    for level in 0..7 {
        let here = levels.path().join(level.to_string());
        fs::create_dir(&here).unwrap();
        for way in 0..12 {
            symlink(format!("../{}", level + 1), here.join(way.to_string())).unwrap();
        }
    }
    fs::create_dir(levels.path().join("7")).unwrap();
    symlink(levels.path().join("0"), karat.join("ways")).unwrap();
    assert!(set(&karat).unwrap_err().contains("more than 100000 files and folders"));
}

#[test]
fn a_set_may_come_out_of_a_pipe_and_a_device_is_called_one() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.jsonl");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writing =
        thread::spawn(move || fs::write(pipe, fs::read(file("fixtures/mini.jsonl")).unwrap()).unwrap());
    assert_eq!(said(folder.path(), &["problems", "list", "pipe.jsonl"]), (String::new(), Some(0)));
    writing.join().unwrap();
    let output = karat().args(["problems", "list", "/dev/zero"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("a device"), "{output:?}");
    assert_eq!(output.status.code(), Some(2));
}

/// What the binary says on standard error, and its exit status.
fn said(folder: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let output = karat().current_dir(folder).args(arguments).output().unwrap();
    (String::from_utf8(output.stderr).unwrap(), output.status.code())
}

#[test]
fn errors_show_names_on_one_line_and_not_whole() {
    let folder = tempfile::tempdir().unwrap();
    let row =
        json!({"task_id": "T/0", "prompt": "def f():\n", "entry_point": "f", "test": "def check(c): pass"});
    fs::write(folder.path().join("set.jsonl"), format!("{row}\n")).unwrap();
    let long = format!("a\u{1b}[31m\u{9b}0m\u{202e}\n{}z", "x".repeat(200_000));
    let sample = json!({"task_id": long, "completion": ""});
    fs::write(folder.path().join("samples.jsonl"), format!("{sample}\n")).unwrap();
    let (message, status) = said(folder.path(), &["score", "samples.jsonl", "--problems", "set.jsonl"]);
    assert_eq!(status, Some(2), "{message}");
    assert!(message.starts_with("error: samples.jsonl, line 1: field `task_id`: "), "{message}");
    assert!(
        message.contains("`a\\u{1b}[31m\\u{9b}0m\\u{202e}\\nxxx") && message.contains("x…x"),
        "{message}"
    );
    assert!(message.lines().count() == 1 && message.len() < 1_000, "{message}");

    let twice =
        json!({"task_id": long, "prompt": "def f():\n", "entry_point": "f", "test": "def check(c): pass"});
    fs::write(folder.path().join("twice.jsonl"), format!("{twice}\n{twice}\n")).unwrap();
    let name = json!({"task_id": "T/0", "prompt": "", "entry_point": long, "test": "def check(c): pass"});
    fs::write(folder.path().join("name.jsonl"), format!("{name}\n")).unwrap();
    let field = json!({(long.as_str()): 1});
    fs::write(folder.path().join("field.jsonl"), format!("{field}\n")).unwrap();
    for set in ["twice.jsonl", "name.jsonl", "field.jsonl"] {
        let (message, status) = said(folder.path(), &["score", "samples.jsonl", "--problems", set]);
        assert_eq!((status, message.lines().count()), (Some(2), 1), "{message}");
        assert!(message.contains('…') && message.len() < 1_500, "{message}");
        assert!(!message.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{message:?}");
    }

    let path = "no\nsuch\u{1b}[2Jset.jsonl";
    let (message, status) = said(folder.path(), &["score", "samples.jsonl", "--problems", path]);
    assert_eq!(status, Some(2));
    assert!(message.contains("no\\nsuch\\u{1b}[2Jset.jsonl: no such file"), "{message}");
    let (message, _) = said(folder.path(), &["score", "no\nsamples", "--problems", "set.jsonl"]);
    assert!(message.contains("no\\nsamples: no such file"), "{message}");
}
