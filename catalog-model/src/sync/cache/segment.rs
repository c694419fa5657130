//! Some entries of the root, and the packages among them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::checksum::checksum;
use super::error::{CacheNote, CacheNoteKind};
use super::files::CacheFiles;
use super::manifest::{Manifest, Segment};
use crate::columns::{Reader, Writer};
use crate::index::{Index, StoredLayer};
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
    let texts = index.index().write_all(&mut out);
    with_texts(texts, &out.into_bytes())
}

/// Of an index what has these names, or has them no more.
pub(super) fn part(index: &SyncedIndex, names: &BTreeSet<String>) -> Vec<u8> {
    let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let listed: Vec<&str> = names.iter().copied().collect();
    let mut out = Writer::default();
    StoredEntries::write(&mut out, &listed, &index.inner.state().entries);
    let texts = index.index().write_packages(&mut out, &names);
    with_texts(texts, &out.into_bytes())
}

/// Texts first, so that they are used where they were read to; at the end, how long they are.
fn with_texts(texts: String, columns: &[u8]) -> Vec<u8> {
    let length = texts.len() as u64;
    let mut bytes = texts.into_bytes();
    bytes.reserve_exact(columns.len() + size_of::<u64>());
    bytes.extend(columns);
    bytes.extend(length.to_le_bytes());
    bytes
}

/// A segment that was read, but for its texts.
struct Columns {
    /// How many bytes they are.
    texts: usize,
    entries: StoredEntries,
    layer: StoredLayer,
}

impl Columns {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (bytes, length) = bytes.split_last_chunk()?;
        let texts = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (_, columns) = bytes.split_at_checked(texts)?;
        let mut from = Reader::new(columns);
        let entries = StoredEntries::read(&mut from)?;
        let layer = StoredLayer::read(&mut from)?;
        from.is_at_end().then_some(Self {
            texts,
            entries,
            layer,
        })
    }
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
    let (_, columns) = read(files, segment).ok()?;
    Some(columns.entries.names().map(str::to_owned).collect())
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
        let (mut bytes, columns) = read(files, segment)?;
        let entries = columns.entries;
        let names = match number {
            0 => BTreeSet::new(),
            _ => entries.names().collect(),
        };
        bytes.truncate(columns.texts);
        let mut texts = String::from_utf8(bytes).map_err(|_| damaged(segment))?;
        texts.shrink_to_fit();
        index = index.with_stored(&names, columns.layer.with_text(texts));
        stored.push(Arc::new(entries));
    }
    let of = (options.clone(), manifest.id, manifest.root.clone());
    let made = (index, manifest.has_errors);
    Ok(SyncedIndex::of_stored(of, stored, made))
}

/// The bytes of a segment, if they are those that were written, and what they say.
fn read(files: &dyn CacheFiles, segment: &Segment) -> Result<(Vec<u8>, Columns), CacheNote> {
    let name = segment.file_name();
    let note = |kind, why: &str| CacheNote::new(kind, &name, why);
    let read = files.read(&name, segment.bytes).map_err(|error| {
        note(
            CacheNoteKind::Unreadable,
            &format!("cannot be read: {error}"),
        )
    })?;
    let bytes = read.ok_or_else(|| note(CacheNoteKind::Damaged, "is not there"))?;
    if bytes.len() as u64 != segment.bytes {
        return Err(damaged(segment));
    }
    // Whatever they say, nobody sees it before the checksum is known to be right.
    match Columns::read(&bytes) {
        Some(columns) if checksum(&bytes) == segment.sum => Ok((bytes, columns)),
        _ => Err(damaged(segment)),
    }
}

fn damaged(segment: &Segment) -> CacheNote {
    CacheNote::new(CacheNoteKind::Damaged, &segment.file_name(), "is damaged")
}
