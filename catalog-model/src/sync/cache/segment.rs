//! Some entries of the root, and the packages among them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::checksum::checksum;
use super::error::{CacheNote, CacheNoteKind};
use super::files::CacheFiles;
use super::manifest::{Manifest, Segment};
use crate::columns::{Reader, Writer};
use crate::index::Index;
use crate::load::LoadOptions;
use crate::sync::SyncedIndex;
use crate::sync::entries::StoredEntries;
use crate::sync::state::RootEntry;

/// All of an index.
pub(super) fn all(index: &SyncedIndex) -> Vec<u8> {
    let entries = &index.inner.state().entries;
    let names: Vec<&str> = entries.iter().map(|entry| &*entry.name).collect();
    let mut out = Writer::default();
    StoredEntries::write(&mut out, &names, entries);
    index.index().write_all(&mut out);
    out.into_bytes()
}

/// Of an index what has these names, or has them no more.
pub(super) fn part(index: &SyncedIndex, names: &BTreeSet<String>) -> Vec<u8> {
    let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let listed: Vec<&str> = names.iter().copied().collect();
    let mut out = Writer::default();
    StoredEntries::write(&mut out, &listed, &index.inner.state().entries);
    index.index().write_packages(&mut out, &names);
    out.into_bytes()
}

/// The names of entries that are not the same in two indexes.
pub(super) fn changed<'a>(before: &'a SyncedIndex, after: &'a SyncedIndex) -> Vec<&'a str> {
    let (before, after) = (before.inner.state(), after.inner.state());
    let is_same = |old: &Arc<RootEntry>, new: &Arc<RootEntry>| {
        let known = new.id.is_some() && old.id == new.id && old.kind == new.kind;
        Arc::ptr_eq(old, new) || (known && old.outline == new.outline)
    };
    let mut changed = Vec::new();
    // Both are in the order of names.
    let mut olds = before.entries.iter().peekable();
    for new in after.entries.iter() {
        while let Some(gone) = olds.next_if(|old| old.name < new.name) {
            changed.push(&*gone.name);
        }
        match olds.next_if(|old| old.name == new.name) {
            Some(old) if before.root == after.root && is_same(old, new) => {}
            _ => changed.push(&*new.name),
        }
    }
    changed.extend(olds.map(|gone| &*gone.name));
    changed
}

/// The names of the entries of a segment; `None` where it cannot be read any more.
pub(super) fn names(files: &dyn CacheFiles, segment: &Segment) -> Option<Vec<String>> {
    let bytes = bytes(files, segment).ok()?;
    let entries = StoredEntries::read(&mut Reader::new(&bytes))?;
    Some(entries.names().map(str::to_owned).collect())
}

/// The index that segments hold together.
pub(super) fn read_all(
    files: &dyn CacheFiles,
    manifest: &Manifest,
    options: &LoadOptions,
) -> Result<SyncedIndex, CacheNote> {
    let mut index = Index::empty(options.clone());
    let mut stored = Vec::new();
    for (number, segment) in manifest.segments.iter().enumerate() {
        let bytes = bytes(files, segment)?;
        let mut from = Reader::new(&bytes);
        let entries = StoredEntries::read(&mut from);
        let entries = entries.ok_or_else(|| damaged(segment))?;
        let names = match number {
            0 => BTreeSet::new(),
            _ => entries.names().collect(),
        };
        let read = index.with_stored(&names, &mut from);
        index = read.ok_or_else(|| damaged(segment))?;
        if !from.is_at_end() {
            return Err(damaged(segment));
        }
        stored.push(Arc::new(entries));
    }
    let of = (options.clone(), manifest.id, manifest.root.clone());
    let made = (index, manifest.has_errors);
    Ok(SyncedIndex::of_stored(of, stored, made))
}

/// The bytes of a segment, if they are those that were written.
fn bytes(files: &dyn CacheFiles, segment: &Segment) -> Result<Vec<u8>, CacheNote> {
    let name = segment.file_name();
    let note = |kind, why: &str| CacheNote::new(kind, &name, why);
    let read = files.read(&name, segment.bytes).map_err(|error| {
        note(
            CacheNoteKind::Unreadable,
            &format!("cannot be read: {error}"),
        )
    })?;
    let bytes = read.ok_or_else(|| note(CacheNoteKind::Damaged, "is not there"))?;
    if bytes.len() as u64 != segment.bytes || checksum(&bytes) != segment.sum {
        return Err(damaged(segment));
    }
    Ok(bytes)
}

fn damaged(segment: &Segment) -> CacheNote {
    CacheNote::new(CacheNoteKind::Damaged, &segment.file_name(), "is damaged")
}
