//! Defaults: values that have to be valid where they are filled in.

use serde_json::Value;

use super::super::comparison::DEEPEST;
use super::super::schema::Keywords;
use super::{Acceptance, Node, Spared, map, rules};
use crate::sensitive::may_be_shown;

impl<'a> Acceptance<'a> {
    pub(super) fn default(&mut self, node: &Node<'_, 'a>, default: &'a Value) {
        if let Some(why) = node.forbids_default {
            let reason = format!("{} may have no default: it {why}", node.subject());
            self.refuse(node, "/default", reason).rule = &rules::DEFAULT;
            return;
        }
        if !node.looks_at_default {
            return;
        }
        if !node.is_of_object
            && let Some(name) = dropped(default, node.schema, 0)
        {
            let reason = format!(
                "the default of {} has `{name}`, which the schema does not name and which would be dropped",
                node.subject()
            );
            let refusal = self.refuse(node, "/default", reason);
            refusal.rule = &rules::DEFAULT;
            refusal.spared(Spared::UnprunedDefault);
            return;
        }
        let incomplete = incomplete(default, node.schema);
        let mut fault = || self.judge.fault(default, node.schema);
        if let Some(why) = incomplete.or_else(&mut fault) {
            let pointer = format!("{}/default", node.place.pointers().1);
            let why = match may_be_shown(&Value::Null, &pointer, default) {
                true => why,
                false => "it is not as its schema says, and may be secret".to_owned(),
            };
            let reason = format!("the default of {} is not valid: {why}", node.subject());
            self.refuse(node, "/default", reason).rule = &rules::DEFAULT;
        } else if let Some(format) = self.judge.undecided_format() {
            let reason = format!(
                "the default of {} has to be of the format `{format}`, and whether it is is not decided here",
                node.subject()
            );
            let refusal = self.refuse(node, "/default", reason);
            refusal.rule = &rules::DEFAULT;
            refusal.is_certain = false;
        }
    }
}

/// A field of a value that its schema would drop.
fn dropped(value: &Value, schema: &Keywords, depth: usize) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    let keeps = is_true(schema, "x-kubernetes-preserve-unknown-fields");
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let is_whole = is_true(schema, "x-kubernetes-embedded-resource");
            if is_whole && matches!(name.as_str(), "apiVersion" | "kind" | "metadata") {
                return None;
            }
            let property = map(schema, "properties").and_then(|fields| fields.get(name));
            match property.or_else(|| schema.get("additionalProperties")) {
                Some(Value::Object(below)) => dropped(value, below, depth + 1),
                Some(Value::Bool(_)) => dropped(value, &Keywords::new(), depth + 1),
                _ => (!keeps).then(|| name.clone()),
            }
        }),
        Value::Array(items) => {
            let below = map(schema, "items")?;
            items
                .iter()
                .find_map(|item| dropped(item, below, depth + 1))
        }
        _ => None,
    }
}

/// What a whole object lacks.
fn incomplete(value: &Value, schema: &Keywords) -> Option<String> {
    let fields = value.as_object()?;
    let is_whole = is_true(schema, "x-kubernetes-embedded-resource");
    let mut names = ["apiVersion", "kind"].into_iter();
    let missing = names.find(|name| is_whole && !fields.contains_key(*name))?;
    Some(format!("it is a whole object without `{missing}`"))
}

fn is_true(schema: &Keywords, keyword: &str) -> bool {
    schema.get(keyword) == Some(&Value::Bool(true))
}
