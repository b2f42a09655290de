//! JSON schemas of the files, for editors and for whoever writes problems with a program.

use schemars::{Schema, schema_for};

use super::{ProblemFile, SetFile};

/// The schema of a problem's file.
pub fn problem() -> Schema {
    schema_for!(ProblemFile)
}

/// The schema of `set.toml`.
pub fn set() -> Schema {
    schema_for!(SetFile)
}

/// A schema as it is printed and committed.
pub fn to_text(schema: &Schema) -> String {
    format!("{:#}\n", schema.as_value())
}
