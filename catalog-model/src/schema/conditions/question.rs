//! One question, or several joined: what the items of the list and their parts have in common.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::compose;
use super::fact::ObjectFact;
use super::operand::{Each, ValueFrom};
use super::operator::{As, Operator, OperatorRules, WhenAbsent};
use super::target::{BUILT_IN, Target};
use crate::schema::pattern;
use crate::schema::rule::{
    has, has_any, has_none, is_one_of, require, require_all, when, with, without,
};
use crate::schema::scalar::Something;

/// A part of `all`, `any` or `not`.
struct Part;

impl JsonSchema for Part {
    fn schema_name() -> Cow<'static, str> {
        "Question".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = QuestionKeys::json_schema(generator);
        fit(&mut schema, generator);
        schema
    }
}

/// A target and what is asked of it, or several questions joined by `all`, `any` or `not`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase", transform = none_required)]
pub(super) struct QuestionKeys {
    /// All of these must hold.
    #[schemars(length(min = 1))]
    all: Vec<Part>,
    /// One of these must hold.
    #[schemars(length(min = 1))]
    any: Vec<Part>,
    /// This must not hold.
    not: Part,
    /// What is looked at: an object, a selection of objects, or one of the built-in targets.
    target: Target,
    /// What is asked of it. Targets that are there or not need none: `exists` is meant.
    op: Operator,
    /// What is compared with.
    value: Something,
    /// Another field of the same object to compare with.
    value_from: ValueFrom,
    /// How both sides are read. Never inferred.
    #[schemars(extend("default" = "json"))]
    r#as: As,
    /// How many of several values must do.
    each: Each,
    /// Whether `each: all` holds for an empty set, which else is unknown.
    #[schemars(extend("default" = false))]
    allow_empty: bool,
    /// Several facts about one object, or one element of it, instead of an operator.
    satisfies: ObjectFact,
    /// What an absent object or field, and null, mean instead of what they mean to the operator.
    when_absent: WhenAbsent,
}

fn none_required(schema: &mut Schema) {
    require(schema, &[]);
}

const KEYS: [&str; 9] = [
    "target",
    "op",
    "value",
    "valueFrom",
    "as",
    "each",
    "satisfies",
    "allowEmpty",
    "whenAbsent",
];
const ASKED: [&str; 5] = ["op", "value", "valueFrom", "as", "whenAbsent"];
const COMPARISONS: [&str; 9] = ["eq", "ne", "gt", "ge", "lt", "le", "in", "notIn", "between"];
const PRESENCE: [&str; 4] = ["apiAvailable", "crd", "storageClass", "canI"];

/// How the keys of a question fit together.
struct QuestionRules;

impl JsonSchema for QuestionRules {
    fn schema_name() -> Cow<'static, str> {
        "QuestionRules".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let all = json!({ "required": ["each"], "properties": { "each": { "const": "all" } } });
        let mut rules = vec![
            json!({ "required": ["target"] }),
            generator.subschema_for::<OperatorRules>().to_value(),
            when(has("allowEmpty"), all),
            when(has("satisfies"), without(&ASKED)),
            when(has("satisfies"), with("target", without(&BUILT_IN))),
        ];
        rules.extend(built_in_rules());
        rules.extend(object_rules());
        let mut schema = json_schema!({});
        compose(&mut schema, &KEYS, rules);
        schema
    }
}

/// Says how the keys of a question fit together.
pub(super) fn fit(schema: &mut Schema, generator: &mut SchemaGenerator) {
    require_all(
        schema,
        [generator.subschema_for::<QuestionRules>().to_value()],
    );
}

/// The question's target is as the condition says.
fn about(condition: Value) -> Value {
    json!({ "required": ["target"], "properties": { "target": condition } })
}

fn both(left: Value, right: Value) -> Value {
    json!({ "allOf": [left, right] })
}

/// What may be asked of built-in targets, none of which gives several values or can be absent.
fn built_in_rules() -> Vec<Value> {
    let versioned: Vec<&str> = COMPARISONS.into_iter().chain(["range"]).collect();
    let one_value = without(&["each", "allowEmpty", "whenAbsent", "valueFrom"]);
    let compared = |operators: &[&str], reading: &str| {
        json!({
            "required": ["op"],
            "properties": { "op": { "enum": operators }, "as": { "const": reading } },
        })
    };
    vec![
        when(about(has_any(&BUILT_IN)), one_value),
        when(
            about(has("kubeVersion")),
            compared(&versioned, "kubeVersion"),
        ),
        when(
            about(has("kubeVersion")),
            super::operator::values_of("kubeVersion"),
        ),
        when(about(counts_nodes(true)), compared(&COMPARISONS, "number")),
        when(
            about(counts_nodes(true)),
            super::operator::values_of("number"),
        ),
        when(
            about(counts_nodes(false)),
            compared(&COMPARISONS, "quantity"),
        ),
        when(
            about(counts_nodes(false)),
            super::operator::values_of("quantity"),
        ),
        when(
            about(has_any(&PRESENCE)),
            both(
                without(&["value", "as"]),
                with("op", json!({ "enum": ["exists", "notExists"] })),
            ),
        ),
    ]
}

/// The target is `nodes`, and counts them, or adds up what they have.
fn counts_nodes(yes: bool) -> Value {
    let count = if yes {
        has("count")
    } else {
        has_none(&["count"])
    };
    json!({ "required": ["nodes"], "properties": { "nodes": count } })
}

/// What may be asked of objects and their fields.
fn object_rules() -> Vec<Value> {
    let whole = || {
        about(has_none(&[
            "kubeVersion",
            "apiAvailable",
            "crd",
            "storageClass",
            "canI",
            "nodes",
            "fieldPath",
            "jsonPath",
        ]))
    };
    let part = || about(has_any(&["fieldPath", "jsonPath"]));
    let asked = || has_none(&["satisfies"]);
    let presence = || is_one_of("op", &["exists", "notExists"]);
    let selected = || about(has("selector"));
    let many = || {
        about(
            json!({ "required": ["fieldPath"], "properties": { "fieldPath": { "type": "string", "pattern": pattern::many() } } }),
        )
    };
    let one = || {
        about(json!({
            "required": ["name"],
            "not": { "anyOf": [has("jsonPath"), { "required": ["fieldPath"], "properties": { "fieldPath": { "type": "string", "pattern": pattern::many() } } }] },
        }))
    };
    let whole_asked = || both(whole(), asked());
    vec![
        when(
            whole_asked(),
            json!({
                "required": ["op"],
                "properties": { "op": { "enum": ["exists", "notExists", "condition"], "errorMessage": "without `fieldPath`, only `exists`, `notExists` and `condition` can be asked" } },
            }),
        ),
        when(
            both(part(), asked()),
            json!({
                "required": ["op"],
                "properties": { "op": { "not": { "const": "condition" }, "errorMessage": "`condition` looks at `status.conditions` of the whole object: remove the path" } },
            }),
        ),
        // The set itself is asked about, which takes no `each`.
        when(both(whole(), presence()), without(&["each"])),
        when(
            json!({ "allOf": [selected(), { "not": { "allOf": [whole(), presence()] } }] }),
            json!({ "required": ["each"] }),
        ),
        when(many(), json!({ "required": ["each"] })),
        when(one(), without(&["each"])),
    ]
}
