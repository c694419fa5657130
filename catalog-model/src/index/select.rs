//! Answers to queries.

use std::iter::FusedIterator;

use super::column::{Rows, RowsInOrder, row};
use super::{Entry, Index, IndexError, IndexErrorKind, PRERELEASE, Query, YANKED};
use crate::capability::Capability;

/// The versions that a [`Query`] asks for, found one by one.
#[derive(Clone, Debug)]
#[must_use]
pub struct Selection<'a> {
    index: &'a Index,
    rows: RowsInOrder,
    texts: Vec<String>,
}

impl<'a> Iterator for Selection<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let (index, texts) = (self.index, &self.texts);
        let mut entries = self.rows.by_ref().filter_map(|at| index.entry_at(at));
        entries.find(|entry| has_texts(*entry, texts))
    }
}

impl FusedIterator for Selection<'_> {}

impl Index {
    /// The versions that a query asks for, by package and version: of each package the [newest](Self::newest), if that is what was
    /// asked for, or with [`Query::every_version`] all.
    ///
    /// Cost: that of the labels named, a bit or less for each version; text is searched in what is left, while the selection is asked for
    /// the next.
    ///
    /// # Errors
    ///
    /// It asks what is provided, and the definitions were [not read](Self::read_definitions).
    pub fn select(&self, query: &Query) -> Result<Selection<'_>, IndexError> {
        let mut rows = if query.every_version {
            self.usable()
        } else {
            self.newest_rows()
        };
        for selector in &query.selectors {
            self.labels
                .select(&self.strings, selector, &mut rows, self.versions.len());
        }
        for any in &query.provided {
            rows.intersect(&self.providers(any)?);
        }
        Ok(Selection {
            index: self,
            rows: rows.into_iter(),
            texts: query.texts.clone(),
        })
    }

    /// The newest usable version of each package, by name: the newest that is stable and not yanked; where all that are not yanked are
    /// prereleases, the newest of them. A package whose versions are all yanked has none.
    pub fn newest(&self) -> impl Iterator<Item = Entry<'_>> {
        let packages = 0..row(self.packages.len());
        packages.filter_map(|package| self.entry_at(self.newest_of(package)?))
    }

    pub(super) fn newest_of(&self, package: u32) -> Option<u32> {
        let versions = self.versions_of(package);
        let flags = self
            .flags
            .get(versions.start as usize..versions.end as usize)?;
        let definitions = self.definitions.get();
        let offered = versions.zip(flags).rev().filter(|(at, flags)| {
            **flags & YANKED == 0
                && definitions.is_none_or(|definitions| !definitions.is_broken(*at))
        });
        let stable = offered.clone().find(|(_, flags)| **flags & PRERELEASE == 0);
        let mut offered = offered;
        stable.or_else(|| offered.next()).map(|(at, _)| at)
    }

    fn newest_rows(&self) -> Rows {
        let mut rows = Rows::none(self.versions.len());
        (0..row(self.packages.len()))
            .filter_map(|package| self.newest_of(package))
            .for_each(|at| rows.insert(at));
        rows
    }

    fn usable(&self) -> Rows {
        let mut rows = Rows::all(self.versions.len());
        if let Some(definitions) = self.definitions.get() {
            (0..row(self.versions.len()))
                .filter(|at| definitions.is_broken(*at))
                .for_each(|at| rows.remove(at));
        }
        rows
    }

    fn providers(&self, any: &[Capability]) -> Result<Rows, IndexError> {
        let Some(definitions) = self.definitions.get() else {
            let message = "what packages provide is known once their definitions are read: call `read_definitions` first";
            return Err(IndexError::new(IndexErrorKind::DefinitionsUnread, message));
        };
        let mut rows = Rows::none(self.versions.len());
        for capability in any {
            let defining = definitions.providers(capability).iter();
            defining.for_each(|at| rows.insert(*at));
            let number = self.capabilities.iter().position(|one| one == capability);
            let Some(number) = number.map(row) else {
                continue;
            };
            (0..row(self.versions.len()))
                .filter(|at| self.provides.of(*at).contains(&number))
                .for_each(|at| rows.insert(at));
        }
        Ok(rows)
    }
}

fn has_texts(entry: Entry<'_>, texts: &[String]) -> bool {
    texts.iter().all(|text| {
        let has = |within: &str| within.to_lowercase().contains(text);
        has(entry.package()) || entry.description().is_some_and(has) || entry.tags().any(has)
    })
}
