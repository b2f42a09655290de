//! C and C++: compiled in cells, run in others, and judged.

#[path = "../common/mod.rs"]
mod common;

mod assertions;
mod programs;

use std::sync::OnceLock;

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judgement, Judging, Verdict};
use karat::language::Language;
use karat::problem::{Dataset, Problem};
use karat::runner::install::cache_directory;
use karat::runner::{Runners, clang};
use karat::sandbox::Fuel;

/// The runners of both languages, which are installed together.
fn runners() -> &'static Runners {
    static RUNNERS: OnceLock<Runners> = OnceLock::new();
    RUNNERS.get_or_init(|| {
        let cache = cache_directory().expect("there is a home directory");
        let recipes = [clang::C_RECIPE, clang::CPP_RECIPE].into_iter();
        recipes.map(|recipe| recipe.install(&cache, &mut |_| ()).expect("it can be installed").0).collect()
    })
}

fn judge(dataset: Dataset) -> Judge<'static> {
    let limits = Limits { fuel: Some(Fuel(3_000_000_000)), ..Limits::default() };
    Judge::new(runners(), limits, dataset).all_tests(true)
}

/// The judgement of a whole program, or of what follows the prompt.
fn judged(problem: &Problem, answer: Answer) -> Judgement {
    let judge = judge(Dataset::Karat);
    judge.judge(problem, answer, None, Judging::Sealed).into_counted()
}

/// A verdict as a line: its name, and what it says.
fn line(verdict: &Verdict) -> String {
    let what = match verdict {
        Verdict::CompileError { message } => message.clone(),
        Verdict::Exception(raised) => format!("{}: {}", raised.exception, raised.message),
        Verdict::Exited { how } => how.clone(),
        Verdict::Unsupported { needs } => needs.clone(),
        Verdict::Inconclusive { reason } => reason.clone(),
        Verdict::WrongAnswer(mismatch) => {
            let line = mismatch.line.map(|line| format!("line {line}: ")).unwrap_or_default();
            format!(
                "{line}{}",
                mismatch.assertion.as_deref().or(mismatch.got.as_deref()).unwrap_or_default().trim()
            )
        }
        _ => String::new(),
    };
    format!("{} {what}", verdict.kind().name()).trim().to_owned()
}

#[test]
fn the_runner_is_listed_once_with_both_languages() {
    runners();
    let output = common::karat().args(["runners", "verify", "--format", "json"]).output().expect("it runs");
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let rows: Vec<&serde_json::Value> = rows.iter().filter(|row| row["runner"] == "clang").collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0]["state"], "verified", "{rows:?}");
    for language in [Language::C, Language::Cpp] {
        assert!(language.runs_here());
        assert_eq!(runners().get(language).expect("it is installed").language(), language);
    }
}
