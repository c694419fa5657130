//! Answers to queries.

use std::fmt;
use std::iter::FusedIterator;

use super::column::{Rows, RowsInOrder, row};
use super::layer::Layer;
use super::order::{ByName, Place};
use super::{Entry, Index, IndexError, IndexErrorKind, Query, Shown};
use crate::capability::Capability;

/// The versions that a [`Query`] asks for, as a set: by package and version when iterated, a bit for each version of the index in memory.
///
/// It is what was known when it was [selected](Index::select): reading definitions later takes nothing out of it.
///
/// ```
/// use catalog_model::index::{Index, Query};
/// use catalog_model::{LoadOptions, MemorySource};
///
/// let source = MemorySource::from_iter([
///     ("loki/2.0.0/metadata.yaml", "name: loki\nversion: 2.0.0\n"),
///     ("loki/3.0.0/metadata.yaml", "name: loki\nversion: 3.0.0\nlabel: { stage: test }\n"),
/// ]);
/// let index = Index::read(&source, &LoadOptions::default())?.into_index();
/// let all = index.select(&Query::new().every_version())?;
/// let tested = index.select(&Query::new().every_version().labels("stage=test".parse()?))?;
/// assert_eq!((all.len(), tested.len()), (2, 1));
/// let rest: Vec<String> = all.iter().filter(|entry| !tested.contains(*entry)).map(|entry| entry.to_string()).collect();
/// assert_eq!(rest, ["loki@2.0.0"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Selection<'a> {
    index: &'a Index,
    /// Those of each layer.
    rows: Vec<Rows>,
}

impl<'a> Selection<'a> {
    /// How many versions are selected. Cost: a bit for each version of the index.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.iter().map(Rows::len).sum()
    }

    /// Whether nothing is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.iter().all(Rows::is_empty)
    }

    /// Whether an entry of the same index is selected; none of another is.
    #[must_use]
    pub fn contains(&self, entry: Entry<'_>) -> bool {
        let mut layers = self.index.layers.iter().zip(&self.rows);
        let of_layer = layers.find(|(shown, _)| std::ptr::eq(&*shown.layer, entry.layer));
        std::ptr::eq(self.index, entry.index)
            && of_layer.is_some_and(|(_, rows)| rows.contains(entry.at))
    }

    /// The versions selected, by package and version.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'a>> + use<'a, '_> {
        let index = self.index;
        let layers = index.layers.iter().zip(&self.rows);
        let rows = layers.map(|(shown, rows)| (&*shown.layer, rows.iter()));
        ByName::versions(rows).filter_map(|place| index.entry_at(place))
    }
}

impl fmt::Debug for Selection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<'a> IntoIterator for Selection<'a> {
    type Item = Entry<'a>;
    type IntoIter = Entries<'a>;

    fn into_iter(self) -> Entries<'a> {
        let layers = self.index.layers.iter().zip(self.rows);
        let rows = layers.map(|(shown, rows)| (&*shown.layer, rows.into_iter()));
        Entries {
            index: self.index,
            rows: ByName::versions(rows),
        }
    }
}

/// The versions of a [`Selection`] one by one.
#[derive(Clone)]
#[must_use]
pub struct Entries<'a> {
    index: &'a Index,
    rows: ByName<'a, RowsInOrder<std::vec::IntoIter<u64>>>,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let index = self.index;
        self.rows.find_map(|place| index.entry_at(place))
    }
}

impl FusedIterator for Entries<'_> {}

impl fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl Index {
    /// The versions that a query asks for, by package and version: of each package the [newest](Self::newest), if that is what was
    /// asked for, or with [`Query::every_version`] all.
    ///
    /// Labels and flags are known by what was read; which versions are usable, and so which is newest, is what is known now: see
    /// [`definitions_are_read`](Self::definitions_are_read).
    ///
    /// Cost: that of the labels named, a bit or less for each version; text is searched in what they leave.
    ///
    /// # Errors
    ///
    /// It asks what is provided, and the definitions were [not read](Self::read_definitions).
    pub fn select(&self, query: &Query) -> Result<Selection<'_>, IndexError> {
        let layers = self.layers.iter();
        let rows = layers.map(|shown| self.selected(shown, query));
        Ok(Selection {
            index: self,
            rows: rows.collect::<Result<_, _>>()?,
        })
    }

    /// The newest usable version of each package, by name: the newest that is stable and not yanked; where all that are not yanked are
    /// prereleases, the newest of them. A package whose versions are all yanked has none.
    ///
    /// Before [definitions are read](Self::definitions_are_read), that may be a version whose definitions turn out to have errors; after,
    /// it is the one that [`Package::newest`](crate::Package::newest) gives.
    pub fn newest(&self) -> impl Iterator<Item = Entry<'_>> {
        self.places().filter_map(|package| self.newest_of(package))
    }

    pub(super) fn newest_of<'a>(&'a self, package: Place<'a>) -> Option<Entry<'a>> {
        let Place { layer, at } = package;
        let at = layer.newest_of(at)?;
        self.entry_at(Place { layer, at })
    }

    /// The rows of a layer that a query asks for.
    fn selected(&self, shown: &Shown, query: &Query) -> Result<Rows, IndexError> {
        let layer = &*shown.layer;
        let versions = layer.versions.len();
        let mut rows = if query.every_version {
            shown.usable_rows()
        } else {
            shown.newest_rows()
        };
        for selector in &query.selectors {
            layer
                .labels
                .select(&layer.strings, selector, &mut rows, versions);
        }
        for any in &query.provided {
            rows.intersect(&layer.with_any(any)?);
        }
        if !query.texts.is_empty() {
            let named = |at: &u32| {
                let entry = self.entry_at(Place { layer, at: *at });
                entry.is_some_and(|entry| has_texts(entry, &query.texts))
            };
            rows = Rows::of(versions, rows.iter().filter(named));
        }
        Ok(rows)
    }
}

impl Shown {
    fn newest_rows(&self) -> Rows {
        let mut rows = Rows::none(self.layer.versions.len());
        self.packages()
            .filter_map(|package| self.layer.newest_of(package))
            .for_each(|at| rows.insert(at));
        rows
    }
}

impl Layer {
    /// The versions that provide one of these.
    fn with_any(&self, any: &[Capability]) -> Result<Rows, IndexError> {
        let Some(definitions) = self.definitions.get() else {
            let message = "what packages provide is known once their definitions are read: call `read_definitions` first";
            return Err(IndexError::new(IndexErrorKind::DefinitionsUnread, message));
        };
        let mut rows = Rows::none(self.versions.len());
        for capability in any {
            let defining = definitions.providers(&self.strings, capability).iter();
            defining.for_each(|at| rows.insert(*at));
            let mut said = self.capabilities.all(&self.strings).iter();
            let number = said.position(|one| one == capability);
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
