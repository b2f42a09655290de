//! How `karat run` and `karat generate` open the built-in model: what is installed for it, where it runs, and what of
//! that is said.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, bail, ensure};
use clap::Args;
use indicatif::{MultiProgress, ProgressBar};

use super::lines::tell;
use super::progress;
use crate::complete::generate::Work;
use crate::complete::model_spec::{Api, GgufModel, ModelSpec};
use crate::complete::provider::built_in::{BuiltIn, Opening};
use crate::complete::query::Parameters;
use crate::model::device::DeviceName;
use crate::model::find::{Model, Places};
use crate::model::gguf::Digests;
use crate::model::install::{EnginePart, What, ensure as install};
use crate::model::plan::{DeviceWish, Wish};
use crate::package::PartState;
use crate::report::printable;
use crate::runner::install::cache_directory;

/// Where the built-in model runs, and how much of it at once. Completions do not depend on that on a processor.
#[derive(Debug, Args)]
#[command(next_help_heading = "Built-in model")]
pub(super) struct BuiltInArguments {
    /// Where it runs: auto for the best that works, or cpu, cuda, cuda:1, vulkan; several, with a comma between them,
    /// have a copy each.
    #[arg(long, value_name = "DEVICE", default_value = "auto", value_delimiter = ',', value_parser = device)]
    device: Vec<Device>,

    /// How many layers a GPU holds, the rest being the processor's [default: all].
    #[arg(long, value_name = "N")]
    gpu_layers: Option<u32>,

    /// How many completions each process computes at once [default: 16 on a processor, 64 on a GPU].
    #[arg(long, value_name = "N")]
    slots: Option<u32>,

    /// How many processes compute on the processor [default: one a core].
    #[arg(long, value_name = "N")]
    processes: Option<u32>,

    /// Tokens of a prompt and its completion together [default: what the longest prompt needs].
    #[arg(long, value_name = "TOKENS")]
    context: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    Auto,
    This(DeviceName),
}

fn device(text: &str) -> Result<Device, String> {
    match text {
        "auto" => Ok(Device::Auto),
        name => name.parse().map(Device::This).map_err(|error| format!("{error}, or auto")),
    }
}

/// What is shown of a model while it is loaded.
#[derive(Clone)]
pub(super) struct Loading(ProgressBar);

impl BuiltInArguments {
    /// Refuses options of the built-in model where none of the models is it.
    pub(super) fn check(&self, models: &[ModelSpec]) -> anyhow::Result<()> {
        let options = [
            ("--device", !self.device.contains(&Device::Auto)),
            ("--gpu-layers", self.gpu_layers.is_some()),
            ("--slots", self.slots.is_some()),
            ("--processes", self.processes.is_some()),
            ("--context", self.context.is_some()),
        ];
        let is_built_in = models.iter().any(|model| matches!(model, ModelSpec::Gguf { .. }));
        match options.into_iter().find(|(_, given)| *given) {
            Some((option, _)) if !is_built_in => bail!(
                "{option} is for the built-in model, and no model here is it; leave it out, or name a model such as gguf:FILE"
            ),
            _ => Ok(()),
        }
    }

    /// Whether there is such a model, or it can be installed.
    pub(super) fn check_model(&self, model: &GgufModel) -> anyhow::Result<()> {
        self.wish()?;
        let cache = cache_directory()?;
        let found = Places::of(&cache, &|variable| std::env::var_os(variable)).resolve(&model.to_string())?;
        match found {
            Model::File(path) if !path.is_file() => bail!(
                "{}: there is no such file; give the path of a GGUF file, or a name that `karat models list` shows",
                printable(&path.display().to_string())
            ),
            _ => Ok(()),
        }
    }

    /// Installs what is missing, and makes the model ready to be asked.
    pub(super) fn open(
        &self,
        (model, api): (&GgufModel, Api),
        parameters: &Parameters,
        works: &[Work],
        quiet: bool,
    ) -> anyhow::Result<(BuiltIn, Loading)> {
        let cache = cache_directory()?;
        let wish = self.wish()?;
        let name = model.to_string();
        let file = file(&cache, &name, quiet)?;
        let engine = fetched(&cache, What::Engine(EnginePart::Base), quiet)?;
        let prompts: Vec<_> = works.iter().map(|work| Arc::clone(&work.prompt)).collect();
        let bar = progress::steps("loading the model", 100, quiet);
        let length = std::fs::metadata(&file).map_or(0, |metadata| metadata.len());
        let reading = progress::bytes("reading the model", length, quiet);
        let mut opening = Opening {
            name: &name,
            file: &file,
            engine: &engine,
            digests: &Digests::new(&cache),
            api,
            parameters,
            prompts: &prompts,
            samples: works.iter().map(|work| work.samples.len() as u32).max().unwrap_or(0),
            wish: &wish,
            cores: std::thread::available_parallelism().map_or(1, NonZeroUsize::get) as u32,
            progress: loading(&bar),
            reading: &mut |bytes| reading.set_position(bytes),
        };
        let opened = opening.open().with_context(|| format!("can not use the model {}", printable(&name)))?;
        reading.finish_and_clear();
        if !quiet {
            for note in &opened.notes {
                tell(&printable(&format!("note: {note}")));
            }
        }
        Ok((opened.provider, Loading(bar)))
    }

    fn wish(&self) -> anyhow::Result<Wish> {
        let named: Vec<DeviceName> = self
            .device
            .iter()
            .filter_map(|device| match device {
                Device::Auto => None,
                Device::This(name) => Some(*name),
            })
            .collect();
        ensure!(
            named.is_empty() || named.len() == self.device.len(),
            "--device: `auto` stands alone; name the devices, or leave them out"
        );
        Ok(Wish {
            devices: if named.is_empty() { DeviceWish::Auto } else { DeviceWish::These(named) },
            processes: self.processes,
            slots: self.slots,
            context: self.context,
            gpu_layers: self.gpu_layers,
        })
    }
}

impl Loading {
    /// Shows it above the bars of a display.
    pub(super) fn show_in(&self, display: &MultiProgress) {
        display.insert(0, self.0.clone());
    }
}

/// The file of a model, which is installed if Karat knows it and it is not there.
fn file(cache: &Path, name: &str, quiet: bool) -> anyhow::Result<PathBuf> {
    match Places::of(cache, &|variable| std::env::var_os(variable)).resolve(name)? {
        Model::File(path) => Ok(path),
        Model::Named(model) => fetched(cache, What::Model(model), quiet),
    }
}

fn fetched(cache: &Path, what: What, quiet: bool) -> anyhow::Result<PathBuf> {
    match what.state_for_use(cache, &Digests::new(cache)) {
        Ok(PartState::Ready) => return Ok(what.path(cache)?),
        Ok(PartState::Damaged(how)) if !quiet => {
            tell(&printable(&format!("note: {how}; it is fetched again")));
        }
        _ => {}
    }
    let (bar, mut on_step) = progress::fetching(what.describe(), quiet);
    let path = install(cache, what, &mut on_step);
    bar.finish_and_clear();
    Ok(path?)
}

/// Shows how much all processes together have loaded.
fn loading(bar: &ProgressBar) -> Arc<dyn Fn(usize, f32) + Send + Sync> {
    let bar = bar.clone();
    let shares = Mutex::new(Vec::<f32>::new());
    Arc::new(move |process, share| {
        let mut shares = shares.lock().unwrap_or_else(PoisonError::into_inner);
        if shares.len() <= process {
            shares.resize(process + 1, 0.0);
        }
        shares[process] = share;
        let mean = shares.iter().sum::<f32>() / shares.len() as f32;
        bar.set_position((mean * 100.0) as u64);
        if mean >= 1.0 {
            bar.finish_and_clear();
        }
    })
}
