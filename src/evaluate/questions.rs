//! What a model is sent for each problem.

use std::path::PathBuf;
use std::sync::Arc;

use super::EvaluateError;
use crate::complete::extract::AnswerKind;
use crate::complete::generate::Work;
use crate::complete::model_spec::ModelSpec;
use crate::complete::prompt::{PromptOptions, Template, Templates, shots_of};
use crate::complete::query::Prompt;
use crate::problem::{Problem, ProblemSet, TaskId};

/// How a model is prompted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptSettings {
    /// The prompt template, by name; by default, chosen by problem set and model.
    pub template: Option<String>,
    /// A folder of templates that take the place of those of the same name.
    pub folder: Option<PathBuf>,
    /// The natural language of the statements, as in zh; by default, the problem's first.
    pub language: Option<String>,
}

/// Makes the prompts of a set's problems.
pub struct Prompter {
    templates: Templates,
    name: Option<String>,
    options: PromptOptions,
    kind: AnswerKind,
}

impl Prompter {
    /// As the settings say.
    ///
    /// # Errors
    ///
    /// When a template is missing or not as it must be.
    pub fn new(
        settings: &PromptSettings,
        model: &ModelSpec,
        set: &ProblemSet,
    ) -> Result<Prompter, EvaluateError> {
        let templates = match &settings.folder {
            Some(folder) => Templates::with_folder(folder)?,
            None => Templates::built_in()?,
        };
        if let Some(name) = &settings.template {
            templates.get(name)?;
        }
        let kind = if model.continues_text() { AnswerKind::Completion } else { AnswerKind::Chat };
        let options = PromptOptions { language: settings.language.clone(), shots: shots_of(set)? };
        Ok(Prompter { templates, name: settings.template.clone(), options, kind })
    }

    /// The prompt of a problem.
    ///
    /// # Errors
    ///
    /// When there is no such problem, or the template fails at it.
    pub fn prompt(&self, set: &ProblemSet, task_id: &TaskId) -> Result<Arc<Prompt>, EvaluateError> {
        let problem = set.problem(task_id.as_str())?;
        Ok(Arc::new(self.template(set, &problem)?.render(&problem, &self.options)?))
    }

    /// Whether the prompt of a problem shows others with their solutions.
    ///
    /// # Errors
    ///
    /// When there is no such problem, or no template for it.
    pub fn shows_solutions(&self, set: &ProblemSet, task_id: &TaskId) -> Result<bool, EvaluateError> {
        let problem = set.problem(task_id.as_str())?;
        Ok(!self.options.shots.is_empty() && self.template(set, &problem)?.shots() > 0)
    }

    fn template(&self, set: &ProblemSet, problem: &Problem) -> Result<&Template, EvaluateError> {
        Ok(match &self.name {
            Some(name) => self.templates.get(name)?,
            None => self.templates.choose_for(set.dataset, problem, self.kind)?,
        })
    }

    /// The digest of the prompts of these problems, in this order: by it a run tells what it asked.
    ///
    /// # Errors
    ///
    /// When a prompt can not be made.
    pub fn digest<'a>(
        &self,
        set: &ProblemSet,
        task_ids: impl IntoIterator<Item = &'a TaskId>,
    ) -> Result<String, EvaluateError> {
        let mut digest = PromptsDigest::default();
        for task_id in task_ids {
            digest.add(&*self.prompt(set, task_id)?)?;
        }
        Ok(digest.finish())
    }
}

/// BLAKE3 of prompts, as it is being made.
#[derive(Default)]
struct PromptsDigest(blake3::Hasher);

impl PromptsDigest {
    fn add(&mut self, prompt: &Prompt) -> Result<(), EvaluateError> {
        self.0.update(&serde_json::to_vec(prompt).map_err(EvaluateError::PromptDigest)?);
        Ok(())
    }

    fn finish(self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

/// All that a model is asked, and how its answers become programs.
#[derive(Clone, Debug)]
pub struct Questions {
    /// The samples of each problem, in the order of the set.
    pub works: Vec<Work>,
    /// What the model's answers are.
    pub kind: AnswerKind,
    /// The natural language that was asked for.
    pub language: Option<String>,
    /// BLAKE3 of all prompts in the order of the set, in hexadecimal.
    pub digest: String,
}

impl Questions {
    /// This many samples of each problem of a set.
    ///
    /// # Errors
    ///
    /// When a prompt can not be made.
    pub fn new(
        settings: &PromptSettings,
        model: &ModelSpec,
        set: &ProblemSet,
        samples: u32,
    ) -> Result<Questions, EvaluateError> {
        let prompter = Prompter::new(settings, model, set)?;
        let mut digest = PromptsDigest::default();
        let mut works = Vec::with_capacity(set.len());
        for task_id in set.task_ids() {
            let prompt = prompter.prompt(set, task_id)?;
            digest.add(&prompt)?;
            works.push(Work { task_id: task_id.clone(), prompt, samples: 0..samples });
        }
        let language = settings.language.clone();
        Ok(Questions { works, kind: prompter.kind, language, digest: digest.finish() })
    }
}
