//! What was changed, lost, duplicated or moved in a run is reported, with file and line, by everything that reads it:
//! through the binary.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{copy_files, copy_run, file, karat};
use karat::runner::python::RECIPE;
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const SAMPLE_RUNS: &str = "reports/sample/runs";

/// Runs `karat` at the repository's root, from where the sample runs name their problem set.
fn output(arguments: &[&str]) -> (String, String, Option<i32>) {
    let cache = tempfile::tempdir().unwrap();
    let mut command = karat();
    if arguments[0] == "view" {
        command.env("KARAT_CACHE_DIR", cache.path());
    }
    let output = command.current_dir(root()).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// Every command that reads a run, on this one.
fn readers(run: &str) -> Vec<Vec<&str>> {
    const OTHER: &str = "reports/sample/runs/hasty";
    let set = "tests/fixtures/formats/karat";
    vec![
        vec!["report", run],
        vec!["view", run, "--no-open"],
        vec!["compare", run, OTHER],
        vec!["compare", OTHER, run],
        vec!["check", run, "--baseline", OTHER],
        vec!["check", OTHER, "--baseline", run],
        vec!["baseline", run],
        vec![
            "score",
            "reports/sample/careful.jsonl",
            "--problems",
            set,
            "--k",
            "1,3",
            "--resume",
            "--run-dir",
            run,
        ],
    ]
}

/// A copy of a sample run, as if it were of the present runner.
fn sample_run() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let run = directory.path().join("run");
    let runner = RECIPE.installer(directory.path()).unwrap().inputs().to_owned();
    let from = root().join(SAMPLE_RUNS).join("careful");
    copy_run(&from, &run, |manifest| manifest.runner.digest = runner, |_| ());
    (directory, run)
}

/// Every reader of the run must fail, and report all of these.
fn assert_told(what: &str, run: &Path, words: &[&str]) {
    for arguments in readers(run.to_str().unwrap()) {
        let (stdout, stderr, status) = output(&arguments);
        assert_eq!(status, Some(2), "{what}: {arguments:?}: {stdout}{stderr}");
        assert_eq!(stdout, "", "{what}: {arguments:?}");
        for word in words {
            assert!(stderr.contains(word), "{what}: {arguments:?}: {word:?} in {stderr}");
        }
    }
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap().split_inclusive('\n').map(str::to_owned).collect()
}

/// Replaces a verdict by another one, with everything that belongs to it but task and sample.
fn swap_contents(lines: &mut [String], one: usize, other: usize) {
    let split = |line: &String| {
        let at = line.find(",\"sealed\"").unwrap();
        (line[..at].to_owned(), line[at..].to_owned())
    };
    let ((key, content), (other_key, other_content)) = (split(&lines[one]), split(&lines[other]));
    lines[one] = key + &other_content;
    lines[other] = other_key + &content;
}

fn without_seal(line: &str) -> String {
    line[..line.rfind(",\"seal\":").unwrap()].to_owned() + "}\n"
}

type Damage = fn(&mut Vec<String>);

#[test]
fn what_was_done_to_a_line_is_told_with_file_and_line_by_every_reader() {
    let (verdicts, completions) = ("verdicts.jsonl", "completions.jsonl");
    let cases: [(&str, &str, Damage, u32); 12] = [
        (
            "an exception becomes a pass",
            verdicts,
            |lines| {
                let sealed = lines[5].find("\"exception\"").unwrap();
                let fuel = lines[5].find("\"fuel\"").unwrap();
                lines[5] = format!("{}\"passed\",{}", &lines[5][..sealed], &lines[5][fuel..]);
            },
            6,
        ),
        ("a line in the middle is deleted", verdicts, |lines| drop(lines.remove(3)), 4),
        ("the last line is deleted", verdicts, |lines| drop(lines.pop()), 12),
        ("a line is doubled", verdicts, |lines| lines.insert(7, lines[6].clone()), 8),
        ("two verdicts are swapped", verdicts, |lines| swap_contents(lines, 1, 2), 2),
        ("two lines are swapped", verdicts, |lines| lines.swap(4, 9), 5),
        (
            "all seals are taken out",
            verdicts,
            |lines| {
                lines.iter_mut().for_each(|line| *line = without_seal(line));
            },
            1,
        ),
        ("the end is cut off", verdicts, |lines| lines[11].truncate(50), 12),
        ("everything is", verdicts, Vec::clear, 1),
        ("a completion is edited", completions, |lines| lines[2] = lines[2].replace("return", "yield"), 3),
        ("a completion is deleted", completions, |lines| drop(lines.remove(8)), 9),
        ("the last completion is", completions, |lines| drop(lines.pop()), 12),
    ];
    for (what, file, damage, line) in cases {
        let (_directory, run) = sample_run();
        let path = run.join(file);
        let before = lines(&path);
        let mut after = before.clone();
        damage(&mut after);
        assert_ne!(before, after, "{what}");
        fs::write(&path, after.concat()).unwrap();
        assert_told(what, &run, &[&format!("{}, line {line}: ", path.display())]);
    }
}

#[test]
fn a_changed_file_that_has_no_lines_is_told_too() {
    for (file, from, to) in [
        ("run.json", "\"memory\": 536870912", "\"memory\": 1073741824"),
        ("run.json", "\"date\": \"20", "\"date\": \"19"),
        ("scores.json", "0.75", "0.95"),
        ("scores.json", "\"lines\": 12", "\"lines\": 11"),
    ] {
        let (_directory, run) = sample_run();
        let path = run.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replace(from, to)).unwrap();
        let told = format!("{}: changed since it was written", path.display());
        assert_told(file, &run, &[&told]);
    }
    let (_directory, run) = sample_run();
    let path = run.join("references.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('1', "2", 1)).unwrap();
    let (_, stderr, status) = output(&["report", run.to_str().unwrap()]);
    assert_eq!(status, Some(2));
    assert!(stderr.contains("references.json: changed since it was written"), "{stderr}");
}

#[test]
fn a_run_without_seals_is_refused_by_name_with_what_to_do() {
    let (_directory, run) = sample_run();
    for file in ["verdicts.jsonl", "completions.jsonl"] {
        let stripped: String = lines(&run.join(file)).iter().map(|line| without_seal(line)).collect();
        fs::write(run.join(file), stripped).unwrap();
    }
    assert_told("sealed no more", &run, &["completions.jsonl, line 1: has no seal"]);
    // Calling it an old run does not help.
    let path = run.join("run.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"format\": 2", "\"format\": 1")).unwrap();
    let again = "karat score reports/sample/careful.jsonl tests/fixtures/formats/karat";
    assert_told("old", &run, &[&format!("{}: written by an older karat", path.display()), again]);
}

/// `karat score` of the small set in a directory; the verdicts of the run.
fn score(directory: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let mut command = karat();
    command.current_dir(directory).args(["score", "--fuel", "3G", "--format", "json", "--problems"]);
    command.arg(file("fixtures/mini.jsonl")).arg(file("fixtures/mini-samples.jsonl")).args(arguments);
    let output = command.output().unwrap();
    (String::from_utf8(output.stderr).unwrap(), output.status.code())
}

#[test]
fn a_run_that_goes_on_may_lose_its_last_line_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    assert_eq!(score(directory.path(), &["--run-dir", "run"]).1, Some(0));
    let whole = fs::read(path("run/verdicts.jsonl")).unwrap();
    let scores = fs::read(path("run/scores.json")).unwrap();
    let resume = || score(directory.path(), &["--run-dir", "run", "--resume"]);

    fs::remove_file(path("run/scores.json")).unwrap();
    fs::write(path("run/verdicts.jsonl"), &whole[..whole.len() - 20]).unwrap();
    assert_eq!(resume(), (String::new(), Some(0)));
    assert_eq!(fs::read(path("run/verdicts.jsonl")).unwrap(), whole);
    assert_eq!(fs::read(path("run/scores.json")).unwrap(), scores);

    // In any order, as threads finish them, and with some missing: but not with another verdict.
    fs::remove_file(path("run/scores.json")).unwrap();
    let mut some = lines(&path("run/verdicts.jsonl"));
    some.reverse();
    some.truncate(11);
    fs::write(path("run/verdicts.jsonl"), some.concat()).unwrap();
    let mut changed = some.clone();
    let failed = some.iter().position(|line| line.contains("wrong_answer")).unwrap();
    changed[failed] = changed[failed].replace("wrong_answer", "no_code");
    fs::write(path("run/verdicts.jsonl"), changed.concat()).unwrap();
    let (stderr, status) = resume();
    assert_eq!(status, Some(2));
    assert!(stderr.contains(&format!("verdicts.jsonl, line {}: ", failed + 1)), "{stderr}");
    fs::write(path("run/verdicts.jsonl"), some.concat()).unwrap();
    assert_eq!(resume(), (String::new(), Some(0)));
    assert_eq!(fs::read(path("run/verdicts.jsonl")).unwrap(), whole);
    assert_eq!(fs::read(path("run/scores.json")).unwrap(), scores);
}

#[test]
fn resuming_finds_a_damaged_run_that_was_not_named() {
    let directory = tempfile::tempdir().unwrap();
    let run = directory.path().join("runs/mini-samples");
    assert_eq!(score(directory.path(), &[]).1, Some(0));
    let completions = run.join("completions.jsonl");
    let text = fs::read_to_string(&completions).unwrap();
    fs::write(&completions, text.replacen("return a - b", "return a + b", 1)).unwrap();
    let (stderr, status) = score(directory.path(), &["--resume"]);
    assert_eq!(status, Some(2));
    assert!(stderr.contains("completions.jsonl, line 2: "), "{stderr}");

    // A changed manifest is no question that could be compared: that is reported, and a new run begins.
    fs::write(&completions, text).unwrap();
    let manifest = fs::read_to_string(run.join("run.json")).unwrap();
    fs::write(run.join("run.json"), manifest.replace("\"seed\": 0", "\"seed\": 1")).unwrap();
    let (stderr, status) = score(directory.path(), &["--resume"]);
    assert_eq!(status, Some(0), "{stderr}");
    assert!(
        stderr.starts_with(
            "note: passed over, since it can not be resumed: runs/mini-samples/run.json: changed"
        ),
        "{stderr}"
    );
}

/// `karat run` of recorded answers in a directory.
fn run(directory: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let model = format!("replay:{}", file("fixtures/mini-samples.jsonl").display());
    let mut command = karat();
    command.current_dir(directory).arg("run").arg(file("fixtures/mini.jsonl"));
    command
        .args(["--model", &model, "-n", "3", "--fuel", "3G", "--quiet", "--run-dir", "run"])
        .args(arguments);
    let output = command.output().unwrap();
    (String::from_utf8(output.stderr).unwrap(), output.status.code())
}

#[test]
fn a_run_of_a_model_is_resumed_only_if_all_of_it_is_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(run(directory.path(), &[]).1, Some(0));
    let cases: [(&str, Damage, Option<u32>); 9] = [
        ("verdicts.jsonl", |lines| lines[1] = lines[1].replace("wrong_answer", "no_code"), Some(2)),
        ("verdicts.jsonl", |lines| drop(lines.pop()), Some(15)),
        ("completions.jsonl", |lines| lines[1] = lines[1].replace("a - b", "a + b"), Some(2)),
        (
            "judged.jsonl",
            |lines| {
                let line = lines.iter_mut().find(|line| line.contains("\"exited\"")).unwrap();
                *line = line.replace("\"exited\"", "\"passed\"");
            },
            None,
        ),
        ("judged.jsonl", |lines| drop(lines.remove(4)), Some(5)),
        ("answers.jsonl", |lines| lines[3] = lines[3].replace("\"stop\"", "\"length\""), Some(4)),
        ("answers.jsonl", |lines| lines.insert(3, lines[2].clone()), Some(4)),
        ("answers.jsonl", |lines| drop(lines.pop()), Some(15)),
        ("question.json", |lines| lines[1] = lines[1].replace("2", "2 "), None),
    ];
    for (file, damage, line) in cases {
        let copy = tempfile::tempdir().unwrap();
        let path = copy.path().join("run").join(file);
        copy_files(&directory.path().join("run"), &copy.path().join("run"));
        let before = lines(&path);
        let mut after = before.clone();
        damage(&mut after);
        assert_ne!(before, after, "{file}");
        fs::write(&path, after.concat()).unwrap();
        let (stderr, status) = run(copy.path(), &["--resume"]);
        assert_eq!(status, Some(2), "{file}: {stderr}");
        let told = line.map_or(String::new(), |line| format!(", line {line}: "));
        assert!(stderr.contains(&format!("{file}{told}")), "{file}: {stderr}");
    }

    // What a kill leaves: no end, and a torn last line in each file.
    let whole = fs::read(directory.path().join("run/verdicts.jsonl")).unwrap();
    for file in ["scores.json", "run.json", "verdicts.jsonl"] {
        fs::remove_file(directory.path().join("run").join(file)).unwrap();
    }
    for file in ["answers.jsonl", "judged.jsonl"] {
        let path = directory.path().join("run").join(file);
        let content = fs::read(&path).unwrap();
        fs::write(path, &content[..content.len() - 10]).unwrap();
    }
    assert_eq!(run(directory.path(), &["--resume"]), (String::new(), Some(0)));
    assert_eq!(fs::read(directory.path().join("run/verdicts.jsonl")).unwrap(), whole);
}
