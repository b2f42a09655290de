//! What `karat generate` and `karat problems prompt` share: which model, which template, which prompt.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::complete::extract::AnswerKind;
use crate::complete::model::ModelSpec;
use crate::complete::prompt::{Options, Template, Templates, shots_of};
use crate::complete::query::Prompt;
use crate::problem::{ProblemSet, TaskId};

/// What `--model` takes.
pub const MODEL_HELP: &str = "\
The model: openai:NAME, openai-completions:NAME, anthropic:NAME, gemini:NAME, http://HOST:PORT/v1#NAME (any compatible server), gguf:FILE or \
gguf:NAME (the built-in engine), vllm:NAME, sglang:NAME or llama-server:FILE (a server that Karat starts and ends; options \
behind -- are passed to it), replay:FILE, reference, or command:PROGRAM (whose answers are not cached). Base models behind a server of your own or on this \
machine: ?api=completions, before the # where there is one";

/// How a model is prompted.
#[derive(Debug, Args)]
pub struct PromptArguments {
    /// The prompt template, by name [default: chosen by problem set and model].
    #[arg(long, value_name = "NAME")]
    pub prompt: Option<String>,

    /// A folder of templates that take the place of those of the same name.
    #[arg(long, value_name = "FOLDER")]
    pub prompts: Option<PathBuf>,

    /// The natural language of the statements, as in zh [default: the problem's first].
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
}

/// Makes the prompts of a set's problems.
pub struct Prompter {
    templates: Templates,
    name: Option<String>,
    options: Options,
    pub kind: AnswerKind,
}

impl Prompter {
    /// As the arguments say.
    pub fn new(arguments: &PromptArguments, model: &ModelSpec, set: &ProblemSet) -> anyhow::Result<Prompter> {
        let templates = match &arguments.prompts {
            Some(folder) => Templates::with_folder(folder)?,
            None => Templates::built_in()?,
        };
        if let Some(name) = &arguments.prompt {
            templates.get(name)?;
        }
        let kind = if model.continues_text() { AnswerKind::Completion } else { AnswerKind::Chat };
        let options = Options { language: arguments.language.clone(), shots: shots_of(set)? };
        Ok(Prompter { templates, name: arguments.prompt.clone(), options, kind })
    }

    /// The prompt of a problem.
    pub fn prompt(&self, set: &ProblemSet, task_id: &TaskId) -> anyhow::Result<Arc<Prompt>> {
        let problem = set.problem(task_id.as_str())?;
        let template: &Template = match &self.name {
            Some(name) => self.templates.get(name)?,
            None => self.templates.choose_for(set.dataset, &problem, self.kind)?,
        };
        Ok(Arc::new(template.render(&problem, &self.options)?))
    }
}
