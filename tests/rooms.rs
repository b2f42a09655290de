//! The crate's rooms: the folders and files right below `src/`. Lower ones never import higher ones, neighbours import
//! in one direction, and a type's name belongs to one room.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, the lowest first. Each may import those before it.
const ROOMS: [&str; 23] = [
    "child",
    "lock",
    "share",
    "shown",
    "language",
    "files",
    "http_client",
    "json_lines",
    "python",
    "value",
    "stats",
    "package",
    "published",
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

/// The text of a source without its comments and its tests, which may import anything.
fn code(text: &str) -> String {
    let end = text.find("\n#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let lines = text[..end].lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    lines.collect::<Vec<_>>().join("\n")
}

/// The rooms that a text names: what follows `crate`.
fn named(code: &str) -> Vec<String> {
    let paths = names(code).into_iter().map(|named| named.path);
    let within = paths.filter(|path| path.first().is_some_and(|first| first == "crate"));
    let mut rooms: Vec<String> = within.filter_map(|path| path.get(1).cloned()).collect();
    rooms.dedup();
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

/// A path by its parts: of a module, or of an item that a source names.
type Parts = Vec<String>;

fn parts(path: &str) -> Parts {
    path.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The crate's modules, by their paths, with their code.
fn modules() -> BTreeMap<Parts, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut modules = BTreeMap::new();
    for file in files {
        let path = file.strip_prefix(&root).unwrap().with_extension("");
        let mut own: Parts = path.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        if own.iter().any(|part| part == "tests" || ENTRANCES.contains(&part.as_str())) {
            continue;
        }
        own.pop_if(|last| last == "mod");
        modules.insert(own, code(&fs::read_to_string(&file).unwrap()));
    }
    modules
}

/// An item that a module can name, with the path by which it does.
struct Named {
    /// Its name in the module.
    name: String,
    path: Parts,
    /// Whether other modules find it there, too.
    is_public: bool,
}

/// All paths in the tree of a `use`, with the names that the module has for them.
fn leaves(tree: &str) -> Vec<(Parts, String)> {
    let Some((stem, group)) = tree.split_once('{') else {
        let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut path = parts(path);
        path.pop_if(|last| last == "self");
        let name =
            if name.is_empty() { path.last().cloned().unwrap_or_default() } else { name.trim().to_owned() };
        return vec![(path, name)];
    };
    let group = group.trim_end().strip_suffix('}').expect("a group of imports ends");
    let (mut depth, mut found) = (0, Vec::new());
    let branches = group.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    for branch in branches.filter(|branch| !branch.trim().is_empty()) {
        let stem = parts(stem);
        let whole = |(path, name): (Parts, String)| {
            let name = if name.is_empty() { stem.last().cloned().unwrap_or_default() } else { name };
            ([stem.clone(), path].concat(), name)
        };
        found.extend(leaves(branch.trim()).into_iter().map(whole));
    }
    found
}

/// What a module's code imports, and what it names by a path that begins with `crate` or `super`.
fn names(code: &str) -> Vec<Named> {
    let (mut found, mut rest) = (Vec::new(), String::new());
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let text = line.trim_start();
        let visibility = text.strip_prefix("pub").map(|text| match text.strip_prefix('(') {
            Some(scope) => scope.split_once(')').map_or("", |(_, text)| text),
            None => text,
        });
        let Some(tree) = visibility.unwrap_or(text).trim_start().strip_prefix("use ") else {
            rest += line;
            rest.push('\n');
            continue;
        };
        let mut tree = tree.to_owned();
        while !tree.contains(';') {
            tree += lines.next().expect("an import ends");
        }
        let leaves = leaves(tree.split(';').next().unwrap());
        let is_public = visibility.is_some();
        found.extend(leaves.into_iter().map(|(path, name)| Named { name, path, is_public }));
    }
    for prefix in ["crate::", "super::"] {
        for (at, _) in rest.match_indices(prefix) {
            if rest[..at].ends_with(|c: char| c.is_alphanumeric() || "_$:".contains(c)) {
                continue;
            }
            let path =
                rest[at..].split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').next().unwrap();
            found.push(Named { name: String::new(), path: parts(path), is_public: false });
        }
    }
    found
}

/// The path from the root of the crate that `path` means in the module `own`; `None` for what is outside of the crate.
fn absolute(path: &[String], own: &[String], modules: &BTreeMap<Parts, String>) -> Option<Parts> {
    let up = path.iter().take_while(|part| *part == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "super" => Some([&own[..own.len().checked_sub(up)?], &path[up..]].concat()),
        "self" => Some([own, &path[1..]].concat()),
        first => {
            let child = [own, &[first.to_owned()]].concat();
            modules.contains_key(&child).then(|| [own, path].concat())
        }
    }
}

/// The module in which the item of this path is defined, wherever it is exported again.
fn home(
    path: &[String],
    exports: &BTreeMap<(Parts, String), Parts>,
    modules: &BTreeMap<Parts, String>,
) -> Option<Parts> {
    let module =
        (1..=path.len()).rev().map(|length| &path[..length]).find(|path| modules.contains_key(*path))?;
    let exported = path.get(module.len()).and_then(|name| exports.get(&(module.to_vec(), name.clone())));
    match exported {
        Some(exported) => home(&[exported, &path[module.len() + 1..]].concat(), exports, modules),
        None => Some(module.to_vec()),
    }
}

/// Which neighbours import which. Neighbours are the files and folders that stand side by side, a folder as a whole.
///
/// A folder's own `mod.rs` is no neighbour of what is in the folder: it puts its parts together, and they use what it
/// defines for all of them. But what it exports of one part, another part imports from there.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let modules = modules();
    let (mut exports, mut imports) = (BTreeMap::new(), Vec::new());
    for (own, code) in &modules {
        for Named { name, path, is_public } in names(code) {
            let Some(path) = absolute(&path, own, &modules) else { continue };
            if is_public {
                exports.insert((own.clone(), name), path.clone());
            }
            imports.push((own, path));
        }
    }
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (own, path) in imports {
        let Some(other) = home(&path, &exports, &modules) else { continue };
        let shared = own.iter().zip(&other).take_while(|(one, other)| one == other).count();
        if shared < own.len() && shared < other.len() {
            arrows.entry(own[..=shared].join("/")).or_default().insert(other[..=shared].join("/"));
        }
    }
    arrows
}

/// All that can be reached from a place, by one arrow or more.
fn reached<'a>(from: &str, arrows: &'a BTreeMap<String, BTreeSet<String>>) -> BTreeSet<&'a str> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(place) = open.pop() {
        for next in arrows.get(place).into_iter().flatten() {
            if found.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    found
}

/// Places that reach each other: every circle is within one of these.
fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<BTreeSet<&str>> {
    let reached: BTreeMap<&str, _> =
        arrows.keys().map(|from| (from.as_str(), reached(from, arrows))).collect();
    let of = |place: &&str| -> BTreeSet<&str> {
        reached[place]
            .iter()
            .copied()
            .filter(|other| reached.get(other).is_some_and(|back| back.contains(place)))
            .collect()
    };
    reached.keys().map(of).filter(|circle| !circle.is_empty()).collect()
}

#[test]
fn neighbours_do_not_import_in_circles() {
    let arrows = arrows();
    let count: usize = arrows.values().map(BTreeSet::len).sum();
    assert!(count > 600, "only {count} arrows were found, so that this looks at nothing");
    let circles = circles(&arrows);
    assert!(circles.is_empty(), "these import each other, some by way of others: {circles:#?}");
}

#[test]
fn a_language_is_two_folders_and_a_line_in_a_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = modules();
    for recipe in karat::runner::table::RECIPES {
        let name = recipe.name();
        // That there is a runner for it is to be known from the table alone.
        let variant = format!("Language::{:?}", recipe.language);
        assert!(!modules[&parts("language")].contains(&variant), "src/language.rs names {variant}");
        assert!(root.join("runners").join(name).join("runner.toml").is_file(), "{name}");
        // Interpreters beside the usual one have its folder.
        let folder = if recipe.interpreter.is_some() { recipe.language.name() } else { name };
        let own = parts(&format!("runner::{folder}"));
        assert!(modules.contains_key(&own), "{name}");
        let others = modules.iter().filter(|(module, _)| !module.starts_with(&own));
        let named = others.filter(|(module, code)| {
            let paths = names(code).into_iter().filter_map(|named| absolute(&named.path, module, &modules));
            paths.into_iter().any(|path| path.starts_with(&own))
        });
        let named: Vec<String> = named.map(|(module, _)| module.join("/")).collect();
        assert_eq!(
            named,
            ["runner/table"],
            "what else names {name} by its module has to know of every language"
        );
    }
}

/// The types that a module's code defines for other modules, by name.
fn types(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter_map(|line| {
        let text = line.trim_start().strip_prefix("pub")?;
        let text = text.strip_prefix('(').map_or(Some(text), |text| Some(text.split_once(')')?.1))?;
        let (kind, name) = text.trim_start().trim_start_matches("unsafe ").split_once(' ')?;
        let is_type = ["struct", "enum", "union", "trait", "type"].contains(&kind);
        is_type.then(|| name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap())
    })
}

/// The names that more than one room has for types of its own, with these rooms.
fn ambiguous(modules: &BTreeMap<Parts, String>) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut rooms: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (own, code) in modules {
        for name in types(code) {
            rooms.entry(name).or_default().insert(&own[0]);
        }
    }
    rooms.retain(|_, rooms| rooms.len() > 1);
    rooms
}

#[test]
fn a_name_is_a_type_of_one_room() {
    let modules = modules();
    let count: usize = modules.values().map(|code| types(code).count()).sum();
    assert!(count > 500, "only {count} types were found, so that this looks at nothing");
    let ambiguous = ambiguous(&modules);
    assert!(ambiguous.is_empty(), "these rooms have different types of the same name: {ambiguous:#?}");
}

#[test]
fn a_name_of_two_rooms_is_found_however_public_its_types_are() {
    let files = [
        ("a::x", "pub struct One<'a> {\npub(super) enum Two {\nstruct Own;\npub fn f() {}"),
        ("a::y", "pub(in crate::a) type Two = u8;"),
        ("b", "    pub(crate) unsafe trait Two: Send {}\npub struct Three(u8);\nstruct Own;\npub fn f() {}"),
        ("c::z", "pub union One { a: u8 }"),
    ];
    let modules = files.map(|(path, code)| (parts(path), code.to_owned())).into();
    let expected = [("One", ["a", "c"]), ("Two", ["a", "b"])];
    assert_eq!(ambiguous(&modules), expected.map(|(name, rooms)| (name, rooms.into())).into());
}

#[test]
fn a_circle_is_found_however_long_it_is() {
    let arrows = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("x", "y"), ("y", "x")];
    let mut map: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in arrows {
        map.entry(from.to_owned()).or_default().insert(to.to_owned());
    }
    assert_eq!(circles(&map), BTreeSet::from([BTreeSet::from(["a", "b", "c"]), BTreeSet::from(["x", "y"])]));
}

#[test]
fn an_item_is_at_home_where_it_is_defined() {
    let modules = ["a", "a::b", "a::c", "d"].map(|path| (parts(path), String::new()));
    let modules = BTreeMap::from(modules);
    let code = "pub(crate) use b::{self as renamed, Item};\nuse super::d::{\n    self, deep::{Two, One}\n};\n\
                fn f() -> crate::d::E { super::a::c::g() }\n";
    let own = parts("a");
    let found: Vec<(String, String)> = names(code)
        .into_iter()
        .map(|Named { name, path, .. }| (name, absolute(&path, &own, &modules).unwrap().join("::")))
        .collect();
    let expected = [
        ("renamed", "a::b"),
        ("Item", "a::b::Item"),
        ("d", "d"),
        ("Two", "d::deep::Two"),
        ("One", "d::deep::One"),
        ("", "d::E"),
        ("", "a::c::g"),
    ];
    assert_eq!(found, expected.map(|(name, path)| (name.to_owned(), path.to_owned())));
    let exports = BTreeMap::from([((own, "Item".to_owned()), parts("a::b::Item"))]);
    assert_eq!(home(&parts("a::Item"), &exports, &modules), Some(parts("a::b")));
    assert_eq!(home(&parts("a::Other"), &exports, &modules), Some(parts("a")));
}

#[test]
fn what_is_named_is_found() {
    let text = "use crate::report::x;\nuse crate::{cli, value::{Value, walk}, record::Log};\n// crate::judge\nlet x = crate::stats::mean();\n\
                #[cfg(test)]\nmod tests {\n    use crate::record::x;\n}\n";
    assert_eq!(named(&code(text)), ["report", "cli", "value", "record", "stats"]);
}
