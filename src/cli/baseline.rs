//! `karat baseline`: a run as one small file.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::Ending;
use crate::report::results::RunResults;

/// Write what `karat check` needs of a run into one small file that can be committed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat baseline runs/HumanEval-gpt-5 -o baseline.json
  karat check runs/today --baseline baseline.json")]
pub struct BaselineArguments {
    /// The run's directory.
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// Where to write it [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn run(arguments: &BaselineArguments) -> anyhow::Result<Ending> {
    let mut text = serde_json::to_string_pretty(&RunResults::open(&arguments.run)?)?;
    text.push('\n');
    match &arguments.out {
        Some(path) => write_whole(path, &text)?,
        None => io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(Ending::Done)
}

/// Writes a file, whole or not at all.
pub fn write_whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let context = || format!("can not write {}", path.display());
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = BufWriter::new(tempfile::NamedTempFile::new_in(parent).with_context(context)?);
    file.write_all(text.as_bytes()).with_context(context)?;
    file.into_inner().with_context(context)?.persist(path).with_context(context)?;
    Ok(())
}
