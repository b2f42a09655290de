//! The command line: arguments in, presentation out. Each subcommand has a file or a folder; the others hold what
//! several of them share.

mod asking;
mod baseline;
mod built_in;
mod cache;
mod check;
mod compare;
mod completions;
mod config;
mod data;
#[cfg(test)]
mod examples;
mod export;
mod finished;
mod generate;
mod harden;
mod interrupt;
mod judging;
mod lines;
mod logging;
mod models;
mod now_and_then;
mod pager;
mod problems;
mod progress;
mod prompting;
mod report;
mod results_file;
mod run;
mod runners;
mod score;
mod serving;
mod shared;
mod show;
mod view;
mod whole_file;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::complete::provider::managed;
use crate::model;
use crate::report::fitting::prose_of_errors;
use crate::shown::with_causes;

/// Tell how good a code-generating model is.
///
/// Completions are executed in a sandbox, judged by tests that they can not see, and scored as pass@k with a 95 %
/// interval. The same completions get the same verdicts on every machine.
#[derive(Debug, Parser)]
#[command(
    version = env!("KARAT_VERSION"),
    max_term_width = 110,
    after_help = "\
Examples:
  karat run HumanEval.jsonl.gz --model openai:gpt-5 -n 20
  karat score samples.jsonl HumanEval.jsonl.gz
  karat show runs/samples HumanEval/3
  karat compare runs/one runs/other
  karat check runs/today --baseline baseline.json
  karat score --reference HumanEval.jsonl.gz
  karat report runs --out site
  karat problems show HumanEval.jsonl.gz/HumanEval/0
  karat data fetch humaneval
  karat models list
  karat runners verify

Exit status: 0 done; 1 `karat check`: the run regressed; 2 error, nothing or not everything was done; 3 done, but some
verdicts are inconclusive, some samples have no answer, or a check can not tell; 130 Ctrl-C."
)]
struct Cli {
    #[command(flatten)]
    log: logging::LogArguments,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(Box<run::RunArguments>),
    Score(Box<score::ScoreArguments>),
    Generate(Box<generate::GenerateArguments>),
    Show(show::ShowArguments),
    Compare(compare::CompareArguments),
    Check(check::CheckArguments),
    Baseline(baseline::BaselineArguments),
    Export(export::ExportArguments),
    Report(report::ReportArguments),
    View(view::ViewArguments),
    Data(data::DataArguments),
    Problems(problems::ProblemsArguments),
    Harden(harden::HardenArguments),
    Models(models::ModelsArguments),
    Runners(runners::RunnersArguments),
    Cache(cache::CacheArguments),
    Config(config::ConfigArguments),
    Completions(completions::CompletionsArguments),
    #[command(hide = true)]
    Man(completions::ManArguments),
    /// Start a program and end it as soon as the caller is gone: for Karat itself.
    #[command(hide = true)]
    SuperviseServer {
        /// The program and its arguments.
        #[arg(last = true, required = true)]
        words: Vec<OsString>,
    },
    /// Load a model and answer requests on standard input: for Karat itself.
    #[command(hide = true)]
    ModelWorker,
}

/// How results are written to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people.
    Table,
    /// JSON for programs.
    Json,
}

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Done,
    /// Done, but some verdicts are inconclusive.
    Inconclusive,
    /// What was looked at is not as it should be.
    Wrong,
    /// The run is worse than its baseline.
    Regressed,
    /// The user ended it.
    Interrupted,
}

impl Ending {
    /// The one of two endings that matters more.
    fn worse(self, other: Ending) -> Ending {
        let weight = |ending| match ending {
            Ending::Done => 0,
            Ending::Inconclusive => 1,
            Ending::Wrong => 2,
            Ending::Regressed => 3,
            Ending::Interrupted => 4,
        };
        if weight(other) > weight(self) { other } else { self }
    }
}

/// Parses the command line, does what it says and returns the exit status.
pub(crate) fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let words = matches.subcommand().map_or(&matches, |(_, words)| words);
    // What these two write is read by the process that started them.
    let is_for_karat = matches!(cli.command, Command::SuperviseServer { .. } | Command::ModelWorker);
    if !is_for_karat && let Err(error) = cli.log.start() {
        return failed(&error);
    }
    let result = match cli.command {
        Command::Run(_) => config::resolve(words)
            .and_then(|resolved| run::run(resolved.into_iter().map(|resolved| resolved.plan).collect())),
        Command::Config(arguments) => config::run(&arguments, words),
        Command::Score(arguments) => score::run(*arguments),
        Command::Generate(arguments) => generate::run(*arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Baseline(arguments) => baseline::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Cache(arguments) => cache::run(&arguments),
        Command::Report(arguments) => report::run(arguments),
        Command::View(arguments) => view::run(arguments),
        Command::Data(arguments) => data::run(&arguments),
        Command::Problems(arguments) => problems::run(arguments),
        Command::Harden(arguments) => harden::run(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Runners(arguments) => runners::run(arguments),
        Command::Completions(arguments) => completions::completions(&arguments, Cli::command()),
        Command::Man(arguments) => completions::man(&arguments, Cli::command()),
        Command::SuperviseServer { words } => return managed::supervise(&words),
        Command::ModelWorker => return model::worker::main(),
    };
    match result {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Inconclusive) => ExitCode::from(3),
        Ok(Ending::Wrong) => ExitCode::from(2),
        Ok(Ending::Regressed) => ExitCode::from(1),
        Ok(Ending::Interrupted) => ExitCode::from(130),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// Says what went wrong, and why.
fn failed(error: &anyhow::Error) -> ExitCode {
    let red = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (before, behind) = if red { ("\x1b[1;31m", "\x1b[0m") } else { ("", "") };
    let text = prose_of_errors(&format!("error: {}", with_causes(error.as_ref())));
    let text = text.strip_prefix("error").unwrap_or(&text);
    let _ = writeln!(io::stderr(), "{before}error{behind}{text}");
    ExitCode::from(2)
}

/// Whether the reader of our output went away, as `head` does: no reason to complain.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
