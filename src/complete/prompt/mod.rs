//! From a problem to what a model is given: templates in files that a user can copy and change.
//!
//! docs/files.md describes them for users. A template sees what a model may see of a problem: `title`, `statement`, `prompt`, `suffix`, `starter_code`,
//! `entry_point`, `language` (`Python`), `fence` (`python`), `is_function`, `assertions`, and `examples` with `input`
//! and `expected`; within `[shots]` also `solution`. Neither hidden tests nor the problem's solutions are among it. It
//! is written in the language of Jinja; a name that is not there is an error.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use serde::{Deserialize, Serialize};

use super::extract::AnswerKind;
use super::query::{Message, Prompt, Role};
use crate::files;
use crate::problem::{Dataset, Problem, ProblemSet, StoreError, TestKind};

mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod view;

pub use error::PromptError;
pub use view::NAMES;
use view::{Shot, View};

/// The templates that Karat brings, by name.
const BUILT_IN: [(&str, &str); 17] = [
    ("continue", include_str!("templates/continue.toml")),
    ("infill", include_str!("templates/infill.toml")),
    ("chat-infill", include_str!("templates/chat-infill.toml")),
    ("chat-complete", include_str!("templates/chat-complete.toml")),
    ("chat-function", include_str!("templates/chat-function.toml")),
    ("chat-program", include_str!("templates/chat-program.toml")),
    ("chat-apps", include_str!("templates/chat-apps.toml")),
    ("chat-code-contests", include_str!("templates/chat-code-contests.toml")),
    ("chat-live-code-bench", include_str!("templates/chat-live-code-bench.toml")),
    ("chat-big-code-bench-complete", include_str!("templates/chat-big-code-bench-complete.toml")),
    ("chat-big-code-bench-instruct", include_str!("templates/chat-big-code-bench-instruct.toml")),
    ("chat-ds-1000", include_str!("templates/chat-ds-1000.toml")),
    ("chat-few-shot", include_str!("templates/chat-few-shot.toml")),
    ("mbpp", include_str!("templates/mbpp.toml")),
    ("ds-1000", include_str!("templates/ds-1000.toml")),
    ("text-function", include_str!("templates/text-function.toml")),
    ("text-program", include_str!("templates/text-program.toml")),
];

/// The most bytes that a template's file may have.
const LARGEST_TEMPLATE: u64 = 1 << 20;

/// The most steps that filling in a field may take; 64 bytes that are made on the way count as one. Templates that are
/// of use take some thousands.
const MOST_STEPS: u64 = 4_000_000;

/// The templates, by name.
#[derive(Clone, Debug)]
pub struct Templates {
    by_name: BTreeMap<String, Template>,
}

/// How a prompt is made of a problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// Its name: that of its file, less `.toml`.
    pub name: String,
    /// What errors call its file.
    file: String,
    content: Content,
}

/// What is in a template's file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Content {
    Chat { description: String, system: Option<String>, user: String, shots: Option<ChatShots> },
    Completion { description: String, text: String, suffix: Option<String>, shots: Option<TextShots> },
}

/// Solved problems as earlier turns of a conversation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChatShots {
    count: usize,
    user: String,
    assistant: String,
}

/// Solved problems as text before the task's.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextShots {
    count: usize,
    text: String,
}

/// What a user chooses about a prompt.
#[derive(Clone, Debug, Default)]
pub struct PromptOptions {
    /// The natural language of the statement (`zh`); the problem's first where it is left out.
    pub language: Option<String>,
    /// Solved problems, for templates that show some. The problem itself is never among those that are shown.
    pub shots: Vec<Problem>,
}

impl Templates {
    /// Those that Karat brings.
    ///
    /// # Errors
    ///
    /// When one of them is not as it must be.
    pub fn built_in() -> Result<Templates, PromptError> {
        let mut by_name = BTreeMap::new();
        for (name, text) in BUILT_IN {
            by_name.insert(name.to_owned(), Template::parse(name, &format!("template {name}"), text)?);
        }
        Ok(Templates { by_name })
    }

    /// Those that Karat brings and those in a folder, which take the place of others of the same name.
    ///
    /// # Errors
    ///
    /// When the folder or a file in it can not be read, or is not as it must be.
    pub fn with_folder(folder: &Path) -> Result<Templates, PromptError> {
        let mut templates = Templates::built_in()?;
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| PromptError::Io { path, source }
        };
        for name in files::names(folder).map_err(unreadable(folder))? {
            let path = folder.join(name);
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let Some(name) = name.filter(|_| path.extension().is_some_and(|extension| extension == "toml"))
            else {
                continue;
            };
            let text = files::read_found(&path, LARGEST_TEMPLATE)
                .and_then(files::text)
                .map_err(unreadable(&path))?;
            let template = Template::parse(&name, &path.display().to_string(), &text)?;
            templates.by_name.insert(name, template);
        }
        Ok(templates)
    }

    /// The text of a template that Karat brings, as its file would have it.
    pub fn source(name: &str) -> Option<&'static str> {
        BUILT_IN.iter().find(|(other, _)| *other == name).map(|(_, text)| *text)
    }

    /// The names and descriptions, in the order of the names.
    pub fn list(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_name.values().map(|template| (template.name.as_str(), template.description()))
    }

    /// The template of that name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&Template, PromptError> {
        self.by_name.get(name).ok_or_else(|| PromptError::Unknown {
            name: name.to_owned(),
            there: self.by_name.keys().cloned().collect(),
        })
    }

    /// The template for a problem of a set, where the user names none.
    ///
    /// # Errors
    ///
    /// When it is not there.
    pub fn choose_for(
        &self,
        dataset: Dataset,
        problem: &Problem,
        kind: AnswerKind,
    ) -> Result<&Template, PromptError> {
        match (&problem.suffix, kind) {
            (None, _) => self.choose(dataset, &problem.kinds(), kind),
            (Some(_), AnswerKind::Completion) => self.get("infill"),
            (Some(_), AnswerKind::Chat) => self.get("chat-infill"),
        }
    }

    /// The template for problems of a set with these kinds of tests, where nothing follows what is asked for.
    ///
    /// # Errors
    ///
    /// When it is not there.
    pub fn choose(
        &self,
        dataset: Dataset,
        kinds: &[TestKind],
        kind: AnswerKind,
    ) -> Result<&Template, PromptError> {
        self.get(Template::choose(dataset, kinds, kind))
    }
}

impl Template {
    /// The name of the template for problems of a set with these kinds of tests.
    pub fn choose(dataset: Dataset, kinds: &[TestKind], kind: AnswerKind) -> &'static str {
        let is_program = kinds == [TestKind::Stdio];
        // Prompts that are code to go on with.
        let is_begun = matches!(
            dataset,
            Dataset::HumanEval
                | Dataset::HumanEvalPlus
                | Dataset::MultiPlE
                | Dataset::HumanEvalX
                | Dataset::HumanEvalPack
                | Dataset::HumanEvalXl
                | Dataset::Mxeval
                | Dataset::EvoEval
                | Dataset::Odex
                | Dataset::Mhpp
                | Dataset::StudentEval
                | Dataset::BigCodeBench
                | Dataset::BigCodeBenchUncalibrated
        );
        match (kind, dataset) {
            (AnswerKind::Completion, Dataset::MbppPlus) => "continue",
            (AnswerKind::Completion, Dataset::Mbpp | Dataset::MbppSanitized) => "mbpp",
            (AnswerKind::Completion, Dataset::Ds1000) => "ds-1000",
            (AnswerKind::Completion, _) if is_begun => "continue",
            (AnswerKind::Completion, _) if is_program => "text-program",
            (AnswerKind::Completion, _) => "text-function",
            (AnswerKind::Chat, Dataset::Apps) => "chat-apps",
            (AnswerKind::Chat, Dataset::CodeContests) => "chat-code-contests",
            (AnswerKind::Chat, Dataset::LiveCodeBench) => "chat-live-code-bench",
            (AnswerKind::Chat, Dataset::BigCodeBench | Dataset::BigCodeBenchUncalibrated) => {
                "chat-big-code-bench-complete"
            }
            (AnswerKind::Chat, Dataset::Ds1000) => "chat-ds-1000",
            (AnswerKind::Chat, _) if is_begun => "chat-complete",
            (AnswerKind::Chat, _) if is_program => "chat-program",
            (AnswerKind::Chat, _) => "chat-function",
        }
    }

    /// The template in a file's text.
    fn parse(name: &str, file: &str, text: &str) -> Result<Template, PromptError> {
        let malformed = |message: String| PromptError::Malformed { file: file.to_owned(), message };
        let content: Content =
            toml::from_str(text).map_err(|error| malformed(in_plain_words(&error.to_string())))?;
        let template = Template { name: name.to_owned(), file: file.to_owned(), content };
        let environment = environment();
        for (field, source) in template.fields() {
            environment
                .template_from_named_str(field, source)
                .map_err(|error| malformed(format!("`{field}` is no template: {error}")))?;
        }
        Ok(template)
    }

    /// Every text in it that is filled in.
    fn fields(&self) -> Vec<(&'static str, &str)> {
        let fields = match &self.content {
            Content::Chat { system, user, shots, .. } => vec![
                ("system", system.as_ref()),
                ("user", Some(user)),
                ("shots.user", shots.as_ref().map(|shots| &shots.user)),
                ("shots.assistant", shots.as_ref().map(|shots| &shots.assistant)),
            ],
            Content::Completion { text, suffix, shots, .. } => vec![
                ("text", Some(text)),
                ("suffix", suffix.as_ref()),
                ("shots.text", shots.as_ref().map(|shots| &shots.text)),
            ],
        };
        fields.into_iter().filter_map(|(field, text)| Some((field, text?.as_str()))).collect()
    }

    /// What it is for, in a line.
    pub fn description(&self) -> &str {
        match &self.content {
            Content::Chat { description, .. } | Content::Completion { description, .. } => description,
        }
    }

    /// The kind of model that it is for.
    pub fn kind(&self) -> AnswerKind {
        match self.content {
            Content::Chat { .. } => AnswerKind::Chat,
            Content::Completion { .. } => AnswerKind::Completion,
        }
    }

    /// How many solved problems it shows.
    pub fn shots(&self) -> usize {
        match &self.content {
            Content::Chat { shots, .. } => shots.as_ref().map_or(0, |shots| shots.count),
            Content::Completion { shots, .. } => shots.as_ref().map_or(0, |shots| shots.count),
        }
    }

    /// The prompt for a problem.
    ///
    /// # Errors
    ///
    /// When the problem is not there in the natural language, there are too few solved problems, or the template names
    /// what there is not.
    pub fn render(&self, problem: &Problem, options: &PromptOptions) -> Result<Prompt, PromptError> {
        let language = options.language.as_deref();
        let view = View::of(problem, language)?;
        let shots = self.solved(problem, options)?;
        match &self.content {
            Content::Chat { system, user, shots: templates, .. } => {
                let mut messages = Vec::new();
                let mut say = |role, content: String| {
                    messages.push(Message { role, content: content.trim().to_owned() });
                };
                if let Some(system) = system {
                    say(Role::System, self.fill("system", system, &view, problem)?);
                }
                for shot in &shots {
                    let Some(templates) = templates else { continue };
                    say(Role::User, self.fill("shots.user", &templates.user, shot, problem)?);
                    say(Role::Assistant, self.fill("shots.assistant", &templates.assistant, shot, problem)?);
                }
                say(Role::User, self.fill("user", user, &view, problem)?);
                Ok(Prompt::Chat(messages))
            }
            Content::Completion { text, suffix, shots: templates, .. } => {
                let mut whole = String::new();
                for shot in &shots {
                    let Some(templates) = templates else { continue };
                    whole.push_str(&self.fill("shots.text", &templates.text, shot, problem)?);
                }
                whole.push_str(&self.fill("text", text, &view, problem)?);
                let suffix = suffix.as_ref().map(|suffix| self.fill("suffix", suffix, &view, problem));
                Ok(match suffix.transpose()?.filter(|suffix| !suffix.is_empty()) {
                    Some(suffix) => Prompt::Infill { prefix: whole, suffix },
                    None => Prompt::Text(whole),
                })
            }
        }
    }

    /// The solved problems that are shown before a problem.
    fn solved<'o>(
        &self,
        problem: &Problem,
        options: &'o PromptOptions,
    ) -> Result<Vec<Shot<'o>>, PromptError> {
        let wanted = self.shots();
        if wanted == 0 {
            return Ok(Vec::new());
        }
        let language = options.language.as_deref();
        let others = options.shots.iter().filter(|shot| shot.task_id != problem.task_id);
        let mut shots = Vec::new();
        for shot in others {
            shots.extend(Shot::of(shot, language)?);
        }
        // One of the solved problems is itself shown with the others alone.
        let itself = options.shots.iter().any(|shot| shot.task_id == problem.task_id);
        if shots.len() + usize::from(itself) < wanted {
            return Err(PromptError::Shots { template: self.name.clone(), wanted, there: shots.len() });
        }
        shots.truncate(wanted);
        Ok(shots)
    }

    fn fill(
        &self,
        field: &'static str,
        source: &str,
        view: &impl Serialize,
        problem: &Problem,
    ) -> Result<String, PromptError> {
        environment().render_named_str(field, source, Value::from(Serde(view))).map_err(|error| {
            let message = match error.kind() {
                ErrorKind::OutOfFuel => "it takes too long, or too much memory".to_owned(),
                ErrorKind::UndefinedError => {
                    let solution = if field.starts_with("shots.") { ", solution" } else { "" };
                    format!(
                        "{error}: it uses a name that is not there; there are {}{solution}",
                        NAMES.join(", ")
                    )
                }
                _ => error.to_string(),
            };
            PromptError::Render { file: self.file.clone(), field, task_id: problem.task_id.clone(), message }
        })
    }
}

/// What a parser says, without the words of the language that it is written in.
fn in_plain_words(message: &str) -> String {
    let words = [
        ("unknown variant", "unknown value"),
        ("internally tagged enum Content", "a template"),
        ("struct ChatShots", "a table"),
        ("struct TextShots", "a table"),
        ("enum Content", "a template"),
        ("usize", "a whole number from 0 up"),
    ];
    words.iter().fold(message.to_owned(), |message, (theirs, ours)| message.replace(theirs, ours))
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(MOST_STEPS));
    // A line that is a block alone leaves nothing in the prompt, and nothing else is trimmed.
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build().unwrap_or_default());
    environment
}

/// The problems that a set puts aside to be shown solved: MBPP's tasks 2, 3 and 4.
///
/// # Errors
///
/// When they can not be read.
pub fn shots_of(set: &ProblemSet) -> Result<Vec<Problem>, StoreError> {
    set.entries()
        .filter(|(_, entry)| entry.has_reference && entry.facts.tags.iter().any(|tag| tag == "few-shot"))
        .map(|(task_id, _)| set.problem(task_id.as_str()))
        .collect()
}

/// A prompt as a user reads it: what is sent to the model, role by role.
pub fn show(prompt: &Prompt) -> String {
    match prompt {
        Prompt::Text(text) => text.clone(),
        Prompt::Infill { prefix, suffix } => format!("--- prefix\n{prefix}\n--- suffix\n{suffix}\n"),
        Prompt::Chat(messages) => {
            let parts = messages.iter().map(|message| {
                let role = match message.role {
                    Role::System => "system",
                    Role::User => "user",
                    Role::Assistant => "assistant",
                };
                format!("--- {role}\n{}\n", message.content)
            });
            parts.collect()
        }
    }
}

#[cfg(test)]
mod tests;
