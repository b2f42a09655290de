//! Installing the runner, through the binary: errors say what to do, and what went wrong is mended the next time.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use karat::runner::install::cache_directory;
use karat::runner::python::RECIPE;
use serde_json::Value;
use tempfile::TempDir;

const NO_PYTHON: &str = "/nonexistent/python";

/// A cache directory of its own.
struct Cache {
    root: TempDir,
}

impl Cache {
    fn new() -> Cache {
        Cache { root: tempfile::tempdir().expect("there is a place for temporary files") }
    }

    /// One that has those of the user's files that have these extensions.
    fn with(extensions: &[&str]) -> Cache {
        let cache = Cache::new();
        fs::create_dir_all(cache.runner()).expect("it is a new directory");
        for extension in extensions {
            let file = real(extension);
            fs::copy(&file, cache.runner().join(file.file_name().expect("it has one")))
                .expect("there is space");
        }
        cache
    }

    /// The runner's directory.
    fn runner(&self) -> PathBuf {
        self.root.path().join("cache/runners/python")
    }

    /// The one file with this extension.
    fn file(&self, extension: &str) -> PathBuf {
        let name = real(extension).file_name().expect("it has one").to_owned();
        self.runner().join(name)
    }

    /// Everything in the runner's directory.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.runner()).expect("it is there");
        entries
            .map(|entry| entry.expect("it can be read").file_name().into_string().expect("ASCII"))
            .collect()
    }

    /// A program in place of Python.
    fn python(&self, script: &str) -> PathBuf {
        let path = self.root.path().join("python");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("there is space");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
        path
    }

    fn command(&self, python: impl AsRef<OsStr>) -> assert_cmd::Command {
        let mut command = common::karat();
        command.env("KARAT_CACHE_DIR", self.root.path().join("cache")).env("KARAT_PYTHON", python);
        command
    }

    fn install(&self, python: impl AsRef<OsStr>) -> Output {
        self.command(python).args(["runners", "install", "python"]).output().expect("it runs")
    }

    /// The state that `karat runners list` or `verify` reports.
    fn state(&self, subcommand: &str) -> String {
        let mut command = self.command(NO_PYTHON);
        let output = command.args(["runners", subcommand, "--format", "json"]).output().expect("it runs");
        let rows: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
        rows[0]["state"].as_str().expect("a row has a state").to_owned()
    }
}

/// The file with this extension of the runner that the user's own cache has; it is installed there on first use.
fn real(extension: &str) -> PathBuf {
    let cache = cache_directory().expect("there is a home directory");
    let (_, installed) = RECIPE.install(&cache, &mut |_| ()).expect("the Python runner can be installed");
    let inputs = RECIPE.installer(&cache).expect("the manifest can be read").inputs().to_owned();
    let compiled = installed.compiled().guests()[0].path();
    match extension {
        "cwasm" => compiled.to_owned(),
        "json" => compiled.with_extension("").with_extension(extension),
        _ => compiled.with_file_name(format!("{inputs}.python.{extension}")),
    }
}

#[track_caller]
fn error_of(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.starts_with("error: "), "{error}");
    assert!(output.stdout.is_empty(), "{output:?}");
    error
}

#[track_caller]
fn assert_succeeds(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("python is installed: "), "{output:?}");
}

#[test]
fn without_python_the_error_says_what_to_do() {
    let cache = Cache::new();
    assert_eq!(cache.state("list"), "missing");
    let error = error_of(&cache.install(NO_PYTHON));
    for part in ["no Python found", NO_PYTHON, "install Python 3.9 or newer", "set KARAT_PYTHON"] {
        assert!(error.contains(part), "{error}");
    }
    // A Python that is too old says so with its exit status.
    let error = error_of(&cache.install(cache.python("exit 1")));
    assert!(error.contains("install Python 3.9 or newer"), "{error}");
    // Nothing is on the path either.
    let output =
        cache.command("").env("PATH", "/nonexistent").args(["runners", "install", "python"]).output();
    let error = error_of(&output.expect("it runs"));
    assert!(error.contains("tried: python3, python)"), "{error}");
    assert_eq!(cache.names(), ["lock"]);
    assert_eq!(cache.state("verify"), "missing");
}

#[test]
fn without_pip_the_error_says_what_to_do() {
    let cache = Cache::new();
    let python = cache.python(
        "[ \"$1\" = -c ] && exit 0\nmkdir -p \"$3/bin\"\ntouch \"$3/bin/python\"\necho ensurepip is not available\nexit 1",
    );
    for _ in 0..2 {
        let error = error_of(&cache.install(&python));
        for part in
            ["can not make a virtual environment", "install python3-venv", "ensurepip is not available"]
        {
            assert!(error.contains(part), "{error}");
        }
    }
}

#[test]
fn a_cache_that_can_not_be_written_is_named() {
    let cache = Cache::new();
    fs::write(cache.root.path().join("cache"), "a file").expect("there is space");
    let error = error_of(&cache.install(NO_PYTHON));
    assert!(error.contains("cache/runners/python"), "{error}");
}

#[test]
fn without_network_it_fails_and_afterwards_two_at_once_install_once() {
    let cache = Cache::new();
    let mut command = cache.command(""); // the real one
    command.env("PIP_INDEX_URL", "http://127.0.0.1:9/simple").env("PIP_CONFIG_FILE", "/dev/null");
    for setting in
        ["PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_PROXY", "http_proxy", "HTTP_PROXY"]
    {
        command.env_remove(setting);
    }
    let error = error_of(
        &command.args(["runners", "install", "python"]).env("PIP_QUIET", "1").output().expect("it runs"),
    );
    for part in ["the package registry can not be reached", "Check the network", "componentize-py=="] {
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(cache.state("list"), "missing");

    // As if a process had been killed.
    fs::create_dir_all(cache.runner().join(".unfinished-x/guest")).expect("there is space");
    fs::write(cache.runner().join(".unfinished-y"), "half").expect("there is space");

    // A Python whose environment has everything, and whose builder has it ready.
    let python = cache.python(&format!(
        "log() {{ echo \"$1\" >> {log:?}; }}\n\
         case \"$1\" in\n\
         -c) exit 0 ;;\n\
         build.py) log build; cp {component:?} component.wasm ;;\n\
         -m) log \"$2\"; [ \"$2\" = pip ] || {{ mkdir -p \"$3/bin\"; cp \"$0\" \"$3/bin/python\"; }} ;;\n\
         esac",
        log = cache.root.path().join("log"),
        component = real("wasm"),
    ));
    for output in install_twice_at_once(&cache, &python) {
        assert_succeeds(&output);
    }
    let log = fs::read_to_string(cache.root.path().join("log")).expect("it was written");
    assert_eq!(log, "venv\npip\npip\nbuild\n");
    assert!(cache.names().iter().all(|name| !name.starts_with('.')), "{:?}", cache.names());
    assert_eq!(cache.state("list"), "installed");
    // No tool is needed for what is there.
    assert_succeeds(&cache.install(NO_PYTHON));
}

#[test]
fn two_at_once_compile_the_component_that_is_there() {
    let cache = Cache::with(&["wasm", "wasm.blake3"]);
    for output in install_twice_at_once(&cache, Path::new(NO_PYTHON)) {
        assert_succeeds(&output);
    }
    assert_ne!(cache.state("verify"), "damaged");
}

fn install_twice_at_once(cache: &Cache, python: &Path) -> Vec<Output> {
    let start = || -> Child {
        std::process::Command::new(cache.command(python).get_program())
            .args(["runners", "install", "python"])
            .env("KARAT_CACHE_DIR", cache.root.path().join("cache"))
            .env("KARAT_PYTHON", python)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts")
    };
    let children = [start(), start()];
    children.map(|child| child.wait_with_output().expect("it ends")).into()
}

#[test]
fn a_damaged_guest_is_noticed_and_built_again() {
    let cache = Cache::with(&["wasm", "wasm.blake3", "cwasm", "json"]);
    assert_eq!(cache.state("list"), "installed");
    let start = Instant::now();
    assert_succeeds(&cache.install(NO_PYTHON));
    assert!(start.elapsed() < Duration::from_secs(5), "nothing was to be done");

    let record = fs::read(cache.file("json")).expect("it is there");
    fs::write(cache.file("json"), &record[..record.len() / 2]).expect("there is space");
    assert_eq!(cache.state("list"), "damaged");
    fs::write(cache.file("json"), record).expect("there is space");

    common::flip_a_byte(&cache.file("cwasm"));
    assert_eq!(cache.state("list"), "damaged");
    assert_eq!(cache.state("verify"), "damaged");
    assert_succeeds(&cache.install(NO_PYTHON));
    assert_eq!(cache.state("list"), "installed");
    let state = cache.state("verify");
    assert!(["verified", "different"].contains(&state.as_str()), "{state}");

    fs::remove_file(cache.file("cwasm")).expect("it is there");
    assert_eq!(cache.state("list"), "damaged");
}

#[test]
fn a_damaged_component_is_not_compiled() {
    let cache = Cache::with(&["wasm", "wasm.blake3"]);
    common::flip_a_byte(&cache.file("wasm"));
    let error = error_of(&cache.install(NO_PYTHON));
    assert!(error.contains("no Python found"), "{error}");
}

#[test]
fn a_guest_that_came_with_karat_is_taken_as_it_is_and_not_built() {
    let source = Cache::with(&["wasm", "wasm.blake3"]);
    let share = source.root.path().join("share");
    let bundle = share.join("guests");
    let run = |cache: &Cache, words: &[&str]| {
        let mut command = cache.command(NO_PYTHON);
        command.env("KARAT_DATA_DIR", &share).args(["runners"]).args(words).output().expect("it runs")
    };
    let folder = bundle.to_str().expect("ASCII");
    let written = run(&source, &["bundle", folder]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let checked = run(&source, &["bundle", folder, "--check"]);
    assert_eq!(
        String::from_utf8_lossy(&checked.stdout),
        "python, guest python: identical to the one built here\n"
    );

    let cache = Cache::new();
    assert_succeeds(&run(&cache, &["install", "python"]));
    assert_ne!(cache.state("verify"), "damaged");
    assert!(cache.names().iter().all(|name| !name.starts_with("venv")), "{:?}", cache.names());

    // One of another version is not taken, nor one that was changed: then it is built, which needs a Python.
    let list = bundle.join("python/bundle.json");
    let text = fs::read_to_string(&list).expect("it was written");
    let digest =
        text.lines().find(|line| line.contains("\"python\"")).expect("it names the guest").to_owned();
    let changes = [
        text.replace("\"inputs\": \"", "\"inputs\": \"0"),
        text.replace(&digest, "\"python\": \"0000\""),
        text.replace('{', "["),
    ];
    for changed in changes {
        assert_ne!(changed, text);
        fs::write(&list, changed).expect("there is space");
        let error = error_of(&run(&Cache::new(), &["install", "python"]));
        assert!(error.contains("no Python found"), "{error}");
    }
    let error = error_of(&run(&source, &["bundle", folder, "--check"]));
    assert!(error.contains("bundle.json"), "{error}");
}
