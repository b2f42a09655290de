//! Commands as models.

use super::*;

async fn ask(line: &str) -> Result<Vec<RawAnswer>, AskError> {
    open(&format!("command:{line}"), "").ask(&query(3..4, Parameters::default())).await
}

#[tokio::test]
async fn gets_the_prompt_and_the_names_of_task_and_sample() {
    let answers = ask("printf '%s %s ' \"$KARAT_TASK_ID\" \"$KARAT_SAMPLE\"; cat").await.unwrap();
    assert_eq!(answers[0].text, "T/0 3 Be brief.\n\nAdd a and b.");
    let unread = ask("exec <&-; echo x").await.unwrap();
    assert_eq!(unread[0].text, "x\n");
}

#[tokio::test]
async fn fails_by_its_status_and_last_words() {
    let error = ask("echo half; echo 'no model' >&2; exit 3").await.unwrap_err();
    assert!(matches!(&error, AskError::CommandFailed { message, .. } if message == "no model"), "{error}");
    assert!(error.to_string().contains("exit status: 3"), "{error}");
    assert!(!error.is_retryable());
    let error = ask("kill -9 $$").await.unwrap_err();
    assert!(error.to_string().contains("signal: 9"), "{error}");
}

#[tokio::test]
async fn is_killed_when_it_writes_without_end() {
    let error = ask("exec yes").await.unwrap_err();
    assert!(matches!(error, AskError::TooLong { .. }), "{error}");
}

#[tokio::test]
async fn is_killed_with_all_it_started_when_nobody_waits() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("process");
    let line = format!("sleep 600 & echo $! > {}; wait", file.display());
    let provider = open(&format!("command:{line}"), "");
    let asking = tokio::spawn(async move { provider.ask(&query(0..1, Parameters::default())).await });
    let process: i32 = loop {
        match std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok()) {
            Some(process) => break process,
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    asking.abort();
    // A process that was killed and has no parent to wait for it may stay a zombie; it does not run any more.
    let runs = || {
        let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        status.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
    };
    while runs() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
