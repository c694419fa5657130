//! One keyword of a schema.

use serde_json::Value;

use super::structural::is_anything;
use super::{Acceptance, Node, map, regexp};
use crate::pointer::escaped;

impl<'a> Acceptance<'a> {
    /// Asks what a keyword may say here.
    pub(super) fn keyword(&mut self, node: &Node<'_, 'a>, keyword: &str, value: &'a Value) {
        if let Some(wanted) = wanted(keyword).filter(|wanted| !wanted.is_kind_of(value)) {
            let reason = format!(
                "`{keyword}` of {} is {}, and has to be {}: no server can read that",
                node.subject(),
                told(value),
                wanted.told()
            );
            self.refuse(node, &format!("/{}", escaped(keyword)), reason);
            return;
        }
        let why = match keyword {
            "items" if value.is_array() => Some("is a list of schemas, and has to be one"),
            "additionalProperties" => both_kinds_of_fields(node, value),
            "x-kubernetes-preserve-unknown-fields" => preserved(node, value),
            "x-kubernetes-int-or-string" => None,
            "uniqueItems" if value == &Value::Bool(true) => {
                Some("is not taken, as it is slow to check: `x-kubernetes-list-type: set` is")
            }
            "id" | "$schema" | "$ref" | "definitions" | "dependencies" | "patternProperties"
                if is_anything(value) =>
            {
                Some("is not taken")
            }
            "additionalItems" => Some("is not taken"),
            "pattern" => return self.pattern(node, "", value),
            "anyOf" | "allOf" | "oneOf" | "not" => return self.combination(node, keyword, value),
            "x-kubernetes-list-type" | "x-kubernetes-list-map-keys" => {
                return self.list(node, keyword);
            }
            "x-kubernetes-map-type" => return self.map_type(node, value),
            "default" => return self.default(node, value),
            "x-kubernetes-validations" => return self.expressions(node, value),
            _ => None,
        };
        if let Some(why) = why {
            let reason = format!("`{keyword}` of {} {why}", node.subject());
            self.refuse(node, &format!("/{}", escaped(keyword)), reason);
        }
    }

    /// A pattern at a pointer below a schema.
    pub(super) fn pattern(&mut self, node: &Node<'_, 'a>, below: &str, value: &Value) {
        let pattern = value.as_str().unwrap_or_default();
        if let Some(why) = regexp::fault(pattern) {
            let subject = node.subject();
            let reason =
                format!("`{pattern}`, the pattern of {subject}, is none that Go reads: {why}");
            self.refuse(node, &format!("{below}/pattern"), reason);
        }
    }

    fn map_type(&mut self, node: &Node<'_, 'a>, value: &Value) {
        let subject = node.subject();
        let below = "/x-kubernetes-map-type";
        if !matches!(value.as_str(), Some("atomic" | "granular")) {
            let reason = format!("a map is `atomic` or `granular`, and {subject} neither");
            self.refuse(node, below, reason);
        }
        if node.text("type") != Some("object") {
            let reason = format!("{subject} has `x-kubernetes-map-type`, and is no map");
            self.refuse(node, below, reason);
        }
    }
}

/// What the server reads a keyword as.
#[derive(Clone, Copy)]
enum Wanted {
    Bool,
    Number,
    Whole,
    Text,
    Texts,
    List,
    Map,
    /// A schema, or whether there may be something.
    SchemaOrBool,
    /// A schema, or a list of them.
    Schemas,
}

impl Wanted {
    fn is_kind_of(self, value: &Value) -> bool {
        match self {
            Self::Bool => value.is_boolean(),
            Self::Number => value.is_number(),
            // Readers of YAML write `5.0` as 5.
            Self::Whole => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Text => value.is_string(),
            Self::Texts => value
                .as_array()
                .is_some_and(|items| items.iter().all(|item| item.is_string() || item.is_null())),
            Self::List => value.is_array(),
            Self::Map => value.is_object(),
            Self::SchemaOrBool => value.is_object() || value.is_boolean(),
            Self::Schemas => value.is_object() || value.is_array(),
        }
    }

    fn told(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Whole => "a whole number",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
            Self::List => "a list",
            Self::Map => "a map",
            Self::SchemaOrBool => "a schema, true or false",
            Self::Schemas => "a schema",
        }
    }
}

fn wanted(keyword: &str) -> Option<Wanted> {
    let wanted = match keyword {
        "exclusiveMinimum"
        | "exclusiveMaximum"
        | "uniqueItems"
        | "nullable"
        | "x-kubernetes-embedded-resource"
        | "x-kubernetes-int-or-string"
        | "x-kubernetes-preserve-unknown-fields" => Wanted::Bool,
        "minimum" | "maximum" | "multipleOf" => Wanted::Number,
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            Wanted::Whole
        }
        "type"
        | "format"
        | "pattern"
        | "title"
        | "description"
        | "id"
        | "$schema"
        | "$ref"
        | "x-kubernetes-list-type"
        | "x-kubernetes-map-type" => Wanted::Text,
        "required" | "x-kubernetes-list-map-keys" => Wanted::Texts,
        "enum" | "anyOf" | "allOf" | "oneOf" | "x-kubernetes-validations" => Wanted::List,
        "properties" | "not" | "patternProperties" | "definitions" | "dependencies" => Wanted::Map,
        "additionalProperties" | "additionalItems" => Wanted::SchemaOrBool,
        "items" => Wanted::Schemas,
        _ => return None,
    };
    Some(wanted)
}

fn told(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

fn both_kinds_of_fields(node: &Node<'_, '_>, value: &Value) -> Option<&'static str> {
    let has_fields = map(node.schema, "properties").is_some_and(|fields| !fields.is_empty());
    let is_both = has_fields && value != &Value::Bool(true);
    is_both.then_some("stands beside `properties`: a map has either")
}

fn preserved(node: &Node<'_, '_>, value: &Value) -> Option<&'static str> {
    if value == &Value::Bool(false) {
        return Some("is false, and has to be true or left out");
    }
    node.is("x-kubernetes-int-or-string")
        .then_some("stands beside `x-kubernetes-int-or-string`")
}
