//! What `karat run`, `karat generate` and `karat problems prompt` share: which model, which template.

use std::path::PathBuf;

use clap::Args;

use crate::complete::model_spec::ModelSpec;
use crate::evaluate::PromptSettings;

/// What `--model` takes.
pub(super) const MODEL_HELP: &str = "\
The model: openai:NAME, openai-completions:NAME, anthropic:NAME, gemini:NAME, http://HOST:PORT/v1#NAME (any compatible server), gguf:FILE or \
gguf:NAME (the built-in engine), vllm:NAME, sglang:NAME or llama-server:FILE (a server that Karat starts and ends; options \
behind -- are passed to it), replay:FILE, reference, or command:PROGRAM (whose answers are not cached). Base models behind a server of your own or on this \
machine: ?api=completions, before the # where there is one";

/// Which model is asked.
#[derive(Debug, Args)]
pub(super) struct ModelArguments {
    /// The model.
    #[arg(long, value_name = "MODEL", long_help = MODEL_HELP)]
    pub model: ModelSpec,
}

/// How a model is prompted.
#[derive(Debug, Args)]
pub(super) struct PromptArguments {
    /// The prompt template, by name, as `karat problems templates` lists them [default: chosen by problem set and model].
    #[arg(long, value_name = "NAME", help_heading = "Prompt")]
    prompt: Option<String>,

    /// A folder of templates of your own, which come before Karat's of the same name; `karat problems templates --to FOLDER`
    /// makes one to begin with.
    #[arg(long, value_name = "FOLDER", help_heading = "Prompt")]
    prompts: Option<PathBuf>,

    /// The natural language of the statements, as in zh [default: the problem's first].
    #[arg(long, value_name = "LANGUAGE", help_heading = "Prompt")]
    language: Option<String>,
}

impl PromptArguments {
    /// What they say.
    pub(super) fn settings(&self) -> PromptSettings {
        PromptSettings {
            template: self.prompt.clone(),
            folder: self.prompts.clone(),
            language: self.language.clone(),
        }
    }
}
