//! A diagnostic as a result.

use serde_json::{Map, Value, json};

use super::place;
use super::text::message;
use crate::diagnostic::Diagnostic;
use crate::suppression::Suppression;

pub(super) fn result(diagnostic: &Diagnostic, rule_index: usize) -> Value {
    let mut text = diagnostic.message().to_owned();
    for line in diagnostic.help_lines() {
        text.push_str("\nhelp: ");
        text.push_str(line);
    }
    let mut result = json!({
        "ruleId": diagnostic.code(),
        "ruleIndex": rule_index,
        "level": diagnostic.severity().as_str(),
        "message": { "text": message(&text) },
        // Either no result of a run has the key or all have it: an empty list says that nothing keeps it back.
        "suppressions": diagnostic.suppression().map(suppression).into_iter().collect::<Vec<_>>(),
    });
    let Value::Object(object) = &mut result else {
        return result;
    };
    if let Some(location) = diagnostic.location() {
        object.insert("locations".to_owned(), json!([place::location(location)]));
    }
    let related: Vec<Value> = diagnostic
        .related_locations()
        .enumerate()
        .map(|(index, (location, label))| place::related(location, index + 1, label))
        .collect();
    if !related.is_empty() {
        object.insert("relatedLocations".to_owned(), related.into());
    }
    if let Some(location) = diagnostic.location() {
        // A fix without edits would be none to the schema.
        let fixes = diagnostic.fixes().iter();
        let fixes: Vec<Value> = fixes
            .filter(|fix| !fix.edits().is_empty())
            .map(|fix| place::fix(location.file(), fix))
            .collect();
        if !fixes.is_empty() {
            object.insert("fixes".to_owned(), fixes.into());
        }
    }
    let about = about(diagnostic);
    if !about.is_empty() {
        object.insert("properties".to_owned(), about.into());
    }
    result
}

/// The package and version that it is about, which SARIF has no place for.
fn about(diagnostic: &Diagnostic) -> Map<String, Value> {
    let known = [
        ("package", diagnostic.package()),
        ("version", diagnostic.version()),
    ];
    known
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?.into())))
        .collect()
}

fn suppression(suppression: &Suppression) -> Value {
    match suppression {
        Suppression::Comment { location, reason } => json!({
            "kind": "inSource",
            "status": "accepted",
            "justification": reason,
            "location": place::location(location),
        }),
        Suppression::Allowed => json!({
            "kind": "external",
            "status": "accepted",
            "justification": "the rule is allowed by whoever ran the check",
        }),
    }
}
