//! From a path that a user gives to a model's files: split ones belong together, and folders are no models.

use std::path::{Path, PathBuf};

use super::{GgufError, GgufFault};
use crate::files;

/// The most parts of a split file.
const MOST_PARTS: u32 = 1000;

/// Name, number and count of a part: `(stem, number, count)`.
fn part(path: &Path) -> Option<(&str, u32, u32)> {
    let stem = path.file_name()?.to_str()?.strip_suffix(".gguf")?;
    let (rest, count) = stem.rsplit_once("-of-")?;
    let (name, number) = rest.rsplit_once('-')?;
    let digits = |text: &str| {
        let all_digits = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
        if all_digits { text.parse::<u32>().ok() } else { None }
    };
    let (number, count) = (digits(number)?, digits(count)?);
    ((1..=MOST_PARTS).contains(&count) && (1..=count).contains(&number)).then_some((name, number, count))
}

/// The names of all parts of the split file that this is one of, in order; `None` for another file.
pub fn split_files(path: &Path) -> Option<Vec<PathBuf>> {
    let (name, _, count) = part(path)?;
    Some(
        (1..=count)
            .map(|number| path.with_file_name(format!("{name}-{number:05}-of-{count:05}.gguf")))
            .collect(),
    )
}

/// The files of the model that a path names.
pub(super) fn files(path: &Path) -> Result<Vec<PathBuf>, GgufError> {
    let wrong = |fault| GgufError { path: path.to_owned(), fault };
    if path.is_dir() {
        return Err(wrong(folder(path)));
    }
    if path.extension().is_some_and(|extension| extension == "safetensors") {
        let folder = path.parent().unwrap_or(path).display().to_string();
        return Err(wrong(GgufFault::Safetensors { path: folder }));
    }
    let Some((_, number, count)) = part(path) else { return Ok(vec![path.to_owned()]) };
    let all = split_files(path).unwrap_or_default();
    match all.iter().find(|part| !part.exists()) {
        // The file that was named may be missing, too: then its own error is the better one.
        Some(missing) if path.exists() => {
            let missing = missing.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Err(wrong(GgufFault::MissingPart { number, count, missing }))
        }
        Some(_) => Ok(vec![path.to_owned()]),
        None => Ok(all),
    }
}

/// The error for a folder in place of a file.
fn folder(path: &Path) -> GgufFault {
    let names: Vec<String> =
        files::some_paths(path).filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    let mut found: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| name.ends_with(".gguf")).collect();
    found.sort_unstable();
    if found.is_empty() && names.iter().any(|name| name.ends_with(".safetensors")) {
        return GgufFault::Safetensors { path: path.display().to_string() };
    }
    GgufFault::Folder { found: found.join(", ") }
}
