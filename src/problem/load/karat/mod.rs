//! Karat's own format: a folder a set, with `set.toml` and one TOML file a problem beside it or in subfolders.

mod convert;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{LoadError, open_error};
use crate::files::{self, MOST_ENTRIES};
use crate::problem::format::{Document, FormatError, FormatFault, ProblemFile, SET_FILE, SetFile};
use crate::problem::{Dataset, Problem, ProblemSet, ProblemSetBuilder, SetFacts};

/// The largest file of a set, in bytes. Nobody writes problems with more tests by hand, and a parsed file takes many
/// times its size.
const LARGEST_FILE: u64 = 8 << 20;

/// How deeply folders may be nested.
const DEEPEST: usize = 8;

/// Whether the path leads to a folder that is a set in this format.
pub fn is_set(path: &Path) -> bool {
    path.join(SET_FILE).is_file()
}

/// Loads the set in a folder.
///
/// # Errors
///
/// When a file can not be read or any of them is not as the format wants it; the message then names file, line and
/// field.
pub fn load(folder: &Path) -> Result<ProblemSet, LoadError> {
    let set_path = folder.join(SET_FILE);
    let set_text = read(&set_path)?;
    let set = parse_set(&set_path, &set_text)?;
    let mut hasher = blake3::Hasher::new();
    digest(&mut hasher, SET_FILE, &set_text);

    let mut problems = ProblemSetBuilder::new();
    let mut paths = BTreeMap::new();
    for (name, path) in problem_files(folder)? {
        let text = read(&path)?;
        digest(&mut hasher, &name, &text);
        let problem = parse_problem(&path, &text, &set)?;
        if !problems.add(&problem)? {
            let first: &PathBuf = &paths[&problem.task_id];
            let fault = FormatFault::DuplicateTask { task_id: problem.task_id, first: first.clone() };
            return Err(at(&path, None, fault));
        }
        paths.insert(problem.task_id, path);
    }
    if problems.is_empty() {
        return Err(LoadError::Empty { path: folder.to_owned() });
    }
    let digest = hasher.finalize().to_hex().to_string();
    let mut loaded =
        problems.finish(set.name.into_inner(), Dataset::Karat, Some(set.version.into_inner()), digest)?;
    loaded.facts = SetFacts {
        licence: Some(set.licence.into_inner()),
        natural_languages: set.natural_languages.into_inner(),
        description: set.description,
        canary: set.canary,
    };
    Ok(loaded)
}

/// Reads and checks the `set.toml` of a folder.
///
/// # Errors
///
/// When it can not be read or is not as the format wants it.
pub fn load_set_file(folder: &Path) -> Result<SetFile, LoadError> {
    let path = folder.join(SET_FILE);
    parse_set(&path, &read(&path)?)
}

/// The problem files of a set: the path within the set, with `/` between folders, and the path to open. They are in
/// the order of the former.
///
/// # Errors
///
/// When a folder can not be read, holds a set of its own, or is nested too deeply.
pub fn problem_files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, LoadError> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(String::new(), folder.to_owned(), 0)];
    let mut seen = 0;
    while let Some((prefix, folder, depth)) = folders.pop() {
        let read_error = |source| open_error(&folder, source);
        for entry in std::fs::read_dir(&folder).map_err(read_error)? {
            let entry = entry.map_err(read_error)?;
            let path = entry.path();
            // Links can make many files out of few.
            seen += 1;
            if seen > MOST_ENTRIES {
                return Err(at(&path, None, FormatFault::TooMany { limit: MOST_ENTRIES }));
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            // Follows links, as those expect who share a problem between sets.
            let metadata = std::fs::metadata(&path).map_err(|source| open_error(&path, source))?;
            if metadata.is_dir() {
                if depth == DEEPEST {
                    return Err(at(&path, None, FormatFault::TooDeep { limit: DEEPEST }));
                }
                folders.push((format!("{prefix}{name}/"), path, depth + 1));
            } else if name == SET_FILE {
                if depth > 0 {
                    return Err(at(&path, None, FormatFault::SetWithinSet));
                }
            } else if name.ends_with(".toml") {
                files.insert(format!("{prefix}{name}"), path);
            }
        }
    }
    Ok(files)
}

fn parse_set(path: &Path, text: &str) -> Result<SetFile, LoadError> {
    let document = Document::new(text);
    let set: SetFile = document.parse("set").map_err(|(line, fault)| at(path, line, fault))?;
    convert::check_set(&set).map_err(|(byte, fault)| at(path, Some(document.line_of(byte)), fault))?;
    Ok(set)
}

fn parse_problem(path: &Path, text: &str, set: &SetFile) -> Result<Problem, LoadError> {
    let document = Document::new(text);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let file: ProblemFile = document.parse("problem").map_err(|(line, fault)| at(path, line, fault))?;
    convert::problem(&stem, file, set)
        .map_err(|(byte, fault)| at(path, byte.map(|byte| document.line_of(byte)), fault))
}

fn at(path: &Path, line: Option<u64>, fault: FormatFault) -> LoadError {
    LoadError::Format(Box::new(FormatError { file: path.to_owned(), line, fault }))
}

/// Reads a file of a set whole.
fn read(path: &Path) -> Result<String, LoadError> {
    let bytes = files::read_found(path, LARGEST_FILE).map_err(|source| match source.kind() {
        ErrorKind::FileTooLarge => at(path, None, FormatFault::TooLarge { limit: LARGEST_FILE }),
        _ => open_error(path, source),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        at(path, None, FormatFault::InvalidUtf8 { byte: error.utf8_error().valid_up_to() + 1 })
    })
}

/// Digests a file with its name; the lengths keep one file's end apart from the next one's beginning.
fn digest(hasher: &mut blake3::Hasher, name: &str, text: &str) {
    for part in [name, text] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
}

#[cfg(test)]
mod tests;
