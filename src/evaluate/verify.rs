//! Whether the problems of a set are in order, and how many mutants of their reference solutions their tests catch.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;

use super::{EvaluateError, Event, Executor, Observer};
use crate::complete::Answer;
use crate::judge::Judge;
use crate::judge::limits::Limits;
use crate::judge::mutation_score::MutationScore;
use crate::judge::prepared::PreparedProblems;
use crate::judge::verify::{Finding, Verification};
use crate::problem::{Dataset, ProblemSet, TaskId};

/// How many right, and how many wrong, solutions of a problem of a published set are judged where nobody says: some
/// have hundreds.
const SOLUTIONS_OF_OTHERS: usize = 3;

/// What is verified.
#[derive(Clone, Copy, Debug, Default)]
pub struct VerifyRequest {
    /// How many right, and how many wrong, solutions of a problem are judged, at most. Without it, all in Karat's own
    /// format, and a few in others.
    pub solutions: Option<usize>,
    /// How many mutants of each reference solution are judged, at most; none without it.
    pub mutants: Option<usize>,
}

/// What was found of the problems of a set.
#[derive(Debug, Default, Serialize)]
pub struct SetVerification {
    /// The set's name.
    pub set: String,
    /// How many problems were verified.
    pub problems: u64,
    /// Those with which nothing is wrong.
    pub in_order: u64,
    /// Those with which something is.
    pub not_in_order: u64,
    /// Problems of which nothing could be judged here, or not all.
    pub not_known: u64,
    /// Right solutions that passed.
    pub right_solutions: u64,
    /// Wrong solutions that failed, as they should.
    pub wrong_solutions: u64,
    /// How many problems need what the sandbox lacks, by what it is.
    pub missing: BTreeMap<String, u64>,
    /// What loading the set had to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// All that is not as it should be.
    pub findings: Vec<ProblemFinding>,
    /// How many mutants are caught, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutants: Option<SetMutants>,
}

/// Something that was found of a problem.
#[derive(Debug, Serialize)]
pub struct ProblemFinding {
    /// The problem.
    pub task_id: TaskId,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
}

/// The mutation scores of a set.
#[derive(Debug, Default, Serialize)]
pub struct SetMutants {
    /// By difficulty, in order of appearance.
    pub levels: Vec<MutantsOfLevel>,
    /// Problems whose tests catch too few.
    pub weak: Vec<TaskId>,
    /// The problems that have a score.
    pub problems: Vec<MutantsOfProblem>,
}

/// The mutation scores of the problems of one difficulty, together.
#[derive(Debug, Default, Serialize)]
pub struct MutantsOfLevel {
    /// Nothing for problems that have none.
    pub difficulty: Option<String>,
    /// How many problems.
    pub problems: u32,
    /// Those whose tests catch too few.
    pub weak: u32,
    /// How many mutants are programs.
    pub mutants: u32,
    /// Those that the tests catch.
    pub caught: u32,
    /// Those that do the same as the reference solution.
    pub equivalent: u32,
    /// Of all mutants that change something, the share that is caught.
    pub score: Option<f64>,
}

/// The mutation score of a problem.
#[derive(Debug, Serialize)]
pub struct MutantsOfProblem {
    /// The problem.
    pub task_id: TaskId,
    /// How hard it is, if the set says so.
    pub difficulty: Option<String>,
    /// Of all mutants that change something, the share that is caught.
    pub score: Option<f64>,
    /// What was found.
    #[serde(flatten)]
    pub found: MutationScore,
}

/// What was found of a problem.
struct VerifiedProblem<'a> {
    task_id: &'a TaskId,
    verification: Verification,
    /// Where mutants were asked for, and there is a reference solution to make them of.
    score: Option<MutationScore>,
}

impl VerifyRequest {
    /// Verifies every problem of a set.
    ///
    /// # Errors
    ///
    /// When a problem can not be read back, a reference solution can not be measured, or the user wants no more.
    pub fn run(
        &self,
        set: &ProblemSet,
        executor: &Executor,
        observe: Observer<'_>,
    ) -> Result<SetVerification, EvaluateError> {
        let judge = Judge::new(&executor.runners, Limits::default(), set.dataset);
        executor.measure_references(set, &judge, |_, _| true, observe)?;
        observe(Event::Verifying(set.len() as u64));
        let verified = self.verify_each(set, executor, &judge, observe);
        observe(Event::Verified);
        let verified: Vec<_> = verified?.into_iter().flatten().collect();
        if executor.stop.is_cancelled() && verified.len() < set.len() {
            return Err(EvaluateError::StoppedVerifying { verified: verified.len(), problems: set.len() });
        }
        let mut found = SetVerification {
            set: set.name.clone(),
            notes: set.notes.clone(),
            mutants: self.mutants.map(|_| SetMutants::default()),
            ..SetVerification::default()
        };
        for VerifiedProblem { task_id, verification, score } in verified {
            found.add(task_id, verification);
            if let Some((mutants, score)) = found.mutants.as_mut().zip(score) {
                let difficulty = set.get(task_id.as_str()).and_then(|entry| entry.facts.difficulty.clone());
                mutants.add(task_id, difficulty, score);
            }
        }
        Ok(found)
    }

    /// What is found of each problem, in the set's order; nothing of those that were not begun when it was stopped.
    fn verify_each<'a>(
        &self,
        set: &'a ProblemSet,
        executor: &Executor,
        judge: &Judge<'_>,
        observe: Observer<'_>,
    ) -> Result<Vec<Option<VerifiedProblem<'a>>>, EvaluateError> {
        let most = match (self.solutions, set.dataset) {
            (Some(most), _) => most,
            (None, Dataset::Karat) => usize::MAX,
            (None, _) => SOLUTIONS_OF_OTHERS,
        };
        let problems = PreparedProblems::new(set, Some(&executor.references));
        let done = AtomicU64::new(0);
        let verify = |task_id: &'a TaskId| {
            if executor.stop.is_cancelled() {
                return Ok(None);
            }
            let prepared = problems.get(task_id)?;
            let (problem, reference) = (&prepared.problem, prepared.reference.as_ref());
            for solution in problem.references.iter().chain(&problem.wrong) {
                executor.provide(judge, problem, Answer::continuation(&solution.source), observe)?;
            }
            let verification = judge.verify(problem, reference, most);
            let score = self.mutants.and_then(|most| judge.mutation_score(problem, reference, most));
            let verified = done.fetch_add(1, Ordering::Relaxed) + 1;
            observe(Event::ProblemVerified { verified, problems: set.len() as u64 });
            Ok(Some(VerifiedProblem { task_id, verification, score }))
        };
        let task_ids: Vec<&TaskId> = set.task_ids().collect();
        executor.pool.install(|| task_ids.into_par_iter().map(verify).collect())
    }
}

impl SetVerification {
    /// Whether nothing is wrong, and no problem's tests catch too few mutants.
    pub fn is_in_order(&self) -> bool {
        self.not_in_order == 0 && self.mutants.as_ref().is_none_or(|mutants| mutants.weak.is_empty())
    }

    fn add(&mut self, task_id: &TaskId, verification: Verification) {
        let Verification { right, wrong, findings } = verification;
        self.problems += 1;
        self.right_solutions += u64::from(right);
        self.wrong_solutions += u64::from(wrong);
        if findings.iter().any(Finding::is_fault) {
            self.not_in_order += 1;
        } else if findings.is_empty() {
            self.in_order += 1;
        } else {
            self.not_known += 1;
        }
        let mut needs: Vec<&String> = findings.iter().filter_map(needs).collect();
        needs.sort_unstable();
        needs.dedup();
        for name in needs {
            *self.missing.entry(name.clone()).or_default() += 1;
        }
        let with_task = |finding| ProblemFinding { task_id: task_id.clone(), finding };
        self.findings.extend(findings.into_iter().map(with_task));
    }
}

/// What the sandbox lacks, if that is what was found.
fn needs(finding: &Finding) -> Option<&String> {
    match finding {
        Finding::CanNotRunHere { needs, .. } => Some(needs),
        _ => None,
    }
}

impl SetMutants {
    /// The scores of all problems, together.
    pub fn all(&self) -> MutantsOfLevel {
        let mut all = MutantsOfLevel::default();
        self.problems.iter().for_each(|problem| all.add(&problem.found));
        all
    }

    fn add(&mut self, task_id: &TaskId, difficulty: Option<String>, found: MutationScore) {
        let place = self.levels.iter().position(|level| level.difficulty == difficulty);
        let place = place.unwrap_or_else(|| {
            self.levels.push(MutantsOfLevel { difficulty: difficulty.clone(), ..MutantsOfLevel::default() });
            self.levels.len() - 1
        });
        self.levels[place].add(&found);
        if found.is_weak() {
            self.weak.push(task_id.clone());
        }
        let (task_id, score) = (task_id.clone(), found.score());
        self.problems.push(MutantsOfProblem { task_id, difficulty, score, found });
    }
}

impl MutantsOfLevel {
    fn add(&mut self, found: &MutationScore) {
        self.problems += 1;
        self.weak += u32::from(found.is_weak());
        self.mutants += found.mutants;
        self.caught += found.caught;
        self.equivalent += found.equivalent;
        let changing = self.mutants - self.equivalent;
        self.score = (changing > 0).then(|| f64::from(self.caught) / f64::from(changing));
    }
}
