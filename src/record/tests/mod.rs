//! The life of a run, and its death at every byte.

use std::fs;
use std::sync::Mutex;

use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::complete::Form;
use crate::judge::Judgements;
use crate::judge::limits::Limits;
use crate::judge::verdict::{Judgement, Judging, Mismatch, Verdict};
use crate::problem::{Dataset, TaskId};
use crate::sandbox::Fuel;

mod damage;

fn manifest() -> RunManifest {
    RunManifest {
        format: FORMAT,
        name: None,
        karat_version: "0.1.0".into(),
        command: vec!["karat".into(), "score".into(), "samples.jsonl".into()],
        problems: ProblemSetIdentity {
            name: "Toy".into(),
            dataset: Dataset::HumanEval,
            path: "Toy.jsonl".into(),
            digest: "00".into(),
            from: None,
            to: None,
        },
        samples: SamplesIdentity { path: Some("samples.jsonl".into()), digest: String::new(), count: 0 },
        model: None,
        date: None,
        runner: RunnerIdentity { name: "python".into(), digest: "11".into() },
        judging: Judging::Sealed,
        all_tests: false,
        limits: Limits::default(),
        ks: vec![1, 10],
        seed: 7,
    }
}

/// The completions of the runs below: the tasks take turns, the first has one more.
const TASKS: [&str; 7] = ["T/0", "T/1", "T/2", "T/0", "T/1", "T/2", "T/0"];

fn start(path: &Path) -> ActiveRun {
    let mut writer = RunDirectory::create(path).unwrap();
    for (ordinal, task_id) in TASKS.iter().enumerate() {
        let completion = format!("    return {ordinal}\n");
        let sample = writer.append(&TaskId::from(*task_id), &completion, Form::Continuation).unwrap();
        assert_eq!(sample, ordinal as u32 / 3);
    }
    writer.close().unwrap().start(manifest()).unwrap()
}

fn record(ordinal: usize) -> VerdictRecord {
    let verdict = match ordinal % 3 {
        0 => Verdict::Passed,
        1 => Verdict::WrongAnswer(Mismatch { got: Some("'é\n'".into()), ..Default::default() }),
        _ => Verdict::Inconclusive { reason: "backstop".into() },
    };
    VerdictRecord {
        task_id: TASKS[ordinal].into(),
        sample: ordinal as u32 / 3,
        judgements: Judgements::Sealed(Judgement {
            verdict,
            fuel: Fuel(u64::MAX - ordinal as u64),
            tests: None,
            open: ordinal == 4,
            interpreter: None,
        }),
    }
}

fn log(path: &Path) -> VerdictLog {
    // A process that another test starts holds all our locks too, between its fork and its exec.
    let resumed = (0..500).find_map(|_| match RunDirectory::resume(path) {
        Err(RecordError::Locked { .. }) => {
            std::thread::sleep(std::time::Duration::from_millis(10));
            None
        }
        other => Some(other),
    });
    resumed.expect("the lock was released").unwrap().verdict_log(|_| true).unwrap()
}

fn done(log: &VerdictLog) -> Vec<usize> {
    (0..TASKS.len()).filter(|&ordinal| log.done().contains(ordinal as u32)).collect()
}

/// Completes a run and returns its verdicts file.
fn complete(path: &Path) -> Vec<u8> {
    let mut log = log(path);
    for ordinal in 0..TASKS.len() {
        if !log.done().contains(ordinal as u32) {
            assert!(log.append(&record(ordinal)).unwrap());
        }
    }
    log.finish().unwrap();
    fs::read(path.join(VERDICTS)).unwrap()
}

/// What an undisturbed run, one verdict after the other, writes.
fn undisturbed() -> Vec<u8> {
    let (_guard, path) = temporary();
    drop(start(&path));
    complete(&path)
}

/// The line that a run writes of a verdict.
fn line(ordinal: usize) -> String {
    let content = String::from_utf8(undisturbed()).unwrap();
    content.split_inclusive('\n').nth(ordinal).unwrap().to_owned()
}

/// A run that is finished, with its scores.
fn finished(path: &Path) {
    drop(start(path));
    complete(path);
    let run = RunDirectory::open(path).unwrap();
    run.write_reference_fuel(&BTreeMap::from([("T/0".into(), Fuel(5))])).unwrap();
    run.write_scores(&json!({"pass@1": 0.5})).unwrap();
}

/// Reads all of a run, as a report does.
fn read_all(path: &Path) -> Result<(), RecordError> {
    let run = RunDirectory::open(path)?;
    for verdict in run.verdicts()? {
        verdict?;
    }
    run.scores::<serde_json::Value>()?;
    run.reference_fuel()?;
    Ok(())
}

fn temporary() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("runs").join("one");
    (directory, path)
}

fn entries(path: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_run_from_start_to_end() {
    let (_guard, path) = temporary();
    let run = start(&path);
    let directory = run.directory().clone();
    let mut log = run.verdict_log(|_| true).unwrap();
    assert_eq!(log.missing(), 7);
    for ordinal in [1, 0, 2, 6, 3, 5, 4] {
        assert!(log.append(&record(ordinal)).unwrap());
    }
    assert!(log.done().contains(6) && log.missing() == 0);
    let finished = log.finish().unwrap();
    let written = fs::read_to_string(path.join(VERDICTS)).unwrap();
    assert_eq!(written.as_bytes(), undisturbed());
    for (ordinal, line) in written.lines().enumerate() {
        let seal = line.rfind(",\"seal\":").unwrap();
        assert_eq!(format!("{}}}", &line[..seal]), serde_json::to_string(&record(ordinal)).unwrap());
    }
    finished.write_scores(&json!({"pass@1": 0.5})).unwrap();

    let opened = RunDirectory::open(&path).unwrap();
    assert_eq!(opened.manifest(), directory.manifest());
    assert_eq!(opened.index(), directory.index());
    assert_eq!(opened.manifest().samples.count, 7);
    let tasks: Vec<_> = opened.index().tasks().map(|(task_id, count)| (task_id.as_str(), count)).collect();
    assert_eq!(tasks, [("T/0", 3), ("T/1", 2), ("T/2", 2)]);
    assert_eq!(opened.index().ordinal("T/0", 2), Some(6));
    assert_eq!((opened.index().ordinal("T/1", 2), opened.index().ordinal("T/9", 0)), (None, None));
    let verdicts: Vec<_> = opened.verdicts().unwrap().map(Result::unwrap).collect();
    assert_eq!(verdicts.len(), 7);
    for (ordinal, verdict) in verdicts.into_iter().enumerate() {
        assert_eq!(verdict, RecordedVerdict { ordinal: ordinal as u32, record: record(ordinal) });
    }
    let scores: serde_json::Value = opened.scores().unwrap().unwrap();
    assert_eq!((&scores["pass@1"], &scores["files"]["verdicts"]["lines"]), (&json!(0.5), &json!(7)));
    assert_eq!(entries(&path), [".lock", COMPLETIONS, RUN, SCORES, VERDICTS]);
}

#[test]
fn completions_come_back_with_their_places() {
    let (_guard, path) = temporary();
    drop(start(&path));
    let content = fs::read(path.join(COMPLETIONS)).unwrap();
    let run = RunDirectory::open(&path).unwrap();
    assert_eq!(run.manifest().samples.digest, blake3::hash(&content).to_hex().to_string());
    for (ordinal, item) in run.completions().unwrap().enumerate() {
        let RecordedCompletion { ordinal: position, offset, completion } = item.unwrap();
        assert_eq!(position, ordinal as u32);
        assert_eq!(completion.task_id.as_str(), TASKS[ordinal]);
        assert_eq!(completion.completion, format!("    return {ordinal}\n"));
        let line = serde_json::to_vec(&completion).unwrap();
        assert!(content[offset as usize..].starts_with(&line[..line.len() - 1]));
    }
    assert_eq!(run.verdicts().unwrap().count(), 0);
    assert_eq!(run.scores::<serde_json::Value>().unwrap(), None);
}

#[test]
fn verdicts_that_are_not_kept_are_reached_again() {
    let (_guard, path) = temporary();
    finished(&path);
    let is_conclusive =
        |record: &VerdictRecord| !matches!(record.judgements.counted().verdict, Verdict::Inconclusive { .. });
    let log = RunDirectory::resume(&path).unwrap().verdict_log(is_conclusive).unwrap();
    assert_eq!(done(&log), [0, 1, 3, 4, 6]);
    drop(log);
    assert!(!path.join(SCORES).exists(), "the run is not finished any more");
    assert_eq!(RunDirectory::open(&path).unwrap().verdicts().unwrap().count(), 5);
    assert_eq!(complete(&path), undisturbed());
}

#[test]
fn an_unfinished_run_can_not_be_finished_but_resumed() {
    let (_guard, path) = temporary();
    let mut log = start(&path).verdict_log(|_| true).unwrap();
    log.append(&record(6)).unwrap();
    let stranger = VerdictRecord { sample: 3, ..record(6) };
    assert!(matches!(log.append(&stranger), Err(RecordError::UnknownCompletion { sample: 3, .. })));
    assert!(matches!(log.finish(), Err(RecordError::Unfinished { missing: 6, total: 7 })));
    assert_eq!(complete(&path), undisturbed());
}

#[test]
fn a_crash_while_finishing_changes_nothing() {
    let (_guard, path) = temporary();
    drop(start(&path));
    let expected = complete(&path);
    fs::write(path.join("verdicts.jsonl.tmp"), &expected[..expected.len() / 2]).unwrap();
    let mut lines: Vec<_> = expected.split_inclusive(|&byte| byte == b'\n').collect();
    lines.reverse();
    fs::write(path.join(VERDICTS), lines.concat()).unwrap();
    assert_eq!(complete(&path), expected);
    assert!(!path.join("verdicts.jsonl.tmp").exists());
}

#[test]
fn one_process_at_a_time() {
    let (_guard, path) = temporary();
    let run = start(&path);
    let error = RunDirectory::resume(&path).unwrap_err();
    assert!(matches!(error, RecordError::Locked { .. }), "{error}");
    if cfg!(unix) {
        assert!(error.to_string().contains(&std::process::id().to_string()), "{error}");
    }
    RunDirectory::open(&path).unwrap(); // reading needs no lock
    drop(run);
    let log = log(&path);
    assert!(matches!(RunDirectory::resume(&path), Err(RecordError::Locked { .. })));
    drop(log);
    RunDirectory::resume(&path).unwrap();
}

#[test]
fn a_second_writer_of_a_run_that_has_not_started_is_refused() {
    let (_guard, path) = temporary();
    let writer = RunDirectory::create(&path).unwrap();
    assert!(matches!(RunDirectory::create(&path), Err(RecordError::Locked { .. })));
    assert!(matches!(RunDirectory::resume(&path), Err(RecordError::NotARun { .. })));
    drop(writer);
    assert!(!path.exists(), "nothing is left of a run that did not start");
}

#[test]
fn only_rubbish_is_replaced() {
    let (_guard, path) = temporary();
    drop(start(&path));
    let error = RunDirectory::create(&path).unwrap_err();
    assert!(matches!(error, RecordError::AlreadyARun { .. }), "{error}");

    // What a kill before run.json leaves.
    fs::remove_file(path.join(RUN)).unwrap();
    fs::write(path.join("run.json.tmp"), "{").unwrap();
    assert!(matches!(RunDirectory::open(&path), Err(RecordError::NotARun { .. })));
    let directory = start(&path).directory().clone();
    assert_eq!(directory.index().len(), 7);
    assert_eq!(entries(&path), [".lock", COMPLETIONS, RUN]);

    // Somebody else's files, even one with the name of ours.
    for name in ["notes.txt", COMPLETIONS] {
        let (_guard, path) = temporary();
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join(name), "mine").unwrap();
        let error = RunDirectory::create(&path).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(entries(&path), [name]);
    }

    // An empty directory is fine, and stays when the run does not start.
    let (_guard, path) = temporary();
    fs::create_dir_all(&path).unwrap();
    drop(RunDirectory::create(&path).unwrap().close().unwrap());
    assert!(entries(&path).is_empty());
}

#[test]
fn what_the_seals_of_verdicts_are_bound_to_is_a_difference_between_runs() {
    type Change = fn(&mut RunManifest);
    let one = manifest();
    let judged: [(&str, Change); 7] = [
        ("problems", |run| run.problems.digest = "01".into()),
        ("data set", |run| run.problems.dataset = Dataset::Mxeval),
        ("runner", |run| run.runner.digest = "12".into()),
        ("judging", |run| run.judging = Judging::Compat),
        ("tests to run", |run| run.all_tests = true),
        ("limits", |run| run.limits.fuel = Some(Fuel(1))),
        ("seed", |run| run.seed = 8),
    ];
    for (what, change) in judged {
        let mut other = manifest();
        change(&mut other);
        assert_ne!(one.judged_by(), other.judged_by(), "{what}");
        let differences = one.differences(&other);
        assert_eq!(differences.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(), [what]);
        assert_ne!(differences[0].one, differences[0].other);
    }
    let others: [Change; 3] = [
        |run| run.ks = vec![1],
        |run| run.problems.path = "elsewhere.jsonl".into(),
        |run| run.command = vec!["karat".into()],
    ];
    for change in others {
        let mut other = manifest();
        change(&mut other);
        assert_eq!(one.judged_by(), other.judged_by());
        assert_eq!(one.differences(&other), []);
    }
}

#[test]
fn changed_files_are_noticed() {
    let (_guard, path) = temporary();
    drop(start(&path));
    let content = fs::read_to_string(path.join(COMPLETIONS)).unwrap();
    for (changed, expected) in [(content.replace("return 3", "return 4"), 4), (String::new(), 1)] {
        fs::write(path.join(COMPLETIONS), changed).unwrap();
        let error = RunDirectory::open(&path).unwrap_err();
        assert!(matches!(error, RecordError::CompletionLine { line, .. } if line == expected), "{error}");
    }
    fs::write(path.join(COMPLETIONS), &content[..content.len() - 1]).unwrap();
    assert!(matches!(RunDirectory::open(&path), Err(RecordError::CompletionsChanged { .. })));
    fs::write(path.join(COMPLETIONS), &content).unwrap();
    RunDirectory::open(&path).unwrap();

    let run = fs::read_to_string(path.join(RUN)).unwrap();
    fs::write(path.join(RUN), run.replace("\"format\": 2", "\"format\": 3")).unwrap();
    let error = RunDirectory::open(&path).unwrap_err();
    assert!(matches!(error, RecordError::NewerFormat { found: 3, .. }), "{error}");
    fs::write(path.join(RUN), run.replace("\"format\": 2", "\"format\": 1")).unwrap();
    let error = RunDirectory::open(&path).unwrap_err();
    assert!(matches!(error, RecordError::OlderFormat { found: 1, .. }), "{error}");
    assert!(error.to_string().ends_with("karat score samples.jsonl Toy.jsonl"), "{error}");
    fs::write(path.join(RUN), run.replace("\"seed\": 7", "\"seed\": 8")).unwrap();
    assert!(matches!(RunDirectory::open(&path), Err(RecordError::Changed { .. })));
    fs::write(path.join(RUN), &run[..run.len() / 2]).unwrap();
    assert!(matches!(RunDirectory::open(&path), Err(RecordError::Unreadable { .. })));
}

#[test]
fn the_form_of_a_completion_is_recorded() {
    let (_guard, path) = temporary();
    let mut writer = RunDirectory::create(&path).unwrap();
    for form in [Form::Continuation, Form::Program] {
        writer.append(&"T/0".into(), "x = 1\n", form).unwrap();
    }
    let run = writer.close().unwrap().start(manifest()).unwrap();
    let forms: Vec<Form> =
        run.directory().completions().unwrap().map(|recorded| recorded.unwrap().completion.form).collect();
    assert_eq!(forms, [Form::Continuation, Form::Program]);
}

#[test]
fn many_threads_share_the_log() {
    let (_guard, path) = temporary();
    let mut writer = RunDirectory::create(&path).unwrap();
    for ordinal in 0..400 {
        writer.append(&TaskId::new(format!("T/{}", ordinal % 20)), "x", Form::Continuation).unwrap();
    }
    let run = writer.close().unwrap().start(manifest()).unwrap();
    let log = Mutex::new(run.verdict_log(|_| true).unwrap());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let log = &log;
            scope.spawn(move || {
                for ordinal in (0..400).rev().filter(|ordinal| ordinal % 4 == thread) {
                    let judgement = Judgement {
                        verdict: Verdict::Passed,
                        fuel: Fuel(ordinal),
                        tests: None,
                        open: false,
                        interpreter: None,
                    };
                    let (task_id, sample) = (TaskId::new(format!("T/{}", ordinal % 20)), ordinal as u32 / 20);
                    let record = VerdictRecord { task_id, sample, judgements: Judgements::Sealed(judgement) };
                    log.lock().unwrap().append(&record).unwrap();
                }
            });
        }
    });
    let run = log.into_inner().unwrap().finish().unwrap();
    let fuels: Vec<_> =
        run.verdicts().unwrap().map(|verdict| verdict.unwrap().record.judgements.counted().fuel.0).collect();
    assert_eq!(fuels, (0..400).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Verdicts in any order, interrupted anywhere, any number of times, end in the same bytes.
    #[test]
    fn any_order_and_any_crashes_give_the_same_file(
        order in Just((0..TASKS.len()).collect::<Vec<_>>()).prop_shuffle(),
        crashes in proptest::collection::vec((0..TASKS.len(), 0.0..1.0f64), 0..4),
    ) {
        let (_guard, path) = temporary();
        drop(start(&path));
        for (verdicts, share) in crashes {
            let mut log = log(&path);
            for &ordinal in order.iter().filter(|&&ordinal| ordinal % TASKS.len() != verdicts).take(verdicts) {
                log.append(&record(ordinal)).unwrap();
            }
            drop(log);
            let content = fs::read(path.join(VERDICTS)).unwrap();
            let length = (content.len() as f64 * share) as usize;
            fs::write(path.join(VERDICTS), &content[..length]).unwrap();
        }
        prop_assert_eq!(complete(&path), undisturbed());
    }
}

#[test]
fn a_verdict_is_by_one_way_of_judging_or_by_both() {
    let one = record(1);
    let judgement = one.judgements.counted().clone();
    let both = Judgements::Both { sealed: judgement.clone(), compat: judgement.clone() };
    for judgements in [Judgements::Sealed(judgement.clone()), Judgements::Compat(judgement), both] {
        let one = VerdictRecord { judgements, ..one.clone() };
        let line = serde_json::to_string(&one).unwrap();
        assert_eq!(line.contains(r#""sealed":{"#), one.judgements.sealed().is_some(), "{line}");
        assert_eq!(line.contains(r#""compat":{"#), one.judgements.compat().is_some(), "{line}");
        assert_eq!(serde_json::from_str::<VerdictRecord>(&line).unwrap(), one);
    }
    let error = serde_json::from_str::<VerdictRecord>(r#"{"task_id":"T/0","sample":0}"#).unwrap_err();
    assert!(error.to_string().contains("neither a field `sealed` nor"), "{error}");
}

#[test]
fn a_manifest_whose_limits_are_not_all_there_is_not_taken_for_one_with_the_usual_limits() {
    let mut value = serde_json::to_value(manifest()).unwrap();
    assert_eq!(serde_json::from_value::<RunManifest>(value.clone()).unwrap(), manifest());
    value["limits"].as_object_mut().unwrap().remove("memory");
    let error = serde_json::from_value::<RunManifest>(value).unwrap_err();
    assert!(error.to_string().contains("memory"), "{error}");
}

#[test]
fn the_command_that_goes_on_with_a_run_is_one_for_a_shell() {
    let resumed = |words: &[&str]| {
        let command = words.iter().map(|word| (*word).to_owned()).collect();
        RunManifest { command, ..manifest() }.resume_command()
    };
    assert_eq!(resumed(&["karat", "run", "SET"]).as_deref(), Some("karat run SET --resume"));
    assert_eq!(
        resumed(&["karat", "run", "a set", "--model", "http://h:1/v1#m", "--stop", "it's"]).as_deref(),
        Some("karat run 'a set' --model 'http://h:1/v1#m' --stop 'it'\\''s' --resume")
    );
    assert_eq!(
        resumed(&["karat", "run", "SET", "--", "--resume", "-c"]).as_deref(),
        Some("karat run SET --resume -- --resume -c")
    );
    assert_eq!(resumed(&["karat", "run", "SET", "--resume"]).as_deref(), Some("karat run SET --resume"));
    assert_eq!((resumed(&["python3", "evaluate.py"]), resumed(&[])), (None, None));
}
