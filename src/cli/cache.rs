//! `karat cache`: the answers of models that are kept, so that nothing is paid twice.

use std::io::{self, Write};

use clap::{Args, Subcommand};

use super::{Ending, Format};
use crate::complete::answer_cache::{AnswerCache, CacheShare};
use crate::report::{printable, terminal};
use crate::runner::install::cache_directory;

/// Look at, or clear, the cache of models' answers.
///
/// Every answer is kept under what was asked (model, address, prompt, parameters, sample), in the cache directory
/// (KARAT_CACHE_DIR, or `karat` in the user's cache directory).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat cache stats --format json
  karat cache clear")]
pub struct CacheArguments {
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Debug, Subcommand)]
enum CacheCommand {
    /// Show how many answers are kept, and of which models.
    Stats {
        /// How to write the result.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Forget all answers.
    Clear,
}

pub fn run(arguments: &CacheArguments) -> anyhow::Result<Ending> {
    let cache = AnswerCache::new(&cache_directory()?);
    let mut out = io::stdout().lock();
    match arguments.command {
        CacheCommand::Stats { format: Format::Json } => {
            writeln!(out, "{}", serde_json::to_string_pretty(&cache.stats()?)?)?;
        }
        CacheCommand::Stats { format: Format::Table } => {
            let stats = cache.stats()?;
            let mut table = terminal::table(vec!["model", "answers", "KiB"]);
            for (model, share) in &stats.models {
                table.add_row(row(&printable(model), *share));
            }
            table.add_row(row("all", stats.total));
            writeln!(out, "{table}")?;
        }
        CacheCommand::Clear => {
            let CacheShare { entries, bytes } = cache.clear()?;
            writeln!(out, "Forgot {entries} answers, {} KiB.", bytes.div_ceil(1024))?;
        }
    }
    Ok(Ending::Done)
}

fn row(model: &str, share: CacheShare) -> [String; 3] {
    [model.to_owned(), share.entries.to_string(), share.bytes.div_ceil(1024).to_string()]
}
