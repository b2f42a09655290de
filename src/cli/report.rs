//! `karat report`: from runs to a leaderboard, as a table and as a folder of pages.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use rayon::prelude::*;

use super::finished::finished_ones;
use super::lines;
use super::lines::tell;
use super::shared::{FormatArguments, ProgressArguments};
use super::{Ending, Format, progress};
use crate::problem::ProblemSet;
use crate::record::ProblemSetIdentity;
use crate::report::leaderboard::{
    FinishedRun, Leaderboard, LeaderboardError, LeaderboardOptions, by_set, find_runs, refuse_different_sets,
};
use crate::report::recorded_set::recorded_set;
use crate::report::site::{
    OPENING, PageSource, ProblemText, PromptInput, SampleInput, SiteError, SourceError, table_as_json,
    write_opening, write_site,
};
use crate::report::standings::standings;
use crate::report::{fitting, printable, publish};

const WITHOUT_PROBLEMS: &str = "Made without the problem set: statements are missing, and programs are shown as the model \
                                wrote them, without their prompt.";

/// Rank runs, and make a leaderboard of them that can be put on any web server.
///
/// A rank is a range: at best 1 + the number of runs that are significantly better, at worst the number of all runs
/// less those that are significantly worse (paired by problem, p below 0.05, each pair by itself). Runs of several
/// problem sets have a table a set. With --out, the leaderboard, of one set, is written as a folder of pages that need
/// nothing but themselves and open from a file, with the same table as CSV, Markdown, JSON and Parquet; with --format
/// json, that JSON is what is printed. The same runs give the same bytes.
///
/// Hidden tests and reference solutions are left out, unless --reveal-tests asks for them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat report runs
  karat report runs --k 1,4
  karat report runs/gpt runs/claude --out site
  karat report runs --out site --problems HumanEval.jsonl.gz \\
      --title \"HumanEval, autumn\"
  karat report runs --format json")]
pub(super) struct ReportArguments {
    #[command(flatten)]
    inputs: ReportInputs,

    /// Write the leaderboard into this folder, in the place of an older leaderboard.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,

    #[command(flatten)]
    output: FormatArguments,

    #[command(flatten)]
    progress: ProgressArguments,
}

/// What a report is made of.
#[derive(Debug, Args)]
pub(super) struct ReportInputs {
    /// Finished runs: their directories or names, or folders that hold some; those that are not finished are left
    /// out.
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<PathBuf>,

    /// The problem set of the runs [default: where a run had it when it was made].
    #[arg(long, value_name = "SET")]
    problems: Option<PathBuf>,

    /// Do without the problem set: pages then have no statements, and programs no prompts.
    #[arg(long, conflicts_with_all = ["problems", "reveal_tests"])]
    pub without_problems: bool,

    /// Show hidden tests and reference solutions too. Whoever can read the report can then train on them.
    #[arg(long)]
    pub reveal_tests: bool,

    /// The k of pass@k in the table, one or several [default: 1, 10, 100 and those that the runs were made with].
    #[arg(long, value_name = "K", value_delimiter = ',', value_parser = clap::value_parser!(u64).range(1..))]
    k: Vec<u64>,

    /// The heading [default: made of the names of the set and, for a single run, of the run].
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
}

pub(super) fn run(arguments: ReportArguments) -> anyhow::Result<Ending> {
    if let Some(out) = &arguments.out {
        publish::check(out)?; // before anything takes time
    }
    let quiet = arguments.progress.quiet;
    let reports = match &arguments.out {
        Some(_) => vec![arguments.inputs.report(true, quiet)?],
        None => arguments.inputs.reports(quiet)?,
    };
    if let (Some(out), [report]) = (&arguments.out, &reports[..]) {
        report.write(out, quiet)?;
    }
    let mut stdout = lines::stdout(arguments.output.format);
    if arguments.output.format == Format::Json {
        let boards: Vec<String> = reports
            .iter()
            .map(|report| table_as_json(&report.leaderboard.input))
            .collect::<Result<_, _>>()?;
        // Of one set an object, of several a list.
        match &boards[..] {
            [one] => write!(stdout, "{one}")?,
            several => writeln!(
                stdout,
                "[\n{}\n]",
                several.iter().map(|one| one.trim_end()).collect::<Vec<_>>().join(",\n")
            )?,
        }
        reports.iter().for_each(Report::tell_notes);
        return Ok(Ending::Done);
    }
    let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for (index, report) in reports.iter().enumerate() {
        if reports.len() > 1 {
            let set = &report.leaderboard.input.problem_set;
            let gap = if index == 0 { "" } else { "\n" };
            writeln!(stdout, "{gap}{} ({})", printable(&set.name), set.dataset)?;
        }
        report.tell_notes();
        write!(stdout, "{}", standings(&report.leaderboard.input, colour, fitting::width()))?;
    }
    if let Some(out) = &arguments.out {
        writeln!(stdout, "leaderboard: {}", out.join("index.html").display())?;
    }
    Ok(Ending::Done)
}

/// A leaderboard with what its pages are made of.
pub(super) struct Report {
    leaderboard: Leaderboard,
    set: Option<ProblemSet>,
}

impl ReportInputs {
    /// Reads and ranks runs of one problem set. The set is looked for where `with_pages`.
    pub(super) fn report(&self, with_pages: bool, quiet: bool) -> anyhow::Result<Report> {
        let runs = self.runs(quiet)?;
        refuse_different_sets(&runs)?;
        self.rank(runs, with_pages, quiet)
    }

    /// Reads and ranks runs, those of each problem set by themselves.
    fn reports(&self, quiet: bool) -> anyhow::Result<Vec<Report>> {
        let by_set = by_set(self.runs(quiet)?);
        if by_set.len() > 1 && self.problems.is_some() {
            // It can be that of one of them only, which says so.
            refuse_different_sets(&by_set.into_iter().flatten().collect::<Vec<_>>())?;
            anyhow::bail!("--problems names one set, and the runs are of several");
        }
        by_set.into_iter().map(|runs| self.rank(runs, false, quiet)).collect()
    }

    /// Reads the finished runs, and tells which others were found.
    fn runs(&self, quiet: bool) -> anyhow::Result<Vec<FinishedRun>> {
        let found = find_runs(&self.runs)?;
        let bar = progress::steps("reading runs", found.len() as u64, quiet);
        let opened: Vec<Result<FinishedRun, LeaderboardError>> =
            found.par_iter().map(|run| FinishedRun::open(run).inspect(|_| bar.inc(1))).collect();
        bar.finish_and_clear();
        Ok(finished_ones(opened, 1)?)
    }

    fn rank(&self, runs: Vec<FinishedRun>, with_pages: bool, quiet: bool) -> anyhow::Result<Report> {
        let wants_set = (with_pages || self.problems.is_some()) && !self.without_problems;
        let set = wants_set.then(|| self.problem_set(&runs)).transpose()?;
        let notes = self.without_problems.then(|| WITHOUT_PROBLEMS.to_owned()).into_iter().collect();
        let options = LeaderboardOptions {
            title: self.title.clone(),
            ks: self.k.clone(),
            reveal_tests: self.reveal_tests,
            notes,
        };
        let pairs = (runs.len() * runs.len().saturating_sub(1) / 2) as u64;
        let bar = progress::steps("comparing runs", pairs, quiet);
        let leaderboard = Leaderboard::new(runs, set.as_ref(), &options, || bar.inc(1));
        bar.finish_and_clear();
        Ok(Report { leaderboard: leaderboard?, set })
    }

    /// The problem set that the runs were made with: the one that was named, or the one where a run had it from.
    fn problem_set(&self, runs: &[FinishedRun]) -> anyhow::Result<ProblemSet> {
        let sets: Vec<&ProblemSetIdentity> =
            runs.iter().map(|run| &run.results().manifest.problems).collect();
        let wanted = sets.first().context("there are no runs")?;
        Ok(recorded_set(self.problems.as_deref(), wanted, &sets)?)
    }
}

impl Report {
    /// What a reader has to know, on standard error.
    pub(super) fn tell_notes(&self) {
        for note in &self.leaderboard.input.notes {
            tell(&format!("note: {}", printable(note)));
        }
    }

    /// Writes the leaderboard into a folder.
    pub(super) fn write(&self, out: &Path, quiet: bool) -> anyhow::Result<()> {
        self.publish(out, quiet, |_| Ok(()))
    }

    /// Writes the leaderboard into a folder, and says which page to open: of one run the samples that did not pass.
    pub(super) fn write_to_open(&self, out: &Path, quiet: bool) -> anyhow::Result<PathBuf> {
        let input = &self.leaderboard.input;
        if input.runs.len() != 1 {
            self.write(out, quiet)?;
            return Ok(out.join("index.html"));
        }
        self.publish(out, quiet, |folder| write_opening(input, folder))?;
        Ok(out.join(OPENING))
    }

    fn publish(
        &self,
        out: &Path,
        quiet: bool,
        add: impl FnOnce(&Path) -> Result<(), SiteError>,
    ) -> anyhow::Result<()> {
        let input = &self.leaderboard.input;
        let samples = self.leaderboard.samples(self.set.as_ref())?;
        let bar = progress::steps("writing pages", input.problems.len() as u64, quiet);
        let source = Watched { source: &samples, on_page: || bar.inc(1) };
        let result = publish::publish(out, |folder| {
            write_site(input, &source, folder)?;
            add(folder)
        });
        bar.finish_and_clear();
        Ok(result?)
    }
}

/// A source that tells when a page begins.
struct Watched<'a, F> {
    source: &'a dyn PageSource,
    on_page: F,
}

impl<F: Fn() + Sync> PageSource for Watched<'_, F> {
    fn problem(&self, problem: usize) -> Result<ProblemText, SourceError> {
        (self.on_page)();
        self.source.problem(problem)
    }

    fn prompts(&self, problem: usize) -> Result<Vec<PromptInput>, SourceError> {
        self.source.prompts(problem)
    }

    fn samples(&self, run: usize, problem: usize, most: usize) -> Result<Vec<SampleInput>, SourceError> {
        self.source.samples(run, problem, most)
    }
}
