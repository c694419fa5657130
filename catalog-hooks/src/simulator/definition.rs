//! What the controllers of CustomResourceDefinitions do.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::agenda::Errand;
use super::cluster::FakeCluster;
use super::kind::Kind;
use super::refusal::Wrong;
use super::store::Key;
use super::{field, rfc3339};
use crate::time::Timestamp;

const GROUP: &str = "apiextensions.k8s.io";
const KIND: &str = "CustomResourceDefinition";
/// Keeps a definition until its objects are gone.
const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";
/// How long the first create of a new kind takes, from when the kind is established.
const WARMING_UP: Duration = Duration::from_secs(2);
/// How often a definition that is going is looked at.
const AGAIN: Duration = Duration::from_millis(500);

impl FakeCluster {
    /// Accepts the names of a definition, or deletes its objects if it is going.
    pub(super) fn sync_definition(&mut self, key: &Arc<Key>) {
        let Some(definition) = self.store.get(key).cloned() else {
            return;
        };
        if field::has(&definition, "/metadata/deletionTimestamp") {
            return self.clean_up(key, &definition);
        }
        let rival = self.rival(key, &definition);
        let now = self.now;
        self.amend(key, |definition| match rival {
            Some(name) => reject(definition, &name, now),
            None => accept(definition, now),
        });
    }

    /// The name that another definition has already.
    fn rival(&self, key: &Key, definition: &Value) -> Option<String> {
        let same = |other: &Value, pointer: &str| {
            field::text(other, pointer) == field::text(definition, pointer)
        };
        let mut others = self.store.of_kind(GROUP, KIND).filter(|(other, object)| {
            other.name != key.name && same(object, "/spec/group") && is_true(object, "Established")
        });
        let (_, other) = others.find(|(_, other)| {
            same(other, "/spec/names/kind") || same(other, "/spec/names/plural")
        })?;
        Some(format!("{}List", field::text(other, "/spec/names/kind")))
    }

    fn clean_up(&mut self, key: &Arc<Key>, definition: &Value) {
        let objects = self.instances(definition);
        for object in &objects {
            self.mark_deleted(object);
        }
        let now = self.now;
        let why = (
            "InstanceDeletionInProgress",
            "CustomResource deletion is in progress",
        );
        self.amend(key, |definition| {
            condition(definition, "Terminating", true, why, now)
        });
        if self.instances(definition).is_empty() {
            self.amend(key, |definition| {
                let list = definition.pointer_mut("/metadata/finalizers");
                if let Some(items) = list.and_then(Value::as_array_mut) {
                    items.retain(|one| one != CLEANUP);
                }
            });
        } else {
            self.later(AGAIN, Errand::Definition(Arc::clone(key)));
        }
    }

    fn instances(&self, definition: &Value) -> Vec<Arc<Key>> {
        let group = field::text(definition, "/spec/group");
        let kind = field::text(definition, "/spec/names/kind");
        let objects = self.store.of_kind(group, kind);
        objects.map(|(key, _)| Arc::clone(key)).collect()
    }

    /// Whether the definition of a kind is going.
    pub(super) fn is_definition_going(&self, kind: &Kind) -> bool {
        let found = self.definition_of(kind);
        found.is_some_and(|one| field::has(&one, "/metadata/deletionTimestamp"))
    }

    /// A create of a kind that is new takes until its storage is ready.
    pub(super) fn await_storage(&mut self, kind: &Kind) {
        let definition = self.definition_of(kind).filter(|_| kind.custom);
        let since = definition.and_then(|one| {
            let found = field::list(&one, "/status/conditions")
                .iter()
                .find(|one| field::text(one, "/type") == "Established")?;
            rfc3339::read(field::text(found, "/lastTransitionTime"))
        });
        if let Some(since) = since {
            self.advance_to(since.after(WARMING_UP));
        }
    }

    fn definition_of(&self, kind: &Kind) -> Option<Arc<Value>> {
        let name = format!("{}.{}", kind.plural, kind.group);
        self.store.get(&Key::new(GROUP, KIND, None, &name)).cloned()
    }
}

/// A version of which objects may be stored cannot go.
pub(super) fn rules_of_change(before: &Value, after: &Value) -> Vec<Wrong> {
    let names: Vec<&str> = field::list(after, "/spec/versions")
        .iter()
        .map(|version| field::text(version, "/name"))
        .collect();
    let stored = field::list(before, "/status/storedVersions")
        .iter()
        .enumerate();
    stored
        .filter_map(|(index, version)| Some((index, version.as_str()?)))
        .filter(|(_, version)| !names.contains(version))
        .map(|(index, version)| {
            let message = format!(
                "Invalid value: \"{version}\": missing from spec.versions; {version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {version} and removes {version} from status.storedVersions"
            );
            ("FieldValueInvalid", format!("status.storedVersions[{index}]"), message)
        })
        .collect()
}

fn accept(definition: &mut Value, now: Timestamp) {
    let names = ("NoConflicts", "no conflicts found");
    condition(definition, "NamesAccepted", true, names, now);
    let established = (
        "InitialNamesAccepted",
        "the initial names have been accepted",
    );
    condition(definition, "Established", true, established, now);
    let accepted = definition
        .pointer("/spec/names")
        .cloned()
        .unwrap_or_default();
    field::set(definition, &["status", "acceptedNames"], accepted);
    let mut stored = field::list(definition, "/status/storedVersions").to_vec();
    for version in field::list(definition, "/spec/versions") {
        let name = Value::from(field::text(version, "/name"));
        let is_stored = version
            .get("storage")
            .is_some_and(|storage| *storage == true);
        if is_stored && !stored.contains(&name) {
            stored.push(name);
        }
    }
    field::set(definition, &["status", "storedVersions"], stored);
    let mut finalizers = field::list(definition, "/metadata/finalizers").to_vec();
    if !finalizers.contains(&CLEANUP.into()) {
        finalizers.push(CLEANUP.into());
        field::set(definition, &["metadata", "finalizers"], finalizers);
    }
}

fn reject(definition: &mut Value, name: &str, now: Timestamp) {
    let message = format!("\"{name}\" is already in use");
    condition(
        definition,
        "NamesAccepted",
        false,
        ("ListKindConflict", &message),
        now,
    );
    let why = ("NotAccepted", "not all names are accepted");
    condition(definition, "Established", false, why, now);
}

fn is_true(definition: &Value, kind: &str) -> bool {
    let conditions = field::list(definition, "/status/conditions");
    conditions
        .iter()
        .any(|one| field::text(one, "/type") == kind && field::text(one, "/status") == "True")
}

/// Sets a condition, unless it has this status already.
fn condition(
    definition: &mut Value,
    kind: &str,
    is: bool,
    (reason, message): (&str, &str),
    now: Timestamp,
) {
    let status = if is { "True" } else { "False" };
    let mut conditions = field::list(definition, "/status/conditions").to_vec();
    let is_so =
        |one: &Value| field::text(one, "/type") == kind && field::text(one, "/status") == status;
    if conditions.iter().any(is_so) {
        return;
    }
    conditions.retain(|one| field::text(one, "/type") != kind);
    conditions.push(json!({
        "type": kind, "status": status, "reason": reason, "message": message,
        "lastTransitionTime": rfc3339::write(now),
    }));
    field::set(definition, &["status", "conditions"], conditions);
}
