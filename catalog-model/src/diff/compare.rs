//! Two releases side by side.

use super::change::Change;
use super::files::{FileChange, FileMeaning, files};
use super::ids::have_equal_ids;
use super::place::Side;
use super::{contents, metadata};
use crate::crd_safety::{Edge, edge};
use crate::release::Release;
use crate::source::Source;

/// What two releases of a package say otherwise: one version in two states of a catalog, or two versions.
#[derive(Clone, Debug)]
pub struct Comparison<'c> {
    before: &'c Release,
    after: &'c Release,
    files: Vec<FileChange>,
    changes: Vec<Change>,
}

impl<'c> Comparison<'c> {
    /// Compares two releases, each with the source that it was loaded from, if that is at hand: without both, files are not compared.
    ///
    /// Cost: nothing for clones of one release; else both are compared, and the files in whose places there are changes are parsed.
    #[must_use]
    pub fn new(
        (old_files, before): (Option<&'c dyn Source>, &'c Release),
        (new_files, after): (Option<&'c dyn Source>, &'c Release),
    ) -> Self {
        let mut compared = Self {
            before,
            after,
            files: Vec::new(),
            changes: Vec::new(),
        };
        let (old, new) = (Side::new(old_files, before), Side::new(new_files, after));
        if old.is_known_to_be(&new) {
            return compared;
        }
        if before != after {
            compared.add_changes(&old, &new);
        }
        #[cfg(feature = "parameters")]
        compared
            .changes
            .extend(super::parameters::parameters(&old, &new));
        compared
            .changes
            .sort_by(|one, other| one.place().cmp(&other.place()));
        compared.files = files(&old, &new, &compared.changes);
        compared
    }

    fn add_changes(&mut self, old: &Side<'_>, new: &Side<'_>) {
        let (one, other) = (self.before.version(), self.after.version());
        let is_one_version = one.same_precedence_and_build(other);
        self.changes
            .extend(metadata::metadata(old, new, is_one_version));
        self.changes.extend(contents::conditions(old, new));
        self.changes.extend(contents::definitions(old, new));
        self.changes.extend(contents::hooks(old, new));
        self.changes.extend(contents::modules(old, new));
    }

    /// The first release.
    #[must_use]
    pub fn before(&self) -> &'c Release {
        self.before
    }

    /// The second release.
    #[must_use]
    pub fn after(&self) -> &'c Release {
        self.after
    }

    /// The files that are not the same, by path.
    #[must_use]
    pub fn files(&self) -> &[FileChange] {
        &self.files
    }

    /// The changes of meaning, by part, then subject.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether anything is otherwise, be it a comment.
    #[must_use]
    pub fn is_other(&self) -> bool {
        !self.files.is_empty() || !self.changes.is_empty()
    }

    /// Whether files differ, and in nothing but comments, layout and orders that mean nothing.
    #[must_use]
    pub fn is_rewritten(&self) -> bool {
        let is_same = |file: &FileChange| file.meaning == FileMeaning::Same;
        self.changes.is_empty() && !self.files.is_empty() && self.files.iter().all(is_same)
    }

    /// What the change does to whoever has objects of its CRDs.
    ///
    /// Cost: CRDs that are not the same in both are compared.
    #[must_use]
    pub fn crds(&self) -> Edge<'c> {
        edge(self.before, self.after)
    }
}

impl Side<'_> {
    /// Whether both are known to have the same files: without reading any.
    fn is_known_to_be(&self, other: &Self) -> bool {
        let (one, two) = (self.release, other.release);
        match (self.source, other.source) {
            (Some(old), Some(new)) => {
                let (one, two) = (one.folder(), two.folder());
                one == two && have_equal_ids((old, one), (new, two)) && !self.has_links("")
            }
            // Nothing but the release itself can be compared.
            _ => one.is_same(two),
        }
    }
}
