//! What the models of a leaderboard's runs were asked. A run records the digest of its prompts, and they are made again
//! by the templates that Karat brings: where one of these gives the same digest, it was the one.

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

    /// The prompts of a problem. Those that show other problems with their solutions are left out, unless `reveal`.
    ///
    /// # Errors
    ///
    /// When one can not be made.
    pub(super) fn of_problem(
        &self,
        set: &ProblemSet,
        task_id: &TaskId,
        reveal: bool,
    ) -> Result<Vec<PromptInput>, EvaluateError> {
        let mut prompts = Vec::new();
        for AskedAlike { prompter, runs } in &self.0 {
            if reveal || !prompter.shows_solutions(set, task_id)? {
                let text = show(&*prompter.prompt(set, task_id)?);
                prompts.push(PromptInput { runs: runs.clone(), text });
            }
        }
        Ok(prompts)
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::problem::load::load;
    use crate::record::RunDirectory;

    /// A set of MBPP's shape with a problem to be shown solved, and a run that asked by a template.
    fn asked(template: Option<&str>) -> (ProblemSet, RunManifest) {
        let folder = tempfile::tempdir().unwrap();
        let problem = |number: u32| {
            let line = json!({
                "text": "Write a function to add two numbers.",
                "code": "def add(a, b):\n    return a + b  # SOLVED",
                "task_id": number,
                "test_setup_code": "",
                "test_list": ["assert add(1, 2) == 3"],
                "challenge_test_list": [],
            });
            format!("{line}\n")
        };
        let path = folder.path().join("mbpp.jsonl");
        std::fs::write(&path, [2, 3, 4, 11].map(problem).concat()).unwrap();
        let set = load(&path, None).unwrap();
        let model = "openai:gpt-5".parse().unwrap();
        let settings = PromptSettings { template: template.map(str::to_owned), ..PromptSettings::default() };
        let prompts = Prompter::new(&settings, &model, &set).unwrap().digest(&set, set.task_ids()).unwrap();
        let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample/runs/hasty");
        let mut manifest = RunDirectory::manifest_of(&run).unwrap();
        manifest.model = Some(ModelIdentity {
            model,
            address: None,
            setup: serde_json::Map::new(),
            resources: serde_json::Map::new(),
            parameters: crate::complete::query::Parameters::default(),
            samples: 1,
            prompts,
            language: None,
        });
        (set, manifest)
    }

    #[test]
    fn the_prompt_is_found_by_its_digest_and_solutions_in_it_are_shown_only_if_they_are_to_be() {
        for template in [None, Some("chat-few-shot")] {
            let (set, manifest) = asked(template);
            let prompts = Prompts::of(&[&manifest], &set);
            let task_id = TaskId::new("Mbpp/11");
            let [shown] = prompts.of_problem(&set, &task_id, true).unwrap().try_into().unwrap();
            assert_eq!(shown.runs, [0]);
            assert!(shown.text.contains("add two numbers"), "{}", shown.text);
            let closed = prompts.of_problem(&set, &task_id, false).unwrap();
            assert_eq!(shown.text.contains("SOLVED"), closed.is_empty(), "{}", shown.text);
            assert_eq!(template.is_some(), closed.is_empty());
        }
    }

    #[test]
    fn a_prompt_of_another_template_is_not_known() {
        let (set, mut manifest) = asked(None);
        manifest.model.as_mut().unwrap().prompts = "00".repeat(32);
        assert!(Prompts::of(&[&manifest], &set).0.is_empty());
    }
}
