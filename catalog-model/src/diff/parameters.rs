//! What can be set in the modules of two releases.

use std::collections::BTreeMap;

use catalog_conditions::Location;
use serde_json::{Map, Value};

use super::change::{Change, ChangeKind, Part};
use super::place::Side;
use super::values::details;
use crate::parameters::{ParameterLimits, ParameterSchema, ReleaseParameters};
use crate::pointer::escaped;

/// The most parameters of a module that are told apart.
const MOST: usize = 10_000;

/// What is known of a parameter: what its schema says of it, parameters below it left aside, and its default.
struct Parameter {
    says: Value,
    place: Option<Location>,
}

/// The changes of parameters; none where the files of a side are not known.
pub(super) fn parameters(before: &Side<'_>, after: &Side<'_>) -> Vec<Change> {
    let (Some(mut old), Some(new)) = (all(before), all(after)) else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    for (name, now) in new {
        let was = old.remove(&name);
        let kind = match &was {
            None => ChangeKind::Added,
            Some(was) if was.says == now.says => continue,
            Some(_) => ChangeKind::Changed,
        };
        let told = was.as_ref();
        let told = told.map(|was| details(&was.says, &now.says, |_, _| true));
        changes.push(Change {
            details: told.unwrap_or_default(),
            before: was.and_then(|was| was.place),
            after: now.place,
            ..Change::new(Part::Parameters, name, kind)
        });
    }
    changes.extend(old.into_iter().map(|(name, was)| Change {
        before: was.place,
        ..Change::new(Part::Parameters, name, ChangeKind::Removed)
    }));
    changes
}

fn all(side: &Side<'_>) -> Option<BTreeMap<String, Parameter>> {
    let limits = ParameterLimits::default();
    let (read, _) = ReleaseParameters::read(side.source?, side.release, &limits);
    let mut found = BTreeMap::new();
    for (module, schema) in read.modules() {
        of_module(module, schema, &mut found);
    }
    Some(found)
}

/// Goes through the maps of a schema, without recursion and without following references.
fn of_module(module: &str, schema: &ParameterSchema, found: &mut BTreeMap<String, Parameter>) {
    let mut open = vec![(String::new(), module.to_owned(), schema.json(), false)];
    let mut seen = 0;
    while let Some((pointer, name, json, is_required)) = open.pop() {
        seen += 1;
        if seen > MOST {
            return;
        }
        let Some(fields) = json.as_object() else {
            continue;
        };
        let below = fields.get("properties").and_then(Value::as_object);
        let required = fields.get("required").and_then(Value::as_array);
        let is_asked = |key: &String| {
            let mut required = required.into_iter().flatten();
            required.any(|one| one.as_str() == Some(key))
        };
        for (key, json) in below.into_iter().flatten() {
            let pointer = format!("{pointer}/{}", escaped(key));
            open.push((pointer, format!("{name}.{key}"), json, is_asked(key)));
        }
        if pointer.is_empty() {
            continue;
        }
        let is_leaf = below.is_none_or(Map::is_empty);
        let place = schema.default_place(&pointer);
        let parameter = Parameter {
            says: says(schema, &pointer, fields, (is_required, is_leaf)),
            place: place.map(|(file, span)| Location::new(file, span)),
        };
        found.insert(name, parameter);
    }
}

/// What is said of one parameter. What only people read is left aside, and what is secret is not shown.
fn says(
    schema: &ParameterSchema,
    pointer: &str,
    fields: &Map<String, Value>,
    (is_required, is_leaf): (bool, bool),
) -> Value {
    const ASIDE: [&str; 8] = [
        "properties",
        "required",
        "title",
        "description",
        "examples",
        "default",
        "$comment",
        "deprecated",
    ];
    let said = fields
        .iter()
        .filter(|(key, _)| !ASIDE.contains(&key.as_str()));
    let mut said: Map<String, Value> = said
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if is_required {
        said.insert("required".to_owned(), true.into());
    }
    let default = schema
        .defaults()
        .pointer(pointer)
        .or_else(|| fields.get("default"));
    if let Some(default) = default.filter(|_| is_leaf) {
        said.insert("default".to_owned(), schema.shown(pointer, default));
    }
    said.into()
}
