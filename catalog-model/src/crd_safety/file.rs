//! CRDs in files, so that breaks can be shown where they are written.

use std::sync::Arc;

use catalog_conditions::document::{Kind, Limits, Node, parse};
use catalog_conditions::{Diagnostic, SourceFile, Span};
use serde_json::Value;

use super::finding::Break;
use super::rules::GONE;
use crate::definition::expand;

/// A CRD, and the text it was read from.
#[derive(Clone, Debug)]
pub struct CrdFile {
    file: Arc<SourceFile>,
    node: Node,
    object: Value,
}

impl CrdFile {
    /// The CRDs of a file, lists of them taken apart, and what is wrong with the file. Other objects are passed over.
    ///
    /// ```
    /// use catalog_model::crd_safety::CrdFile;
    /// use catalog_model::document::Limits;
    /// use catalog_model::SourceFile;
    ///
    /// let file = SourceFile::new("widgets.yaml", "kind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  scope: Cluster\n");
    /// let (crds, diagnostics) = CrdFile::read(&file, &Limits::default());
    /// assert!(diagnostics.is_empty());
    /// assert_eq!(crds[0].name(), Some("widgets.example.com"));
    /// assert_eq!(file.slice(crds[0].span("/spec/scope")), "scope: Cluster");
    /// ```
    #[must_use]
    pub fn read(file: &Arc<SourceFile>, limits: &Limits) -> (Vec<Self>, Vec<Diagnostic>) {
        let read = parse(file, limits);
        let nodes = read.documents.iter().flat_map(expand);
        let crds = nodes.map(|node| Self::of_node(file, node));
        let crds =
            crds.filter(|crd| crd.object.get("kind") == Some(&"CustomResourceDefinition".into()));
        (crds.collect(), read.diagnostics)
    }

    /// The object at a place among those of a file.
    pub(super) fn nth(file: &Arc<SourceFile>, limits: &Limits, index: usize) -> Option<Self> {
        let documents = parse(file, limits).documents;
        let node = documents.iter().flat_map(expand).nth(index)?;
        Some(Self::of_node(file, node))
    }

    fn of_node(file: &Arc<SourceFile>, node: &Node) -> Self {
        Self {
            file: Arc::clone(file),
            node: node.clone(),
            object: node.to_json(),
        }
    }

    /// `metadata.name`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.object.pointer("/metadata/name")?.as_str()
    }

    /// The object, as kubectl would send it.
    #[must_use]
    pub fn object(&self) -> &Value {
        &self.object
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// Where a part is written: a key with its value, or the key alone if the value is a list or map; the nearest part around it if it is
    /// not there, and the whole CRD if nothing is.
    #[must_use]
    pub fn span(&self, pointer: &str) -> Span {
        let mut node = &self.node;
        let mut span = first_line(&self.file, node.span());
        for key in pointer.split('/').skip(1) {
            let key = key.replace("~1", "/").replace("~0", "~");
            let (next, place) = match node.kind() {
                Kind::Mapping(mapping) => {
                    let mut entries = mapping.entries().iter();
                    let entry = entries.find(|entry| {
                        entry.name() == Some(&key) || entry.json_name().as_deref() == Some(&key)
                    });
                    let Some(entry) = entry else { break };
                    let (name, value) = (entry.key().span(), entry.value());
                    let end = if value.as_scalar().is_some() {
                        value.span().end
                    } else {
                        name.end
                    };
                    (value, Span::new(name.start, end))
                }
                Kind::Sequence(items) => {
                    let item = key.parse().ok().and_then(|at: usize| items.get(at));
                    let Some(item) = item else { break };
                    (item, first_line(&self.file, item.span()))
                }
                Kind::Scalar(_) => break,
            };
            (node, span) = (next, place);
        }
        span
    }

    /// That the CRD is gone, as a diagnostic: where it was.
    #[must_use]
    pub fn told_as_gone(&self) -> Diagnostic {
        let name = self.name().unwrap_or("a CRD without a name");
        let message = format!("{name}: the CRD is gone; who removes it removes all its objects");
        let diagnostic = Diagnostic::error(GONE.code(), message).at(&self.file, self.span(""));
        diagnostic.help("keep it until its objects are moved or deleted")
    }

    /// A break as a diagnostic: where it stands in the new file, with the place in the old one beside it, whom it hits, and what to do.
    #[must_use]
    pub fn diagnostic(found: &Break, old: &Self, new: &Self) -> Diagnostic {
        let name = new.name().unwrap_or("a CRD without a name");
        let version = found
            .version()
            .map(|version| format!(" {version}"))
            .unwrap_or_default();
        let message = format!(
            "{name}{version}: {} (hits {})",
            found.reason(),
            found.hits()
        );
        let diagnostic = Diagnostic::error(found.code(), message);
        let diagnostic = match found.new_pointer() {
            Some(pointer) => diagnostic.at(new.file(), new.span(pointer)),
            None => diagnostic.at(new.file(), new.span("")),
        };
        let diagnostic = match found
            .old_pointer()
            .filter(|_| found.other_version().is_none())
        {
            Some(pointer) => diagnostic.related(old.file(), old.span(pointer), "the old one"),
            None => diagnostic,
        };
        diagnostic.help(found.remedy())
    }
}

/// The part of a span that is on its first line.
fn first_line(file: &Arc<SourceFile>, span: Span) -> Span {
    let text = file.slice(span);
    let length = text.lines().next().map_or(0, str::len);
    Span::new(span.start, span.start + length)
}
