//! Runs that end before their last answer, and go on later.

use std::process::{Child, Stdio};
use std::time::Instant;

use super::*;

/// Starts a run and waits until this many samples are recorded.
fn start_and_wait(directory: &Path, arguments: &[&str], samples: usize) -> Child {
    let child = karat(directory, arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while recorded(directory).len() < samples {
        assert!(start.elapsed() < Duration::from_secs(300), "no answers are recorded");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

/// The samples that the run holds, whole lines only.
fn recorded(directory: &Path) -> Vec<(String, u64)> {
    let text = fs::read_to_string(directory.join("run/answers.jsonl")).unwrap_or_default();
    let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    lines
        .map(|line| {
            let line: Value = serde_json::from_str(line).expect("a line is JSON");
            (line["task_id"].as_str().unwrap().to_owned(), line["sample"].as_u64().unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kill_9_no_answered_request_is_sent_again() {
    let (server, answered) = steady(Duration::from_millis(20)).await;
    let model = format!("{}/v1#m", server.address());
    let directory = tempfile::tempdir().unwrap();
    let set = common::file("fixtures/mini.jsonl");
    let arguments = [
        "run",
        set.to_str().unwrap(),
        "--model",
        &model,
        "-n",
        "100",
        "--seed",
        "0",
        "--no-cache",
        "--run-dir",
        "run",
        "--concurrency",
        "4",
        "--format",
        "json",
        "--resume",
    ];
    let mut known: HashMap<(String, u64), u32> = HashMap::new();
    let mut lost = 0;
    for samples in [60, 200] {
        block_in_place(|| {
            let mut child = start_and_wait(directory.path(), &arguments, samples);
            child.kill().unwrap(); // SIGKILL
            child.wait().unwrap();
        });
        // The server ends what it was asked before.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let answered = answered.lock().unwrap();
        for (task, sample) in recorded(directory.path()) {
            let count = answered[&(TASKS.iter().find(|(known, _)| *known == task).unwrap().0, sample)];
            known.entry((task, sample)).or_insert(count);
        }
        lost = answered.values().sum::<u32>() - recorded(directory.path()).len() as u32;
    }
    let before = recorded(directory.path());
    assert!(before.len() < 500, "it was killed in the middle");
    let (result, status) = block_in_place(|| {
        let output = output(directory.path(), &arguments);
        let result: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        (result, output.status.code().unwrap())
    });
    assert_eq!((status, &result["completions"]), (0, &500.into()), "{result:#}");
    assert_eq!(result["resumed_answers"], before.len());
    let answered = answered.lock().unwrap().clone();
    assert_eq!(answered.len(), 500);
    for ((task, sample), count) in &known {
        let task = TASKS.iter().find(|(known, _)| known == task).unwrap().0;
        assert_eq!(
            answered[&(task, *sample)],
            *count,
            "{task}, sample {sample} was recorded and asked for again"
        );
    }
    // Only what was not recorded when the process died is asked for again: answers that were on their way to the file,
    // and those to requests that were under way.
    let asked: u32 = answered.values().sum();
    assert!(
        (500..=500 + lost + 2 * 4).contains(&asked),
        "{asked} answers for 500 samples, {lost} of them lost"
    );

    let undisturbed = tempfile::tempdir().unwrap();
    let (server, _) = steady(Duration::ZERO).await;
    let model = format!("{}/v1#m", server.address());
    let options = ["--model", &model, "-n", "100", "--seed", "0", "--no-cache", "--run-dir", "run"];
    block_in_place(|| run(undisturbed.path(), &options));
    assert!(bytes(directory.path(), "run/verdicts.jsonl") == bytes(undisturbed.path(), "run/verdicts.jsonl"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_keeps_what_came_and_says_how_to_go_on() {
    let (server, answered) = steady(Duration::from_millis(30)).await;
    let model = format!("{}/v1#m", server.address());
    let directory = tempfile::tempdir().unwrap();
    let set = common::file("fixtures/mini.jsonl");
    let arguments = [
        "run",
        set.to_str().unwrap(),
        "--model",
        &model,
        "-n",
        "40",
        "--seed",
        "0",
        "--no-cache",
        "--run-dir",
        "run",
        "--concurrency",
        "2",
        "--resume",
    ];
    let output = block_in_place(|| {
        let child = start_and_wait(directory.path(), &arguments, 20);
        // SAFETY: the process is our child and not yet waited for, so that the number is its own.
        unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGINT) };
        child.wait_with_output().unwrap()
    });
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("interrupted:") && stderr.contains("--resume"), "{stderr}");
    let answers = recorded(directory.path()).len();
    assert_eq!(answers, answered.lock().unwrap().len(), "what was in flight is kept");
    assert!(answers < 200);
    let again = block_in_place(|| karat(directory.path(), &arguments).output().unwrap());
    assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stderr));
    assert!(answered.lock().unwrap().values().all(|count| *count == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_ends_the_run_with_scores_and_can_be_raised() {
    let (server, answered) = steady(Duration::ZERO).await;
    let model = format!("{}/v1#m", server.address());
    let directory = tempfile::tempdir().unwrap();
    let arguments = |most: &'static str| {
        [
            "--model",
            &model,
            "-n",
            "8",
            "--seed",
            "0",
            "--concurrency",
            "1",
            "--max-tokens",
            "20",
            "--max-total-tokens",
            most,
            "--run-dir",
            "run",
            "--resume",
        ]
        .map(str::to_owned)
    };
    let ask = |most| {
        let arguments = arguments(most);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        block_in_place(|| run(directory.path(), &arguments))
    };
    let (result, status) = ask("1000");
    assert_eq!((status, &result["ending"]), (3, &"budget_reached".into()), "{result:#}");
    let first = result["completions"].as_u64().unwrap();
    assert!((1..40).contains(&first), "{first}");
    let (result, status) = ask("1000000");
    assert_eq!((status, &result["completions"]), (0, &40.into()), "{result:#}");
    assert!(answered.lock().unwrap().values().all(|count| *count == 1));
}
