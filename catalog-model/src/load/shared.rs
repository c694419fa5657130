//! What was read of a file once, for every file that is equal to it byte for byte.
//!
//! Catalogs repeat themselves: of the bytes of real CustomResourceDefinitions in 163 bundles of operators, 42 % stand in a file that
//! is equal to that of another version. Only what was read without any diagnostic is shared: a file with diagnostics is read again, so
//! that each names its own path.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use catalog_conditions::document::Node;
use catalog_conditions::{SourceFile, Span};

use crate::definition::Definition;

/// What releases of a whole catalog share: definitions, which are large and which each release keeps anyway.
pub(crate) struct Shared {
    pub(super) definitions: Memo<Vec<(Definition, Span)>>,
}

/// Documents that the releases of one package share while it is read. Trees are ten times as large as their text: those of a whole
/// catalog would be too many.
pub(super) type SharedDocuments = Memo<Vec<Node>>;

impl Shared {
    pub(crate) fn new() -> Self {
        Self {
            definitions: Memo::new(),
        }
    }
}

/// Values by the text they were read from, and by a name that they depend on.
///
/// The hash is keyed, so that nobody can choose files that collide; it finds candidates, and the bytes decide.
pub(super) struct Memo<T> {
    hashing: RandomState,
    known: Mutex<HashMap<u64, Vec<Known<T>>>>,
}

struct Known<T> {
    name: String,
    text: Arc<SourceFile>,
    value: Arc<T>,
}

impl<T> Memo<T> {
    pub(super) fn new() -> Self {
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
        let hash = self.hashing.hash_one((name, text.text()));
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |known: &&Known<T>| known.name == name && known.text.text() == text.text();
        let found = lock()
            .get(&hash)
            .and_then(|known| known.iter().find(is_same))
            .map(|known| Arc::clone(&known.value));
        if let Some(value) = found {
            return value;
        }
        // Two threads may read equal texts at once: both get the same, and nobody waits.
        match read() {
            Ok(value) => {
                let value = Arc::new(value);
                let known = Known {
                    name: name.to_owned(),
                    text: Arc::clone(text),
                    value: Arc::clone(&value),
                };
                lock().entry(hash).or_default().push(known);
                value
            }
            Err(value) => Arc::new(value),
        }
    }
}
