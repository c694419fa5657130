//! Facts: one operator on one field of an object, or on one parameter.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::operand::{Each, ValueFrom};
use super::operator::{As, Operator, OperatorRules, WhenAbsent};
use super::{compose, merged};
use crate::schema::pattern;
use crate::schema::rule::{has, has_any, has_none, require, when, without};
use crate::schema::scalar::{FieldPath, JsonPath, Something};

/// What is asked, in both kinds of facts.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct Asked {
    /// What is asked of it.
    op: Operator,
    /// What is compared with.
    value: Something,
    /// Another field to compare with.
    value_from: ValueFrom,
    /// How both sides are read. Never inferred.
    #[schemars(extend("default" = "json"))]
    r#as: As,
    /// How many of several values must do.
    each: Each,
    /// Whether `each: all` holds for an empty set, which else is unknown.
    #[schemars(extend("default" = false))]
    allow_empty: bool,
    /// What an absent field, and null, mean instead of what they mean to the operator.
    when_absent: WhenAbsent,
}

const ASKED: [&str; 7] = [
    "op",
    "value",
    "valueFrom",
    "as",
    "each",
    "allowEmpty",
    "whenAbsent",
];

/// A fact about an object, or several joined by `all`, `any` or `not`.
pub(super) struct ObjectFact;

impl JsonSchema for ObjectFact {
    fn schema_name() -> Cow<'static, str> {
        "Fact".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let asked = Asked::json_schema(generator);
        let mut schema = merged(ObjectFactKeys::json_schema(generator), asked);
        require(&mut schema, &[]);
        let mut rules = rules(generator, "fieldPath");
        rules.extend([
            when(has("fieldPath"), without(&["jsonPath"])),
            when(
                has_any(&["fieldPath", "jsonPath"]),
                json!({ "properties": { "op": { "not": { "const": "condition" }, "errorMessage": "`condition` looks at `status.conditions` of the whole object: remove the path" } } }),
            ),
            when(
                has_none(&["fieldPath", "jsonPath"]),
                json!({ "properties": { "op": { "const": "condition" }, "each": false, "allowEmpty": false } }),
            ),
            // Of several operators, only `condition` looks at the object as a whole.
            json!({ "anyOf": [has("fieldPath"), has("jsonPath"), { "properties": { "op": { "const": "condition" } } }] }),
        ]);
        compose(&mut schema, &keys(&["fieldPath", "jsonPath"]), rules);
        schema
    }
}

/// A fact about the object or element that is looked at, or several joined by `all`, `any` or `not`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase")]
struct ObjectFactKeys {
    /// All of these must hold.
    #[schemars(length(min = 1))]
    all: Vec<ObjectFact>,
    /// One of these must hold.
    #[schemars(length(min = 1))]
    any: Vec<ObjectFact>,
    /// This must not hold.
    not: Box<ObjectFact>,
    /// The field: `spec.versions[0].name`; quote a key with dots or slashes: `['app.kubernetes.io/name']`.
    field_path: FieldPath,
    /// The field as a JSONPath (RFC 9535): `$.spec.versions[0].name`.
    json_path: JsonPath,
}

/// A fact about the parameters, or several joined by `all`, `any` or `not`.
pub(super) struct ParameterFact;

impl JsonSchema for ParameterFact {
    fn schema_name() -> Cow<'static, str> {
        "ParameterFact".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let asked = Asked::json_schema(generator);
        let mut schema = merged(ParameterFactKeys::json_schema(generator), asked);
        require(&mut schema, &[]);
        let mut rules = rules(generator, "parameter");
        rules.push(json!({
            "required": ["parameter"],
            "properties": { "op": { "not": { "const": "condition" }, "errorMessage": "a parameter has no `status.conditions`" } },
        }));
        compose(&mut schema, &keys(&["parameter"]), rules);
        schema
    }
}

/// A fact about the parameters that the package is installed with, or several joined by `all`, `any` or `not`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase")]
struct ParameterFactKeys {
    /// All of these must hold.
    #[schemars(length(min = 1))]
    all: Vec<ParameterFact>,
    /// One of these must hold.
    #[schemars(length(min = 1))]
    any: Vec<ParameterFact>,
    /// This must not hold.
    not: Box<ParameterFact>,
    /// The parameter: `metrics.enabled`.
    parameter: FieldPath,
}

fn keys(of_fact: &[&'static str]) -> Vec<&'static str> {
    of_fact.iter().copied().chain(ASKED).collect()
}

/// What holds of both kinds of facts; `path` is the key of the path.
fn rules(generator: &mut SchemaGenerator, path: &str) -> Vec<Value> {
    let many = || json!({ "required": [path], "properties": { path: { "type": "string", "pattern": pattern::many() } } });
    let one = json!({ "allOf": [has(path), { "not": many() }] });
    vec![
        generator.subschema_for::<OperatorRules>().to_value(),
        json!({ "required": ["op"] }),
        when(
            has("allowEmpty"),
            json!({ "required": ["each"], "properties": { "each": { "const": "all" } } }),
        ),
        when(many(), json!({ "required": ["each"] })),
        when(one, without(&["each"])),
    ]
}
