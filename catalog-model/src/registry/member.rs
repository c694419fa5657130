//! What a registry holds of one catalog.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::descriptor::Descriptor;
use crate::content::ReleaseContent;
use crate::digest::DigestLimits;
use crate::index::Index;
use crate::release::Release;
use crate::source::Source;
use crate::sync::Synced;

/// A registered catalog. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) descriptor: Arc<Descriptor>,
    /// What answers; `None` before the first sync that came to an end.
    pub(super) state: Option<Arc<Answering>>,
    /// The commit that answered last, be it in another process.
    pub(super) commit: Option<String>,
    /// Why the last sync came to nothing.
    pub(super) problem: Option<String>,
}

/// A catalog as it answers.
pub(super) struct Answering {
    pub(super) synced: Synced,
    pub(super) source: Box<dyn Source + Send>,
    pub(super) commit: Option<String>,
    /// Where it was read: the descriptor may say something else by now.
    pub(super) descriptor: Arc<Descriptor>,
    index: OnceLock<Index>,
    contents: Mutex<BTreeMap<String, Content>>,
}

/// What is in a release, or why that cannot be said.
pub(super) type Content = Result<Arc<ReleaseContent>, Arc<str>>;

impl Member {
    pub(super) fn new(descriptor: Descriptor) -> Self {
        Self {
            descriptor: Arc::new(descriptor),
            state: None,
            commit: None,
            problem: None,
        }
    }
}

impl Answering {
    pub(super) fn new(
        synced: Synced,
        source: Box<dyn Source + Send>,
        commit: Option<String>,
        descriptor: &Arc<Descriptor>,
    ) -> Self {
        Self {
            synced,
            source,
            commit,
            descriptor: Arc::clone(descriptor),
            index: OnceLock::new(),
            contents: Mutex::default(),
        }
    }

    /// The index of the catalog, made when it is first asked for.
    pub(super) fn index(&self) -> &Index {
        self.index
            .get_or_init(|| Index::of(self.synced.catalog(), self.synced.options()))
    }

    /// What is in a release. Its files are read once; those who ask meanwhile may read them too.
    pub(super) fn content(&self, release: &Release) -> Content {
        let folder = release.folder();
        if let Some(known) = self.contents().get(folder) {
            return known.clone();
        }
        let read = ReleaseContent::of(self.source.as_ref(), folder, &DigestLimits::default());
        let read = read.map(Arc::new).map_err(|error| error.to_string().into());
        self.contents().insert(folder.to_owned(), read.clone());
        read
    }

    /// What is in a folder, if that was asked since the last sync.
    pub(super) fn known(&self, folder: &str) -> Option<Arc<ReleaseContent>> {
        self.contents().get(folder)?.clone().ok()
    }

    fn contents(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Content>> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Answering");
        shown.field("commit", &self.commit).finish_non_exhaustive()
    }
}
