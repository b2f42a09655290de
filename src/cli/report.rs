//! `karat report`: from runs to a leaderboard, as a table and as a folder of pages.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use rayon::prelude::*;

use super::shared::{FormatArguments, ProgressArguments};
use super::{Ending, Format, progress};
use crate::evaluate::rules::set_path;
use crate::problem::ProblemSet;
use crate::problem::load::load;
use crate::record::ProblemSetIdentity;
use crate::report::leaderboard::{
    FinishedRun, Leaderboard, LeaderboardOptions, refuse_different_sets, run_directories,
};
use crate::report::site::{
    OPENING, PageSource, ProblemText, PromptInput, SampleInput, SiteError, SourceError, table_as_json,
    write_opening, write_site,
};
use crate::report::standings::standings;
use crate::report::{printable, publish};
use crate::shown::shown;

const WITHOUT_PROBLEMS: &str = "Made without the problem set: statements are missing, and programs are shown as the model \
                                wrote them, without their prompt.";

/// Rank runs, and make a leaderboard of them that can be put on any web server.
///
/// A rank is a range: at best 1 + the number of runs that are significantly better, at worst the number of all runs less
/// those that are significantly worse (paired by problem, p below 0.05, each pair by itself). With --out, the leaderboard
/// is written as a folder of pages that need nothing but themselves and open from a file, with the same table as CSV,
/// Markdown, JSON and Parquet; with --format json, that JSON is what is printed. The same runs give the same bytes.
///
/// Hidden tests and reference solutions are left out, unless --reveal-tests asks for them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat report runs
  karat report runs/gpt runs/claude --out site
  karat report runs --out site --problems HumanEval.jsonl.gz --title \"HumanEval, autumn\"
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
    /// Finished runs: the directories of runs, or folders that hold some.
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

    /// The heading [default: made of the names of the set and, for a single run, of the run].
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
}

pub(super) fn run(arguments: ReportArguments) -> anyhow::Result<Ending> {
    if let Some(out) = &arguments.out {
        publish::check(out)?; // before anything takes time
    }
    let report = arguments.inputs.report(arguments.out.is_some(), arguments.progress.quiet)?;
    if let Some(out) = &arguments.out {
        report.write(out, arguments.progress.quiet)?;
    }
    let input = &report.leaderboard.input;
    report.tell_notes();
    let mut stdout = io::stdout().lock();
    match arguments.output.format {
        Format::Json => {
            write!(stdout, "{}", table_as_json(input)?)?;
        }
        Format::Table => {
            let colour = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none();
            write!(stdout, "{}", standings(input, colour))?;
            if let Some(out) = &arguments.out {
                writeln!(stdout, "leaderboard: {}", out.join("index.html").display())?;
            }
        }
    }
    Ok(Ending::Done)
}

/// A leaderboard with what its pages are made of.
pub(super) struct Report {
    leaderboard: Leaderboard,
    set: Option<ProblemSet>,
}

impl ReportInputs {
    /// Reads and ranks the runs. The problem set is looked for where `with_pages`.
    pub(super) fn report(&self, with_pages: bool, quiet: bool) -> anyhow::Result<Report> {
        let paths = run_directories(&self.runs)?;
        let bar = progress::steps("reading runs", paths.len() as u64, quiet);
        let runs = paths
            .par_iter()
            .map(|path| FinishedRun::open(path).inspect(|_| bar.inc(1)))
            .collect::<Result<Vec<FinishedRun>, _>>();
        bar.finish_and_clear();
        let runs = runs?;
        refuse_different_sets(&runs)?;
        let wants_set = (with_pages || self.problems.is_some()) && !self.without_problems;
        let set = wants_set.then(|| self.problem_set(&runs)).transpose()?;
        let notes = self.without_problems.then(|| WITHOUT_PROBLEMS.to_owned()).into_iter().collect();
        let options =
            LeaderboardOptions { title: self.title.clone(), reveal_tests: self.reveal_tests, notes };
        let pairs = (runs.len() * runs.len().saturating_sub(1) / 2) as u64;
        let bar = progress::steps("comparing runs", pairs, quiet);
        let leaderboard = Leaderboard::new(runs, set.as_ref(), &options, || bar.inc(1));
        bar.finish_and_clear();
        Ok(Report { leaderboard: leaderboard?, set })
    }

    /// The problem set that the runs were made with: the one that was named, or the one where a run had it from.
    fn problem_set(&self, runs: &[FinishedRun]) -> anyhow::Result<ProblemSet> {
        let wanted = &runs.first().context("there are no runs")?.results().manifest.problems;
        if let Some(named) = &self.problems {
            let path = set_path(named)?;
            let set = load(&path, Some(wanted.dataset))?;
            anyhow::ensure!(
                set.digest == wanted.digest,
                "{}: not the problem set of the runs (digest {}, and the runs have {} with digest {})",
                shown(path.display()),
                set.digest,
                wanted.name,
                wanted.digest
            );
            return Ok(set);
        }
        let mut tried: Vec<&str> = Vec::new();
        for run in runs {
            let ProblemSetIdentity { path, dataset, digest, .. } = &run.results().manifest.problems;
            if tried.contains(&path.as_str()) {
                continue;
            }
            tried.push(path);
            // What is wrong with another file of that name is not asked.
            if let Ok(set) = load(Path::new(path), Some(*dataset))
                && &set.digest == digest
            {
                return Ok(set);
            }
        }
        anyhow::bail!(
            "the problem set {} of the runs (digest {}) is not, or no longer, at {}; say with --problems where it is, or \
             do without statements with --without-problems",
            wanted.name,
            wanted.digest,
            tried.join(" or ")
        )
    }
}

impl Report {
    /// What a reader has to know, on standard error.
    pub(super) fn tell_notes(&self) {
        for note in &self.leaderboard.input.notes {
            let _ = writeln!(io::stderr(), "note: {}", printable(note)); // nobody listens: nothing is lost
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
