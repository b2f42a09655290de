use std::collections::BTreeMap;

use super::*;
use crate::complete::query::Parameters;
use crate::judge::verdict::Judging;
use crate::problem::Dataset;
use crate::record::{
    FORMAT, ModelIdentity, ProblemSetIdentity, RunManifest, RunnerIdentity, SamplesIdentity,
};

fn manifest() -> RunManifest {
    RunManifest {
        format: FORMAT,
        karat_version: "0.1.0".into(),
        command: Vec::new(),
        problems: ProblemSetIdentity {
            name: "Toy".into(),
            dataset: Dataset::HumanEval,
            path: "Toy.jsonl".into(),
            digest: "00".into(),
            from: None,
            to: None,
        },
        samples: SamplesIdentity { path: None, digest: String::new(), count: 0 },
        model: None,
        date: None,
        runner: RunnerIdentity { name: "python".into(), digest: "11".into() },
        judging: Judging::Sealed,
        all_tests: false,
        limits: serde_json::json!({}),
        ks: vec![1],
        seed: 0,
    }
}

/// Results of problems with one sample each: `p` passes, `f` fails, `u` is unknown.
fn results(name: &str, verdicts: &str) -> RunResults {
    let problems = verdicts.chars().enumerate().map(|(index, verdict)| {
        let counts = ProblemCounts {
            samples: 1,
            passed: u64::from(verdict == 'p'),
            unknown: u64::from(verdict == 'u'),
        };
        (TaskId::new(format!("T/{index:03}")), counts)
    });
    RunResults::for_tests(name, manifest(), problems.collect())
}

fn outcome(baseline: &str, run: &str, drop: &str) -> Outcome {
    let rule = Rule { k: 1, max_drop: drop.parse().unwrap(), alpha: 0.05 };
    check(&results("baseline", baseline), &results("run", run), rule, &BTreeMap::new()).unwrap().outcome
}

#[test]
fn a_run_regresses_only_beyond_the_allowed_drop_and_beyond_chance() {
    let hundred = "p".repeat(100);
    let worse = |failing: usize| "f".repeat(failing) + &"p".repeat(100 - failing);
    assert_eq!(outcome(&hundred, &hundred, "0pp"), Outcome::Passed);
    assert_eq!(outcome(&hundred, &worse(2), "2pp"), Outcome::Passed, "exactly what is allowed");
    // Five of five changes to the worse: p = 2 / 2^5, chance; six: p = 2 / 2^6, not.
    assert_eq!(outcome(&hundred, &worse(5), "2pp"), Outcome::Inconclusive);
    assert_eq!(outcome(&hundred, &worse(6), "2pp"), Outcome::Regressed);
    assert_eq!(outcome(&hundred, &worse(6), "10pp"), Outcome::Passed);
    assert_eq!(outcome(&worse(6), &hundred, "0pp"), Outcome::Passed, "better is never worse");
}

#[test]
fn what_could_not_be_judged_is_neither_a_drop_nor_none() {
    let hundred = "p".repeat(100);
    assert_eq!(outcome(&hundred, &("u".repeat(6) + &"p".repeat(94)), "2pp"), Outcome::Inconclusive);
    assert_eq!(outcome(&hundred, &("u".repeat(2) + &"p".repeat(98)), "2pp"), Outcome::Passed);
    assert_eq!(
        outcome(&hundred, &("u".to_owned() + &"f".repeat(9) + &"p".repeat(90)), "2pp"),
        Outcome::Regressed
    );
}

#[test]
fn problems_are_named_by_how_they_changed() {
    let rule = Rule { k: 1, max_drop: Drop(0.0), alpha: 0.05 };
    let failures = BTreeMap::from([(TaskId::new("T/000"), "wrong_answer: got 1, expected 2".to_owned())]);
    let check = check(&results("b", "ppffup"), &results("r", "fpfppu"), rule, &failures).unwrap();
    let changes: Vec<Change> = check.problems.iter().map(|problem| problem.change).collect();
    use Change::*;
    assert_eq!(changes, [NewlyFailing, StillPassing, StillFailing, NewlyPassing, StillPassing, Unknown]);
    assert_eq!(check.problems[0].failure.as_deref(), Some("wrong_answer: got 1, expected 2"));
    assert_eq!(check.compared.newly_failing, [TaskId::new("T/000")]);
    assert_eq!(check.compared.newly_passing, [TaskId::new("T/003")]);
}

/// A check in which everything that comes from outside is hostile.
fn hostile() -> Check {
    let text = "</failure><script>alert(1)</script> | `x` [a](javascript:b) \u{1b}[2J\u{202e}\0 ::error::x %0A\r\n::set-output";
    let rule = Rule { k: 1, max_drop: Drop(0.0), alpha: 0.05 };
    let failures = BTreeMap::from([(TaskId::new("T/000"), text.to_owned())]);
    let mut check = check(&results("b", "pp"), &results(text, "fp"), rule, &failures).unwrap();
    check.problems[0].task_id = TaskId::new(text);
    check
}

#[test]
fn hostile_text_stays_text_in_every_form() {
    let check = hostile();
    let junit = junit::junit(&check).unwrap();
    let markdown = markdown::summary(&check);
    let annotations = annotations::annotations(&check);
    for text in [&junit, &markdown, &annotations] {
        let control = |character: char| character.is_control() && character != '\n';
        assert!(!text.contains(control) && !text.contains('\u{202e}'), "{text}");
    }
    assert!(!junit.contains("<script>") && !markdown.contains("<script>"));
    assert_eq!(junit.matches("<testcase").count(), 3);
    assert!(annotations.lines().all(|line| line.starts_with("::")), "{annotations}");
    assert_eq!(annotations.lines().count(), 2, "{annotations}");
    assert!(!markdown.contains("](javascript"));
}

#[test]
fn a_run_is_called_by_its_model_and_language() {
    let mut run = results("directory", "p");
    assert_eq!(run.title(), "directory");
    let model = |language: Option<&str>| ModelIdentity {
        model: "openai:gpt-5".parse().unwrap(),
        address: None,
        setup: Default::default(),
        resources: Default::default(),
        parameters: Parameters::default(),
        samples: 1,
        prompts: String::new(),
        language: language.map(str::to_owned),
    };
    run.manifest.model = Some(model(None));
    assert_eq!(run.title(), "openai:gpt-5");
    run.manifest.model = Some(model(Some("zh")));
    assert_eq!(run.title(), "openai:gpt-5 [zh]");
}

#[test]
fn drops_are_percentage_points() {
    assert_eq!("2pp".parse(), Ok(Drop(0.02)));
    assert_eq!(" 0.5 pp".parse(), Ok(Drop(0.005)));
    for wrong in ["2", "2%", "-1pp", "101pp", "NaNpp", "pp"] {
        assert!(wrong.parse::<Drop>().is_err(), "{wrong}");
    }
}
