use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::complete::query::Parameters;
use crate::judge::limits::Limits;
use crate::judge::verdict::Judging;
use crate::problem::Dataset;
use crate::record::{
    FORMAT, ModelIdentity, ProblemSetIdentity, RunManifest, RunnerIdentity, SamplesIdentity,
};

fn manifest() -> RunManifest {
    RunManifest {
        format: FORMAT,
        name: None,
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
        limits: Limits::default(),
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
    let rule = RegressionRule { k: 1, max_drop: drop.parse().unwrap(), alpha: 0.05 };
    check(&results("baseline", baseline), &results("run", run), rule, &Reasons::default()).unwrap().outcome
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
    let rule = RegressionRule { k: 1, max_drop: Drop(0.0), alpha: 0.05 };
    let reasons = Reasons {
        failed: BTreeMap::from([(TaskId::new("T/000"), "wrong_answer: got 1, expected 2".to_owned())]),
        ..Reasons::default()
    };
    let check = check(&results("b", "ppffup"), &results("r", "fpfppu"), rule, &reasons).unwrap();
    let changes: Vec<Change> = check.problems.iter().map(|problem| problem.change).collect();
    use Change::*;
    assert_eq!(changes, [NewlyFailing, StillPassing, StillFailing, NewlyPassing, Unknown, Unknown]);
    assert_eq!(check.problems[0].failure.as_deref(), Some("wrong_answer: got 1, expected 2"));
    assert_eq!(check.compared.newly_failing, [TaskId::new("T/000")]);
    assert_eq!(check.compared.newly_passing, [TaskId::new("T/003")]);
}

/// Results of problems with four samples each, given how many of them pass.
fn four_samples(name: &str, passed: &[u64]) -> RunResults {
    let problems = passed.iter().enumerate().map(|(index, &passed)| {
        (TaskId::new(format!("T/{index:03}")), ProblemCounts { samples: 4, passed, unknown: 0 })
    });
    RunResults::for_tests(name, manifest(), problems.collect())
}

#[test]
fn what_got_worse_is_named_the_largest_drop_first() {
    let rule = RegressionRule { k: 1, max_drop: Drop(0.02), alpha: 0.05 };
    let mut now = vec![3; 20];
    now.extend([1, 4, 4]);
    let check =
        check(&four_samples("b", &[4; 23]), &four_samples("r", &now), rule, &Reasons::default()).unwrap();
    assert_eq!(check.outcome, Outcome::Regressed);
    assert_eq!(check.changed(Change::StillPassing).len(), 2);
    let worse: Vec<&str> = check.worse().iter().map(|problem| problem.task_id.as_str()).collect();
    assert_eq!((worse.len(), worse[0], worse[1]), (21, "T/020", "T/000"));
    assert_eq!(check.worse()[0].words(), "4 of 4 → 1 of 4");
    let named = &check.named()[0];
    assert_eq!((named.title, named.problems.len()), ("Passing less often", 21));
    assert_eq!(check.notes(), ["Of 23 problems 21 are worse, 0 better and 2 equal by pass@1."]);
    assert!(markdown::summary(&check).contains("### Passing less often: 21\n\nA smaller share of the samples passes than before, but some do.\n\n- T/020: 4 of 4 → 1 of 4\n"));
    assert!(
        annotations::annotations(&check).contains("::warning title=T/020 passes less often::4 of 4 → 1 of 4")
    );
}

#[test]
fn the_reason_of_what_could_not_be_judged_is_why_it_was_not() {
    let rule = RegressionRule { k: 1, max_drop: Drop(0.02), alpha: 0.05 };
    let id = || TaskId::new("T/000");
    let reasons = Reasons {
        failed: BTreeMap::from([(id(), "wrong_answer: got 1, expected 2".to_owned())]),
        not_judged: BTreeMap::from([(
            id(),
            "unsupported: needs `numpy`, which the sandbox does not have".to_owned(),
        )]),
    };
    let one = |passed, unknown| {
        RunResults::for_tests(
            "r",
            manifest(),
            BTreeMap::from([(id(), ProblemCounts { samples: 4, passed, unknown })]),
        )
    };
    let words = |before: &RunResults, now: &RunResults| {
        check(before, now, rule, &reasons).unwrap().problems[0].words()
    };
    assert_eq!(
        words(&one(3, 0), &one(2, 1)),
        "3 of 4 → 2 of 4, 1 not judged; unsupported: needs `numpy`, which the sandbox does not have"
    );
    assert_eq!(words(&one(2, 2), &one(3, 0)), "2 of 4, 2 not judged → 3 of 4; in the baseline");
    assert_eq!(
        words(&one(4, 0), &one(1, 1)),
        "4 of 4 → 1 of 4, 1 not judged; wrong_answer: got 1, expected 2"
    );
}

proptest! {
    #[test]
    fn every_form_says_what_the_exit_status_says(
        (baseline, run) in (0_usize..40).prop_flat_map(|count| {
            let verdicts = || proptest::collection::vec("[ppppfu]", count + 1).prop_map(|verdicts| verdicts.concat());
            (verdicts(), verdicts())
        }),
        drop in 0_u8..30,
    ) {
        let rule = RegressionRule { k: 1, max_drop: Drop(f64::from(drop) / 100.0), alpha: 0.05 };
        let check = check(&results("b", &baseline), &results("r", &run), rule, &Reasons::default()).unwrap();
        let junit = junit::junit(&check).unwrap();
        prop_assert_eq!(junit.contains("<failure"), check.outcome == Outcome::Regressed);
        prop_assert_eq!(junit.contains("<error"), check.outcome == Outcome::Inconclusive);
        let summary = markdown::summary(&check);
        let heading = format!("karat check: {}\n", check.outcome.name());
        prop_assert!(summary.contains(&heading), "{}", summary);
        let annotations = annotations::annotations(&check);
        prop_assert_eq!(annotations.contains("::error"), check.outcome == Outcome::Regressed);
        prop_assert_eq!(annotations.contains("::warning"), check.outcome != Outcome::Passed && (check.outcome == Outcome::Inconclusive || !check.worse().is_empty()));
        if check.outcome != Outcome::Passed && check.changed(Change::Unknown).is_empty() {
            prop_assert!(!check.worse().is_empty(), "what got worse is named");
        }
    }
}

/// A check in which everything that comes from outside is hostile.
fn hostile() -> Check {
    let text = "</failure><script>alert(1)</script> | `x` [a](javascript:b) \u{1b}[2J\u{202e}\0 ::error::x %0A\r\n::set-output";
    let rule = RegressionRule { k: 1, max_drop: Drop(0.0), alpha: 0.05 };
    let failed = BTreeMap::from([(TaskId::new("T/000"), text.to_owned())]);
    let reasons = Reasons { failed, ..Reasons::default() };
    let mut check = check(&results("b", "pp"), &results(text, "fp"), rule, &reasons).unwrap();
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
fn a_run_that_was_judged_both_ways_compares_with_a_sealed_one() {
    let judged = |judging| {
        let mut run = results("run", "p");
        run.manifest.judging = judging;
        run
    };
    let sealed = judged(Judging::Sealed);
    assert!(sealed.differences(&judged(Judging::Both)).is_empty(), "of both, the sealed verdicts count");
    assert_eq!(sealed.differences(&judged(Judging::Compat)).len(), 1);
    assert_eq!(judged(Judging::Both).differences(&judged(Judging::Compat)).len(), 1);
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
    for text in ["2pp", "7pp", "0.1pp", "14.35pp", "100pp", "0pp"] {
        assert_eq!(text.parse::<Drop>().unwrap().to_string(), text);
    }
    assert_eq!(" 0.5 pp".parse(), Ok(Drop(0.005)));
    for wrong in ["2", "2%", "-1pp", "101pp", "NaNpp", "pp"] {
        assert!(wrong.parse::<Drop>().is_err(), "{wrong}");
    }
}
