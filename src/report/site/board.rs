//! The data of a leaderboard, checked and put in order.

use super::error::SiteError;
use super::format::shorten_name;
use super::input::{ProblemResult, RunInput, SiteInput};
use super::slug::slugs;

/// How a run is drawn in every plot of the site: with a colour, a shape and a dash of its own, or as one of the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// One of the [`NAMED`] runs at the top.
    Named(usize),
    /// In grey, below the others.
    Rest,
}

/// The page of a problem shows at most this many samples, of every run about as many.
const MOST_SAMPLES: usize = 200;

/// How many runs have a style of their own; more could not be told apart.
pub(super) const NAMED: usize = 8;

impl Style {
    /// The class that gives it its colour.
    pub(super) fn class(self) -> String {
        match self {
            Style::Named(number) => format!("s{number}"),
            Style::Rest => "rest".to_owned(),
        }
    }
}

/// A leaderboard in the order in which it is shown.
pub(super) struct Board<'a> {
    pub input: &'a SiteInput,
    pub runs: Vec<BoardRun<'a>>,
    /// The names of the problems' pages.
    pub problem_slugs: Vec<String>,
    /// Every k that any run has a score for, ascending.
    pub ks: Vec<u64>,
    /// Those that tables for people show.
    pub table_ks: Vec<u64>,
    /// How many samples the page of each problem shows, of each run in its place: the first ones.
    pub quotas: Vec<Vec<usize>>,
}

/// A run in its place.
pub(super) struct BoardRun<'a> {
    /// Its place in the table, from 1: what plots call it by, too.
    pub number: usize,
    /// Its index in the input.
    pub index: usize,
    /// The name of its page.
    pub slug: String,
    pub style: Style,
    pub input: &'a RunInput,
}

impl BoardRun<'_> {
    /// Its number and its name.
    pub(super) fn label(&self) -> String {
        self.short_label(usize::MAX)
    }

    /// Its number and at most `most` characters of its name.
    pub(super) fn short_label(&self, most: usize) -> String {
        format!("{} {}", self.number, shorten_name(&self.input.name, most))
    }
}

impl<'a> Board<'a> {
    pub(super) fn new(input: &'a SiteInput) -> Result<Board<'a>, SiteError> {
        check(input)?;
        let mut order: Vec<(usize, &RunInput)> = input.runs.iter().enumerate().collect();
        order.sort_by(|(_, a), (_, b)| {
            a.rank
                .best
                .cmp(&b.rank.best)
                .then_with(|| first_score(b).total_cmp(&first_score(a)))
                .then_with(|| a.name.cmp(&b.name))
        });
        let slugs_of_runs = slugs(order.iter().map(|(_, run)| run.name.as_str()));
        let runs: Vec<BoardRun<'_>> = order
            .iter()
            .zip(slugs_of_runs)
            .enumerate()
            .map(|(place, (&(index, run), slug))| BoardRun {
                number: place + 1,
                index,
                slug,
                style: if place < NAMED { Style::Named(place) } else { Style::Rest },
                input: run,
            })
            .collect();
        let mut ks: Vec<u64> =
            input.runs.iter().flat_map(|run| run.pass_at_k.iter().map(|estimate| estimate.k)).collect();
        ks.sort_unstable();
        ks.dedup();
        let is_shown = |k: &u64| input.table_ks.is_empty() || input.table_ks.contains(k);
        let table_ks = ks.iter().copied().filter(is_shown).collect();
        let problem_slugs = slugs(input.problems.iter().map(|problem| problem.task_id.as_str()));
        let quotas = (0..input.problems.len()).map(|index| quotas(&runs, index)).collect();
        Ok(Board { input, runs, problem_slugs, ks, table_ks, quotas })
    }

    /// The mean over runs of the share of a problem's samples that pass, over the runs that have samples.
    pub(super) fn problem_pass_rate(&self, problem: usize) -> Option<f64> {
        let rates: Vec<f64> =
            self.runs.iter().filter_map(|run| run.input.problems[problem].pass_rate()).collect();
        (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64)
    }
}

impl ProblemResult {
    /// The share of the samples that pass; none where there are no samples.
    pub fn pass_rate(&self) -> Option<f64> {
        (self.counts.samples > 0).then(|| self.counts.passed as f64 / self.counts.samples as f64)
    }
}

/// How many samples of each run are shown: one more for each in turn until the page is full.
fn quotas(runs: &[BoardRun<'_>], index: usize) -> Vec<usize> {
    let existing: Vec<usize> =
        runs.iter().map(|run| run.input.problems[index].counts.samples as usize).collect();
    let mut quotas = vec![0; existing.len()];
    let mut left = MOST_SAMPLES;
    loop {
        let open = existing.iter().zip(&quotas).filter(|(existing, quota)| quota < existing).count();
        if open == 0 || left == 0 {
            return quotas;
        }
        let each = (left / open).max(1);
        for (quota, existing) in quotas.iter_mut().zip(&existing) {
            let more = (existing - *quota).min(each).min(left);
            *quota += more;
            left -= more;
        }
    }
}

fn first_score(run: &RunInput) -> f64 {
    run.pass_at_k.first().map_or(0.0, |estimate| estimate.value)
}

fn check(input: &SiteInput) -> Result<(), SiteError> {
    let problems = input.problems.len();
    for run in &input.runs {
        if run.problems.len() != problems {
            return Err(SiteError::ProblemResults {
                run: run.name.clone(),
                results: run.problems.len(),
                problems,
            });
        }
        if !run.outcomes.is_empty() && run.outcomes.len() != problems {
            return Err(SiteError::ProblemResults {
                run: run.name.clone(),
                results: run.outcomes.len(),
                problems,
            });
        }
    }
    let runs = input.runs.len();
    let is_square =
        input.head_to_head.len() == runs && input.head_to_head.iter().all(|row| row.len() == runs);
    if !input.head_to_head.is_empty() && !is_square {
        return Err(SiteError::HeadToHead { runs });
    }
    Ok(())
}
