//! `karat harden`: hidden tests that grow.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::progress::Display;
use super::shared::{FormatArguments, JobsArguments, ProgressArguments};
use super::{Ending, Format};
use crate::evaluate::harden::{HardenTarget, table_of};
use crate::evaluate::{Event, Executor};
use crate::judge::harden::{Hardening, NewTest};
use crate::problem::TaskId;
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
    let target = HardenTarget::open(&arguments.task)?;
    let completions = match &arguments.completions {
        Some(samples) => target.completions(samples)?,
        None => Vec::new(),
    };
    let display = Display::new(arguments.progress.quiet);
    let observe = |event: Event<'_>| display.show(event);
    let executor = Executor::start(&target.languages(), arguments.jobs.jobs, &observe)?;
    let (mutants, inputs) = (arguments.most_mutants as usize, arguments.budget as usize);
    let hardening = target.harden(&executor, &completions, mutants, inputs, &observe)?;
    let written = arguments.write && !hardening.tests.is_empty();
    if written {
        target.append(&hardening.tests)?;
    }
    let HardenTarget { task_id, file, .. } = target;
    let Hardening { opponents, caught_before, inputs, tests, not_caught } = hardening;
    let output = HardenOutput { task_id, file, written, opponents, caught_before, inputs, tests, not_caught };
    output.print(arguments.output.format)?;
    Ok(Ending::Done)
}

impl HardenOutput {
    fn print(&self, format: Format) -> io::Result<()> {
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
        for table in self.tests.iter().map(table_of) {
            writeln!(out, "\n{}", table.trim_end().lines().map(printable).collect::<Vec<_>>().join("\n"))?;
        }
        let tests =
            if self.tests.len() == 1 { "1 test".to_owned() } else { format!("{} tests", self.tests.len()) };
        let file = self.file.display();
        match (self.tests.is_empty(), self.written) {
            (true, _) => writeln!(out, "# No test to add."),
            (false, true) => {
                writeln!(out, "\n# Appended {tests} to {file}. Read what is new before you keep it.")
            }
            (false, false) => writeln!(out, "\n# {tests} to add; --write appends them to {file}."),
        }
    }
}
