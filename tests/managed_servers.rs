//! Servers that Karat starts, through the binary: a program behaves like one, in all the ways in which such programs
//! do. Afterwards, nothing of it runs, whatever happened.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder for a test: its cache, its files, and what the server notes.
struct Place {
    folder: TempDir,
    ways: &'static str,
}

impl Place {
    fn new(ways: &'static str) -> Place {
        Place { folder: tempfile::tempdir().unwrap(), ways }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `karat` with the fake program in vLLM's place.
    fn karat(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("karat"));
        command
            .env("NO_COLOR", "1")
            .env("COLUMNS", "110")
            .env("KARAT_VLLM", common::file("fixtures/fake_server.py"))
            .env("KARAT_CACHE_DIR", self.path("cache"))
            .env("OPENAI_API_KEY", "sk-not-for-servers")
            .env("FAKE", self.ways)
            .env("FAKE_FOLDER", self.folder.path())
            .current_dir(self.folder.path())
            .args(arguments);
        command
    }

    /// Asks for one sample of each of the five problems, one after the other, with more options.
    fn generate(&self, more: &[&str]) -> (Value, Output) {
        let output = self.karat(&[&GENERATE[..], more].concat()).output().expect("karat starts");
        let result = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (result, output)
    }

    /// A file that the server writes, line by line.
    fn noted(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.path(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Whether any process of the servers still runs.
    fn is_something_left(&self) -> bool {
        self.noted("pids").iter().any(|pid| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let state = stat.rsplit_once(") ").map(|(_, rest)| rest.chars().next());
            !matches!(state, None | Some(None | Some('Z' | 'X')))
        })
    }

    fn log(&self) -> PathBuf {
        self.path("cache/servers/vllm-org-m.log")
    }
}

const GENERATE: [&str; 9] = [
    "generate",
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/mini.jsonl"),
    "--model",
    "vllm:org/m",
    "--concurrency",
    "1",
    "--format",
    "json",
    "--seed=1",
];

/// The server's words, and why samples failed.
fn words_of(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    for error in result["errors"].as_array().into_iter().flatten() {
        text.push_str(error[0].as_str().unwrap_or_default());
        text.push('\n');
    }
    text
}

/// Waits until a condition holds, and fails if it never does.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(120), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_server_is_started_waited_for_asked_and_ended() {
    let place = Place::new("slow");
    let (result, output) = place.generate(&["--", "--max-model-len", "4096"]);
    let said = words_of(&output);
    assert_eq!((output.status.code(), &result["answered"]), (Some(0), &json!(5)), "{said}");
    assert!(!place.is_something_left());
    let log = place.log();
    assert!(said.contains("fake_server.py serve org/m --host 127.0.0.1 --port "), "{said}");
    assert!(
        said.contains(&format!("its log is {}", log.display())) && said.contains("vllm is ready"),
        "{said}"
    );
    let calls = place.noted("calls");
    let call: Value = serde_json::from_str(&calls[0]).unwrap();
    assert_eq!((calls.len(), &call["openai"]), (1, &Value::Null), "keys of others are not the server's");
    let arguments: Vec<&str> =
        call["arguments"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(arguments[..5], ["serve", "org/m", "--host", "127.0.0.1", "--port"]);
    assert_eq!(arguments[6..], ["--max-model-len", "4096"]);
    assert_eq!(place.noted("asked"), ["/v1/chat/completions"; 5]);
    let log = fs::read_to_string(log).unwrap();
    assert!(log.starts_with("key [key removed]\nlistening\nloading, 4 to go\n"), "{log}");

    // Cached answers need no server; the port is another, which does not matter.
    let (result, output) = place.generate(&["--", "--max-model-len", "4096"]);
    assert_eq!(result["from_cache"], 5, "{}", words_of(&output));
    assert_eq!(place.noted("calls").len(), 1);
    // Other options, or another version, are another question.
    let (result, _) = place.generate(&["--", "--max-model-len", "8192"]);
    assert_eq!((&result["from_cache"], &result["answered"]), (&json!(0), &json!(5)));
    let other = place
        .karat(&[&GENERATE[..], &["--", "--max-model-len", "4096"]].concat())
        .env("FAKE_VERSION", "9.9.10")
        .output()
        .unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&other.stdout).unwrap()["from_cache"], 0);
    assert_eq!(place.noted("calls").len(), 3);
    assert!(!place.is_something_left());
}

#[test]
fn a_program_without_a_version_is_used_without_the_cache() {
    let place = Place::new("no-version");
    for _ in 0..2 {
        let (result, output) = place.generate(&[]);
        assert_eq!(
            (&result["answered"], &result["from_cache"]),
            (&json!(5), &json!(0)),
            "{}",
            words_of(&output)
        );
    }
}

#[test]
fn base_models_get_plain_completions() {
    let place = Place::new("");
    let arguments =
        GENERATE.map(|word| if word == "vllm:org/m" { "vllm:org/m?api=completions" } else { word });
    let output = place.karat(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", words_of(&output));
    assert_eq!(place.noted("asked"), ["/v1/completions"; 5]);
}

#[test]
fn a_server_that_dies_at_the_start_is_quoted() {
    let place = Place::new("dies-at-start forks");
    let (result, output) = place.generate(&[]);
    let said = words_of(&output);
    assert_eq!((output.status.code(), &result["answered"]), (Some(3), &json!(0)), "{said}");
    assert!(said.contains("vllm ended before it was ready (exit status: 3)"), "{said}");
    assert!(said.contains("out of memory: \\u{1b}[31mneeds 80 GiB"), "{said}");
    assert!(said.contains(&place.log().display().to_string()), "{said}");
    assert_eq!(result["ending"], "hopeless");
    assert_eq!(place.noted("calls").len(), 1, "it is not started again");
    assert!(!place.is_something_left());
}

#[test]
fn a_server_that_dies_in_the_middle_loses_nothing() {
    let place = Place::new("dies-in-the-middle");
    let (result, output) = place.generate(&[]);
    let said = words_of(&output);
    assert_eq!((&result["answered"], &result["ending"]), (&json!(2), &json!("hopeless")), "{said}");
    assert!(said.contains("vllm ended while it was needed (exit status: 5)"), "{said}");
    assert!(said.contains("    device lost"), "{said}");
    assert_eq!(common::json_lines(&place.path("samples.jsonl")).len(), 2);
    let (result, _) = place.generate(&[]);
    assert_eq!((&result["from_cache"], &result["answered"]), (&json!(2), &json!(4)));
    assert!(!place.is_something_left());
}

#[test]
fn a_server_that_will_not_go_is_killed_with_all_that_it_left() {
    let place = Place::new("stubborn forks");
    let (result, output) = place.generate(&[]);
    assert_eq!(result["answered"], 5, "{}", words_of(&output));
    assert_eq!(place.noted("pids").len(), 2, "it left a daemon behind");
    assert!(!place.is_something_left());
}

#[test]
fn a_server_of_another_model_is_refused() {
    let place = Place::new("other-model");
    let (result, output) = place.generate(&[]);
    assert_eq!(result["answered"], 0);
    assert!(
        words_of(&output).contains("vllm does not serve `org/m`, but `someone/else`"),
        "{}",
        words_of(&output)
    );
    assert!(place.noted("asked").is_empty());
    assert!(!place.is_something_left());
}

#[test]
fn a_list_of_models_of_any_length_is_not_read() {
    let place = Place::new("huge-list");
    let (result, output) = place.generate(&[]);
    assert_eq!(result["answered"], 0);
    assert!(words_of(&output).contains("does not list its models"), "{}", words_of(&output));
    assert!(!place.is_something_left());
}

#[test]
fn a_huge_log_is_kept_in_part() {
    let place = Place::new("huge-log");
    let (result, output) = place.generate(&[]);
    assert_eq!(result["answered"], 5, "{}", words_of(&output));
    let files: Vec<u64> = fs::read_dir(place.path("cache/servers"))
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .collect();
    let size: u64 = files.iter().sum();
    assert!(size > 4 << 20 && size < 17 << 20, "{files:?}");
    assert!(fs::read_to_string(place.log()).unwrap().ends_with("listening\n"), "the end is there");
    assert!(!place.is_something_left());
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let place = Place::new("silent");
    let (result, output) = place.generate(&["--server-silence", "2"]);
    assert_eq!(result["answered"], 0);
    let said = words_of(&output);
    assert!(said.contains("wrote nothing for 2 s; --server-silence allows more"), "{said}");
    assert!(!place.is_something_left());
}

#[test]
fn kill_9_leaves_nothing() {
    for (ways, file) in [("hangs forks", "asked"), ("silent stubborn", "pids"), ("never-ready", "pids")] {
        let place = Place::new(ways);
        let mut child = place.karat(&GENERATE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_until("the server starts", || !place.noted(file).is_empty());
        wait_until("all are there", || place.noted("pids").len() == 1 + usize::from(ways.contains("forks")));
        assert!(place.is_something_left());
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        wait_until("the server is ended", || !place.is_something_left());
    }
}

fn interrupt(child: &std::process::Child) {
    // SAFETY: the process is our child and not yet waited for, so that the number is its own.
    unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGINT) };
}

#[test]
fn ctrl_c_ends_a_server_that_is_not_ready() {
    let place = Place::new("never-ready");
    let child = place.karat(&GENERATE).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("the server starts", || {
        fs::read_to_string(place.log()).is_ok_and(|log| log.contains("to go"))
    });
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", words_of(&output));
    assert!(!place.is_something_left());
}

#[test]
fn a_second_ctrl_c_does_not_wait_and_leaves_nothing() {
    let place = Place::new("hangs");
    let child = place.karat(&GENERATE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("it is asked", || !place.noted("asked").is_empty());
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(500)); // two at once would be one
    interrupt(&child);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    wait_until("the server is ended", || !place.is_something_left());
}

#[test]
fn what_is_missing_or_not_allowed_is_said_before_anything_starts() {
    let place = Place::new("");
    let error = |change: &dyn Fn(&mut Command), arguments: &[&str]| {
        let mut command = place.karat(arguments);
        change(&mut command);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", words_of(&output));
        words_of(&output)
    };
    let with = |more: &[&'static str]| [&GENERATE[..], more].concat();
    let said = error(
        &|command| {
            command.env("KARAT_VLLM", "").env("PATH", "/nowhere");
        },
        &GENERATE,
    );
    assert!(said.contains("there is no program `vllm`; `pip install vllm` does"), "{said}");
    assert!(said.contains("KARAT_VLLM"), "{said}");
    let said = error(
        &|command| {
            command.env("KARAT_VLLM", "/nowhere/vllm");
        },
        &GENERATE,
    );
    assert!(said.contains("there is no program `/nowhere/vllm`"), "{said}");
    let said = error(&|_| (), &with(&["--", "--port", "80"]));
    assert!(said.contains("-- --port: leave it out; Karat takes a port that is free"), "{said}");
    let said = error(&|_| (), &with(&["--", "--hf_token=hf_secret"]));
    assert!(said.contains("HF_TOKEN") && !said.contains("hf_secret"), "{said}");
    let set = common::file("fixtures/mini.jsonl");
    let set = set.to_str().unwrap();
    let said = error(&|_| (), &["generate", set, "--model", "reference", "--", "--x"]);
    assert!(said.contains("-- --x: what stands behind -- is for a server that Karat starts"), "{said}");
    let said = error(&|_| (), &["generate", set, "--model", "llama-server:none.gguf"]);
    assert!(said.contains("none.gguf: there is no such file"), "{said}");
    assert!(place.noted("calls").is_empty());
}

#[test]
fn options_for_the_server_come_from_a_suite_or_the_command_line() {
    let place = Place::new("");
    let suite = "[suites.s]\nproblems = \"p\"\nmodels = [\"vllm:org/m\", \"llama-server:models/m.gguf\"]\n\
                 server-options = [\"--tensor-parallel-size\", 2]\n";
    fs::write(place.path("karat.toml"), suite).unwrap();
    fs::create_dir(place.path("below")).unwrap();
    let settings = |more: &[&str]| {
        let words = [&["config", "show", "s", "--format", "json"][..], more].concat();
        let output = place.karat(&words).current_dir(place.path("below")).output().unwrap();
        let shown: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", words_of(&output)));
        let all = shown[0]["settings"].as_array().unwrap().clone();
        move |name: &str| all.iter().find(|setting| setting["name"] == name).unwrap().clone()
    };
    let of_suite = settings(&["-n", "3"]);
    assert_eq!(of_suite("server-options")["values"], json!(["--tensor-parallel-size", "2"]));
    assert!(of_suite("server-options")["from"].as_str().unwrap().ends_with("karat.toml:4"));
    assert_eq!(of_suite("samples")["values"], json!(["3"]));
    let model = of_suite("models")["values"][1].as_str().unwrap().to_owned();
    let path = model.strip_prefix("llama-server:").unwrap();
    assert!(Path::new(path).is_absolute() && path.ends_with("models/m.gguf"), "relative to the file: {path}");
    let of_line = settings(&["--", "--seed", "7"]);
    assert_eq!(of_line("server-options")["values"], json!(["--seed", "7"]));
    assert_eq!(of_line("server-options")["from"], "command line");
}

#[test]
fn a_run_records_version_and_options_and_has_one_server_at_a_time() {
    let place = Place::new("");
    let set = common::file("fixtures/mini.jsonl");
    let arguments = [
        "run",
        set.to_str().unwrap(),
        "--model",
        "vllm:org/m",
        "--model",
        "vllm:org/other",
        "--no-cache",
        "--format",
        "json",
        "--",
        "--seed",
        "7",
    ];
    // With the cache that has the runner.
    let output = place.karat(&arguments).env_remove("KARAT_CACHE_DIR").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", words_of(&output));
    let run: Value =
        serde_json::from_slice(&fs::read(place.path("runs/mini-org-m/run.json")).unwrap()).unwrap();
    let model = run.get("model").or_else(|| run["manifest"].get("model")).unwrap();
    assert_eq!(model["setup"], json!({"server": "vllm", "version": "9.9.9", "arguments": ["--seed", "7"]}));
    assert_eq!(model.get("address"), None);
    assert_eq!(place.noted("earlier"), ["0"], "the first is no more when the second starts");
    assert!(!place.is_something_left());
}
