//! Arguments that commands share.

use clap::Args;

use super::Format;
use crate::evaluate::MOST_JOBS;
use crate::problem::Dataset;

/// How a result is written.
#[derive(Debug, Args)]
pub(super) struct FormatArguments {
    /// How to write the result.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// What is shown until the result is there.
#[derive(Debug, Args)]
pub(super) struct ProgressArguments {
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// How a problem set is read.
#[derive(Debug, Args)]
pub(super) struct DatasetArguments {
    /// The format of the problem set [default: recognised from its content].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub dataset: Option<Dataset>,
}

/// How many cores are used.
#[derive(Debug, Args)]
pub(super) struct JobsArguments {
    /// How many programs are executed at once [default: one a core].
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_JOBS))]
    pub jobs: Option<u16>,
}

/// What runs are compared by.
#[derive(Debug, Args)]
pub(super) struct PassAtArguments {
    /// The k of pass@k.
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub k: u64,
}

/// A name for a run: one line that can be told from a path.
pub(super) fn run_name(text: &str) -> Result<String, String> {
    const LONGEST: usize = 100;
    let name = text.trim();
    let is_odd = |character: char| character.is_control() || character == '/';
    if name.is_empty()
        || name.chars().count() > LONGEST
        || name.contains(is_odd)
        || name.starts_with(['.', '-'])
    {
        return Err(format!(
            "give a name of at most {LONGEST} characters, without slashes, that does not begin with a dot or a dash"
        ));
    }
    Ok(name.to_owned())
}
