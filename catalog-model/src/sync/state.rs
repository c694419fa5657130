//! What is kept of a catalog so that it can be brought up to date.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use catalog_conditions::{Diagnostic, Severity};

use super::parts::PartIds;
use super::root::Entries;
use crate::catalog::{Catalog, Package};
use crate::index::Index;
use crate::load::{Found, LoadOptions, PartFiles};
use crate::source::{ContentId, EntryKind};

/// A catalog with all that is known of where it came from.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) options: LoadOptions,
    /// The id of the whole source; `None` before the first sync.
    pub(super) id: Option<ContentId>,
    /// The folder that holds the packages.
    pub(super) root: String,
    pub(super) entries: Entries,
    /// What is told of the catalog as a whole.
    pub(super) told: Vec<Diagnostic>,
    pub(super) catalog: Catalog,
    /// The index of the catalog, once somebody asks for it; from there on it is brought up to date by what changed.
    pub(super) index: OnceLock<Arc<Index>>,
}

/// What stands in the root: mostly packages.
#[derive(Debug)]
pub(super) struct RootEntry {
    pub(super) name: Box<str>,
    pub(super) kind: EntryKind,
    /// The id of all that was read to know this; `None` where something else than the folder may have a say.
    pub(super) id: Option<ContentId>,
    pub(super) package: Option<Arc<Package>>,
    pub(super) versions: BTreeMap<String, Arc<VersionEntry>>,
    /// What is told of the folder, and of its versions side by side.
    pub(super) told: Vec<Diagnostic>,
    /// Whether notes about what is in the folder are passed over.
    pub(super) hides_notes: bool,
    /// What is left of it where nobody wants to hold it all.
    pub(super) outline: Outline,
}

/// What is known of an entry without what was read of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    pub(super) is_package: bool,
    /// How much is told of it, what is kept back included.
    pub(super) told: u32,
    /// How much of that are errors.
    pub(super) errors: u32,
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
    pub(super) files: PartFiles,
    pub(super) parts: PartIds,
}

impl State {
    /// All that is told, in no order.
    pub(super) fn told(&self) -> impl Iterator<Item = &Diagnostic> {
        let entries = self.entries.iter().flat_map(|entry| entry.told());
        self.told.iter().chain(entries)
    }
}

impl RootEntry {
    /// One that nothing is known of but its kind.
    pub(super) fn of_kind(
        name: &str,
        (kind, id): (EntryKind, Option<ContentId>),
        told: Vec<Diagnostic>,
    ) -> Self {
        let mut entry = Self::outlined(name, (kind, id), Outline::default());
        entry.told = told;
        entry.with_outline()
    }

    /// One of which no more is left than this.
    pub(super) fn outlined(
        name: &str,
        (kind, id): (EntryKind, Option<ContentId>),
        outline: Outline,
    ) -> Self {
        Self {
            name: name.into(),
            kind,
            id,
            package: None,
            versions: BTreeMap::new(),
            told: Vec::new(),
            hides_notes: false,
            outline,
        }
    }

    /// The same, with an outline of what it holds.
    pub(super) fn with_outline(mut self) -> Self {
        let count = |severity: Severity| {
            let told = self.told().filter(|one| one.severity() >= severity);
            u32::try_from(told.count()).unwrap_or(u32::MAX)
        };
        self.outline = Outline {
            is_package: self.package.is_some(),
            told: count(Severity::Note),
            errors: count(Severity::Error),
        };
        self
    }

    /// Whether no more than its outline is left.
    pub(super) fn is_outlined(&self) -> bool {
        self.package.is_none() && self.told.is_empty() && self.versions.is_empty()
    }

    /// Its outline.
    pub(super) fn to_outlined(&self) -> Self {
        Self::outlined(&self.name, (self.kind, self.id), self.outline)
    }

    pub(super) fn told(&self) -> impl Iterator<Item = &Diagnostic> {
        let counts = |one: &&Diagnostic| !self.hides_notes || one.severity() > Severity::Note;
        let versions = self.versions.values().flat_map(|version| &version.told);
        self.told.iter().chain(versions.filter(counts))
    }
}

impl VersionEntry {
    /// Whether what has this kind and id would be read as this was.
    pub(super) fn is_still(&self, kind: EntryKind, id: Option<ContentId>) -> bool {
        self.kind == kind && id.is_some() && self.id == id
    }

    /// Whether it is a version, of whatever use.
    pub(super) fn is_version(&self) -> bool {
        self.found.is_some()
    }
}
