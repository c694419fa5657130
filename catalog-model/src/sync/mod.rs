//! Catalogs brought up to date by what changed.
//!
//! [`sync`] takes a catalog as it was and a source as it is now, and reads what the [content ids](Source::content_id) of the source do not
//! show to be the same: of a repository of git, what two trees differ in. What comes out is what [`load`](crate::load()) would give, to the
//! last diagnostic, and what became of each release.
//!
//! ```
//! use catalog_model::sync::{SyncWatch, Synced, sync};
//! use catalog_model::{LoadOptions, MemorySource};
//!
//! let mut source = MemorySource::from_iter([
//!     ("grafana/11.0.0/metadata.yaml", "name: grafana\nversion: 11.0.0\n"),
//!     ("loki/3.0.0/metadata.yaml", "name: loki\nversion: 3.0.0\n"),
//! ]);
//! let empty = Synced::new(LoadOptions::default());
//! let (first, changes) = sync(&empty, &source, SyncWatch::default())?;
//! assert_eq!((changes.iter().count(), changes.files_read()), (2, 2));
//!
//! source.insert("grafana/11.0.0/metadata.yaml", "name: grafana\nversion: 11.0.0\ndescription: dashboards\n");
//! source.insert("grafana/12.0.0/metadata.yaml", "name: grafana\nversion: 12.0.0\n");
//! let (second, changes) = sync(&first, &source, SyncWatch::default())?;
//! let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
//! assert_eq!(changes, ["changed grafana@11.0.0: metadata", "added grafana@12.0.0"]);
//! assert_eq!(second.catalog().package("grafana").ok_or("it is there")?.releases().len(), 2);
//! assert_eq!(first.catalog().package("grafana").ok_or("it is there")?.releases().len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod cache;
mod changes;
mod compare;
mod entries;
mod error;
mod indexed;
mod parts;
mod refresh;
mod root;
mod sealed;
mod state;
mod watch;

use std::sync::Arc;

pub use self::changes::{ChangeKind, Changes, ReleaseChange, ReleasePart};
use self::compare::Comparison;
pub use self::error::{SyncError, SyncErrorKind};
pub use self::indexed::{IndexChanges, SyncedIndex};
use self::refresh::Refresh;
use self::state::{RootEntry, State};
use self::watch::Watched;
pub use self::watch::{SyncProgress, SyncWatch};
use crate::catalog::Catalog;
use crate::index::Index;
use crate::load::{LoadOptions, Loaded, Told};
use crate::source::Source;

/// A catalog with what is needed to bring it up to date: of each file and folder the [content id](Source::content_id). Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Synced {
    state: Arc<State>,
}

impl Synced {
    /// An empty catalog, as there is before the first sync. All syncs that follow read with these options.
    #[must_use]
    pub fn new(options: LoadOptions) -> Self {
        let state = State {
            options,
            ..State::default()
        };
        Self {
            state: Arc::new(state),
        }
    }

    /// The usable packages.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.state.catalog
    }

    /// What all syncs read with.
    pub(crate) fn options(&self) -> &LoadOptions {
        &self.state.options
    }

    /// What may be asked of many versions at once. The first call makes the index of all the catalog; from there on each sync brings it up to
    /// date, at the cost of the packages that changed.
    #[must_use]
    pub fn index(&self) -> &Index {
        self.shared_index()
    }

    fn shared_index(&self) -> &Arc<Index> {
        let state = &self.state;
        let made = || Arc::new(Index::of(&state.catalog, &state.options));
        state.index.get_or_init(made)
    }

    /// The usable packages with all that was found wrong or worth knowing, as [`load`](crate::load()) gives them.
    ///
    /// Cost: the diagnostics are copied and sorted, and the packages are shared.
    #[must_use]
    pub fn loaded(&self) -> Loaded {
        let told = self.state.told().cloned().collect();
        Loaded::new(self.state.catalog.clone(), Told::new(told))
    }
}

/// Brings a catalog up to date with a source. Gives the catalog that [`load`](crate::load()) would give now, and what became of its usable
/// releases.
///
/// `source` shows paths (as [`Source::display`] does) as the source of `previous` did, and its ids are those of the same
/// [scheme](crate::source::ContentScheme); a repository at another commit is such a source, and so is another clone of it.
///
/// Cost: folders whose id is the one known are not listed, and no file in them is read. Of the rest, root and packages are listed and
/// versions read whose ids are others; releases side by side are compared in each package that changed. Beside that, a pointer is copied for
/// each sixty packages or so. Where the source has no ids, all is read. So is what a link leads to, as no id covers that, and what failed.
///
/// # Errors
///
/// The root cannot be listed; the source says that it is [unavailable](crate::source::SourceErrorKind::Unavailable) (objects of the repository are missing, a
/// file changed while it was read); the sync was cancelled. `previous` is not changed by a sync, whether it fails or not.
pub fn sync(
    previous: &Synced,
    source: &dyn Source,
    watch: SyncWatch<'_>,
) -> Result<(Synced, Changes), SyncError> {
    let id = source.content_id("");
    if id.is_some() && id == previous.state.id {
        return Ok((previous.clone(), Changes::default()));
    }
    let watched = Watched::new(source, &watch);
    let read = Refresh::new(&previous.state, &watched).state(id);
    let files = watched.files();
    if let Some(failure) = watched.failure() {
        return Err(failure);
    }
    let (state, anew) = read.map_err(SyncError::of_source)?;
    let differing = differing(&previous.state, &state, &anew);
    let changes = Changes {
        releases: differing.iter().flat_map(Comparison::changes).collect(),
        files,
    };
    if let Some(index) = previous.state.index.get() {
        // Nobody else knows the new state yet.
        let _ = state.index.set(Arc::new(follow(index, &differing)));
    }
    let synced = Synced {
        state: Arc::new(state),
    };
    Ok((synced, changes))
}

/// An index brought up to date by what is not the same.
fn follow(index: &Index, differing: &[Comparison<'_>]) -> Index {
    let names = differing.iter().map(|comparison| comparison.name);
    let packages = differing.iter().filter_map(|comparison| {
        let package = comparison.after?.package.as_ref()?;
        Some(&**package)
    });
    index.with(&names.collect(), packages)
}

/// All entries that are not the same, by name; those of `after` that are others are given.
fn differing<'s>(
    before: &'s State,
    after: &'s State,
    anew: &'s [Arc<RootEntry>],
) -> Vec<Comparison<'s>> {
    let mut differing: Vec<Comparison<'s>> = anew
        .iter()
        .map(|new| {
            let old = before.entries.get(&new.name);
            Comparison::new(&new.name, old.map(AsRef::as_ref), Some(new))
        })
        .collect();
    let known = differing.len();
    let gone = before.entries.not_shared_with(&after.entries);
    let gone = gone.filter(|old| after.entries.get(&old.name).is_none());
    differing.extend(gone.map(|old| Comparison::new(&old.name, Some(old), None)));
    if differing.len() > known {
        differing.sort_by_key(|one| one.name);
    }
    differing
}
