//! The command line over a suite over the defaults: what `karat run` really does, and where each value came from.
//!
//! There is one parser of options, clap's. What a suite says is turned into the options that would say the same, those
//! that the command line sets itself are left out, and all of it is parsed as one command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

use super::file::{CONFIG_FILE, ConfigFile, SuiteEntry};
use crate::cli::run::{PlannedRun, RunArguments};
use crate::complete::model_spec::{GgufModel, ModelSpec};
use crate::problem::locate::{locate, near};
use crate::shown::{either, shown, shown_text};

/// Keys of a suite that are not called as the option is.
const RENAMED: [(&str, &str); 3] =
    [("problems", "set"), ("models", "models"), ("server-options", "server_options")];

/// Options that have no place in a file.
const NOT_IN_FILES: [&str; 3] = ["config", "resume", "format"];

/// Options that hold a path.
const PATHS: [&str; 4] = ["set", "prompts", "prices", "run_dir"];

/// What is run, with where each value came from.
#[derive(Debug)]
pub(crate) struct Resolved {
    /// What the command does.
    pub plan: PlannedRun,
    /// Every option with its value.
    pub settings: Vec<Setting>,
}

/// An option, its value, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Setting {
    /// The key in a suite.
    pub name: String,
    /// The values; none if the option is not set and there is no fixed default.
    pub values: Vec<String>,
    /// `command line`, a file and line, or `default`.
    pub from: String,
}

/// What the words of a command line mean, together with `karat.toml`. Without a set and without a suite, that is every
/// suite of the file.
pub(crate) fn resolve(matches: &ArgMatches) -> anyhow::Result<Vec<Resolved>> {
    let command = command();
    let named = matches.get_one::<PathBuf>("set");
    let config = matches.get_one::<PathBuf>("config");
    let file = ConfigFile::find(config.map(PathBuf::as_path))?;
    let Some(file) = file else {
        return match named {
            Some(_) => Ok(vec![resolve_one(&command, matches, None)?]),
            None => bail!(
                "there is no set to run and no {CONFIG_FILE} here or above; `karat run HumanEval.jsonl.gz --model \
                 openai:gpt-5` runs one, and a file with `[suites.NAME]`, `problems = \"…\"` and `models = [\"…\"]` makes \
                 `karat run` do the same for everyone"
            ),
        };
    };
    let chosen = named.and_then(|path| file.suites.get_key_value(path.to_str()?));
    match (named, chosen) {
        (_, Some((name, entries))) => Ok(vec![resolve_one(&command, matches, Some((&file, name, entries)))?]),
        (Some(named), None) => {
            refuse_what_is_neither(&file, named)?;
            Ok(vec![resolve_one(&command, matches, None)?])
        }
        (None, None) if file.suites.is_empty() => {
            bail!("{}: has no suites; write one, or name a problem set", shown(file.path.display()))
        }
        (None, None) => file
            .suites
            .iter()
            .map(|(name, entries)| resolve_one(&command, matches, Some((&file, name, entries))))
            .collect(),
    }
}

/// Refuses what is neither a suite nor a problem set: no model is asked for its sake.
fn refuse_what_is_neither(file: &ConfigFile, named: &Path) -> anyhow::Result<()> {
    let Some(name) = named.to_str().filter(|_| !named.exists()) else { return Ok(()) };
    let Err(error) = locate(name) else { return Ok(()) };
    let near_suites = near(name, file.suites.keys().cloned());
    let path = shown(file.path.display()).to_string();
    if !near_suites.is_empty() {
        bail!(
            "{path} has no suite {:?}, and there is no such problem set; did you mean {}?",
            shown(name),
            either(&near_suites)
        );
    }
    if !file.suites.is_empty() && !name.contains(['/', '.']) {
        let suites: Vec<String> = file.suites.keys().map(|suite| shown(suite).to_string()).collect();
        bail!("{error}; the suites of {path} are {}", suites.join(", "));
    }
    Ok(())
}

fn command() -> Command {
    let mut command = RunArguments::augment_args(Command::new("run").no_binary_name(true));
    command.build();
    command
}

fn resolve_one(
    command: &Command,
    matches: &ArgMatches,
    suite: Option<(&ConfigFile, &String, &Vec<SuiteEntry>)>,
) -> anyhow::Result<Resolved> {
    let on_command_line = |arg: &Arg| {
        let is_suite = suite.is_some() && arg.get_id() == "set";
        !is_suite && matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
    };
    let mut words: Vec<OsString> = Vec::new();
    // What comes last, behind `--`.
    let mut behind: Vec<OsString> = Vec::new();
    let mut origins: Vec<(String, String)> = Vec::new();
    if let Some((file, name, entries)) = suite {
        for entry in entries {
            let place = format!("{}:{}", file.path.display(), entry.line);
            let field = format!("{}: suites.{}.{}", shown(&place), shown(name), shown(&entry.key));
            let arg = option(command, &entry.key).map_err(|error| anyhow!("{field}: {error}"))?;
            let said = words_of(arg, &entry.values, file.folder());
            let dashes = arg.is_last_set().then(|| OsString::from("--"));
            command.clone().try_get_matches_from(dashes.into_iter().chain(said.clone())).map_err(
                |error| {
                    let text = error.to_string();
                    let text = text.lines().next().unwrap_or_default();
                    anyhow!("{field}: {}", shown_text(text.strip_prefix("error: ").unwrap_or(text)))
                },
            )?;
            let overridden =
                on_command_line(arg) || command.get_arg_conflicts_with(arg).into_iter().any(on_command_line);
            if !overridden {
                if arg.is_last_set() { &mut behind } else { &mut words }.extend(said);
                origins.push((arg.get_id().to_string(), place));
            }
        }
    }
    for arg in command.get_arguments().filter(|arg| on_command_line(arg)) {
        let values = matches.get_raw(arg.get_id().as_str()).into_iter().flatten();
        let values: Vec<String> = values.map(|value| value.to_string_lossy().into_owned()).collect();
        let said = words_of(arg, &values, Path::new(""));
        if arg.is_last_set() { &mut behind } else { &mut words }.extend(said);
        origins.push((arg.get_id().to_string(), "command line".to_owned()));
    }
    // Options before the set, which may begin with a dash.
    words.sort_by_key(|word| !word.to_string_lossy().starts_with("--"));
    if !behind.is_empty() {
        words.push("--".into());
        words.append(&mut behind);
    }
    let merged = command.clone().try_get_matches_from(&words)?;
    let arguments = RunArguments::from_arg_matches(&merged)?;
    let settings: Vec<Setting> =
        command.get_arguments().filter_map(|arg| setting(arg, &merged, &origins)).collect();
    let names_model = settings.iter().any(|setting| setting.name == "models" && setting.from != "default");
    let plan = PlannedRun { suite: suite.map(|(_, name, _)| name.clone()), arguments, names_model };
    Ok(Resolved { plan, settings })
}

/// The option that a key names.
fn option<'a>(command: &'a Command, key: &str) -> Result<&'a Arg, String> {
    let id = key.replace('-', "_");
    let id = RENAMED.iter().find(|(name, _)| *name == key).map_or(id.as_str(), |(_, id)| id);
    let allowed = |arg: &&Arg| !NOT_IN_FILES.contains(&arg.get_id().as_str()) && arg.get_id() != "help";
    command
        .get_arguments()
        .filter(allowed)
        .find(|arg| key_of(arg).replace('-', "_") == id || arg.get_id() == id)
        .ok_or_else(|| {
            let keys: Vec<String> = command.get_arguments().filter(allowed).map(key_of).collect();
            let nearest = keys
                .iter()
                .max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)));
            format!("there is no such key; did you mean `{}`?", nearest.map_or("", String::as_str))
        })
}

/// What an option is called in a suite.
fn key_of(arg: &Arg) -> String {
    let id = arg.get_id().as_str();
    match RENAMED.iter().find(|(_, renamed)| *renamed == id) {
        Some((name, _)) => (*name).to_owned(),
        None => arg.get_long().unwrap_or(id).to_owned(),
    }
}

/// The words of a command line that set an option to these values.
fn words_of(arg: &Arg, values: &[String], folder: &Path) -> Vec<OsString> {
    let Some(long) = arg.get_long() else {
        return values.iter().map(|value| in_folder(arg, value, folder).into()).collect();
    };
    if !arg.get_action().takes_values() {
        let is_set = values.iter().all(|value| value == "true");
        return if is_set { vec![format!("--{long}").into()] } else { Vec::new() };
    }
    values.iter().map(|value| format!("--{long}={}", in_folder(arg, value, folder)).into()).collect()
}

/// A value whose path is relative to a folder. A problem set may be named otherwise than by a path.
fn in_folder(arg: &Arg, value: &str, folder: &Path) -> String {
    let joined = |path: &str| folder.join(path).display().to_string();
    match (arg.get_id().as_str(), value.split_once(':')) {
        ("models", Some((kind @ ("replay" | "llama-server"), path))) => format!("{kind}:{}", joined(path)),
        // These may also be called by a name.
        ("models", Some(("gguf", model)))
            if matches!(value.parse(), Ok(ModelSpec::Gguf { model: GgufModel::File(_), .. })) =>
        {
            format!("gguf:{}", joined(model))
        }
        ("models", Some((kind @ ("vllm" | "sglang"), model))) if model.starts_with('.') => {
            format!("{kind}:{}", joined(model))
        }
        ("set", _) if !folder.join(value).exists() => value.to_owned(),
        (id, _) if PATHS.contains(&id) => joined(value),
        _ => value.to_owned(),
    }
}

fn setting(arg: &Arg, matches: &ArgMatches, origins: &[(String, String)]) -> Option<Setting> {
    let id = arg.get_id().as_str();
    if NOT_IN_FILES.contains(&id) || id == "help" {
        return None;
    }
    let from = origins.iter().find(|(known, _)| known == id).map_or("default", |(_, from)| from);
    let values = if arg.get_action().takes_values() {
        let values = matches.get_raw(id).into_iter().flatten();
        values.map(|value| value.to_string_lossy().into_owned()).collect()
    } else {
        vec![matches.get_flag(id).to_string()]
    };
    Some(Setting { name: key_of(arg), values, from: from.to_owned() })
}
