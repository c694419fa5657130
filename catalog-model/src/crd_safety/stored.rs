//! What a cluster has stored, and which of it a break hits.

use serde_json::{Number, Value};

use super::place::FieldStep;

/// What is known of the objects of a kind in a cluster.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stored<'a> {
    versions: Option<&'a [String]>,
    objects: Option<&'a [Value]>,
}

/// Which stored objects a break hits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Affected {
    /// The objects are not known, or what they would have to be asked cannot be answered here (patterns, rules in CEL, combinations).
    #[default]
    Unknown,
    /// These: `namespace/name`, or the name alone, sorted. None if the list is empty.
    Known(Vec<String>),
}

/// What an object has to have for a break to hit it.
#[derive(Clone, Copy)]
pub(super) enum Test<'t> {
    /// A value at the place.
    Present,
    /// No value at the place, where there could be one.
    Missing,
    /// A null at the place.
    Null,
    /// A map at the place without this key.
    Lacks(&'t str),
    /// A value at the place that is none of these.
    NoneOf(&'t [Value]),
    /// A value at the place of another type.
    NotOf(&'t str),
    /// A value at the place that a bound keeps out.
    Outside(&'t str, &'t Number),
    /// A list at the place in which an item occurs twice.
    Repeats,
    /// Nothing tells.
    Unanswerable,
}

impl<'a> Stored<'a> {
    /// Nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self::default()
    }

    /// The same with `status.storedVersions` of the CRD in the cluster.
    #[must_use]
    pub fn with_versions(self, versions: &'a [String]) -> Self {
        Self {
            versions: Some(versions),
            ..self
        }
    }

    /// The same with stored versions, unless they are known already.
    pub(super) fn or_versions(self, versions: &'a [String]) -> Self {
        Self {
            versions: self.versions.or(Some(versions)),
            ..self
        }
    }

    /// The same with all objects of the kind, in any version that is compared.
    #[must_use]
    pub fn with_objects(self, objects: &'a [Value]) -> Self {
        Self {
            objects: Some(objects),
            ..self
        }
    }

    /// Whether objects may be stored in a version; `None` if that is not known.
    pub(super) fn has_version(self, name: &str) -> Option<bool> {
        let versions = self.versions?;
        Some(versions.iter().any(|version| version == name))
    }

    /// The objects that have something at a place.
    pub(super) fn affected(self, steps: &[FieldStep<'_>], test: Test<'_>) -> Affected {
        let (Some(objects), false) = (self.objects, matches!(test, Test::Unanswerable)) else {
            return Affected::Unknown;
        };
        let hit = objects
            .iter()
            .filter(|object| does_hit(object, steps, test));
        let mut names: Vec<String> = hit.map(name).collect();
        names.sort_unstable();
        Affected::Known(names)
    }

    /// All objects.
    pub(super) fn all(self) -> Affected {
        self.affected(&[], Test::Present)
    }
}

/// Whether any value that the steps lead to is as the test says.
fn does_hit(value: &Value, steps: &[FieldStep<'_>], test: Test<'_>) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return test.is_met(value);
    };
    match (step, value) {
        (FieldStep::Name(name), Value::Object(map)) => match map.get(*name) {
            Some(value) => does_hit(value, rest, test),
            None => rest.is_empty() && matches!(test, Test::Missing),
        },
        (FieldStep::Values, Value::Object(map)) => {
            map.values().any(|value| does_hit(value, rest, test))
        }
        (FieldStep::Items, Value::Array(items)) => {
            items.iter().any(|value| does_hit(value, rest, test))
        }
        _ => false,
    }
}

impl Test<'_> {
    fn is_met(self, value: &Value) -> bool {
        match self {
            Self::Present => true,
            Self::Null => value.is_null(),
            Self::Lacks(key) => value.as_object().is_some_and(|map| !map.contains_key(key)),
            Self::NoneOf(values) => !value.is_null() && !values.contains(value),
            Self::NotOf(kind) => !value.is_null() && !is_of(value, kind),
            Self::Outside(keyword, bound) => is_outside(value, keyword, bound),
            Self::Repeats => value.as_array().is_some_and(|items| repeats(items)),
            Self::Missing | Self::Unanswerable => false,
        }
    }
}

fn repeats(items: &[Value]) -> bool {
    let mut texts: Vec<String> = items.iter().map(Value::to_string).collect();
    texts.sort_unstable();
    texts
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a == b))
}

fn is_of(value: &Value, kind: &str) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) => kind == "boolean",
        Value::Number(number) => {
            let is_whole = number.is_i64()
                || number.is_u64()
                || number.as_f64().is_some_and(|float| float.fract() == 0.0);
            kind == "number" || is_whole && matches!(kind, "integer" | "int-or-string")
        }
        Value::String(_) => matches!(kind, "string" | "int-or-string"),
        Value::Array(_) => kind == "array",
        Value::Object(_) => kind == "object",
    }
}

fn is_outside(value: &Value, keyword: &str, bound: &Number) -> bool {
    let Some(bound) = bound.as_f64() else {
        return false;
    };
    let counted = |count: usize| {
        #[expect(clippy::cast_precision_loss, reason = "no list has 2^52 items")]
        let count = count as f64;
        Some(count)
    };
    let size = match (keyword, value) {
        (
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf",
            Value::Number(number),
        ) => number.as_f64(),
        ("minLength" | "maxLength", Value::String(text)) => counted(text.chars().count()),
        ("minItems" | "maxItems", Value::Array(items)) => counted(items.len()),
        ("minProperties" | "maxProperties", Value::Object(map)) => counted(map.len()),
        _ => None,
    };
    size.is_some_and(|size| match keyword {
        // As the server does, which lets a quotient be off by what a double is.
        "multipleOf" => {
            let times = size / bound;
            bound != 0.0 && (times - times.round()).abs() > 1e-9
        }
        "exclusiveMinimum" => size <= bound,
        "exclusiveMaximum" => size >= bound,
        _ if keyword.starts_with("min") => size < bound,
        _ => size > bound,
    })
}

fn name(object: &Value) -> String {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    let name = text("/metadata/name").unwrap_or("(without a name)");
    match text("/metadata/namespace") {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    }
}
