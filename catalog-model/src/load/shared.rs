//! What was read of a file once, for every file that is equal to it byte for byte.
//!
//! Catalogs repeat themselves: of the bytes of real CustomResourceDefinitions in 163 bundles of operators, 42 % stand in a file that
//! is equal to that of another version. Only what was read without any diagnostic is shared: a file with diagnostics is read again, so
//! that each names its own path.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use catalog_conditions::document::Node;
use catalog_conditions::{SourceFile, Span};

use crate::definition::Definition;

/// What releases of a whole catalog share: definitions, which are large and which each release keeps anyway.
pub(crate) struct Shared {
    pub(super) definitions: Memo<Vec<(Definition, Span)>>,
}

/// Documents that the releases of one package share while it is read. Trees are ten times as large as their text: those of a whole
/// catalog would be too many.
pub(crate) type SharedDocuments = Memo<Vec<Node>>;

impl Shared {
    pub(crate) fn new() -> Self {
        Self {
            definitions: Memo::new(),
        }
    }
}

/// Values by the text they were read from, and by a name that they depend on.
///
/// Few texts that differ have the same length: only where one of that length is known already is another hashed. The hash is keyed, so
/// that nobody can choose files that collide; it finds candidates, and the bytes decide.
pub(crate) struct Memo<T> {
    hashing: RandomState,
    known: Mutex<HashMap<usize, OfLength<T>>>,
}

/// The texts of one length.
struct OfLength<T> {
    first: Arc<Known<T>>,
    others: HashMap<u64, Vec<Arc<Known<T>>>>,
}

struct Known<T> {
    name: String,
    text: Arc<SourceFile>,
    value: Arc<T>,
}

impl<T> Memo<T> {
    pub(crate) fn new() -> Self {
        Self {
            hashing: RandomState::new(),
            known: Mutex::new(HashMap::new()),
        }
    }

    /// The value of a text equal to this one, else what `read` makes of it; that is kept if `read` says so by `Ok`.
    pub(super) fn value(
        &self,
        name: &str,
        text: &Arc<SourceFile>,
        read: impl FnOnce() -> Result<T, T>,
    ) -> Arc<T> {
        if let Some(value) = self.found(name, text.text()) {
            return value;
        }
        // Two threads may read equal texts at once: both get the same, and nobody waits.
        match read() {
            Ok(value) => {
                let value = Arc::new(value);
                self.keep(Known {
                    name: name.to_owned(),
                    text: Arc::clone(text),
                    value: Arc::clone(&value),
                });
                value
            }
            Err(value) => Arc::new(value),
        }
    }

    /// Nothing is compared or hashed while others wait.
    fn found(&self, name: &str, text: &str) -> Option<Arc<T>> {
        let length = text.len();
        let is_same = |known: &&Arc<Known<T>>| known.name == name && known.text.text() == text;
        let first = Arc::clone(&self.known().get(&length)?.first);
        if is_same(&&first) {
            return Some(Arc::clone(&first.value));
        }
        let hash = self.hash(name, text);
        let others = self.known().get(&length)?.others.get(&hash)?.clone();
        let found = others.iter().find(is_same)?;
        Some(Arc::clone(&found.value))
    }

    fn keep(&self, new: Known<T>) {
        let length = new.text.text().len();
        let is_first = !self.known().contains_key(&length);
        let hash = (!is_first).then(|| self.hash(&new.name, new.text.text()));
        let new = Arc::new(new);
        let mut known = self.known();
        let of_length = known.entry(length).or_insert_with(|| OfLength {
            first: Arc::clone(&new),
            others: HashMap::new(),
        });
        // One that two threads found to be the first at once is kept by one of them.
        if let Some(hash) = hash {
            of_length.others.entry(hash).or_default().push(new);
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<usize, OfLength<T>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hash(&self, name: &str, text: &str) -> u64 {
        self.hashing.hash_one((name, text))
    }
}
