//! `karat.toml`: suites, each a table of the options of `karat run`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use indexmap::IndexMap;
use serde::Deserialize;
use toml::{Spanned, Value};

use crate::files;
use crate::problem::format::Document;
use crate::shown::shown;

/// The name of the file.
pub(super) const CONFIG_FILE: &str = "karat.toml";

/// Most bytes that the file may have.
const LARGEST_FILE: u64 = 1 << 20;

/// The file, parsed; what the keys mean is not looked at yet.
#[derive(Debug)]
pub(super) struct ConfigFile {
    /// Where it is.
    pub path: PathBuf,
    /// The suites by name, in the order of the file.
    pub suites: IndexMap<String, Vec<SuiteEntry>>,
}

/// A key of a suite.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SuiteEntry {
    /// The key.
    pub key: String,
    /// Its values as text; `true` and `false` are themselves.
    pub values: Vec<String>,
    /// Where it is, from 1.
    pub line: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    #[serde(default)]
    suites: IndexMap<String, IndexMap<String, Spanned<Value>>>,
}

impl ConfigFile {
    /// The file that was named, or else that of the working directory or the nearest folder above it; nothing where
    /// there is none.
    pub(super) fn find(named: Option<&Path>) -> anyhow::Result<Option<ConfigFile>> {
        if let Some(path) = named {
            return ConfigFile::read(path).map(Some);
        }
        let here = std::env::current_dir().context("there is no working directory")?;
        match here.ancestors().map(|folder| folder.join(CONFIG_FILE)).find(|path| path.is_file()) {
            Some(path) => {
                let shown = path.strip_prefix(&here).map_or(path.clone(), Path::to_owned);
                ConfigFile::read(&shown).map(Some)
            }
            None => Ok(None),
        }
    }

    fn read(path: &Path) -> anyhow::Result<ConfigFile> {
        let text = files::read(path, LARGEST_FILE)
            .and_then(files::text)
            .with_context(|| format!("can not read {}", shown(path.display())))?;
        ConfigFile::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> anyhow::Result<ConfigFile> {
        let document = Document::new(text);
        let content: Content = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| document.line_of(span.start));
            let message = error.message().trim_end().replace('\n', "; ");
            anyhow::anyhow!("{}:{line}: {}", shown(path.display()), shown(message))
        })?;
        let mut suites = IndexMap::new();
        for (name, table) in content.suites {
            let mut entries = Vec::new();
            for (key, value) in table {
                let line = document.line_of(value.span().start);
                let Some(values) = texts(value.get_ref()) else {
                    bail!(
                        "{}:{line}: suites.{}.{}: give a text, a number, true or false, or a list of them",
                        shown(path.display()),
                        shown(&name),
                        shown(&key)
                    );
                };
                entries.push(SuiteEntry { key, values, line });
            }
            suites.insert(name, entries);
        }
        Ok(ConfigFile { path: path.to_owned(), suites })
    }

    /// The folder that the file's paths are relative to.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        value => Some(vec![text(value)?]),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(value) => Some(value.to_string()),
        Value::Datetime(date) => Some(date.to_string()),
        Value::Array(_) | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> anyhow::Result<ConfigFile> {
        ConfigFile::parse(Path::new("karat.toml"), text)
    }

    #[test]
    fn keys_have_their_lines_and_values_as_text() {
        let text = "[suites.a]\nproblems = \"p\"\nmodels = [\n  \"reference\",\n]\nno-cache = true\n\
                    temperature = 0.5\nfrom = 2024-08-01\n[suites.b]\n";
        let file = parse(text).unwrap();
        let entries: Vec<(&str, Vec<&str>, u64)> = file.suites["a"]
            .iter()
            .map(|entry| (entry.key.as_str(), entry.values.iter().map(String::as_str).collect(), entry.line))
            .collect();
        let expected = [
            ("problems", vec!["p"], 2),
            ("models", vec!["reference"], 3),
            ("no-cache", vec!["true"], 6),
            ("temperature", vec!["0.5"], 7),
            ("from", vec!["2024-08-01"], 8),
        ];
        assert_eq!(entries, expected);
        assert!(file.suites["b"].is_empty());
    }

    #[test]
    fn faults_name_file_line_and_field() {
        for (text, expected) in [
            ("[suites.a]\nx = {y = 1}\n", "karat.toml:2: suites.a.x: "),
            ("[suites.a\n", "karat.toml:1: "),
            ("[suits.a]\n", "karat.toml:1: unknown field `suits`"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
