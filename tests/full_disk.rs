//! A full disk, through the binary: a small file system in memory, mounted where nobody else sees it. What was computed
//! is kept, the error says what to do, and with more room the run goes on.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Runs a shell script as the root of a namespace of its own, in a directory `disk` of this many KiB. `None` where this
/// machine does not let users have such namespaces.
fn on_small_disk(kibibytes: u32, directory: &Path, script: &str) -> Option<Output> {
    let isolated = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", script]).current_dir(directory);
        command.env("NO_COLOR", "1").env("KARAT", assert_cmd::cargo::cargo_bin("karat"));
        command.output()
    };
    fs::create_dir_all(directory.join("disk")).expect("there is space");
    let mount = format!("mount -t tmpfs -o size={kibibytes}k none disk");
    match isolated(&mount) {
        Ok(output) if output.status.success() => {}
        other => {
            eprintln!("skipped: this machine lets no user mount a file system ({other:?})");
            return None;
        }
    }
    Some(isolated(&format!("{mount} && {script}")).expect("it started before"))
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_a_run_has_is_kept_and_it_goes_on() {
    let directory = TempDir::new().expect("there is a place for temporary files");
    let set = common::file("fixtures/mini.jsonl");
    let run = format!(
        "$KARAT run {} --model \"command:echo '    return 1 # and much more behind it'\" -n 200 --run-dir disk/run \
         --no-cache --quiet",
        set.display()
    );
    let script = format!(
        "{run}; echo first $?; wc -l < disk/run/answers.jsonl; mount -o remount,size=16m disk; {run} --resume >&2; \
         echo second $?; wc -l < disk/run/verdicts.jsonl"
    );
    let Some(output) = on_small_disk(64, directory.path(), &script) else { return };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let [first, kept, second, judged] = said.lines().collect::<Vec<_>>()[..] else { panic!("{output:?}") };
    assert_eq!((first, second, judged), ("first 2", "second 0", "1000"), "{output:?}");
    let kept: usize = kept.parse().expect("wc counts");
    assert!((20..1000).contains(&kept), "{kept}");
    let errors = stderr(&output);
    assert!(errors.contains("go on with --resume"), "{errors}");
    // Answers and judgements grow side by side, and either can be the first to find no room.
    let is_named = ["answers.jsonl", "judged.jsonl"].iter().any(|log| errors.contains(log));
    assert!(is_named && errors.contains("No space left on device"), "{errors}");
    let before = format!("; {kept} of them were there before");
    assert!(errors.contains("1000 of 1000 samples answered") && errors.contains(&before), "{errors}");
}

#[test]
#[cfg(target_arch = "x86_64")] // the engine is for no other machine
fn what_can_not_be_installed_leaves_nothing() {
    let directory = TempDir::new().expect("there is a place for temporary files");
    let script = "KARAT_CACHE_DIR=disk/cache $KARAT models install; echo $?; find disk -type f";
    let Some(output) = on_small_disk(6144, directory.path(), script) else { return };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines = said.lines();
    assert_eq!(lines.next(), Some("2"), "{output:?}");
    assert!(lines.all(|file| file.ends_with("/lock")), "{said}");
    let errors = stderr(&output);
    assert!(errors.contains("the disk is full") && errors.contains("set KARAT_CACHE_DIR to"), "{errors}");
}
