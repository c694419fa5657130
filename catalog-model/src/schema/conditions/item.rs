//! The file, and the items of its list.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::fact::ParameterFact;
use super::merged;
use super::question::{self, QuestionKeys};
use crate::schema::rule::require;
use crate::schema::scalar::{Line, Text};
use crate::schema::word;

/// What must hold in a cluster before this version is installed. The list is an implicit `all`.
#[derive(JsonSchema)]
#[schemars(title = "A file in conditions/", deny_unknown_fields)]
pub(in crate::schema) struct ConditionFile {
    /// The conditions.
    conditions: Vec<Item>,
}

/// One condition: a question, or several joined by `all`, `any` and `not`.
struct Item;

impl JsonSchema for Item {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let keys = QuestionKeys::json_schema(generator);
        let mut schema = merged(ItemKeys::json_schema(generator), keys);
        question::fit(&mut schema, generator);
        schema
    }
}

/// One condition: a target and what is asked of it, or several questions joined by `all`, `any` or `not`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase", transform = none_required)]
struct ItemKeys {
    /// What the condition is called in reports, unique in a version. Default: the file's stem and the index.
    name: Line,
    /// Advice for whoever it fails for: the last line of help.
    message: Text,
    /// What it means that the condition is not satisfied.
    #[schemars(extend("default" = "error"))]
    severity: Severity,
    /// What it means that nobody can tell.
    #[schemars(extend("default" = "fail"))]
    on_unknown: OnUnknown,
    /// The condition is asked only if this holds of the parameters; else it counts for nothing.
    when: ParameterFact,
}

fn none_required(schema: &mut Schema) {
    require(schema, &[]);
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase", transform = word::list)]
enum Severity {
    /// The gate is closed.
    Error,
    /// The gate is open, with a warning.
    Warning,
    /// The gate is open, with a note.
    Note,
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase", transform = word::list)]
enum OnUnknown {
    /// The gate is closed until somebody can tell.
    Fail,
    /// The gate is open, with a warning.
    Warn,
    /// The gate is open, with a note.
    Pass,
}
