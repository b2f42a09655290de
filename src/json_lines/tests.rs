use std::io::BufReader;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
struct One {
    #[serde(default)]
    name: Field,
}

fn fault(text: &str) -> LineFault {
    match parse_object::<One>(text) {
        Err(fault) => fault,
        Ok(one) => one.name.string("name", ADD_FIELD).unwrap_err(),
    }
}

#[test]
fn faults_say_what_is_wrong() {
    assert_eq!(fault("{}"), LineFault::MissingField { field: "name", advice: ADD_FIELD });
    assert_eq!(fault(r#"{"name": null}"#), LineFault::NotAString { field: "name", found: "null" });
    assert_eq!(fault(r#"{"name": 3}"#), LineFault::NotAString { field: "name", found: "a number" });
    assert_eq!(fault(r#"["x"]"#), LineFault::NotAnObject { found: "an array" });
    assert_eq!(fault("7"), LineFault::NotAnObject { found: "a number" });
    assert!(matches!(fault(r#"{"name": "x""#), LineFault::InvalidJson { .. }));
    assert!(matches!(fault(r#"{"name": "x"} {}"#), LineFault::InvalidJson { column: 15, .. }));
    assert!(matches!(fault("hello"), LineFault::InvalidJson { column: 1, .. }));
    assert!(!fault("{").to_string().contains("line 1"));
}

#[test]
fn pythons_not_quite_json_is_explained() {
    for word in ["NaN", "Infinity", "-Infinity"] {
        let message = fault(&format!(r#"{{"name": "x", "score": {word}}}"#)).to_string();
        assert!(message.contains("are not JSON"), "{message}");
    }
    assert!(!fault(r#"{"name": x}"#).to_string().contains("NaN"));
}

#[test]
fn a_byte_order_mark_is_dropped_on_the_first_line_only() {
    let mut lines = Lines::new("\u{feff}{}\r\n\u{feff}{}".as_bytes(), 100);
    assert_eq!(lines.next_line().unwrap().unwrap().text(), Ok("{}"));
    assert_eq!(lines.next_line().unwrap().unwrap().text(), Ok("\u{feff}{}"));
}

#[test]
fn a_long_line_is_passed_over() {
    let mut lines = Lines::new(BufReader::with_capacity(3, &b"12345\n123456\n12"[..]), 5);
    assert_eq!(lines.next_line().unwrap().unwrap().text(), Ok("12345"));
    let long = lines.next_line().unwrap().unwrap();
    assert_eq!(long.text(), Err(LineFault::TooLong { limit: 5 }));
    assert_eq!(long.bytes, b"12345");
    let last = lines.next_line().unwrap().unwrap();
    assert_eq!((last.number, last.offset, last.terminated), (3, 13, false));
    assert!(lines.at_end().unwrap());
    assert!(lines.next_line().unwrap().is_none());
}

#[test]
fn white_space_without_end_is_refused() {
    let blank = MOST_BLANK as usize;
    for unit in ["\n", " ", " \r\n\t\n", "\u{a0}\n"] {
        let much = unit.repeat(blank / unit.len() + 1);
        let mut lines = Lines::new(BufReader::new(much.as_bytes()), LONGEST_LINE);
        let error = loop {
            match lines.next_line() {
                Ok(Some(line)) => assert_eq!(line.text(), Ok("")),
                Ok(None) => panic!("{unit:?} was read to the end"),
                Err(error) => break error.to_string(),
            }
        };
        assert!(error.contains(&format!("more than {MOST_BLANK} bytes of white space")), "{error}");
    }
    // What is not in a row does not count together.
    let apart = format!("{}\n{{}}\n\n\n", " ".repeat(blank / 2)).repeat(4);
    let mut lines = Lines::new(BufReader::new(apart.as_bytes()), LONGEST_LINE);
    while lines.next_line().unwrap().is_some() {}
    assert_eq!(lines.number(), 16);
}

#[test]
fn empty_lines_are_passed_over_and_counted() {
    let content = b"\n\n{}\n\n\n\n  \n[]\n\n";
    for capacity in 1..content.len() {
        let mut lines = Lines::new(BufReader::with_capacity(capacity, &content[..]), 100);
        let mut seen = Vec::new();
        while let Some(line) = lines.next_filled_line().unwrap() {
            seen.push((line.number, line.offset, line.bytes.to_vec()));
        }
        assert_eq!(seen, [(3, 2, b"{}".to_vec()), (7, 8, b"  ".to_vec()), (8, 11, b"[]".to_vec())]);
        assert_eq!((lines.number(), lines.end()), (9, content.len() as u64));
    }
    let much = "\n".repeat(MOST_BLANK as usize + 1);
    let error = Lines::new(much.as_bytes(), 100).next_filled_line().unwrap_err().to_string();
    assert!(error.contains("white space"), "{error}");
}

#[test]
fn a_line_without_end_is_not_passed_over() {
    let mut lines = Lines::new(BufReader::new(io::repeat(b'a')), 100);
    let error = lines.next_line().unwrap_err().to_string();
    assert!(error.contains("longer than 400 bytes"), "{error}");
    let mut lines = Lines::up_to_a_long_one(BufReader::new(io::repeat(b'a')), 100);
    assert_eq!(lines.next_line().unwrap().unwrap().text(), Err(LineFault::TooLong { limit: 100 }));
}

#[test]
fn deep_and_wide_fields_are_refused_or_passed_over() {
    let deep = format!("{{\"name\": {}", "[".repeat(100_000));
    assert!(matches!(fault(&deep), LineFault::InvalidJson { .. }));
    let wide = format!("{{\"name\": [{}0], \"other\": [{}0]}}", "{},".repeat(1000), "0,".repeat(1000));
    assert_eq!(fault(&wide), LineFault::NotAString { field: "name", found: "an array" });
    assert_eq!(fault(r#"{"name": {"a": 1}}"#), LineFault::NotAString { field: "name", found: "an object" });
}

proptest! {
    #[test]
    fn lines_and_offsets_rebuild_the_stream(
        content in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
        capacity in 1usize..20,
    ) {
        let mut lines = Lines::new(BufReader::with_capacity(capacity, &content[..]), LONGEST_LINE);
        let mut rebuilt = Vec::new();
        let mut count = 0;
        while let Some(line) = lines.next_line().unwrap() {
            count += 1;
            prop_assert_eq!(line.number, count);
            prop_assert_eq!(line.offset, rebuilt.len() as u64);
            rebuilt.extend_from_slice(line.bytes);
            if line.terminated {
                rebuilt.push(b'\n');
            }
        }
        prop_assert_eq!(lines.end(), content.len() as u64);
        prop_assert_eq!(rebuilt, content);
    }

    #[test]
    fn parsing_never_panics(text in any::<String>()) {
        let _ = parse_object::<One>(text.trim());
    }
}
