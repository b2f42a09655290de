//! What the integration tests share.
#![allow(dead_code)] // each test binary uses its own part

pub(crate) mod corpus;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use assert_cmd::Command;
use karat::complete::Answer;
use karat::evaluate::summary::Summary;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judgement, Judging};
use karat::problem::{Comparison, Dataset, Interpreter, Language, Problem, Test, TestBody};
use karat::record::{RunDirectory, RunManifest, VerdictRecord};
use karat::runner::install::cache_directory;
use karat::runner::recipe::Recipe;
use karat::runner::{OnDemand, Runners, python};
use karat::sandbox::Fuel;
use karat::value::Value;

/// The `karat` binary, with colours and the terminal's width out of the way.
pub(crate) fn karat() -> Command {
    let mut command = Command::cargo_bin("karat").expect("cargo built it");
    command.env("NO_COLOR", "1").env("COLUMNS", "100").env_remove("RUST_BACKTRACE");
    // What somebody fetched is not looked at.
    command.env("KARAT_SETS_DIR", "no-data").env_remove("KARAT_SETS_MIRROR");
    command
}

/// A file of `tests/`.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The Python runner, installed on first use, and the scientific interpreter, when a program needs it.
pub(crate) fn runners() -> &'static Runners {
    static RUNNERS: OnceLock<Runners> = OnceLock::new();
    RUNNERS.get_or_init(|| {
        let cache = cache_directory().expect("there is a home directory");
        let (runner, _) =
            python::RECIPE.install(&cache, &mut |_| ()).expect("the Python runner can be installed");
        let mut runners = Runners::from_iter([runner]);
        let scientific = Recipe::named("python-scientific").expect("there is one");
        runners.insert_on_demand(OnDemand::new(scientific, &cache));
        runners
    })
}

/// The interpreter that tests are to use, by the variable `KARAT_TEST_INTERPRETER`: each has to pass the same.
pub(crate) fn asked_for() -> Option<Interpreter> {
    let name = std::env::var("KARAT_TEST_INTERPRETER").ok()?;
    Some(serde_json::from_value(name.into()).expect("KARAT_TEST_INTERPRETER names an interpreter"))
}

/// A file of the shared data, or nothing and a line that says so.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KARAT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let path = root.join("data").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: there is no {} (set KARAT_SHARED)", path.display());
    None
}

/// Damages a file.
pub(crate) fn flip_a_byte(path: &Path) {
    let mut bytes = std::fs::read(path).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).expect("there is space");
}

/// Reads JSON lines.
pub(crate) fn json_lines(path: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// Copies a run as if it had been made with another manifest and had reached other verdicts: with the right seals.
pub(crate) fn copy_run(
    from: &Path,
    to: &Path,
    change_manifest: impl FnOnce(&mut RunManifest),
    change_verdict: impl Fn(&mut VerdictRecord),
) {
    let run = RunDirectory::open(from).expect("it is a run");
    let mut writer = RunDirectory::create(to).expect("the directory is new");
    for recorded in run.completions().expect("they are there") {
        let completion = recorded.expect("it is as it was written").completion;
        writer.append(&completion.task_id, &completion.completion, completion.form).expect("there is space");
    }
    let mut manifest = run.manifest().clone();
    change_manifest(&mut manifest);
    let copy = writer.close().expect("there is space").start(manifest).expect("there is space");
    let mut log = copy.verdict_log(|_| true).expect("it is new");
    for recorded in run.verdicts().expect("they are there") {
        let mut record = recorded.expect("it is as it was written").record;
        change_verdict(&mut record);
        log.append(&record).expect("there is space");
    }
    let copy = log.finish().expect("all verdicts are there");
    copy.write_reference_fuel(&run.reference_fuel().expect("it is as it was written"))
        .expect("there is space");
    let scores: Option<Summary> = run.scores().expect("they are as they were written");
    copy.write_scores(&scores.expect("the run is finished")).expect("there is space");
}

/// Copies all files of a directory.
pub(crate) fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("there is space");
    for entry in std::fs::read_dir(from).expect("it is there") {
        let entry = entry.expect("it can be read");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("there is space");
    }
}

/// Judges a program, sealed, by tests of a problem in Karat's format: the judgement with the default limits.
pub(crate) fn judge_program(problem: &Problem, program: &str) -> Judgement {
    judge_with(problem, program, Limits { fuel: Some(Fuel(30_000_000_000)), ..Limits::default() })
}

/// As [`judge_program`], with other limits.
pub(crate) fn judge_with(problem: &Problem, program: &str, limits: Limits) -> Judgement {
    let judge = Judge::new(runners(), limits, Dataset::Karat).all_tests(true);
    let problem = &Problem { interpreter: problem.interpreter.or_else(asked_for), ..problem.clone() };
    judge.judge(problem, Answer::program(program), None, Judging::Sealed).into_counted()
}

/// A problem judged by these inputs and outputs.
pub(crate) fn stdio_problem(tests: &[(&str, &str)], comparison: Comparison) -> Problem {
    let stdio = |&(input, expected): &(&str, &str)| {
        Test::hidden(TestBody::Stdio { input: input.into(), expected: expected.into() })
    };
    Problem { tests: tests.iter().map(stdio).collect(), comparison, ..Problem::new("p", Language::Python) }
}

/// A problem judged by calls of `solve`: arguments and expected values as Python literals.
pub(crate) fn calls_problem(tests: &[(&str, &str)], comparison: Comparison) -> Problem {
    let call = |&(arguments, expected): &(&str, &str)| {
        Test::hidden(TestBody::Call {
            arguments: Value::parse_literals(arguments).expect("arguments are literals"),
            expected: Some(Value::parse_literal(expected).expect("the expected value is a literal")),
        })
    };
    Problem {
        entry_point: Some("solve".into()),
        tests: tests.iter().map(call).collect(),
        comparison,
        ..Problem::new("p", Language::Python)
    }
}
