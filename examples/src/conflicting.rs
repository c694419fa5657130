//! Requests without an answer, for people and for scripts.

use catalog_resolve::Conflict;
use serde_json::json;

use crate::arguments::Format;
use crate::output::Output;

/// Says why there is no answer, and what would help. Whether something of that is to take releases whose conditions do not hold.
pub fn conflicting(conflict: &Conflict<'_>, format: Format, output: &mut Output) -> bool {
    let explanation = conflict.explain();
    let repairs = conflict.repairs(&explanation);
    let allows = repairs
        .iter()
        .any(|repair| repair.change().ends_with(" all the same"));
    if format == Format::Text {
        output.lines(explanation.text_with(&repairs));
        return allows;
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
    allows
}
