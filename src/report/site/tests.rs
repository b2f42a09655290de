//! Whole sites of made-up runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::*;
use crate::complete::price::Price;
use crate::judge::verdict::VerdictKind;
use crate::problem::{Language, Solution};
use crate::stats::{ProblemCounts, RankRange, mean_pass_at_k};

/// What only the judge may see.
const SECRET: &str = "TOP5ECRET";
/// What a model might write to do harm.
const HOSTILE: &str =
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u{1b}[2J\0\u{202e}\"'`{{ 1234 * 1001 }}";

/// A random number from 0 to 1 for each pair: always the same.
fn random(a: usize, b: usize) -> f64 {
    let mut state =
        (a as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (b as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    state ^= state >> 29;
    state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state ^= state >> 32;
    state = state.wrapping_mul(0x94d0_49bb_1331_11eb);
    ((state ^ (state >> 29)) >> 11) as f64 / (1u64 << 53) as f64
}

/// Some runs of some problems, of about evenly falling skill.
pub(super) fn board_input(runs: usize, problems: usize, samples: u64) -> SiteInput {
    let skill = |run: usize| 0.9 - 0.7 * run as f64 / runs as f64;
    let make_run = |run: usize| {
        let results: Vec<ProblemResult> = (0..problems)
            .map(|problem| {
                let chance = skill(run) - 0.6 * (problem as f64 / problems as f64 - 0.5);
                let passed = (0..samples)
                    .filter(|sample| random(run * 1009 + *sample as usize, problem) < chance)
                    .count() as u64;
                let unknown = u64::from(passed < samples && random(problem, run) < 0.02);
                let fuel_ratio = (passed > 0).then(|| 2f64.powf(random(problem + 7, run + 3) * 4.0 - 1.0));
                ProblemResult { counts: ProblemCounts { samples, passed, unknown }, fuel_ratio }
            })
            .collect();
        let counts: Vec<ProblemCounts> = results.iter().map(|result| result.counts).collect();
        let passed: u64 = counts.iter().map(|counts| counts.passed).sum();
        let ks = [1, 5, 10].into_iter().filter(|k| *k <= samples);
        RunInput {
            name: format!("run {run}"),
            size: run.is_multiple_of(2).then(|| ModelSize { parameters: 7e9, text: "7B".into() }),
            price: (run != 1).then_some(Price { input: 0.1, output: 0.4, cached: None }),
            model: run.is_multiple_of(2).then(|| format!("maker/model-{run}")),
            date: jiff::civil::Date::new(2026, 1 + (run % 12) as i8, 3).ok(),
            karat_version: "0.1.0".into(),
            runner: "python-3.12 0123abcd".into(),
            limits: [("fuel".to_owned(), "10,000,000,000".to_owned())].into_iter().collect(),
            judging: "sealed".into(),
            rank: RankRange { best: (run / 2 * 2 + 1) as u32, worst: (run / 2 * 2 + 2).min(runs) as u32 },
            pass_at_k: ks.map(|k| mean_pass_at_k(&counts, k).unwrap()).collect(),
            tokens_in: Some(120_000 + run as u64),
            tokens_out: (run != 1).then_some(2_345_678),
            cost: (run != 1).then(|| 0.03 * 1.35_f64.powi((runs - run) as i32)),
            cost_per_solved: None,
            verdicts: IndexMap::from([
                (VerdictKind::Passed, passed),
                (VerdictKind::WrongAnswer, samples * problems as u64 - passed),
            ]),
            outcomes: results.iter().map(|result| outcomes(result.counts)).collect(),
            problems: results,
            repeat: IndexMap::from([("Command".to_owned(), "karat score samples.jsonl set".to_owned())]),
            notes: Vec::new(),
        }
    };
    let duel = |row: usize, column: usize| {
        let difference = skill(row) - skill(column);
        (row != column).then(|| Duel {
            difference,
            low: difference - 0.05,
            high: difference + 0.05,
            p_value: if difference.abs() > 0.05 { 0.0001 } else { 0.3 },
            adjusted_p_value: if difference.abs() > 0.1 { 0.001 } else { 0.5 },
            won: 30,
            lost: 20,
        })
    };
    SiteInput {
        title: "Test board".into(),
        description: Some("Made-up runs.".into()),
        problem_set: ProblemSetInput {
            name: "Set".into(),
            version: Some("1.0".into()),
            dataset: "karat".into(),
            digest: "00ff".repeat(16),
        },
        runs: (0..runs).map(make_run).collect(),
        problems: (0..problems)
            .map(|problem| ProblemInput {
                task_id: format!("Set/{problem}"),
                title: Some(format!("Problem {problem}")),
                difficulty: Some(["easy", "medium", "hard"][problem * 3 / problems].into()),
                tags: vec!["strings".into()],
                date: jiff::civil::Date::new(2026, 1 + (problem % 12) as i8, 3).ok(),
            })
            .collect(),
        table_ks: Vec::new(),
        head_to_head: (0..runs).map(|row| (0..runs).map(|column| duel(row, column)).collect()).collect(),
        reveal_tests: false,
        notes: vec!["One problem was left out.".into()],
    }
}

/// The first samples pass and the others do not.
fn outcomes(counts: ProblemCounts) -> Vec<Outcome> {
    let outcome = |verdict, samples: std::ops::Range<u64>, reason: &str| Outcome {
        verdict,
        samples: samples.map(|sample| sample as u32).collect(),
        reason: reason.into(),
        other_reasons: 0,
    };
    [
        outcome(VerdictKind::Passed, 0..counts.passed, ""),
        outcome(VerdictKind::WrongAnswer, counts.passed..counts.samples, "test 2 of 3"),
    ]
    .into_iter()
    .filter(|outcome| !outcome.samples.is_empty())
    .collect()
}

/// Texts with secrets where there are tests, and the same hostile text everywhere else.
struct Texts {
    samples: u32,
    text: String,
}

impl PageSource for Texts {
    fn problem(&self, problem: usize) -> Result<ProblemText, SourceError> {
        let hidden = TestText {
            code: Some(format!("assert f() == '{SECRET}'")),
            input: Some(SECRET.into()),
            expected: Some(SECRET.into()),
        };
        Ok(ProblemText {
            language: Language::Python,
            statements: IndexMap::from([(
                "en".to_owned(),
                format!("Add **two** numbers ({problem}). {}", self.text),
            )]),
            prompt: "def add(a, b):\n".into(),
            suffix: None,
            starter_code: None,
            examples: vec![TestText {
                code: None,
                input: Some(self.text.clone()),
                expected: Some("3".into()),
            }],
            hidden_tests: vec![hidden],
            references: vec![Solution::new("first", format!("return '{SECRET}'"))],
        })
    }

    fn prompts(&self, _: usize) -> Result<Vec<PromptInput>, SourceError> {
        Ok(vec![PromptInput { runs: vec![0], text: self.text.clone() }])
    }

    fn samples(&self, run: usize, problem: usize, most: usize) -> Result<Vec<SampleInput>, SourceError> {
        let sample = |sample: u32| SampleInput {
            sample,
            code: format!("def add(a, b):\n    return a + b  # {run} {problem} {sample} {}\n", self.text),
            verdict: VerdictKind::WrongAnswer,
            reason: format!("not the expected answer {}", self.text),
            failing_line: Some(2),
            failing_test: Some(FailingTest {
                number: Some(1),
                total: Some(2),
                hidden: sample.is_multiple_of(2),
                message: Some(if sample.is_multiple_of(2) { SECRET.into() } else { self.text.clone() }),
                assertion: None,
                input: Some(if sample.is_multiple_of(2) { SECRET.into() } else { self.text.clone() }),
                expected: Some("1\n2\n".into()),
                got: Some(format!("1\n{}\n", self.text)),
            }),
            fuel: 12_345,
            interpreter: None,
            answer: Some(AnswerInput {
                text: format!("Here it is: {}", self.text),
                thinking: Some(self.text.clone()),
                extraction: vec![self.text.clone()],
                ..AnswerInput::default()
            }),
        };
        Ok((0..self.samples).take(most).map(sample).collect())
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

/// The files of a site by their names within it.
fn written(input: &SiteInput, source: &Texts) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    write_site(input, source, folder.path()).unwrap();
    files(folder.path())
        .into_iter()
        .map(|(path, content)| {
            let name = path.strip_prefix(folder.path()).unwrap().to_str().unwrap().replace('\\', "/");
            (name, String::from_utf8_lossy(&content).into_owned())
        })
        .collect()
}

fn harmless(samples: u32) -> Texts {
    Texts { samples, text: "plain".into() }
}

#[test]
fn every_run_and_problem_has_a_page_and_every_link_leads_somewhere() {
    let site = written(&board_input(3, 12, 5), &harmless(5));
    for name in ["index.html", "problems.html", "run/run-0.html", "problem/set-11.html", "leaderboard.csv"] {
        assert!(site.contains_key(name), "{name} in {:?}", site.keys());
    }
    for (name, page) in site.iter().filter(|(name, _)| name.ends_with(".html")) {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in page.split("href=\"").skip(1).chain(page.split("src=\"").skip(1)) {
            let link = link.split('"').next().unwrap();
            if link.starts_with("data:") {
                continue;
            }
            let (path, place) =
                link.split_once('#').map_or((link, None), |(path, place)| (path, Some(place)));
            let path = path.split('?').next().unwrap();
            let target = match (path.strip_prefix("../"), folder) {
                _ if path.is_empty() => name.to_owned(),
                (Some(above), _) => above.to_owned(),
                (None, "") => path.to_owned(),
                (None, folder) => format!("{folder}/{path}"),
            };
            let led_to = site.get(&target).unwrap_or_else(|| panic!("{name} links to {link}"));
            let is_there = place.is_none_or(|place| led_to.contains(&format!("id=\"{place}\"")));
            assert!(is_there, "{name} links to {link}, and nothing of {target} is called that");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let input = board_input(12, 40, 5);
    assert_eq!(written(&input, &harmless(5)), written(&input, &harmless(5)));
    let mut other_order = input.clone();
    // Without the head-to-head table, whose rows go with the runs.
    other_order.head_to_head.clear();
    let mut same = other_order.clone();
    same.runs.reverse();
    assert_eq!(
        written(&other_order, &harmless(0)).get("index.html"),
        written(&same, &harmless(0)).get("index.html")
    );
}

#[test]
fn hidden_tests_and_references_are_only_shown_when_asked_for() {
    let mut input = board_input(2, 3, 4);
    for (name, page) in written(&input, &harmless(4)) {
        assert!(!page.contains(SECRET), "{name}");
    }
    input.reveal_tests = true;
    let site = written(&input, &harmless(4));
    let page = &site["problem/set-0.html"];
    assert!(page.contains("Hidden tests") && page.contains("Reference solutions"));
    // A hidden test, the reference, and of each of two runs two samples.
    assert!(page.matches(SECRET).count() >= 3 + 1 + 2 * 2 * 2, "{}", page.matches(SECRET).count());
}

#[test]
fn hostile_texts_do_no_harm_anywhere() {
    let mut input = board_input(3, 3, 2);
    input.title = HOSTILE.into();
    input.description = Some(HOSTILE.into());
    input.problem_set.name = HOSTILE.into();
    input.problem_set.version = Some(HOSTILE.into());
    input.notes = vec![HOSTILE.into()];
    for run in &mut input.runs {
        run.name = format!("={HOSTILE}");
        run.model = Some(HOSTILE.into());
        run.notes = vec![HOSTILE.into()];
        run.runner = HOSTILE.into();
        run.limits.insert(HOSTILE.into(), HOSTILE.into());
        run.repeat.insert(HOSTILE.into(), HOSTILE.into());
        run.size = Some(ModelSize { parameters: 1.0, text: HOSTILE.into() });
        run.outcomes.iter_mut().flatten().for_each(|outcome| outcome.reason = HOSTILE.into());
    }
    for problem in &mut input.problems {
        problem.task_id = format!("{HOSTILE}{}", problem.task_id);
        problem.title = Some(HOSTILE.into());
        problem.difficulty = Some(format!("{HOSTILE}{}", problem.difficulty.take().unwrap()));
        problem.tags = vec![HOSTILE.into()];
    }
    let site = written(&input, &Texts { samples: 2, text: HOSTILE.into() });
    // Parquet is binary: any byte may occur in it.
    for (name, page) in site.iter().filter(|(name, _)| !name.ends_with(".parquet")) {
        let raw = ['\0', '\u{1b}', '\u{202e}'].map(|character| page.contains(character));
        assert_eq!(raw, [false; 3], "{name}");
        if name.ends_with(".html") {
            // The one script of the site, in the head, and data for it on the first page.
            let data = page.matches("<script type=\"application/json\"").count();
            assert_eq!(data, usize::from(name == "index.html"), "{name}");
            assert_eq!(page.matches("<script").count(), 1 + data, "{name}");
            assert!(!page.contains("<img") && !page.contains("1235234"), "{name}");
        }
    }
    assert!(site["leaderboard.csv"].lines().skip(1).all(|line| line.contains(",\"'=")));
    assert!(!site["leaderboard.md"].contains("<script"));
}

#[test]
fn lines_of_a_megabyte_are_cut() {
    let input = board_input(2, 2, 40);
    let site = written(&input, &Texts { samples: 40, text: "<".repeat(1 << 20) });
    let page = &site["problem/set-0.html"];
    assert!(page.contains("bytes more are not shown"));
    // Of 80 samples with 20 kB of code, each of whose characters takes four.
    assert!(page.len() < 30_000_000, "{}", page.len());
}

#[test]
fn a_page_shows_at_most_two_hundred_samples_of_all_runs_alike() {
    let site = written(&board_input(3, 1, 100), &harmless(100));
    let page = &site["problem/set-0.html"];
    assert_eq!(page.matches("<details class=\"sample\"").count(), 200);
    assert!(page.contains("The page shows 200 of 300 samples"));
    assert!(page.contains("33 more samples not shown"), "of the first, 67 are shown");
}

#[test]
fn the_index_of_fifty_runs_and_a_thousand_problems_is_below_a_megabyte() {
    let input = board_input(50, 1000, 10);
    let board = Board::new(&input).unwrap();
    let page = PageTemplates::new().unwrap().render(Page::Index, &IndexView::new(&board).unwrap()).unwrap();
    assert!(page.len() < 1_000_000, "{}", page.len());
    assert!(page.len() > 50_000);
}

#[test]
fn a_board_without_runs_or_problems_is_written() {
    let site = written(&SiteInput::default(), &harmless(0));
    assert!(site["index.html"].contains("0 runs"));
    let mut input = board_input(1, 1, 1);
    input.problems.clear();
    input.runs[0].problems.clear();
    input.runs[0].outcomes.clear();
    input.runs[0].pass_at_k.clear();
    assert!(written(&input, &harmless(0))["run/run-0.html"].contains("Rank 1"));
}

#[test]
fn input_that_contradicts_itself_is_an_error() {
    let mut input = board_input(2, 3, 1);
    input.runs[1].problems.pop();
    let error = write_site(&input, &harmless(1), Path::new("nowhere")).unwrap_err();
    assert!(error.to_string().contains("run 1"), "{error}");
    let mut input = board_input(2, 3, 1);
    input.head_to_head.pop();
    assert!(matches!(
        write_site(&input, &harmless(1), Path::new("nowhere")),
        Err(SiteError::HeadToHead { runs: 2 })
    ));
    assert!(!Path::new("nowhere").exists());
}

#[test]
fn tables_for_programs_agree_with_the_input() {
    let input = board_input(3, 10, 5);
    let site = written(&input, &harmless(0));
    let csv: Vec<&str> = site["leaderboard.csv"].lines().collect();
    assert!(csv[0].starts_with("rank,rank_worst,run,model,date,pass_at_1,pass_at_1_low,pass_at_1_high"));
    assert_eq!(csv.len(), 4);
    assert!(csv[1].starts_with("1,2,\"run 0\",maker/model-0,2026-01-03,"), "{}", csv[1]);
    let json: serde_json::Value = serde_json::from_str(&site["leaderboard.json"]).unwrap();
    assert_eq!(json["runs"][2]["rank"], 3);
    assert_eq!(json["runs"][1]["cost"], serde_json::Value::Null);
    // serde_json may read a number one digit of the last place apart from what was written.
    let value = json["runs"][0]["pass_at_k"][0]["value"].as_f64().unwrap();
    assert!((value - input.runs[0].pass_at_k[0].value).abs() < 1e-12);
    let markdown = &site["leaderboard.md"];
    assert_eq!(markdown.lines().filter(|line| line.starts_with('|')).count(), 5);
    assert!(markdown.contains("| 1–2 | run 0 |"), "{markdown}");
}

#[test]
fn the_index_of_a_small_board() {
    let mut input = board_input(2, 4, 1);
    input.head_to_head.clear();
    let board = Board::new(&input).unwrap();
    let page = PageTemplates::new().unwrap().render(Page::Index, &IndexView::new(&board).unwrap()).unwrap();
    let start = page.find("<section").unwrap();
    let end = page.find("<figure").unwrap();
    insta::assert_snapshot!(page[start..end].trim());
}

/// The colour of a variable of the style sheet in one of the schemes, light first.
fn colour(name: &str, scheme: usize) -> [f64; 3] {
    let start =
        STYLE.find(&format!("  --{name}: light-dark(")).unwrap_or_else(|| panic!("there is no --{name}"));
    let value = STYLE[start..].split(['#', ')']).nth(1 + scheme).unwrap();
    [0, 2, 4].map(|index| f64::from(u8::from_str_radix(&value[index..index + 2], 16).unwrap()) / 255.0)
}

/// The contrast of two colours by WCAG 2.2, from 1 to 21.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let linear = |part: f64| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    let luminance =
        |[red, green, blue]: [f64; 3]| 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colours_have_enough_contrast_in_both_schemes() {
    // Texts need 4.5, and what is drawn 3.
    let needed = [
        (4.5, "paper", "ink muted link pass fail unknown"),
        (4.5, "raised", "ink muted link"),
        (4.5, "won", "ink won-sign"),
        (4.5, "lost", "ink lost-sign"),
        (3.0, "paper", "s0 s1 s2 s3 s4 s5 s6 s7 rest h4"),
    ];
    for (least, ground, names) in needed {
        for name in names.split(' ') {
            for scheme in [0, 1] {
                let contrast = contrast(colour(name, scheme), colour(ground, scheme));
                assert!(contrast >= least, "{name} on {ground}, scheme {scheme}: {contrast:.2}");
            }
        }
    }
}

#[test]
fn shades_of_the_heat_map_go_one_way() {
    for scheme in [0, 1] {
        let paper = colour("paper", scheme);
        let contrasts: Vec<f64> =
            (0..6).map(|shade| contrast(colour(&format!("h{shade}"), scheme), paper)).collect();
        assert!(contrasts.windows(2).all(|pair| pair[1] > pair[0] * 1.2), "{contrasts:?}");
    }
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    for text in [STYLE, SCRIPT] {
        assert!(!text.contains("http") && !text.contains("url(") && !text.contains("@import"));
    }
}
