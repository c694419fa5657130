//! What is kept of a catalog so that it can be brought up to date.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, Severity};

use crate::catalog::{Catalog, Package};
use crate::load::{Found, LoadOptions};
use crate::source::{ContentId, EntryKind};

/// A catalog with all that is known of where it came from.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) options: LoadOptions,
    /// The id of the whole source; `None` before the first sync.
    pub(super) id: Option<ContentId>,
    /// The folder that holds the packages.
    pub(super) root: String,
    pub(super) entries: BTreeMap<Arc<str>, Arc<RootEntry>>,
    /// What is told of the catalog as a whole.
    pub(super) told: Vec<Diagnostic>,
    pub(super) catalog: Catalog,
}

/// What stands in the root: mostly packages.
#[derive(Debug)]
pub(super) struct RootEntry {
    pub(super) kind: EntryKind,
    /// The id of all that was read to know this; `None` where something else than the folder may have a say.
    pub(super) id: Option<ContentId>,
    pub(super) package: Option<Arc<Package>>,
    pub(super) versions: BTreeMap<String, Arc<VersionEntry>>,
    /// What is told of the folder, and of its versions side by side.
    pub(super) told: Vec<Diagnostic>,
    /// Whether notes about what is in the folder are passed over.
    pub(super) hides_notes: bool,
}

/// What stands in the folder of a package: mostly versions.
#[derive(Debug)]
pub(super) struct VersionEntry {
    pub(super) kind: EntryKind,
    /// As for [`RootEntry`].
    pub(super) id: Option<ContentId>,
    /// The id of the folder, whatever else had a say.
    pub(super) listed_id: Option<ContentId>,
    pub(super) found: Option<Found>,
    pub(super) told: Vec<Diagnostic>,
}

impl State {
    /// All that is told, in no order.
    pub(super) fn told(&self) -> impl Iterator<Item = &Diagnostic> {
        let entries = self.entries.values().flat_map(|entry| entry.told());
        self.told.iter().chain(entries)
    }
}

impl RootEntry {
    /// One that nothing is known of but its kind.
    pub(super) fn of_kind(kind: EntryKind, id: Option<ContentId>, told: Vec<Diagnostic>) -> Self {
        Self {
            kind,
            id,
            package: None,
            versions: BTreeMap::new(),
            told,
            hides_notes: false,
        }
    }

    /// Whether what has this kind and id would be read as this was.
    pub(super) fn is_still(&self, kind: EntryKind, id: Option<ContentId>) -> bool {
        self.kind == kind && id.is_some() && self.id == id
    }

    fn told(&self) -> impl Iterator<Item = &Diagnostic> {
        let counts = |one: &&Diagnostic| !self.hides_notes || one.severity() > Severity::Note;
        let versions = self.versions.values().flat_map(|version| &version.told);
        self.told.iter().chain(versions.filter(counts))
    }
}

impl VersionEntry {
    /// As for [`RootEntry`].
    pub(super) fn is_still(&self, kind: EntryKind, id: Option<ContentId>) -> bool {
        self.kind == kind && id.is_some() && self.id == id
    }

    /// Whether it is a version, of whatever use.
    pub(super) fn is_version(&self) -> bool {
        self.found.is_some()
    }
}
