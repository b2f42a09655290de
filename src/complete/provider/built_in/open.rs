//! Making the built-in model ready to be asked: what is loaded where, and what its completions depend on.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::settings::{TEMPLATE_VARIABLES, settings};
use super::{BuiltIn, DATE, Middle, PromptForm};
use crate::complete::model_spec::Api;
use crate::complete::provider::Identity;
use crate::complete::provider::error::{FormError, SettingError};
use crate::complete::query::{Parameters, Prompt};
use crate::model::chat::{ChatError, ChatOptions, ChatTemplate};
use crate::model::device::{Backend, DeviceInfo};
use crate::model::gguf::{Digests, Gguf, GgufError};
use crate::model::install::engine_version;
use crate::model::memory::{Sizes, free_memory};
use crate::model::plan::{Machine, PlanError, Wish, Workload, choose, keeps_state, needs_companion, workers};
use crate::model::pool::{ModelError, Progress, WorkerCommand, count_tokens, probe};

/// What is needed to open a model.
pub struct Opening<'a> {
    /// The model's name for messages.
    pub name: &'a str,
    /// Its file.
    pub file: &'a Path,
    /// The folder of the engine.
    pub engine: &'a Path,
    /// Where digests of files are kept.
    pub digests: &'a Digests,
    /// How the model is asked: as a chat or for completions.
    pub api: Api,
    /// How it answers: sampling, stop texts, most tokens.
    pub parameters: &'a Parameters,
    /// The prompts that it will be asked.
    pub prompts: &'a [Arc<Prompt>],
    /// How many samples of each.
    pub samples: u32,
    /// Where it runs.
    pub wish: &'a Wish,
    /// How many processors may be used.
    pub cores: u32,
    /// Called while it is loaded.
    pub progress: Progress,
    /// Called with the number of bytes of the file that were read for its digest.
    pub reading: &'a mut dyn FnMut(u64),
}

/// A model that is ready to be asked.
pub struct OpenedModel {
    /// The model.
    pub provider: BuiltIn,
    /// What was chosen and why, a line each, for people.
    pub notes: Vec<String>,
}

/// Why a model can not be asked. Each message says what to do.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the messages of what they hold say it
pub enum OpenModelError {
    #[error(transparent)]
    File(#[from] GgufError),
    #[error(transparent)]
    Chat(#[from] ChatError),
    #[error(transparent)]
    Form(#[from] FormError),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The path of this program is not known, so it can not start worker processes.
    #[error("can not find this program's own file")]
    Program(#[source] std::io::Error),
}

impl Opening<'_> {
    /// Reads the file, looks for devices, and plans what is loaded where. Nothing is loaded yet. Blocks.
    ///
    /// # Errors
    ///
    /// See [`OpenModelError`].
    pub fn open(&mut self) -> Result<OpenedModel, OpenModelError> {
        let settings = settings(self.parameters)?;
        let gguf = Gguf::open(self.file)?;
        let info = gguf.info()?;
        let sizes = Sizes::of(&gguf)?;
        let form = match self.api {
            Api::Chat => {
                let options = ChatOptions { date: DATE, variables: template_variables(self.parameters) };
                PromptForm::Chat(ChatTemplate::of(&gguf)?, options)
            }
            Api::Completions => {
                PromptForm::Plain(Middle { file: self.file.display().to_string(), tokens: info.fim.clone() })
            }
        };
        let digest = self.digests.of(&gguf, self.reading)?.to_string();
        let program = std::env::current_exe().map_err(OpenModelError::Program)?;
        let command = WorkerCommand { program, arguments: vec![WORKER.into()] };
        let prompts = self.prompts.iter().map(|prompt| form.text(prompt)).collect::<Result<Vec<_>, _>>()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(OpenModelError::Program)?;
        let (reports, counts) = runtime.block_on(async {
            // Only the context needs these, and it may be given.
            let prompts = if self.wish.context.is_some() { Vec::new() } else { prompts };
            let counts = count_tokens(&command, self.engine, self.file, prompts).await;
            (probe(&command, self.engine, &self.wish.devices.backends()).await, counts)
        });
        let longest = counts?.into_iter().max().unwrap_or(0).saturating_add(settings.most_tokens);
        let (devices, mut notes) = choose(&self.wish.devices, &reports)?;
        let workload = Workload {
            completions: self.prompts.len() as u64 * u64::from(self.samples),
            longest,
            companion: needs_companion(&gguf),
            state: keeps_state(&gguf),
            trained_context: u32::try_from(info.context_length).unwrap_or(u32::MAX),
        };
        let machine = Machine { cores: self.cores, memory: free_memory() };
        let files = (self.engine, self.file, self.name);
        let plan = workers(self.wish, &devices, workload, machine, &sizes, files)?;
        notes.extend(plan.notes);
        let resources = resources(&plan.workers, &devices);
        let mut setup = setup(&digest, &info.quantisation, &devices);
        if devices.iter().any(|device| device.name.backend() != Backend::Cpu) {
            // On those devices, what is computed depends on what else is computed at the time.
            setup.extend(resources.clone());
        }
        let identity = Identity {
            model: format!("gguf {digest}"),
            address: format!("{} {}", Value::Object(setup.clone()), api_name(self.api)),
        };
        let (workers, progress) = (plan.workers, Arc::clone(&self.progress));
        let pool = OnceCell::new();
        let provider = BuiltIn { command, workers, form, identity, setup, resources, progress, pool };
        Ok(OpenedModel { provider, notes })
    }
}

/// The command of this program that runs [a worker](crate::model::worker).
pub(super) const WORKER: &str = "model-worker";

fn api_name(api: Api) -> &'static str {
    match api {
        Api::Chat => "chat",
        Api::Completions => "completions",
    }
}

/// What the user sets of the template's variables, by the name that servers have for that field.
fn template_variables(parameters: &Parameters) -> Map<String, Value> {
    parameters.extra.get(TEMPLATE_VARIABLES).and_then(Value::as_object).cloned().unwrap_or_default()
}

/// What completions depend on besides the prompt.
fn setup(digest: &str, quantisation: &str, devices: &[DeviceInfo]) -> Map<String, Value> {
    let mut kinds: Vec<Backend> = devices.iter().map(|device| device.name.backend()).collect();
    kinds.dedup();
    let promises: Vec<&str> = kinds.iter().map(|kind| kind.promise()).collect();
    let fields = json!({
        "digest": digest,
        "engine": format!("llama.cpp {}", engine_version()),
        "precision": quantisation,
        "device": kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(","),
        "flash_attention": crate::model::plan::FLASH_ATTENTION,
        "reproducible": promises.join("; "),
    });
    fields.as_object().cloned().unwrap_or_default()
}

/// What was used for the answers.
fn resources(workers: &[crate::model::engine::EngineConfig], devices: &[DeviceInfo]) -> Map<String, Value> {
    let devices: Vec<String> =
        devices.iter().map(|device| format!("{} ({})", device.name, device.description)).collect();
    let first = workers.first();
    let fields = json!({
        "devices": devices,
        "processes": workers.len(),
        "slots": first.map(|worker| worker.slots),
        "context": first.map(|worker| worker.rounded_context()),
        "gpu_layers": first.and_then(|worker| worker.gpu_layers),
    });
    fields.as_object().cloned().unwrap_or_default()
}
