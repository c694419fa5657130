//! Lists with selectors.

use serde_json::Value;

use super::cluster::FakeCluster;
use super::kind::Kind;
use super::{field, refusal};
use crate::api::{Failure, ListRequest};
use crate::pointer::At;

/// The fields by which a server selects, with where they stand, for all kinds.
const FIELDS: [(&str, &str); 2] = [
    ("metadata.name", "/metadata/name"),
    ("metadata.namespace", "/metadata/namespace"),
];
/// Those of Events and pods.
const FIELDS_OF: [(&str, &str, &str); 10] = [
    ("Event", "involvedObject.kind", "/involvedObject/kind"),
    ("Event", "involvedObject.name", "/involvedObject/name"),
    (
        "Event",
        "involvedObject.namespace",
        "/involvedObject/namespace",
    ),
    ("Event", "involvedObject.uid", "/involvedObject/uid"),
    ("Event", "reason", "/reason"),
    ("Event", "source", "/source/component"),
    ("Event", "type", "/type"),
    ("Pod", "spec.nodeName", "/spec/nodeName"),
    ("Pod", "status.phase", "/status/phase"),
    ("Secret", "type", "/type"),
];

impl FakeCluster {
    pub(super) fn list(&self, list: &ListRequest) -> Result<Vec<Value>, Failure> {
        let kind = Kind::served(&list.api_version, &list.kind, &self.store)?;
        if !kind.namespaced && list.namespace.is_some() {
            return Err(refusal::unserved());
        }
        let fields = list
            .fields
            .iter()
            .map(|(field, value)| Ok((pointer(&kind, field)?, value.as_str())))
            .collect::<Result<Vec<_>, Failure>>()?;
        let selected = |object: &Value| {
            let labels = object.at("/metadata/labels");
            let has = |(key, value): &(String, String)| {
                labels.is_some_and(|labels| labels.get(key).is_some_and(|found| found == value))
            };
            let holds = |(pointer, value): &(&str, &str)| field::text(object, pointer) == *value;
            list.labels.iter().all(has) && fields.iter().all(holds)
        };
        let objects = self.store.of_kind(&kind.group, &kind.kind);
        let here =
            objects.filter(|(key, _)| list.namespace.is_none() || key.namespace == list.namespace);
        Ok(here
            .filter(|(_, object)| selected(object))
            .map(|(_, object)| Value::clone(object))
            .collect())
    }
}

fn pointer(kind: &Kind, field: &str) -> Result<&'static str, Failure> {
    let common = FIELDS
        .iter()
        .find(|(name, _)| *name == field)
        .map(|(_, pointer)| *pointer);
    let own = || {
        let found = FIELDS_OF
            .iter()
            .find(|(of, name, _)| kind.is(of) && *name == field);
        found.map(|(_, _, pointer)| *pointer)
    };
    common
        .or_else(own)
        .ok_or_else(|| refusal::bad_request(&format!("field label not supported: {field}")))
}
