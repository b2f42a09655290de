//! What `karat run` writes: the scores, and what it took to get them.

use std::io::{self, Write};

use indexmap::IndexMap;
use serde::Serialize;

use super::spent::Spending;
use crate::cli::Format;
use crate::cli::lines;
use crate::cli::score::output::ScoreOutput;
use crate::complete::left_out::Addition;
use crate::evaluate::model_run::AskedRun;
use crate::evaluate::spent::Generation;
use crate::problem::ProblemSet;
use crate::record::ModelIdentity;
use crate::report::printable;

/// The result of a run for standard output.
#[derive(Debug, Serialize)]
pub(super) struct RunOutput {
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
    spent: Spending,
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
    /// The result of a run that was scored.
    pub(super) fn new(finished: AskedRun, set: &ProblemSet) -> RunOutput {
        let AskedRun { scored, asked, resumed_answers } = finished;
        let (ending, why) = (asked.ending().name(), asked.why());
        let score = ScoreOutput::new(&scored, set);
        let model = scored.run.manifest().model.as_ref();
        RunOutput {
            ending,
            why,
            from_cache: asked.from_cache,
            spent: Spending::of(asked.spent),
            resumed_answers,
            failed: asked.failed,
            errors: asked.errors,
            left_out: asked.left_out.iter().map(Addition::name).collect(),
            temperature: model.and_then(|model| model.parameters.temperature),
            device: model.and_then(Device::of),
            score,
        }
    }

    /// Whether every sample was answered and has a verdict.
    pub(super) fn is_whole(&self) -> bool {
        self.missing() == 0 && !self.score.has_inconclusive()
    }

    fn generation(&self) -> Option<&Generation> {
        self.score.summary().generation.as_ref()
    }

    fn missing(&self) -> u64 {
        self.generation().map_or(0, |generation| generation.wanted - generation.answered)
    }

    /// Writes it to standard output, as tables.
    pub(super) fn print(&self) -> io::Result<()> {
        self.score.print(Format::Table)?;
        let mut out = lines::stdout(Format::Table);
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
