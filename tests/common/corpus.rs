//! Corpora of programs for sealed judging, each with the verdict that it must get.
//!
//! A corpus is a folder of Python files. Comments in their first lines say what they are about:
//!
//! ```text
//! # What it tries.
//! # verdict: wrong_answer
//! # problem: round_trip       (one or more of the corpus; the first, where this is missing)
//! # rules: exact tokens       (the comparison rules to judge it by; all of them, where this is missing)
//! ```
//!
//! Programs in the folder's `honest` folder are odd, but right: they must pass. All others must not.

use std::path::{Path, PathBuf};

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::reference::ReferenceRun;
use karat::judge::verdict::{Judgement, Judging, VerdictKind};
use karat::problem::{Comparison, Dataset, Problem};
use karat::sandbox::Fuel;

/// A completion's record, as JSON, may not be longer, whatever the program did.
const LONGEST_JUDGEMENT: usize = 16 << 10;
/// Only programs whose path contains the value of this variable are judged.
const ONLY: &str = "KARAT_CHEATS";

/// Programs that pretend to solve some problems.
pub(crate) struct Corpus {
    /// The folder in `tests/cheats`.
    pub folder: &'static str,
    /// The least number of programs that may not pass.
    pub least: usize,
    /// Where the problems come from.
    pub dataset: Dataset,
    /// Limit of fuel for a test.
    pub fuel: Fuel,
    /// The problems, and the same one again for each comparison rule. Each has a reference.
    pub problems: Vec<Problem>,
}

/// A program of a corpus.
struct Program {
    path: PathBuf,
    text: String,
    verdict: String,
    problems: Option<Vec<String>>,
    rules: Option<Vec<String>>,
}

/// A problem and what its reference solution did.
struct Measured<'a> {
    problem: &'a Problem,
    reference: ReferenceRun,
}

impl Corpus {
    /// Judges the reference solutions, then every program.
    #[track_caller]
    pub(crate) fn every_program_gets_its_verdict(&self) {
        let limits = Limits { fuel: Some(self.fuel), ..Limits::default() };
        let judge = Judge::new(super::runners(), limits, self.dataset);
        let measured: Vec<Measured> = self
            .problems
            .iter()
            .map(|problem| Measured {
                problem,
                reference: judge.measure(problem).expect("a cell can be made"),
            })
            .collect();
        let mut faults = Vec::new();
        for Measured { problem, reference } in &measured {
            let solution = problem.reference().expect("every problem has a reference");
            let answer = Answer::continuation(&solution.source);
            let judgement = sealed(&judge, problem, answer, reference);
            self.look_at(problem, "its reference", "passed", &judgement, &mut faults);
        }

        let folder = super::file("cheats").join(self.folder);
        let cheats = programs(&folder);
        let honest = programs(&folder.join("honest"));
        let only = std::env::var(ONLY).unwrap_or_default();
        assert!(cheats.len() >= self.least || !only.is_empty(), "only {} cheats were found", cheats.len());
        assert!(cheats.iter().all(|cheat| !["passed", "inconclusive"].contains(&cheat.verdict.as_str())));
        assert!(honest.iter().all(|program| program.verdict == "passed"));
        for program in cheats.iter().chain(&honest) {
            if program.path.to_string_lossy().contains(&only) {
                self.judge(&judge, &measured, program, &mut faults);
            }
        }
        assert!(faults.is_empty(), "{} faults in {}:\n{}", faults.len(), self.folder, faults.join("\n"));
    }

    fn judge(&self, judge: &Judge, measured: &[Measured], program: &Program, faults: &mut Vec<String>) {
        let name =
            program.path.strip_prefix(super::file("cheats")).unwrap_or(&program.path).to_string_lossy();
        let mut problems =
            measured.iter().filter(|measured| self.concerns(program, measured.problem)).peekable();
        assert!(problems.peek().is_some(), "{name} names a problem or a rule that is not there");
        for Measured { problem, reference } in problems {
            // A continuation begins within the function that the prompt left open.
            let is_continuation = first_line_of_code(&program.text).starts_with(' ');
            let answer = Answer::program(&program.text);
            let answer = if is_continuation { Answer::continuation(&program.text) } else { answer };
            let judgement = sealed(judge, problem, answer, reference);
            self.look_at(problem, &name, &program.verdict, &judgement, faults);
            // The rule matters only where an answer was compared.
            if !["wrong_answer", "passed"].contains(&program.verdict.as_str()) {
                break;
            }
        }
    }

    fn concerns(&self, program: &Program, problem: &Problem) -> bool {
        let name = |problem: &Problem| problem.task_id.as_str().rsplit('/').next().map(str::to_owned);
        let is_meant = match &program.problems {
            Some(names) => name(problem).is_some_and(|name| names.contains(&name)),
            None => name(problem) == self.problems.first().and_then(name),
        };
        let rules = program.rules.as_ref();
        is_meant && rules.is_none_or(|rules| rules.iter().any(|rule| rule == problem.comparison.name()))
    }

    /// What must hold of every judgement, and of one that must have a verdict of this kind.
    fn look_at(
        &self,
        problem: &Problem,
        name: &str,
        expected: &str,
        judgement: &Judgement,
        faults: &mut Vec<String>,
    ) {
        let mut fault = |what: String| {
            let rule = problem.comparison.name();
            faults.push(format!("{name}, {} by {rule}: {what}", problem.task_id));
        };
        let kind = judgement.verdict.kind();
        let text = serde_json::to_string(judgement).expect("a judgement is JSON");
        if kind.name() != expected {
            let got: String = text.chars().take(400).collect();
            fault(format!("expected {expected}, got {got}"));
        }
        // A test that hands the candidate something that can not cross is open by nature; none of the cheats' tests
        // does.
        if judgement.open && kind != VerdictKind::Passed {
            fault("the seal was opened".into());
        }
        if text.len() > LONGEST_JUDGEMENT {
            fault(format!("the judgement takes {} bytes", text.len()));
        }
        let executions = judgement.tests.map_or(1, |tests| u64::from(tests.run));
        if judgement.fuel.0 > self.fuel.0.saturating_mul(executions) {
            fault(format!("{} units of fuel were burned in {executions} tests", judgement.fuel.0));
        }
    }
}

/// Judges nothing but each problem's own reference, for sets of problems in which something is odd. It passes, sealed
/// except in the problems that are named as `open`.
#[track_caller]
pub(crate) fn every_reference_passes(problems: &[Problem], dataset: Dataset, fuel: Fuel, open: &[&str]) {
    let judge = Judge::new(super::runners(), Limits { fuel: Some(fuel), ..Limits::default() }, dataset);
    let mut faults = Vec::new();
    for problem in problems {
        let reference = judge.measure(problem).expect("a cell can be made");
        let solution = problem.reference().expect("every problem has a reference");
        let judgement = sealed(&judge, problem, Answer::continuation(&solution.source), &reference);
        let is_open = problem.task_id.as_str().rsplit('/').next().is_some_and(|name| open.contains(&name));
        if judgement.verdict.kind() != VerdictKind::Passed || judgement.open != is_open {
            faults.push(format!("{}, open: {}: {:?}", problem.task_id, judgement.open, judgement.verdict));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn sealed(judge: &Judge, problem: &Problem, answer: Answer, reference: &ReferenceRun) -> Judgement {
    let judgements = judge.judge(problem, answer, Some(reference), Judging::Sealed);
    judgements.into_counted()
}

/// The programs in a folder, in the order of their names; none if there is no such folder.
fn programs(folder: &Path) -> Vec<Program> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect();
    paths.sort();
    paths.into_iter().map(program).collect()
}

fn program(path: PathBuf) -> Program {
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let field = |name: &str| {
        let comments = text.lines().skip(1).take_while(|line| line.starts_with("# "));
        comments.filter_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(": ")).next()
    };
    let verdict = field("verdict").unwrap_or_else(|| panic!("{} names no verdict", path.display()));
    let verdict = verdict.to_owned();
    let names = |field: &str| field.split(' ').map(str::to_owned).collect();
    let (problems, rules) = (field("problem").map(names), field("rules").map(names));
    let forges = ["forge_", "guest_modules"].iter().any(|helper| text.contains(helper));
    let text = if forges { format!("{}\n\n{text}", forge()) } else { text };
    Program { path, text, verdict, problems, rules }
}

/// Programs that forge what their cell says use these.
fn forge() -> String {
    std::fs::read_to_string(super::file("cheats/forge.py")).expect("the helpers are there")
}

fn first_line_of_code(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default()
}

/// The problems again for each of these rules, under the same names.
pub(crate) fn by_rules(problem: &Problem, rules: impl IntoIterator<Item = Comparison>) -> Vec<Problem> {
    rules.into_iter().map(|comparison| Problem { comparison, ..problem.clone() }).collect()
}
