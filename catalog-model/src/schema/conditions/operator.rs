//! Operators, how they read values, and which values they take.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::operand::{Length, StatusCondition};
use crate::schema::rule::{has, has_none, is_one_of, when, with, without};
use crate::schema::{pattern, word};

/// What is asked.
#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase", transform = word::list)]
pub(super) enum Operator {
    /// Equal to `value`, by type; numbers exactly.
    Eq,
    /// There, and different from `value`.
    Ne,
    /// Greater than `value`: a number, or a text with `as`.
    Gt,
    /// Greater than `value` or equal.
    Ge,
    /// Less than `value`.
    Lt,
    /// Less than `value` or equal.
    Le,
    /// Equal to one of the list `value`.
    In,
    /// There, and different from all of the list `value`.
    NotIn,
    /// There, and not null.
    Exists,
    /// Absent or null.
    NotExists,
    /// Null.
    IsNull,
    /// Within `[low, high]`, ends included.
    Between,
    /// In a version range, with `as: semver`, `kubeVersion` or `imageVersion`.
    Range,
    /// A string that a regular expression matches, which begins with `^` or `.*` and ends with `$` or `.*`.
    Matches,
    /// A string that a regular expression does not match.
    NotMatches,
    /// A string that begins with `value`.
    StartsWith,
    /// A string that ends with `value`.
    EndsWith,
    /// A string with `value` in it.
    ContainsText,
    /// A list with an item equal to `value`.
    HasItem,
    /// A list with all of the list `value`.
    HasAll,
    /// A list with one of the list `value`.
    HasAny,
    /// A list with none of the list `value`.
    HasNone,
    /// A list, map or string so long: `{op, value}`.
    Length,
    /// A time that lies longer back than a duration.
    OlderThan,
    /// A time that lies less far back than a duration.
    NewerThan,
    /// One of `status.conditions`: `{type, status, reason, fresh}`.
    Condition,
}

/// How both sides are read.
#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase", transform = word::list)]
pub(super) enum As {
    /// By their types in JSON.
    Json,
    /// A number, or the text of one.
    Number,
    /// A string; the order is that of its characters.
    String,
    /// A Kubernetes quantity: `500m`, `1.5Gi`.
    Quantity,
    /// A Go duration: `1h30m`.
    Duration,
    /// A time of RFC 3339.
    Timestamp,
    /// A version.
    Semver,
    /// A cluster's version: a vendor's build does not count.
    KubeVersion,
    /// The tag of an image reference, as a version.
    ImageVersion,
    /// A version of an API: v1 > v1beta2 > v1beta1 > v1alpha1.
    ApiVersion,
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase", transform = word::list)]
pub(super) enum WhenAbsent {
    /// Absence satisfies.
    Satisfied,
    /// Absence does not satisfy.
    NotSatisfied,
    /// Nobody can tell.
    Unknown,
}

/// How `op`, `value`, `valueFrom`, `as` and `whenAbsent` fit together.
pub(super) struct OperatorRules;

impl JsonSchema for OperatorRules {
    fn schema_name() -> Cow<'static, str> {
        "OperatorRules".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut rules = key_rules();
        rules.extend(plain_value_rules());
        rules.push(when(
            op(&["length"]),
            with("value", generator.subschema_for::<Length>().to_value()),
        ));
        let condition = generator.subschema_for::<StatusCondition>().to_value();
        rules.push(when(op(&["condition"]), with("value", condition)));
        for reading in READINGS {
            rules.push(when(is_one_of("as", &[reading]), values_of(reading)));
        }
        json_schema!({ "allOf": rules })
    }
}

const COMPARISONS: [&str; 6] = ["eq", "ne", "gt", "ge", "lt", "le"];
const LISTS: [&str; 5] = ["in", "notIn", "hasAll", "hasAny", "hasNone"];
const PRESENCE: [&str; 3] = ["exists", "notExists", "isNull"];
/// Operators that have a way of their own to read values.
const OWN_READING: [&str; 7] = [
    "matches",
    "notMatches",
    "startsWith",
    "endsWith",
    "containsText",
    "length",
    "condition",
];
/// Operators that take a value, and nothing else in its place.
const VALUED: [&str; 17] = [
    "in",
    "notIn",
    "between",
    "range",
    "matches",
    "notMatches",
    "startsWith",
    "endsWith",
    "containsText",
    "hasItem",
    "hasAll",
    "hasAny",
    "hasNone",
    "length",
    "olderThan",
    "newerThan",
    "condition",
];
const READINGS: [&str; 9] = [
    "number",
    "string",
    "quantity",
    "duration",
    "timestamp",
    "semver",
    "kubeVersion",
    "imageVersion",
    "apiVersion",
];

fn op(names: &[&str]) -> Value {
    is_one_of("op", names)
}

/// Which keys an operator takes.
fn key_rules() -> Vec<Value> {
    let json = json!({ "properties": { "as": { "const": "json" } } });
    let subtracts = json!({ "properties": { "as": { "enum": ["json", "number", "quantity"] } } });
    let minus = json!({ "required": ["valueFrom"], "properties": { "valueFrom": has("minus") } });
    vec![
        when(
            op(&PRESENCE),
            without(&["value", "valueFrom", "as", "whenAbsent"]),
        ),
        when(op(&OWN_READING), without(&["as"])),
        when(
            op(&["olderThan", "newerThan"]),
            with("as", json!({ "const": "timestamp" })),
        ),
        when(
            op(&VALUED),
            json!({ "required": ["value"], "properties": { "valueFrom": false } }),
        ),
        when(
            op(&COMPARISONS),
            json!({ "if": has_none(&["valueFrom"]), "then": { "required": ["value"] } }),
        ),
        when(has("valueFrom"), without(&["value"])),
        when(minus, subtracts),
        // Only numbers have an order of their own.
        when(
            json!({ "allOf": [op(&["gt", "ge", "lt", "le"]), json, unread()] }),
            with(
                "value",
                json!({ "type": "number", "errorMessage": "only numbers have an order of their own: say how to read both sides with `as`" }),
            ),
        ),
        when(
            json!({ "allOf": [op(&["between"]), { "properties": { "as": { "const": "json" } } }, unread()] }),
            with("value", json!({ "items": { "type": "number" } })),
        ),
    ]
}

/// The target does not say how its value is read.
fn unread() -> Value {
    json!({ "properties": { "target": has_none(&["kubeVersion", "nodes"]) } })
}

/// Values as the operators take them, however they are read.
fn plain_value_rules() -> Vec<Value> {
    let not_null = json!({ "not": { "type": "null" } });
    let list = json!({ "type": "array", "minItems": 1, "items": not_null });
    let pattern = json!({
        "type": "string",
        "maxLength": 4096,
        "allOf": [
            { "pattern": pattern::begins(), "patternErrorMessage": "say how it begins: with `^`, or `.*` for anything before it" },
            { "pattern": pattern::ends(), "patternErrorMessage": "say how it ends: with `$`, or `.*` for anything after it" },
        ],
    });
    let age = json!({
        "type": "string",
        "pattern": pattern::age(),
        "patternErrorMessage": "write a duration such as `90s` or `1h30m`",
    });
    let versions = ["semver", "kubeVersion", "imageVersion"];
    let ranges = |reading: &[&str], pattern: String| {
        let condition = json!({ "allOf": [op(&["range"]), is_one_of("as", reading)] });
        let message = "write a range such as `>=1.2, <2`";
        when(
            condition,
            with(
                "value",
                json!({ "pattern": pattern, "patternErrorMessage": message }),
            ),
        )
    };
    let of_cluster = json!({
        "required": ["target", "op"],
        "properties": { "target": has("kubeVersion"), "op": { "const": "range" } },
    });
    vec![
        when(op(&LISTS), with("value", list)),
        when(
            op(&["between"]),
            with(
                "value",
                json!({ "type": "array", "minItems": 2, "maxItems": 2, "items": not_null }),
            ),
        ),
        when(
            op(&["hasItem"]),
            with(
                "value",
                json!({ "not": { "type": "array" }, "errorMessage": "`hasItem` takes one value: `hasAll` and `hasAny` take several" }),
            ),
        ),
        when(op(&["matches", "notMatches"]), with("value", pattern)),
        when(
            op(&["startsWith", "endsWith", "containsText"]),
            with("value", json!({ "type": "string", "minLength": 1 })),
        ),
        when(op(&["olderThan", "newerThan"]), with("value", age)),
        when(op(&["range"]), with("value", json!({ "type": "string" }))),
        when(
            json!({ "allOf": [op(&["range"]), { "not": { "required": ["target"], "properties": { "target": has("kubeVersion") } } }] }),
            json!({ "required": ["as"], "properties": { "as": { "enum": versions } } }),
        ),
        ranges(&["semver", "imageVersion"], pattern::range()),
        ranges(&["kubeVersion"], pattern::kube_range()),
        when(
            of_cluster,
            with("value", json!({ "pattern": pattern::kube_range() })),
        ),
    ]
}

/// One value or each of several, as a reading takes them. The values of `range` are ranges, and those of a field come from the object.
pub(super) fn values_of(reading: &str) -> Value {
    let one = value_of(reading);
    let single: Vec<&str> = COMPARISONS.into_iter().chain(["hasItem"]).collect();
    let several: Vec<&str> = LISTS.into_iter().chain(["between"]).collect();
    json!({
        "allOf": [
            when(op(&single), with("value", one.clone())),
            when(op(&several), with("value", json!({ "items": one }))),
        ],
    })
}

fn value_of(reading: &str) -> Value {
    let text = |pattern: String, message: &str| json!({ "type": "string", "pattern": pattern, "patternErrorMessage": message });
    let or_number = |pattern: String, message: &str| json!({ "type": ["string", "number"], "pattern": pattern, "patternErrorMessage": message });
    match reading {
        "number" => or_number(pattern::number(), "write a number such as 5 or \"1.50\""),
        "quantity" => or_number(
            pattern::quantity(),
            "write a quantity such as `500m` or `1.5Gi`",
        ),
        "duration" => text(
            pattern::duration(),
            "write a duration such as `90s` or `1h30m`",
        ),
        "timestamp" => text(
            pattern::timestamp(),
            "write a time such as `2026-01-31T12:00:00Z`",
        ),
        "semver" => text(pattern::version(), "write a version such as `1.2.3`"),
        "kubeVersion" => text(pattern::kube_version(), "write a version such as `1.28`"),
        "imageVersion" => text(pattern::image_version(), "write a version such as `1.2.3`"),
        "apiVersion" => text(
            pattern::ordered_api_version(),
            "write a version such as `v1` or `apps/v1beta1`",
        ),
        "string" => json!({ "type": "string" }),
        _ => json!({}),
    }
}
