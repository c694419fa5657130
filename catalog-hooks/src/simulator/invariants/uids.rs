//! Nothing is deleted or applied but the very object that is meant.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::Journals;
use crate::api::{ObjectRef, Request};
use crate::journal::Journal;
use crate::simulator::trace::{Event, Happening};

/// What each runner knows of uids while the events go by.
#[derive(Clone, Default)]
pub(super) struct Watch {
    /// One that was fenced does not know what the one after it has written.
    known: BTreeMap<Arc<str>, Option<Arc<Journal>>>,
    pub(super) found: Vec<String>,
}

impl Watch {
    pub(super) fn see(&mut self, event: &Event, journals: &mut Journals) {
        match &event.what {
            Happening::Journal { after, .. } => {
                let journal = after.as_ref().and_then(|text| journals.read(text));
                self.known.insert(Arc::clone(&event.who), journal);
            }
            Happening::Asked { request, .. } if event.who.starts_with("runner") => {
                let journal = self.known.get(&event.who).and_then(Option::as_deref);
                self.found.extend(unmeant(request, journal));
            }
            _ => {}
        }
    }
}

/// What a request does not say of the object that it is about.
fn unmeant(request: &Request, journal: Option<&Journal>) -> Option<String> {
    match request {
        Request::Delete { target, uid, .. } => uid
            .as_ref()
            .is_none_or(String::is_empty)
            .then(|| format!("every DELETE names a uid: that of {target} does not")),
        Request::Apply { object, .. } => {
            let target = ObjectRef::of(object)?;
            let known = known_uids(journal?, &target);
            let own = object.pointer("/metadata/uid").and_then(Value::as_str);
            let is_meant = known.is_empty() || own.is_some_and(|own| known.contains(&own));
            (!is_meant).then(|| {
                format!("an apply to a known object carries its uid: that to {target} does not")
            })
        }
        _ => None,
    }
}

/// The uids by which the operations of a run know an object; none, if one of them does not know it yet.
fn known_uids<'j>(journal: &'j Journal, target: &ObjectRef) -> Vec<&'j str> {
    let operations = journal.operations().iter();
    let entries: Vec<_> = operations
        .flat_map(|one| one.ledger())
        .filter(|entry| entry.object.is_same_object(target))
        .collect();
    let known = entries.iter().map(|entry| entry.uid.as_deref());
    known.collect::<Option<_>>().unwrap_or_default()
}
