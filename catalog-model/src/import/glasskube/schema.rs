//! JSON Schemas of what can be set in the charts of a package.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value, json};

/// The type of a value.
pub(super) enum Type {
    Boolean,
    Number,
    Text,
    /// One of these texts.
    Options(Vec<String>),
}

impl Type {
    /// A value of this type, which Glasskube writes as a text.
    pub(super) fn read(&self, text: &str) -> Option<Value> {
        match self {
            Self::Boolean => text.parse().ok().map(Value::Bool),
            Self::Number => {
                let whole = text.parse::<i64>().ok().map(Number::from);
                let number = whole.or_else(|| Number::from_f64(text.parse().ok()?));
                number.map(Value::Number)
            }
            Self::Text => Some(text.into()),
            Self::Options(options) => {
                (options.iter().any(|option| option == text)).then(|| text.into())
            }
        }
    }

    /// What a schema says of the type. What the package itself sets is allowed whatever it is: who sets nothing gets that.
    pub(super) fn schema(&self, own: Option<&Value>) -> Map<String, Value> {
        let mut schema = Map::new();
        if let Self::Options(options) = self {
            let mut allowed: Vec<Value> = options
                .iter()
                .map(|option| option.as_str().into())
                .collect();
            allowed.extend(own.filter(|own| !allowed.contains(own)).cloned());
            schema.insert("enum".to_owned(), allowed.into());
            return schema;
        }
        let name = match self {
            Self::Boolean => "boolean",
            Self::Number => "number",
            _ => "string",
        };
        let types = match own.map(type_of).filter(|other| *other != name) {
            Some(other) => json!([name, other]),
            None => json!(name),
        };
        schema.insert("type".to_owned(), types);
        schema
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What is known of a key and of those below it.
#[derive(Default)]
struct Place {
    /// The schema of a value that is set here.
    leaf: Option<Map<String, Value>>,
    below: BTreeMap<String, Place>,
    required: bool,
}

/// The schemas by module.
#[derive(Default)]
pub(super) struct Schemas {
    modules: BTreeMap<String, Place>,
}

impl Schemas {
    /// Puts the schema of a value where the keys lead.
    ///
    /// # Errors
    ///
    /// Why there is no room for it.
    pub(super) fn put(
        &mut self,
        module: &str,
        steps: &[String],
        schema: Map<String, Value>,
        required: bool,
    ) -> Result<(), &'static str> {
        const TAKEN: &str = "another definition sets the same value, or a part of it";
        let mut place = self.modules.entry(module.to_owned()).or_default();
        for step in steps {
            if place.leaf.is_some() {
                return Err(TAKEN);
            }
            place = place.below.entry(step.clone()).or_default();
        }
        if place.leaf.is_some() || !place.below.is_empty() {
            return Err(TAKEN);
        }
        place.leaf = Some(schema);
        place.required = required;
        Ok(())
    }

    /// The text of each schema.
    pub(super) fn into_files(self) -> impl Iterator<Item = (String, String)> {
        self.modules.into_iter().filter_map(|(module, place)| {
            let (mut schema, _) = place.into_schema()?;
            schema.insert(
                "$schema".to_owned(),
                "http://json-schema.org/draft-07/schema#".into(),
            );
            let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
            Some((module, text + "\n"))
        })
    }
}

impl Place {
    /// The schema of what is here, and whether it has to be set; `None` where nothing is. As deep as a pointer is long.
    fn into_schema(self) -> Option<(Map<String, Value>, bool)> {
        if let Some(leaf) = self.leaf {
            return Some((leaf, self.required));
        }
        let (mut properties, mut needed) = (Map::new(), Vec::new());
        for (key, place) in self.below {
            let Some((schema, required)) = place.into_schema() else {
                continue;
            };
            if required {
                needed.push(Value::from(key.as_str()));
            }
            properties.insert(key, schema.into());
        }
        if properties.is_empty() {
            return None;
        }
        let mut schema = Map::new();
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), properties.into());
        let required = !needed.is_empty();
        if required {
            schema.insert("required".to_owned(), needed.into());
        }
        Some((schema, required))
    }
}
