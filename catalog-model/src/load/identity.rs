//! Which object a document of `definitions/` is.

use catalog_conditions::Span;
use catalog_conditions::snapshot::is_cluster_scoped;

use super::definitions::Reading;
use super::object_text::ObjectTexts;
use crate::definition::ObjectIdentity;

impl<'a> Reading<'a> {
    /// The identity, with all that is wrong with it, and with labels and annotations, reported.
    pub(super) fn identity(&mut self) -> Option<ObjectIdentity> {
        let mut texts = ObjectTexts::new(self.reader, self.node);
        let start = Span::new(self.node.span().start, self.node.span().start);
        let lacking = "this is no Kubernetes object: `apiVersion` is missing";
        let api_version = self.required(&mut texts, "apiVersion", (start, lacking));
        let lacking = "this is no Kubernetes object: `kind` is missing";
        let kind = self.required(&mut texts, "kind", (start, lacking));
        let around = self.node.value("metadata").unwrap_or(self.node).span();
        let lacking = "this object has no `metadata.name`";
        let name = self.required(&mut texts, "metadata.name", (around, lacking));
        let namespace = texts.text("metadata.namespace");
        texts.texts("metadata.labels");
        texts.texts("metadata.annotations");
        self.diagnostics.extend(texts.finish());
        let (api_version, kind, name) = (api_version?, kind?, name?);
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let namespace = namespace.filter(|namespace| !namespace.is_empty());
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
        let span = self.span(&["metadata", "namespace"]);
        let diagnostic = self.reader.warning("namespace", span, message);
        self.diagnostics
            .push(diagnostic.help("remove `metadata.namespace`"));
        None
    }

    /// A text that an object cannot do without; where it is missing, `lacking` is said of the place around it.
    fn required(
        &mut self,
        texts: &mut ObjectTexts<'_, 'a>,
        field: &str,
        (around, lacking): (Span, &str),
    ) -> Option<&'a str> {
        if texts.lacks(field) {
            self.error(&format!("{field}.missing"), around, lacking);
            return None;
        }
        texts.text(field)
    }
}
