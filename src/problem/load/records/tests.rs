use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::super::stream::tests::{gzip, zstd};
use super::*;

/// All records, written out, with their places; and the digest.
fn read(content: &[u8]) -> Result<(Vec<(RecordPlace, String)>, blake3::Hash), LoadError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    io::Write::write_all(&mut file, content).unwrap();
    let mut records = Vec::new();
    let digest = each_record(file.path(), |record| {
        records.push((record.place, format!("{:?}", record.names().collect::<Vec<_>>())));
        Ok(())
    })?;
    Ok((records, digest))
}

fn fault(content: &[u8]) -> (RecordPlace, RecordFault) {
    match read(content).unwrap_err() {
        LoadError::Record(error) => (error.place, error.fault),
        other => panic!("{other}"),
    }
}

const PARQUET: &[u8] = include_bytes!("../../../../tests/fixtures/formats/code-contests.parquet");

#[test]
fn lines_and_arrays_are_told_apart_by_their_first_character() {
    let lines = "\u{feff}\r\n{\"a\": NaN}\r\n \n{\"b\": [-Infinity, 123456789012345678901234567890]}";
    let expected =
        [(RecordPlace::Line(2), r#"["a"]"#.to_owned()), (RecordPlace::Line(4), r#"["b"]"#.to_owned())];
    assert_eq!(read(lines.as_bytes()).unwrap().0, expected);
    let array = "\u{feff}\r\n [{\"a\": NaN},\r\n{\"b\": Infinity}]\n";
    let expected =
        [(RecordPlace::Record(1), r#"["a"]"#.to_owned()), (RecordPlace::Record(2), r#"["b"]"#.to_owned())];
    assert_eq!(read(array.as_bytes()).unwrap().0, expected);
    for empty in ["", "\n \n", "\u{feff}", "[]", " [ ] "] {
        assert!(read(empty.as_bytes()).unwrap().0.is_empty(), "{empty:?}");
    }
    // White space that is longer than the part that is looked at first.
    let late = format!("{}[{{}}]", " ".repeat(100_000));
    assert_eq!(read(late.as_bytes()).unwrap().0[0].0, RecordPlace::Record(1));
}

#[test]
fn compressed_files_hold_the_same_records_and_have_the_same_digest() {
    for content in [&b"{\"a\": 1}\n{\"b\": 2}\n"[..], b"[{\"a\": 1}, {\"b\": 2}]", PARQUET] {
        let plain = read(content).unwrap();
        assert_eq!(plain.1, blake3::hash(content));
        for compress in [gzip, zstd] {
            assert_eq!(read(&compress(content)).unwrap(), plain);
            let mut damaged = compress(content);
            damaged.truncate(damaged.len() - 3);
            let error = read(&damaged).unwrap_err();
            assert!(matches!(error, LoadError::Io { .. } | LoadError::Broken { .. }), "{error}");
        }
    }
    assert_eq!(read(PARQUET).unwrap().0[2].0, RecordPlace::Row(3));
}

#[test]
fn malformed_records_are_told_by_their_place() {
    assert_eq!(fault(b"{}\n3"), (RecordPlace::Line(2), LineFault::NotAnObject { found: "a number" }.into()));
    assert!(matches!(fault(b"{\"a\": }").1, RecordFault::Line(LineFault::InvalidJson { column: 7, .. })));
    assert!(matches!(fault(b"\"\xff\"").1, RecordFault::Line(LineFault::InvalidUtf8 { byte: 2 })));
    assert_eq!(fault(b"[{}, 3]"), (RecordPlace::Record(2), RecordFault::NotAnObject { found: "a number" }));
    for invalid in [&b"[{}, ]"[..], b"[{},,{}]", b"[{}, {a}]", b"[{}, {\"a\": \"\xff\"}]"] {
        let (place, fault) = fault(invalid);
        assert_eq!(place, RecordPlace::Record(2));
        assert!(matches!(fault, RecordFault::InvalidJson { .. }), "{fault}");
    }
    for (unended, after) in [(&b"["[..], 0), (b"[{}", 0), (b"[{},{", 1), (b"[{}]]", 1)] {
        let error = read(unended).unwrap_err();
        assert!(
            matches!(&error, LoadError::Broken { after: RecordPlace::Record(number), .. } if *number == after),
            "{error}"
        );
    }
}

#[test]
fn white_space_without_end_is_refused() {
    let much = vec![b'\n'; MOST_BLANK as usize + 1];
    for content in [&much[..], &[b"{}\n", &much[..]].concat(), &[b"[{}]", &much[..]].concat()] {
        for content in [content.to_vec(), gzip(content), zstd(content)] {
            let source = match read(&content).unwrap_err() {
                LoadError::Io { source, .. } | LoadError::Broken { source, .. } => source.to_string(),
                other => panic!("{other}"),
            };
            assert!(source.contains("white space"), "{source}");
        }
    }
    let most = [&much[..much.len() - 1], b"{\"a\": 1}"].concat();
    assert_eq!(read(&most).unwrap().0.len(), 1);
}

#[test]
fn a_record_has_no_more_values_than_fit_into_memory() {
    let values = |count: u64| "0,".repeat(count as usize);
    let many = format!("{{\"a\": [{}0]}}", values(MOST_VALUES / 2));
    assert_eq!(fault(many.as_bytes()).1, RecordFault::TooManyValues { limit: MOST_VALUES });
    assert_eq!(fault(format!("[{{}}, {many}]").as_bytes()).0, RecordPlace::Record(2));
    let record = record(&json!({"a": format!("[{}0]", values(MOST_VALUES / 2)), "b": "[0]"}));
    let message = record.required("a").unwrap().parse().unwrap_err().to_string();
    assert!(message.starts_with("field `a` makes it more than 5242880 values"), "{message}");
    assert!(record.required("b").unwrap().parse().is_err(), "nothing is left");
}

#[test]
fn a_small_compressed_file_has_no_long_records() {
    assert_eq!(longest_record(0), LONGEST_OF_SMALL_FILE);
    assert_eq!(longest_record(1 << 20), LONGEST_OF_SMALL_FILE + (32 << 20));
    assert_eq!(longest_record(u64::MAX), LONGEST_RECORD);
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat((96 << 20) as usize));
    let lines = zstd(long.as_bytes());
    assert!(lines.len() < 1 << 20, "{}", lines.len());
    let limit = longest_record(lines.len() as u64);
    assert_eq!(fault(&lines).1, LineFault::TooLong { limit: limit as usize }.into());
    let array = zstd(format!("[{long}]").as_bytes());
    let limit = longest_record(array.len() as u64);
    assert_eq!(fault(&array), (RecordPlace::Record(1), RecordFault::TooLong { limit }));
}

#[test]
fn damaged_parquet_is_an_error() {
    for damaged in [&PARQUET[..PARQUET.len() / 2], b"PAR1", b"PAR1PAR1", &[PARQUET, b"x"].concat()] {
        assert!(matches!(read(damaged).unwrap_err(), LoadError::Io { .. }));
    }
}

fn record(json: &serde_json::Value) -> Record<'static> {
    let JsonValue::Object(fields) =
        JsonValue::parse_owned(json.to_string().as_bytes(), true, jiter::PartialMode::Off).unwrap()
    else {
        panic!("no object")
    };
    Record::new(RecordPlace::Line(1), fields, Values::default())
}

#[test]
fn values_are_taken_by_name_and_type() {
    let record = record(&json!({
        "text": "x", "empty": "", "null": null, "number": 3, "fraction": 0.5, "texts": ["a", "b"],
        "inner": {"list": [[1], "two"], "json": "{\"a\": [null]}", "broken": "{"},
    }));
    assert_eq!(record.string("text").unwrap(), "x");
    assert_eq!(record.optional_string("text").unwrap(), Some("x"));
    assert_eq!(
        (record.optional_string("empty").unwrap(), record.optional_string("none").unwrap()),
        (None, None)
    );
    assert!(record.has("null") && record.optional("null").is_none());
    assert_eq!(record.optional_integer("number").unwrap(), Some(3));
    assert_eq!(record.required("fraction").unwrap().float().unwrap(), 0.5);
    assert_eq!((record.strings("texts").unwrap().len(), record.strings("none").unwrap().len()), (2, 0));

    let says = |fault: RecordFault, expected: &str| assert_eq!(fault.to_string(), expected);
    says(record.string("none").unwrap_err(), "field `none` is missing; add it, or remove the line");
    says(record.string("null").unwrap_err(), "field `null` is null; it must be a string");
    says(record.name("empty").unwrap_err(), "field `empty` is empty; give it a value");
    says(record.strings("text").unwrap_err(), "field `text` is a string; it must be a list");
    let fraction = record.optional_integer("fraction").unwrap_err();
    says(fraction, "field `fraction` is a number; it must be an integer of at most 64 bits");

    let inner = record.required("inner").unwrap();
    let list = inner.required("list").unwrap();
    let first = list.items().unwrap().next().unwrap();
    says(first.string().unwrap_err(), "field `inner.list[0]` is an array; it must be a string");
    says(inner.required("gone").unwrap_err(), "field `inner.gone` is missing; add it");
    let json = inner.required("json").unwrap();
    let parsed = json.parse().unwrap();
    let fault = json.within(&parsed).required("a").unwrap().strings().unwrap_err();
    says(fault, "field `inner.json.a[0]` is null; it must be a string");
    let broken = inner.required("broken").unwrap().parse().unwrap_err().to_string();
    assert!(broken.starts_with("field `inner.broken` holds text that is not valid JSON"), "{broken}");
}

#[test]
fn of_two_fields_of_one_name_the_last_counts() {
    let fields = vec![("a".into(), JsonValue::Int(1)), ("a".into(), JsonValue::Int(2))];
    let record = Record::new(RecordPlace::Row(1), Arc::new(fields), Values::default());
    assert_eq!(record.optional_integer("a").unwrap(), Some(2));
}

proptest! {
    #[test]
    fn records_survive_every_container(
        names in proptest::collection::vec(proptest::collection::vec("[^\u{0}]{0,8}", 0..3), 1..6),
        pretty in any::<bool>(),
    ) {
        let objects: Vec<_> = names
            .iter()
            .map(|names| names.iter().map(|name| (name.clone(), json!(name))).collect::<serde_json::Map<_, _>>())
            .collect();
        let expected: Vec<_> =
            objects.iter().map(|object| format!("{:?}", object.keys().collect::<Vec<_>>())).collect();
        let lines: String = objects.iter().map(|object| format!("{}\n", json!(object))).collect();
        let array = if pretty { serde_json::to_vec_pretty(&objects) } else { serde_json::to_vec(&objects) }.unwrap();
        for content in [lines.into_bytes(), array] {
            for content in [gzip(&content), zstd(&content), content] {
                let records: Vec<_> = read(&content).unwrap().0.into_iter().map(|(_, names)| names).collect();
                prop_assert_eq!(&records, &expected);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(
        start in proptest::sample::select(vec![
            &b""[..], b"[", b"[{", b"{\"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"PAR1", b"\xef\xbb",
        ]),
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = read(&[start, &bytes].concat());
    }

    #[test]
    fn any_change_to_parquet_is_read_without_panic(
        position in 0..PARQUET.len(), byte in any::<u8>(), cut in 0..PARQUET.len(),
    ) {
        let mut content = PARQUET.to_vec();
        content[position] = byte;
        let _ = read(&content);
        let _ = read(&content[..cut]);
    }
}
