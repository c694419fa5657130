//! What a hook runs: a Job, and the objects that it needs.

use catalog_conditions::Span;
use catalog_conditions::document::{Fields, Node, Reader};
use serde_json::{Map, Value};

use crate::load::object_text::ObjectTexts;
use crate::load::values::object_with;

/// A `batch/v1` Job with at least one container. The rest is the API server's affair.
pub(super) fn job(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<Map<String, Value>> {
    let job = object_with(reader, node, what, |texts| {
        texts.text("metadata.name");
        texts.text("metadata.namespace");
        for metadata in ["metadata", "spec.template.metadata"] {
            texts.map(metadata);
            labels(texts, metadata);
        }
    })?;
    let mut complain = |span: Span, message: String, help: &str| {
        let diagnostic = reader.error("job", span, message);
        reader.report(diagnostic.help(help));
    };
    for (key, expected) in [("apiVersion", "batch/v1"), ("kind", "Job")] {
        if job.get(key).and_then(Value::as_str) != Some(expected) {
            let span = node
                .value(key)
                .map_or(Span::new(node.span().start, node.span().start), Node::span);
            complain(
                span,
                format!("`{what}` is not a Job"),
                &format!("write `{key}: {expected}`"),
            );
        }
    }
    let containers = job
        .get("spec")
        .and_then(|spec| spec.pointer("/template/spec/containers"))
        .and_then(Value::as_array);
    if containers.is_none_or(Vec::is_empty) {
        complain(
            node.span(),
            format!("the Job of `{what}` has no container"),
            "add one under `spec.template.spec.containers`, with `name` and `image`",
        );
    }
    for (index, container) in containers.into_iter().flatten().enumerate() {
        for key in ["name", "image"] {
            if container
                .get(key)
                .and_then(Value::as_str)
                .is_none_or(str::is_empty)
            {
                complain(
                    node.span(),
                    format!("container {} of this Job has no `{key}`", index + 1),
                    "every container of a Job needs a `name` and an `image`",
                );
            }
        }
    }
    Some(job)
}

pub(super) fn resources(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Vec<Value> {
    let Some(node) = fields.take("resources") else {
        return Vec::new();
    };
    let items = reader.items(node, "resources").unwrap_or_default();
    items
        .iter()
        .filter_map(|item| resource(reader, item))
        .collect()
}

fn resource(reader: &mut Reader<'_>, item: &Node) -> Option<Value> {
    const NEEDED: [&str; 3] = ["apiVersion", "kind", "metadata.name"];
    let (mut lacks, mut is_named) = (false, false);
    let object = object_with(reader, item, "resource", |texts| {
        lacks = NEEDED.iter().any(|field| texts.lacks(field));
        is_named = NEEDED.map(|field| texts.text(field).is_some()) == [true; 3];
        texts.text("metadata.namespace");
        labels(texts, "metadata");
    })?;
    if lacks {
        let diagnostic = reader.error("resource", item.span(), "a resource is a whole Kubernetes object: it needs `apiVersion`, `kind` and `metadata.name`");
        reader.report(diagnostic);
    }
    (is_named && !lacks).then_some(Value::Object(object))
}

/// Labels and annotations.
fn labels(texts: &mut ObjectTexts<'_, '_>, metadata: &str) {
    texts.texts(&format!("{metadata}.labels"));
    texts.texts(&format!("{metadata}.annotations"));
}
