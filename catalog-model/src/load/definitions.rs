//! The files of `definitions/`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use catalog_conditions::document::{Kind, Node};
use catalog_conditions::{Diagnostic, SourceFile, Span};
use serde_json::Value;

use crate::capability::Capability;
use crate::definition::{Definition, ObjectIdentity};

/// The definitions of one file with their places; `Ok` if nothing is wrong with them, so that an equal file may share them.
pub(super) type Shareable = Result<Vec<(Definition, Span)>, Vec<(Definition, Span)>>;

/// A file of definitions, read.
type ReadFile = (Arc<SourceFile>, Arc<Vec<(Definition, Span)>>);

/// The definitions of one file, `name` below the version folder, with their places.
pub(super) fn read(
    name: &str,
    file: &Arc<SourceFile>,
    documents: &[Node],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Definition, Span)> {
    if documents.is_empty() {
        let diagnostic = Diagnostic::warning("definition.empty", "this file defines nothing")
            .at(file, Span::default());
        diagnostics.push(diagnostic);
    }
    let mut definitions = Vec::new();
    for node in documents.iter().flat_map(expand) {
        let mut reading = Reading {
            file,
            node,
            diagnostics,
        };
        definitions.extend(reading.definition(name).map(|read| (read, node.span())));
    }
    definitions
}

/// The definitions of all files of a version; two of one identity are an error.
pub(super) fn join(files: &[ReadFile], diagnostics: &mut Vec<Diagnostic>) -> Vec<Definition> {
    let mut seen: BTreeMap<&ObjectIdentity, (&Arc<SourceFile>, Span)> = BTreeMap::new();
    for (file, definitions) in files {
        for (definition, span) in definitions.iter() {
            match seen.entry(&definition.identity) {
                Entry::Vacant(place) => {
                    place.insert((file, *span));
                }
                Entry::Occupied(first) => {
                    let twice = twice(&definition.identity, (file, *span), *first.get());
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
    let line = first_file.position(first.start).line;
    let path = first_file.path();
    let message = format!("`{identity}` is defined here again, first in {path}:{line}");
    let diagnostic = Diagnostic::error("definition.duplicate", message).at(file, span);
    let diagnostic = diagnostic.related(first_file, first, "first defined here");
    diagnostic.help("keep one of the two")
}

/// A `kind: List` stands for its items.
fn expand(node: &Node) -> Vec<&Node> {
    let is_list = text(node, "kind").is_some_and(|kind| kind == "List")
        && text(node, "apiVersion").is_some_and(|version| version == "v1");
    match node.value("items").map(Node::kind) {
        Some(Kind::Sequence(items)) if is_list => items.iter().collect(),
        _ => vec![node],
    }
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    let value = node.value(key).filter(|value| !value.is_null())?;
    value
        .as_scalar()
        .map(catalog_conditions::document::Scalar::text)
}

struct Reading<'a> {
    file: &'a Arc<SourceFile>,
    node: &'a Node,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reading<'a> {
    fn definition(&mut self, file: &str) -> Option<Definition> {
        let api_version = self.required("apiVersion");
        let kind = self.required("kind");
        let metadata = self.node.value("metadata");
        let name = metadata.and_then(|metadata| text(metadata, "name"));
        if name.is_none() {
            let span = metadata.map_or(self.node.span(), Node::span);
            self.error(
                "definition.metadata.name.missing",
                span,
                "this object has no `metadata.name`",
            );
        }
        let (api_version, kind, name) = (api_version?, kind?, name?);
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let namespace = metadata
            .and_then(|metadata| text(metadata, "namespace"))
            .map(str::to_owned);
        let identity = ObjectIdentity {
            group: group.to_owned(),
            kind: kind.to_owned(),
            namespace,
            name: name.to_owned(),
        };
        self.node.check_scalars(self.file, self.diagnostics);
        let object = self.node.to_json();
        let served = if identity.is_crd() {
            self.served(&object, &identity)
        } else {
            Vec::new()
        };
        if !identity.is_definition() {
            let note = format!("`{kind}` is no definition: it is applied like one");
            self.diagnostics
                .push(Diagnostic::note("definition.kind", note).at(
                    self.file,
                    self.node.value("kind").map_or(self.node.span(), Node::span),
                ));
        }
        Some(Definition {
            identity,
            file: file.to_owned(),
            object: Arc::new(object),
            served,
        })
    }

    fn required(&mut self, key: &'static str) -> Option<&'a str> {
        let value = text(self.node, key).filter(|text| !text.is_empty());
        if value.is_none() {
            let span = Span::new(self.node.span().start, self.node.span().start);
            self.error(
                format!("definition.{key}.missing"),
                span,
                &format!("this is no Kubernetes object: `{key}` is missing"),
            );
        }
        value
    }

    /// The APIs that a CRD serves.
    fn served(&mut self, object: &Value, identity: &ObjectIdentity) -> Vec<Capability> {
        let string = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let (group, kind, plural) = (
            string("/spec/group"),
            string("/spec/names/kind"),
            string("/spec/names/plural"),
        );
        for (key, value) in [
            ("spec.group", group),
            ("spec.names.kind", kind),
            ("spec.names.plural", plural),
        ] {
            if value.is_none() {
                self.error(
                    "definition.crd",
                    self.node.span(),
                    &format!("this CustomResourceDefinition has no `{key}`"),
                );
            }
        }
        let versions = object
            .pointer("/spec/versions")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let served: Vec<&str> = versions
            .iter()
            .filter(|version| version.get("served") == Some(&Value::Bool(true)))
            .filter_map(|version| version.get("name")?.as_str())
            .collect();
        if served.is_empty() {
            self.error("definition.crd", self.node.span(), "this CustomResourceDefinition serves no version: one of `spec.versions` needs `served: true`");
        }
        let (Some(group), Some(kind), Some(plural)) = (group, kind, plural) else {
            return Vec::new();
        };
        if identity.name != format!("{plural}.{group}") {
            let message = format!(
                "the name of this CustomResourceDefinition must be `{plural}.{group}`, not `{}`",
                identity.name
            );
            let span = self
                .node
                .value("metadata")
                .and_then(|metadata| metadata.value("name"))
                .map_or(self.node.span(), Node::span);
            self.error("definition.crd", span, &message);
        }
        served
            .into_iter()
            .map(|version| Capability::Api {
                group: group.to_owned(),
                version: version.to_owned(),
                kind: kind.to_owned(),
            })
            .collect()
    }

    fn error(
        &mut self,
        code: impl Into<std::borrow::Cow<'static, str>>,
        span: Span,
        message: &str,
    ) {
        self.diagnostics
            .push(Diagnostic::error(code, message).at(self.file, span));
    }
}
