//! Files that are damaged, mixed, or of another kind: each is refused with file, line and field, and with what to do.

use super::published::PUBLISHED;
use super::*;

fn human_eval(task_id: &str) -> Json {
    json!({
        "task_id": task_id, "prompt": "def f():\n", "entry_point": "f", "canonical_solution": "    return 1\n",
        "test": "def check(candidate):\n    assert candidate() == 1\n",
    })
}

fn mbpp(task_id: Json) -> Json {
    json!({ "task_id": task_id, "text": "t", "code": "def f():\n    return 1", "test_list": ["assert f() == 1"] })
}

fn lines(rows: &[Json]) -> Vec<u8> {
    rows.iter().map(|row| format!("{row}\n")).collect::<String>().into_bytes()
}

/// The error without the folder.
fn error_of(content: &[u8]) -> String {
    let error = load_bytes(content, None).unwrap_err();
    let cause = std::error::Error::source(&error).map_or(String::new(), |cause| format!(": {cause}"));
    let text = format!("{error}{cause}");
    text[text.find("set.jsonl").unwrap()..].to_owned()
}

#[test]
fn bytes_that_editors_and_programs_add_change_nothing() {
    let plain = lines(&[human_eval("T/0"), human_eval("T/1")]);
    let text = String::from_utf8(plain.clone()).unwrap();
    let separators = text.replace("return 1", "return 'a\u{2028}b\u{85}c\u{2029}d'");
    let crlf = text.replace('\n', "\r\n");
    let mark = [b"\xef\xbb\xbf", &plain[..]].concat();
    let blank = text.replace('\n', "\n \n\n");
    let array = serde_json::to_string_pretty(&[human_eval("T/0"), human_eval("T/1")]).unwrap();
    let array_of_windows = [b"\xef\xbb\xbf", array.replace('\n', "\r\n").as_bytes()].concat();
    let expected = load_bytes(&plain, None).unwrap();
    for content in [crlf.as_bytes(), &mark, blank.as_bytes(), array.as_bytes(), &array_of_windows] {
        assert!(load_bytes(content, None).unwrap().entries().eq(expected.entries()));
    }
    let set = load_bytes(separators.as_bytes(), None).unwrap();
    assert!(set.problem("T/1").unwrap().reference().unwrap().source.contains("a\u{2028}b\u{85}c\u{2029}d"));
}

#[test]
fn damage_is_told_with_its_place_and_what_to_do() {
    let good = lines(&[human_eval("T/0"), human_eval("T/1")]);
    let text = str::from_utf8(&good).unwrap();
    let array = serde_json::to_vec(&[human_eval("T/0"), human_eval("T/1")]).unwrap();
    let many: Vec<Json> = (0..500).map(|number| human_eval(&format!("T/{number}"))).collect();
    let whole = gzip(&lines(&many));
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let parquet = fs::read(fixture("apps.parquet")).unwrap();
    let lone = text.replace("return 1", "return '\\ud800'");
    let indented = format!("{0:#}\n{0:#}\n", human_eval("T/0"));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (text.replace('\n', "\r").into_bytes(), ", line 1: not valid JSON: trailing characters"),
        ([b"\xff\xfe", &utf16[..]].concat(), ", line 1: this is text in UTF-16 or UTF-32; save it in UTF-8"),
        (utf16, ", line 1: not valid JSON"),
        (text.replace("def f", "d\u{0}f").into_bytes(), ", line 1: not valid JSON: control character"),
        (lone.into_bytes(), ", line 1: not valid JSON: half of a character (a lone surrogate such as"),
        (b"task_id,prompt,test\nT/0,x,y\n".to_vec(), ", line 1: this is a table with a header, as CSV is;"),
        (b"<html>\n<body>".to_vec(), ", line 1: this is a web page or XML;"),
        (b"version https://git-lfs.github.com/spec/v1\n".to_vec(), ", line 1: this is a pointer of Git LFS;"),
        (b"PK\x03\x04\x14\xff".to_vec(), ", line 1: this is a zip archive; unpack it"),
        (gzip(&gzip(&good)), ", line 1: this is compressed twice; unpack it"),
        (b"- task_id: T/0\n".to_vec(), ", line 1: not valid JSON"),
        (whole[..whole.len() - 9].to_vec(), ": can not be read after line "),
        (whole[..30].to_vec(), ": can not be read; if it is a download, fetch it again: "),
        ([&gzip(&good)[..], b"more"].concat(), ": can not be read"),
        (gzip(b""), ": holds no problem; was the download cut short?"),
        (
            parquet[..parquet.len() - 8].to_vec(),
            ": can not be read; if it is a download, fetch it again: not a Parquet",
        ),
        (b"PAR1PAR1".to_vec(), ": can not be read; if it is a download, fetch it again: not a Parquet"),
        (good[..good.len() - 9].to_vec(), ", line 2: not valid JSON: EOF while parsing"),
        (array[..array.len() - 9].to_vec(), ": can not be read after record 1; if it is a download"),
        ([&array[..], b"\n", &good].concat(), ": can not be read after record 2; if it is a download"),
        (
            format!("[{},]", human_eval("T/0")).into_bytes(),
            ", record 2: not valid JSON: nothing where a record is",
        ),
        (indented.into_bytes(), ", record 1: not valid JSON: trailing characters"),
        (b"null\n".to_vec(), ", line 1: null where a JSON object is expected;"),
        (b"[\"a\"]".to_vec(), ", record 1: a string where an object is expected;"),
        (lines(&[human_eval("T/0"), json!(null)]), ", line 2: null where a JSON object is expected;"),
        (
            lines(&[mbpp(json!(1.5))]),
            ", line 1: field `task_id` is a number; it must be a string or an integer",
        ),
        (
            lines(&[mbpp(json!(u64::MAX))]),
            ", line 1: field `task_id` is a number; it must be a string or an integer",
        ),
        (
            lines(&[mbpp(json!(true))]),
            ", line 1: field `task_id` is a boolean; it must be a string or an integer",
        ),
        (lines(&[mbpp(json!(null))]), ", line 1: field `task_id` is null; it must be a string or an integer"),
        (
            lines(&[mbpp(json!(11)), mbpp(json!("Mbpp/11"))]),
            ", line 2: the problem \"Mbpp/11\" is there again, as in line 1; remove or rename",
        ),
        (
            lines(&[with(human_eval("T/0"), "test", json!(""))]),
            ": 1 problem without tests left out (line 1), and there are no others;",
        ),
        (
            lines(&[with(human_eval("T/0"), "test", json!("")), with(human_eval("T/1"), "test", json!(" "))]),
            ": 2 problems without tests left out (the first: line 1), and there are no others;",
        ),
    ];
    for (content, expected) in cases {
        let error = error_of(&content);
        assert!(error.starts_with(&format!("set.jsonl{expected}")), "{error}\n{expected}");
    }
}

#[test]
fn a_file_of_several_sets_is_refused_at_the_first_record_of_another() {
    let sanitized = |number: u32| {
        json!({
            "source_file": "s", "task_id": number, "prompt": "p", "code": "def f():\n    return 1",
            "test_imports": [], "test_list": ["assert f() == 1"],
        })
    };
    let hugging_face = rows_of("published/mbpp-plus-hf.jsonl").swap_remove(0);
    let [plus, mbpp_plus] =
        ["humaneval-plus.jsonl", "mbpp-plus.jsonl"].map(|name| rows_of(name).swap_remove(0));
    let pack = rows_of("published/humanevalpack.jsonl").swap_remove(0);
    for (first, second, what) in [
        (human_eval("T/0"), mbpp(json!(11)), "a record of MBPP, where the first is one of HumanEval"),
        (mbpp(json!(11)), human_eval("T/0"), "a record of HumanEval, where the first is one of MBPP"),
        (sanitized(2), hugging_face, "a record of MBPP+, where the first is one of MBPP sanitized"),
        (plus.clone(), mbpp_plus.clone(), "a record of MBPP+, where the first is one of HumanEval+"),
        (mbpp_plus, plus, "a record of HumanEval+, where the first is one of MBPP+"),
        (human_eval("T/0"), pack.clone(), "a record of HumanEvalPack, where the first is one of HumanEval"),
    ] {
        let error = error_of(&lines(&[first, second]));
        assert!(
            error.starts_with(&format!("set.jsonl, line 2: this is {what}; put each set into")),
            "{error}"
        );
    }
    // Who names the format means it.
    let rows = [human_eval("T/0"), pack];
    assert_eq!(load_rows(&rows, Some(Dataset::HumanEval)).unwrap().len(), 2);
}

#[test]
fn what_lacks_a_field_that_makes_its_format_is_no_record_of_another() {
    // What is left of these is a whole record of the other format, and nothing in it says that it was more.
    let others = [
        ("mxeval", "language", Dataset::HumanEval),
        ("humaneval-xl", "natural_language", Dataset::Mxeval),
        ("mbpp-plus-hf", "test", Dataset::MbppSanitized),
    ];
    for (name, dataset) in PUBLISHED.into_iter().chain(FILES) {
        let row = rows_of(name).swap_remove(0);
        let fields: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        for field in fields.iter().filter(|field| recognised_by(&row).contains(field)) {
            let mut less = row.clone();
            less.as_object_mut().unwrap().remove(*field);
            match load_rows(&[less], None) {
                Err(LoadError::Record(error)) => {
                    assert!(error.to_string().contains("set.jsonl, line 1: "), "{error}")
                }
                Err(error) => panic!("{name} without {field}: {error}"),
                Ok(set) => {
                    let expected =
                        others.iter().find(|(start, lacks, _)| name.contains(start) && lacks == field);
                    assert_eq!(
                        expected.map(|other| other.2),
                        Some(set.dataset),
                        "{name} ({dataset}) without {field}"
                    );
                }
            }
        }
    }
}

/// The fields by which a record is recognised.
fn recognised_by(row: &Json) -> &'static [&'static str] {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("set.jsonl");
    fs::write(&path, format!("{row}\n")).unwrap();
    let mut fields = None;
    each_record(&path, |record| {
        fields = Some(recognise::dataset(&record)?.fields());
        Ok(())
    })
    .unwrap();
    fields.unwrap()
}
