//! Handles of one repository, each with its caches, for the threads that ask at once.

use std::sync::{Mutex, PoisonError};

use gix::{Repository, ThreadSafeRepository};

/// Bytes of the bases of deltas that each handle keeps: objects of a pack are deltas on each other.
const DELTA_BYTES: usize = 32 << 20;

/// Opened handles of a repository that nobody uses right now.
pub(super) struct Pool {
    shared: ThreadSafeRepository,
    idle: Mutex<Vec<Repository>>,
}

impl Pool {
    pub(super) fn new(shared: ThreadSafeRepository) -> Self {
        Self {
            shared,
            idle: Mutex::default(),
        }
    }

    /// Lets somebody use a handle. As many are made as are used at once.
    pub(super) fn with<T>(&self, act: impl FnOnce(&Repository) -> T) -> T {
        let handle = self.idle().pop();
        let handle = handle.unwrap_or_else(|| self.open());
        let result = act(&handle);
        self.idle().push(handle);
        result
    }

    fn open(&self) -> Repository {
        let mut handle = self.shared.to_thread_local();
        handle.objects.set_pack_cache(|| {
            Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(
                DELTA_BYTES,
            ))
        });
        handle
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Repository>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
