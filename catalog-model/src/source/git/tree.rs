//! A tree object.

use gix::ObjectId;
use gix::hash::Kind as HashKind;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind as Mode;

use super::object::ObjectProblem;
use crate::source::{ContentId, ContentScheme};

/// What a folder holds, by name.
#[derive(Debug)]
pub(super) struct Tree {
    entries: Vec<TreeEntry>,
}

/// Something in a tree.
#[derive(Debug)]
pub(super) struct TreeEntry {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) id: ObjectId,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Tree,
    Blob,
    Link,
    Submodule,
    /// Its name is not UTF-8, or none that a file can have.
    Other,
}

impl Tree {
    pub(super) fn parse(bytes: &[u8], hash: HashKind) -> Result<Self, ObjectProblem> {
        let mut entries = Vec::new();
        for entry in TreeRefIter::from_bytes(bytes, hash) {
            let entry = entry.map_err(ObjectProblem::broken)?;
            let bytes: &[u8] = entry.filename.as_ref();
            let name = std::str::from_utf8(bytes).ok();
            let kind = match entry.mode.kind() {
                _ if name.is_none_or(is_no_name) => Kind::Other,
                Mode::Tree => Kind::Tree,
                Mode::Blob | Mode::BlobExecutable => Kind::Blob,
                Mode::Link => Kind::Link,
                Mode::Commit => Kind::Submodule,
            };
            entries.push(TreeEntry {
                name: String::from_utf8_lossy(bytes).into_owned(),
                kind,
                id: entry.oid.to_owned(),
            });
        }
        // Git has folders among files as if their names ended in `/`.
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        // Two of one name are told apart by nobody: neither is read.
        let mut twice = entries
            .chunk_by_mut(|a, b| a.name == b.name)
            .filter(|same| same.len() > 1);
        twice.all(|same| {
            same.iter_mut().for_each(|entry| entry.kind = Kind::Other);
            true
        });
        Ok(Self { entries })
    }

    pub(super) fn entries(&self) -> &[TreeEntry] {
        &self.entries
    }

    /// What has a name.
    pub(super) fn entry(&self, name: &str) -> Option<&TreeEntry> {
        let at = self
            .entries
            .binary_search_by(|entry| entry.name.as_str().cmp(name));
        self.entries.get(at.ok()?)
    }
}

impl TreeEntry {
    /// The id of what it holds; a link's would be that of its text.
    pub(super) fn content_id(&self) -> Option<ContentId> {
        match self.kind {
            Kind::Tree | Kind::Blob => ContentId::new(ContentScheme::Git, self.id.as_slice()),
            Kind::Link | Kind::Submodule | Kind::Other => None,
        }
    }
}

/// Whether a name is one that no file has.
fn is_no_name(name: &str) -> bool {
    matches!(name, "" | "." | "..") || name.contains(['/', '\0'])
}
