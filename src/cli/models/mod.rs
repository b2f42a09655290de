//! `karat models`: the built-in model's engine, and the models that are on this machine.

mod install;
mod list;
mod show;
mod verify;

use clap::{Args, Subcommand};

use super::Ending;
use super::shared::FormatArguments;
use crate::model::find::Places;
use crate::runner::install::cache_directory;

/// List, install, check and look at models for the built-in engine.
///
/// The engine (llama.cpp) and the default model are installed by themselves when a command needs them; they lie in the
/// cache directory (KARAT_CACHE_DIR, or `karat` in the user's cache directory). Any GGUF file can be used, also those
/// that Ollama, LM Studio and Hugging Face's tools keep, which are only read.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat models list
  karat models install
  karat models install --cuda
  karat models verify
  karat models show smollm2-135m
  karat models show qwen2.5-coder-7b-q8_0.gguf")]
pub(super) struct ModelsArguments {
    #[command(subcommand)]
    command: ModelsCommand,
}

#[derive(Debug, Subcommand)]
enum ModelsCommand {
    /// Show the models on this machine, those that can be installed, and the parts of the engine.
    #[command(after_help = "\
Examples:
  karat models list
  karat models list --format json")]
    List(FormatArguments),
    Install(install::InstallArguments),
    /// Check that what is installed is as it was written.
    ///
    /// All files are read. What is damaged is fetched again when it is next needed, or by `karat models install`.
    #[command(after_help = "\
Examples:
  karat models verify
  karat models verify --format json

Exit status: 0 all that is installed is in order; 2 something is damaged, or nothing is installed.")]
    Verify(FormatArguments),
    Show(show::ShowModelArguments),
}

pub(super) fn run(arguments: &ModelsArguments) -> anyhow::Result<Ending> {
    let cache = cache_directory()?;
    let places = Places::of(&cache, &|name| std::env::var_os(name));
    match &arguments.command {
        ModelsCommand::List(output) => list::run(&places, output.format),
        ModelsCommand::Install(arguments) => install::run(&cache, arguments),
        ModelsCommand::Verify(output) => verify::run(&cache, output.format),
        ModelsCommand::Show(arguments) => show::run(&places, arguments),
    }
}
