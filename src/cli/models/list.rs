//! `karat models list`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::lines;
use crate::cli::{Ending, Format};
use crate::model::find::{Found, ModelSource, Places};
use crate::model::gguf::Gguf;
use crate::model::install::{DEFAULT_MODEL, EnginePart, What, named_models, unsuitable_machine};
use crate::package::PartState;
use crate::report::columns::TextTable;
use crate::report::printable;
use crate::shown::{bytes, shown};

/// What is written for programs.
#[derive(Serialize)]
struct Output {
    models: Vec<ModelRow>,
    engine: Vec<EngineRow>,
    /// Why the engine can not run here, if it can not.
    unsuitable: Option<String>,
}

#[derive(Serialize)]
struct ModelRow {
    name: String,
    source: ModelSource,
    /// `installed`, `missing`, `damaged` or `broken`.
    state: &'static str,
    /// What is wrong with a file that can not be used.
    fault: Option<String>,
    path: Option<PathBuf>,
    /// Of the file, or of what would be fetched.
    bytes: u64,
    architecture: Option<String>,
    parameters: Option<u64>,
    quantisation: Option<String>,
    context_length: Option<u64>,
    chat_template: Option<bool>,
    is_default: bool,
}

#[derive(Serialize)]
struct EngineRow {
    part: String,
    state: &'static str,
    path: Option<PathBuf>,
    /// On the disk, or of what would be fetched.
    bytes: u64,
    how: &'static str,
}

pub(super) fn run(places: &Places, format: Format) -> anyhow::Result<Ending> {
    let found = places.models();
    let mut models: Vec<ModelRow> = found.iter().map(ModelRow::of).collect();
    for model in named_models() {
        if !found.iter().any(|found| found.source == ModelSource::Karat && found.name == model.name) {
            models.insert(0, ModelRow::missing(&model.name, What::Model(model), &places.cache)?);
        }
    }
    let engine: anyhow::Result<Vec<EngineRow>> =
        EnginePart::ALL.into_iter().map(|part| EngineRow::of(part, &places.cache)).collect();
    let output = Output { models, engine: engine?, unsuitable: unsuitable_machine() };
    let mut out = lines::stdout(format);
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&output)?)?,
        Format::Table => output.show(&mut out)?,
    }
    Ok(Ending::Done)
}

impl ModelRow {
    fn of(found: &Found) -> ModelRow {
        let described = Gguf::open(&found.path).and_then(|gguf| gguf.info());
        let (info, fault) = match described {
            Ok(info) => (Some(info), None),
            Err(error) => (None, Some(error.fault.to_string())),
        };
        ModelRow {
            name: found.name.clone(),
            source: found.source,
            state: if fault.is_none() { "installed" } else { "broken" },
            fault,
            path: Some(found.path.clone()),
            bytes: found.bytes,
            architecture: info.as_ref().map(|info| info.architecture.clone()),
            parameters: info.as_ref().map(|info| info.parameters),
            quantisation: info.as_ref().map(|info| info.quantisation.clone()),
            context_length: info.as_ref().map(|info| info.context_length),
            chat_template: info.as_ref().map(|info| info.chat_template.is_some()),
            is_default: found.source == ModelSource::Karat && found.name == DEFAULT_MODEL,
        }
    }

    fn missing(name: &str, what: What, cache: &Path) -> anyhow::Result<ModelRow> {
        Ok(ModelRow {
            name: name.to_owned(),
            source: ModelSource::Karat,
            state: state(&what.quick_state(cache)?),
            fault: None,
            path: None,
            bytes: what.part().fetched_bytes(),
            architecture: None,
            parameters: None,
            quantisation: None,
            context_length: None,
            chat_template: None,
            is_default: name == DEFAULT_MODEL,
        })
    }
}

impl EngineRow {
    fn of(part: EnginePart, cache: &Path) -> anyhow::Result<EngineRow> {
        let what = What::Engine(part);
        let found = what.quick_state(cache)?;
        let is_there = found == PartState::Ready;
        Ok(EngineRow {
            part: part.part().name.clone(),
            state: state(&found),
            path: if is_there { Some(what.path(cache)?) } else { None },
            bytes: if is_there { what.part().bytes() } else { what.part().fetched_bytes() },
            how: match part {
                EnginePart::Base => "karat models install",
                EnginePart::Vulkan => "karat models install --vulkan",
                EnginePart::Cuda => "karat models install --cuda",
            },
        })
    }
}

fn state(state: &PartState) -> &'static str {
    match state {
        PartState::Ready => "installed",
        PartState::Missing => "missing",
        PartState::Damaged(_) => "damaged",
    }
}

impl Output {
    fn show(&self, out: &mut impl Write) -> io::Result<()> {
        let header = vec!["model", "in", "architecture", "parameters", "weights", "context", "size", "state"];
        let mut table = TextTable::with_header(header);
        for row in &self.models {
            let name = if row.is_default { format!("{} (default)", row.name) } else { row.name.clone() };
            let text = |value: &Option<String>| {
                value.as_deref().map_or_else(String::new, |it| shown(it).to_string())
            };
            table.add_row([
                printable(&name),
                row.source.describe().to_owned(),
                text(&row.architecture),
                row.parameters.map(count).unwrap_or_default(),
                text(&row.quantisation),
                row.context_length.map(|length| length.to_string()).unwrap_or_default(),
                bytes(row.bytes),
                row.state.to_owned(),
            ]);
        }
        table.numbers([3, 5, 6]);
        table.dispensable(1, [3, 4]);
        table.dispensable(2, [1, 5]);
        table.dispensable(3, [2]);
        writeln!(out, "{}", table.elsewhere("--format json"))?;
        for row in &self.models {
            if let Some(fault) = &row.fault {
                writeln!(out, "{}: {}", shown(&row.name), shown(fault))?;
            }
        }
        writeln!(out)?;
        let mut table = TextTable::with_header(vec!["engine", "size", "state", "by"]);
        for row in &self.engine {
            table.add_row([row.part.clone(), bytes(row.bytes), row.state.to_owned(), row.how.to_owned()]);
        }
        table.numbers(1..2);
        writeln!(out, "{table}\nThe size of what is missing is what would be fetched.")?;
        if let Some(why_not) = &self.unsuitable {
            writeln!(out, "The engine does not run here: this machine {why_not}.")?;
        }
        Ok(())
    }
}

/// A number of parameters, for people.
pub(super) fn count(parameters: u64) -> String {
    let (amount, unit) = match parameters {
        0..1_000 => return parameters.to_string(),
        1_000..1_000_000 => (parameters as f64 / 1e3, "K"),
        1_000_000..1_000_000_000 => (parameters as f64 / 1e6, "M"),
        _ => (parameters as f64 / 1e9, "B"),
    };
    format!("{amount:.1} {unit}")
}
