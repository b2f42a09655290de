//! `karat problems` as its users meet it: through the binary, in a directory of their own.

mod common;

use std::fs;
use std::path::Path;

use common::{file, karat};
use tempfile::TempDir;

/// A directory to run in, with the sampler in `./problems`.
fn directory() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    copy(&file("fixtures/formats/karat"), &directory.path().join("problems/sampler"));
    directory
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// Standard output, standard error and exit status of `karat problems …`.
fn problems(directory: &TempDir, arguments: &[&str]) -> (String, String, Option<i32>) {
    let mut command = karat();
    command.current_dir(directory.path()).env_remove("KARAT_PROBLEMS").arg("problems").args(arguments);
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// The output of a call that has to succeed.
fn output(directory: &TempDir, arguments: &[&str]) -> String {
    let (stdout, stderr, status) = problems(directory, arguments);
    assert_eq!((status, stderr.as_str()), (Some(0), ""), "{stdout}");
    stdout
}

/// The error of a call that has to fail.
fn error(directory: &TempDir, arguments: &[&str]) -> String {
    let (stdout, stderr, status) = problems(directory, arguments);
    assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
    stderr
}

fn replace(directory: &TempDir, name: &str, from: &str, to: &str) {
    let path = directory.path().join(name);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn help_shows_what_there_is_with_examples() {
    let directory = directory();
    let mut text = String::new();
    for command in
        [&["--help"][..], &["list", "--help"], &["show", "--help"], &["new", "--help"], &["schema", "--help"]]
    {
        text.push_str(&format!("$ karat problems {}\n{}\n", command.join(" "), output(&directory, command)));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn list_finds_every_set_and_counts() {
    let directory = directory();
    fs::copy(file("fixtures/mini.jsonl"), directory.path().join("problems/mini.jsonl")).unwrap();
    insta::assert_snapshot!("list_table", output(&directory, &["list"]));
    let json = output(&directory, &["list", "--format", "json", "sampler"]);
    let mut rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[0]["digest"].take().as_str().map(str::len), Some(64));
    insta::assert_json_snapshot!("list_json", rows);
}

#[test]
fn sets_are_found_in_the_folders_of_the_environment_first() {
    let directory = directory();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::copy(file("fixtures/mini.jsonl"), elsewhere.path().join("Mini.jsonl")).unwrap();
    let mut command = karat();
    command.current_dir(directory.path()).env("KARAT_PROBLEMS", elsewhere.path());
    let listed = command.args(["problems", "list", "--format", "json"]).output().unwrap();
    let rows: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!((&rows[0]["set"], &rows[1]["set"]), (&"Mini".into(), &"sampler".into()));
    assert_eq!(rows[1]["path"], "problems/sampler");
    let mut command = karat();
    command.current_dir(directory.path()).env("KARAT_PROBLEMS", elsewhere.path());
    command.args(["problems", "show", "mini/add"]).assert().success();
}

#[test]
fn a_set_that_does_not_load_is_a_row_and_a_language_without_runner_is_marked() {
    let directory = directory();
    copy(&file("fixtures/formats/karat"), &directory.path().join("problems/broken"));
    replace(&directory, "problems/broken/two-piles.toml", "\"competition\"", "\"contest\"");
    replace(&directory, "problems/sampler/set.toml", "[\"python\"]", "[\"python\", \"rust\"]");
    replace(
        &directory,
        "problems/sampler/two-piles.toml",
        "kind = \"stdio\"",
        "kind = \"stdio\"\nlanguage = \"rust\"",
    );
    let (stdout, stderr, status) = problems(&directory, &["list"]);
    assert_eq!((status, stderr.as_str()), (Some(2), ""));
    insta::assert_snapshot!(stdout);
    let (stdout, _, status) = problems(&directory, &["list", "--format", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(status, Some(2));
    assert!(rows[0]["error"].as_str().unwrap().contains("line 3: field `difficulty`"), "{rows}");
    assert_eq!(rows[1]["languages"][1]["runs_here"], false);
}

#[test]
fn without_sets_list_says_where_it_looked() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(output(&directory, &["list"]), @"There is no problem set in problems, no-data; `karat data fetch humaneval` fetches one, and KARAT_PROBLEMS names other folders.");
}

#[test]
fn show_keeps_hidden_what_is_hidden() {
    let directory = directory();
    let tasks = ["longest-plateau", "undo-stack", "tide-table", "two-piles"];
    let mut text = String::new();
    for task in tasks {
        let task = format!("sampler/{task}");
        for arguments in [&["show", &task][..], &["show", &task, "--format", "json"]] {
            let shown = output(&directory, arguments);
            for hidden in
                ["[4, 4, 1, 9, 9]", "def typed", "redo", "1000000000", "5 5 4 3 3", "def check", "import"]
            {
                assert!(!shown.contains(hidden), "{task} shows {hidden}");
            }
        }
        text.push_str(&output(&directory, &["show", &task]));
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}

#[test]
fn reveal_shows_tests_checker_and_solutions() {
    let directory = directory();
    let undo = output(&directory, &["show", "sampler/sampler/undo-stack", "--reveal"]);
    let piles = output(&directory, &["show", "problems/sampler/two-piles", "--reveal", "--language", "zh"]);
    insta::assert_snapshot!(format!("{undo}\n{piles}"));
}

#[test]
fn json_has_what_the_page_has() {
    let directory = directory();
    let json = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&output(&directory, arguments)).unwrap()
    };
    let shown = json(&["show", "sampler/longest-plateau", "--format", "json", "--language", "zh"]);
    insta::assert_json_snapshot!(shown);
    let revealed = json(&["show", "sampler/longest-plateau", "--format", "json", "--reveal"]);
    assert_eq!(revealed["statements"].as_object().unwrap().len(), 2);
    assert_eq!(revealed["revealed"]["hidden_tests"].as_array().unwrap().len(), 6);
    assert_eq!(revealed["revealed"]["hidden_tests"][2]["arguments"], "[4, 4, 1, 9, 9]");
    assert_eq!(revealed["revealed"]["wrong"][0]["verdict"], "wrong_answer");
}

#[test]
fn problems_of_other_formats_are_shown_too() {
    let directory = directory();
    fs::copy(file("fixtures/mini.jsonl"), directory.path().join("mini.jsonl")).unwrap();
    let whole = output(&directory, &["show", "mini.jsonl/mini/add"]);
    assert_eq!(whole, output(&directory, &["show", "mini.jsonl/add"]));
    insta::assert_snapshot!(whole);
}

#[test]
fn what_a_set_says_does_not_reach_the_terminal_raw() {
    let directory = directory();
    let name = "problems/sampler/longest-plateau.toml";
    replace(&directory, name, "title = \"The", "title = \"\\u001b[31mThe");
    replace(&directory, name, "\"runs\"]", "\"\\u202eruns\"]");
    let shown = output(&directory, &["show", "sampler/longest-plateau"]);
    assert!(shown.contains("\\u{1b}[31mThe") && shown.contains("\\u{202e}runs"), "{shown}");
    replace(&directory, name, "kind = ", "\"\\u001b[31m\" = 1\nkind = ");
    let failed = error(&directory, &["show", "sampler/longest-plateau"]);
    assert!(!failed.contains('\x1b') && failed.contains("\\u{1b}[31m"), "{failed}");
}

#[test]
fn new_writes_problems_that_load() {
    let directory = directory();
    let mut text = String::new();
    for (kind, task) in
        [("calls", "mine/one"), ("assertions", "mine/two"), ("stdio", "mine/interview/three-x")]
    {
        text.push_str(&output(&directory, &["new", task, "--kind", kind, "--difficulty", "interview"]));
    }
    for name in ["set", "one", "two", "interview/three-x"] {
        let path = directory.path().join(format!("problems/mine/{name}.toml"));
        text.push_str(&format!("\n──── {name}.toml\n{}", fs::read_to_string(path).unwrap()));
    }
    let canary = text.lines().find_map(|line| line.strip_prefix("# karat-mine-")).unwrap().to_owned();
    assert_eq!(text.matches(&canary).count(), 4, "the set and each problem have the same one");
    assert_eq!(canary.len(), 32);
    insta::assert_snapshot!(text.replace(&canary, "CANARY"));
    insta::assert_snapshot!("new_list", output(&directory, &["list", "mine"]));
    let shown = output(&directory, &["show", "mine/three-x"]);
    assert!(shown.starts_with("mine/three-x · Three x\n"), "{shown}");
}

#[test]
fn new_follows_the_set_that_is_there() {
    let directory = directory();
    assert_eq!(
        output(&directory, &["new", "SAMPLER/interview/sum", "--kind", "stdio"]).lines().next(),
        Some("wrote problems/sampler/interview/sum.toml")
    );
    replace(&directory, "problems/sampler/set.toml", "[\"python\"]", "[\"go\", \"python\"]");
    for name in
        ["longest-plateau", "two-piles", "interview/undo-stack", "interview/tide-table", "interview/sum"]
    {
        replace(
            &directory,
            &format!("problems/sampler/{name}.toml"),
            "tags = ",
            "language = \"python\"\ntags = ",
        );
    }
    output(&directory, &["new", "./problems/sampler/clamp"]);
    let shown = output(&directory, &["show", "sampler/clamp", "--language", "zh"]);
    assert!(shown.contains("language   python") && shown.contains("返回"), "{shown}");
}

#[test]
fn errors_say_what_to_do() {
    let directory = directory();
    fs::copy(file("fixtures/mini.jsonl"), directory.path().join("mini.jsonl")).unwrap();
    let calls: [&[&str]; 16] = [
        &["list", "smapler"],
        &["show", "two-sum"],
        &["show", "nowhere/two-sum"],
        &["show", "sampler/two-pile"],
        &["show", "sampler/zzz"],
        &["show", "sampler/two-piles", "--language", "fr"],
        &["show", "mini.jsonl/add", "--language", "en"],
        &["new", "two-sum"],
        &["new", "mine/two sum"],
        &["new", "mine/../two-sum"],
        &["new", "mi ne/two-sum"],
        &["new", "mine/set"],
        &["new", "problems/two-sum"],
        &["new", "mini.jsonl/two-sum"],
        &["new", "sampler/two-piles"],
        &["new", "sampler/tide-table"],
    ];
    let mut text = String::new();
    for call in calls {
        text.push_str(&format!("$ karat problems {}\n{}\n", call.join(" "), error(&directory, call)));
    }
    assert!(!directory.path().join("problems/mine").exists(), "nothing was written");
    insta::assert_snapshot!(text);
}

#[test]
fn faults_of_a_file_name_file_line_and_field() {
    let cases = [
        ("two-piles.toml", "kind = \"stdio\"", "kind = \"stdin\""),
        ("two-piles.toml", "[[examples]]", "[[example]]"),
        ("two-piles.toml", "rule = \"checker\"", "rule = \"values\""),
        ("longest-plateau.toml", "\"[3, 5, 5, 2]\"", "\"3, 5, 5, 2\""),
        ("longest-plateau.toml", "\"[3, 5, 5, 2]\"", "\"[3, 5, x]\""),
        ("longest-plateau.toml", "-> tuple[int, int]:", "-> tuple[int, int]"),
        ("longest-plateau.toml", "zh = '''", "fr = '''"),
        ("interview/tide-table.toml", "64MiB", "64 stones"),
        ("interview/undo-stack.toml", "verdict = \"exception\"", "verdict = \"error\""),
        ("interview/undo-stack.toml", "'''", "''"),
        ("set.toml", "licence = ", "license = "),
    ];
    let mut text = String::new();
    for (name, from, to) in cases {
        let directory = directory();
        replace(&directory, &format!("problems/sampler/{name}"), from, to);
        text.push_str(&format!("{from} → {to}\n{}\n", error(&directory, &["show", "sampler/two-piles"])));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn schema_prints_what_is_committed() {
    let directory = directory();
    let committed = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("problems/schema").join(name);
        fs::read_to_string(path).unwrap()
    };
    assert_eq!(output(&directory, &["schema"]), committed("problem.schema.json"));
    assert_eq!(output(&directory, &["schema", "problem"]), committed("problem.schema.json"));
    assert_eq!(output(&directory, &["schema", "set"]), committed("set.schema.json"));
}
