//! `karat.toml`: suites, values and where they come from, faults.

use std::collections::BTreeMap;

use super::*;

const CONFIG: &str = "\
# What everybody in this repository runs.
[suites.small]
problems = \"sets/mini.jsonl\"
models = [\"replay:sets/mini-samples.jsonl\", \"reference\"]
samples = 2
k = [1, 2]
fuel = \"40G\"
max-cost = 5.0
no-cache = true
";

/// A directory with a configuration, a set and samples, and a folder below.
fn repository(config: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("karat.toml"), config).unwrap();
    for folder in ["sets", "below"] {
        fs::create_dir(directory.path().join(folder)).unwrap();
    }
    for file in ["mini.jsonl", "mini-samples.jsonl"] {
        let from = common::file("fixtures").join(file);
        fs::copy(from, directory.path().join("sets").join(file)).unwrap();
    }
    directory
}

#[test]
fn a_suite_runs_from_any_folder_of_the_repository() {
    let directory = repository(&CONFIG.replace("max-cost = 5.0\n", ""));
    for (folder, words) in [(".", vec!["run"]), ("below", vec!["run", "small"])] {
        let words: Vec<&str> = words.into_iter().chain(["--format", "json"]).collect();
        let output = output(&directory.path().join(folder), &words);
        let result: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let completions: Vec<&Value> = (0..2).map(|run| &result[run]["completions"]).collect();
        assert_eq!(completions, [10, 10]);
    }
    assert!(directory.path().join("runs/mini-mini-samples/scores.json").exists());
    assert!(directory.path().join("below/runs/mini-reference/scores.json").exists());
}

#[test]
fn config_shows_each_value_and_where_it_came_from() {
    let directory = repository(CONFIG);
    let words = ["config", "show", "--model", "reference", "--max-total-tokens", "9"];
    let shown = output(directory.path(), &words);
    insta::assert_snapshot!(String::from_utf8(shown.stdout).unwrap());

    let json =
        output(&directory.path().join("below"), &["config", "show", "small", "-n", "7", "--format", "json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    let settings: BTreeMap<&str, &Value> = json[0]["settings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|setting| (setting["name"].as_str().unwrap(), setting))
        .collect();
    assert_eq!(json[0]["suite"], "small");
    assert_eq!(settings["samples"]["values"], json!(["7"]));
    assert_eq!(settings["samples"]["from"], "command line");
    assert_eq!(settings["k"]["values"], json!(["1", "2"]));
    assert!(settings["k"]["from"].as_str().unwrap().ends_with("karat.toml:6"));
    let problems = settings["problems"]["values"][0].as_str().unwrap();
    assert!(Path::new(problems).is_absolute() && problems.ends_with("sets/mini.jsonl"), "{problems}");
}

#[test]
fn faults_of_a_configuration_name_file_line_and_field() {
    for (config, expected) in [
        (
            "[suites.a]\nproblem = \"x\"\n",
            "karat.toml:2: suites.a.problem: there is no such key; did you mean `problems`?",
        ),
        (
            "[suites.a]\n\nsamples = \"many\"\n",
            "karat.toml:3: suites.a.samples: invalid value 'many' for '--samples <N>'",
        ),
        ("[suites.a]\nmodels = [\"nonsense\"]\n", "karat.toml:2: suites.a.models: invalid value 'nonsense'"),
        ("[suites.a]\nmodels = [\"reference\"]\n", "suite a\n  because: there is no problem set"),
        ("", "karat.toml: has no suites"),
    ] {
        let directory = repository(config);
        let output = output(directory.path(), &["run"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr.contains(expected), "{stderr}");
    }
    let empty = tempfile::tempdir().unwrap();
    let stderr = output(empty.path(), &["run"]).stderr;
    assert!(String::from_utf8_lossy(&stderr).contains("[suites.NAME]"));
}
