//! Sorts the documents of a snapshot by what they are.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::builder::SnapshotBuilder;
use super::coverage::Namespaces;
use super::identity::{Nameless, identity};
use super::objects::Added;
use super::scope::{Scope, well_known_scope};
use super::statement::{self, Statement};
use super::{access, discovery_document};
use crate::api_version;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Node;
use crate::source::{SourceFile, Span};

/// A document or an item of a list, and where it was written.
pub(super) struct Document {
    pub(super) value: Value,
    pub(super) origin: Option<Origin>,
    /// Where the items of a list stand, if that is known.
    pub(super) item_spans: Vec<Span>,
    /// The places in a document about the snapshot itself.
    pub(super) node: Option<Node>,
    /// Whether it was met in a list. An API server sends only objects there, whatever they are called.
    pub(super) is_item: bool,
}

#[derive(Clone)]
pub(super) struct Origin {
    pub(super) file: Arc<SourceFile>,
    pub(super) span: Span,
}

impl SnapshotBuilder {
    /// Adds a document and, one after the other, the items of the lists in it.
    pub(super) fn add(&mut self, document: Document) {
        let mut waiting = vec![document];
        while let Some(document) = waiting.pop() {
            let before = waiting.len();
            self.add_one(document, &mut waiting);
            // Items are taken from the end: turned round, they are met in the order written.
            if let Some(items) = waiting.get_mut(before..) {
                items.reverse();
            }
        }
    }

    fn add_one(&mut self, document: Document, waiting: &mut Vec<Document>) {
        let origin = document.origin.as_ref();
        let Value::Object(map) = &document.value else {
            self.coverage.damage();
            return self.report(
                origin,
                Severity::Error,
                "document",
                "a snapshot holds Kubernetes objects, and this is none",
            );
        };
        let kind = map.get("kind").and_then(Value::as_str).unwrap_or_default();
        if !document.is_item && self.add_about_cluster(&document, map, kind) {
            return;
        }
        if kind == "Status" && map.get("apiVersion") == Some(&Value::from("v1")) {
            // Nobody knows what was asked for and refused.
            self.coverage.damage();
            self.report(origin, Severity::Warning, "status", "this is an API server's refusal, not an object: the snapshot covers nothing because of it");
        } else if let Some(item_kind) = item_kind(map, kind) {
            let item_kind = item_kind.to_owned();
            self.add_list(document, &item_kind, waiting);
        } else {
            self.add_object(document.value, origin);
        }
    }

    /// Adds a document that is no object: it says something of the cluster or of the snapshot. False for an object or a list, and
    /// for an object of a kind that only sounds so.
    fn add_about_cluster(
        &mut self,
        document: &Document,
        map: &Map<String, Value>,
        kind: &str,
    ) -> bool {
        let origin = document.origin.as_ref();
        let group = group_of(map);
        if let Some(version) = server_version(map) {
            self.set_server_version(version.map(str::to_owned), origin);
        } else if statement::is_statement(group, kind) {
            let node = document.node.as_ref();
            let statement = Statement { map, node, origin };
            if kind == statement::COVERAGE {
                self.add_coverage(statement);
            } else {
                self.add_failures(statement);
            }
        } else if discovery_document::is_discovery(group, kind) {
            self.add_discovery(kind, &document.value, origin);
        } else if access::is_review(group, kind) {
            self.add_review(&document.value, origin);
        } else {
            return false;
        }
        true
    }

    fn add_list(&mut self, document: Document, item_kind: &str, waiting: &mut Vec<Document>) {
        let Document {
            value: Value::Object(mut map),
            origin,
            item_spans,
            ..
        } = document
        else {
            return;
        };
        let items = match map.remove("items") {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        };
        let api_version = map
            .get("apiVersion")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        if !item_kind.is_empty() && is_whole(&map) {
            let (group, _) = api_version::split(&api_version);
            let namespaces = namespaces_of(group, item_kind, &items);
            if let Some(namespaces) =
                namespaces.filter(|_| is_of_one_kind(group, item_kind, &items))
            {
                self.coverage.cover(group, item_kind, namespaces);
            }
        }
        let documents = items.into_iter().enumerate().map(|(at, mut value)| {
            // The items of a typed list do not repeat what the list says.
            if let (Value::Object(item), false) = (&mut value, item_kind.is_empty()) {
                item.entry("apiVersion")
                    .or_insert_with(|| api_version.as_str().into());
                item.entry("kind").or_insert_with(|| item_kind.into());
            }
            let origin = origin.as_ref().map(|origin| Origin {
                file: Arc::clone(&origin.file),
                span: item_spans.get(at).copied().unwrap_or(origin.span),
            });
            Document {
                value,
                origin,
                item_spans: Vec::new(),
                node: None,
                is_item: true,
            }
        });
        waiting.extend(documents);
    }

    pub(super) fn add_object(&mut self, object: Value, origin: Option<&Origin>) {
        let found = match identity(&object) {
            Ok(found) => found,
            Err(Nameless {
                missing,
                group_and_kind,
            }) => {
                let what = match group_and_kind {
                    Some((group, kind)) => {
                        self.objects.mark_unread(group, kind);
                        format!(
                            "this {} has no `{missing}`, and is left out",
                            crate::show::plain(kind)
                        )
                    }
                    None => {
                        self.coverage.damage();
                        format!("this object has no `{missing}`, and is left out")
                    }
                };
                return self.report(origin, Severity::Error, "identity", what);
            }
        };
        if self.objects.add(&found, object) == Added::Contradictory {
            let name = crate::show::object(&found.kind, &found.namespace, &found.name);
            let message = format!("{name} is here twice, and the two differ");
            self.report(origin, Severity::Error, "contradiction", message);
        }
    }

    fn add_discovery(&mut self, kind: &str, document: &Value, origin: Option<&Origin>) {
        if let Err(missing) = discovery_document::read(&mut self.discovery, kind, document) {
            let message = format!(
                "this {kind} has no readable `{missing}`, so that what it lacks may be served all the same"
            );
            self.report(origin, Severity::Warning, "discovery", message);
        }
    }

    fn add_review(&mut self, review: &Value, origin: Option<&Origin>) {
        match access::read(review) {
            Err(problem) => {
                let message = format!("this access review {problem}, and says nothing");
                self.report(origin, Severity::Warning, "access", message);
            }
            Ok((query, access)) => {
                if self.reviews.add(query, access) {
                    let message = "this access review is here twice, and the answers differ";
                    self.report(origin, Severity::Error, "contradiction", message);
                }
            }
        }
    }

    fn set_server_version(&mut self, version: Option<String>, origin: Option<&Origin>) {
        match version {
            None => self.report(
                origin,
                Severity::Note,
                "version",
                "this says kubectl's own version, not the cluster's",
            ),
            Some(version) => {
                if self.add_server_version(&version) {
                    let message = format!(
                        "the cluster's version is said to be {}, and elsewhere to be another",
                        crate::show::text(&version)
                    );
                    self.report(origin, Severity::Error, "version", message);
                }
            }
        }
    }

    pub(super) fn report(
        &mut self,
        origin: Option<&Origin>,
        severity: Severity,
        rule: &str,
        message: impl Into<String>,
    ) {
        let diagnostic = Diagnostic::new(severity, format!("snapshot.{rule}"), message);
        self.diagnostics.push(match origin {
            Some(origin) => diagnostic.at(&origin.file, origin.span),
            None => diagnostic,
        });
    }
}

/// The server's version, if this is what `kubectl version` (as JSON, YAML or text) or `/version` prints; `Some(None)` if it is, and
/// names the client's alone.
fn server_version(map: &Map<String, Value>) -> Option<Option<&str>> {
    if map.contains_key("kind") {
        return None;
    }
    let git_version = |value: &'_ Value| value.get("gitVersion").and_then(Value::as_str).is_some();
    if let Some(server) = map.get("serverVersion").filter(|value| git_version(value)) {
        return Some(server.get("gitVersion").and_then(Value::as_str));
    }
    if let Some(text) = map
        .get("Server Version")
        .or_else(|| map.get("gitVersion"))
        .and_then(Value::as_str)
    {
        return Some(Some(text));
    }
    (map.contains_key("clientVersion") || map.contains_key("Client Version")).then_some(None)
}

fn group_of(map: &Map<String, Value>) -> &str {
    let api_version = map.get("apiVersion").and_then(Value::as_str);
    api_version::split(api_version.unwrap_or_default()).0
}

/// The kind of a list's items, empty for kubectl's `List`; `None` for what is no list.
fn item_kind<'m>(map: &Map<String, Value>, kind: &'m str) -> Option<&'m str> {
    let named = map
        .get("metadata")
        .is_some_and(|metadata| metadata.get("name").is_some());
    let items = matches!(map.get("items"), Some(Value::Array(_) | Value::Null));
    kind.strip_suffix("List").filter(|_| items && !named)
}

/// Whether a typed list is all there is, not one page of several, as far as its metadata say.
fn is_whole(map: &Map<String, Value>) -> bool {
    let metadata = match map.get("metadata") {
        None | Some(Value::Null) => return true,
        Some(Value::Object(metadata)) => metadata,
        Some(_) => return false,
    };
    let token = metadata.get("continue");
    let remaining = metadata.get("remainingItemCount");
    token.is_none_or(|token| token.is_null() || token == "")
        && remaining.is_none_or(|count| count.is_null() || count == 0)
}

/// Whether the items of a typed list are what it says they are, where they say it themselves.
fn is_of_one_kind(group: &str, kind: &str, items: &[Value]) -> bool {
    let same = |item: &Value, key: &str, same: &dyn Fn(&str) -> bool| match item.get(key) {
        None => true,
        Some(value) => value.as_str().is_some_and(same),
    };
    items.iter().all(|item| {
        same(item, "kind", &|text| text == kind)
            && same(item, "apiVersion", &|text| {
                api_version::split(text).0 == group
            })
    })
}

/// What a typed list covers: a list of one namespace looks as one of all would, and an empty one of a namespaced kind as one of any
/// namespace, which says nothing of the others.
fn namespaces_of(group: &str, kind: &str, items: &[Value]) -> Option<Namespaces> {
    if items.is_empty() {
        let is_cluster_scoped = well_known_scope(group, kind) == Some(Scope::Cluster);
        return is_cluster_scoped.then_some(Namespaces::All);
    }
    let namespace = |item: &Value| {
        item.pointer("/metadata/namespace")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let namespaces: Option<BTreeSet<String>> = items.iter().map(namespace).collect();
    Some(match namespaces {
        Some(namespaces) if namespaces.len() == 1 => Namespaces::Named(namespaces),
        _ => Namespaces::All,
    })
}
