//! How long a large leaderboard takes: 50 runs of 1,000 problems with 10 samples each.
//!
//!     cargo bench --bench report [-- FOLDER]
//!
//! Makes the runs and the set, in FOLDER where one is named and they stay, and prints the seconds that `karat report`
//! takes to write the pages, with how large these are.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use karat::complete::Form;
use karat::evaluate::summary::Summary;
use karat::problem::TaskId;
use karat::problem::load::load;
use karat::record::{RunDirectory, VerdictRecord};

const RUNS: usize = 50;
const PROBLEMS: usize = 1000;
const SAMPLES: u32 = 10;
const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let temporary = tempfile::tempdir().expect("there is space");
    let named = arguments.iter().find(|argument| !argument.starts_with("--"));
    let folder = named.map_or(temporary.path(), |named| Path::new(named));
    if !folder.join("runs").exists() {
        make(folder);
    }
    let site = folder.join("site");
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let status = Command::new(env!("CARGO_BIN_EXE_karat"))
            .arg("report")
            .arg(folder.join("runs"))
            .arg("--problems")
            .arg(folder.join("set.jsonl"))
            .args(["-q", "--out"])
            .arg(&site)
            .stdout(std::process::Stdio::null())
            .status();
        assert!(status.expect("karat was built").success());
        println!("{:.2} s", start.elapsed().as_secs_f64());
    }
    let size = |name: &str| fs::metadata(site.join(name)).map_or(0, |file| file.len() >> 10);
    println!("index {} KiB, a run {} KiB", size("index.html"), size("run/run-07.html"));
}

/// The set, and runs of it whose verdicts are those of the sample runs in turn.
fn make(folder: &Path) {
    fs::create_dir_all(folder).expect("there is space");
    let task = |number: usize| TaskId::new(format!("Made/{number}"));
    let set: String = (0..PROBLEMS)
        .map(|number| {
            let problem = serde_json::json!({
                "task_id": task(number).as_str(),
                "prompt": format!("def f{number}(x):\n    \"\"\"Adds {number} to x.\"\"\"\n"),
                "entry_point": format!("f{number}"),
                "canonical_solution": format!("    return x + {number}\n"),
                "test": format!("def check(candidate):\n    assert candidate(1) == {}\n", number + 1),
            });
            format!("{problem}\n")
        })
        .collect();
    let path = folder.join("set.jsonl");
    fs::write(&path, set).expect("there is space");
    let set = load(&path, None).expect("it is a set");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample/runs/hasty");
    let sample = RunDirectory::open(sample).expect("it is a run");
    let records: Vec<VerdictRecord> =
        sample.verdicts().expect("they are there").map(|one| one.expect("it is whole").record).collect();
    let scores: Option<Summary> = sample.scores().expect("they are there");
    for run in 0..RUNS {
        let mut writer = RunDirectory::create(folder.join(format!("runs/run-{run:02}"))).expect("it is new");
        for number in 0..PROBLEMS {
            for sample in 0..SAMPLES {
                let lines: String =
                    (0..12).map(|line| format!("    y = x + {line} # {run} {sample}\n")).collect();
                let text = format!("{lines}    return x + {number}\n");
                writer.append(&task(number), &text, Form::Continuation).expect("there is space");
            }
        }
        let mut manifest = sample.manifest().clone();
        manifest.problems.name = set.name.clone();
        manifest.problems.dataset = set.dataset;
        manifest.problems.digest = set.digest.clone();
        manifest.problems.path = path.display().to_string();
        let copy = writer.close().expect("there is space").start(manifest).expect("there is space");
        let mut log = copy.verdict_log(|_| true).expect("it is new");
        for number in 0..PROBLEMS {
            for sample in 0..SAMPLES {
                let place = number * 7 + run * 3 + sample as usize * (1 + run % 3);
                let judgements = records[place % records.len()].judgements.clone();
                let record = VerdictRecord { task_id: task(number), sample, judgements };
                log.append(&record).expect("there is space");
            }
        }
        let copy = log.finish().expect("all verdicts are there");
        copy.write_scores(&scores).expect("there is space");
    }
}
