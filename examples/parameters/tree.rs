//! A schema as people read it: a line for each key.

use catalog_model::parameters::ParameterSchema;
use serde_json::{Map, Value};

/// Keys shown of one schema, and how deep: what is beneath is in the schema itself.
const LINES: usize = 2000;
const DEPTH: usize = 16;

/// One key of a schema.
pub(crate) struct Key {
    /// The JSON pointer inside the module, and how many keys are around it.
    pub(crate) pointer: String,
    pub(crate) depth: usize,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) default: Option<Value>,
    pub(crate) description: Option<String>,
    pub(crate) is_required: bool,
    pub(crate) is_sensitive: bool,
}

/// The keys of a schema, each before those within it.
pub(crate) fn keys(schema: &ParameterSchema) -> Vec<Key> {
    let mut tree = Tree {
        schema,
        keys: Vec::new(),
    };
    tree.collect(schema.json(), "", 0);
    tree.keys
}

struct Tree<'s> {
    schema: &'s ParameterSchema,
    keys: Vec<Key>,
}

impl<'s> Tree<'s> {
    fn collect(&mut self, subschema: &'s Value, pointer: &str, depth: usize) {
        if depth == DEPTH {
            return;
        }
        for part in self.parts(subschema) {
            let required = part.get("required").and_then(Value::as_array);
            let properties = part.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flat_map(Map::iter) {
                if self.keys.len() == LINES {
                    return;
                }
                let step = name.replace('~', "~0").replace('/', "~1");
                let pointer = format!("{pointer}/{step}");
                let is_required = required.is_some_and(|names| names.iter().any(|n| n == name));
                let key = self.key(name, property, pointer.clone(), (depth, is_required));
                self.keys.push(key);
                self.collect(property, &pointer, depth + 1);
            }
        }
    }

    /// A subschema, what it refers to and what it joins, as far as that is in the document.
    fn parts(&self, subschema: &'s Value) -> Vec<&'s Value> {
        let mut parts: Vec<&Value> = vec![subschema];
        let mut next = 0;
        while let Some(part) = parts.get(next).copied() {
            next += 1;
            let reference = part.get("$ref").and_then(Value::as_str);
            let target =
                reference.and_then(|text| self.schema.json().pointer(text.strip_prefix('#')?));
            let joined = part.get("allOf").and_then(Value::as_array);
            for more in target.into_iter().chain(joined.into_iter().flatten()) {
                if parts.len() < DEPTH && !parts.iter().any(|known| std::ptr::eq(*known, more)) {
                    parts.push(more);
                }
            }
        }
        parts
    }

    fn key(
        &self,
        name: &str,
        property: &'s Value,
        pointer: String,
        (depth, is_required): (usize, bool),
    ) -> Key {
        let parts = self.parts(property);
        let said = |key: &str| parts.iter().find_map(|part| part.get(key));
        let is_sensitive = self.schema.is_sensitive(&pointer);
        let is_map = said("properties").is_some();
        let default = self.schema.defaults().pointer(&pointer).or(said("default"));
        let default = default.filter(|default| !(is_map && default.is_object()));
        let description = said("description")
            .or(said("title"))
            .and_then(Value::as_str);
        Key {
            depth,
            name: name.to_owned(),
            kind: self.kind(&parts, &pointer),
            default: default.map(|default| self.schema.shown(&pointer, default)),
            description: description
                .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")),
            is_required,
            is_sensitive,
            pointer,
        }
    }

    fn kind(&self, parts: &[&'s Value], pointer: &str) -> String {
        let said = |key: &str| parts.iter().find_map(|part| part.get(key));
        // The values that a secret may have say too much of it.
        let options = said("enum").filter(|_| !self.schema.is_sensitive(pointer));
        if let Some(options) = options.and_then(Value::as_array) {
            let options: Vec<String> = options.iter().take(8).map(Value::to_string).collect();
            return format!("one of {}", options.join(", "));
        }
        match said("type") {
            Some(Value::String(kind)) if kind == "array" => match said("items") {
                Some(items) => {
                    let kind = self.kind(&self.parts(items), &format!("{pointer}/0"));
                    format!("list of {kind}")
                }
                None => "list".to_owned(),
            },
            Some(Value::String(kind)) => word(kind).to_owned(),
            Some(Value::Array(kinds)) => {
                let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).map(word).collect();
                kinds.join(" or ")
            }
            _ if said("properties").is_some() => "map".to_owned(),
            _ => "any".to_owned(),
        }
    }
}

fn word(kind: &str) -> &str {
    match kind {
        "array" => "list",
        "object" => "map",
        "string" => "text",
        kind => kind,
    }
}
