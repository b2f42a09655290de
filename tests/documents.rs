//! What the documents say about the tree is true: every path that they name exists, and none leads out of the
//! repository.

use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The first folders of paths that commands make, or that lie outside of the tree.
const ELSEWHERE: [&str; 5] = ["runs", "answers", "reference", "target", "shared"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Documents for users, who have files of their own: only their links are checked.
const FOR_USERS: [&str; 3] = ["README.md", "fuzz/README.md", "reports/sample/README.md"];

/// The documents, by their path from the root.
fn documents() -> Vec<PathBuf> {
    let mut found =
        ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(PathBuf::from).to_vec();
    found.extend(FOR_USERS.map(PathBuf::from));
    for entry in std::fs::read_dir(root().join("docs")).expect("docs/ is there") {
        let name = entry.expect("docs/ can be read").file_name();
        found.push(Path::new("docs").join(name));
    }
    found.sort();
    found
}

/// A path that a document names, from the root, and the line where it does.
type Named = (usize, PathBuf);

/// The paths in a document: the targets of links, relative to the document's folder, and, unless it is for users, what
/// is set as code and looks like a path of the tree, relative to the root.
fn paths_in(text: &str, document: &Path) -> Vec<Named> {
    let folder = document.parent().expect("it has a name");
    let is_for_users = FOR_USERS.iter().any(|name| document == Path::new(name));
    let mut found = Vec::new();
    let (mut in_block, mut in_link) = (false, false);
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let line = text[..range.start].lines().count().max(1);
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                in_link = true;
                let path = dest_url.split('#').next().unwrap_or_default();
                if !path.is_empty() && !path.contains(':') {
                    found.push((line, folder.join(path)));
                }
            }
            Event::End(TagEnd::Link) => in_link = false,
            _ if is_for_users => {}
            Event::Start(Tag::CodeBlock(_)) => in_block = true,
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::Text(code) if in_block => {
                // What a listing of folders begins its lines with; commands name files of their users.
                for (number, listed) in code.lines().enumerate() {
                    let paths = listed.split_whitespace().map_while(|word| {
                        let word = word.trim_end_matches(',');
                        listed.starts_with(|first: char| first.is_ascii_lowercase()).then_some(word)
                    });
                    let paths = paths.take_while(|word| is_path(word));
                    found.extend(paths.map(|path| (line + number, PathBuf::from(path))));
                }
            }
            Event::Code(code) if !in_link && is_path(&code) => {
                found.push((line, PathBuf::from(code.as_ref())))
            }
            _ => {}
        }
    }
    found
}

/// Whether a text that is set as code is a path of the tree.
fn is_path(code: &str) -> bool {
    let is_plain =
        code.chars().all(|character| character.is_ascii_alphanumeric() || "/._-".contains(character));
    let Some((first, _)) = code.split_once('/') else {
        return is_plain
            && (code.ends_with(".md") || ["Cargo.toml", "Cargo.lock", "deny.toml"].contains(&code));
    };
    // `runners/NAME/` stands for many folders.
    let is_pattern = code.split('/').any(|part| part == "NAME");
    is_plain && !first.is_empty() && !is_pattern && !ELSEWHERE.contains(&first)
}

/// What is wrong with a path, if anything is.
fn fault(path: &Path) -> Option<&'static str> {
    let mut depth = 0;
    for component in path.components() {
        match component {
            Component::Normal(_) => depth += 1,
            Component::ParentDir => depth -= 1,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return Some("is absolute"),
        }
        if depth < 0 {
            return Some("leads out of the repository");
        }
    }
    (!root().join(path).exists()).then_some("does not exist")
}

#[test]
fn every_path_that_a_document_names_exists() {
    let mut faults = Vec::new();
    let mut named = 0;
    for document in documents() {
        let text = std::fs::read_to_string(root().join(&document))
            .unwrap_or_else(|error| panic!("{}: {error}", document.display()));
        for (line, path) in paths_in(&text, &document) {
            named += 1;
            if let Some(fault) = fault(&path) {
                faults.push(format!("{}:{line}: {} {fault}", document.display(), path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(named > 150, "the documents name {named} paths: are they still read?");
}

#[test]
fn wrong_paths_are_found_wherever_they_are_named() {
    let text = "See [a link](missing.md#part), [another](https://example.org/missing), `src/missing.rs` and `a / b`.\n\n\
                | `docs/gone.md` | `runs/NAME/` | `cargo run` |\n| --- | --- | --- |\n| `../outside.md` | `Cargo.toml` | |\n\n    \
                src/lib.rs      a room\n    src/lost/       another, in src/elsewhere.rs\n    cargo build src/unlisted\n";
    let found = paths_in(text, Path::new("docs/some.md"));
    let faults: Vec<(usize, String, &str)> = found
        .iter()
        .filter_map(|(line, path)| Some((*line, path.display().to_string(), fault(path)?)))
        .collect();
    let expected = [
        (1, "docs/missing.md", "does not exist"),
        (1, "src/missing.rs", "does not exist"),
        (3, "docs/gone.md", "does not exist"),
        (5, "../outside.md", "leads out of the repository"),
        (8, "src/lost/", "does not exist"),
    ];
    assert_eq!(faults, expected.map(|(line, path, fault)| (line, path.to_owned(), fault)));
}
