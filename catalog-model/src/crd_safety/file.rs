//! CRDs in files, so that breaks can be shown where they are written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use catalog_conditions::document::{Entry, Kind, Limits, Mapping, Node, parse};
use catalog_conditions::{Diagnostic, SourceFile, Span};
use serde_json::Value;

use super::finding::Break;
use super::rules::GONE;
use crate::definition::expand;
use crate::pointer::unescaped;

/// A CRD, and the text it was read from.
#[derive(Clone, Debug)]
pub struct CrdFile {
    file: Arc<SourceFile>,
    node: Node,
    object: Value,
    /// Where the keys of large maps are, by the pointer of the map.
    keys: Arc<Mutex<HashMap<String, HashMap<String, usize>>>>,
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
            keys: Arc::default(),
        }
    }

    /// The entry of a map at a pointer.
    fn entry<'n>(&self, mapping: &'n Mapping, pointer: &str, key: &str) -> Option<&'n Entry> {
        /// Up to so many, looking at each is as fast as looking one up.
        const FEW: usize = 16;
        let entries = mapping.entries();
        if entries.len() <= FEW {
            let is_of = |entry: &&Entry| {
                entry.name() == Some(key) || entry.json_name().as_deref() == Some(key)
            };
            return entries.iter().find(is_of);
        }
        let mut known = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains_key(pointer) {
            let mut places = HashMap::with_capacity(entries.len());
            for (at, entry) in entries.iter().enumerate() {
                let names = [entry.name().map(str::to_owned), entry.json_name()];
                for name in names.into_iter().flatten() {
                    places.entry(name).or_insert(at);
                }
            }
            known.insert(pointer.to_owned(), places);
        }
        entries.get(*known.get(pointer)?.get(key)?)
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
    ///
    /// Cost: linear in the pointer, and once in each large map on the way.
    #[must_use]
    pub fn span(&self, pointer: &str) -> Span {
        let mut node = &self.node;
        let mut span = first_line(&self.file, node.span());
        let mut passed = 0;
        for token in pointer.split('/').skip(1) {
            let key = unescaped(token);
            let here = pointer.get(..passed).unwrap_or_default();
            passed += 1 + token.len();
            let (next, place) = match node.kind() {
                Kind::Mapping(mapping) => {
                    let Some(entry) = self.entry(mapping, here, &key) else {
                        break;
                    };
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
