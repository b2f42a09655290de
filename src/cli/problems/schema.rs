//! `karat problems schema`: the JSON schemas of Karat's own format.

use std::io::{self, Write};

use clap::{Args, ValueEnum};

use crate::cli::Ending;
use crate::problem::format::schema;

/// Print the JSON schema of Karat's own format.
///
/// The schemas describe every field. Editors complete and check the TOML files by them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat problems schema
  karat problems schema set > set.schema.json")]
pub(super) struct SchemaArguments {
    /// Which file it describes.
    #[arg(value_enum, default_value_t = Described::Problem)]
    file: Described,
}

/// A kind of file in the format.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Described {
    /// The file of one problem.
    Problem,
    /// `set.toml`.
    Set,
}

pub(super) fn run(arguments: &SchemaArguments) -> anyhow::Result<Ending> {
    let schema = match arguments.file {
        Described::Problem => schema::problem(),
        Described::Set => schema::set(),
    };
    io::stdout().write_all(schema::to_text(&schema).as_bytes())?;
    Ok(Ending::Done)
}
