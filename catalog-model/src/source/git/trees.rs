//! Trees that were read lately.

use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use gix::hashtable::HashMap;

use super::tree::Tree;
use crate::source::SourceError;

/// Entries of all trees that are kept: some 100 bytes each.
const ENTRIES: usize = 500_000;

/// Trees by id, as many as there is room for.
#[derive(Debug, Default)]
pub(super) struct Trees {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    trees: HashMap<ObjectId, Arc<Tree>>,
    entries: usize,
}

impl Trees {
    /// A tree, read if it is not known. Two threads may read one at once: nobody waits.
    pub(super) fn get(
        &self,
        id: &ObjectId,
        read: impl FnOnce() -> Result<Tree, SourceError>,
    ) -> Result<Arc<Tree>, SourceError> {
        if let Some(tree) = self.with(|known| known.trees.get(id).cloned()) {
            return Ok(tree);
        }
        let tree = Arc::new(read()?);
        self.with(|known| known.insert(*id, &tree));
        Ok(tree)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Known {
    fn insert(&mut self, id: ObjectId, tree: &Arc<Tree>) {
        let entries = tree.len() + 1;
        if self.entries + entries > ENTRIES {
            self.trees.clear();
            self.entries = 0;
        }
        self.entries += entries;
        self.trees.insert(id, Arc::clone(tree));
    }
}
