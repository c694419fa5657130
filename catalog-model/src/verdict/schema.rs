//! What the schema of a custom resource says of one of its fields.

use serde_json::Value;

use super::lists::ListKind;

/// What is known of a place in a custom resource.
#[derive(Clone, Copy)]
pub(super) enum FieldSchema<'s> {
    /// Its schema.
    Known(&'s Value),
    /// Nothing is known: anything may stand here, or nothing.
    Free,
}

/// The schema of a version of a kind, out of its CRD.
pub(super) fn of_crd<'s>(crd: &'s Value, version: &str) -> Option<&'s Value> {
    let versions = crd.pointer("/spec/versions")?.as_array()?;
    let is = |one: &&Value| one.get("name").and_then(Value::as_str) == Some(version);
    versions.iter().find(is)?.pointer("/schema/openAPIV3Schema")
}

fn says(schema: &Value, key: &str) -> bool {
    schema.get(key) == Some(&Value::Bool(true))
}

impl<'s> FieldSchema<'s> {
    /// The place of a key in a map.
    pub(super) fn key(self, key: &str) -> Self {
        let Self::Known(schema) = self else {
            return self;
        };
        if says(schema, "x-kubernetes-embedded-resource") {
            return Self::Free;
        }
        if let Some(found) = schema.get("properties").and_then(|all| all.get(key)) {
            return Self::Known(found);
        }
        match schema.get("additionalProperties") {
            Some(more @ Value::Object(_)) => Self::Known(more),
            _ => Self::Free,
        }
    }

    /// The place of the items of a list.
    pub(super) fn items(self) -> Self {
        match self {
            Self::Known(schema) => schema.get("items").map_or(Self::Free, Self::Known),
            Self::Free => Self::Free,
        }
    }

    /// How the list here is merged.
    pub(super) fn list(self) -> ListKind<'s> {
        let Self::Known(schema) = self else {
            return ListKind::Atomic;
        };
        match schema.get("x-kubernetes-list-type").and_then(Value::as_str) {
            Some("set") => ListKind::Set,
            Some("map") => {
                let keys = schema.get("x-kubernetes-list-map-keys");
                let keys = keys.and_then(Value::as_array).into_iter().flatten();
                ListKind::Map(keys.filter_map(Value::as_str).collect())
            }
            _ => ListKind::Atomic,
        }
    }

    /// The value that the server writes where nothing is said.
    pub(super) fn default_value(self) -> Option<&'s Value> {
        match self {
            Self::Known(schema) => schema.get("default"),
            Self::Free => None,
        }
    }
}
