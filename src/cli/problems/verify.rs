//! `karat problems verify`: whether problems are in order.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::mutants;
use crate::cli::interrupt::stop_on_interrupt;
use crate::cli::lines;
use crate::cli::lines::tell;
use crate::cli::progress::Display;
use crate::cli::shared::{DatasetArguments, FormatArguments, JobsArguments, ProgressArguments};
use crate::cli::{Ending, Format};
use crate::evaluate::rules::{refuse_what_cannot_run, set_path};
use crate::evaluate::verify::{ProblemFinding, SetVerification, VerifyRequest};
use crate::evaluate::{EvaluateError, Event, Executor};
use crate::judge::mutate::MOST_MUTANTS;
use crate::judge::verify::Finding;
use crate::problem::load::load;
use crate::problem::locate::{find_task, split_task};
use crate::report::columns::TextTable;
use crate::report::human_eval::reason;
use crate::report::printable;
use crate::report::site::plural;
use crate::shown::shown;

/// Check that the problems of a set are in order: right solutions pass, known-wrong ones fail.
///
/// Wrong solutions that name a verdict must get that one. What needs something that the sandbox does not have is
/// listed apart: it can not be judged here. In Karat's own format, a test that repeats another is a fault, too.
///
/// With --mutants, the tests are tested: one place of the Python reference solution is changed, a comparison or a
/// number, say, and at least 95 % of the changed programs that do something else must fail. A mutant that passes counts
/// as equal to the reference solution if the two agree on 100 new inputs. Sets that do not declare what inputs fulfil
/// may seem weak on inputs that they never meant. This takes as long as judging some dozen completions a problem;
/// without the flag no set is tested so.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat problems verify problems/starter
  karat problems verify starter/kiln-firings
  karat problems verify HumanEval.jsonl.gz HumanEval/3 HumanEval/75
  karat problems verify apps/test --solutions 10 --format json
  karat problems verify problems/starter --mutants

Exit status: 0 all in order; 2 not all in order, a mutation score below 95 %, or an error; 130 Ctrl-C.")]
pub(super) struct VerifyArguments {
    /// The problem set, by path or name, or one of its problems.
    #[arg(value_name = "SET|SET/TASK")]
    set: PathBuf,

    /// Only these problems.
    #[arg(value_name = "SET/TASK")]
    tasks: Vec<String>,

    #[command(flatten)]
    dataset: DatasetArguments,

    /// How many right and how many wrong solutions of a problem to judge, at most [default: all in Karat's own format,
    /// else 3].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    solutions: Option<u32>,

    /// Test the tests by mutants of the reference solutions.
    #[arg(long)]
    mutants: bool,

    /// How many mutants of a problem are judged, at most; they are chosen evenly over its reference solution.
    #[arg(long, value_name = "N", default_value_t = MOST_MUTANTS as u32, requires = "mutants",
        value_parser = clap::value_parser!(u32).range(1..))]
    most_mutants: u32,

    #[command(flatten)]
    jobs: JobsArguments,

    #[command(flatten)]
    output: FormatArguments,

    #[command(flatten)]
    progress: ProgressArguments,
}

pub(super) fn run(arguments: &VerifyArguments) -> anyhow::Result<Ending> {
    let (path, first) = set_or_task(&arguments.set)?;
    let mut set = load(&path, arguments.dataset.dataset)?;
    refuse_what_cannot_run(&path, &set)?;
    let tasks: Vec<&str> = first.into_iter().chain(arguments.tasks.iter().map(String::as_str)).collect();
    if !tasks.is_empty() {
        let tasks = tasks.into_iter().map(|task| find_task(&set, task)).collect::<Result<Vec<_>, _>>()?;
        set.retain(|task_id, _| tasks.contains(task_id));
    }
    let display = Display::new(arguments.progress.quiet);
    let observe = |event: Event<'_>| display.show(event);
    let executor = Executor::start(&set.languages(), arguments.jobs.jobs, &observe)?;
    stop_on_interrupt(&executor.stop, &display);
    let request = VerifyRequest {
        solutions: arguments.solutions.map(|most| most as usize),
        mutants: arguments.mutants.then_some(arguments.most_mutants as usize),
    };
    let found = match request.run(&set, &executor, &observe) {
        Err(stopped @ (EvaluateError::StoppedMeasuring | EvaluateError::StoppedVerifying { .. })) => {
            tell(&stopped.to_string());
            return Ok(Ending::Interrupted);
        }
        found => found?,
    };
    print(&found, arguments.output.format)?;
    Ok(if found.is_in_order() { Ending::Done } else { Ending::Wrong })
}

/// The set that is named, and the problem of it, if one is.
fn set_or_task(named: &Path) -> anyhow::Result<(PathBuf, Option<&str>)> {
    match (set_path(named), named.to_str()) {
        (Ok(path), _) if path.exists() => Ok((path, None)),
        (set, Some(text)) => match split_task(text) {
            Ok((path, task)) => Ok((path, Some(task))),
            Err(_) => Ok((set?, None)),
        },
        (set, None) => Ok((set?, None)),
    }
}

fn print(found: &SetVerification, format: Format) -> io::Result<()> {
    let mut out = lines::stdout(format);
    if format == Format::Json {
        return writeln!(out, "{}", serde_json::to_string_pretty(found)?);
    }
    if !found.findings.is_empty() {
        let mut table = TextTable::with_header(vec!["problem", "solution", "finding"]);
        for ProblemFinding { task_id, finding } in &found.findings {
            let (solution, text) = described(finding);
            table.add_row([task_id.to_string(), shown(solution).to_string(), printable(&text)]);
        }
        writeln!(out, "{table}")?;
    }
    writeln!(
        out,
        "{}: {} of {} in order; {} passed, {} failed as expected.",
        found.set,
        found.in_order,
        plural(found.problems, "problem"),
        plural(found.right_solutions, "right solution"),
        plural(found.wrong_solutions, "wrong one")
    )?;
    if found.not_known > 0 {
        writeln!(out, "Can not be told here, or not in full: {}.", plural(found.not_known, "problem"))?;
    }
    for (name, problems) in &found.missing {
        writeln!(out, "The sandbox does not have `{}`: {}.", shown(name), plural(*problems, "problem"))?;
    }
    for note in &found.notes {
        writeln!(out, "{}: {note}.", found.set)?;
    }
    found.mutants.as_ref().map_or(Ok(()), |found| mutants::print(found, &mut out))
}
/// The solution that a finding is about, and what it says.
fn described(finding: &Finding) -> (&str, String) {
    let in_test = |test: &Option<u32>| test.map(|number| format!("test {number}: ")).unwrap_or_default();
    match finding {
        Finding::NoReference => ("", "there is no right solution to verify it by".to_owned()),
        Finding::NoTests => ("", "there is no test".to_owned()),
        Finding::RightFails { solution, verdict, test } => (
            solution,
            format!("should pass: {}{} ({})", in_test(test), verdict.kind().name(), reason(verdict)),
        ),
        Finding::WrongPasses { solution } => (solution, "should fail, and passes".to_owned()),
        Finding::WrongReason { solution, expected, verdict } => (
            solution,
            format!("should fail as {expected}, not as {} ({})", verdict.kind().name(), reason(verdict)),
        ),
        Finding::RepeatedTest { test, earlier, example } => {
            let whose = if *example { ", an example" } else { "" };
            ("", format!("test {test} repeats test {earlier}{whose}"))
        }
        Finding::CanNotRunHere { solution, needs } => {
            (solution, format!("needs `{needs}`, which the sandbox does not have"))
        }
        Finding::Inconclusive { solution, reason } => (solution, format!("inconclusive: {reason}")),
    }
}
