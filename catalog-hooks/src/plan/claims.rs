//! What other instances have of the objects that an operation is about.

use catalog_model::Operation;
use serde_json::Value;

use super::content::Content;
use super::operation::{Claim, OperationInput, PlannedOperation};
use super::pinned_release::PinnedRelease;
use crate::api::ObjectRef;
use crate::journal::{LedgerEntry, Part};
use crate::label;

/// What instances have by their records, each object as it was sent for them if one of `pinned` says how.
pub(super) fn on_record(
    input: &OperationInput<'_>,
    pinned: &[PinnedRelease],
    (previous, target): (&[LedgerEntry], Option<&Content>),
) -> Vec<Claim> {
    let mut own: Vec<LedgerEntry> = target.map(Content::entries).unwrap_or_default();
    own.extend(previous.iter().cloned());
    own.push(namespace(input.operation));
    let is_own = |entry: &&LedgerEntry| {
        let mut own = own.iter();
        own.any(|one| one.object.is_same_object(&entry.object))
    };
    let uid = input.context.release_uid();
    let others = input.others.iter().filter(|one| one.release_uid() != uid);
    others
        .flat_map(|other| {
            let shared = other.ledger().iter().filter(is_own);
            shared.map(move |entry| Claim {
                object: entry.object.clone(),
                package: other.package().to_owned(),
                release_uid: other.release_uid().to_owned(),
                manifest: sent(pinned, other.release_uid(), &entry.object),
                of_same_run: false,
            })
        })
        .collect()
}

/// The namespace of an instance, which others may be in too.
fn namespace(operation: &Operation) -> LedgerEntry {
    LedgerEntry {
        object: ObjectRef::cluster("v1", "Namespace", operation.namespace()),
        part: Part::Namespace,
        existed: false,
        uid: None,
    }
}

/// The object as it was sent for a release.
fn sent(pinned: &[PinnedRelease], release_uid: &str, object: &ObjectRef) -> Option<Value> {
    let uid = label::value(release_uid);
    let mut contents = pinned.iter().map(PinnedRelease::content);
    let manifest = contents.find_map(|content| {
        let manifest = content.manifest(object)?;
        let labels = manifest.pointer("/metadata/labels")?;
        (labels.get(label::RELEASE_UID)? == uid.as_str()).then_some(manifest)
    });
    manifest.cloned()
}

/// What operations of one run bring that others of it are about too: of each of these, its claims.
pub(super) fn of_same_run(operations: &[PlannedOperation]) -> Vec<Vec<Claim>> {
    let brought: Vec<(&PlannedOperation, Vec<LedgerEntry>)> = operations
        .iter()
        .filter_map(|one| {
            let mut entries = one.target()?.entries();
            entries.push(namespace(one.operation()));
            Some((one, entries))
        })
        .collect();
    let claims = |one: &PlannedOperation| {
        let uid = one.context().release_uid();
        let others = brought
            .iter()
            .filter(|(other, _)| other.context().release_uid() != uid);
        let mut own = one.target().map(Content::entries).unwrap_or_default();
        own.extend(one.previous().iter().cloned());
        own.push(namespace(one.operation()));
        others
            .flat_map(|(other, entries)| {
                let is_shared = |entry: &&LedgerEntry| {
                    let mut own = own.iter();
                    own.any(|one| one.object.is_same_object(&entry.object))
                };
                entries.iter().filter(is_shared).map(|entry| Claim {
                    object: entry.object.clone(),
                    package: other.operation().package().to_string(),
                    release_uid: other.context().release_uid().to_owned(),
                    manifest: None,
                    of_same_run: true,
                })
            })
            .collect()
    };
    operations.iter().map(claims).collect()
}
