//! Which object a document of `definitions/` is.
//!
//! The API server takes nothing but texts for what names an object: it refuses the number that kubectl makes of `name: 0644`
//! ("cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string"), and kubectl sends it nothing else.

use catalog_conditions::document::{Node, Reader, Scalar};
use catalog_conditions::snapshot::is_cluster_scoped;
use catalog_conditions::{Diagnostic, Severity, Span};

use super::definitions::Reading;
use crate::definition::ObjectIdentity;

impl<'a> Reading<'a> {
    /// The identity, with all that is wrong with it, and with labels and annotations, reported.
    pub(super) fn identity(&mut self) -> Option<ObjectIdentity> {
        let start = Span::new(self.node.span().start, self.node.span().start);
        let api_version = self.required(
            &["apiVersion"],
            start,
            "this is no Kubernetes object: `apiVersion` is missing",
        );
        let kind = self.required(
            &["kind"],
            start,
            "this is no Kubernetes object: `kind` is missing",
        );
        let around = self.node.value("metadata").unwrap_or(self.node).span();
        let name = self.required(
            &["metadata", "name"],
            around,
            "this object has no `metadata.name`",
        );
        let namespace = self.written(&["metadata", "namespace"]);
        let namespace = namespace
            .and_then(|node| self.string(node, "metadata.namespace"))
            .filter(|namespace| !namespace.is_empty());
        self.texts_under("labels");
        self.texts_under("annotations");
        let (api_version, kind, name) = (api_version?, kind?, name?);
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        Some(ObjectIdentity {
            group: group.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.and_then(|namespace| self.namespace(group, kind, namespace)),
            name: name.to_owned(),
        })
    }

    /// The namespace, unless the kind has none: the API server drops it there, and so two manifests that differ in it are one object.
    fn namespace(&mut self, group: &str, kind: &str, namespace: &str) -> Option<String> {
        if is_cluster_scoped(group, kind) != Some(true) {
            return Some(namespace.to_owned());
        }
        let message = format!("a `{kind}` lives in no namespace: `{namespace}` is not used");
        let diagnostic = Diagnostic::warning("definition.namespace", message);
        self.diagnostics.push(
            diagnostic
                .at(self.file, self.span(&["metadata", "namespace"]))
                .help("remove `metadata.namespace`"),
        );
        None
    }

    /// A text that an object cannot do without; without it, `lacking` is said.
    fn required(&mut self, keys: &[&str], around: Span, lacking: &str) -> Option<&'a str> {
        let what = keys.join(".");
        let is_empty = |node: &Node| node.as_scalar().is_some_and(|text| text.text().is_empty());
        match self.written(keys).filter(|node| !is_empty(node)) {
            Some(node) => self.string(node, &what),
            None => {
                let code = format!("definition.{what}.missing");
                self.error(code, around, lacking);
                None
            }
        }
    }

    /// What stands under these keys, if it is not null: to the API server that is nothing.
    fn written(&self, keys: &[&str]) -> Option<&'a Node> {
        let node = keys.iter().try_fold(self.node, |node, key| node.value(key));
        node.filter(|node| !node.is_null())
    }

    /// Labels and annotations: maps of texts.
    fn texts_under(&mut self, key: &str) {
        let Some(node) = self.written(&["metadata", key]) else {
            return;
        };
        let what = format!("metadata.{key}");
        let Some(mapping) = node.as_mapping() else {
            let message = format!("`{what}` must be a map, not {}", node.describe());
            return self.error("definition.text", node.span(), &message);
        };
        for entry in mapping.entries() {
            // Null is an empty text here.
            if !entry.value().is_null() {
                self.string(entry.value(), &what);
            }
        }
    }

    /// A text that kubectl sends as one; anything else is an error.
    fn string(&mut self, node: &'a Node, what: &str) -> Option<&'a str> {
        if node.is_string() {
            return node.as_scalar().map(Scalar::text);
        }
        let diagnostic = match node.as_scalar() {
            None => {
                let message = format!("`{what}` must be a text, not {}", node.describe());
                Diagnostic::error("definition.text", message)
            }
            Some(scalar) => {
                let shown: String = scalar.text().chars().take(64).collect();
                let message = format!(
                    "`{what}` must be a text, and `{shown}` is {} to kubectl, which the API server refuses",
                    meaning(node)
                );
                let fix = Reader::new(self.file, "definition", Severity::Error).quoted(node);
                let help = format!("quote it: \"{shown}\"");
                Diagnostic::error("definition.text", message)
                    .help(help)
                    .fix(fix)
            }
        };
        self.diagnostics.push(diagnostic.at(self.file, node.span()));
        None
    }
}

/// What a scalar is to kubectl, in words.
fn meaning(node: &Node) -> String {
    let value = node.to_json();
    match value.is_number() {
        true => format!("the number {value}"),
        false => value.to_string(),
    }
}
