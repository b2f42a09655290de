//! `karat problems prompt`: exactly what a model would be sent.

use std::io::{self, Write};

use clap::Args;

use crate::cli::prompting::{ModelArguments, PromptArguments};
use crate::cli::shared::FormatArguments;
use crate::cli::{Ending, Format};
use crate::complete::prompt::show;
use crate::evaluate::Prompter;
use crate::problem::load::load;
use crate::problem::locate::{find_task, split_task};
use crate::report::printable;

/// Show exactly what a model would be sent for a problem.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat problems prompt HumanEval.jsonl.gz/HumanEval/0 --model openai:gpt-5
  karat problems prompt mine/two-sum --model anthropic:claude-sonnet \\
      --language zh
  karat problems prompt mine/two-sum --model reference --prompts my-prompts \\
      --prompt terse --format json")]
pub(super) struct PromptOfArguments {
    /// The problem: a set, by path or name, a slash, and the problem's name in it.
    #[arg(value_name = "SET/TASK")]
    task: String,

    #[command(flatten)]
    model: ModelArguments,

    #[command(flatten)]
    prompt: PromptArguments,

    #[command(flatten)]
    output: FormatArguments,
}

pub(super) fn run(arguments: &PromptOfArguments) -> anyhow::Result<Ending> {
    let (path, task) = split_task(&arguments.task)?;
    let set = load(&path, None)?;
    let task_id = find_task(&set, task)?;
    let prompter = Prompter::new(&arguments.prompt.settings(), &arguments.model.model, &set)?;
    let prompt = prompter.prompt(&set, &task_id)?;
    let mut out = io::stdout().lock();
    match arguments.output.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&*prompt)?)?,
        Format::Table => writeln!(out, "{}", printable(&show(&prompt)))?,
    }
    Ok(Ending::Done)
}
