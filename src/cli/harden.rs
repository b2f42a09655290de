//! `karat harden`: hidden tests that grow.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::Args;
use serde::Serialize;

use super::progress::Display;
use super::shared::{FormatArguments, JobsArguments, ProgressArguments};
use super::{Ending, Format, progress};
use crate::complete::Answer;
use crate::complete::samples::{Sample, SampleTask, Samples, Tasks};
use crate::evaluate::{Event, Executor};
use crate::judge::Judge;
use crate::judge::harden::{HardenStep, Hardening, NewTest, opponents};
use crate::judge::limits::Limits;
use crate::judge::prepared::PreparedProblems;
use crate::problem::format::test_table;
use crate::problem::load::karat::problem_files;
use crate::problem::load::load;
use crate::problem::locate::{find_task, split_task};
use crate::problem::{Dataset, Language, ProblemSet, TaskId};
use crate::report::printable;
use crate::shown::shown;

/// Find hidden tests that a problem lacks.
///
/// New inputs are made of those that the problem's tests have: of the same types, within `inputs.constraints`, and only
/// such on which all right solutions agree. Of them those few are kept that catch a wrong program which the present
/// tests let pass: a known-wrong solution, a mutant of the reference solution, or a completion that was given. They are
/// printed as tables of the problem's file, which is TOML, with what each catches; --write appends them to it.
///
/// Read each new test before you keep it. Constraints of problems by standard input are sentences, which nothing can
/// check.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat harden starter/kiln-firings
  karat harden mine/two-sum --completions samples.jsonl --budget 2000
  karat harden mine/two-sum --write

Exit status: 0 done, whether or not there is a test to add; 2 error.")]
pub(super) struct HardenArguments {
    /// The set, by path or name, a slash, and the problem. The set must be in Karat's own format.
    #[arg(value_name = "SET/TASK")]
    task: String,

    /// Completions to catch as well, as `karat score` takes them; those of other problems are passed over. Right ones
    /// do no harm.
    #[arg(long, value_name = "FILE")]
    completions: Option<PathBuf>,

    /// How many new inputs to try, at most.
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    budget: u32,

    /// How many mutants to try to catch, at most.
    #[arg(long, value_name = "N", default_value_t = 200)]
    most_mutants: u32,

    /// Append the tests to the problem's file. All that is in the file stays as it is.
    #[arg(long)]
    write: bool,

    #[command(flatten)]
    jobs: JobsArguments,

    #[command(flatten)]
    output: FormatArguments,

    #[command(flatten)]
    progress: ProgressArguments,
}

/// The result for standard output.
#[derive(Debug, Serialize)]
struct HardenOutput {
    task_id: TaskId,
    file: PathBuf,
    /// Whether the tests were appended to the file.
    written: bool,
    opponents: usize,
    caught_before: usize,
    inputs: usize,
    tests: Vec<NewTest>,
    not_caught: Vec<String>,
}

pub(super) fn run(arguments: &HardenArguments) -> anyhow::Result<Ending> {
    let (path, task) = split_task(&arguments.task)?;
    let mut set = load(&path, None)?;
    ensure!(
        set.dataset == Dataset::Karat,
        "{}: follows the format of {}; only sets in Karat's own format can be hardened (`karat problems new` begins one)",
        shown(path.display()),
        set.dataset.name()
    );
    let task_id = find_task(&set, task)?;
    let file = file_of(&path, &task_id)?;
    set.retain(|other, _| *other == task_id);
    let language = set.languages().into_iter().next().unwrap_or(Language::Python);
    ensure!(
        language == Language::Python,
        "{task_id}: is in {}; only problems in Python can be hardened",
        language.name()
    );
    let completions = match &arguments.completions {
        Some(samples) => completions(samples, &set, &task_id)?,
        None => Vec::new(),
    };

    let display = Display::new(arguments.progress.quiet);
    let observe = |event: Event<'_>| display.show(event);
    let executor = Executor::start(&set.languages(), arguments.jobs.jobs, &observe)?;
    let judge = Judge::new(&executor.runners, Limits::default(), set.dataset);
    executor.measure_references(&set, &judge, |_, _| true, &observe)?;
    let prepared = PreparedProblems::new(&set, Some(&executor.references)).get(&task_id)?;
    let (problem, reference) = (&prepared.problem, prepared.reference.as_ref());
    ensure!(
        reference.is_some_and(|run| run.passes()),
        "{task_id}: its reference solution does not pass its own tests; `karat problems verify` says why"
    );
    let answers = completions.iter().map(|sample| {
        (format!("completion on {}", sample.place), Answer { text: &sample.completion, form: sample.form })
    });
    let opponents = opponents(problem, arguments.most_mutants as usize, answers);
    let bar = progress::judging(opponents.len() as u64, arguments.progress.quiet);
    bar.set_prefix("judging");
    let hardening = executor.pool.install(|| {
        judge.harden(problem, reference, &opponents, arguments.budget as usize, |step| match step {
            HardenStep::Judged => bar.inc(1),
            HardenStep::Inputs => bar.set_prefix("making inputs"),
            HardenStep::Asked => bar.set_prefix("asking"),
        })
    });
    bar.finish_and_clear();
    let hardening = hardening.with_context(|| format!("{task_id}: can not be hardened"))?;

    let tables: Vec<String> = hardening.tests.iter().map(table).collect();
    let written = arguments.write && !tables.is_empty();
    if written {
        append(&file, &path, &tables)?;
    }
    let Hardening { opponents, caught_before, inputs, tests, not_caught } = hardening;
    let output = HardenOutput { task_id, file, written, opponents, caught_before, inputs, tests, not_caught };
    output.print(&tables, arguments.output.format)?;
    Ok(Ending::Done)
}

/// The file of a problem of a set.
fn file_of(set: &Path, task_id: &TaskId) -> anyhow::Result<PathBuf> {
    let name = task_id.as_str().rsplit('/').next().unwrap_or_default();
    let files = problem_files(set)?.into_values();
    let mut named = files.filter(|path| path.file_stem().is_some_and(|stem| stem == name));
    named.next().with_context(|| format!("{task_id}: its file is gone from {}", shown(set.display())))
}

/// The completions of a problem in a samples file.
fn completions(path: &Path, set: &ProblemSet, task_id: &TaskId) -> anyhow::Result<Vec<Sample>> {
    let mut found = Vec::new();
    let tasks = Tasks::of(set);
    for sample in Samples::open(path)? {
        let sample = sample?;
        let is_it = match &sample.task {
            SampleTask::Named(name) => name == task_id || find_task(set, name.as_str()).is_ok(),
            SampleTask::Position(_) | SampleTask::Part(..) => tasks.find(&sample.task) == Some(task_id),
        };
        if is_it {
            found.push(sample);
        }
    }
    ensure!(
        !found.is_empty(),
        "{}: has no completion of {task_id}; name a file that has, or leave out --completions",
        shown(path.display())
    );
    Ok(found)
}

fn table(new: &NewTest) -> String {
    const MOST_NAMED: usize = 5;
    let mut comments: Vec<String> =
        new.catches.iter().take(MOST_NAMED).map(|name| format!("Catches {name}.")).collect();
    if new.catches.len() > MOST_NAMED {
        comments.push(format!("Catches {} more.", new.catches.len() - MOST_NAMED));
    }
    test_table(&new.test, &comments)
}

/// Puts tables behind what a file has, unless the set can no longer be read then.
fn append(file: &Path, set: &Path, tables: &[String]) -> anyhow::Result<()> {
    let can_not = || format!("{}: can not be written", shown(file.display()));
    let before = fs::read(file).with_context(can_not)?;
    let end_line = if before.ends_with(b"\n") { "" } else { "\n" };
    let mut open = OpenOptions::new().append(true).open(file).with_context(can_not)?;
    open.write_all(format!("{end_line}\n{}", tables.join("\n")).as_bytes()).with_context(can_not)?;
    if let Err(error) = load(set, None) {
        open.set_len(before.len() as u64).with_context(can_not)?;
        bail!(
            "{}: stays as it was, since the set could not be read with the new tests: {error}",
            shown(file.display())
        );
    }
    Ok(())
}

impl HardenOutput {
    fn print(&self, tables: &[String], format: Format) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if format == Format::Json {
            return writeln!(out, "{}", serde_json::to_string_pretty(self)?);
        }
        let passed = self.opponents - self.caught_before;
        writeln!(
            out,
            "# {}: {} of {} programs pass the present tests; {} new inputs were tried on them.",
            self.task_id, passed, self.opponents, self.inputs
        )?;
        for name in &self.not_caught {
            writeln!(out, "# Not caught, perhaps since it is right: {}.", shown(name))?;
        }
        for table in tables {
            writeln!(out, "\n{}", table.trim_end().lines().map(printable).collect::<Vec<_>>().join("\n"))?;
        }
        let tests = if tables.len() == 1 { "1 test".to_owned() } else { format!("{} tests", tables.len()) };
        let file = self.file.display();
        match (tables.is_empty(), self.written) {
            (true, _) => writeln!(out, "# No test to add."),
            (false, true) => {
                writeln!(out, "\n# Appended {tests} to {file}. Read what is new before you keep it.")
            }
            (false, false) => writeln!(out, "\n# {tests} to add; --write appends them to {file}."),
        }
    }
}
