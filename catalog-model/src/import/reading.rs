//! Values out of the maps of a foreign file, with a report of all that is not what it should be.

use std::sync::Arc;

use catalog_conditions::document::{Entry, Node, Scalar};
use catalog_conditions::version::{KubeVersionRange, VersionRange};
use catalog_conditions::{Diagnostic, SourceFile, Span};
use serde_json::Value;

use super::outcome::Report;
use super::tag;
use crate::label::{key_problem, value_problem};
use crate::write::MetadataFile;

/// A file that is being read.
pub(super) struct Reading<'a> {
    pub(super) file: &'a Arc<SourceFile>,
    pub(super) report: &'a mut Report,
    /// The first word of the codes of diagnostics.
    pub(super) format: &'static str,
}

impl Reading<'_> {
    /// The text of a single value; `None` for nothing, and, with a warning, for a list or a map.
    pub(super) fn text(&mut self, entry: &Entry) -> Option<String> {
        let node = entry.value();
        if node.is_null() {
            return None;
        }
        let text = node.as_scalar().map(Scalar::text);
        if text.is_none() {
            self.wrong(entry, "is not a text");
        }
        text.map(str::to_owned)
            .filter(|text| !text.trim().is_empty())
    }

    /// The texts of a list; one text counts as a list of one.
    pub(super) fn texts(&mut self, entry: &Entry) -> Vec<String> {
        let Some(items) = entry.value().as_sequence() else {
            return self.text(entry).into_iter().collect();
        };
        let mut texts = Vec::new();
        for item in items.iter().filter(|item| !item.is_null()) {
            match item.as_scalar().map(Scalar::text) {
                Some(text) => texts.push(text.to_owned()),
                None => self.report.lost(
                    self.file,
                    item.span(),
                    format!("item of `{}`", shown(entry)),
                    "it is not a text",
                ),
            }
        }
        texts
    }

    /// True or false; `None` for nothing, and, with a warning, for anything else.
    pub(super) fn boolean(&mut self, entry: &Entry) -> Option<bool> {
        match entry.value().to_json() {
            Value::Bool(value) => Some(value),
            Value::Null => None,
            _ => {
                self.wrong(entry, "is neither true nor false");
                None
            }
        }
    }

    /// The items of a list; none for nothing, and, with a warning, for anything else.
    pub(super) fn items<'n>(&mut self, entry: &'n Entry) -> &'n [Node] {
        let node = entry.value();
        if node.as_sequence().is_none() && !node.is_null() {
            self.wrong(entry, "is not a list");
        }
        node.as_sequence().unwrap_or_default()
    }

    /// The entries of a map; none for nothing, and, with a warning, for anything else.
    pub(super) fn entries<'n>(&mut self, entry: &'n Entry) -> &'n [Entry] {
        let node = entry.value();
        if node.as_mapping().is_none() && !node.is_null() {
            self.wrong(entry, "is not a map");
        }
        entries(node)
    }

    /// The entries of a map that is an item of a list; none, with a warning, for anything else.
    pub(super) fn entries_of<'n>(&mut self, item: &'n Node, what: &str) -> &'n [Entry] {
        if item.as_mapping().is_none() {
            self.lose(item.span(), what, "is not a map");
        }
        entries(item)
    }

    /// An absolute address; the loader refuses others.
    pub(super) fn address(&mut self, entry: &Entry) -> Option<String> {
        let text = self.text(entry)?;
        let is_address = is_address(&text);
        if !is_address {
            self.wrong(entry, "is not an address such as `https://example.com/`");
        }
        Some(text).filter(|_| is_address)
    }

    /// A range of a package's versions.
    pub(super) fn range(&mut self, entry: &Entry) -> Option<String> {
        let text = self.text(entry)?;
        match VersionRange::parse(&text) {
            Ok(_) => Some(text),
            Err(error) => {
                self.bad_range(entry, &error.to_string());
                None
            }
        }
    }

    /// A range of versions of Kubernetes, which becomes a condition.
    pub(super) fn kubernetes(&mut self, entry: &Entry, metadata: &mut MetadataFile) {
        if let Some(text) = self.text(entry) {
            self.kubernetes_range(entry, text, metadata);
        }
    }

    /// The same, of a text that was put together.
    pub(super) fn kubernetes_range(
        &mut self,
        entry: &Entry,
        range: String,
        metadata: &mut MetadataFile,
    ) {
        match KubeVersionRange::parse(&range) {
            Ok(_) => drop(metadata.system.insert("kubernetes".to_owned(), range)),
            Err(error) => self.bad_range(entry, &error.to_string()),
        }
    }

    /// A range that cannot be read.
    pub(super) fn bad_range(&mut self, entry: &Entry, problem: &str) {
        let code = format!("{}.range", self.format);
        let diagnostic =
            Diagnostic::warning(code, problem.to_owned()).at(self.file, entry.value().span());
        self.report.diagnostic(diagnostic);
        self.lost(entry, "it cannot be read as a range of versions");
    }

    /// Free texts that become tags, and labels so that selectors find them.
    pub(super) fn tags(&mut self, entry: &Entry, metadata: &mut MetadataFile) {
        let texts = self.texts(entry);
        add_tags(metadata, texts);
    }

    /// Annotations: those that are labels as Kubernetes has them become labels.
    pub(super) fn annotation(&mut self, entry: &Entry, metadata: &mut MetadataFile) {
        let pair = entry
            .name()
            .zip(entry.value().as_scalar().map(Scalar::text));
        let is_label = |(key, value): &(&str, &str)| {
            key_problem(key).is_none() && value_problem(value).is_none()
        };
        match pair.filter(is_label) {
            Some((key, value)) => {
                drop(metadata.labels.insert(key.to_owned(), value.to_owned()));
            }
            None => self.lost(entry, "it is no label, and the format has no annotations"),
        }
    }

    /// A value that is not what it should be.
    pub(super) fn wrong(&mut self, entry: &Entry, problem: &str) {
        let message = format!("`{}` {problem}: it is not imported", shown(entry));
        let code = format!("{}.type", self.format);
        let diagnostic = Diagnostic::warning(code, message).at(self.file, entry.value().span());
        self.report.diagnostic(diagnostic);
        self.lost(entry, &format!("it {problem}"));
    }

    /// Something that is not what it should be, and no value of a key.
    pub(super) fn lose(&mut self, span: Span, what: &str, problem: &str) {
        let code = format!("{}.type", self.format);
        let message = format!("this {what} {problem}: it is not imported");
        self.report
            .diagnostic(Diagnostic::warning(code, message).at(self.file, span));
        self.report
            .lost(self.file, span, what, format!("it {problem}"));
    }

    /// A warning that `what` is wrong with the file.
    pub(super) fn warn(&mut self, rule: &str, span: Span, message: impl Into<String>) {
        let code = format!("{}.{rule}", self.format);
        self.report
            .diagnostic(Diagnostic::warning(code, message).at(self.file, span));
    }

    /// An error: what the file is about is not imported.
    pub(super) fn error(&mut self, rule: &str, span: Span, message: impl Into<String>) {
        let code = format!("{}.{rule}", self.format);
        self.report
            .diagnostic(Diagnostic::error(code, message).at(self.file, span));
    }

    /// A key that has no place.
    pub(super) fn lost(&mut self, entry: &Entry, why: &str) {
        let what = format!("`{}`", shown(entry));
        self.report.lost(self.file, entry.key().span(), what, why);
    }

    /// Reports the keys of a map that are none of these.
    pub(super) fn only(&mut self, node: &Node, known: &[&str], why: &str) {
        for entry in entries(node) {
            if !entry.name().is_some_and(|name| known.contains(&name)) {
                self.lost(entry, why);
            }
        }
    }

    /// The document that counts, which is the first one; the others are reported. `None`, with an error, where it is no map; `without` says what
    /// a file then lacks.
    pub(super) fn first_map<'n>(
        &mut self,
        documents: &'n [Node],
        rule: &str,
        without: &str,
    ) -> Option<&'n Node> {
        let first = documents.first();
        let Some(node) = first.filter(|node| node.as_mapping().is_some()) else {
            let message = format!("this is no map: {without}");
            self.error(rule, Span::default(), message);
            return None;
        };
        self.only_first(documents);
        Some(node)
    }

    /// Reports the documents behind the one that counts.
    pub(super) fn only_first(&mut self, documents: &[Node]) {
        for second in documents.iter().skip(1) {
            let why = "the first document of the file counts";
            self.report.lost(self.file, second.span(), "document", why);
        }
    }
}

/// The beginning of a key that may be very long.
pub(super) fn shown(entry: &Entry) -> String {
    brief(entry.name().unwrap_or_default())
}

/// The beginning of a text that may be very long, in one line.
pub(super) fn brief(text: &str) -> String {
    let beginning = text.chars().take(64);
    beginning
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The entries of a map; none where it is no map.
pub(super) fn entries(node: &Node) -> &[Entry] {
    node.as_mapping()
        .map(catalog_conditions::document::Mapping::entries)
        .unwrap_or_default()
}

/// The text under a key, if it is there and not empty.
pub(super) fn string<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    let value = node.value(key).filter(|value| !value.is_null())?;
    value
        .as_scalar()
        .map(Scalar::text)
        .filter(|text| !text.is_empty())
}

/// Adds tags that are not there yet, and their labels.
pub(super) fn add_tags(metadata: &mut MetadataFile, tags: impl IntoIterator<Item = String>) {
    for tag in tags {
        if metadata.tags.contains(&tag) {
            continue;
        }
        if let Some(label) = tag::label(&tag) {
            metadata.labels.insert(label, String::new());
        }
        metadata.tags.push(tag);
    }
}

/// Whether a text is an absolute address.
pub(super) fn is_address(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.is_empty()
            && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}
