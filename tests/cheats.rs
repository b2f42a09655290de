//! Completions that try to pass without solving the problem. None may pass under sealed judging, and each must get
//! the verdict that its second line names: `# verdict: exited`. There is a folder for each kind of test.

mod common;

use std::path::{Path, PathBuf};

use common::{calls_problem, stdio_problem};
use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judging, Verdict};
use karat::problem::load::load;
use karat::problem::{Comparison, Dataset, Problem};
use karat::sandbox::Fuel;

/// The cheats of one kind of test.
struct Corpus<'a> {
    /// The folder in `tests/cheats`.
    folder: &'a str,
    /// It has at least so many.
    least: usize,
    /// What they pretend to solve, once for each comparison rule that could be taken in.
    problems: Vec<Problem>,
    dataset: Dataset,
    /// Limit of fuel for a test.
    fuel: Fuel,
    /// A solution that passes.
    honest: &'a str,
    answer: fn(&str) -> Answer<'_>,
}

impl Corpus<'_> {
    #[track_caller]
    fn no_cheat_passes(&self) {
        let limits = Limits { fuel: Some(self.fuel), ..Limits::default() };
        let judge = Judge::new(common::runner(), limits, self.dataset);
        let verdict = |problem: &Problem, text: &str| {
            let judgement = judge.judge(problem, (self.answer)(text), None, Judging::Sealed);
            let judgement = judgement.sealed.expect("sealed was asked for");
            assert!(!judgement.open, "the completion opened the seal:\n{text}");
            judgement.verdict
        };
        for problem in &self.problems {
            assert_eq!(verdict(problem, self.honest), Verdict::Passed, "{:?}", problem.comparison);
        }

        let paths = python_files(&common::file("cheats").join(self.folder));
        assert!(paths.len() >= self.least, "only {} cheats were found", paths.len());
        let mut wrong = Vec::new();
        for path in &paths {
            let text = std::fs::read_to_string(path).unwrap();
            let expected = text.lines().nth(1).and_then(|line| line.strip_prefix("# verdict: "));
            let expected = expected.unwrap_or_else(|| panic!("{} names no verdict", path.display()));
            for problem in &self.problems {
                let got = verdict(problem, &text);
                if got.kind().name() != expected {
                    let name = path.file_stem().unwrap().to_string_lossy();
                    wrong.push(format!(
                        "{name} by {:?}: expected {expected}, got {got:?}",
                        problem.comparison
                    ));
                }
                // The rule only matters where an answer was compared.
                if expected != "wrong_answer" {
                    break;
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), paths.len(), wrong.join("\n"));
    }
}

#[test]
fn no_cheat_passes_assertions() {
    let set = load(&common::file("cheats/assertions/problem.json"), None).unwrap();
    let problem = set.problems().next().unwrap().unwrap();
    Corpus {
        folder: "assertions",
        least: 70,
        honest: &problem.reference().unwrap().source,
        problems: vec![problem.clone()],
        dataset: set.dataset,
        fuel: Fuel(20_000_000_000),
        answer: |text| Answer::continuation(text),
    }
    .no_cheat_passes();
}

/// `solve(items)` adds up numbers, or puts texts or lists together. What is expected is nowhere in the arguments.
#[test]
fn no_cheat_passes_calls() {
    let tests = [
        ("[3, 1, 3, 2]", "9"),
        ("['mari', 'gold']", "'marigold'"),
        ("[[1], [2, 3], [[4]]]", "[1, 2, 3, [4]]"),
        ("[0.5, 0.25]", "0.75"),
        ("[[], []]", "[]"),
        ("[4096, 8192, 16384]", "28672"),
    ];
    let rules = [
        Comparison::Values,
        Comparison::Exact,
        Comparison::Numbers { absolute: 1e-9, relative: 1e-9 },
        Comparison::Unordered,
        Comparison::EvalPlus { atol: 1e-6, oracle: Default::default() },
        Comparison::Apps,
        Comparison::LiveCodeBench,
        Comparison::Checker {
            source: "def check(input, expected, output):\n    return output == expected\n".into(),
        },
    ];
    Corpus {
        folder: "calls",
        least: 35,
        problems: rules.map(|rule| calls_problem(&tests, rule)).into(),
        dataset: Dataset::Karat,
        fuel: Fuel(4_000_000_000),
        honest: "def solve(items):\n    total = items[0]\n    for item in items[1:]:\n        total = total + item\n    \
                 return total\n",
        answer: |text| Answer::program(text),
    }
    .no_cheat_passes();
}

/// A count, then so many numbers: their sum and the largest are asked for, a line each.
#[test]
fn no_cheat_passes_stdio() {
    let tests = [
        ("3\n1 2 4\n", "7\n4\n"),
        ("1\n-5\n", "-5\n-5\n"),
        ("2\n7300 1\n", "7301\n7300\n"),
        ("4\n10 20 30 40\n", "100\n40\n"),
        ("2\n0 0\n", "0\n0\n"),
    ];
    let rules = [
        Comparison::TrimmedLines,
        Comparison::Exact,
        Comparison::Tokens,
        Comparison::Numbers { absolute: 1e-9, relative: 1e-9 },
        Comparison::Unordered,
        Comparison::Apps,
        Comparison::LiveCodeBench,
        Comparison::CodeContests,
        Comparison::Checker {
            source: "def check(input, expected, output):\n    return output.split() == expected.split()\n"
                .into(),
        },
    ];
    Corpus {
        folder: "stdio",
        least: 35,
        problems: rules.map(|rule| stdio_problem(&tests, rule)).into(),
        dataset: Dataset::Karat,
        fuel: Fuel(4_000_000_000),
        honest: "input()\nnumbers = [int(word) for word in input().split()]\nprint(sum(numbers))\nprint(max(numbers))\n",
        answer: |text| Answer::program(text),
    }
    .no_cheat_passes();
}

fn python_files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect();
    paths.sort();
    paths
}
