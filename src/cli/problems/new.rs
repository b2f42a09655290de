//! `karat problems new`: a problem to begin with.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, bail, ensure};
use clap::Args;

use crate::cli::lines;
use crate::cli::{Ending, Format};
use crate::problem::format::{Difficulty, SET_FILE, SetFile, is_name, schema};
use crate::problem::load::karat::{is_set, load_set_file, problem_files};
use crate::problem::locate::{LocateError, folders, split_task};
use crate::problem::{Language, TestKind};
use crate::shown::shown;

/// Write a new problem, to be changed into the one that you want.
///
/// The file is a small, complete problem in Karat's own format, with a comment for each field. If there is no set of
/// that name, one begins: a path with a slash says where; a name alone becomes a folder in the first folder of
/// KARAT_PROBLEMS, or in ./problems. Nothing is ever overwritten.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat problems new mine/two-sum
  karat problems new mine/interview/tide-table \\
      --kind stdio --difficulty interview
  karat problems new ./elsewhere/mine/undo --kind assertions")]
pub(super) struct NewArguments {
    /// The set, by path or name, a slash, and the problem; folders of the set may stand between.
    #[arg(value_name = "SET/TASK")]
    task: String,

    /// How answers are tested.
    #[arg(long, value_enum, default_value_t = TestKind::Calls)]
    kind: TestKind,

    /// How hard the problem is.
    #[arg(long, value_enum, default_value_t = Difficulty::Introductory)]
    difficulty: Difficulty,
}

pub(super) fn run(arguments: &NewArguments) -> anyhow::Result<Ending> {
    let (folder, rest) = place(&arguments.task)?;
    let parts: Vec<&str> = rest.split('/').collect();
    for part in &parts {
        ensure!(
            is_name(part),
            "{part:?} can not be part of a task's name; use letters, digits, `-`, `_`, `.` and `+`"
        );
    }
    let stem = parts.last().copied().unwrap_or_default();
    let path = folder.join(format!("{rest}.toml"));
    ensure!(stem != "set", "{SET_FILE} is the set's own file; give the problem another name");

    let mut out = lines::stdout(Format::Table);
    if is_set(&folder) {
        let taken = problem_files(&folder)?
            .into_values()
            .find(|path| path.file_stem().is_some_and(|other| other == stem));
        if let Some(taken) = taken {
            bail!("{}: there is a problem of that name already; choose another one", shown(taken.display()));
        }
    } else {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        ensure!(
            is_name(&name),
            "{folder:?} can not be a set, whose name is the last part; use letters, digits, `-`, `_`, `.` and `+`"
        );
        let set_path = folder.join(SET_FILE);
        write_new(&set_path, &set_file(&name))?;
        writeln!(out, "wrote {}", set_path.display())?;
        for (name, text) in [(SET_SCHEMA, schema::set()), (PROBLEM_SCHEMA, schema::problem())] {
            write_new(&folder.join(name), &schema::to_text(&text))?;
        }
    }
    let set = load_set_file(&folder)?;
    // Editors that know taplo's directive complete and check the file by the schema.
    let hint = if folder.join(PROBLEM_SCHEMA).is_file() {
        format!("#:schema {}{PROBLEM_SCHEMA}\n", "../".repeat(rest.matches('/').count()))
    } else {
        String::new()
    };
    write_new(&path, &(hint + &problem_file(stem, arguments, &set)?))?;
    writeln!(out, "wrote {}", path.display())?;
    writeln!(
        out,
        "It is a whole problem: change every part of it. `karat problems schema` describes the fields."
    )?;
    Ok(Ending::Done)
}

/// Where a set has the schemas of its files. The loader passes over what begins with a dot.
const SET_SCHEMA: &str = ".schema/set.schema.json";
const PROBLEM_SCHEMA: &str = ".schema/problem.schema.json";

/// The folder of the set, whether or not it exists, and the path of the problem in it.
fn place(task: &str) -> anyhow::Result<(PathBuf, &str)> {
    match split_task(task) {
        Ok((path, rest)) if is_set(&path) => return Ok((path, rest)),
        Ok((path, _)) if path.is_file() => {
            bail!(
                "{}: is a file; only sets in Karat's own format, which are folders, grow",
                shown(path.display())
            )
        }
        Err(error @ (LocateError::NoTask { .. } | LocateError::Ambiguous { .. })) => return Err(error.into()),
        _ => {}
    }
    let Some((set, rest)) = task.rsplit_once('/') else {
        return Err(LocateError::NoTask { name: task.to_owned() }.into());
    };
    let is_path = set.contains('/') || Path::new(set).is_dir();
    let folder = match folders().into_iter().next() {
        Some(first) if !is_path => first.join(set),
        _ => PathBuf::from(set),
    };
    ensure!(
        !folders().contains(&folder),
        "{}: is a folder of sets; write the set between it and the problem",
        shown(folder.display())
    );
    Ok((folder, rest))
}

fn set_file(name: &str) -> String {
    // Different on every call and machine is all that a canary has to be.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    let seed = format!("{name} {} {now}", std::process::id());
    let canary = format!("karat-{name}-{}", &blake3::hash(seed.as_bytes()).to_hex()[..32]);
    include_str!("templates/set.toml").replace("{name}", name).replace("{canary}", &canary)
}

fn problem_file(stem: &str, arguments: &NewArguments, set: &SetFile) -> anyhow::Result<String> {
    let languages = set.languages.get_ref();
    ensure!(
        languages.contains(&Language::Python),
        "the templates are in Python, which is none of the set's languages; add it to `languages` in {SET_FILE}"
    );
    let mut head = String::new();
    if let Some(canary) = &set.canary {
        for line in canary.lines() {
            let _ = writeln!(head, "# {line}");
        }
    }
    let title = stem.replace(['-', '_'], " ");
    let mut letters = title.chars();
    let title: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let _ = writeln!(head, "title = \"{title}\"");
    let _ = writeln!(head, "# introductory, interview or competition");
    let _ = writeln!(head, "difficulty = \"{}\"", arguments.difficulty.name());
    let _ = writeln!(head, "# What it is about, in a few words each.");
    let _ = writeln!(head, "tags = []");
    if languages.first() != Some(&Language::Python) {
        let _ = writeln!(head, "language = \"python\"");
    }
    let _ = writeln!(
        head,
        "# calls (of a function), assertions (about a function) or stdio (of a whole program)"
    );

    let (template, texts) = match arguments.kind {
        TestKind::Calls => (include_str!("templates/calls.toml"), CLAMP),
        TestKind::Assertions => (include_str!("templates/assertions.toml"), RUNNING_TOTALS),
        TestKind::Stdio => (include_str!("templates/stdio.toml"), SUM),
    };
    let texts: HashMap<&str, &str> = texts.into_iter().collect();
    let mut statement = String::new();
    for tag in set.natural_languages.get_ref() {
        let text = texts.get(tag.as_str()).unwrap_or(&texts["en"]);
        let _ = writeln!(statement, "{} = '''\n{text}\n'''", toml_key(tag));
    }
    Ok(template.replace("{head}", &head).replace("{statement}", &statement))
}

/// What the templates ask, by natural language.
type Statements = [(&'static str, &'static str); 2];

const CLAMP: Statements = [
    ("en", "Return `value`, or the bound that is nearest to it where it is not from `low` to `high`."),
    ("zh", "若 `value` 在 `low` 到 `high` 之间，返回 `value`；否则返回离它最近的边界。"),
];
const RUNNING_TOTALS: Statements = [
    ("en", "Return a new list that has, for each number, the sum of the numbers up to and with it."),
    ("zh", "返回一个新列表，其中每个位置是到该位置为止（含该位置）所有数之和。"),
];
const SUM: Statements = [
    ("en", "The input is one line with two integers. Print their sum."),
    ("zh", "输入为一行，包含两个整数。请输出它们的和。"),
];

/// A natural language's tag as the key of a table.
fn toml_key(tag: &str) -> String {
    let is_bare = !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if is_bare { tag.to_owned() } else { serde_json::Value::from(tag).to_string() }
}

fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let can_not = || format!("{}: can not be written", shown(path.display()));
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(can_not)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).with_context(can_not),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{}: is there already; choose another name", shown(path.display()))
        }
        Err(error) => Err(error).with_context(can_not),
    }
}
