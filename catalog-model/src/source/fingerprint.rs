//! A folder of the file system at one moment.

use std::collections::HashMap;
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::folder::unreadable;
use super::hashed::FolderHash;
use super::stat::Stat;
use super::{ContentId, ContentScheme, Entry, EntryKind, FolderSource, join};
use super::{Source, SourceError, SourceErrorKind};

/// Folders below each other that are looked into. What lies deeper has no id, and nothing above it has.
const DEPTH: usize = 128;

/// A folder whose files and folders were looked at, so that it is known which of them changed since another look.
///
/// Their [ids](Source::content_id) are made of what the file system says of them: size, times and number. A file that is changed between
/// the look and its reading is an error of kind [`Unavailable`](SourceErrorKind::Unavailable); so is a folder where files come or go. What
/// was changed in the two seconds before the look has no id, as it may change again within one step of the file system's clock.
#[derive(Clone, Debug)]
pub struct FingerprintedFolder {
    folder: FolderSource,
    root: Seen,
    /// What each folder holds, by its path, in the order of names.
    seen: HashMap<String, Vec<Held>>,
}

/// What was seen of a file, folder or link, with its name.
type Held = (String, Seen);

/// What was seen of a file, folder or link.
#[derive(Clone, Debug)]
struct Seen {
    kind: EntryKind,
    stat: Stat,
    id: Option<ContentId>,
    is_link: bool,
}

impl FolderSource {
    /// Looks at all files and folders, without reading any. Names in the root that begin with `.` are left out, as no catalog has them.
    ///
    /// Cost: a listing of each folder, and one question to the file system for each file.
    ///
    /// # Errors
    ///
    /// The root cannot be looked at.
    pub fn fingerprint(self) -> Result<FingerprintedFolder, SourceError> {
        let root = self.real().to_path_buf();
        let mut look = Look {
            now: SystemTime::now(),
            root: root.clone(),
            seen: HashMap::new(),
        };
        let metadata = fs::symlink_metadata(&root);
        let metadata = metadata.map_err(|error| unreadable(&self.display(""), error))?;
        let id = look.folder(&root, "", 0);
        Ok(FingerprintedFolder {
            folder: self,
            root: Seen {
                kind: EntryKind::Folder,
                stat: Stat::of(&metadata),
                id,
                is_link: false,
            },
            seen: look.seen,
        })
    }
}

/// A walk through the folders.
struct Look {
    now: SystemTime,
    root: PathBuf,
    seen: HashMap<String, Vec<Held>>,
}

impl Look {
    /// The id of what a folder holds. What cannot be looked at has none; whoever reads it is told why.
    fn folder(&mut self, real: &Path, path: &str, depth: usize) -> Option<ContentId> {
        let mut held: Vec<Held> = Vec::new();
        let mut complete = true;
        for entry in fs::read_dir(real).ok()? {
            let entry = entry.ok()?;
            let Ok(name) = entry.file_name().into_string() else {
                complete = false;
                continue;
            };
            if path.is_empty() && name.starts_with('.') {
                continue;
            }
            match self.entry(&entry, (path, &name), depth) {
                Some(seen) => held.push((name, seen)),
                None => complete = false,
            }
        }
        held.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut hash = FolderHash::new(ContentScheme::Stat);
        for (name, seen) in &held {
            match &seen.id {
                Some(id) => hash.add(name, seen.kind, id),
                None => complete = false,
            }
        }
        self.seen.insert(path.to_owned(), held);
        hash.finish().filter(|_| complete)
    }

    fn entry(
        &mut self,
        entry: &DirEntry,
        (folder, name): (&str, &str),
        depth: usize,
    ) -> Option<Seen> {
        let metadata = entry.metadata().ok()?;
        let stat = Stat::of(&metadata);
        let (kind, id) = if metadata.is_dir() {
            let id = match depth < DEPTH {
                true => self.folder(&entry.path(), &join(folder, name), depth + 1),
                false => None,
            };
            (EntryKind::Folder, id)
        } else if metadata.is_symlink() {
            let id = stat.id(self.now);
            (EntryKind::Link, id.filter(|_| !self.leads_unseen(entry)))
        } else if metadata.is_file() {
            (EntryKind::File, stat.id(self.now))
        } else {
            (EntryKind::Other, stat.id(self.now))
        };
        Some(Seen {
            kind,
            stat,
            id,
            is_link: metadata.is_symlink(),
        })
    }
}

impl Look {
    /// Whether a link leads to what is left out of the look.
    fn leads_unseen(&self, link: &DirEntry) -> bool {
        let Ok(real) = link.path().canonicalize() else {
            return false;
        };
        let Ok(below) = real.strip_prefix(&self.root) else {
            return false;
        };
        let first = below.components().next();
        first.is_some_and(|first| first.as_os_str().as_encoded_bytes().starts_with(b"."))
    }
}

impl FingerprintedFolder {
    /// What was seen at a path.
    fn seen(&self, path: &str) -> Option<&Seen> {
        if path.is_empty() {
            return Some(&self.root);
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let held = self.seen.get(folder)?;
        let at = held.binary_search_by(|(one, _)| one.as_str().cmp(name));
        held.get(at.ok()?).map(|(_, seen)| seen)
    }

    /// An error if a file or folder is not what it was.
    fn still(&self, path: &str) -> Result<(), SourceError> {
        // What a link leads to was not looked at there.
        let Some(seen) = self.seen(path).filter(|seen| !seen.is_link) else {
            return Ok(());
        };
        let now = fs::symlink_metadata(self.folder.real().join(path));
        if now.is_ok_and(|now| Stat::of(&now) == seen.stat) {
            return Ok(());
        }
        Err(SourceError::new(
            SourceErrorKind::Unavailable,
            self.display(path),
            "this changed while the catalog was read: read it again when nobody writes to it",
        ))
    }
}

impl Source for FingerprintedFolder {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let listed = self.folder.list(folder);
        self.still(folder)?;
        listed
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let read = self.folder.read(file, limit);
        self.still(file)?;
        read
    }

    fn is_inside(&self, path: &str, folder: &str) -> bool {
        self.folder.is_inside(path, folder)
    }

    fn is_link(&self, path: &str) -> bool {
        match self.seen(path) {
            Some(seen) => seen.is_link,
            None => self.folder.is_link(path),
        }
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        let seen = self.seen(path).filter(|seen| !seen.is_link)?;
        seen.id
    }

    fn display(&self, path: &str) -> String {
        self.folder.display(path)
    }
}
