use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::json_lines::ADD_FIELD;

fn read(content: impl Into<Vec<u8>>) -> Vec<Result<Sample, SampleError>> {
    Samples::from_reader("samples.jsonl", Cursor::new(content.into())).unwrap().collect()
}

fn continuation(line: u64, completion: &str) -> Sample {
    Sample {
        place: SamplePlace::Line(line),
        task: SampleTask::Named("T/0".into()),
        completion: completion.into(),
        form: Form::Continuation,
        upstream_solution: None,
    }
}

#[test]
fn what_the_upstream_harness_takes_out_of_an_answer_is_read_beside_the_program() {
    let both = r#"{"task_id": "T/0", "solution": "print(1)", "upstream_solution": "1"}"#;
    let sample = read(both).remove(0).unwrap();
    assert_eq!((sample.completion.as_str(), sample.upstream_solution.as_deref()), ("print(1)", Some("1")));
    let wrong = r#"{"task_id": "T/0", "solution": "print(1)", "upstream_solution": 1}"#;
    assert!(matches!(fault(wrong.as_bytes()), LineFault::NotAString { field: "upstream_solution", .. }));
}

fn fault(content: &[u8]) -> LineFault {
    let mut all = read(content);
    assert_eq!(all.len(), 1);
    all.remove(0).unwrap_err().skippable().unwrap().clone()
}

#[test]
fn reads_lines_and_skips_blank_ones() {
    let text = "\n{\"task_id\": \"T/0\", \"completion\": \"a\", \"score\": [1]}\r\n\n \
                {\"completion\": \"\", \"task_id\": \"T/0\"}";
    let samples: Vec<_> = read(text).into_iter().map(Result::unwrap).collect();
    let expected = [continuation(2, "a"), continuation(4, "")];
    assert_eq!(samples, expected);
    assert!(read("").is_empty());
}

#[test]
fn goes_on_after_a_malformed_line() {
    let good = r#"{"task_id": "T/0", "completion": "a"}"#;
    let mut content = format!("{good}\n{{\"task_id\": \"T/0\"}}\nnonsense\n").into_bytes();
    content.extend_from_slice(b"{\"task_id\": \"\xff\"}\n");
    content.extend_from_slice(good.as_bytes());
    let all = read(content);
    let lines: Vec<_> = all
        .iter()
        .map(|result| match result {
            Ok(sample) => (sample.place.to_string(), true),
            Err(SampleError::Line(error)) => (format!("line {}", error.line), false),
            Err(other) => panic!("{other}"),
        })
        .collect();
    let expected =
        [("line 1", true), ("line 2", false), ("line 3", false), ("line 4", false), ("line 5", true)];
    assert_eq!(lines, expected.map(|(line, good)| (line.to_owned(), good)));
    let message = all[1].as_ref().unwrap_err().to_string();
    let expected = "samples.jsonl, line 2: field `completion` is missing; add it, or remove the line";
    assert_eq!(message, expected);
}

#[test]
fn each_fault_is_named() {
    assert_eq!(fault(b"[]"), LineFault::NotAnObject { found: "an array" });
    let task_id = LineFault::MissingField { field: "task_id", advice: ADD_FIELD };
    assert_eq!(fault(br#"{"completion": "x"}"#), task_id);
    let completion = LineFault::NotAString { field: "completion", found: "null" };
    assert_eq!(fault(br#"{"task_id": "T/0", "completion": null}"#), completion);
    let number = LineFault::NotAName { field: "task_id", found: "a number" };
    assert_eq!(fault(br#"{"task_id": 1.5, "completion": "x"}"#), number);
    assert_eq!(fault(b"{\"task_id\": \"\xff\"}"), LineFault::InvalidUtf8 { byte: 14 });
    assert!(fault(br#"{"task_id": "T/0", "raw": "x"}"#).to_string().contains("--extract"));
    let set = fault(br#"{"task_id": "T/0", "prompt": "x", "entry_point": "f"}"#).to_string();
    assert!(set.contains("problem set"), "{set}");
    let solution = LineFault::NotAString { field: "solution", found: "a number" };
    assert_eq!(fault(br#"{"task_id": "T/0", "solution": 1}"#), solution);
}

#[test]
fn damaged_gzip_ends_the_iteration_with_an_error() {
    let line = json!({"task_id": "T/0", "completion": "x".repeat(100)}).to_string();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    writeln!(encoder, "{line}").unwrap();
    let mut content = encoder.finish().unwrap();
    content.truncate(content.len() - 2);
    let mut samples = Samples::from_reader("samples.jsonl", Cursor::new(content)).unwrap();
    let error = samples.find_map(Result::err).unwrap();
    assert!(matches!(error, SampleError::Io { .. }));
    assert!(error.skippable().is_none());
    assert!(samples.next().is_none());
}

#[test]
fn a_solution_is_a_program_and_goes_before_a_completion() {
    let text = r#"{"task_id": "T/0", "solution": "x = 1", "completion": "y"}
                  {"task_id": "T/0", "solution": null, "completion": "y"}"#;
    for content in [text.as_bytes().to_vec(), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
        let samples: Vec<_> = read(content).into_iter().map(Result::unwrap).collect();
        let program = Sample { form: Form::Program, ..continuation(1, "x = 1") };
        assert_eq!(samples, [program, continuation(2, "y")]);
    }
}

/// What is read, as `task: text` and whether it is a whole program.
fn shapes(content: &str, raw: bool) -> Vec<(String, bool)> {
    let samples = Samples::from_reader("samples", Cursor::new(content.to_owned())).unwrap();
    Samples { raw, ..samples }
        .map(|sample| sample.unwrap())
        .map(|sample| (format!("{}: {}", sample.task, sample.completion), sample.form == Form::Program))
        .collect()
}

#[test]
fn samples_are_read_as_other_harnesses_write_them() {
    for (content, expected) in [
        (r#"{"task_id": 7, "generation": "a"}"#, &[("7: a", false)][..]),
        (r#"{"task_id": "T/0", "generation": "a", "completion": "b"}"#, &[("T/0: b", false)]),
        ("{\n \"name\": \"n\",\n \"completions\": [\"a\", \"b\"]\n}", &[("n: a", false), ("n: b", false)]),
        (
            r#"[["a", "b"], [], ["c"]]"#,
            &[("problem 1: a", true), ("problem 1: b", true), ("problem 3: c", true)],
        ),
        (
            r#" [{"question_id": "q", "code_list": ["a", "b"], "output_list": ["x", "y"]}]"#,
            &[("q: a", true), ("q: b", true)],
        ),
        (r#"{"task_id": "T", "completion": "x = '\ud800'"}"#, &[("T: x = '\0'", false)]),
        (
            r#"{"hash": "", "eval": {"T/1": [{"solution": "a", "plus_fail_tests": [[NaN]]}, {"solution": "b"}], "T/0": []}}"#,
            &[("T/1: a", true), ("T/1: b", true)],
        ),
    ] {
        let expected: Vec<_> = expected.iter().map(|(text, is)| ((*text).to_owned(), *is)).collect();
        assert_eq!(shapes(content, false), expected, "{content}");
    }
    let raw = r#"[{"question_id": "q", "code_list": ["a"], "output_list": ["x"]}, {"task_id": "t", "answer": {"text": "y"}}]"#;
    assert_eq!(shapes(raw, true), [("q: x".to_owned(), true), ("t: y".to_owned(), true)]);
    let error = Samples::from_reader("s.json", Cursor::new("[[1], {\"task_id\": \"a\"}]")).unwrap();
    let errors: Vec<String> = error.map(|sample| sample.unwrap_err().to_string()).collect();
    assert!(errors[0].starts_with("s.json, record 1: an array of other things than texts"), "{errors:?}");
    assert!(errors[1].starts_with("s.json, record 2: field `completion` is missing"), "{errors:?}");
}

#[test]
fn a_folder_of_programs_is_read_by_problem_and_number() {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("HumanEval_1/10.py", &b"ten"[..]),
        ("HumanEval_1/9.py", b"nine"),
        ("HumanEval_0/0.py", b"\xff"),
        ("HumanEval_0/1.py", b"one"),
        ("HumanEval_0/0.txt", b"no program"),
        ("eval_results.json", b"{}"),
    ] {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut samples: Vec<_> = Samples::open(directory.path()).unwrap().collect();
    let damaged = samples.remove(0).unwrap_err();
    assert!(matches!(&damaged, SampleError::Program { path, .. } if path.ends_with("HumanEval_0/0.py")));
    let read: Vec<_> = samples
        .into_iter()
        .map(|sample| {
            let Sample { place, task, completion, form, .. } = sample.unwrap();
            assert_eq!(form, Form::Program);
            (place.to_string(), task.to_string(), completion)
        })
        .collect();
    let expected = [
        ("HumanEval_0/1.py", "HumanEval/0", "one"),
        ("HumanEval_1/9.py", "HumanEval/1", "nine"),
        ("HumanEval_1/10.py", "HumanEval/1", "ten"),
    ];
    assert_eq!(read, expected.map(|(place, task, text)| (place.into(), task.into(), text.into())));
}

#[test]
fn missing_files_say_what_is_expected() {
    let error = Samples::open(Path::new("/nonexistent/samples.jsonl")).err().unwrap();
    assert!(matches!(error, SampleError::NotFound { .. }));
    assert!(error.to_string().contains("{\"task_id\", \"completion\"}"), "{error}");
    let directory = tempfile::tempdir().unwrap();
    assert!(matches!(Samples::open(directory.path()), Err(SampleError::Directory { .. })));
}

/// What the reader says of each file: how many samples, or the error.
#[test]
fn damaged_files_say_where_and_what_to_do() {
    const GOOD: &str = r#"{"task_id": "T/0", "completion": "a"}"#;
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut tar = vec![0; 512];
    tar[257..262].copy_from_slice(b"ustar");
    let cases: [(&[u8], Result<usize, &str>); 35] = [
        (b"\xef\xbb\xbf{\"task_id\": \"T/0\", \"completion\": \"a\"}\r\n", Ok(1)),
        ("{\"task_id\": 0, \"completion\": \"a\u{2028}b\u{85}c\"}".as_bytes(), Ok(1)),
        (br#"{"task_id": "T/0", "completion": "NaN \u00e9", "score": [NaN, -Infinity], "n": 1e999}"#, Ok(1)),
        (br#"{"task_id": "T/0", "completion": "\ud800", "score": NaN}"#, Ok(1)),
        (br#"[{"task_id": "T/0", "completion": "a"}]"#, Ok(1)),
        (b"[]", Err("line 1: an array where a JSON object is expected; write one object a line")),
        (
            br#"{"task_id": 1.5, "completion": ""}"#,
            Err("line 1: field `task_id` is a number; it must be a string or an integer"),
        ),
        (
            br#"{"task_id": NaN, "completion": ""}"#,
            Err("line 1: field `task_id` is a number; it must be a string or an integer"),
        ),
        (
            br#"{"task_id": true, "completion": ""}"#,
            Err("line 1: field `task_id` is a boolean; it must be a string or an"),
        ),
        (
            br#"{"task_id": null, "completion": ""}"#,
            Err("line 1: field `task_id` is null; it must be a string or an"),
        ),
        (
            br#"{"task_id": ["T/0"], "completion": ""}"#,
            Err("line 1: field `task_id` is an array; it must be a string or"),
        ),
        (br#"{"task_id": "", "completion": ""}"#, Err("line 1: field `task_id` is empty; give it a value")),
        (
            br#"{"task_id": "T/0", "completion": null}"#,
            Err("line 1: field `completion` is null; it must be a string"),
        ),
        (
            br#"{"task_id": "T/0", "completion": NaN}"#,
            Err("line 1: field `completion` is a number; it must be a string"),
        ),
        (
            br#"{"task_id": "T/0", "completions": null}"#,
            Err("line 1: field `completions` is null; it must be a string or an array"),
        ),
        (
            br#"{"task_id": "T/0", "code_list": [["a"]]}"#,
            Err("line 1: field `code_list` is an array; it must be a string or an array"),
        ),
        (
            br#"{"question": "q", "input_output": "{}"}"#,
            Err("line 1: field `task_id` is missing; this looks like a problem set"),
        ),
        (
            br#"{"task_id": "T/0", "raw": "a"}"#,
            Err("line 1: field `completion` is missing; this looks like a model's raw"),
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\noid x\n",
            Err("line 1: this is a pointer of Git LFS; fetch the file"),
        ),
        (
            b"<!DOCTYPE html>\n",
            Err("line 1: this is a web page or XML; the file itself is behind another address"),
        ),
        (b"PK\x03\x04\xff\n", Err("line 1: this is a zip archive; unpack it")),
        (b"BZh91AY\xff", Err("line 1: this is compressed with bzip2; unpack it")),
        (&tar, Err("line 1: this is a tar archive; unpack it")),
        (b"PAR1\x15", Err("line 1: this is Parquet; write it as JSON lines")),
        (&utf16, Err("line 1: this is text in UTF-16 or UTF-32; save it in UTF-8")),
        (
            b"task_id,completion\nT/0,a\n",
            Err("line 1: this is a table with a header, as CSV is; write each row as"),
        ),
        (b"task_id\t\"the completion\"\n", Err("line 1: this is a table with a header")),
        (
            b"hello there\n",
            Err("line 1: not valid JSON: expected value, at column 1; write one JSON object a line"),
        ),
        (b"{'task_id': 'T/0'}\n", Err("line 1: not valid JSON: key must be a string, at column 2")),
        (
            br#"[{"task_id": "T/0", "completion": "a"}, 3]"#,
            Err("record 2: a number where a JSON object is expected"),
        ),
        (br#"[["a"], [3]]"#, Err("record 2: an array of other things than texts where a JSON object")),
        (
            br#"[{"task_id": "T/0", "completion": "a"}"#,
            Err("can not be read after record 0; if it was copied"),
        ),
        (
            br#"[{"task_id": "T/0", "completion": "a"}] x"#,
            Err("can not be read after record 1; if it was copied"),
        ),
        (
            br#"{"task_id": "T/0", "completion": "a"} {}"#,
            Err("line 1: not valid JSON: trailing characters, at column 39"),
        ),
        (b"null", Err("line 1: null where a JSON object is expected; write one object a line")),
    ];
    for (content, expected) in cases {
        let all: Result<Vec<Sample>, SampleError> = read(content).into_iter().collect();
        let all = all.map(|samples| samples.len()).map_err(|error| error.to_string());
        let text = String::from_utf8_lossy(content);
        match (all, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
            (Err(error), Err(expected)) => {
                let start =
                    ["samples.jsonl, ", "samples.jsonl: "].map(|before| format!("{before}{expected}"));
                assert!(start.iter().any(|start| error.starts_with(start.as_str())), "{text}\n{error}");
            }
            (found, _) => panic!("{text}\n{found:?}"),
        }
        // An error on a later line names that line, and what comes before it is kept.
        let later = [GOOD.as_bytes(), b"\n", content].concat();
        if !content.starts_with(b"[") {
            assert!(read(later).remove(0).is_ok(), "{text}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_survives(samples in proptest::collection::vec(("[^\u{0}]+", any::<String>()), 0..20)) {
        let text: String =
            samples.iter().map(|(t, c)| format!("{}\n", json!({"task_id": t, "completion": c}))).collect();
        let back: Vec<_> = read(text)
            .into_iter()
            .map(|sample| {
                let sample = sample.unwrap();
                let SampleTask::Named(task_id) = sample.task else { panic!() };
                (task_id.as_str().to_owned(), sample.completion)
            })
            .collect();
        prop_assert_eq!(back, samples);
    }

    #[test]
    fn any_bytes_are_read_without_panic(content in proptest::collection::vec(any::<u8>(), 0..300)) {
        let lines = content.split(|&byte| byte == b'\n').count();
        prop_assert!(read(content).len() <= lines);
    }
}
