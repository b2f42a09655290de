//! The crate's rooms: the folders and files right below `src/`. Lower ones never import higher ones.

use std::collections::{BTreeMap, BTreeSet};
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

/// What stands between commas in a group of imports, whose opening brace has been read, up to its closing one.
fn parts(group: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, byte) in group.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'}' | b',' if depth == 0 => {
                parts.push(&group[start..at]);
                start = at + 1;
                if byte == b'}' {
                    break;
                }
            }
            _ => {}
        }
    }
    parts
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
            Some(group) => rooms.extend(parts(group).iter().map(|part| name(part.trim()))),
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

/// Neighbours, files or folders that stand side by side, which import each other still. It is to become shorter.
const CIRCLES: [(&str, &str); 11] = [
    ("complete/provider/built_in", "complete/provider/error"),
    ("complete/provider/error", "complete/provider/managed"),
    ("model/engine", "model/frames"),
    ("runner/python", "runner/table"),
    ("sandbox/pool/cell", "sandbox/pool/guest"),
    ("sandbox/pool/engine", "sandbox/pool/guest"),
    ("sandbox/wasi/filesystem", "sandbox/wasi/streams"),
    ("sandbox/wasi/host", "sandbox/wasi/preview1"),
    ("sandbox/wasi/host", "sandbox/wasi/resources"),
    ("sandbox/wasi/preview1/bytes", "sandbox/wasi/preview1/descriptors"),
    ("value/canonical", "value/walk"),
];

/// The paths that a text imports from within the crate, of the file that is the module `own`.
fn imported(code: &str, own: &[String]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for line in code.split(';') {
        let Some((_, tree)) = line.split_once("use ") else { continue };
        let (stem, group) = tree.split_once('{').unwrap_or((tree, ""));
        let stem: Vec<&str> = stem.split("::").map(str::trim).filter(|part| !part.is_empty()).collect();
        let up = stem.iter().take_while(|part| **part == "super").count();
        let base = match stem.first() {
            Some(&"crate") => Vec::new(),
            Some(&"super") if up <= own.len() => own[..own.len() - up].to_vec(),
            _ => continue,
        };
        for part in group.split(',') {
            let part = part.trim().trim_end_matches('}').split("::").map(str::trim);
            let path = stem[up.max(1)..].iter().copied().chain(part).map(str::to_owned);
            paths.push([base.clone(), path.collect()].concat());
        }
    }
    paths
}

#[test]
fn neighbours_import_in_one_direction() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut arrows = BTreeSet::new();
    for file in files {
        let path = file.strip_prefix(&root).unwrap().with_extension("");
        let mut own: Vec<String> = path.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        if own.iter().any(|part| part == "tests" || ENTRANCES.contains(&part.as_str())) {
            continue;
        }
        own.pop_if(|last| last == "mod");
        for other in imported(&code(&fs::read_to_string(&file).unwrap()), &own) {
            let shared = own.iter().zip(&other).take_while(|(one, other)| one == other).count();
            // What is imported from a folder's own `mod.rs`, or by it, is no neighbour's.
            if shared < own.len() && shared < other.len() {
                arrows.insert((own[..=shared].join("/"), other[..=shared].join("/")));
            }
        }
    }
    assert!(arrows.len() > 300, "only {} arrows were found, so that this looks at nothing", arrows.len());
    let circles: Vec<_> = arrows
        .iter()
        .filter(|(one, other)| one < other && arrows.contains(&(other.clone(), one.clone())))
        .filter(|(one, other)| !CIRCLES.contains(&(one, other)))
        .collect();
    assert!(circles.is_empty(), "these import each other: {circles:#?}");
}

#[test]
fn what_is_named_is_found() {
    let text = "use crate::report::x;\nuse crate::{cli, value::{Value, walk}, record::Log};\n// crate::judge\nlet x = crate::stats::mean();\n\
                #[cfg(test)]\nmod tests {\n    use crate::record::x;\n}\n";
    assert_eq!(named(&code(text)), ["report", "cli", "value", "record", "stats"]);
}
