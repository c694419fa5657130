//! What ids of two sources tell without reading.

use crate::source::{ContentId, EntryKind, Source, join};

/// More entries of a folder are not looked at.
const MOST: usize = 100_000;

/// Whether equal ids of two sources are of equal content: those of one source are, and those that are made of nothing else.
pub(super) fn are_equal(
    (old, one): (&dyn Source, ContentId),
    (new, other): (&dyn Source, ContentId),
) -> bool {
    let is_one_source = std::ptr::addr_eq(old, new);
    one == other && (is_one_source || one.scheme().is_of_content())
}

/// Whether ids tell that a folder holds the same in two sources. What links in it lead to is in no id.
pub(super) fn ids_tell_same(folder: &str, old: &dyn Source, new: &dyn Source) -> bool {
    match (old.content_id(folder), new.content_id(folder)) {
        (Some(one), Some(other)) => are_equal((old, one), (new, other)) && is_sealed(old, folder),
        _ => false,
    }
}

/// Whether all that is below a folder has an id, as a link has none.
pub(super) fn is_sealed(source: &dyn Source, folder: &str) -> bool {
    let mut open = vec![folder.to_owned()];
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        let Ok(listed) = source.list_with_ids(&folder) else {
            return false;
        };
        seen += listed.len();
        if seen > MOST || listed.iter().any(|(_, id)| id.is_none()) {
            return false;
        }
        let folders = listed
            .into_iter()
            .filter(|(entry, _)| entry.kind == EntryKind::Folder);
        open.extend(folders.map(|(entry, _)| join(&folder, &entry.name)));
    }
    true
}
