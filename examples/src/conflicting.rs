//! Requests without an answer, for people and for scripts.

use catalog_resolve::{Explanation, Repair};
use serde_json::json;

use crate::arguments::Format;
use crate::output::Output;

/// Says why there is no answer, and what would help.
pub fn conflicting(
    explanation: &Explanation,
    repairs: &[Repair],
    format: Format,
    output: &mut Output,
) {
    if format == Format::Text {
        return output.lines(explanation.text_with(repairs));
    }
    let facts = explanation.facts().iter().map(|fact| json!({ "kind": fact.kind().as_str(), "text": fact.text(), "packages": fact.packages() }));
    let changes = repairs.iter().map(|repair| {
        let releases = repair
            .resolution()
            .releases()
            .iter()
            .map(|release| json!({ "name": release.package(), "version": release.version() }));
        json!({ "change": repair.change(), "releases": releases.collect::<Vec<_>>() })
    });
    output.json(&json!({
        "status": "conflict", "explanation": explanation.text(), "facts": facts.collect::<Vec<_>>(), "repairs": changes.collect::<Vec<_>>(),
    }));
}
