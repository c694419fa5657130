//! An index on disk, from one process to the next.
//!
//! A new process that has the cache answers queries without reading or parsing the catalog, as long as the [id](crate::Source::content_id)
//! of its source is the one that is known; else it reads the packages that changed.
//!
//! ```
//! # #[cfg(feature = "fs")] {
//! use catalog_model::sync::SyncWatch;
//! use catalog_model::sync::cache::IndexCache;
//! use catalog_model::{LoadOptions, MemorySource};
//!
//! let folder = std::env::temp_dir().join(format!("catalog-cache-{}", std::process::id()));
//! let source = MemorySource::from_iter([("loki/3.0.0/metadata.yaml", "name: loki\nversion: 3.0.0\n")]);
//! let (mut cache, notes) = IndexCache::in_folder(&folder, LoadOptions::default());
//! assert!(notes.is_empty());
//! let (index, changes) = cache.index().sync(&source, SyncWatch::default())?;
//! assert_eq!(changes.files_read(), 1);
//! cache.store(&index)?;
//!
//! // Another process:
//! let (cache, _) = IndexCache::in_folder(&folder, LoadOptions::default());
//! let (index, changes) = cache.index().sync(&source, SyncWatch::default())?;
//! assert_eq!((changes.files_read(), index.index().len()), (0, 1));
//! # std::fs::remove_dir_all(&folder)?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What lies there
//!
//! A **segment** is what was known of some entries of the root at one moment: their content ids, and of packages among them the columns of
//! the index, as they are in memory. It is opened without parsing: columns are copied, and a version is read from its text when somebody
//! asks for it. A segment is never changed, and its name is its checksum. The **manifest** (`index`) names the segments in the order they were written
//! (what is newer counts), with the id of the source, and has its own checksum.
//!
//! ```text
//! index                      format, options, id of the source, segments, SHA-256 of all that
//! 99aa06d3….segment          the whole catalog, once
//! a96faf70….segment          what one commit changed
//! ```
//!
//! - **What is written** for a commit is one segment of the packages that changed, with the newest small ones laid into it
//!   (up to 24 KB of them), and the manifest. When there are many segments, [`compact`](IndexCache::compact) writes one of all; nothing
//!   does so unasked.
//! - **Two processes** at once need no lock: a file is written under a name that nobody else uses and renamed when it is whole, and a reader follows one
//!   manifest. Who stores looks first whether the manifest is the one it knows, and begins with the other's if not. If both store at the same
//!   moment, what the later one names counts, and the other's segments are left for the next process to remove. A segment that no manifest names is removed when it is ten
//!   minutes old, so that one that is being written or read stays.
//! - **A process that dies** leaves files that nobody names, or half a file that nobody names. Nothing is flushed to the disk: after a loss of power a
//!   file may be cut short, and its checksum says so.
//! - **Never trusted**: what has another checksum, format or options, is cut short, or cannot be read, is as good as not there, and a note says
//!   what it was. The checksums find damage and no malice: whoever may write to the folder can make up an index.
//! - **Bounds**: no more is read of a file than the manifest says it has, nothing is set aside for a length that is not there, and no bytes panic.
//!
//! Options are part of what is known: an index that was read with others is not used, and neither is one of another version of this crate,
//! which may find other things wrong. Diagnostics are not stored: they quote files. [`SyncedIndex::diagnostics`] reads again what they are about.

mod checksum;
mod error;
mod files;
mod manifest;
mod segment;

use std::collections::BTreeSet;
#[cfg(feature = "fs")]
use std::path::Path;

pub use self::error::{CacheError, CacheNote, CacheNoteKind};
#[cfg(feature = "fs")]
pub use self::files::CacheFolder;
pub use self::files::{CacheFile, CacheFiles};
use self::manifest::{Manifest, Segment};
use super::SyncedIndex;
use crate::load::LoadOptions;

/// How many bytes of the newest segments are written again with what is new, so that there are fewer of them.
const SMALL: u64 = 24 << 10;

/// How many segments are many.
const MANY: usize = 48;

/// A cache of the index of one catalog.
#[derive(Debug)]
pub struct IndexCache {
    files: Box<dyn CacheFiles>,
    options: LoadOptions,
    manifest: Manifest,
    /// What the manifest leads to.
    index: SyncedIndex,
}

/// What was written to a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheWritten {
    /// Bytes of all files that were written.
    pub bytes: u64,
    /// Segments that there are now.
    pub segments: usize,
}

impl IndexCache {
    /// The cache in a folder, which is made when something is stored. One folder is for one catalog.
    ///
    /// Cost: that of reading its files, and of their checksums.
    #[cfg(feature = "fs")]
    pub fn in_folder(folder: impl AsRef<Path>, options: LoadOptions) -> (Self, Vec<CacheNote>) {
        Self::open(CacheFolder::new(folder), options)
    }

    /// The cache in whatever holds files, for catalogs that are read with these options. What cannot be used is passed over with a note,
    /// and the cache is empty then.
    pub fn open(files: impl CacheFiles + 'static, options: LoadOptions) -> (Self, Vec<CacheNote>) {
        let mut cache = Self {
            files: Box::new(files),
            index: SyncedIndex::new(options.clone()),
            options,
            manifest: Manifest::default(),
        };
        let notes = cache.reopen();
        (cache, notes)
    }

    /// The index as it was stored; an empty one where none was.
    #[must_use]
    pub fn index(&self) -> &SyncedIndex {
        &self.index
    }

    /// Reads what is there now.
    fn reopen(&mut self) -> Vec<CacheNote> {
        self.manifest = Manifest::default();
        self.index = SyncedIndex::new(self.options.clone());
        // Another process may have removed a segment between the manifest and it: then there is another manifest.
        let mut last = None;
        for _ in 0..3 {
            match self.read() {
                Ok(Some((manifest, index))) => {
                    (self.manifest, self.index) = (manifest, index);
                    return Vec::new();
                }
                Ok(None) => return Vec::new(),
                Err(note) => last = Some(note),
            }
        }
        last.into_iter().collect()
    }

    fn read(&self) -> Result<Option<(Manifest, SyncedIndex)>, CacheNote> {
        let Some(manifest) = Manifest::read(&*self.files, &self.options)? else {
            return Ok(None);
        };
        let index = segment::read_all(&*self.files, &manifest, &self.options)?;
        Ok(Some((manifest, index)))
    }

    /// Stores an index that was made of [that of the cache](Self::index), or any other of the same options. Where it is the one that is there,
    /// nothing is written.
    ///
    /// Cost: the entries of the root are compared with those that were stored; written are the packages among those that differ, and up to 24 KB of
    /// what was stored last.
    ///
    /// # Errors
    ///
    /// A file cannot be written: the cache is what it was.
    pub fn store(&mut self, index: &SyncedIndex) -> Result<CacheWritten, CacheError> {
        if !self.manifest.is_current(&*self.files) {
            self.reopen();
        }
        let known = self.index.inner.id;
        if known.is_some() && known == index.inner.id && !self.manifest.segments.is_empty() {
            return Ok(self.written(0));
        }
        let changed = segment::changed(&self.index, index);
        let same = (known, self.index.has_errors()) == (index.inner.id, index.has_errors());
        if changed.is_empty() && same && !self.manifest.segments.is_empty() {
            return Ok(self.written(0));
        }
        let total = index.inner.state().entries.len();
        if self.manifest.segments.is_empty() || changed.len() * 2 > total + 16 {
            return self.write(index, None);
        }
        let mut kept = self.manifest.segments.clone();
        let mut names: BTreeSet<String> = changed.into_iter().map(str::to_owned).collect();
        let mut small = SMALL;
        while let [_, .., last] = kept.as_slice()
            && last.bytes <= small
        {
            small -= last.bytes;
            // Another process may have removed it.
            let Some(more) = segment::names(&*self.files, last) else {
                return self.write(index, None);
            };
            names.extend(more);
            kept.pop();
        }
        self.write(index, Some((kept, names)))
    }

    /// Whether there are so many segments that opening them costs more than it should.
    #[must_use]
    pub fn is_fragmented(&self) -> bool {
        self.manifest.segments.len() > MANY
    }

    /// Writes what is stored in one segment.
    ///
    /// Cost: that of the whole index.
    ///
    /// # Errors
    ///
    /// A file cannot be written: the cache is what it was.
    pub fn compact(&mut self) -> Result<CacheWritten, CacheError> {
        if !self.manifest.is_current(&*self.files) {
            self.reopen();
        }
        if self.manifest.segments.len() < 2 {
            return Ok(self.written(0));
        }
        let index = self.index.clone();
        self.write(&index, None)
    }

    /// Writes all of an index, or entries behind segments that stay, and then the manifest.
    fn write(
        &mut self,
        index: &SyncedIndex,
        part: Option<(Vec<Segment>, BTreeSet<String>)>,
    ) -> Result<CacheWritten, CacheError> {
        let (mut segments, bytes) = match part {
            None => (Vec::new(), segment::all(index)),
            Some((kept, names)) => (kept, segment::part(index, &names)),
        };
        let segment = Segment::of(&bytes);
        files::put(&*self.files, &segment.file_name(), &bytes)?;
        segments.push(segment);
        let (manifest, text) = Manifest::of(index, segments, &self.options);
        files::put(&*self.files, manifest::NAME, &text)?;
        (self.manifest, self.index) = (manifest, index.clone());
        self.manifest.remove_others(&*self.files);
        Ok(self.written((bytes.len() + text.len()) as u64))
    }

    fn written(&self, bytes: u64) -> CacheWritten {
        CacheWritten {
            bytes,
            segments: self.manifest.segments.len(),
        }
    }
}
