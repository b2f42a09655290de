//! Workers that are killed, that never answer, and that nobody needs any more.

use std::time::{Duration, Instant};

use super::*;

fn kill(process: u32, signal: i32) {
    // SAFETY: takes numbers only; the process is a child that runs.
    assert_eq!(unsafe { libc::kill(process as i32, signal) }, 0);
}

fn is_there(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat"));
    status.is_ok_and(|status| !status.contains(") Z "))
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_is_started_again() {
    let pool = pool(&model(Weights::F32), 1, 4).await.unwrap();
    let expected = pool.complete(task("f", [1, 2], 20)).await.unwrap();
    for (signal, name) in [(libc::SIGKILL, "SIGKILL"), (libc::SIGABRT, "SIGABRT"), (libc::SIGTERM, "SIGTERM")]
    {
        let process = pool.processes()[0];
        let error = {
            let asked = pool.complete(task("f", 0..5000, 500));
            let killed = async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                kill(process, signal);
            };
            tokio::join!(asked, killed).0.unwrap_err()
        };
        assert!(matches!(error, ModelError::Died { .. }), "{error}");
        assert!(error.to_string().contains(&format!("on cpu was ended by {name}")), "{error}");
        assert!(!is_there(process));
        // A request during its start waits for it.
        assert_eq!(pool.complete(task("f", [1, 2], 20)).await.unwrap(), expected);
        assert_ne!(pool.processes()[0], process);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_never_answers_is_given_up() {
    let pool = pool(&model(Weights::F32), 1, 1).await.unwrap();
    for _ in 0..4 {
        until("started again", || pool.processes().iter().any(|process| is_there(*process))).await;
        let process = pool.processes()[0];
        kill(process, libc::SIGKILL);
        until("its end is noticed", || !pool.processes().contains(&process)).await;
    }
    for _ in 0..2 {
        let error = pool.complete(task("f", [1], 5)).await.unwrap_err();
        assert!(matches!(error, ModelError::Died { .. }), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_nobody_waits_for_ends() {
    let pool = pool(&model(Weights::F32), 1, 2).await.unwrap();
    for _ in 0..5 {
        let long = pool.complete(task("endless", 0..100_000, 900));
        assert!(tokio::time::timeout(Duration::from_millis(50), long).await.is_err());
    }
    let start = Instant::now();
    assert_eq!(pool.complete(task("f", [1], 5)).await.unwrap().len(), 1);
    // A hundred thousand completions would take hours.
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_process_is_left() {
    let pool = pool(&model(Weights::F32), 2, 2).await.unwrap();
    let processes = pool.processes();
    assert_eq!(processes.len(), 2);
    assert!(processes.iter().all(|process| is_there(*process)));
    drop(pool);
    until("killed with the pool", || !processes.iter().any(|process| is_there(*process))).await;
    // Without a parent that ends it, a worker ends with its pipe.
    let mut alone = std::process::Command::new(&command().program)
        .args(command().arguments)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(alone.stdin.take());
    assert!(alone.wait().unwrap().success());
    let mut confused = std::process::Command::new(&command().program)
        .args(command().arguments)
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut confused.stdin.take().unwrap(), b"\xff\xff\xff\xffno frame").unwrap();
    let output = confused.wait_with_output().unwrap();
    assert!(!output.status.success());
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("the worker is told a message of 4294967295 bytes")
    );
}
