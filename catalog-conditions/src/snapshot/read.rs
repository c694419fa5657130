//! Text into documents: JSON by the fast way, YAML with its places.

use std::sync::Arc;

use super::document::{Document, Origin};
use super::json::{TWICE, Unambiguous};
use super::statement;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{self, Limits, Node};
use crate::source::{SourceFile, Span};

/// The documents of a text, what was wrong, and whether all of it was read.
pub(super) struct Text {
    pub(super) documents: Vec<Document>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) whole: bool,
}

/// Reads a file. One without any document is what a failed `kubectl get > file` leaves behind: taken for a cluster without objects,
/// it would open gates.
pub(super) fn read(file: &Arc<SourceFile>, limits: &Limits) -> Text {
    let text = documents(file, limits);
    if !text.documents.is_empty() || !text.diagnostics.is_empty() {
        return text;
    }
    let diagnostic = Diagnostic::error(
        "snapshot.empty",
        "this file holds no object: it is no saved cluster",
    );
    let help = "save the cluster again, and see that kubectl did not fail";
    broken(diagnostic.at(file, Span::default()).help(help))
}

fn documents(file: &Arc<SourceFile>, limits: &Limits) -> Text {
    let small_enough = file.text().len() <= limits.file_bytes;
    if !(small_enough && looks_like_json(file.text())) {
        return yaml(file, limits);
    }
    let json = match json(file) {
        Ok(documents) => {
            return Text {
                documents,
                diagnostics: Vec::new(),
                whole: true,
            };
        }
        Err(diagnostic) => *diagnostic,
    };
    // Several JSON documents with `---` between them are YAML. Nothing else that begins like JSON and fails as JSON is.
    if file.path().ends_with(".json") {
        return broken(json);
    }
    let yaml = yaml(file, limits);
    if yaml.whole { yaml } else { broken(json) }
}

fn broken(diagnostic: Diagnostic) -> Text {
    Text {
        documents: Vec::new(),
        diagnostics: vec![diagnostic],
        whole: false,
    }
}

fn looks_like_json(text: &str) -> bool {
    let begins = text.trim_start_matches('\u{feff}').trim_start();
    let inside = begins.strip_prefix('{').map(str::trim_start);
    inside.is_some_and(|inside| inside.starts_with(['"', '}'])) || begins.starts_with('[')
}

fn json(file: &Arc<SourceFile>) -> Result<Vec<Document>, Box<Diagnostic>> {
    let text = file.text().trim_start_matches('\u{feff}');
    let mut documents = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter() {
        let Unambiguous(value) = value.map_err(|error| syntax_error(file, &error))?;
        let origin = Some(Origin {
            file: Arc::clone(file),
            span: Span::default(),
        });
        documents.push(Document {
            value,
            origin,
            item_spans: Vec::new(),
            node: None,
            is_item: false,
        });
    }
    Ok(documents)
}

fn syntax_error(file: &Arc<SourceFile>, error: &serde_json::Error) -> Box<Diagnostic> {
    // Said once, by the diagnostic's place.
    let place = format!(" at line {} column {}", error.line(), error.column());
    let reason = error.to_string().replace(&place, "");
    let at = offset(file.text(), error.line(), error.column());
    let diagnostic = if reason == TWICE {
        Diagnostic::error("json.duplicate-key", TWICE)
    } else {
        Diagnostic::error("json.syntax", format!("this is not JSON: {reason}"))
    };
    Box::new(diagnostic.at(file, Span::new(at, at)))
}

/// The byte at a line and a column that counts bytes, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (before + column.saturating_sub(1)).min(text.len())
}

fn yaml(file: &Arc<SourceFile>, limits: &Limits) -> Text {
    let parsed = document::parse(file, limits);
    let whole = parsed
        .diagnostics
        .iter()
        .all(|diagnostic| diagnostic.severity() != Severity::Error);
    let documents = parsed
        .documents
        .into_iter()
        .map(|node| from_node(file, node))
        .collect();
    Text {
        documents,
        diagnostics: parsed.diagnostics,
        whole,
    }
}

fn from_node(file: &Arc<SourceFile>, node: Node) -> Document {
    let items = node
        .value("items")
        .and_then(Node::as_sequence)
        .unwrap_or_default();
    let kind = node.value("kind").and_then(Node::as_scalar);
    let is_statement =
        kind.is_some_and(|kind| matches!(kind.text(), statement::COVERAGE | statement::FAILURE));
    Document {
        value: node.to_json(),
        origin: Some(Origin {
            file: Arc::clone(file),
            span: first_line(&node),
        }),
        item_spans: items.iter().map(first_line).collect(),
        node: is_statement.then_some(node),
        is_item: false,
    }
}

/// A place to point at for a whole object: its beginning.
fn first_line(node: &Node) -> Span {
    Span::new(node.span().start, node.span().start)
}
