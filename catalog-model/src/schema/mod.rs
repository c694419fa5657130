//! JSON Schemas (draft-07) of the files of the format, for editors.
//!
//! They say what the strict loader says, as far as one value says it: unknown keys are refused, so that an editor underlines a typo, and
//! a text may be an unquoted number where the loader takes its source text (`version: 1.0`). They are about the reading of YAML 1.2,
//! which editors have. What they cannot see is what only the source text says (a key that stands twice, `0x10` for a number), how two
//! places of a file fit together (two modules of one name), and other files (a path to nothing).
//!
//! ```
//! let schema = catalog_model::schema::metadata();
//! assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
//! assert_eq!(schema["properties"]["scope"]["enum"], serde_json::json!(["cluster", "namespace", null]));
//! ```

mod conditions;
mod crd;
mod definitions;
mod hooks;
mod metadata;
mod modules;
mod pattern;
mod rule;
mod scalar;
mod word;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// The schema of `metadata.yaml`.
#[must_use]
pub fn metadata() -> Value {
    of::<metadata::Metadata>("metadata")
}

/// The schema of one document of a file in `definitions/`.
#[must_use]
pub fn definitions() -> Value {
    of::<definitions::Document>("definitions")
}

/// The schema of a file in `conditions/`.
#[must_use]
pub fn conditions() -> Value {
    of::<conditions::ConditionFile>("conditions")
}

/// The schema of a file in `hooks/`.
#[must_use]
pub fn hooks() -> Value {
    of::<hooks::HookFile>("hooks")
}

/// The schema of `modules.yaml`.
#[must_use]
pub fn modules() -> Value {
    of::<modules::ModuleFile>("modules")
}

/// The name of each kind of file, and its schema: `metadata`, `definitions`, `conditions`, `hooks`, `modules`.
///
/// Cost: each call makes them anew.
#[must_use]
pub fn all() -> [(&'static str, Value); 5] {
    [
        ("metadata", metadata()),
        ("definitions", definitions()),
        ("conditions", conditions()),
        ("hooks", hooks()),
        ("modules", modules()),
    ]
}

fn of<T: JsonSchema>(kind: &str) -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    // The name under which the public store of schemas would hold it.
    schema.insert(
        "$id".to_owned(),
        format!("https://json.schemastore.org/catalog-{kind}.json").into(),
    );
    sorted(schema.to_value())
}

/// The same with its keys in order, whatever features of serde_json are on. Depth is that of the types.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|(left, _), (right, _)| left.cmp(right));
            let entries = entries.into_iter().map(|(key, value)| (key, sorted(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}
