//! `karat problems`: what problem sets there are, what is in them, and how new ones begin.

mod list;
mod mutants;
mod new;
mod prompt;
mod schema;
mod show;
mod tasks;
mod templates;
mod verify;

use clap::{Args, Subcommand};

use super::Ending;

/// List, show and write problems.
///
/// A problem set is named by its path, or by name: then it is looked for in the folders of KARAT_PROBLEMS (a list as
/// in PATH) and in ./problems. A problem is named by its set, a slash and its name in the set.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat problems list
  karat problems show HumanEval.jsonl.gz/HumanEval/0
  karat problems new mine/two-sum --kind calls
  karat problems verify mine
  karat problems templates")]
pub(super) struct ProblemsArguments {
    #[command(subcommand)]
    command: ProblemsCommand,
}

#[derive(Debug, Subcommand)]
enum ProblemsCommand {
    List(list::ListArguments),
    Show(show::ShowProblemArguments),
    New(new::NewArguments),
    Prompt(prompt::PromptOfArguments),
    Templates(templates::TemplatesArguments),
    Verify(verify::VerifyArguments),
    Schema(schema::SchemaArguments),
}

pub(super) fn run(arguments: ProblemsArguments) -> anyhow::Result<Ending> {
    match arguments.command {
        ProblemsCommand::List(arguments) => list::run(&arguments),
        ProblemsCommand::Show(arguments) => show::run(&arguments),
        ProblemsCommand::New(arguments) => new::run(&arguments),
        ProblemsCommand::Prompt(arguments) => prompt::run(&arguments),
        ProblemsCommand::Templates(arguments) => templates::run(&arguments),
        ProblemsCommand::Verify(arguments) => verify::run(&arguments),
        ProblemsCommand::Schema(arguments) => schema::run(&arguments),
    }
}
