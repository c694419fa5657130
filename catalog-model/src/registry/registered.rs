//! What is told of one catalog of a registry.

use std::fmt;

use super::descriptor::Descriptor;
use super::member::{Answering, Member};
use crate::catalog::Catalog;
use crate::load::Loaded;
use crate::source::Source;

/// A catalog of a registry, as it is now. As cheap to copy as a reference.
#[derive(Clone, Copy)]
pub struct RegisteredCatalog<'a> {
    pub(super) member: &'a Member,
}

impl<'a> RegisteredCatalog<'a> {
    pub(super) fn new(member: &'a Member) -> Self {
        Self { member }
    }

    /// How it is registered.
    #[must_use]
    pub fn descriptor(self) -> &'a Descriptor {
        &self.member.descriptor
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.member.descriptor.key.name()
    }

    /// What it answers from; `None` before the first sync that came to an end.
    #[must_use]
    pub fn catalog(self) -> Option<&'a Catalog> {
        self.answering().map(|state| state.synced.catalog())
    }

    /// The catalog with its diagnostics, which are copied.
    #[must_use]
    pub fn loaded(self) -> Option<Loaded> {
        self.answering().map(|state| state.synced.loaded())
    }

    /// Where its files are read; `None` as for [`catalog`](Self::catalog).
    #[must_use]
    pub fn source(self) -> Option<&'a dyn Source> {
        let state = self.answering()?;
        Some(state.source.as_ref())
    }

    /// The commit that it answers from. Before the first sync of a registry that was restored, the one that it answered from last.
    #[must_use]
    pub fn commit(self) -> Option<&'a str> {
        self.member.commit.as_deref()
    }

    /// Why the last sync came to nothing, if it did. What answers is older, if anything does.
    #[must_use]
    pub fn problem(self) -> Option<&'a str> {
        self.member.problem.as_deref()
    }

    pub(super) fn answering(self) -> Option<&'a Answering> {
        self.member.state.as_deref()
    }

    pub(super) fn is(self, other: RegisteredCatalog<'_>) -> bool {
        std::ptr::eq(self.member, other.member)
    }
}

impl fmt::Debug for RegisteredCatalog<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RegisteredCatalog");
        shown
            .field("key", &self.member.descriptor.key.to_string())
            .field("commit", &self.commit())
            .field("problem", &self.problem());
        shown.finish_non_exhaustive()
    }
}
