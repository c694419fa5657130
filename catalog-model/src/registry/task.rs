//! A sync of one catalog, away from the registry.

use std::sync::Arc;

use super::descriptor::Descriptor;
use super::key::CatalogKey;
use super::member::Answering;
use crate::source::Source;
use crate::sync::{Changes, SyncWatch, Synced, sync};

/// What is to be synced. It holds nothing of the registry, which others may ask, and change, while it runs.
#[derive(Clone, Debug)]
#[must_use]
pub struct SyncTask {
    pub(super) descriptor: Arc<Descriptor>,
    pub(super) before: Option<Arc<Answering>>,
    pub(super) commit: Option<String>,
    pub(super) empty: Synced,
}

/// What came of a [`SyncTask`], for [`Registry::record`](super::Registry::record).
#[derive(Debug)]
#[must_use]
pub struct SyncOutcome {
    pub(super) descriptor: Arc<Descriptor>,
    pub(super) before: Option<Arc<Answering>>,
    pub(super) result: Result<(Answering, Changes), String>,
}

impl SyncTask {
    /// Name and namespace of the catalog.
    #[must_use]
    pub fn key(&self) -> &CatalogKey {
        &self.descriptor.key
    }

    /// Where it is to be read.
    #[must_use]
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The commit that answered last, also before the registry was restored: where the newest cannot be had, a service that still has this
    /// one may give it to [`run`](Self::run).
    #[must_use]
    pub fn last_commit(&self) -> Option<&str> {
        self.commit.as_deref()
    }

    /// Reads what changed in the source, which is at `commit` if it has commits. The source is kept: digests are taken of it, and releases
    /// fetched from it.
    pub fn run(
        self,
        source: Box<dyn Source + Send>,
        commit: Option<&str>,
        watch: SyncWatch<'_>,
    ) -> SyncOutcome {
        // What was read elsewhere has other paths, and may have ids of another kind.
        let same_place = self.before.as_ref().filter(|before| {
            before
                .descriptor
                .address
                .same_place(&self.descriptor.address)
        });
        let known = same_place.map_or(&self.empty, |before| &before.synced);
        let result = sync(known, source.as_ref(), watch)
            .map(|(synced, changes)| {
                let commit = commit.map(str::to_owned);
                let answering = Answering::new(synced, source, commit, &self.descriptor);
                (answering, changes)
            })
            .map_err(|error| error.to_string());
        self.outcome(result)
    }

    /// Opens what the descriptor says, and reads what changed in it.
    #[cfg(feature = "fs")]
    pub fn open_and_run(self, watch: SyncWatch<'_>) -> SyncOutcome {
        match self.descriptor.address.open() {
            Ok(source) => {
                let commit = source.commit().map(str::to_owned);
                self.run(Box::new(source), commit.as_deref(), watch)
            }
            Err(error) => self.fail(error.to_string()),
        }
    }

    /// The outcome of a catalog that could not be opened, with the reason.
    pub fn fail(self, reason: impl Into<String>) -> SyncOutcome {
        self.outcome(Err(reason.into()))
    }

    fn outcome(self, result: Result<(Answering, Changes), String>) -> SyncOutcome {
        SyncOutcome {
            descriptor: self.descriptor,
            before: self.before,
            result,
        }
    }
}

impl SyncOutcome {
    /// What became of the releases, or why nothing did.
    ///
    /// # Errors
    ///
    /// The source could not be read, or the sync was cancelled.
    pub fn changes(&self) -> Result<&Changes, &str> {
        match &self.result {
            Ok((_, changes)) => Ok(changes),
            Err(reason) => Err(reason),
        }
    }
}
