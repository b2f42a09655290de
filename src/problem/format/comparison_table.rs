//! `[comparison]`, read strictly.

use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::problem::Comparison;

/// A comparison rule, `rule = "numbers"`, and its parameters.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(transparent)]
pub struct ComparisonTable(pub Comparison);

impl<'de> Deserialize<'de> for ComparisonTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = toml::Table::deserialize(deserializer)?;
        let rule =
            Comparison::deserialize(table.clone()).map_err(|error| D::Error::custom(error.message()))?;
        // Serde lets any field pass beside a rule that has no parameters; a rule shows the fields that it has.
        let known = serde_json::to_value(&rule).map_err(D::Error::custom)?;
        match table.keys().find(|&field| known.get(field).is_none()) {
            None => Ok(ComparisonTable(rule)),
            Some(field) => Err(D::Error::custom(format!("unknown field `{field}` for this rule"))),
        }
    }
}
