//! An index with what is needed to bring it up to date, and nothing else of the catalog.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::error::SyncError;
use super::refresh::Refresh;
use super::root::Entries;
use super::state::{RootEntry, State};
use super::watch::{SyncWatch, Watched};
use super::{Synced, differing, follow};
use crate::catalog::Catalog;
use crate::index::Index;
use crate::load::{LoadOptions, Told};
use crate::source::{ContentId, Source};

use super::entries::StoredEntries;

/// An index that is brought up to date by what changed, for whoever answers queries and reads [whole releases](crate::index::Entry::load)
/// when they are asked for. Beside the index it holds the [content ids](Source::content_id) of the folders in the root. It is what a
/// [cache](super::cache) keeps. Cheap to clone.
///
/// ```
/// use catalog_model::sync::{SyncWatch, SyncedIndex};
/// use catalog_model::{LoadOptions, MemorySource};
///
/// let mut source = MemorySource::from_iter([("loki/2.0.0/metadata.yaml", "name: loki\nversion: 2.0.0\n")]);
/// let (first, changes) = SyncedIndex::new(LoadOptions::default()).sync(&source, SyncWatch::default())?;
/// assert_eq!(changes.packages().collect::<Vec<_>>(), ["loki"]);
/// source.insert("loki/3.0.0/metadata.yaml", "name: loki\nversion: 3.0.0\n");
/// let (second, _) = first.sync(&source, SyncWatch::default())?;
/// let newest = second.index().newest_version("loki")?.ok_or("it is usable")?;
/// assert_eq!(newest.to_string(), "loki@3.0.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SyncedIndex {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) options: LoadOptions,
    /// The id of the whole source; `None` before the first sync.
    pub(super) id: Option<ContentId>,
    pub(super) index: Arc<Index>,
    pub(super) has_errors: bool,
    /// Outlines of the entries: those that were stored are taken out of their columns when something changed.
    state: OnceLock<State>,
    pub(super) stored: Vec<Arc<StoredEntries>>,
    root: String,
}

/// Which packages a sync of an index found changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexChanges {
    packages: Vec<String>,
    files: usize,
}

impl IndexChanges {
    /// The folders in the root that were looked into or are gone, by name: packages, and what is none.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        self.packages.iter().map(String::as_str)
    }

    /// Whether no folder was looked into.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// How many files were read to find out.
    #[must_use]
    pub fn files_read(&self) -> usize {
        self.files
    }
}

impl SyncedIndex {
    /// An empty index, as there is before the first sync. All syncs that follow read with these options.
    #[must_use]
    pub fn new(options: LoadOptions) -> Self {
        let state = State {
            options,
            ..State::default()
        };
        let index = Index::of(&Catalog::default(), &state.options);
        Self::of_state(state, Arc::new(index))
    }

    fn of_state(state: State, index: Arc<Index>) -> Self {
        let inner = Inner {
            options: state.options.clone(),
            id: state.id,
            index,
            has_errors: !state.told.is_empty() || state.entries.has_errors(),
            root: state.root.clone(),
            state: OnceLock::from(state),
            stored: Vec::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// What was stored of the source with this id: entries in the order they were stored, and the index of all of them.
    pub(super) fn of_stored(
        (options, id, root): (LoadOptions, Option<ContentId>, String),
        stored: Vec<Arc<StoredEntries>>,
        (index, has_errors): (Index, bool),
    ) -> Self {
        let inner = Inner {
            options,
            id,
            index: Arc::new(index),
            has_errors,
            state: OnceLock::new(),
            stored,
            root,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The versions that can be used, their definitions read.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.inner.index
    }

    /// The [id](Source::content_id) of the whole source that the index is of; `None` before the first sync, and where the source has none.
    #[must_use]
    pub fn source_id(&self) -> Option<ContentId> {
        self.inner.id
    }

    /// Whether a diagnostic of the catalog is an error. [`diagnostics`](Self::diagnostics) has all, for what reading them costs.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.inner.has_errors
    }

    /// Brings the index up to date with a source, as [`sync`](super::sync()) does a catalog. Gives the index of the catalog that
    /// [`load`](crate::load()) would give now.
    ///
    /// Cost: where the whole source has the id that is known, that of asking for it. Else the root is listed, and each folder in it whose
    /// id is another is read whole: the releases that were read before are not there to be compared with.
    ///
    /// # Errors
    ///
    /// Those of [`sync`](super::sync()).
    pub fn sync(
        &self,
        source: &dyn Source,
        watch: SyncWatch<'_>,
    ) -> Result<(Self, IndexChanges), SyncError> {
        let id = source.content_id("");
        if id.is_some() && id == self.inner.id {
            return Ok((self.clone(), IndexChanges::default()));
        }
        let before = self.inner.state();
        let (state, anew, files) = read_anew(before, source, watch, id)?;
        let differing = differing(before, &state, &anew);
        let changes = IndexChanges {
            packages: differing.iter().map(|one| one.name.to_owned()).collect(),
            files,
        };
        let index = follow(&self.inner.index, &differing);
        Ok((
            Self::of_state(state.to_outlined(), Arc::new(index)),
            changes,
        ))
    }

    /// All that was found wrong or worth knowing, and what of it is kept back, as [`Loaded`](crate::Loaded) has them (there is no
    /// package in it): the index holds none. `source` is the one that it was last brought up to date with.
    ///
    /// Cost: the folders in the root of which anything is told are read again, whole.
    ///
    /// # Errors
    ///
    /// Those of [`sync`](super::sync()).
    pub fn diagnostics(
        &self,
        source: &dyn Source,
        watch: SyncWatch<'_>,
    ) -> Result<crate::Loaded, SyncError> {
        let known = self.inner.state().without_told();
        let (state, _, _) = read_anew(&known, source, watch, self.inner.id)?;
        let told = state.told().cloned().collect();
        Ok(crate::Loaded::new(Catalog::default(), Told::new(told)))
    }
}

impl From<&Synced> for SyncedIndex {
    /// The index of a catalog, as its next sync would have it.
    fn from(synced: &Synced) -> Self {
        Self::of_state(
            synced.state.to_outlined(),
            Arc::clone(synced.shared_index()),
        )
    }
}

fn read_anew(
    before: &State,
    source: &dyn Source,
    watch: SyncWatch<'_>,
    id: Option<ContentId>,
) -> Result<(State, Vec<Arc<RootEntry>>, usize), SyncError> {
    let watched = Watched::new(source, &watch);
    let read = Refresh::new(before, &watched).state(id);
    let files = watched.files();
    match watched.failure() {
        Some(failure) => Err(failure),
        None => {
            let (state, anew) = read.map_err(SyncError::of_source)?;
            Ok((state, anew, files))
        }
    }
}

impl Inner {
    pub(super) fn state(&self) -> &State {
        self.state.get_or_init(|| {
            let mut entries: BTreeMap<&str, Arc<RootEntry>> = BTreeMap::new();
            for stored in &self.stored {
                for (name, entry) in stored.iter() {
                    match entry {
                        Some(entry) => entries.insert(name, Arc::new(entry)),
                        None => entries.remove(name),
                    };
                }
            }
            State {
                options: self.options.clone(),
                id: self.id,
                root: self.root.clone(),
                entries: Entries::of(entries.into_values().collect()),
                ..State::default()
            }
        })
    }
}

impl State {
    /// The same with no more than outlines of what stands in the root.
    fn to_outlined(&self) -> Self {
        Self {
            options: self.options.clone(),
            id: self.id,
            root: self.root.clone(),
            entries: self.entries.outlined(),
            told: self.told.clone(),
            ..Self::default()
        }
    }

    /// What is known of entries of which nothing is told.
    fn without_told(&self) -> Self {
        let entries = self.entries.iter();
        let silent = entries.filter(|entry| entry.outline.told == 0);
        Self {
            options: self.options.clone(),
            root: self.root.clone(),
            entries: Entries::of(silent.cloned().collect()),
            ..Self::default()
        }
    }
}
