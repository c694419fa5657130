//! What may stand inside `anyOf`, `allOf`, `oneOf` and `not`: conditions on values, whose schema stands outside.

use serde_json::Value;

use super::super::comparison::DEEPEST;
use super::super::schema::Keywords;
use super::structural::is_anything;
use super::{Acceptance, Level, Node, map, said};
use crate::pointer::escaped;

/// What only says what a value is.
const OUTSIDE: [&str; 12] = [
    "type",
    "additionalProperties",
    "default",
    "title",
    "description",
    "nullable",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
];

/// A schema inside a combination.
struct Nested<'n, 'a> {
    schema: &'a Keywords,
    /// The schema outside of the same value, if there is one.
    outside: Option<&'a Keywords>,
    below: String,
    depth: usize,
    /// Whether its own `anyOf` is the one of int-or-string.
    is_of_type: bool,
    node: &'n Node<'n, 'a>,
}

impl<'a> Acceptance<'a> {
    pub(super) fn combination(&mut self, node: &Node<'_, 'a>, keyword: &str, value: &'a Value) {
        if keyword == "anyOf" && is_int_or_string(value) {
            return;
        }
        let first = value.get(0).and_then(|first| first.get("anyOf"));
        let is_of_type = keyword == "allOf" && first.is_some_and(is_int_or_string);
        for (below, schema) in alternatives(keyword, value) {
            let nested = Nested {
                schema,
                outside: Some(node.schema),
                is_of_type: is_of_type && below == "/allOf/0",
                below,
                depth: node.place.depth(),
                node,
            };
            self.nested(&nested);
        }
    }

    fn nested(&mut self, nested: &Nested<'_, 'a>) {
        if nested.depth > DEEPEST {
            return;
        }
        for (keyword, value) in nested.schema {
            self.nested_keyword(nested, keyword, value);
        }
    }

    fn nested_keyword(&mut self, nested: &Nested<'_, 'a>, keyword: &str, value: &'a Value) {
        let is_outside = OUTSIDE.contains(&keyword) || keyword == "x-kubernetes-validations";
        if is_outside && is_anything(value) {
            let why = format!("`{keyword}` may stand only outside of it");
            return self.refuse_nested(nested, &format!("/{keyword}"), &why);
        }
        match keyword {
            "pattern" => self.pattern(nested.node, &nested.below, value),
            "uniqueItems" if value == &Value::Bool(true) => {
                self.refuse_nested(nested, "/uniqueItems", "`uniqueItems` is not taken");
            }
            "anyOf" if nested.is_of_type => {}
            "anyOf" | "allOf" | "oneOf" | "not" => {
                for (below, schema) in alternatives(keyword, value) {
                    let inner = nested.inner(schema, nested.outside, &below);
                    self.nested(&inner);
                }
            }
            "items" => {
                if let Some(schema) = value.as_object() {
                    let outside = nested.outside.and_then(|outside| map(outside, "items"));
                    self.needs(nested, outside.is_some(), "/items", "items");
                    self.nested(&nested.inner(schema, outside, "/items"));
                }
            }
            "properties" => self.nested_fields(nested, value),
            _ => {}
        }
    }

    fn nested_fields(&mut self, nested: &Nested<'_, 'a>, value: &'a Value) {
        let fields = nested
            .outside
            .and_then(|outside| map(outside, "properties"));
        for (name, schema) in value.as_object().into_iter().flatten() {
            let below = format!("/properties/{}", escaped(name));
            if name == "metadata" {
                let why = "it may say nothing of `metadata`";
                self.refuse_nested(nested, &below, why);
            }
            let Some(schema) = schema.as_object() else {
                continue;
            };
            let outside = fields.and_then(|fields| fields.get(name)?.as_object());
            self.needs(nested, outside.is_some(), &below, name);
            self.nested(&nested.inner(schema, outside, &below));
        }
    }

    /// Each value of which a condition on the object speaks has a schema outside. Of conditions below the server does not ask it.
    fn needs(&mut self, nested: &Nested<'_, 'a>, is_there: bool, below: &str, name: &str) {
        // Where the outer value has no schema, that was said.
        let at_root = nested.node.level == Level::Root;
        if at_root && !is_there && nested.outside.is_some() {
            let why = format!("it speaks of `{name}`, which has no schema outside of it");
            self.refuse_nested(nested, below, &why);
        }
    }

    fn refuse_nested(&mut self, nested: &Nested<'_, 'a>, below: &str, why: &str) {
        let keyword = nested.below.split('/').nth(1).unwrap_or_default();
        let reason = format!("`{keyword}` of {}: {why}", nested.node.subject());
        self.refuse(nested.node, &format!("{}{below}", nested.below), reason);
    }
}

impl<'n, 'a> Nested<'n, 'a> {
    fn inner(
        &self,
        schema: &'a Keywords,
        outside: Option<&'a Keywords>,
        below: &str,
    ) -> Nested<'n, 'a> {
        Nested {
            schema,
            outside,
            below: format!("{}{below}", self.below),
            depth: self.depth + 1,
            is_of_type: false,
            node: self.node,
        }
    }
}

/// The schemas of a combination, with their pointers.
fn alternatives<'v>(
    keyword: &str,
    value: &'v Value,
) -> impl Iterator<Item = (String, &'v Keywords)> {
    let one = value
        .as_object()
        .map(|schema| (format!("/{keyword}"), schema));
    let list = value.as_array().into_iter().flatten().enumerate();
    let many = list.filter_map(move |(at, schema)| Some((at, schema.as_object()?)));
    let keyword = keyword.to_owned();
    one.into_iter()
        .chain(many.map(move |(at, schema)| (format!("/{keyword}/{at}"), schema)))
}

/// Whether it is the `anyOf` that schemas of int-or-string have, and may have.
fn is_int_or_string(value: &Value) -> bool {
    let is = |schema: &Value, kind: &str| {
        let schema = schema.as_object();
        schema.is_some_and(|schema| schema.len() == 1 && said(schema, "type") == Some(&kind.into()))
    };
    matches!(value.as_array().map(Vec::as_slice), Some([a, b]) if is(a, "integer") && is(b, "string"))
}
