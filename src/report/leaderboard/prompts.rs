//! What the models of a leaderboard's runs were asked. A run records the digest of its prompts, and they are made again by
//! the templates that Karat brings: where one of these gives the same digest, it was the one.

use crate::complete::prompt::{Templates, show};
use crate::evaluate::EvaluateError;
use crate::evaluate::questions::{PromptSettings, Prompter};
use crate::problem::{ProblemSet, TaskId};
use crate::record::{ModelIdentity, ProblemSetIdentity, RunManifest};
use crate::report::site::PromptInput;

/// The prompts that are known.
#[derive(Default)]
pub(super) struct Prompts(Vec<AskedAlike>);

/// Runs that asked the same.
struct AskedAlike {
    prompter: Prompter,
    runs: Vec<usize>,
}

impl Prompts {
    /// Those of the runs with these manifests.
    pub(super) fn of(manifests: &[&RunManifest], set: &ProblemSet) -> Prompts {
        let mut groups: Vec<(&str, &RunManifest, &ModelIdentity, Vec<usize>)> = Vec::new();
        for (run, manifest) in manifests.iter().enumerate() {
            let Some(model) = &manifest.model else { continue };
            match groups.iter_mut().find(|(digest, ..)| *digest == model.prompts) {
                Some((.., runs)) => runs.push(run),
                None => groups.push((&model.prompts, manifest, model, vec![run])),
            }
        }
        let asked = groups.into_iter().filter_map(|(digest, manifest, model, runs)| {
            let prompter = prompter(digest, model, &manifest.problems, set)?;
            Some(AskedAlike { prompter, runs })
        });
        Prompts(asked.collect())
    }

    /// The prompts of a problem.
    ///
    /// # Errors
    ///
    /// When one can not be made.
    pub(super) fn of_problem(
        &self,
        set: &ProblemSet,
        task_id: &TaskId,
    ) -> Result<Vec<PromptInput>, EvaluateError> {
        let input = |asked: &AskedAlike| {
            let prompt = asked.prompter.prompt(set, task_id)?;
            Ok(PromptInput { runs: asked.runs.clone(), text: show(&prompt) })
        };
        self.0.iter().map(input).collect()
    }
}

/// What makes the prompts that have this digest; none where the user's own template made them.
fn prompter(
    digest: &str,
    model: &ModelIdentity,
    problems: &ProblemSetIdentity,
    set: &ProblemSet,
) -> Option<Prompter> {
    let inside: Vec<&TaskId> = set
        .entries()
        .filter(|(_, entry)| {
            let date = entry.facts.date;
            problems.from.is_none_or(|from| date.is_some_and(|date| from <= date))
                && problems.to.is_none_or(|to| date.is_some_and(|date| date <= to))
        })
        .map(|(task_id, _)| task_id)
        .collect();
    let built_in = Templates::built_in().ok()?;
    let named = built_in.list().map(|(name, _)| Some(name.to_owned()));
    std::iter::once(None).chain(named).find_map(|template| {
        let settings = PromptSettings { template, folder: None, language: model.language.clone() };
        let prompter = Prompter::new(&settings, &model.model, set).ok()?;
        let found = prompter.digest(set, inside.iter().copied()).ok()?;
        (found == digest).then_some(prompter)
    })
}
