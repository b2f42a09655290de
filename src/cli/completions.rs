//! `karat completions` and `karat man`: what shells and `man` know of the command, for whoever packages or installs it.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Command};
use clap_complete::Shell;

use super::Ending;
use crate::shown::shown;

/// Print what a shell needs to complete the words of karat's command lines.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat completions bash > ~/.local/share/bash-completion/completions/karat
  karat completions zsh > ~/.zfunc/_karat
  karat completions fish > ~/.config/fish/completions/karat.fish")]
pub(super) struct CompletionsArguments {
    /// The shell.
    shell: Shell,
}

/// Write the man pages of karat and each of its commands into a folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  karat man ~/.local/share/man/man1")]
pub(super) struct ManArguments {
    /// The folder.
    folder: PathBuf,
}

pub(super) fn completions(arguments: &CompletionsArguments, mut command: Command) -> anyhow::Result<Ending> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "karat", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Ending::Done)
}

pub(super) fn man(arguments: &ManArguments, command: Command) -> anyhow::Result<Ending> {
    let folder = &arguments.folder;
    let failed = || format!("can not write man pages into {}", shown(folder.display()));
    fs::create_dir_all(folder).with_context(failed)?;
    clap_mangen::generate_to(command, folder).with_context(failed)?;
    Ok(Ending::Done)
}
