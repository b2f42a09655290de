//! Arguments that commands share.

use clap::Args;

use super::Format;

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
