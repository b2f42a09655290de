//! JSON schemas of the files, for editors and for whoever writes problems with a program.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::{ProblemFile, SetFile};

/// The schema of a problem's file.
pub fn problem() -> Schema {
    of::<ProblemFile>()
}

/// The schema of `set.toml`.
pub fn set() -> Schema {
    of::<SetFile>()
}

/// A schema as it is printed and committed.
pub fn to_text(schema: &Schema) -> String {
    // What it is comes first, for people and for tools that look at the beginning.
    let mut ordered = Map::new();
    if let Some(object) = schema.as_object() {
        for key in ["$schema", "title"] {
            ordered.extend(object.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        ordered.extend(
            object
                .iter()
                .filter(|(key, _)| !["$schema", "title"].contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), value.clone())),
        );
    }
    format!("{:#}\n", Value::Object(ordered))
}

fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .with_transform(RecursiveTransform(without_null))
        .into_generator()
        .into_root_schema_for::<T>()
}

/// TOML has no null: a field that may be missing is left out. Otherwise editors would offer null.
fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if object.get("default") == Some(&Value::Null) {
        object.remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| *choice != json!({"type": "null"}));
        if let [Value::Object(only)] = &choices[..] {
            let only: Map<String, Value> = only.clone();
            object.remove("anyOf");
            object.extend(only);
        }
    }
}
