//! What models cost: a table in this crate, and a file of the user's that goes before it.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::model_spec::ModelSpec;
use super::query::Usage;
use crate::files;
use crate::shown::{shown, shown_text};

const EMBEDDED: &str = include_str!("prices.toml");

const MILLION: f64 = 1e6;

/// The most bytes that a file of prices may have.
const LARGEST_FILE: u64 = 1 << 20;

/// What a million tokens cost, in US dollars.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Of the prompt.
    pub input: f64,
    /// Of the answer, thinking included.
    pub output: f64,
    /// Of the prompt where they come from the server's cache. Without it, they cost what others cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<f64>,
}

impl Price {
    /// What these tokens cost, in US dollars; `None` if a count that matters is unknown.
    pub fn cost(&self, usage: &Usage) -> Option<f64> {
        let (input, output) = (usage.input? as f64, usage.output? as f64);
        let discount = match self.cached {
            Some(cached) => usage.cached? as f64 * (self.input - cached),
            None => 0.0,
        };
        Some((input * self.input + output * self.output - discount) / MILLION)
    }
}

/// Prices of models, by [`ModelSpec`]'s text.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceTable {
    /// When the figures were looked up, where the table says so. Prices may have changed since.
    #[serde(default)]
    pub date: Option<String>,
    #[serde(default)]
    models: IndexMap<String, Price>,
}

/// A file of prices is not usable.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// It can not be read.
    #[error(
        "{}: can not be read; give a TOML file with a table for each model, [models.\"openai:gpt-5\"]",
        shown(path.display())
    )]
    Io {
        /// The file of prices that could not be read.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not a table of prices.
    #[error("{}: {}", shown(path.display()), shown_text(message))]
    Format {
        /// The file that was to hold prices.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// A price is not an amount of money.
    #[error(
        "{}: the price of {} is negative or no number; give US dollars for a million tokens",
        shown(path.display()),
        shown(model)
    )]
    Amount {
        /// The file of prices with that amount.
        path: PathBuf,
        /// The model.
        model: String,
    },
}

impl PriceTable {
    /// The table in this crate. It may be out of date.
    pub fn embedded() -> PriceTable {
        toml::from_str(EMBEDDED).expect("the crate's own table is well-formed, as a test checks")
    }

    /// Puts a file's prices before these.
    ///
    /// # Errors
    ///
    /// When the file can not be read or is not a table of prices.
    pub fn with_file(mut self, path: &Path) -> Result<PriceTable, PriceError> {
        let path_of = || path.to_owned();
        let text = files::read(path, LARGEST_FILE)
            .and_then(files::text)
            .map_err(|source| PriceError::Io { path: path_of(), source })?;
        let own: PriceTable = toml::from_str(&text)
            .map_err(|error| PriceError::Format { path: path_of(), message: error.to_string() })?;
        for (model, price) in own.models {
            let mut amounts = [Some(price.input), Some(price.output), price.cached].into_iter().flatten();
            if !amounts.all(|amount| amount.is_finite() && amount >= 0.0) {
                return Err(PriceError::Amount { path: path_of(), model });
            }
            self.models.insert(model, price);
        }
        Ok(self)
    }

    /// The price of a model, if it is known. A name with a date behind it, `-2025-08-07` or `-20250929`, has the
    /// price of the name without.
    pub fn get(&self, model: &ModelSpec) -> Option<Price> {
        let name = model.to_string();
        self.models.get(&name).or_else(|| self.models.get(without_date(&name)?)).copied()
    }
}

/// The name without a date at its end.
fn without_date(name: &str) -> Option<&str> {
    let start = name.trim_end_matches(|character: char| character.is_ascii_digit() || character == '-');
    let date = &name[start.len()..];
    // Digits of the name itself may stand before the date: take the last eight digits, with or without dashes.
    let forms: [&[usize]; 2] = [&[8], &[4, 2, 2]];
    forms.iter().find_map(|lengths| {
        let length: usize = lengths.iter().map(|length| length + 1).sum();
        let end = date.len().checked_sub(length)?;
        let mut parts = date[end..].strip_prefix('-')?.split('-');
        let fits = lengths.iter().all(|&length| parts.next().is_some_and(|part| part.len() == length));
        (fits && parts.next().is_none()).then(|| &name[..start.len() + end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(model: &str, table: &PriceTable) -> Option<Price> {
        table.get(&model.parse().unwrap())
    }

    #[test]
    fn the_crates_own_table_is_well_formed() {
        let table = PriceTable::embedded();
        assert!(table.date.is_some());
        for (model, price) in &table.models {
            assert_eq!(&model.parse::<ModelSpec>().unwrap().to_string(), model);
            assert!(price.input > 0.0 && price.output >= price.input, "{model}");
            assert!(price.cached.is_none_or(|cached| cached < price.input), "{model}");
        }
    }

    #[test]
    fn a_dated_name_has_the_price_of_the_name() {
        let table = PriceTable::embedded();
        let gpt = price("openai:gpt-5", &table);
        assert!(gpt.is_some());
        assert_eq!(price("openai:gpt-5-2025-08-07", &table), gpt);
        assert_eq!(
            price("anthropic:claude-sonnet-4-5-20250929", &table),
            price("anthropic:claude-sonnet-4-5", &table)
        );
        assert_ne!(price("openai:gpt-5-mini", &table), gpt);
        for unknown in ["openai:gpt-5-2025", "openai:gpt-5-turbo", "http://localhost/v1#gpt-5", "reference"] {
            assert_eq!(price(unknown, &table), None, "{unknown}");
        }
    }

    #[test]
    fn what_is_unknown_has_no_cost() {
        let price = Price { input: 2.0, output: 10.0, cached: Some(0.5) };
        let usage = Usage { input: Some(1000), output: Some(100), cached: Some(400), reasoning: None };
        assert!((price.cost(&usage).unwrap() - 0.0024).abs() < 1e-12);
        assert_eq!(price.cost(&Usage { input: None, ..usage }), None);
        assert_eq!(price.cost(&Usage { output: None, ..usage }), None);
        assert_eq!(price.cost(&Usage { cached: None, ..usage }), None);
        let without_discount = Price { cached: None, ..price };
        assert!((without_discount.cost(&Usage { cached: None, ..usage }).unwrap() - 0.003).abs() < 1e-12);
    }

    #[test]
    fn the_users_file_goes_first_and_its_faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prices.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            PriceTable::embedded().with_file(&path)
        };
        let table = read("[models.\"openai:gpt-5\"]\ninput = 7\noutput = 8.5\n").unwrap();
        assert_eq!(price("openai:gpt-5", &table), Some(Price { input: 7.0, output: 8.5, cached: None }));
        assert_eq!(price("openai:gpt-5-mini", &table), price("openai:gpt-5-mini", &PriceTable::embedded()));
        assert!(matches!(read("[models.m]\ninput = 1"), Err(PriceError::Format { .. })));
        assert!(matches!(read("[models.m]\ninput = 1\noutput = nan"), Err(PriceError::Amount { .. })));
        assert!(matches!(PriceTable::embedded().with_file(folder.path()), Err(PriceError::Io { .. })));
    }
}
