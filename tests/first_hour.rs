//! What a new user runs into: commands that are almost right, long jobs without a terminal, Ctrl-C.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{file, karat};
use tempfile::TempDir;

fn output(command: &mut assert_cmd::Command) -> (String, String, Option<i32>) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// A directory with the small set and samples of it.
fn directory() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for name in ["mini.jsonl", "mini-samples.jsonl"] {
        fs::copy(file("fixtures").join(name), directory.path().join(name)).unwrap();
    }
    directory
}

fn karat_in(directory: &Path, arguments: &[&str]) -> assert_cmd::Command {
    let mut command = karat();
    for key in ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "KARAT_API_KEY"] {
        command.env_remove(key);
    }
    command.current_dir(directory).args(arguments);
    command
}

#[test]
fn what_can_be_known_beforehand_is_said_before_anything_is_installed() {
    let directory = directory();
    let cache = directory.path().join("cache");
    for (arguments, says) in [
        (&["run", "mini.jsonl", "--model", "openai:gpt-5"][..], "OPENAI_API_KEY"),
        (&["run", "mini.jsonl", "--model", "reference", "--model", "openai:gpt-5"], "OPENAI_API_KEY"),
        (&["run", "mini.jsonl", "--model", "gguf:there/is/none.gguf"], "none.gguf"),
        (&["run", "mini.jsonl", "--model", "replay:none.jsonl"], "none.jsonl"),
        (&["run", "mini.jsonl", "--model", "reference", "-n", "2", "--k", "4"], "ask for as many with -n 4"),
        (&["run", "mini.jsonl", "--model", "reference", "--max-cost", "5"], "price"),
        (&["run", "mini.jsonl", "--model", "reference", "--prices", "none.toml"], "none.toml"),
        (&["run", "mini.jsonl", "--model", "reference", "--prompt", "none"], "none"),
        (&["run", "mini.jsonl", "--model", "reference", "--slots", "4"], "--slots is for the built-in model"),
        (&["run", "mini.jsonl", "--model", "reference", "--device", "cuda"], "--device is for the built-in"),
        (&["run", "mini.jsonl", "--model", "reference", "--seed", "4"], "--seed says how a model answers"),
        (&["run", "mini.jsonl", "--fuel", "10"], "is 10G meant?"),
        (&["score", "mini-samples.jsonl", "mini.jsonl", "--k", "40"], "no problem has more than 4"),
        (&["score", "mini-samples.jsonl", "mini.jsonl", "--export", "none/results.jsonl"], "no folder none"),
        (&["score", "mini-samples.jsonl"], "Name it behind them"),
        (&["score", "--reference", "mini-samples.jsonl", "mini.jsonl"], "name the set alone"),
        (&["score", "mini-samples.jsonl", "mini.jsonl", "--failures", "mini/ad"], "did you mean mini/add?"),
        (&["generate", "mini.jsonl", "--model", "reference", "--out", "none/s.jsonl"], "no folder none"),
    ] {
        let (stdout, stderr, status) =
            output(karat_in(directory.path(), arguments).env("KARAT_CACHE_DIR", &cache));
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{arguments:?}\n{stderr}");
        assert!(stderr.contains(says), "{arguments:?}\n{stderr}");
        assert!(!cache.join("runners").exists(), "{arguments:?} installed something");
        let runs = fs::read_dir(directory.path().join("runs")).into_iter().flatten().count();
        assert_eq!(runs, 0, "{arguments:?} left a run");
    }
}

#[test]
fn a_format_is_refused_for_a_folder_that_has_its_own() {
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("problems/starter");
    let (_, stderr, status) = output(karat().args(["score", "--reference", "--dataset", "apps"]).arg(set));
    assert_eq!(status, Some(2));
    assert!(stderr.contains("Karat's own format") && stderr.contains("leave out --dataset"), "{stderr}");
}

#[test]
fn the_set_stands_behind_the_samples() {
    let directory = directory();
    let score = |arguments: &[&str]| {
        let (stdout, stderr, status) = output(&mut karat_in(directory.path(), arguments));
        assert_eq!(status, Some(0), "{stderr}");
        stdout.lines().filter(|line| !line.starts_with("run: ")).collect::<Vec<_>>().join("\n")
    };
    let by_place = score(&["score", "mini-samples.jsonl", "mini.jsonl", "--fuel", "3G"]);
    let by_option = score(&["score", "mini-samples.jsonl", "--problems", "mini.jsonl", "--fuel", "3G"]);
    assert_eq!(by_place, by_option);
    let reference = score(&["score", "--reference", "mini.jsonl"]);
    assert_eq!(reference, score(&["score", "--reference", "--problems", "mini.jsonl"]));
}

#[test]
fn a_misspelt_task_of_a_sample_is_told_with_what_may_be_meant() {
    let directory = directory();
    fs::write(directory.path().join("s.jsonl"), "{\"task_id\": \"mini/ad\", \"completion\": \"\"}\n")
        .unwrap();
    let (_, stderr, status) =
        output(&mut karat_in(directory.path(), &["score", "s.jsonl", "mini.jsonl", "--allow-partial"]));
    assert_eq!(status, Some(2));
    assert!(stderr.contains("did you mean mini/add? If not, "), "{stderr}");
}

#[test]
fn fences_in_completions_give_a_hint_and_are_taken_away() {
    let directory = directory();
    let answer = "Here it is:\\n```python\\ndef add(a, b):\\n    return a + b\\n```\\n";
    let line = format!("{{\"task_id\": \"mini/add\", \"completion\": \"{answer}\"}}\n");
    fs::write(directory.path().join("s.jsonl"), line).unwrap();
    let score = |option: Option<&str>| {
        let mut arguments = vec!["score", "s.jsonl", "mini.jsonl", "--allow-partial", "--format", "json"];
        arguments.extend(option);
        let (stdout, stderr, status) = output(&mut karat_in(directory.path(), &arguments));
        assert_eq!(status, Some(0), "{stderr}");
        serde_json::from_str::<serde_json::Value>(&stdout).unwrap()
    };
    let plain = score(None);
    assert_eq!(
        (&plain["fenced_failures"], &plain["sealed"]["pass_at_k"][0]["value"]),
        (&1.into(), &0.0.into())
    );
    for option in ["--extract", "--raw"] {
        let extracted = score(Some(option));
        assert_eq!(extracted["sealed"]["pass_at_k"][0]["value"], 1.0);
        assert!(extracted.get("fenced_failures").is_none());
    }
    let (table, ..) =
        output(&mut karat_in(directory.path(), &["score", "s.jsonl", "mini.jsonl", "--allow-partial"]));
    assert!(table.contains("1 completion that did not pass has fences (```)"), "{table}");
}

#[test]
fn where_no_terminal_is_a_line_says_how_far_things_are() {
    let directory = directory();
    let arguments = ["score", "mini-samples.jsonl", "mini.jsonl", "--fuel", "3G"];
    let (_, stderr, _) = output(karat_in(directory.path(), &arguments).env("KARAT_PROGRESS_SECONDS", "0"));
    assert!(stderr.contains("judged 1 of 20, ") && stderr.contains("judged 20 of 20, 6 passed"), "{stderr}");
    let (_, stderr, _) =
        output(karat_in(directory.path(), &arguments).arg("--quiet").env("KARAT_PROGRESS_SECONDS", "0"));
    assert_eq!(stderr, "");
}

#[test]
fn an_address_where_nobody_listens_is_said_and_given_up() {
    let directory = directory();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let model = format!("http://{closed}/v1#m");
    let (stdout, stderr, status) =
        output(karat_in(directory.path(), &["run", "mini.jsonl", "--no-cache", "--model"]).arg(&model));
    assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
    assert!(stderr.contains("nobody listens there; trying again"), "{stderr}");
    assert!(stderr.contains("answered nothing"), "{stderr}");
}

/// Lines of the run's verdicts so far.
fn verdicts_so_far(run: &Path) -> usize {
    fs::read_to_string(run.join("verdicts.jsonl")).map_or(0, |text| text.lines().count())
}

#[test]
fn ctrl_c_ends_scoring_and_what_was_judged_is_kept() {
    let directory = directory();
    // Each takes some ten milliseconds, so that there is time to interrupt.
    let samples: String = (0..200)
        .map(|number| {
            let completion = format!("    for _ in range({}): pass\\n    return a + b\\n", 200_000 + number);
            format!("{{\"task_id\": \"mini/add\", \"completion\": \"{completion}\"}}\n")
        })
        .collect();
    fs::write(directory.path().join("s.jsonl"), samples).unwrap();
    let arguments =
        ["score", "s.jsonl", "mini.jsonl", "--fuel", "3G", "--allow-partial", "--run-dir", "run", "--resume"];
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("karat"))
        .current_dir(directory.path())
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let run = directory.path().join("run");
    let start = Instant::now();
    while verdicts_so_far(&run) < 10 && start.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(1));
    }
    // SAFETY: a signal to a process of this test.
    unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGINT) };
    let mut stderr = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut stderr).unwrap();
    let status = child.wait().unwrap();
    if status.success() {
        return; // it was done before
    }
    assert_eq!(status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("of 200 samples are judged, all recorded in run"), "{stderr}");
    let (stdout, stderr, status) = output(karat_in(directory.path(), &arguments).args(["--format", "json"]));
    assert_eq!(status, Some(0), "{stderr}");
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert!(result["resumed_verdicts"].as_u64().unwrap() >= 10, "{result}");
    assert_eq!(result["completions"], 200);
}

#[test]
fn a_report_has_a_table_a_set_and_leaves_out_what_is_not_finished() {
    let directory = directory();
    let first = fs::read_to_string(directory.path().join("mini.jsonl")).unwrap();
    let first = first.lines().next().unwrap();
    fs::write(directory.path().join("one.jsonl"), format!("{first}\n")).unwrap();
    for arguments in [
        &["score", "mini-samples.jsonl", "mini.jsonl", "--fuel", "3G", "--name", "many"][..],
        &["score", "--reference", "one.jsonl", "--name", "single"],
        &["score", "--reference", "mini.jsonl", "--name", "broken off"],
    ] {
        let (_, stderr, status) = output(&mut karat_in(directory.path(), arguments));
        assert_eq!(status, Some(0), "{stderr}");
    }
    let unfinished = directory.path().join("runs/broken-off");
    fs::remove_file(unfinished.join("scores.json")).unwrap();
    fs::write(unfinished.join("verdicts.jsonl"), "").unwrap();
    let (stdout, stderr, status) = output(&mut karat_in(directory.path(), &["report", "runs"]));
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stderr.contains("note: left out, since not finished: broken-off"), "{stderr}");
    let place = |text: &str| stdout.find(text).unwrap_or_else(|| panic!("{text}: {stdout}"));
    assert!(
        place("mini (") < place("many") && place("many") < place("one (") && place("one (") < place("single")
    );
    let (json, ..) = output(&mut karat_in(directory.path(), &["report", "runs", "--format", "json"]));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap().as_array().map(Vec::len), Some(2));
    let (stdout, ..) = output(&mut karat_in(directory.path(), &["report", "many", "--k", "2,3"]));
    assert!(
        stdout.contains("pass@2") && stdout.contains("pass@3") && !stdout.contains("pass@1 "),
        "{stdout}"
    );
    for (arguments, says) in [
        (&["report", "many", "--k", "9"][..], "the most are 4"),
        (
            &["report", "broken off"],
            "the run is not finished; this goes on with it:\n  karat score --reference ",
        ),
        (&["report", "runs", "--out", "site"], "different problem sets"),
    ] {
        let (_, stderr, status) = output(&mut karat_in(directory.path(), arguments));
        assert_eq!(status, Some(2));
        assert!(stderr.contains(says), "{stderr}");
    }
}

#[test]
fn a_misspelt_suite_is_told_and_no_model_asked() {
    let directory = directory();
    let suites = "[suites.nightly]\nproblems = \"mini.jsonl\"\nmodels = [\"reference\"]\n\n[suites.weekly]\nproblems = \
                  \"mini.jsonl\"\nmodels = [\"reference\", \"replay:mini-samples.jsonl\"]\nsamples = 1\n";
    fs::write(directory.path().join("karat.toml"), suites).unwrap();
    for (name, says) in [
        (
            "nihgtly",
            "karat.toml has no suite \"nihgtly\", and there is no such problem set; did you mean nightly?",
        ),
        ("zzz", "the suites of karat.toml are nightly, weekly"),
    ] {
        let (_, stderr, status) = output(&mut karat_in(directory.path(), &["run", name]));
        assert_eq!(status, Some(2));
        assert!(stderr.contains(says) && !stderr.contains("no model is named"), "{stderr}");
    }
    let (stdout, stderr, status) = output(&mut karat_in(directory.path(), &["run", "--fuel", "3G"]));
    assert_eq!(status, Some(0), "{stderr}");
    let headings: Vec<&str> = stdout.lines().filter(|line| line.starts_with("suite ")).collect();
    assert_eq!(
        headings,
        [
            "suite nightly: reference on mini",
            "suite weekly: reference on mini",
            "suite weekly: replay:mini-samples.jsonl on mini"
        ]
    );
}

#[test]
fn sets_and_problems_are_named_in_one_way() {
    let directory = directory();
    let problems = Path::new(env!("CARGO_MANIFEST_DIR")).join("problems");
    let output =
        |arguments: &[&str]| output(karat_in(directory.path(), arguments).env("KARAT_PROBLEMS", &problems));
    for arguments in [
        &["problems", "verify", "starter/kiln-firings"][..],
        &["problems", "verify", "starter", "starter/kiln-firings"],
        &["problems", "verify", "starter", "kiln-firings"],
    ] {
        let (stdout, stderr, status) = output(arguments);
        assert_eq!(status, Some(0), "{arguments:?}: {stderr}");
        assert!(stdout.contains("starter: 1 of 1 problem in order"), "{arguments:?}: {stdout}");
    }
    let (stdout, stderr, status) = output(&["problems", "list", "--tasks"]);
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stdout.contains("kiln-firings"), "{stdout}");
    for (arguments, says) in [
        (&["run", "starter/kiln-firings", "--model", "reference"][..], "a whole set is wanted here"),
        (&["score", "mini-samples.jsonl", "Mini"], "did you mean the file mini.jsonl?"),
        (&["problems", "show", "mini/add"], "did you mean the file mini.jsonl?"),
        (&["problems", "verify", "starter/kiln-firing"], "did you mean starter/kiln-firings?"),
    ] {
        let (_, stderr, status) = output(arguments);
        assert_eq!(status, Some(2), "{arguments:?}");
        assert!(stderr.contains(says), "{arguments:?}: {stderr}");
    }
}

#[test]
fn results_are_exported_as_the_ending_of_the_file_says() {
    let directory = directory();
    let score = ["score", "mini-samples.jsonl", "mini.jsonl", "--fuel", "3G", "--name", "mini", "--export"];
    let read = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
    let (_, stderr, status) =
        output(&mut karat_in(directory.path(), &[&score[..], &["results.xlsx"]].concat()));
    assert_eq!(status, Some(2));
    assert!(stderr.contains("those that are known are .jsonl") && stderr.contains(".csv"), "{stderr}");
    let (_, stderr, status) =
        output(&mut karat_in(directory.path(), &[&score[..], &["results.csv"]].concat()));
    assert_eq!(status, Some(0), "{stderr}");
    let csv = read("results.csv");
    assert!(csv.starts_with("task_id,sample,verdict,passed,result,completion\n"), "{csv}");
    assert!(csv.contains("\nmini/add,0,passed,true,passed,"), "{csv}");
    for name in ["again.csv", "again.jsonl"] {
        let (_, stderr, status) =
            output(&mut karat_in(directory.path(), &["show", "mini", "--export", name]));
        assert_eq!((status, stderr.as_str()), (Some(0), ""));
    }
    assert_eq!(read("again.csv"), csv);
    assert_eq!(read("again.jsonl").lines().count(), 20);
}

#[test]
fn the_templates_of_prompts_can_be_looked_at_and_copied() {
    let directory = directory();
    let (stdout, ..) = output(&mut karat_in(directory.path(), &["problems", "templates"]));
    assert!(stdout.contains("chat-few-shot"), "{stdout}");
    let (stdout, ..) = output(&mut karat_in(directory.path(), &["problems", "templates", "continue"]));
    assert!(stdout.contains("text = \"{{ prompt }}\""), "{stdout}");
    let copy = ["problems", "templates", "chat-complete", "--to", "own"];
    let (_, stderr, status) = output(&mut karat_in(directory.path(), &copy));
    assert_eq!(status, Some(0), "{stderr}");
    let (_, stderr, status) = output(&mut karat_in(directory.path(), &copy));
    assert_eq!(status, Some(2));
    assert!(stderr.contains("is there already"), "{stderr}");
    let path = directory.path().join("own/chat-complete.toml");
    let ask = ["problems", "prompt", "mini.jsonl/mini/add", "--model", "reference", "--prompts", "own"];
    for (from, to, says) in [
        ("Complete the", "Please complete the", ""),
        ("{{ prompt | trim }}", "{{ promt }}", "there are title, statement, prompt"),
        ("kind = \"chat\"", "kind = \"chatty\"", "unknown value `chatty`"),
        ("kind = \"chat\"", "kind = \"chat\"\nshots = 3", "a table"),
    ] {
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let (stdout, stderr, status) = output(&mut karat_in(directory.path(), &ask));
        assert!(
            stderr.contains(says) && !stderr.contains("struct") && !stderr.contains("variant"),
            "{stderr}"
        );
        if says.is_empty() {
            assert_eq!(status, Some(0), "{stderr}");
            assert!(stdout.contains("Please complete the"), "{stdout}");
        } else {
            assert_eq!(status, Some(2), "{stdout}");
            fs::write(&path, text).unwrap();
        }
    }
}

#[test]
fn a_drop_without_its_unit_and_runs_of_other_sets_are_told_so() {
    let directory = directory();
    let first = fs::read_to_string(directory.path().join("mini.jsonl")).unwrap();
    fs::write(directory.path().join("one.jsonl"), first.lines().next().unwrap()).unwrap();
    for set in ["mini", "one"] {
        let arguments = ["score", "--reference", &format!("{set}.jsonl"), "--name", set];
        let (_, stderr, status) = output(&mut karat_in(directory.path(), &arguments));
        assert_eq!(status, Some(0), "{stderr}");
    }
    for (arguments, says) in [
        (&["--max-drop", "40"][..], "`40` has no unit; write 40pp for percentage points"),
        (&["--max-drop", "2 %"], "write 2pp"),
        (&[], "problems: one in the baseline, mini in the run"),
    ] {
        let arguments = [&["check", "mini", "--baseline", "one"][..], arguments].concat();
        let (_, stderr, status) = output(&mut karat_in(directory.path(), &arguments));
        assert_eq!(status, Some(2));
        assert!(stderr.contains(says), "{stderr}");
    }
}
