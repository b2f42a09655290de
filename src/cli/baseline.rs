//! `karat baseline`: a run as one small file.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::Ending;
use super::whole_file::{tell_written, write_whole};
use crate::report::results::RunResults;

/// Write what `karat check` needs of a run into one small file that can be committed.
///
/// No address and no path of your machine is in it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat baseline runs/HumanEval-gpt-5 -o baseline.json
  karat check runs/today --baseline baseline.json")]
pub(super) struct BaselineArguments {
    /// The run: its directory, or its name.
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// Where to write it [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &BaselineArguments) -> anyhow::Result<Ending> {
    let mut text = serde_json::to_string_pretty(&RunResults::open(&arguments.run)?.without_places())?;
    text.push('\n');
    match &arguments.out {
        Some(path) => {
            write_whole(path, |file| Ok(file.write_all(text.as_bytes())?))?;
            tell_written(path);
        }
        None => io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(Ending::Done)
}
