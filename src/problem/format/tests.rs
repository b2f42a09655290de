use std::path::Path;

use super::*;
use crate::judge::verdict::VerdictKind;

#[test]
fn expected_verdicts_are_failures_that_a_judgement_can_have() {
    for verdict in ExpectedVerdict::ALL {
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.name());
        let kind: VerdictKind = serde_json::from_value(verdict.name().into()).unwrap();
        assert_eq!(kind.name(), verdict.name());
    }
}

#[test]
fn difficulties_are_named_as_in_files() {
    for difficulty in [Difficulty::Introductory, Difficulty::Interview, Difficulty::Competition] {
        assert_eq!(serde_json::to_value(difficulty).unwrap(), difficulty.name());
    }
}

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    for (name, schema) in [("problem", schema::problem()), ("set", schema::set())] {
        let file = format!("problems/schema/{name}.schema.json");
        let committed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file));
        assert!(
            committed.is_ok_and(|text| text == schema::to_text(&schema)),
            "{file} is not what the types say; write it with `karat problems schema {name} > {file}`"
        );
    }
}

#[test]
fn the_schemas_know_no_null_and_no_links_of_the_documentation() {
    for schema in [schema::problem(), schema::set()] {
        let text = schema::to_text(&schema);
        for alien in ["null", "::", "](", "[`", "spanned"] {
            assert!(!text.contains(alien), "{alien}");
        }
    }
}

#[test]
fn names_can_stand_in_a_path_and_on_a_command_line() {
    for name in ["two-sum", "a", "lcb.v6", "c++", "größe_2", "0"] {
        assert!(is_name(name), "{name}");
    }
    for name in ["", ".hidden", "..", "-x", "a b", "a/b", "a\\b", "a\nb", "*"] {
        assert!(!is_name(name), "{name}");
    }
}

#[test]
fn lines_are_counted_from_the_bytes() {
    let document = Document::new("a\né\n\nb");
    assert_eq!([0, 1, 2, 4, 5, 6, 99].map(|byte| document.line_of(byte)), [1, 1, 2, 2, 3, 4, 4]);
}
