//! `karat compare`: whether runs differ, problem by problem.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::finished::finished_ones;
use super::lines;
use super::shared::{FormatArguments, PassAtArguments};
use super::{Ending, Format};
use crate::problem::TaskId;
use crate::record::Difference;
use crate::report::change::{Change, Moved};
use crate::report::check::p_value;
use crate::report::columns::TextTable;
use crate::report::head_to_head::HeadToHead;
use crate::report::leaderboard::distinct_names;
use crate::report::results::{Compared, RunResults};
use crate::report::site::{letters, plural};
use crate::report::unit::{percent, percent_range, points};
use crate::report::{printable, terminal};
use crate::shown::shown;
use crate::stats::{ALPHA, Estimate, PairedComparison, PairedTest, RankRange};

/// How many changed problems a table names.
const MOST_NAMED: usize = 20;

/// Tell whether runs differ, paired by problem.
///
/// Only problems that both runs have are compared; what is left out is said. A run's rank is a range: from 1 + the
/// number of runs that are significantly better (p below 0.05) to the number of all runs less those that are
/// significantly worse. Ranks take each pair by itself, so that no third run moves two others; for several runs,
/// p-values corrected for the number of pairs by Holm's method stand beside them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat compare runs/HumanEval-gpt-5 runs/HumanEval-claude-sonnet-4-5
  karat compare baseline.json runs/today --k 10 --format json
  karat compare runs/*

Exit status: 0 compared, whatever the result; 2 error.")]
pub(super) struct CompareArguments {
    /// The runs: their directories or names, baselines, or results of EvalPlus.
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
    /// What the run is called.
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
    // Of two that are named, both are meant; of many, those that can be compared.
    let opened =
        arguments.runs.iter().map(|path| RunResults::open(path).map(|results| (path.as_path(), results)));
    let (paths, runs): (Vec<&Path>, Vec<RunResults>) = finished_ones(opened, 2)?.into_iter().unzip();
    let output = compare(arguments.pass_at.k, &paths, &runs)?;
    if arguments.output.format == Format::Json {
        writeln!(io::stdout().lock(), "{}", serde_json::to_string_pretty(&output)?)?;
    } else {
        output.print()?;
    }
    Ok(Ending::Done)
}

fn compare(k: u64, paths: &[&Path], runs: &[RunResults]) -> anyhow::Result<CompareOutput> {
    let results: Vec<&RunResults> = runs.iter().collect();
    let mut head_to_head = HeadToHead::of(&results, k, |compared| compared, || ());
    if !head_to_head.not_compared.is_empty() {
        return Err(head_to_head.not_compared.swap_remove(0).into());
    }
    let ranks = head_to_head.ranks();
    let pairs = head_to_head.pairs.into_iter().map(|pair| Pair {
        from: pair.from,
        to: pair.to,
        adjusted_p_value: pair.adjusted_p_value,
        significant: pair.is_significant(),
        significant_adjusted: pair.is_significant_among_all(),
        differences: runs[pair.from].differences(&runs[pair.to]),
        compared: pair.kept,
    });
    let pairs: Vec<Pair> = pairs.collect();
    let scores: Vec<Option<Estimate>> = runs.iter().map(|run| run.pass_at_k(k)).collect();
    let names: Vec<(String, String)> = runs.iter().map(|run| (run.title(), run.name.clone())).collect();
    let names = distinct_names(&names);
    let rows = names.into_iter().zip(paths).zip(scores.into_iter().zip(ranks));
    let runs = rows
        .map(|((name, path), (score, rank))| RunRow {
            path: path.display().to_string(),
            name,
            rank: rank.best,
            rank_worst: rank.worst,
            score,
        })
        .collect();
    Ok(CompareOutput { k, runs, pairs })
}

impl Pair {
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
        let mut out = lines::stdout(Format::Table);
        let score_title = format!("pass@{}", self.k);
        let mut table = TextTable::with_header(["", "rank", "run", &score_title, "95 %", "problems"])
            .elsewhere("--format json");
        for (index, run) in self.runs.iter().enumerate() {
            let Some(score) = &run.score else { continue };
            table.add_row([
                letters(index),
                RankRange { best: run.rank, worst: run.rank_worst }.to_string(),
                shown(&run.name).to_string(),
                percent(score.value),
                percent_range(score.low, score.high),
                score.problems.to_string(),
            ]);
        }
        table.numbers([1, 3, 4, 5]);
        table.dispensable(1, [5]);
        writeln!(out, "{table}")?;
        if let [pair] = &self.pairs[..] {
            return self.print_pair(pair, &mut out);
        }
        let header = ["", "difference", "p", "p (Holm)", "95 % interval", "better", "worse", "equal"];
        let mut table = TextTable::with_header(header).elsewhere("--format json");
        for pair in &self.pairs {
            let paired = &pair.compared.paired;
            table.add_row([
                format!("{} → {}", letters(pair.from), letters(pair.to)),
                format!("{} {}", points(paired.difference), pair.marks()),
                p(paired.p_value),
                p(pair.adjusted_p_value),
                format!("{} to {}", points(paired.low), points(paired.high)),
                paired.won.to_string(),
                paired.lost.to_string(),
                paired.tied.to_string(),
            ]);
        }
        table.numbers(1..8);
        table.dispensable(1, [4]);
        table.dispensable(2, 5..8);
        writeln!(
            out,
            "{table}\n*  p below {ALPHA}, of the pair by itself\n** p below {ALPHA} after Holm's correction for {} pairs too\n\
             {}",
            self.pairs.len(),
            terminal::rank_rule()
        )?;
        for pair in &self.pairs {
            for note in notes(pair) {
                let note = format!("{} → {}: {note}", letters(pair.from), letters(pair.to));
                writeln!(out, "{note}")?;
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
            "difference: {} (95 % interval {} to {}), {} by {}: {verdict}.",
            points(paired.difference),
            points(paired.low),
            points(paired.high),
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
        for (change, names) in [
            (Change::NewlyFailing, named(&pair.compared.newly_failing)),
            (Change::PassingLessOften, moved(&pair.compared.less_often)),
            (Change::NewlyPassing, named(&pair.compared.newly_passing)),
            (Change::PassingMoreOften, moved(&pair.compared.more_often)),
        ] {
            if !names.is_empty() {
                let meaning = in_runs(change);
                writeln!(out, "{} in B ({meaning}): {}", change.title().to_lowercase(), some_of(&names))?;
            }
        }
        Ok(())
    }
}

/// What a change means from A to B.
fn in_runs(change: Change) -> &'static str {
    match change {
        Change::NewlyFailing => "some sample of A passes, and none of B",
        Change::PassingLessOften => "a smaller share of B's samples passes, but some do",
        Change::NewlyPassing => "no sample of A passes, and some of B",
        Change::PassingMoreOften => "a larger share of B's samples passes, and some of A",
        _ => "",
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
            "power: a difference of {:.1} pp would be found on these problems in 80 of 100 cases.",
            detectable * 100.0
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
            "not judged: the difference on {} depends on completions without a verdict; in all it is between {} and {}.",
            plural(paired.undecided, "problem"),
            points(paired.lower_bound),
            points(paired.upper_bound)
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn help_names_the_level_by_which_tables_go() {
        let mut command = Cli::command();
        for name in ["compare", "report"] {
            let help = command.find_subcommand_mut(name).unwrap().render_long_help().to_string();
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(help.contains(&format!("p below {ALPHA}")), "{help}");
        }
    }
}
