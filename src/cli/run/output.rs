//! What `karat run` writes: the scores, and what it took to get them.

use std::io::{self, Write};

use indexmap::IndexMap;
use serde::Serialize;

use super::ModelRun;
use super::pipeline::Outcome;
use super::spent::Spent;
use crate::cli::Format;
use crate::cli::score::output::ScoreOutput;
use crate::complete::generate::Ending;
use crate::complete::left_out::Addition;
use crate::complete::price::Price;
use crate::record::ModelIdentity;
use crate::report::generation::{Generation, GenerationTally};
use crate::report::printable;
use crate::shown::shown;

/// The result of a run for standard output.
#[derive(Debug, Serialize)]
pub struct RunOutput {
    /// Why asking ended.
    ending: &'static str,
    /// The same in words.
    #[serde(skip)]
    why: &'static str,
    /// Answers that were in the cache.
    from_cache: u64,
    /// Answers that the run held before it was resumed.
    resumed_answers: u64,
    /// What this call spent on the others.
    spent: Spent,
    /// Samples that failed.
    failed: u64,
    /// Why samples failed, each reason once, with how often.
    errors: IndexMap<String, u64>,
    /// What this call found that the server refuses, and requests did without.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<&'static str>,
    /// How random the answers were to be, where that was said.
    #[serde(skip)]
    temperature: Option<f64>,
    /// Where the built-in model ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<Device>,
    #[serde(flatten)]
    score: ScoreOutput,
}

/// Where the built-in model ran, and what that means.
#[derive(Debug, Serialize)]
struct Device {
    /// The devices.
    names: Vec<String>,
    /// What holds of completions that are asked for again.
    reproducible: String,
}

impl Device {
    /// What a run says of it, if its model was the built-in one.
    fn of(model: &ModelIdentity) -> Option<Device> {
        let names = model.resources.get("devices")?.as_array()?;
        let names = names.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect();
        Some(Device { names, reproducible: model.setup.get("reproducible")?.as_str()?.to_owned() })
    }
}

impl RunOutput {
    /// Finishes the record of a run and scores it.
    pub fn finish(
        of: &ModelRun<'_>,
        outcome: Outcome,
        wanted: u64,
        ks: &[u64],
        resumed: u64,
        price: Option<Price>,
    ) -> anyhow::Result<RunOutput> {
        let Outcome { run, progress, ending, from_cache, asked, failed, errors, kept_back, left_out } =
            outcome;
        let samples = progress.in_order();
        let model = of.model.to_string();
        if samples.is_empty() {
            let path = run.close()?;
            let why = errors.keys().next().map_or(describe(ending), String::as_str);
            anyhow::bail!(
                "{model} answered nothing: {why}; when that is mended, the same command with --resume goes on in {}",
                shown(path.display())
            );
        }
        let mut tally = GenerationTally::new(price);
        let answers = run.answers()?;
        for (answer, _) in &samples {
            tally.add(&answers.read(*answer)?);
        }
        let generation = tally.generation(model, wanted, progress.solved(), kept_back);
        let run = run.finish(samples.into_iter())?;
        // Where requests failed there may be a k that no problem has enough samples for.
        let most = run.index().tasks().map(|(_, count)| count).max().unwrap_or(0);
        let ks: Vec<u64> = ks.iter().copied().filter(|k| *k <= most).collect();
        let mut summary = of.arguments.judge.summary(&run, of.set, &ks)?;
        summary.generation = Some(generation);
        run.write_reference_fuel(&of.executor.reference_fuel(&run, of.set))?;
        run.write_scores(&summary)?;
        let fingerprint = of.executor.installed.record.fingerprint;
        let device = run.manifest().model.as_ref().and_then(Device::of);
        let score = ScoreOutput::new(&run, of.set, summary, Default::default(), 0, fingerprint);
        Ok(RunOutput {
            ending: ending.name(),
            why: describe(ending),
            from_cache,
            spent: Spent::of(asked),
            resumed_answers: resumed,
            failed,
            errors,
            left_out: left_out.iter().map(Addition::name).collect(),
            temperature: run.manifest().model.as_ref().and_then(|model| model.parameters.temperature),
            device,
            score,
        })
    }

    /// Whether every sample was answered and has a verdict.
    pub fn is_whole(&self) -> bool {
        self.missing() == 0 && !self.score.has_inconclusive()
    }

    fn generation(&self) -> Option<&Generation> {
        self.score.summary().generation.as_ref()
    }

    fn missing(&self) -> u64 {
        self.generation().map_or(0, |generation| generation.wanted - generation.answered)
    }

    /// Writes it to standard output, as tables.
    pub fn print(&self) -> io::Result<()> {
        self.score.print(Format::Table)?;
        let mut out = io::stdout().lock();
        let before = match (self.from_cache, self.resumed_answers) {
            (0, 0) => String::new(),
            (cache, 0) => format!("; {cache} of them were in the cache"),
            (0, resumed) => format!("; {resumed} of them were there before"),
            (cache, resumed) => format!("; {cache} of them were in the cache, {resumed} in the run"),
        };
        if let Some(generation) = self.generation() {
            writeln!(
                out,
                "model: {}, {} of {} samples answered{before}",
                printable(&generation.model),
                generation.answered,
                generation.wanted
            )?;
            if let Some(device) = &self.device {
                writeln!(
                    out,
                    "on {}: {}",
                    printable(&device.names.join(", ")),
                    printable(&device.reproducible)
                )?;
            }
            write!(out, "{}", self.spent.lines(generation))?;
            for served in &generation.served_models {
                if !generation.model.ends_with(served.as_str()) {
                    writeln!(out, "The server says that it served `{}`.", printable(served))?;
                }
            }
            for note in generation.notes(self.temperature, self.score.summary().problems) {
                writeln!(out, "{note}")?;
            }
        }
        for (error, count) in &self.errors {
            writeln!(out, "{count} × {}", printable(error))?;
        }
        if self.missing() > 0 {
            writeln!(
                out,
                "Not answered, and not in these scores: {} samples ({}). The same command with --resume asks for them \
                 again.",
                self.missing(),
                self.why
            )?;
        }
        Ok(())
    }
}

fn describe(ending: Ending) -> &'static str {
    match ending {
        Ending::Complete => "their requests failed",
        Ending::Cancelled => "it was stopped before",
        Ending::BudgetReached => "the budget is used up",
        Ending::Hopeless => "all others would have failed as the last one did",
    }
}
