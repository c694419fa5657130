//! What other instances have of the objects that an operation is about.

use std::collections::BTreeMap;

use serde_json::Value;

use super::content::Content;
use super::operation::{Claim, OperationInput, PlannedOperation};
use super::pinned_release::PinnedRelease;
use crate::api::ObjectRef;
use crate::journal::{LedgerEntry, Origin, Part};
use crate::label;

/// What instances have by their records of what this operation is about: what was there before it, and what its `contents` consist of, that of the
/// release before too, to which it may go back. Each object as it was sent for them if one of `pinned` says how.
pub(super) fn on_record(
    input: &OperationInput<'_>,
    pinned: &[PinnedRelease],
    (previous, contents): (&[LedgerEntry], [Option<&Content>; 2]),
) -> Vec<Claim> {
    let contents: Vec<LedgerEntry> = contents.into_iter().flatten().flat_map(entries).collect();
    let namespace = namespace(input.operation.namespace());
    let own = previous.iter().chain(&contents).chain([&namespace]);
    let own: BTreeMap<Key<'_>, Vec<&ObjectRef>> = by_key(own);
    let is_own = |entry: &&LedgerEntry| {
        let mut same = own.get(&key(entry)).into_iter().flatten();
        same.any(|one| one.is_same_object(&entry.object))
    };
    let uid = input.context.release_uid();
    let others = input.others.iter().filter(|one| one.release_uid() != uid);
    others
        .flat_map(|other| {
            let shared = other.ledger().iter().filter(is_own);
            shared.map(move |entry| Claim {
                object: entry.object.clone(),
                package: other.package().to_owned(),
                namespace: Some(other.namespace().to_owned()),
                release_uid: other.release_uid().to_owned(),
                manifest: sent(pinned, other.release_uid(), &entry.object),
                of_same_run: false,
            })
        })
        .collect()
}

/// All objects of a release, and the namespaces that its modules go to.
fn entries(content: &Content) -> Vec<LedgerEntry> {
    let mut entries = content.entries();
    entries.extend(content.namespaces().into_iter().map(namespace));
    entries
}

/// A namespace that an instance is in, and others may be in too.
fn namespace(name: &str) -> LedgerEntry {
    LedgerEntry {
        object: ObjectRef::cluster("v1", "Namespace", name),
        part: Part::Namespace,
        origin: Origin::Release,
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

/// What tells an object from all others of other kinds and names, whatever API version it is asked for in. In which namespace it stands, or whether in
/// none, is known for certain only when a server has said so.
type Key<'o> = (&'o str, &'o str, &'o str);

fn key(entry: &LedgerEntry) -> Key<'_> {
    let object = &entry.object;
    (object.group(), object.kind(), object.name())
}

fn by_key<'o>(
    entries: impl Iterator<Item = &'o LedgerEntry>,
) -> BTreeMap<Key<'o>, Vec<&'o ObjectRef>> {
    let mut by_key: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for entry in entries {
        by_key.entry(key(entry)).or_default().push(&entry.object);
    }
    by_key
}

/// What operations of one run bring that others of it, on other instances, are about too: of each of these, its claims. An operation is about all that those
/// before it on its instance are: what they leave to others of the run may be there still. Cost: O(n log n) in all their objects.
pub(super) fn of_same_run(operations: &[PlannedOperation]) -> Vec<Vec<Claim>> {
    let brought: Vec<Vec<LedgerEntry>> = operations.iter().map(brought).collect();
    let mut who: BTreeMap<Key<'_>, Vec<(&PlannedOperation, &ObjectRef)>> = BTreeMap::new();
    for (one, entries) in operations.iter().zip(&brought) {
        for entry in entries {
            let has = (one, &entry.object);
            who.entry(key(entry)).or_default().push(has);
        }
    }
    let mut before: BTreeMap<(&str, &str), Vec<&LedgerEntry>> = BTreeMap::new();
    let both = operations.iter().zip(&brought);
    both.map(|(one, entries)| {
        let namespace = namespace(one.operation().namespace());
        let before = before.entry(one.instance()).or_default();
        before.extend(one.previous());
        let own = entries.iter().chain(before.iter().copied());
        let own = by_key(own.chain([&namespace]));
        let both = own
            .iter()
            .filter_map(|(key, own)| Some((own, who.get(key)?)));
        let others = both.flat_map(|(own, others)| {
            let is_own = |object: &ObjectRef| own.iter().any(|one| one.is_same_object(object));
            others.iter().filter(move |(_, object)| is_own(object))
        });
        let others = others.filter(|(other, _)| !other.is_of_instance(one));
        let claims = others.map(|(other, object)| claim(other, object));
        claims.collect()
    })
    .collect()
}

/// What an operation brings, its namespaces too; nothing, if it only takes away.
fn brought(planned: &PlannedOperation) -> Vec<LedgerEntry> {
    let Some(target) = planned.target() else {
        return Vec::new();
    };
    let mut entries = entries(target);
    entries.push(namespace(planned.operation().namespace()));
    entries
}

/// What an operation that brings an object claims of it.
fn claim(other: &PlannedOperation, object: &ObjectRef) -> Claim {
    Claim {
        object: object.clone(),
        package: other.operation().package().to_string(),
        namespace: Some(other.operation().namespace().to_owned()),
        release_uid: other.context().release_uid().to_owned(),
        manifest: None,
        of_same_run: true,
    }
}
