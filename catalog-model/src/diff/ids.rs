//! What ids of two sources tell without reading.

use std::collections::BTreeSet;

use crate::source::{ContentId, EntryKind, Source, join};

/// More entries of a version are not looked at.
const MOST: usize = 100_000;

/// Whether equal ids of two sources are of equal content: those of one source are, and those that are made of nothing else.
pub(super) fn are_equal(
    (old, one): (&dyn Source, ContentId),
    (new, other): (&dyn Source, ContentId),
) -> bool {
    let is_one_source = std::ptr::addr_eq(old, new);
    one == other && (is_one_source || one.scheme().is_of_content())
}

/// Whether two folders have equal ids. That is no word about what links in them lead to.
pub(super) fn have_equal_ids(
    (old, one): (&dyn Source, &str),
    (new, other): (&dyn Source, &str),
) -> bool {
    let ids = old.content_id(one).zip(new.content_id(other));
    ids.is_some_and(|(one, other)| are_equal((old, one), (new, other)))
}

/// The folders of a version with links in them, at whatever depth: the id of such a folder is not all that there is to read in it. None if that is not
/// known.
#[derive(Debug)]
pub(super) struct LinkedFolders(Option<BTreeSet<String>>);

impl LinkedFolders {
    /// Those below a version folder.
    ///
    /// Cost: each folder is listed once. Nothing is read, and no link is followed.
    pub(super) fn of(source: &dyn Source, version: &str) -> Self {
        let mut linked = BTreeSet::new();
        let mut open = vec![String::new()];
        let mut seen = 0;
        while let Some(below) = open.pop() {
            let folder = match below.as_str() {
                "" => version.to_owned(),
                below => join(version, below),
            };
            let Ok(listed) = source.list(&folder) else {
                return Self(None);
            };
            seen += listed.len();
            if seen > MOST {
                return Self(None);
            }
            for entry in listed {
                let is_link = || source.is_link(&join(&folder, &entry.name));
                if entry.kind == EntryKind::Link || is_link() {
                    add_with_parents(&mut linked, &below);
                } else if entry.kind == EntryKind::Folder {
                    open.push(join(&below, &entry.name));
                }
            }
        }
        Self(Some(linked))
    }

    /// Whether there may be a link somewhere below a folder, given by its path in the version.
    pub(super) fn has(&self, below: &str) -> bool {
        let linked = self.0.as_ref();
        linked.is_none_or(|linked| linked.contains(below))
    }
}

fn add_with_parents(folders: &mut BTreeSet<String>, folder: &str) {
    let mut folder = folder;
    while folders.insert(folder.to_owned()) {
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
}
