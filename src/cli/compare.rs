//! `karat compare`: whether runs differ, problem by problem.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;

use super::shared::{FormatArguments, PassAtArguments};
use super::{Ending, Format};
use crate::problem::TaskId;
use crate::record::Difference;
use crate::report::change::Moved;
use crate::report::check::p_value;
use crate::report::results::{Compared, RunResults};
use crate::report::site::{letters, plural};
use crate::report::{printable, terminal};
use crate::shown::shown;
use crate::stats::{
    ALPHA, Estimate, PairedComparison, PairedTest, RankRange, holm, is_significant, rank_ranges,
};

/// How many changed problems a table names.
const MOST_NAMED: usize = 20;

/// Tell whether runs differ, paired by problem.
///
/// Only problems that both runs have are compared; what is left out is said. A run's rank is a range: from 1 + the number
/// of runs that are significantly better (p below 0.05) to the number of all runs less those that are significantly
/// worse. Ranks take each pair by itself, so that no third run moves two others; for several runs, p-values corrected for
/// the number of pairs by Holm's method stand beside them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat compare runs/HumanEval-gpt-5 runs/HumanEval-claude-sonnet-4-5
  karat compare baseline.json runs/today --k 10 --format json
  karat compare runs/*

Exit status: 0 compared, whatever came of it; 2 error.")]
pub(super) struct CompareArguments {
    /// The runs: directories, or baselines.
    #[arg(value_name = "RUN", required = true, num_args = 2..)]
    runs: Vec<PathBuf>,

    #[command(flatten)]
    pass_at: PassAtArguments,

    #[command(flatten)]
    output: FormatArguments,
}

#[derive(Debug, Serialize)]
struct CompareOutput {
    k: u64,
    runs: Vec<RunRow>,
    pairs: Vec<Pair>,
}

#[derive(Debug, Serialize)]
struct RunRow {
    /// Where the results were read.
    path: String,
    name: String,
    /// 1 and the number of runs that are significantly better.
    rank: u32,
    /// The number of all runs less those that are significantly worse.
    rank_worst: u32,
    score: Option<Estimate>,
}

#[derive(Debug, Serialize)]
struct Pair {
    /// The first run of the comparison, by its place above.
    from: usize,
    /// The second one.
    to: usize,
    /// The p-value by Holm's correction for all pairs.
    adjusted_p_value: f64,
    /// Of this pair by itself.
    significant: bool,
    /// Among all pairs.
    significant_adjusted: bool,
    #[serde(flatten)]
    compared: Compared,
    /// In what the two were judged differently.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Difference>,
}

pub(super) fn run(arguments: &CompareArguments) -> anyhow::Result<Ending> {
    let runs = arguments.runs.iter().map(|path| RunResults::open(path)).collect::<Result<Vec<_>, _>>()?;
    let output = compare(arguments, &runs)?;
    if arguments.output.format == Format::Json {
        writeln!(io::stdout().lock(), "{}", serde_json::to_string_pretty(&output)?)?;
    } else {
        output.print()?;
    }
    Ok(Ending::Done)
}

fn compare(arguments: &CompareArguments, runs: &[RunResults]) -> anyhow::Result<CompareOutput> {
    let k = arguments.pass_at.k;
    let indices: Vec<(usize, usize)> =
        (0..runs.len()).flat_map(|from| (from + 1..runs.len()).map(move |to| (from, to))).collect();
    let compared = indices
        .into_par_iter()
        .map(|(from, to)| Ok((from, to, runs[from].compare(&runs[to], k)?)))
        .collect::<anyhow::Result<Vec<(usize, usize, Compared)>>>()?;
    let adjusted =
        holm(&compared.iter().map(|(_, _, compared)| compared.paired.p_value).collect::<Vec<f64>>());
    let pairs: Vec<Pair> = compared
        .into_iter()
        .zip(adjusted)
        .map(|((from, to, compared), adjusted_p_value)| Pair {
            from,
            to,
            adjusted_p_value,
            significant: is_significant(compared.paired.p_value),
            significant_adjusted: is_significant(adjusted_p_value),
            compared,
            differences: runs[from].differences(&runs[to]),
        })
        .collect();
    let scores: Vec<Option<Estimate>> = runs.iter().map(|run| run.pass_at_k(k)).collect();
    let ranks = rank_ranges(runs.len(), |i, j| pairs.iter().any(|pair| pair.better() == Some((i, j))));
    let rows = runs.iter().zip(&arguments.runs).zip(scores.into_iter().zip(ranks));
    let runs = rows
        .map(|((run, path), (score, rank))| RunRow {
            path: path.display().to_string(),
            name: run.title(),
            rank: rank.best,
            rank_worst: rank.worst,
            score,
        })
        .collect();
    Ok(CompareOutput { k, runs, pairs })
}

impl Pair {
    /// The run that is significantly better, and the other one.
    fn better(&self) -> Option<(usize, usize)> {
        let is_second = self.compared.paired.difference > 0.0;
        self.significant.then_some(if is_second { (self.to, self.from) } else { (self.from, self.to) })
    }

    fn marks(&self) -> &'static str {
        match (self.significant_adjusted, self.significant) {
            (true, _) => "**",
            (false, true) => "* ",
            (false, false) => "  ",
        }
    }
}

impl CompareOutput {
    fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let score_title = format!("pass@{}", self.k);
        let mut table = terminal::table(vec![
            "",
            "rank",
            "run",
            "model or name",
            &score_title,
            "95 % interval",
            "problems",
        ]);
        for (index, run) in self.runs.iter().enumerate() {
            let Some(score) = &run.score else { continue };
            table.add_row([
                letters(index),
                RankRange { best: run.rank, worst: run.rank_worst }.to_string(),
                shown(&run.path).to_string(),
                shown(&run.name).to_string(),
                format!("{:.4}", score.value),
                format!("{:.4} – {:.4}", score.low, score.high),
                score.problems.to_string(),
            ]);
        }
        terminal::align_right(&mut table, 1..2);
        terminal::align_right(&mut table, 4..7);
        writeln!(out, "{table}")?;
        if let [pair] = &self.pairs[..] {
            return self.print_pair(pair, &mut out);
        }
        let mut table = terminal::table(vec![
            "",
            "difference",
            "95 % interval",
            "p",
            "p (Holm)",
            "better",
            "worse",
            "equal",
        ]);
        for pair in &self.pairs {
            let paired = &pair.compared.paired;
            table.add_row([
                format!("{} → {}", letters(pair.from), letters(pair.to)),
                format!("{:+.4} {}", paired.difference, pair.marks()),
                format!("{:+.4} to {:+.4}", paired.low, paired.high),
                p(paired.p_value),
                p(pair.adjusted_p_value),
                paired.won.to_string(),
                paired.lost.to_string(),
                paired.tied.to_string(),
            ]);
        }
        terminal::align_right(&mut table, 1..8);
        writeln!(
            out,
            "{table}\n*  p below {ALPHA}, of the pair by itself\n** p below {ALPHA} after Holm's correction for {} pairs too\n\
             {}",
            self.pairs.len(),
            terminal::rank_rule()
        )?;
        for pair in &self.pairs {
            for note in notes(pair) {
                writeln!(out, "{} → {}: {note}", letters(pair.from), letters(pair.to))?;
            }
        }
        Ok(())
    }

    /// Two runs are compared at length.
    fn print_pair(&self, pair: &Pair, out: &mut impl Write) -> io::Result<()> {
        let paired = &pair.compared.paired;
        let verdict = if pair.significant { "B differs from A" } else { "the two can not be told apart" };
        writeln!(
            out,
            "difference: {:+.4} (95 % interval {:+.4} to {:+.4}), {} by {}: {verdict}.",
            paired.difference,
            paired.low,
            paired.high,
            p_value(paired.p_value),
            test_name(paired.test)
        )?;
        writeln!(
            out,
            "problems: {} compared; B is better on {}, worse on {}, equal on {}.",
            paired.problems, paired.won, paired.lost, paired.tied
        )?;
        for line in power(paired) {
            writeln!(out, "{line}")?;
        }
        for note in notes(pair) {
            writeln!(out, "{note}")?;
        }
        let named =
            |tasks: &[TaskId]| tasks.iter().map(|task| shown(task).to_string()).collect::<Vec<String>>();
        let moved =
            |moved: &[Moved]| moved.iter().map(|one| printable(&one.to_string())).collect::<Vec<String>>();
        for (title, names) in [
            ("newly failing", named(&pair.compared.newly_failing)),
            ("passing less often", moved(&pair.compared.less_often)),
            ("newly passing", named(&pair.compared.newly_passing)),
            ("passing more often", moved(&pair.compared.more_often)),
        ] {
            if !names.is_empty() {
                writeln!(out, "{title} in B: {}", some_of(&names))?;
            }
        }
        Ok(())
    }
}

/// A p-value in a table, never a zero.
fn p(value: f64) -> String {
    if value < 0.0001 { "<0.0001".to_owned() } else { format!("{value:.4}") }
}

/// What this suite could have shown, and what it would take.
fn power(paired: &PairedComparison) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(detectable) = paired.detectable {
        lines.push(format!(
            "power: a difference of {detectable:.4} would be found on these problems in 80 of 100 cases."
        ));
    }
    let needed = match (paired.problems_needed, paired.samples_needed) {
        (Some(problems), Some(samples)) => {
            format!("{problems} such problems, or {samples} samples of each of these")
        }
        (Some(problems), None) => format!("{problems} such problems"),
        (None, Some(samples)) => format!("{samples} samples of each problem"),
        (None, None) => return lines,
    };
    lines.push(format!("for the difference seen it would take {needed}."));
    lines
}

/// What a reader has to know of a comparison.
fn notes(pair: &Pair) -> Vec<String> {
    let mut notes = Vec::new();
    if pair.compared.left_out > 0 {
        notes.push(format!(
            "left out: {} that one of them does not have, or not with enough samples.",
            plural(pair.compared.left_out, "problem")
        ));
    }
    let paired = &pair.compared.paired;
    if paired.undecided > 0 {
        notes.push(format!(
            "not judged: the difference on {} depends on completions without a verdict; in all it is between {:+.4} and \
             {:+.4}.",
            plural(paired.undecided, "problem"),
            paired.lower_bound,
            paired.upper_bound
        ));
    }
    for difference in &pair.differences {
        notes.push(printable(&format!(
            "judged with other {}: {} and {}; the difference may come from that.",
            difference.what, difference.one, difference.other
        )));
    }
    notes
}

fn test_name(test: PairedTest) -> String {
    match test {
        PairedTest::McNemarExact => "McNemar's exact test".to_owned(),
        PairedTest::SignFlips { resamples: None } => "the exact permutation test".to_owned(),
        PairedTest::SignFlips { resamples: Some(count) } => format!("a permutation test of {count} draws"),
    }
}

fn some_of(names: &[String]) -> String {
    let some = names[..names.len().min(MOST_NAMED)].join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => some,
        more => format!("{some} and {more} more"),
    }
}
