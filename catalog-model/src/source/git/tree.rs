//! A tree object.

use std::borrow::Cow;

use gix::ObjectId;
use gix::hash::Kind as HashKind;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind as Mode;

use super::object::ObjectProblem;
use crate::source::{ContentId, ContentScheme};

/// What a folder holds, by name. The names lie behind each other: a root has one for each package.
#[derive(Debug, Default)]
pub(super) struct Tree {
    names: String,
    entries: Vec<Row>,
}

/// Something in a tree, with where its name lies.
#[derive(Clone, Copy, Debug)]
struct Row {
    name: (usize, usize),
    kind: Kind,
    id: ObjectId,
}

/// Something in a tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct TreeEntry<'a> {
    pub(super) name: &'a str,
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
        // An id is of 20 bytes or more, and modes and ends take some more: no more is set aside than there is.
        let entries = bytes.len() / 40;
        let mut tree = Self {
            names: String::with_capacity(bytes.len().saturating_sub(entries * 28)),
            entries: Vec::with_capacity(entries),
        };
        for entry in TreeRefIter::from_bytes(bytes, hash) {
            let entry = entry.map_err(ObjectProblem::broken)?;
            let name = String::from_utf8_lossy(entry.filename);
            // What is lent is what stands there.
            let is_text = matches!(name, Cow::Borrowed(_));
            let kind = match entry.mode.kind() {
                _ if !is_text || is_no_name(&name) => Kind::Other,
                Mode::Tree => Kind::Tree,
                Mode::Blob | Mode::BlobExecutable => Kind::Blob,
                Mode::Link => Kind::Link,
                Mode::Commit => Kind::Submodule,
            };
            let start = tree.names.len();
            tree.names.push_str(&name);
            tree.entries.push(Row {
                name: (start, tree.names.len()),
                kind,
                id: entry.oid.to_owned(),
            });
        }
        tree.sort();
        Ok(tree)
    }

    /// By name: git has folders among files as if their names ended in `/`.
    fn sort(&mut self) {
        let names = &self.names;
        let name = |row: &Row| names.get(row.name.0..row.name.1).unwrap_or_default();
        if self.entries.is_sorted_by(|a, b| name(a) < name(b)) {
            return;
        }
        self.entries.sort_by(|a, b| name(a).cmp(name(b)));
        // Two of one name are told apart by nobody: neither is read.
        let same_name = self.entries.chunk_by_mut(|a, b| name(a) == name(b));
        for same in same_name.filter(|same| same.len() > 1) {
            same.iter_mut().for_each(|row| row.kind = Kind::Other);
        }
    }

    fn of_row<'a>(&'a self, row: &Row) -> TreeEntry<'a> {
        TreeEntry {
            name: self.names.get(row.name.0..row.name.1).unwrap_or_default(),
            kind: row.kind,
            id: row.id,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn entries(&self) -> impl ExactSizeIterator<Item = TreeEntry<'_>> {
        self.entries.iter().map(|row| self.of_row(row))
    }

    /// What has a name.
    pub(super) fn entry(&self, name: &str) -> Option<TreeEntry<'_>> {
        let at = self
            .entries
            .binary_search_by(|row| self.of_row(row).name.cmp(name));
        self.entries.get(at.ok()?).map(|row| self.of_row(row))
    }
}

impl TreeEntry<'_> {
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
