//! `karat config`: what `karat run` would do here, and why.

mod file;
mod layers;

pub(super) use layers::{Resolved, resolve};

use std::io::Write;

use clap::{ArgMatches, Args, Subcommand};
use serde::Serialize;

use super::lines;
use super::run::RunArguments;
use super::{Ending, Format};
use crate::report::columns::TextTable;
use crate::report::printable;

/// Look at the suites of karat.toml.
#[derive(Debug, Args)]
pub(super) struct ConfigArguments {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Show what `karat run` would do with the same words, and where each value comes from.
    #[command(after_help = "\
Examples:
  karat config show
  karat config show nightly -n 5
  karat config show HumanEval.jsonl.gz --model reference --format json")]
    Show(Box<RunArguments>),
}

#[derive(Serialize)]
struct Shown<'a> {
    suite: Option<&'a str>,
    settings: &'a [layers::Setting],
}

/// Shows what the matched words mean.
pub(super) fn run(arguments: &ConfigArguments, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let ConfigCommand::Show(show) = &arguments.command;
    let words = matches.subcommand().map_or(matches, |(_, words)| words);
    let resolved = resolve(words)?;
    let mut out = lines::stdout(show.output.format);
    if show.output.format == Format::Json {
        let shown: Vec<Shown> = resolved
            .iter()
            .map(|resolved| Shown { suite: resolved.plan.suite.as_deref(), settings: &resolved.settings })
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&shown)?)?;
        return Ok(Ending::Done);
    }
    for Resolved { plan, settings } in &resolved {
        let title = plan.suite.as_ref().map_or("no suite".to_owned(), |name| format!("suite {name}"));
        writeln!(out, "{}", printable(&title))?;
        let mut table = TextTable::with_header(["setting", "value", "from"]);
        for setting in settings {
            let value =
                if setting.values.is_empty() { "not set".to_owned() } else { setting.values.join(", ") };
            table.add_row([setting.name.clone(), printable(&value), setting.from.clone()]);
        }
        writeln!(out, "{table}")?;
    }
    Ok(Ending::Done)
}
