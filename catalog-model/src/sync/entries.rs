//! What stands in the root, as it is stored.

use super::root::Entries;
use super::state::{Outline, RootEntry};
use crate::columns::{Reader, Writer};
use crate::source::{ContentId, ContentScheme, EntryKind};

/// Outlines of entries by name, in the columns they were stored in. An entry may be one that is there no more.
#[derive(Debug, Default)]
pub(super) struct StoredEntries {
    names: String,
    rows: Vec<u8>,
}

/// Bytes of a row: where its name ends, how much is told, kind, id and flags.
const ROW: usize = 4 + 4 + 4 + 1 + 1 + 1 + 1 + 32;

const IS_PACKAGE: u8 = 1;
const GONE: u8 = 2;

impl StoredEntries {
    pub(super) fn write(out: &mut Writer, names: &[&str], known: &Entries) {
        let mut text = String::new();
        let mut rows = Writer::default();
        for name in names {
            text.push_str(name);
            let entry = known.get(name);
            rows.u32(u32::try_from(text.len()).unwrap_or(u32::MAX));
            let outline = entry.map(|entry| entry.outline).unwrap_or_default();
            rows.u32(outline.told);
            rows.u32(outline.errors);
            rows.u8(entry.map_or(0, |entry| kind_number(entry.kind)));
            let is_package = if outline.is_package { IS_PACKAGE } else { 0 };
            rows.u8(if entry.is_some() { is_package } else { GONE });
            write_id(&mut rows, entry.and_then(|entry| entry.id));
        }
        out.text(&text);
        out.bytes(&rows.into_bytes());
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let (names, rows) = (from.text()?, from.bytes()?.to_vec());
        rows.len()
            .is_multiple_of(ROW)
            .then_some(Self { names, rows })
    }

    /// The entries in the order they were stored; `None` is one that is there no more.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Option<RootEntry>)> {
        let mut start = 0;
        self.rows.chunks_exact(ROW).filter_map(move |row| {
            let mut row = Reader::new(row);
            let end = row.u32()? as usize;
            let name = self.names.get(std::mem::replace(&mut start, end)..end)?;
            Some((name, entry(name, &mut row)?))
        })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }
}

fn entry(name: &str, row: &mut Reader<'_>) -> Option<Option<RootEntry>> {
    let (told, errors) = (row.u32()?, row.u32()?);
    let (kind, flags) = (kind(row.u8()?)?, row.u8()?);
    let id = read_id(row)?;
    let outline = Outline {
        is_package: flags & IS_PACKAGE != 0,
        told,
        errors,
    };
    let entry = (flags & GONE == 0).then(|| RootEntry::outlined(name, (kind, id), outline));
    Some(entry)
}

fn kind_number(kind: EntryKind) -> u8 {
    match kind {
        EntryKind::File => 0,
        EntryKind::Folder => 1,
        EntryKind::Link => 2,
        EntryKind::Other => 3,
    }
}

fn kind(number: u8) -> Option<EntryKind> {
    Some(match number {
        0 => EntryKind::File,
        1 => EntryKind::Folder,
        2 => EntryKind::Link,
        3 => EntryKind::Other,
        _ => return None,
    })
}

/// An id in 34 bytes, which there are of none as well.
pub(super) fn write_id(out: &mut Writer, id: Option<ContentId>) {
    let scheme = id.map_or(0, |id| match id.scheme() {
        ContentScheme::Git => 1,
        ContentScheme::Sha256 => 2,
        ContentScheme::Stat => 3,
        ContentScheme::Own => 4,
    });
    let mut bytes = [0; 32];
    let known = id.as_ref().map(ContentId::as_bytes).unwrap_or_default();
    bytes
        .iter_mut()
        .zip(known)
        .for_each(|(to, from)| *to = *from);
    out.u8(scheme);
    out.u8(u8::try_from(known.len()).unwrap_or_default());
    out.raw(&bytes);
}

pub(super) fn read_id(from: &mut Reader<'_>) -> Option<Option<ContentId>> {
    let (scheme, length) = (from.u8()?, from.u8()?);
    let bytes = from.raw(32)?.get(..usize::from(length))?;
    let scheme = match scheme {
        0 => return Some(None),
        1 => ContentScheme::Git,
        2 => ContentScheme::Sha256,
        3 => ContentScheme::Stat,
        4 => ContentScheme::Own,
        _ => return None,
    };
    ContentId::new(scheme, bytes).map(Some)
}
