//! The files of `definitions/`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use catalog_conditions::document::{Node, Reader, outline};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};

use super::crd;
use super::without_schemas::without_schemas;
use crate::capability::Capability;
use crate::definition::{Crd, Definition, Manifests, ObjectIdentity, expand};
use crate::origin::Origin;

/// The definitions of one file with their places; `Ok` if nothing is wrong with them, so that an equal file may share them.
pub(super) type Shareable = Result<Vec<(Definition, Span)>, Vec<(Definition, Span)>>;

/// A file of definitions, read.
type ReadFile = (Arc<SourceFile>, Arc<Vec<(Definition, Span)>>);

/// Some of the documents of a file, one after the other.
pub(super) struct Piece<'a> {
    documents: &'a [Node],
    manifests: &'a Arc<Manifests>,
    /// One for the whole file: it finds out once what fixes must not touch.
    reader: &'a Reader<'a>,
    /// How many objects of the file stand before it.
    before: usize,
}

impl<'a> Piece<'a> {
    /// The beginning of a file, without any document.
    pub(super) fn first(manifests: &'a Arc<Manifests>, reader: &'a Reader<'a>) -> Self {
        Self {
            documents: &[],
            manifests,
            reader,
            before: 0,
        }
    }

    /// The documents that come after this piece.
    pub(super) fn next(&self, documents: &'a [Node]) -> Self {
        Self {
            documents,
            manifests: self.manifests,
            reader: self.reader,
            before: self.before + self.objects().count(),
        }
    }

    /// Its objects, each with its place among those of the file.
    fn objects(&self) -> impl Iterator<Item = (usize, &'a Node)> {
        (self.before..).zip(self.documents.iter().flat_map(expand))
    }
}

/// How deep what is asked of a definition stands: the root of a schema in a version of a CustomResourceDefinition is at the sixth
/// level, `spec.versions[].schema.openAPIV3Schema`.
const LEVELS: usize = 6;

/// What reads a file of definitions.
pub(super) fn reader(file: &Arc<SourceFile>) -> Reader<'_> {
    Reader::new(file, "definition", Severity::Error)
}

/// The definitions of a file of which nothing is to be said, and none is in a list; `None` where something may be, and [`read`] says it.
pub(super) fn outlined(
    name: &str,
    file: &Arc<SourceFile>,
    manifests: &Arc<Manifests>,
) -> Option<Vec<(Definition, Span)>> {
    let documents = outline(file, manifests.limits(), LEVELS)?;
    let is_list = |node: &Node| !std::ptr::eq(expand(node), std::slice::from_ref(node));
    if documents.iter().any(is_list) {
        return None;
    }
    let mut diagnostics = Vec::new();
    let reader = reader(file);
    let piece = Piece::first(manifests, &reader).next(&documents);
    let read = read(name, &piece, &mut diagnostics);
    diagnostics.is_empty().then_some(read)
}

/// The definitions of one file, `name` below the version folder, with their places.
pub(super) fn read(
    name: &str,
    piece: &Piece<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Definition, Span)> {
    if piece.documents.is_empty() {
        let message = "this file defines nothing";
        diagnostics.push(piece.reader.warning("empty", Span::default(), message));
    }
    let path: Arc<str> = name.into();
    let mut definitions = Vec::new();
    for (index, node) in piece.objects() {
        let mut reading = Reading {
            reader: piece.reader,
            node,
            diagnostics,
        };
        let origin = Origin::new(&path, node.span());
        if let Some((identity, served)) = reading.definition() {
            let definition = Definition::new(identity, origin, served, (piece.manifests, index));
            definitions.push((definition, node.span()));
        }
    }
    definitions
}

/// The definitions of all files of a version; two of one identity are an error.
pub(super) fn join(files: &[ReadFile], diagnostics: &mut Vec<Diagnostic>) -> Vec<Definition> {
    let mut seen: BTreeMap<&ObjectIdentity, (&Arc<SourceFile>, Span)> = BTreeMap::new();
    for (file, definitions) in files {
        for (definition, span) in definitions.iter() {
            match seen.entry(definition.identity()) {
                Entry::Vacant(place) => {
                    place.insert((file, *span));
                }
                Entry::Occupied(first) => {
                    let twice = twice(definition.identity(), (file, *span), *first.get());
                    diagnostics.push(twice);
                }
            }
        }
    }
    let all = files.iter().flat_map(|(_, definitions)| definitions.iter());
    all.map(|(definition, _)| definition.clone()).collect()
}

fn twice(
    identity: &ObjectIdentity,
    (file, span): (&Arc<SourceFile>, Span),
    (first_file, first): (&Arc<SourceFile>, Span),
) -> Diagnostic {
    let line = first_file.line(first.start);
    let path = first_file.path();
    let message = format!("`{identity}` is defined here again, first in {path}:{line}");
    let diagnostic = Diagnostic::error("definition.duplicate", message).at(file, span);
    let diagnostic = diagnostic.related(first_file, first, "first defined here");
    diagnostic.help("keep one of the two")
}

/// One document that is read as an object.
pub(super) struct Reading<'a> {
    pub(super) reader: &'a Reader<'a>,
    pub(super) node: &'a Node,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reading<'a> {
    /// Which object it is and the APIs that it serves, with all that is wrong with it reported.
    fn definition(&mut self) -> Option<(ObjectIdentity, Vec<Capability>)> {
        let identity = self.identity()?;
        self.check_kind(&identity);
        let mut served = Vec::new();
        if identity.is_crd() {
            let object = without_schemas(self.node);
            crd::check(self, &object, &identity);
            served.extend(Crd::new(&object).served());
        }
        served.shrink_to_fit();
        Some((identity, served))
    }

    /// Where the value under these keys stands, or the nearest thing around it that is there.
    pub(super) fn span(&self, keys: &[&str]) -> Span {
        let mut node = self.node;
        for key in keys {
            let inner = match node.as_sequence() {
                Some(items) => key.parse().ok().and_then(|index: usize| items.get(index)),
                None => node.value(key),
            };
            match inner {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node.span()
    }

    /// Reports an error `definition.<rule>`.
    pub(super) fn error(&mut self, rule: &str, span: Span, message: &str) {
        self.diagnostics
            .push(self.reader.error(rule, span, message));
    }
}
