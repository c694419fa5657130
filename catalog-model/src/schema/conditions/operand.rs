//! Values that are maps: lengths, conditions of a status, counts, fields to compare with.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use crate::schema::rule::{is_one_of, require, require_all, when, with};
use crate::schema::scalar::{Count, SinglePath, Text};

/// Another field of the same object, or what is left of it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase", transform = only_path)]
pub(super) struct ValueFrom {
    /// The field, which must be one value.
    field_path: SinglePath,
    /// A field that is subtracted from it.
    minus: Minus,
}

fn only_path(schema: &mut Schema) {
    require(schema, &["fieldPath"]);
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields, rename_all = "camelCase")]
struct Minus {
    /// The field, which must be one value.
    field_path: SinglePath,
}

/// How many of several values must do: `all`, `any`, `none`, or a count.
pub(super) struct Each;

impl JsonSchema for Each {
    fn schema_name() -> Cow<'static, str> {
        "Each".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut counted = Counted::json_schema(generator);
        require(&mut counted, &[]);
        let mut schema = json_schema!({
            "type": ["string", "object"],
            "description": "`all`, `any`, `none`, or one of `atLeast`, `atMost` and `exactly` with a number.",
        });
        let both = schema.ensure_object();
        for (key, value) in counted.ensure_object() {
            both.entry(key.clone()).or_insert_with(|| value.clone());
        }
        let words = json!({ "enum": ["all", "any", "none"] });
        let count = json!({ "minProperties": 1, "maxProperties": 1 });
        require_all(
            &mut schema,
            [json!({ "if": { "type": "string" }, "then": words, "else": count })],
        );
        schema
    }
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase")]
struct Counted {
    /// So many or more.
    #[schemars(extend("minimum" = 1))]
    at_least: Count,
    /// So many or fewer.
    at_most: Count,
    /// Just so many.
    exactly: Count,
}

/// The value of `length`: how long a list, map or string is.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = length_fits)]
pub(super) struct Length {
    /// How the length is compared.
    #[schemars(extend("enum" = ["eq", "ne", "gt", "ge", "lt", "le", "between"]))]
    op: String,
    /// A length; for `between` the lowest and the highest.
    value: Lengths,
}

struct Lengths;

impl JsonSchema for Lengths {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Lengths".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "array"],
            "minimum": 0,
            "maximum": u64::MAX,
            "items": generator.subschema_for::<Count>(),
            "minItems": 2,
            "maxItems": 2,
        })
    }
}

fn length_fits(schema: &mut Schema) {
    let comparisons = ["eq", "ne", "gt", "ge", "lt", "le"];
    let rules = [
        when(
            is_one_of("op", &["between"]),
            with("value", json!({ "type": "array" })),
        ),
        when(
            is_one_of("op", &comparisons),
            with("value", json!({ "type": "integer" })),
        ),
        // A length is never below 0.
        when(
            is_one_of("op", &["ge", "lt"]),
            with("value", json!({ "minimum": 1 })),
        ),
    ];
    require_all(schema, rules);
}

/// The value of `condition`: one of `status.conditions`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = only_type)]
pub(super) struct StatusCondition {
    /// The condition's type: `Ready`.
    r#type: Text,
    /// Its status.
    #[schemars(extend("default" = "True"))]
    status: Status,
    /// Its reason, if it must be a certain one.
    reason: Text,
    /// Whether it must have been observed after the object's last change.
    #[schemars(extend("default" = true))]
    fresh: bool,
}

fn only_type(schema: &mut Schema) {
    require(schema, &["type"]);
}

struct Status;

impl JsonSchema for Status {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Status".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // Without quotes, `True` is a boolean, and the string is meant.
        json_schema!({ "enum": ["True", "False", "Unknown", true, false, "true", "false"] })
    }
}
