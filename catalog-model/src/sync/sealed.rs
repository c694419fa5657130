//! Whether all that was read of a folder is in the folder.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::source::{ContentId, Entry, Source, SourceError, SourceErrorKind, join};

/// A version folder while it is read: it notices links, which lead to what no id of the folder covers.
pub(super) struct Sealed<'a> {
    source: &'a dyn Source,
    folder: &'a str,
    open: AtomicBool,
}

impl<'a> Sealed<'a> {
    pub(super) fn new(source: &'a dyn Source, folder: &'a str) -> Self {
        Self {
            source,
            folder,
            open: AtomicBool::new(false),
        }
    }

    /// Whether what was read depends on nothing but what the folder holds. What failed may do so otherwise the next time.
    pub(super) fn is_sealed(&self) -> bool {
        !self.open.load(Ordering::Relaxed)
    }

    fn open_if(&self, open: bool) {
        if open {
            self.open.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a link lies on the way from the folder to a path, or at its end.
    fn passes_link(&self, path: &str) -> bool {
        let Some(below) = path.strip_prefix(self.folder) else {
            return true;
        };
        let ends = below.match_indices('/').map(|(at, _)| at).skip(1);
        let ends = ends.chain([below.len()]).filter(|end| *end > 0);
        let mut ways = ends.filter_map(|end| path.get(..self.folder.len() + end));
        ways.any(|way| self.source.is_link(way))
    }
}

/// Whether what failed may do better another time, though the folder is the same.
fn may_succeed(error: &SourceError) -> bool {
    !matches!(
        error.kind(),
        SourceErrorKind::NotFound | SourceErrorKind::WrongKind | SourceErrorKind::TooLarge
    )
}

impl Source for Sealed<'_> {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let listed = self.source.list(folder);
        self.open_if(match &listed {
            Ok(entries) => {
                let mut entries = entries.iter();
                let is_link = |entry: &Entry| self.source.is_link(&join(folder, &entry.name));
                self.passes_link(folder) || entries.any(is_link)
            }
            Err(error) => may_succeed(error) || self.passes_link(folder),
        });
        listed
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let read = self.source.read(file, limit);
        let failed = read.as_ref().err().is_some_and(may_succeed);
        self.open_if(failed || self.passes_link(file));
        read
    }

    fn is_inside(&self, path: &str, folder: &str) -> bool {
        let is_inside = self.source.is_inside(path, folder);
        self.open_if(!is_inside || self.passes_link(path));
        is_inside
    }

    fn is_link(&self, path: &str) -> bool {
        let is_link = self.source.is_link(path);
        self.open_if(is_link);
        is_link
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.source.content_id(path)
    }

    fn display(&self, path: &str) -> String {
        self.source.display(path)
    }
}
