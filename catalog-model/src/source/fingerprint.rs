//! A folder of the file system at one moment.

use std::fs::{self, DirEntry};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::folder::unreadable;
use super::hashed::FolderHash;
use super::stat::{Stat, is_settled};
use super::{ContentId, ContentScheme, Entry, EntryKind, FolderSource};
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
    below: Below,
}

/// What was seen of all that is below a folder. What one folder holds stands behind each other, in the order of names.
#[derive(Clone, Debug, Default)]
struct Below {
    seen: Vec<Seen>,
    /// All names, behind each other.
    names: String,
}

/// What was seen of a file, folder or link.
#[derive(Clone, Debug)]
struct Seen {
    name: Range<usize>,
    kind: EntryKind,
    stat: Stat,
    content: Content,
}

/// What tells the content of something from other content.
#[derive(Clone, Debug)]
enum Content {
    /// Nothing does.
    Unknown,
    /// What the file system says of it. Few are asked for an id: it is made then.
    Stat,
    /// The id of what a folder holds, where all in it has one, and where that stands.
    Held(Option<ContentId>, Range<usize>),
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
            below: Below::default(),
            open: Vec::new(),
        };
        let metadata = fs::symlink_metadata(&root);
        let metadata = metadata.map_err(|error| unreadable(&self.display(""), error))?;
        let content = look.folder(&root, 0);
        Ok(FingerprintedFolder {
            folder: self,
            root: Seen {
                name: 0..0,
                kind: EntryKind::Folder,
                stat: Stat::of(&metadata),
                content,
            },
            below: look.below,
        })
    }
}

/// A walk through the folders.
struct Look {
    now: SystemTime,
    root: PathBuf,
    below: Below,
    /// What was seen in the folders that are being looked at, one within the other.
    open: Vec<Seen>,
}

impl Look {
    /// What a folder holds. What cannot be looked at has no id; whoever reads it is told why.
    fn folder(&mut self, real: &Path, depth: usize) -> Content {
        let first = self.open.len();
        let Some(mut complete) = self.look(real, depth) else {
            self.open.truncate(first);
            return Content::Unknown;
        };
        let held = self.open.get_mut(first..).unwrap_or_default();
        let below = &mut self.below;
        held.sort_unstable_by(|one, other| below.name(one).cmp(below.name(other)));
        let mut hash = FolderHash::new(ContentScheme::Stat);
        for seen in &*held {
            let name = below.name(seen);
            match &seen.content {
                Content::Stat => hash.add(name, seen.kind, seen.stat.bytes().as_flattened()),
                Content::Held(Some(id), _) => hash.add(name, seen.kind, id.as_bytes()),
                Content::Held(None, _) | Content::Unknown => complete = false,
            }
        }
        let start = below.seen.len();
        below.seen.extend(self.open.drain(first..));
        Content::Held(hash.finish().filter(|_| complete), start..below.seen.len())
    }

    /// Looks at what a folder holds; gives whether that is all, and nothing where it cannot be listed.
    fn look(&mut self, real: &Path, depth: usize) -> Option<bool> {
        let mut complete = true;
        for entry in fs::read_dir(real).ok()? {
            let entry = entry.ok()?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                complete = false;
                continue;
            };
            if depth == 0 && name.starts_with('.') {
                continue;
            }
            match self.entry(&entry, name, depth) {
                Some(seen) => self.open.push(seen),
                None => complete = false,
            }
        }
        Some(complete)
    }

    fn entry(&mut self, entry: &DirEntry, name: &str, depth: usize) -> Option<Seen> {
        let metadata = entry.metadata().ok()?;
        let start = self.below.names.len();
        self.below.names.push_str(name);
        let name = start..self.below.names.len();
        let of_stat = || match is_settled(&metadata, self.now) {
            true => Content::Stat,
            false => Content::Unknown,
        };
        let (kind, content) = if metadata.is_dir() {
            let content = match depth < DEPTH {
                true => self.folder(&entry.path(), depth + 1),
                false => Content::Unknown,
            };
            (EntryKind::Folder, content)
        } else if metadata.is_symlink() {
            let content = match self.leads_unseen(entry) {
                true => Content::Unknown,
                false => of_stat(),
            };
            (EntryKind::Link, content)
        } else if metadata.is_file() {
            (EntryKind::File, of_stat())
        } else {
            (EntryKind::Other, of_stat())
        };
        Some(Seen {
            name,
            kind,
            stat: Stat::of(&metadata),
            content,
        })
    }

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

impl Below {
    fn name(&self, seen: &Seen) -> &str {
        self.names.get(seen.name.clone()).unwrap_or_default()
    }

    /// What a folder holds of this name.
    fn held(&self, folder: &Seen, name: &str) -> Option<&Seen> {
        let Content::Held(_, held) = &folder.content else {
            return None;
        };
        let held = self.seen.get(held.clone())?;
        let at = held.binary_search_by(|seen| self.name(seen).cmp(name));
        held.get(at.ok()?)
    }
}

impl Seen {
    fn is_link(&self) -> bool {
        self.kind == EntryKind::Link
    }

    fn id(&self) -> Option<ContentId> {
        match &self.content {
            Content::Unknown => None,
            Content::Stat => self.stat.id(),
            Content::Held(id, _) => *id,
        }
    }
}

impl FingerprintedFolder {
    /// What was seen at a path.
    fn seen(&self, path: &str) -> Option<&Seen> {
        if path.is_empty() {
            return Some(&self.root);
        }
        let mut names = path.split('/');
        names.try_fold(&self.root, |folder, name| self.below.held(folder, name))
    }

    /// An error if a file or folder is not what it was.
    fn still(&self, path: &str) -> Result<(), SourceError> {
        // What a link leads to was not looked at there.
        let Some(seen) = self.seen(path).filter(|seen| !seen.is_link()) else {
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
            Some(seen) => seen.is_link(),
            None => self.folder.is_link(path),
        }
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        let seen = self.seen(path).filter(|seen| !seen.is_link())?;
        seen.id()
    }

    fn display(&self, path: &str) -> String {
        self.folder.display(path)
    }
}
