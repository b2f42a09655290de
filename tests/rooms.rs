//! The crate's rooms: the folders and files right below `src/`. Lower ones never import higher ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, the lowest first. Each may import those before it.
const ROOMS: [&str; 18] = [
    "shown",
    "language",
    "files",
    "json_lines",
    "python",
    "value",
    "stats",
    "package",
    "sandbox",
    "model",
    "problem",
    "runner",
    "complete",
    "judge",
    "record",
    "evaluate",
    "report",
    "cli",
];

/// The crate's own entrances, which are in no room.
const ENTRANCES: [&str; 2] = ["lib", "main"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The text of a source without its comments and its tests, which may look anywhere.
fn code(text: &str) -> String {
    let end = text.find("\n#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let lines = text[..end].lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    lines.collect::<Vec<_>>().join("\n")
}

/// The rooms that a text names: what follows `crate::`, alone or in braces.
fn named(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, prefix) in code.match_indices("crate::") {
        if code[..at].ends_with('$')
            || code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
        {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let name =
            |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned();
        match rest.strip_prefix('{') {
            Some(group) => {
                rooms.extend(group.split('}').next().unwrap().split(',').map(|part| name(part.trim())))
            }
            None => rooms.push(name(rest)),
        }
    }
    rooms
}

#[test]
fn no_room_imports_a_higher_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let place = |room: &str| ROOMS.iter().position(|known| *known == room);
    let mut upward: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut looked_at = 0;
    for file in files {
        let path = file.strip_prefix(&root).unwrap();
        let is_test =
            path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs");
        let room = Path::new(path.components().next().unwrap().as_os_str()).with_extension("");
        let room = room.to_str().unwrap();
        if is_test || ENTRANCES.contains(&room) {
            continue;
        }
        let own = place(room)
            .unwrap_or_else(|| panic!("src/{room} is a new room: give it its place in {}", file!()));
        for other in named(&code(&fs::read_to_string(&file).unwrap())) {
            looked_at += 1;
            if place(&other).is_some_and(|other| other > own) {
                upward.entry(path.display().to_string()).or_default().push(other);
            }
        }
    }
    assert!(looked_at > 500, "only {looked_at} imports were found, so that this looks at nothing");
    assert!(upward.is_empty(), "these import a room above their own: {upward:#?}");
}

#[test]
fn what_is_named_is_found() {
    let text = "use crate::report::x;\nuse crate::{cli, value::Value};\n// crate::judge\nlet x = crate::stats::mean();\n\
                #[cfg(test)]\nmod tests {\n    use crate::record::x;\n}\n";
    assert_eq!(named(&code(text)), ["report", "cli", "value", "stats"]);
}
