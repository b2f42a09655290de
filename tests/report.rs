//! `karat report` and `karat view` as their users meet them: through the binary.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::{copy_files, copy_run, file, karat};
use karat::record::RunManifest;
use karat::sandbox::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use tempfile::TempDir;

/// The repository's root: the sample runs name their problem set from there.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const SAMPLE_RUNS: &str = "reports/sample/runs";

/// `karat report …` at the repository's root.
fn report(arguments: &[&str]) -> assert_cmd::Command {
    let mut command = karat();
    command.current_dir(root()).arg("report").args(arguments);
    command
}

fn output(command: &mut assert_cmd::Command) -> (String, String, Option<i32>) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

fn error_of(command: &mut assert_cmd::Command) -> String {
    let (stdout, stderr, status) = output(command);
    assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
    stderr
}

/// A leaderboard in a folder of its own.
fn site(arguments: &[&str]) -> (TempDir, BTreeMap<PathBuf, Vec<u8>>) {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("site");
    let (_, stderr, status) = output(report(arguments).arg("--out").arg(&out));
    assert_eq!(status, Some(0), "{stderr}");
    let files = files(&out);
    (directory, files)
}

/// All files below a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

fn text(files: &BTreeMap<PathBuf, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[Path::new(name)].clone()).unwrap()
}

/// A sample run.
fn sample_run(name: &str) -> PathBuf {
    root().join(SAMPLE_RUNS).join(name)
}

#[test]
fn the_table_ranks_the_runs() {
    let (stdout, stderr, status) = output(&mut report(&[SAMPLE_RUNS]));
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(stdout);
}

#[test]
fn the_committed_site_is_made_from_the_committed_runs() {
    let (_directory, made) = site(&[SAMPLE_RUNS, "--reveal-tests"]);
    let committed = files(&root().join("reports/sample/site"));
    assert_eq!(
        made.keys().collect::<Vec<_>>(),
        committed.keys().collect::<Vec<_>>(),
        "reports/sample/README.md says how the site is made"
    );
    for (name, content) in &made {
        assert!(
            content == &committed[name],
            "{} differs; reports/sample/README.md says how the site is made",
            name.display()
        );
    }
    let size: usize = committed.values().map(Vec::len).sum();
    assert!(size < 300_000, "{size} bytes");
}

#[test]
fn the_same_runs_give_the_same_bytes_in_any_order_and_named_in_any_way() {
    let (_first, whole) = site(&[SAMPLE_RUNS]);
    let named = ["terse", "careful", "hasty", "terse"].map(|run| format!("{SAMPLE_RUNS}/{run}"));
    let (_second, named) = site(&named.each_ref().map(String::as_str));
    assert!(whole == named);
}

#[test]
fn hidden_tests_are_shown_only_if_they_are_to_be() {
    // An assertion that is hidden, a hidden input, and a line of a reference solution.
    let secrets = ["typewriter", "1000000000 999999999", "bisect_right(span, mark)"];
    let holds = |files: &BTreeMap<PathBuf, Vec<u8>>, secret: &str| {
        files.values().any(|content| String::from_utf8_lossy(content).contains(secret))
    };
    let (_closed, closed) = site(&[SAMPLE_RUNS]);
    let (_open, open) = site(&[SAMPLE_RUNS, "--reveal-tests"]);
    let (_without, without) = site(&[SAMPLE_RUNS, "--without-problems"]);
    let plain = |secret: &str| holds(&closed, secret) || holds(&without, secret);
    let page = text(&open, "problem/sampler-tide-table.html");
    // Highlighting puts markup between the words.
    let unmarked = |page: &str| {
        let mut out = String::new();
        let mut inside = false;
        for character in page.chars() {
            match character {
                '<' => inside = true,
                '>' => inside = false,
                _ if !inside => out.push(character),
                _ => {}
            }
        }
        out
    };
    for secret in secrets {
        assert!(!plain(secret), "{secret}");
        for (name, content) in closed.iter().chain(&without) {
            let page = unmarked(&String::from_utf8_lossy(content));
            assert!(!page.contains(secret), "{secret} in {}", name.display());
        }
    }
    assert!(unmarked(&page).contains(secrets[1]) && unmarked(&page).contains(secrets[2]));
    assert!(unmarked(&text(&open, "problem/sampler-undo-stack.html")).contains(secrets[0]));
}

#[test]
fn programs_get_the_same_table_from_standard_output_and_from_files() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("site");
    let (stdout, ..) = output(report(&[SAMPLE_RUNS, "--format", "json", "--out"]).arg(&out));
    assert_eq!(stdout, fs::read_to_string(out.join("leaderboard.json")).unwrap());
    let table: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&table["runs"][0]["run"], &table["runs"][0]["rank"]), (&"careful".into(), &1.into()));
    assert_eq!(table["runs"][0]["pass_at_k"][0]["value"], 0.75);

    let csv = fs::read_to_string(out.join("leaderboard.csv")).unwrap();
    let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let parquet =
        SerializedFileReader::new(fs::File::open(out.join("leaderboard.parquet")).unwrap()).unwrap();
    let schema = parquet.metadata().file_metadata().schema_descr_ptr();
    let columns: Vec<&str> = schema.columns().iter().map(|column| column.name()).collect();
    assert_eq!(columns, header);
    let rows: Vec<_> = parquet.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    let shown: Vec<String> = rows
        .iter()
        .map(|row| {
            let field =
                |name: &str| row.get_column_iter().find(|(column, _)| *column == name).unwrap().1.to_string();
            ["rank", "run", "date", "pass_at_1", "cost", "page"].map(field).join(" ")
        })
        .collect();
    assert!(shown[0].starts_with("1 \"careful\" "), "{shown:?}");
    assert!(shown[0].ends_with(" 0.75 null \"run/careful.html\""), "{shown:?}");
    assert_eq!(shown.len(), 3);
}

/// A run of hostile completions under a hostile name, and what a report makes of it.
#[test]
fn what_a_model_writes_does_no_harm() {
    let directory = tempfile::tempdir().unwrap();
    let hostile = "</script><script>alert(1)</script>\u{1b}[2J\u{202e}\u{9b}31m";
    let long = "x".repeat(1 << 20);
    let completions = [
        format!("    raise ValueError({hostile:?})\n"),
        format!("    # {hostile}\n    return a + b\n"),
        format!("    return '{long}'\n"),
        format!("    return {hostile}\n"),
    ];
    let samples: String = completions
        .iter()
        .map(|completion| {
            serde_json::json!({"task_id": "mini/add", "completion": completion}).to_string() + "\n"
        })
        .collect();
    fs::write(directory.path().join("samples.jsonl"), samples).unwrap();
    let name = "=cmd()|<i onx>\u{1b}[31m\u{202e}";
    karat()
        .current_dir(directory.path())
        .args(["score", "samples.jsonl", "--fuel", "3G", "--allow-partial", "--run-dir", name, "--problems"])
        .arg(file("fixtures/mini.jsonl"))
        .assert()
        .success();
    let mut command = karat();
    command.current_dir(directory.path()).args(["report", name, "--out", "site", "--reveal-tests"]);
    let (stdout, stderr, status) = output(&mut command);
    assert_eq!(status, Some(0), "{stderr}");
    let files = files(&directory.path().join("site"));
    let made =
        files.iter().filter(|(name, _)| name.extension().is_some_and(|one| one != "parquet" && one != "js"));
    let mut texts: Vec<(String, String)> = made
        .map(|(name, content)| (name.display().to_string(), String::from_utf8(content.clone()).unwrap()))
        .collect();
    texts.push(("standard output".into(), stdout.clone()));
    texts.push(("standard error".into(), stderr));
    for (name, content) in &texts {
        for harmful in ["\u{1b}", "\u{202e}", "\u{9b}"] {
            assert!(!content.contains(harmful), "{harmful:?} in {name}");
        }
        if name.ends_with(".html") || name.ends_with(".md") {
            assert!(!content.contains("<script>alert") && !content.contains("<i onx"), "{name}");
        }
    }
    assert!(stdout.contains("=cmd()|<i onx>\\u{1b}[31m\\u{202e}"), "{stdout}");
    let csv = text(&files, "leaderboard.csv");
    let row = csv.lines().nth(1).unwrap();
    assert!(row.starts_with("1,1,\"'=cmd()|"), "no formula: {row}");
    let markdown = text(&files, "leaderboard.md");
    assert!(markdown.contains("\\=cmd\\(\\)\\|&lt;i onx&gt;"), "{markdown}");
    let page = text(&files, "problem/mini-add.html");
    assert!(page.contains("&lt;/script&gt;"), "what the model wrote is there as text");
    assert!(page.len() < 300_000, "a long line is cut: {} bytes", page.len());
}

#[test]
fn runs_that_were_judged_differently_are_compared_with_a_note() {
    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("other");
    copy_run(&sample_run("hasty"), &other, |manifest| manifest.limits.output = Bytes(4096), |_| ());
    let run = format!("{SAMPLE_RUNS}/careful");
    let (stdout, stderr, status) = output(report(&[&run, "--format", "json"]).arg(&other));
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stderr.starts_with("note: The runs were not judged alike"), "{stderr}");
    assert!(stderr.contains("limits: ") && stderr.contains("for other"), "{stderr}");
    let table: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(table["notes"].as_array().unwrap().len(), 1);
}

#[test]
fn the_page_of_a_run_says_how_to_repeat_it_and_not_where_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("other");
    let place = directory.path().display().to_string();
    let change = |manifest: &mut RunManifest| {
        manifest.command =
            ["karat", "score", &format!("{place}/my samples.jsonl"), "--k", "1,3"].map(str::to_owned).into();
    };
    copy_run(&sample_run("hasty"), &other, change, |_| ());
    let (_site, files) = site(&[other.to_str().unwrap(), "--reveal-tests"]);
    let page = text(&files, "run/other.html");
    assert!(page.contains("karat score &#39;my samples.jsonl&#39; --k 1,3"), "{page}");
    for (name, content) in &files {
        assert!(!String::from_utf8_lossy(content).contains(&place), "{}", name.display());
    }
    // The samples that did not pass, with their verdicts, reasons and addresses.
    assert!(page.contains("href=\"../problem/sampler-tide-table.html#other/0\">0</a>"), "{page}");
}

#[test]
fn errors_say_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let mut errors = Vec::new();

    let other_set = |manifest: &mut RunManifest| manifest.problems.digest = "ab".repeat(32);
    copy_run(&sample_run("hasty"), &path("other-set"), other_set, |_| ());
    let careful = format!("{SAMPLE_RUNS}/careful");
    errors.push(error_of(report(&[&careful, "--out"]).arg(path("site")).arg(path("other-set"))));
    errors.push(error_of(report(&["--out"]).arg(path("site")).arg(path("other-set"))));
    let error = error_of(&mut report(&[SAMPLE_RUNS, "--problems", "problems/starter"]));
    assert!(
        error.starts_with("error: problems/starter: not the problem set of the runs (digest "),
        "{error}"
    );

    copy_files(&sample_run("hasty"), &path("unfinished"));
    fs::remove_file(path("unfinished/scores.json")).unwrap();
    let verdicts = fs::read_to_string(path("unfinished/verdicts.jsonl")).unwrap();
    let some: String = verdicts.lines().take(10).map(|line| format!("{line}\n")).collect();
    fs::write(path("unfinished/verdicts.jsonl"), some).unwrap();
    errors.push(error_of(report(&[]).arg(path("unfinished"))));

    fs::create_dir(path("mine")).unwrap();
    fs::write(path("mine/index.html"), "my home page").unwrap();
    errors.push(error_of(report(&[SAMPLE_RUNS, "--out"]).arg(path("mine"))));
    assert_eq!(fs::read_to_string(path("mine/index.html")).unwrap(), "my home page");

    errors.push(error_of(report(&[]).arg(path("mine"))));
    errors.push(error_of(report(&[]).arg(path("nowhere"))));
    errors.push(error_of(report(&[]).arg(path("mine/index.html"))));
    assert!(!path("site").exists());
    let place = directory.path().display().to_string();
    insta::assert_snapshot!(errors.join("\n").replace(&place, "DIR"));
}

#[test]
fn an_older_leaderboard_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("site");
    let one = format!("{SAMPLE_RUNS}/careful");
    report(&[SAMPLE_RUNS, "--out"]).arg(&out).assert().success();
    assert!(out.join("run/terse.html").exists());
    let (stdout, ..) = output(report(&[&one, "--title", "A & B", "--out"]).arg(&out));
    assert!(stdout.ends_with(&format!("leaderboard: {}\n", out.join("index.html").display())), "{stdout}");
    assert!(!out.join("run/terse.html").exists());
    assert!(fs::read_to_string(out.join("index.html")).unwrap().contains("A &amp; B"));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left beside");
}

/// `karat view` with a cache of its own and this as $BROWSER.
fn view(cache: &Path, browser: &str, arguments: &[&str]) -> (String, String, Option<i32>) {
    let mut command = karat();
    command.current_dir(root()).env("KARAT_CACHE_DIR", cache).env("BROWSER", browser).env("PATH", "");
    output(command.args(["view", "reports/sample/runs/careful"]).args(arguments))
}

#[test]
fn view_opens_a_browser_or_says_where_the_report_is() {
    let cache = tempfile::tempdir().unwrap();
    let (printed, stderr, status) = view(cache.path(), "", &["--no-open"]);
    assert_eq!(status, Some(0), "{stderr}");
    let page = Path::new(printed.trim_end());
    assert!(page.starts_with(cache.path()) && page.exists());
    let opened = fs::read_to_string(page).unwrap();
    assert!(opened.contains("url=run/careful.html?samples.failing=1#samples-title"), "{opened}");

    let (stdout, _, status) = view(cache.path(), "/there/is/none", &[]);
    assert_eq!((status, stdout), (Some(0), format!("No browser could be started; open {printed}")));

    let (browser, log) = (cache.path().join("browser"), cache.path().join("log"));
    fs::write(&browser, format!("#!/bin/sh\necho \"$1\" > '{}'\n", log.display())).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    let (stdout, _, status) = view(cache.path(), browser.to_str().unwrap(), &[]);
    assert_eq!((status, &stdout), (Some(0), &printed));
    assert_eq!(fs::read_to_string(log).unwrap(), printed);
    assert_eq!(fs::read_dir(cache.path().join("views")).unwrap().count(), 1, "the same report, once");
}
