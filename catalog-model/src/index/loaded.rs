//! What reading gives: the thing read, what is worth knowing of it, and what is kept back.

use catalog_conditions::Diagnostic;

use super::Index;
use crate::load::Told;
use crate::release::Release;

#[cfg(doc)]
use crate::{LoadOptions, Loaded};

/// An index of what can be used, and the diagnostics of the rest; what [`Loaded`] is to a catalog.
#[derive(Debug)]
pub struct LoadedIndex {
    pub(super) index: Index,
    pub(super) told: Told,
}

impl LoadedIndex {
    /// The index.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The index, without the diagnostics.
    #[must_use]
    pub fn into_index(self) -> Index {
        self.index
    }

    /// All that was found wrong or worth knowing, by file and place.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.told.reported
    }

    /// What is kept back, by file and place: allowed by [`LoadOptions::levels`] or by a comment in the file.
    /// [`Diagnostic::suppression`] says by which.
    #[must_use]
    pub fn suppressed(&self) -> &[Diagnostic] {
        &self.told.suppressed
    }

    /// Whether a diagnostic is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.told.has_errors()
    }
}

/// What was told when the definitions of an index were read.
#[derive(Clone, Copy, Debug)]
pub struct DefinitionsRead<'a> {
    pub(super) told: &'a Told,
    pub(super) now: bool,
}

impl<'a> DefinitionsRead<'a> {
    /// All that was found wrong with definitions and scopes, by file and place.
    #[must_use]
    pub fn diagnostics(self) -> &'a [Diagnostic] {
        &self.told.reported
    }

    /// What of it is kept back, by file and place.
    #[must_use]
    pub fn suppressed(self) -> &'a [Diagnostic] {
        &self.told.suppressed
    }

    /// Whether they were read by this call; `false` where they were known before, or another thread was quicker. One call of an index
    /// that was [read](Index::read) says so, and none of one that was made [of a catalog](Index::of).
    #[must_use]
    pub fn happened_now(self) -> bool {
        self.now
    }
}

/// A release that was read whole, and what is worth knowing of it.
#[derive(Clone, Debug)]
pub struct LoadedRelease {
    pub(super) release: Release,
    pub(super) told: Told,
}

impl LoadedRelease {
    /// The release.
    #[must_use]
    pub fn release(&self) -> &Release {
        &self.release
    }

    /// The release, without the diagnostics.
    #[must_use]
    pub fn into_release(self) -> Release {
        self.release
    }

    /// Warnings and notes, by file and place.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.told.reported
    }

    /// Those that are kept back, by file and place.
    #[must_use]
    pub fn suppressed(&self) -> &[Diagnostic] {
        &self.told.suppressed
    }
}
