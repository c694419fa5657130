//! The files of `conditions/`. A key without a value is an error here, so that none is nullable.

mod fact;
mod item;
mod operand;
mod operator;
mod question;
mod selector;
mod target;

use schemars::Schema;

pub(super) use self::item::ConditionFile;
use super::rule::{has_any, require_all, when, without};

/// The schema of a map whose keys stand in two types, the more important first.
fn merged(mut first: Schema, second: Schema) -> Schema {
    let second = second.to_value();
    let properties = second
        .get("properties")
        .and_then(|keys| keys.as_object())
        .cloned();
    let all = first.ensure_object();
    if let Some(serde_json::Value::Object(keys)) = all.get_mut("properties") {
        keys.extend(properties.unwrap_or_default());
    }
    first
}

/// `all`, `any` and `not` stand alone: beside them is neither another of them nor a key of a question.
fn compose(schema: &mut Schema, keys: &[&str], rules: impl IntoIterator<Item = serde_json::Value>) {
    let composed = || has_any(&["all", "any", "not"]);
    let mut all = vec![
        when(super::rule::has("all"), without(&["any", "not"])),
        when(super::rule::has("any"), without(&["not"])),
    ];
    let rules: Vec<serde_json::Value> = rules.into_iter().collect();
    all.push(serde_json::json!({
        "if": composed(),
        "then": without(keys),
        "else": { "allOf": rules },
    }));
    require_all(schema, all);
}
