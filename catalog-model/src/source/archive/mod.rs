//! Catalogs in tar archives.

mod member;
mod name;
mod options;
mod packed;
mod pax;
mod unpack;

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Bound;

use self::member::Member;
pub use self::options::ArchiveOptions;
use super::hashed::{FolderHash, of_bytes};
use super::links::{Node, Nodes, Real, follow, is_inside, kind};
use super::straight::straight;
use super::{ContentId, ContentScheme, Entry, EntryKind};
use super::{Source, SourceError, SourceErrorKind, join};

/// The files of a tar archive, packed with gzip or not, held in memory. Links are followed inside the catalog and never out of it.
///
/// An archive comes from others: one that no program makes of a folder (paths that lead out, a name that stands twice, sparse files, too
/// much of anything) is refused as a whole, with the name of what is wrong in it.
///
/// ```
/// use catalog_model::source::{ArchiveOptions, ArchiveSource};
/// let error = ArchiveSource::read(&b"PK\x03\x04"[..], "catalog.zip", &ArchiveOptions::default()).unwrap_err();
/// assert_eq!(error.to_string(), "catalog.zip: this is a zip archive: a catalog is read from tar archives, packed with gzip or not");
/// ```
#[derive(Clone, Debug)]
pub struct ArchiveSource {
    members: BTreeMap<String, Member>,
    /// The folder of the archive that the catalog is, as diagnostics show it before paths.
    root: String,
}

impl ArchiveSource {
    /// Reads an archive to its end. `name` is what errors call it.
    ///
    /// The catalog is the folder that the options name, else `catalog/` where there is such a folder, else the whole archive.
    ///
    /// Cost: each byte is unpacked once; in memory at most what the options allow.
    ///
    /// # Errors
    ///
    /// It is no tar archive, ends early, is more than the options allow, holds what no catalog may, or has no folder of the name that the
    /// options give.
    pub fn read(
        archive: impl Read,
        name: &str,
        options: &ArchiveOptions,
    ) -> Result<Self, SourceError> {
        let members = unpack::members(archive, name, options)?;
        Self::below(members, name, options.root.as_deref())
    }

    /// Opens the archive at a path.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), and there is no such file.
    #[cfg(feature = "fs")]
    pub fn open(
        path: impl AsRef<std::path::Path>,
        options: &ArchiveOptions,
    ) -> Result<Self, SourceError> {
        use super::folder::unreadable;

        let name = path.as_ref().display().to_string();
        let failed = |error| unreadable(&name, error);
        let file = std::fs::File::open(path.as_ref()).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            let message = "this is no file, and an archive is one";
            return Err(SourceError::new(SourceErrorKind::WrongKind, name, message));
        }
        Self::read(std::io::BufReader::new(file), &name, options)
    }

    fn below(
        mut members: BTreeMap<String, Member>,
        name: &str,
        root: Option<&str>,
    ) -> Result<Self, SourceError> {
        let is_folder =
            |path: &str| path.is_empty() || matches!(members.get(path), Some(Member::Folder));
        let root = match root.map(|root| root.trim_matches('/')) {
            Some(root) if !is_folder(root) => {
                let message = format!("there is no folder `{root}` in this archive");
                return Err(SourceError::new(SourceErrorKind::NotFound, name, message));
            }
            Some(root) => root.to_owned(),
            None if is_folder("catalog") => "catalog".to_owned(),
            None => String::new(),
        };
        if !root.is_empty() {
            let prefix = format!("{root}/");
            let below = members.into_iter().filter_map(|(path, member)| {
                Some((path.strip_prefix(prefix.as_str())?.to_owned(), member))
            });
            members = below.collect();
        }
        Ok(Self { members, root })
    }

    /// The same, whose paths are shown below a path: that of the archive, for whoever has several.
    #[cfg(feature = "import")]
    pub(crate) fn shown_below(self, path: &str) -> Self {
        let root = match self.root.as_str() {
            "" => path.to_owned(),
            root => join(path, root),
        };
        Self { root, ..self }
    }

    fn real(&self, path: &str) -> Result<Real, SourceError> {
        follow(self, path).map_err(|lost| lost.error(self.display(path)))
    }

    /// What lies below a folder, by its path from there.
    fn all_below<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Member)> {
        let prefix = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let from = Bound::Included(prefix.as_str());
        let members = self.members.range::<str, _>((from, Bound::Unbounded));
        members.map_while(move |(path, member)| Some((path.strip_prefix(prefix.as_str())?, member)))
    }

    fn wrong_kind(&self, path: &str, message: &str) -> SourceError {
        SourceError::new(SourceErrorKind::WrongKind, self.display(path), message)
    }
}

impl Nodes for ArchiveSource {
    fn node(&self, path: &str) -> Result<Option<Node>, SourceError> {
        Ok(self.members.get(path).map(|member| match member {
            Member::Folder => Node::Folder,
            Member::File(_) | Member::TooLarge(_) => Node::File,
            Member::Link(text) => Node::Link(text.clone()),
            Member::Other => Node::Other,
        }))
    }
}

impl Source for ArchiveSource {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let real = self.real(folder)?;
        if real.node != Node::Folder {
            return Err(self.wrong_kind(folder, "this is a file, not a folder"));
        }
        // Each folder is a member of its own.
        let members = straight(&self.members, &real.path).into_iter();
        let members = members.filter_map(|(name, member)| Some((name, member?)));
        let entry = |(name, member): (&str, &Member)| {
            let kind = match member {
                Member::Folder => EntryKind::Folder,
                Member::File(_) | Member::TooLarge(_) => EntryKind::File,
                Member::Link(_) => kind(self, &join(&real.path, name))?,
                Member::Other => EntryKind::Other,
            };
            let name = name.to_owned();
            Ok(Entry { name, kind })
        };
        members.map(entry).collect()
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let real = self.real(file)?;
        let bytes = match self.members.get(&real.path) {
            Some(Member::File(file)) if file.bytes.len() <= limit => {
                return Ok(file.bytes.to_vec());
            }
            Some(Member::File(file)) => file.bytes.len() as u64,
            Some(Member::TooLarge(bytes)) => *bytes,
            _ => return Err(self.wrong_kind(file, "this is not a file")),
        };
        Err(SourceError::too_large(self.display(file), bytes, limit))
    }

    fn is_inside(&self, path: &str, folder: &str) -> bool {
        is_inside(self, path, folder)
    }

    fn is_link(&self, path: &str) -> bool {
        matches!(self.members.get(path), Some(Member::Link(_)))
    }

    /// The SHA-256 of a file; of a folder, of all that is in it. Cost: hashing each file once.
    fn content_id(&self, path: &str) -> Option<ContentId> {
        match self.members.get(path) {
            Some(Member::File(file)) => return file.id(),
            Some(Member::Folder) => {}
            None if path.is_empty() => {}
            _ => return None,
        }
        let mut hash = FolderHash::new(ContentScheme::Sha256);
        for (path, member) in self.all_below(path) {
            let (kind, id) = match member {
                Member::Folder => (EntryKind::Folder, of_bytes(b"")?),
                Member::File(file) => (EntryKind::File, file.id()?),
                Member::Link(text) => (EntryKind::Link, of_bytes(text.as_bytes())?),
                Member::Other => (EntryKind::Other, of_bytes(b"")?),
                // Its bytes were never known.
                Member::TooLarge(_) => return None,
            };
            hash.add(path, kind, id.as_bytes());
        }
        hash.finish()
    }

    fn display(&self, path: &str) -> String {
        match path {
            "" if self.root.is_empty() => ".".to_owned(),
            "" => self.root.clone(),
            path => join(&self.root, path),
        }
    }
}
