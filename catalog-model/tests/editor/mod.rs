//! What an editor makes of a file: the core reading of YAML 1.2, and the schema of the file's kind on each document.
#![allow(
    dead_code,
    reason = "each test that asks an editor needs another part of it"
)]

use jsonschema::Validator;
use serde_json::{Map, Value};
use serde_yaml::Value as Yaml;

/// What the schemas do not see, by the code of the loader's diagnostic, and why: `lexical` is the source text, its documents and comments;
/// `cross-field`, that two places of a file do not fit together; `cross-file`, that two files do not. (A key that stands twice, an alias of
/// nothing and what else is no YAML stops the reading of editors before a schema is asked.)
pub(crate) const EXCEPTIONS: &[(&str, &str)] = &[
    ("conditions.composition", "cross-field"),
    ("conditions.missing", "lexical"),
    ("conditions.name.duplicate", "cross-field"),
    ("conditions.path", "lexical"),
    ("conditions.path.blind", "cross-field"),
    ("conditions.path.structure", "cross-field"),
    ("conditions.second-document", "lexical"),
    ("conditions.value", "cross-field"),
    ("conditions.value.ambiguous", "lexical"),
    ("conditions.value.pattern", "lexical"),
    ("conditions.value.type", "cross-field"),
    ("definition.crd", "cross-field"),
    ("definition.duplicate", "cross-field"),
    ("definition.text", "lexical"),
    ("hooks.action.duplicate", "cross-field"),
    ("hooks.after", "cross-field"),
    ("hooks.duration", "lexical"),
    ("hooks.name.duplicate", "cross-field"),
    ("hooks.text", "lexical"),
    ("hooks.type", "lexical"),
    ("metadata.dependency.duplicate", "cross-field"),
    ("metadata.dependency.self", "cross-field"),
    ("metadata.empty", "lexical"),
    ("metadata.name.folder", "cross-file"),
    ("metadata.package-name", "lexical"),
    ("metadata.version.folder", "cross-file"),
    ("modules.empty", "lexical"),
    ("modules.name", "cross-field"),
    ("modules.name.duplicate", "cross-field"),
    ("modules.name.missing", "cross-field"),
    ("modules.path", "lexical"),
    ("modules.path.missing", "cross-file"),
    ("yaml.not-finite", "lexical"),
    ("yaml.second-document", "lexical"),
];

/// The schemas, ready to be asked.
pub(crate) struct Editor {
    validators: Vec<(&'static str, Validator)>,
}

impl Editor {
    pub(crate) fn new() -> Self {
        let validator = |(kind, schema)| (kind, jsonschema::draft7::new(&schema).unwrap());
        Self {
            validators: catalog_model::schema::all()
                .into_iter()
                .map(validator)
                .collect(),
        }
    }

    /// What the schema of a kind has against a file; empty if nothing.
    pub(crate) fn problems(&self, kind: &str, text: &str) -> Vec<String> {
        match documents(text) {
            Ok(documents) => documents
                .iter()
                .flat_map(|document| self.problems_of(kind, document))
                .collect(),
            Err(error) => vec![format!("this is not YAML: {error}")],
        }
    }

    /// Whether the schema of a kind has nothing against a document.
    pub(crate) fn accepts(&self, kind: &str, document: &Value) -> bool {
        self.validator(kind).is_valid(document)
    }

    fn validator(&self, kind: &str) -> &Validator {
        let of_kind = self.validators.iter().find(|(name, _)| *name == kind);
        &of_kind.unwrap().1
    }

    /// The same of one document.
    pub(crate) fn problems_of(&self, kind: &str, document: &Value) -> Vec<String> {
        let errors = self.validator(kind).iter_errors(document);
        errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }
}

/// The documents of a file. Of a document of nothing an editor asks nothing.
pub(crate) fn documents(text: &str) -> Result<Vec<Value>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let mut yaml =
            <Yaml as serde::Deserialize>::deserialize(document).map_err(|e| e.to_string())?;
        yaml.apply_merge().map_err(|error| error.to_string())?;
        documents.push(json(yaml)?);
    }
    documents.retain(|document| !document.is_null());
    Ok(documents)
}

fn json(yaml: Yaml) -> Result<Value, String> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => value.into(),
        Yaml::Number(number) => number_json(&number),
        Yaml::String(text) => text.into(),
        Yaml::Sequence(items) => {
            Value::Array(items.into_iter().map(json).collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(entries) => {
            let entry = |(key, value)| Ok((key_text(&key)?, json(value)?));
            Value::Object(
                entries
                    .into_iter()
                    .map(entry)
                    .collect::<Result<Map<_, _>, String>>()?,
            )
        }
        Yaml::Tagged(tagged) => json(tagged.value)?,
    })
}

/// JSON has no infinity; to a schema, any number that is not whole is like another.
fn number_json(number: &serde_yaml::Number) -> Value {
    let whole = number.as_u64().map(Value::from);
    let whole = whole.or_else(|| number.as_i64().map(Value::from));
    whole.unwrap_or_else(|| {
        let value = number.as_f64().filter(|value| value.is_finite());
        value.unwrap_or(0.5).into()
    })
}

fn key_text(key: &Yaml) -> Result<String, String> {
    match key {
        Yaml::String(text) => Ok(text.clone()),
        Yaml::Bool(value) => Ok(value.to_string()),
        Yaml::Number(number) => Ok(number.to_string()),
        Yaml::Null => Ok("null".to_owned()),
        _ => Err("a key must be a text".to_owned()),
    }
}
