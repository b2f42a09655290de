//! All that it takes to repeat a run, as texts by name.

use indexmap::IndexMap;
use serde_json::Value;

use super::FinishedRun;
use super::places::without_places;
use crate::complete::query::Parameters;
use crate::record::{ModelIdentity, RunManifest};

/// All that it takes, without a path or an address of the machine.
pub(super) fn repeat(run: &FinishedRun) -> IndexMap<String, String> {
    let manifest = &run.results.manifest;
    let served = run.results.generation.as_ref().map(|one| one.served_models.join(", "));
    let model = manifest.model.as_ref().map(of_model).unwrap_or_default();
    let known = [
        ("Command", Some(command(&manifest.command))),
        ("Karat", Some(manifest.karat_version.clone())),
        ("Runner", Some(format!("{} {}", manifest.runner.name, manifest.runner.digest))),
        ("Digest of the problem set", Some(manifest.problems.digest.clone())),
        ("Published", dates(manifest)),
    ];
    let judging = [
        ("Samples", Some(manifest.samples.count.to_string())),
        ("Digest of the samples", Some(manifest.samples.digest.clone())),
        ("Judging", Some(manifest.judging.name().to_owned())),
        ("Tests", Some(if manifest.all_tests { "all" } else { "up to the first failure" }.to_owned())),
        ("k", Some(manifest.ks.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))),
        ("Fuel", manifest.limits.fuel.map(|fuel| fuel.0.to_string())),
        ("Memory, bytes", Some(manifest.limits.memory.0.to_string())),
        ("Output, bytes", Some(manifest.limits.output.0.to_string())),
        ("Seed of the sandbox", Some(manifest.seed.to_string())),
    ];
    let owned = |(name, text): (&str, Option<String>)| Some((name.to_owned(), text?));
    let mut facts: IndexMap<String, String> = known.into_iter().filter_map(owned).collect();
    facts.extend(model);
    facts.extend(served.map(|served| ("Served as".to_owned(), served)));
    facts.extend(judging.into_iter().filter_map(owned));
    facts.retain(|_, text| !text.is_empty());
    for text in facts.values_mut() {
        *text = without_places(text);
    }
    facts
}

/// The command line, as a shell takes it.
fn command(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(&without_places(word))).collect();
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |one: char| one.is_alphanumeric() || "_-./:=,+@%".contains(one);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn dates(manifest: &RunManifest) -> Option<String> {
    let (from, to) = (manifest.problems.from, manifest.problems.to);
    match (from, to) {
        (None, None) => None,
        (Some(from), None) => Some(format!("from {from}")),
        (None, Some(to)) => Some(format!("to {to}")),
        (Some(from), Some(to)) => Some(format!("from {from} to {to}")),
    }
}

fn of_model(model: &ModelIdentity) -> IndexMap<String, String> {
    let ModelIdentity {
        model: spec,
        address: _,
        setup,
        resources: _,
        parameters,
        samples,
        prompts,
        language,
    } = model;
    let Parameters { temperature, top_p, max_tokens, stop, seed, logprobs: _, effort, extra } = parameters;
    let stop = (!stop.is_empty()).then(|| format!("{stop:?}"));
    let known = [
        ("Model", Some(spec.to_string())),
        ("Samples of a problem", Some(samples.to_string())),
        ("Temperature", temperature.map(|value| value.to_string())),
        ("top_p", top_p.map(|value| value.to_string())),
        ("Most tokens", max_tokens.map(|value| value.to_string())),
        ("Stop", stop),
        ("Seed", seed.map(|value| value.to_string())),
        ("Effort", effort.clone()),
        ("Language of the statements", language.clone()),
        ("Digest of the prompts", Some(prompts.clone())),
    ];
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let extra = extra.iter().map(|(name, value)| (format!("Parameter {name}"), text(value)));
    let setup =
        setup.iter().map(|(name, value)| (format!("Engine: {}", name.replace('_', " ")), text(value)));
    known
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), text?)))
        .chain(extra)
        .chain(setup)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_given_to_a_shell_again() {
        let words = ["karat", "run", "/home/ada/my sets/mine", "--stop", "it's", "", "--k", "1,10"];
        assert_eq!(command(&words.map(str::to_owned)), r"karat run mine --stop 'it'\''s' '' --k 1,10");
    }
}
