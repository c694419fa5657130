//! A source as it is after changes that nobody made yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{Entry, Source, SourceError};

/// A source with some files changed, and perhaps only one folder of it.
#[derive(Clone)]
pub(super) struct Overlay<'a> {
    source: &'a dyn Source,
    only: Option<String>,
    changed: BTreeMap<String, Arc<str>>,
    /// Whether paths are shown as the source shows them, or as they are.
    pub(super) shown: bool,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(source: &'a dyn Source) -> Self {
        Self {
            source,
            only: None,
            changed: BTreeMap::new(),
            shown: false,
        }
    }

    /// The same, as if there were only one folder.
    pub(super) fn only(&self, folder: &str) -> Self {
        Self {
            only: Some(folder.to_owned()),
            ..self.clone()
        }
    }

    /// The same, with other texts in some files.
    pub(super) fn with<'f>(&self, files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let mut new = self.clone();
        let files = files.into_iter();
        new.changed
            .extend(files.map(|(path, text)| (path.to_owned(), Arc::from(text))));
        new
    }

    /// The one entry of a folder above the only one that is to be seen.
    fn next<'s>(&'s self, folder: &str) -> Option<&'s str> {
        let only = self.only.as_deref()?;
        let below = match folder {
            "" => only,
            folder => only.strip_prefix(folder)?.strip_prefix('/')?,
        };
        below.split('/').next()
    }
}

impl Source for Overlay<'_> {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let mut entries = self.source.list(folder)?;
        if let Some(next) = self.next(folder) {
            entries.retain(|entry| entry.name == next);
        }
        Ok(entries)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let Some(text) = self.changed.get(file) else {
            return self.source.read(file, limit);
        };
        if text.len() > limit {
            let bytes = text.len() as u64;
            return Err(SourceError::too_large(self.display(file), bytes, limit));
        }
        Ok(text.as_bytes().to_vec())
    }

    fn is_inside(&self, path: &str, folder: &str) -> bool {
        self.source.is_inside(path, folder)
    }

    fn is_link(&self, path: &str) -> bool {
        self.source.is_link(path)
    }

    fn display(&self, path: &str) -> String {
        match self.shown {
            true => self.source.display(path),
            false => path.to_owned(),
        }
    }
}
