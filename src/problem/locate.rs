//! Finds problem sets by name, and problems in them.
//!
//! A set is named by its path, or by its name alone: then it is looked for in the folders of the environment variable
//! `KARAT_PROBLEMS` (a list as in `PATH`), in `./problems`, where `karat data fetch` puts sets, and among those that
//! are installed with Karat, the first that has it being the one that is meant.

use std::env;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use super::load::karat;
use super::{ProblemSet, TaskId};
use crate::files;
use crate::published;
use crate::share;
use crate::shown::{either, shown};

/// The variable that lists the folders.
pub const VARIABLE: &str = "KARAT_PROBLEMS";

/// The file of a set's folder that has recorded completions.
const RECORDED: &str = "replay.jsonl";

/// What a file name can end with without its being part of the set's name.
const EXTENSIONS: [&str; 5] = [".gz", ".zst", ".jsonl", ".json", ".parquet"];

/// Why no set could be found. Each message says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocateError {
    /// There is no path and no set of that name.
    #[error("there is no problem set {:?}; {}", shown(name), meant.as_ref().map_or_else(
        || advice(name, near, available, folders), Meant::to_string
    ))]
    Unknown {
        /// The name that was given.
        name: String,
        /// What must be meant, if that is known.
        meant: Option<Meant>,
        /// Names of sets that it may be a misspelling of.
        near: Vec<String>,
        /// Names of all sets there are.
        available: Vec<String>,
        /// The folders that were searched.
        folders: Vec<PathBuf>,
    },
    /// Several files of a folder have that name.
    #[error(
        "{:?} may be any of {}; write one of the file names", shown(name), listed(paths.iter().map(|path| path.display()))
    )]
    Ambiguous {
        /// The name that was given.
        name: String,
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// The name of a task has no set before it.
    #[error(
        "{:?} names no problem; write the set, a slash and the problem, as in starter/two-sum",
        shown(name)
    )]
    NoTask {
        /// The name that was given.
        name: String,
    },
    /// The set has no such problem.
    #[error("the problem set {} has no problem {:?}; {}", shown(set), shown(task), task_advice(near, first))]
    UnknownTask {
        /// The set's name.
        set: String,
        /// The task that was asked for.
        task: String,
        /// Tasks that it may be a misspelling of.
        near: Vec<String>,
        /// The set's first task.
        first: Option<TaskId>,
    },
}

/// What is meant by a name that is no set's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Meant {
    /// A file that is called so but for its ending.
    #[error("did you mean the file {}?", shown(.0.display()))]
    File(PathBuf),
    /// A problem of a set.
    #[error(
        "it names a problem of the set {}; a whole set is wanted here: leave out what is behind the set's name",
        shown(.0.display())
    )]
    ProblemOf(PathBuf),
}

impl LocateError {
    /// Whether it says more than that there is nothing.
    pub fn knows_better(&self) -> bool {
        match self {
            LocateError::Unknown { meant, near, .. } => meant.is_some() || !near.is_empty(),
            _ => true,
        }
    }
}

fn listed(items: impl Iterator<Item = impl Display>) -> String {
    const MOST: usize = 50;
    let mut listed: Vec<String> = items.take(MOST + 1).map(|item| shown(item).to_string()).collect();
    if listed.len() > MOST {
        listed[MOST] = "…".to_owned();
    }
    listed.join(", ")
}

fn advice(name: &str, near: &[String], available: &[String], folders: &[PathBuf]) -> String {
    if let Some(published::KnownSet::Pinned(set)) = published::find(name) {
        format!("`karat data fetch {}` fetches it", set.name)
    } else if let Some(published::KnownSet::Other(set)) = published::find(name) {
        format!("it is at {}: get {}, and give the path", set.home, set.files)
    } else if !near.is_empty() {
        format!("did you mean {}?", either(near))
    } else if available.is_empty() {
        let folders = listed(folders.iter().map(|folder| folder.display()));
        format!("give the path of one (no set is in {folders}; {VARIABLE} names other folders)")
    } else {
        format!("those there are: {} (or give the path of one)", listed(available.iter()))
    }
}

fn task_advice(near: &[String], first: &Option<TaskId>) -> String {
    match first {
        _ if !near.is_empty() => format!("did you mean {}?", either(near)),
        Some(first) => format!("its first is {first}"),
        None => "it has none at all".to_owned(),
    }
}

/// The folders in which sets are looked for, in order, whether or not they exist.
pub fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = env::var_os(VARIABLE)
        .map(|list| env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect())
        .unwrap_or_default();
    folders.push(PathBuf::from("problems"));
    folders.extend(published::data_folder());
    folders.extend(share::folders().into_iter().map(|folder| folder.join("problems")));
    folders
}

/// Every set in the [`folders`], by folder and then by name.
pub fn available() -> Vec<PathBuf> {
    available_in(&folders())
}

/// The path of the set that is meant by a name or a path.
///
/// # Errors
///
/// When there is none, or several in one folder.
pub fn locate(name: &str) -> Result<PathBuf, LocateError> {
    locate_in(&folders(), name)
}

/// The completions that are recorded beside a set of that name, if there are any.
pub fn recorded(name: &str) -> Option<PathBuf> {
    let set = by_name(&folders(), name).ok().flatten()?;
    Some(set.join(RECORDED)).filter(|path| path.is_file())
}

/// Splits `SET/TASK`, where the set may be a path and both may have slashes: the longest set that there is wins.
///
/// # Errors
///
/// When there is no set that the text begins with, or nothing follows it.
pub fn split_task(text: &str) -> Result<(PathBuf, &str), LocateError> {
    split_task_in(&folders(), text)
}

/// The problem of a set that is meant by its whole name or by what follows the set's name in it.
///
/// # Errors
///
/// When there is none.
pub fn find_task(set: &ProblemSet, task: &str) -> Result<TaskId, LocateError> {
    find_task_of(&set.name, || set.task_ids(), task)
}

/// As [`find_task`], among the problems of a set that is known by its name alone. The set may be named before the
/// problem, too, by its name or its path: `starter/two-sum` and `problems/starter/two-sum` are `two-sum` of `starter`.
///
/// # Errors
///
/// When there is none.
pub fn find_task_of<'a, Tasks: Iterator<Item = &'a TaskId>>(
    set: &str,
    tasks: impl Fn() -> Tasks,
    task: &str,
) -> Result<TaskId, LocateError> {
    let find = |task: &str| {
        let found = |task_id: &&TaskId| {
            let rest = task_id.as_str().strip_suffix(task);
            rest.is_some_and(|before| before.is_empty() || before == format!("{set}/"))
        };
        if let Some(task_id) = tasks().find(found) {
            return Some(task_id.clone());
        }
        // The file can have another name than the set in its tasks: HumanEval/0 in human-eval.jsonl.
        let suffix = format!("/{task}");
        let mut ending = tasks().filter(|task_id| task_id.as_str().ends_with(&suffix));
        match (ending.next(), ending.next()) {
            (Some(task_id), None) => Some(task_id.clone()),
            _ => None,
        }
    };
    let behind_set = task.match_indices('/').filter_map(|(at, _)| {
        let is_set = name_of(Path::new(&task[..at])).eq_ignore_ascii_case(set);
        is_set.then(|| &task[at + 1..]).filter(|rest| !rest.is_empty())
    });
    if let Some(task_id) = std::iter::once(task).chain(behind_set).find_map(find) {
        return Ok(task_id);
    }
    Err(LocateError::UnknownTask {
        set: set.to_owned(),
        task: task.to_owned(),
        near: near(task, tasks().map(|task_id| task_id.as_str().to_owned())),
        first: tasks().next().cloned(),
    })
}

/// A set's name by its path: the last part, without the extensions that say how it is stored.
pub fn name_of(path: &Path) -> String {
    let file_name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let mut name: &str = &file_name;
    while let Some(shorter) = EXTENSIONS.iter().find_map(|extension| name.strip_suffix(extension)) {
        if shorter.is_empty() {
            break;
        }
        name = shorter;
    }
    name.to_owned()
}

/// Whether the path leads to a set for sure, or to what is for the loader to read or refuse, as a pipe or a device is.
/// Any other folder may be one too (APPS is a tree of folders).
fn is_set(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_dir()) || karat::is_set(path)
}

fn available_in(folders: &[PathBuf]) -> Vec<PathBuf> {
    folders.iter().flat_map(|folder| sets_in(folder)).collect()
}

/// The sets of a folder, sorted. A folder that can not be read has none.
fn sets_in(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = files::some_paths(folder)
        .filter(|path| {
            let file_name = path.file_name().unwrap_or_default().to_string_lossy();
            let has_extension = EXTENSIONS.iter().any(|extension| file_name.ends_with(extension));
            !file_name.starts_with('.') && (karat::is_set(path) || has_extension && path.is_file())
        })
        .collect();
    paths.sort();
    paths
}

fn locate_in(folders: &[PathBuf], name: &str) -> Result<PathBuf, LocateError> {
    let path = Path::new(name);
    if !name.is_empty() && is_set(path) {
        return Ok(path.to_owned());
    }
    if let Some(found) = by_name(folders, name)? {
        return Ok(found);
    }
    if path.is_dir() {
        return Ok(path.to_owned());
    }
    let mut names: Vec<String> = available_in(folders).iter().map(|path| name_of(path)).collect();
    names.sort();
    names.dedup();
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let last = name_of(path);
    let file = sets_in(beside).into_iter().find(|other| name_of(other).eq_ignore_ascii_case(&last));
    let file = file.map(|file| file.strip_prefix(".").map_or(file.clone(), Path::to_owned));
    let problem_of = || surely_split(folders, name).ok().flatten().map(|(set, _)| set);
    Err(LocateError::Unknown {
        name: name.to_owned(),
        meant: file.map(Meant::File).or_else(|| problem_of().map(Meant::ProblemOf)),
        near: near(name, names.iter().cloned()),
        available: names,
        folders: folders.to_owned(),
    })
}

/// The set of that name in the first folder that has one.
fn by_name(folders: &[PathBuf], name: &str) -> Result<Option<PathBuf>, LocateError> {
    for folder in folders {
        let sets = sets_in(folder);
        let file_name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // The more exactly the name fits, the better.
        let fits: [&dyn Fn(&Path) -> bool; 3] =
            [&|path| file_name(path) == name, &|path| name_of(path) == name, &|path| {
                name_of(path).eq_ignore_ascii_case(name) || file_name(path).eq_ignore_ascii_case(name)
            }];
        for fits in fits {
            let mut paths: Vec<PathBuf> = sets.iter().filter(|path| fits(path)).cloned().collect();
            match paths.len() {
                0 => {}
                1 => return Ok(paths.pop()),
                _ => return Err(LocateError::Ambiguous { name: name.to_owned(), paths }),
            }
        }
    }
    Ok(None)
}

fn split_task_in<'a>(folders: &[PathBuf], text: &'a str) -> Result<(PathBuf, &'a str), LocateError> {
    let splits = splits(text);
    let Some(&(shortest, task)) = splits.last() else {
        return Err(LocateError::NoTask { name: text.to_owned() });
    };
    if let Some(found) = surely_split(folders, text)? {
        return Ok(found);
    }
    // Folders that need not be sets come last: a set can have its problems in such.
    let folder = splits.iter().find(|(set, _)| Path::new(set).is_dir());
    match folder {
        Some(&(set, task)) => Ok((PathBuf::from(set), task)),
        None => locate_in(folders, shortest).map(|path| (path, task)),
    }
}

/// All ways to see a set and a problem in a text, the longest set first.
fn splits(text: &str) -> Vec<(&str, &str)> {
    let splits = text.rmatch_indices('/').map(|(at, _)| (&text[..at], &text[at + 1..]));
    splits.filter(|(set, task)| !set.is_empty() && !task.is_empty()).collect()
}

/// The first of them whose set is one for sure.
fn surely_split<'a>(folders: &[PathBuf], text: &'a str) -> Result<Option<(PathBuf, &'a str)>, LocateError> {
    for (set, task) in splits(text) {
        let found = match Path::new(set) {
            path if is_set(path) => Some(path.to_owned()),
            _ => by_name(folders, set)?,
        };
        if let Some(path) = found {
            return Ok(Some((path, task)));
        }
    }
    Ok(None)
}

/// Up to three of the names that look most like a name.
pub(crate) fn near(name: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    const ALIKE: f64 = 0.85;
    // Nobody types longer ones, and comparing two takes time by the product of their lengths.
    const LONGEST: usize = 200;
    if name.len() > LONGEST {
        return Vec::new();
    }
    let name = name.to_lowercase();
    let likeness = |other: &str| {
        // Of tasks of the same set, what follows its name tells: the name alone makes all of them alike.
        if let (Some((set, task)), Some((other_set, other_task))) =
            (name.split_once('/'), other.split_once('/'))
            && set == other_set
        {
            return strsim::jaro_winkler(task, other_task);
        }
        // What is misspelt may be a task's whole name or the part after the set's.
        let parts = [Some(other), other.split_once('/').map(|(_, task)| task)];
        parts.into_iter().flatten().map(|part| strsim::jaro_winkler(&name, part)).fold(0.0, f64::max)
    };
    let mut near: Vec<(f64, String)> = names
        .filter(|other| other.len() <= LONGEST)
        .map(|other| (likeness(&other.to_lowercase()), other))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    near.into_iter().take(3).map(|(_, other)| other).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::problem::{Dataset, Language, Problem, ProblemSetBuilder};

    /// Two folders: the first with HumanEval.jsonl.gz and a set in Karat's format, the second with more.
    fn folders() -> (tempfile::TempDir, Vec<PathBuf>) {
        let root = tempfile::tempdir().unwrap();
        let files = [
            "one/HumanEval.jsonl.gz",
            "one/starter/set.toml",
            "one/starter/easy/two-sum.toml",
            "one/notes.txt",
            "one/.hidden.jsonl",
            "two/HumanEval.jsonl",
            "two/twice.json",
            "two/twice.parquet",
            "apps/test/0000/question.txt",
        ];
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let folders = ["one", "two", "missing"].map(|name| root.path().join(name)).to_vec();
        (root, folders)
    }

    #[test]
    fn sets_are_listed_by_folder_and_name() {
        let (_root, folders) = folders();
        let names: Vec<String> = available_in(&folders).iter().map(|path| name_of(path)).collect();
        assert_eq!(names, ["HumanEval", "starter", "HumanEval", "twice", "twice"]);
        assert_eq!(name_of(Path::new("a/lcb.v6.jsonl.zst")), "lcb.v6");
        assert_eq!(name_of(Path::new(".gz")), ".gz");
    }

    #[test]
    fn a_set_is_found_by_path_and_by_name_in_any_case() {
        let (_root, folders) = folders();
        let human_eval = folders[0].join("HumanEval.jsonl.gz");
        for name in ["HumanEval", "humaneval", "HumanEval.jsonl.gz", human_eval.to_str().unwrap()] {
            assert_eq!(locate_in(&folders, name).unwrap(), human_eval, "{name}");
        }
        assert_eq!(locate_in(&folders, "HumanEval.jsonl").unwrap(), folders[1].join("HumanEval.jsonl"));
        assert_eq!(locate_in(&folders, "STARTER").unwrap(), folders[0].join("starter"));
        assert!(
            matches!(locate_in(&folders, "twice"), Err(LocateError::Ambiguous { paths, .. }) if paths.len() == 2)
        );
        let message = locate_in(&folders, "humnaeval").unwrap_err().to_string();
        assert!(message.contains("did you mean HumanEval"), "{message}");
        let message = locate_in(&folders, "zzz").unwrap_err().to_string();
        assert!(message.contains("those there are: HumanEval, starter,"), "{message}");
        let message = locate_in(&folders[2..], "zzz").unwrap_err().to_string();
        assert!(message.contains("missing") && message.contains(VARIABLE), "{message}");
    }

    #[test]
    fn the_longest_set_wins_when_a_task_is_split_off() {
        let (root, folders) = folders();
        let human_eval = folders[0].join("HumanEval.jsonl.gz");
        let split = |text: &'static str| split_task_in(&folders, text).unwrap();
        assert_eq!(split("HumanEval/0"), (human_eval.clone(), "0"));
        assert_eq!(split("HumanEval/HumanEval/0"), (human_eval.clone(), "HumanEval/0"));
        assert_eq!(split("HumanEval.jsonl.gz/HumanEval/0"), (human_eval.clone(), "HumanEval/0"));
        assert_eq!(split("starter/two-sum"), (folders[0].join("starter"), "two-sum"));
        let by_path = format!("{}/HumanEval/0", human_eval.display());
        assert_eq!(split_task_in(&folders, &by_path).unwrap(), (human_eval, "HumanEval/0"));
        let in_subfolder = format!("{}/one/starter/easy/two-sum", root.path().display());
        assert_eq!(
            split_task_in(&folders, &in_subfolder).unwrap(),
            (folders[0].join("starter"), "easy/two-sum")
        );
        let tree = format!("{}/apps/test/0000", root.path().display());
        assert_eq!(split_task_in(&folders, &tree).unwrap(), (root.path().join("apps/test"), "0000"));
        for text in ["HumanEval", "HumanEval/", "", "//"] {
            let error = split_task_in(&folders, text).unwrap_err();
            assert_eq!(error, LocateError::NoTask { name: text.into() });
        }
        assert!(
            matches!(split_task_in(&folders, "zzz/a/b"), Err(LocateError::Unknown { name, .. }) if name == "zzz")
        );
    }

    #[test]
    fn a_task_is_found_by_its_whole_name_and_by_its_end() {
        let set = |name: &str, tasks: &[&str]| {
            let mut builder = ProblemSetBuilder::new();
            for &task in tasks {
                builder.add(&Problem::new(task, Language::Python)).unwrap();
            }
            builder.finish(name.into(), Dataset::Karat, None, String::new()).unwrap()
        };
        let starter = set("starter", &["starter/two-sum", "starter/sum"]);
        for text in ["starter/two-sum", "two-sum"] {
            assert_eq!(find_task(&starter, text).unwrap().as_str(), "starter/two-sum");
        }
        for text in ["problems/starter/two-sum", "sets/Starter/starter/two-sum"] {
            assert_eq!(find_task(&starter, text).unwrap().as_str(), "starter/two-sum");
        }
        assert!(find_task(&starter, "other/two-sum").is_err(), "another set is named");
        for near in ["twosum", "starter/tow-sum"] {
            let message = find_task(&starter, near).unwrap_err().to_string();
            assert!(message.contains("did you mean starter/two-sum"), "{message}");
        }
        let message = find_task(&starter, "zzz").unwrap_err().to_string();
        assert!(message.contains("its first is starter/two-sum"), "{message}");
        assert_eq!(
            find_task(&set("he", &["HumanEval/0", "HumanEval/10"]), "0").unwrap().as_str(),
            "HumanEval/0"
        );
        assert!(find_task(&set("both", &["a/0", "b/0"]), "0").is_err());
    }
}
