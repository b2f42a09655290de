//! `karat check`: whether a run is worse than a baseline, for CI.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::lines;
use super::shared::{FormatArguments, PassAtArguments};
use super::whole_file::{tell_written, write_whole};
use super::{Ending, Format};
use crate::report::check::{
    Check, Drop, NamedChange, Outcome, Reasons, RegressionRule, annotations, check, junit, markdown,
    refuse_differences,
};
use crate::report::columns::TextTable;
use crate::report::printable;
use crate::report::results::RunResults;
use crate::report::unit::{percent, percent_range};
use crate::shown::shown;
use crate::stats::ALPHA;

/// How many problems of a kind the table names.
const MOST_NAMED: usize = 20;

/// Check a run against a baseline, for CI.
///
/// The run regressed if its score dropped by more than --max-drop and that is not chance (p below --alpha, paired by
/// problem). A drop that may be chance, and one that hangs on what could not be judged, is inconclusive. The problems
/// that are worse are named, the largest drop first. Runs that were judged with other problems, runner, rules or limits
/// do not compare, unless --allow-differences is given.
///
/// In GitHub's Actions (GITHUB_ACTIONS is `true`) it also writes annotations and appends to the job's summary
/// (GITHUB_STEP_SUMMARY).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat check runs/today --baseline baseline.json
  karat check runs/today --baseline runs/release --max-drop 1pp \\
      --junit junit.xml --markdown summary.md

Exit status: 0 no regression; 1 regressed; 2 error; 3 inconclusive.")]
pub(super) struct CheckArguments {
    /// The run to check.
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// What it is checked against: a file of `karat baseline`, or a run.
    #[arg(long, value_name = "BASELINE")]
    baseline: PathBuf,

    /// The drop of the score that is allowed, in percentage points.
    #[arg(long, value_name = "DROP", default_value = "2pp")]
    max_drop: Drop,

    /// A difference counts if it would come by chance less often than this.
    #[arg(long, value_name = "P", default_value_t = ALPHA)]
    alpha: f64,

    #[command(flatten)]
    pass_at: PassAtArguments,

    /// Compare although problems, runner, rules or limits differ.
    #[arg(long)]
    allow_differences: bool,

    /// Also write a JUnit file, with a case a problem. It has failures if the exit status is 1, and errors if it is 3.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Also write a summary in Markdown.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,

    #[command(flatten)]
    output: FormatArguments,
}

pub(super) fn run(arguments: &CheckArguments) -> anyhow::Result<Ending> {
    anyhow::ensure!(
        arguments.alpha > 0.0 && arguments.alpha < 1.0,
        "--alpha {}: give a probability between 0 and 1, as in {ALPHA}",
        arguments.alpha
    );
    let baseline = RunResults::open(&arguments.baseline)?;
    let run = RunResults::open(&arguments.run)?;
    if !arguments.allow_differences {
        refuse_differences((&arguments.baseline, &baseline), (&arguments.run, &run))?;
    }
    let rule =
        RegressionRule { k: arguments.pass_at.k, max_drop: arguments.max_drop, alpha: arguments.alpha };
    let check = check(&baseline, &run, rule, &Reasons::of(&arguments.run)?)?;

    if let Some(path) = &arguments.junit {
        let text = junit::junit(&check).context("can not write the check as JUnit")?;
        write_whole(path, |file| Ok(file.write_all(text.as_bytes())?))?;
        tell_written(path);
    }
    let summary = markdown::summary(&check);
    if let Some(path) = &arguments.markdown {
        write_whole(path, |file| Ok(file.write_all(summary.as_bytes())?))?;
        tell_written(path);
    }
    if let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
        append(Path::new(&path), &summary)?;
    }
    let mut out = lines::stdout(arguments.output.format);
    match arguments.output.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&check)?)?,
        Format::Table => print(&check, &mut out)?,
    }
    if env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true") {
        // On standard error where standard output is JSON; GitHub reads both.
        match arguments.output.format {
            Format::Json => io::stderr().write_all(annotations::annotations(&check).as_bytes())?,
            Format::Table => write!(out, "{}", annotations::annotations(&check))?,
        }
    }
    Ok(match check.outcome {
        Outcome::Passed => Ending::Done,
        Outcome::Regressed => Ending::Regressed,
        Outcome::Inconclusive => Ending::Inconclusive,
    })
}

fn append(path: &Path, text: &str) -> anyhow::Result<()> {
    let context = || format!("can not append to {} (GITHUB_STEP_SUMMARY)", path.display());
    let mut file = OpenOptions::new().append(true).create(true).open(path).with_context(context)?;
    file.write_all(text.as_bytes()).with_context(context)
}

fn print(check: &Check, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}: {}.", check.outcome.name(), check.reason)?;
    let score_title = format!("pass@{}", check.rule.k);
    let mut table = TextTable::with_header(vec!["", &score_title, "95 %", "problems"]);
    let rows = [("baseline", &check.baseline, &check.baseline_score), ("run", &check.run, &check.run_score)];
    for (which, name, score) in rows {
        let Some(score) = score else { continue };
        table.add_row([
            format!("{which}: {}", shown(name)),
            percent(score.value),
            percent_range(score.low, score.high),
            score.problems.to_string(),
        ]);
    }
    table.numbers(1..4);
    writeln!(out, "{table}")?;
    for note in check.notes() {
        writeln!(out, "{note}")?;
    }
    if let Some(detectable) = check.compared.paired.detectable {
        writeln!(
            out,
            "A difference of {:.1} pp would be found on these problems in 80 of 100 cases.",
            detectable * 100.0
        )?;
    }
    for difference in &check.differences {
        writeln!(out, "Judged with other {}.", difference.what)?;
    }
    for NamedChange { title, meaning, problems } in check.named() {
        writeln!(out, "{}: {}. {meaning}", title.to_lowercase(), problems.len())?;
        for problem in problems.iter().take(MOST_NAMED) {
            let line = format!("  {}: {}", problem.task_id, problem.words()).replace('\n', " ");
            writeln!(out, "{}", printable(&line))?;
        }
        if problems.len() > MOST_NAMED {
            writeln!(out, "  and {} more", problems.len() - MOST_NAMED)?;
        }
    }
    Ok(())
}
