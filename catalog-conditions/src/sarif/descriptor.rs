//! Rules as SARIF describes them.

use serde_json::{Value, json};

use super::text::sentence;
use crate::rule::Rule;

/// A `reportingDescriptor`; of a code that no rule is known for, the code alone.
pub(super) fn descriptor(code: &str, rule: Option<&Rule>) -> Value {
    let Some(rule) = rule else {
        return json!({ "id": code });
    };
    let summary = sentence(rule.summary());
    let full = match rule.explanation() {
        "" => &summary,
        explanation => explanation,
    };
    json!({
        "id": code,
        "shortDescription": { "text": summary },
        "fullDescription": { "text": full },
        // A host that shows no Markdown shows the same text as it is.
        "help": { "text": rule.to_markdown(), "markdown": rule.to_markdown() },
        "defaultConfiguration": { "level": rule.severity().as_str() },
    })
}
