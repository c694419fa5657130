//! Documents that say how far a snapshot goes: `SnapshotCoverage`, `SnapshotFailure`. A typo in them would open or close gates, so
//! that nothing in them is passed over.

use serde_json::{Map, Value};

use super::builder::SnapshotBuilder;
use super::document::Origin;
use crate::diagnostic::Diagnostic;
use crate::document::{Entry as NodeEntry, Node};
use crate::source::Span;
use crate::suggest::near;

/// The kinds of these documents.
pub(super) const COVERAGE: &str = "SnapshotCoverage";
pub(super) const FAILURE: &str = "SnapshotFailure";

/// Whether a document is one of these. They are of no API group: with one it is an object of somebody's own kind.
pub(super) fn is_statement(group: &str, kind: &str) -> bool {
    group.is_empty() && matches!(kind, COVERAGE | FAILURE)
}

/// YAML reads `on`, `y` or `12` as something else.
const QUOTES: &str = "put quotes around each text";

/// A map in such a document, and its place if the text was YAML.
#[derive(Clone, Copy)]
pub(super) struct Statement<'d> {
    pub(super) map: &'d Map<String, Value>,
    pub(super) node: Option<&'d Node>,
    pub(super) origin: Option<&'d Origin>,
}

/// What is wrong with a map, at one of its keys or as a whole.
pub(super) struct Problem {
    key: Option<String>,
    message: String,
    help: Option<String>,
}

impl Problem {
    pub(super) fn at(key: &str, message: impl Into<String>) -> Self {
        Self {
            key: Some(key.to_owned()),
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn whole(message: impl Into<String>) -> Self {
        Self {
            key: None,
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl<'d> Statement<'d> {
    /// Refuses the first key that is not known.
    pub(super) fn known_keys(&self, known: &[&str]) -> Result<(), Problem> {
        let Some(key) = self.map.keys().find(|key| !known.contains(&key.as_str())) else {
            return Ok(());
        };
        let message = format!("`{}` is not a key of this map", crate::show::plain(key));
        let help = match near(key, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("known keys: {}", known.join(", ")),
        };
        Err(Problem::at(key, message).help(help))
    }

    /// A text that is there and not empty.
    pub(super) fn required(&self, key: &str) -> Result<&'d str, Problem> {
        let missing = || Problem::whole(format!("`{key}` is missing"));
        self.text(key)?
            .filter(|text| !text.is_empty())
            .ok_or_else(missing)
    }

    /// A text, if the key is there.
    pub(super) fn text(&self, key: &str) -> Result<Option<&'d str>, Problem> {
        match self.map.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::at(key, format!("`{key}` must be a text")).help(QUOTES)),
        }
    }

    /// Texts, if the key is there.
    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, Problem> {
        let Some(value) = self.map.get(key) else {
            return Ok(None);
        };
        let text = |item: &Value| item.as_str().map(str::to_owned);
        let texts = value
            .as_array()
            .and_then(|items| items.iter().map(text).collect());
        let wrong = || Problem::at(key, format!("`{key}` must be a list of texts")).help(QUOTES);
        texts.map(Some).ok_or_else(wrong)
    }

    /// The maps in a list, with `None` for what is no map. The list itself must be there.
    pub(super) fn items(&self, list: &'d [Value], key: &str) -> Vec<Option<Statement<'d>>> {
        let nodes = self
            .node
            .and_then(|node| node.value(key))
            .and_then(Node::as_sequence);
        let item = |(at, value): (usize, &'d Value)| {
            Some(Statement {
                map: value.as_object()?,
                node: nodes.and_then(|nodes| nodes.get(at)),
                origin: self.origin,
            })
        };
        list.iter().enumerate().map(item).collect()
    }

    /// Where a key is written, or the whole; nothing of it is known for JSON.
    fn span(&self, key: Option<&str>) -> Option<Span> {
        let node = self.node?;
        let entry = key.and_then(|key| node.as_mapping()?.entry(key));
        let whole = Span::new(node.span().start, node.span().start);
        Some(entry.map_or(whole, |entry: &NodeEntry| entry.key().span()))
    }
}

impl SnapshotBuilder {
    /// Reports a problem; `path` leads from the document to the map in it that has the problem.
    pub(super) fn report_problem(
        &mut self,
        rule: &str,
        at: Statement<'_>,
        path: &str,
        problem: Problem,
    ) {
        let message = match path {
            "" => problem.message,
            path => format!("`{path}`: {}", problem.message),
        };
        let mut diagnostic = Diagnostic::error(format!("snapshot.{rule}"), message);
        if let Some(help) = problem.help {
            diagnostic = diagnostic.help(help);
        }
        if let Some(origin) = at.origin {
            let span = at.span(problem.key.as_deref()).unwrap_or(origin.span);
            diagnostic = diagnostic.at(&origin.file, span);
        }
        self.diagnostics.push(diagnostic);
    }
}
