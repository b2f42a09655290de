//! From finished runs to a leaderboard: names, scores, ranks, and every run against every other.
//!
//! The leaderboard depends on the runs alone: not on their order, on where they are, or on the day.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::head_to_head::HeadToHead;
use super::results::{ResultsError, RunResults};
use super::run_name::RunNameError;
use super::site::{Duel, ProblemInput, ProblemSetInput, SiteInput};
use crate::judge::verdict::VerdictKind;
use crate::problem::{ProblemSet, TaskId};
use crate::record::{RecordError, RunDirectory};
use crate::sandbox::Fuel;
use crate::shown::shown;
use crate::stats::PairedComparison;

mod entry;
mod find;
mod names;
mod notes;
mod outcomes;
mod places;
mod prompts;
mod repeat;
mod samples;
mod size;

pub use find::find_runs;
pub use names::distinct as distinct_names;
pub use samples::RunSamples;

use outcomes::Outcomes;

/// The k's of tables, where a run has as many samples.
const TABLE_KS: [u64; 3] = [1, 10, 100];

/// The k by whose pass@k runs are compared and ranked: the only one that every run has the samples for.
const RANKED_BY: u64 = 1;

/// Why there is no leaderboard. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LeaderboardError {
    /// A run can not be read, or is not finished.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// A run can not be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// There is no such run.
    #[error(transparent)]
    Name(#[from] RunNameError),
    /// What was named is a file.
    #[error(
        "{}: a file, and a leaderboard needs a run's directory (a baseline has no samples to show)",
        path.display()
    )]
    NotADirectory {
        /// The file.
        path: PathBuf,
    },
    /// A folder can not be read.
    #[error("can not read {}", shown(path.display()))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder neither is a run nor has one in it.
    #[error("{}: neither a run (there is no run.json) nor a folder that holds runs", path.display())]
    NoRun {
        /// The folder.
        path: PathBuf,
    },
    /// No run has as many samples as k.
    #[error("--k {k}: no run has so many samples of a problem; the most are {most}")]
    LargeK {
        /// The k.
        k: u64,
        /// The most samples that a run has of a problem.
        most: u64,
    },
    /// The runs were not given the same problems.
    #[error(
        "{one} and {other} are runs of different problem sets, {one_set} (digest {one_digest}) and {other_set} (digest \
         {other_digest}); a leaderboard is of one set: name only the runs of one"
    )]
    DifferentSets {
        /// A run's directory.
        one: String,
        /// Its set.
        one_set: String,
        /// The digest of its set.
        one_digest: String,
        /// Another run's directory.
        other: String,
        /// Its set.
        other_set: String,
        /// The digest of its set.
        other_digest: String,
    },
}

/// A finished run, read.
#[derive(Clone, Debug)]
pub struct FinishedRun {
    results: RunResults,
    directory: RunDirectory,
    /// The median of what the passing samples of a problem burned.
    passing_fuel: BTreeMap<TaskId, f64>,
    /// What the reference solutions burn.
    reference_fuel: BTreeMap<TaskId, Fuel>,
    outcomes: Outcomes,
}

impl FinishedRun {
    /// Reads a run from its directory.
    ///
    /// # Errors
    ///
    /// When it is none, can not be read, or is not finished.
    pub fn open(path: &Path) -> Result<FinishedRun, LeaderboardError> {
        let directory = RunDirectory::open(path)?;
        let mut burned: BTreeMap<TaskId, Vec<u64>> = BTreeMap::new();
        let mut outcomes = Outcomes::default();
        let results = RunResults::of_each(&directory, |task_id, sample, judgement| {
            outcomes.add(task_id, sample, judgement);
            if judgement.verdict.kind() == VerdictKind::Passed {
                match burned.get_mut(task_id) {
                    Some(fuel) => fuel.push(judgement.fuel.0),
                    None => drop(burned.insert(task_id.clone(), vec![judgement.fuel.0])),
                }
            }
        })?;
        let reference_fuel = directory.reference_fuel()?;
        let passing_fuel = burned.into_iter().map(|(task_id, fuel)| (task_id, median(fuel))).collect();
        Ok(FinishedRun { results, directory, passing_fuel, reference_fuel, outcomes })
    }

    /// Its results.
    pub fn results(&self) -> &RunResults {
        &self.results
    }

    /// Where it is.
    pub fn directory(&self) -> &RunDirectory {
        &self.directory
    }
}

/// The middle one of some numbers, or the mean of the middle two.
fn median(mut numbers: Vec<u64>) -> f64 {
    numbers.sort_unstable();
    let middle = numbers.len() / 2;
    if numbers.len().is_multiple_of(2) {
        (numbers[middle - 1] as f64 + numbers[middle] as f64) / 2.0
    } else {
        numbers[middle] as f64
    }
}

/// How a leaderboard is called, and what it shows.
#[derive(Clone, Debug, Default)]
pub struct LeaderboardOptions {
    /// Its heading; else it is made of the names of the set and, for a single run, of the run.
    pub title: Option<String>,
    /// The k's of the table; where there are none, those that the runs were asked for and the usual ones.
    pub ks: Vec<u64>,
    /// Whether to show hidden tests and reference solutions.
    pub reveal_tests: bool,
    /// What a reader has to know besides what the runs tell, a sentence each.
    pub notes: Vec<String>,
}

/// Runs of one problem set, ranked.
#[derive(Debug)]
pub struct Leaderboard {
    /// What the site and the terminal show, the best run first.
    pub input: SiteInput,
    /// The runs in the same order.
    directories: Vec<RunDirectory>,
}

impl Leaderboard {
    /// Ranks runs. `each_pair` is called for every pair that was compared, from any thread.
    ///
    /// Without the problem set, titles and difficulties are not known, and problems come in the order of the runs.
    ///
    /// # Errors
    ///
    /// When the runs are of different problem sets, or none has the samples for a k.
    pub fn new(
        mut runs: Vec<FinishedRun>,
        set: Option<&ProblemSet>,
        options: &LeaderboardOptions,
        each_pair: impl Fn() + Sync,
    ) -> Result<Leaderboard, LeaderboardError> {
        refuse_different_sets(&runs)?;
        let table_ks = table_ks(&runs, &options.ks)?;
        runs.sort_by_cached_key(|run| {
            (run.results.title(), run.results.name.clone(), run.directory.path().to_owned())
        });
        let results: Vec<&RunResults> = runs.iter().map(FinishedRun::results).collect();
        let head_to_head = HeadToHead::of(&results, RANKED_BY, |compared| compared.paired, each_pair);
        let duels = duels(runs.len(), &head_to_head);
        let scores: Vec<f64> =
            runs.iter().map(|run| run.results.pass_at_k(RANKED_BY).map_or(0.0, |one| one.value)).collect();
        let ranks = head_to_head.ranks();
        let names = names::unique(&runs);

        let mut order: Vec<usize> = (0..runs.len()).collect();
        order.sort_by(|&a, &b| {
            ranks[a]
                .best
                .cmp(&ranks[b].best)
                .then(scores[b].total_cmp(&scores[a]))
                .then(names[a].cmp(&names[b]))
        });
        let task_ids = task_ids(&runs, set);
        let ks = runs.iter().flat_map(|run| entry::ks(&run.results)).chain(options.ks.iter().copied());
        let ks: BTreeSet<u64> = ks.collect();
        let input = SiteInput {
            title: options.title.clone().unwrap_or_else(|| title(&runs, &names)),
            description: set.and_then(|set| set.facts.description.clone()),
            problem_set: problem_set(&runs, set),
            runs: order
                .iter()
                .map(|&index| {
                    entry::run_input(&runs[index], names[index].clone(), ranks[index], &ks, &task_ids)
                })
                .collect(),
            table_ks,
            head_to_head: order
                .iter()
                .map(|&row| order.iter().map(|&column| duels[row][column]).collect())
                .collect(),
            reveal_tests: options.reveal_tests,
            notes: notes::of_board(&runs, &names, &task_ids, set)
                .into_iter()
                .chain(options.notes.iter().cloned())
                .collect(),
            problems: task_ids.into_iter().map(|task_id| problem_input(task_id, set)).collect(),
        };
        let directories = order.iter().map(|&index| runs[index].directory.clone()).collect();
        Ok(Leaderboard { input, directories })
    }

    /// What the pages of problems show, from the set and the runs.
    ///
    /// # Errors
    ///
    /// When a run can not be read.
    pub fn samples<'a>(&'a self, set: Option<&'a ProblemSet>) -> Result<RunSamples<'a>, RecordError> {
        RunSamples::open(&self.input, &self.directories, set)
    }
}

/// Runs by their problem sets: those of each can share a leaderboard. The sets come in the order of their names.
pub fn by_set(runs: Vec<FinishedRun>) -> Vec<Vec<FinishedRun>> {
    let mut by_set: BTreeMap<(String, String), Vec<FinishedRun>> = BTreeMap::new();
    for run in runs {
        let set = &run.results.manifest.problems;
        by_set.entry((set.name.clone(), set.digest.clone())).or_default().push(run);
    }
    by_set.into_values().collect()
}

/// Refuses runs that can not share a leaderboard.
///
/// # Errors
///
/// When two are of different problem sets.
pub fn refuse_different_sets(runs: &[FinishedRun]) -> Result<(), LeaderboardError> {
    for pair in runs.windows(2) {
        let [one, other] = [&pair[0], &pair[1]].map(|run| &run.results.manifest.problems);
        if one.digest != other.digest {
            let path = |run: &FinishedRun| run.directory.path().display().to_string();
            return Err(LeaderboardError::DifferentSets {
                one: path(&pair[0]),
                one_set: one.name.clone(),
                one_digest: one.digest.clone(),
                other: path(&pair[1]),
                other_set: other.name.clone(),
                other_digest: other.digest.clone(),
            });
        }
    }
    Ok(())
}

/// Every run (row) against every other one (column).
fn duels(runs: usize, head_to_head: &HeadToHead<PairedComparison>) -> Vec<Vec<Option<Duel>>> {
    let mut duels = vec![vec![None; runs]; runs];
    for pair in &head_to_head.pairs {
        let duel = Duel {
            difference: pair.difference,
            low: pair.kept.low,
            high: pair.kept.high,
            p_value: pair.p_value,
            adjusted_p_value: pair.adjusted_p_value,
            won: pair.kept.won,
            lost: pair.kept.lost,
        };
        duels[pair.to][pair.from] = Some(duel);
        duels[pair.from][pair.to] = Some(Duel {
            difference: -duel.difference,
            low: -duel.high,
            high: -duel.low,
            won: duel.lost,
            lost: duel.won,
            ..duel
        });
    }
    duels
}

/// Every problem that a run has, in the order of the set, or else of the runs.
fn task_ids(runs: &[FinishedRun], set: Option<&ProblemSet>) -> Vec<TaskId> {
    let mut task_ids = indexmap::IndexSet::new();
    for run in runs {
        for (task_id, _) in run.directory.index().tasks() {
            if !task_ids.contains(task_id) {
                task_ids.insert(task_id.clone());
            }
        }
    }
    let mut task_ids: Vec<TaskId> = task_ids.into_iter().collect();
    if let Some(set) = set {
        task_ids.sort_by_key(|task_id| set.position(task_id.as_str()));
    }
    task_ids
}

/// The k's that a table shows: those that are wanted; else, of the usual ones and those that the runs were asked for,
/// every one that some run has. Where that is pass@1 alone, also the largest k that all runs have.
fn table_ks(runs: &[FinishedRun], wanted: &[u64]) -> Result<Vec<u64>, LeaderboardError> {
    let mut ks: Vec<u64> = if wanted.is_empty() {
        let asked = runs.iter().flat_map(|run| run.results.manifest.ks.iter().copied());
        let mut ks: Vec<u64> = TABLE_KS.into_iter().chain(asked).collect();
        ks.retain(|k| runs.iter().any(|run| entry::ks(&run.results).contains(k)));
        let common = runs.iter().map(|run| run.results.fewest_samples()).min().unwrap_or(0);
        if ks.iter().all(|k| *k == 1 || *k > common) {
            ks.extend((common > 0).then_some(common));
        }
        ks
    } else {
        let counts = runs.iter().flat_map(|run| run.results.problems.values());
        let most = counts.map(|counts| counts.samples).max().unwrap_or(0);
        if let Some(&k) = wanted.iter().find(|k| **k > most) {
            return Err(LeaderboardError::LargeK { k, most });
        }
        wanted.to_vec()
    };
    ks.sort_unstable();
    ks.dedup();
    Ok(ks)
}

fn title(runs: &[FinishedRun], names: &[String]) -> String {
    let set = runs.first().map_or("", |run| run.results.manifest.problems.name.as_str());
    match names {
        [name] => format!("{name} on {set}"),
        _ => format!("{set} leaderboard"),
    }
}

fn problem_set(runs: &[FinishedRun], set: Option<&ProblemSet>) -> ProblemSetInput {
    let Some(run) = runs.first() else { return ProblemSetInput::default() };
    let problems = &run.results.manifest.problems;
    ProblemSetInput {
        name: problems.name.clone(),
        version: set.and_then(|set| set.version.clone()),
        dataset: problems.dataset.name().to_owned(),
        digest: problems.digest.clone(),
    }
}

fn problem_input(task_id: TaskId, set: Option<&ProblemSet>) -> ProblemInput {
    let facts = set.and_then(|set| set.get(task_id.as_str())).map(|entry| entry.facts.clone());
    let facts = facts.unwrap_or_default();
    ProblemInput {
        task_id: task_id.as_str().to_owned(),
        title: facts.title,
        difficulty: facts.difficulty,
        tags: facts.tags,
        date: facts.date,
    }
}

#[cfg(test)]
mod tests;
