//! Where a catalog is, in one line.

mod error;
#[cfg(feature = "fs")]
mod open;
mod parse;

use std::fmt;
use std::str::FromStr;

pub use self::error::AddressError;
#[cfg(feature = "fs")]
pub use self::open::CatalogSource;

/// Where a catalog is: a folder, an archive or a repository of git, as people write it on a command line or in a descriptor.
///
/// | text | is |
/// |---|---|
/// | `catalogs/ours` | a folder |
/// | `ours.tar.gz`, `ours.tgz`, `ours.tar` | an archive; with `#dir` a folder in it |
/// | `git+file:///srv/ours.git` | a repository at `HEAD`; with `#main` at a branch, tag or commit |
/// | `git+file:///srv/ours.git#main:dir` | a folder in it; `#:dir` at `HEAD` |
/// | `git+file:ours` | the same with a path from where the program runs |
/// | `git+https://host/ours.git#main:dir`, `git+ssh://git@host/ours.git`, `git+git://host/ours.git` | one of another machine, which is fetched first |
///
/// Without a folder, the catalog is `catalog/` where the archive or repository has such a folder, else all of it. In the path of a
/// repository `%23` and the like stand for characters that mean something else here.
///
/// ```
/// use catalog_model::CatalogAddress;
/// let address = CatalogAddress::parse("git+file:///srv/ours.git#v1.2:catalogs/web")?;
/// assert_eq!((address.path(), address.revision(), address.root()), ("/srv/ours.git", Some("v1.2"), Some("catalogs/web")));
///
/// let wrong = "git+file://example.com/ours.git#main";
/// let error = CatalogAddress::parse(wrong).unwrap_err();
/// assert_eq!(&wrong[error.span().start..error.span().end], "example.com");
/// # Ok::<(), catalog_model::AddressError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CatalogAddress {
    pub(crate) kind: AddressKind,
    pub(crate) path: String,
    pub(crate) revision: Option<String>,
    pub(crate) root: Option<String>,
}

/// What a catalog lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AddressKind {
    /// A folder of this machine.
    Folder,
    /// A tar archive on this machine.
    Archive,
    /// A repository of git on this machine.
    Git,
    /// One of another machine, which has to be fetched before it can be read: `CatalogAddress::open_fetched` (feature `git-fetch`).
    RemoteGit,
}

impl CatalogAddress {
    /// Reads an address. Whether there is anything is not looked at.
    ///
    /// # Errors
    ///
    /// It has the form of a URL that nobody here reads, or one that is wrong in itself. The error says where.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        parse::address(text)
    }

    /// What the catalog lies in.
    #[must_use]
    pub fn kind(&self) -> AddressKind {
        self.kind
    }

    /// The folder, archive or repository; of one of another machine its URL.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The branch, tag or commit of a repository; `None`: `HEAD`.
    #[must_use]
    pub fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }

    /// The folder in an archive or repository. The empty path is all of it; `None`: `catalog/`, else all.
    #[must_use]
    pub fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }

    /// Whether it names what another address does, be it at another revision: whoever read the one knows most of the other.
    #[cfg(feature = "sync")]
    pub(crate) fn same_place(&self, other: &Self) -> bool {
        (self.kind, &self.path, &self.root) == (other.kind, &other.path, &other.root)
    }

    /// A folder of an archive or repository, as addresses name it.
    #[cfg(feature = "sync")]
    pub(crate) fn folder_in(text: &str) -> Result<String, AddressError> {
        parse::root(text)
    }

    /// A branch, tag or commit, as addresses name it.
    #[cfg(feature = "sync")]
    pub(crate) fn checked_revision(text: &str) -> Result<String, AddressError> {
        parse::revision(text)
    }

    /// The same repository at another branch, tag or commit.
    #[must_use]
    pub fn at_revision(self, revision: impl Into<String>) -> Self {
        Self {
            revision: Some(revision.into()),
            ..self
        }
    }
}

impl FromStr for CatalogAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

impl fmt::Display for CatalogAddress {
    /// A text that reads as the same address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            AddressKind::Folder => return f.write_str(&self.path),
            AddressKind::Archive => {
                f.write_str(&self.path)?;
                return match &self.root {
                    Some(root) => write!(f, "#{root}"),
                    None => Ok(()),
                };
            }
            AddressKind::RemoteGit => write!(f, "git+{}", self.path)?,
            AddressKind::Git => {
                let slashes = if self.path.starts_with('/') { "//" } else { "" };
                let path = self.path.replace('%', "%25").replace('#', "%23");
                write!(f, "git+file:{slashes}{path}")?;
            }
        }
        match (&self.revision, &self.root) {
            (None, None) => Ok(()),
            (Some(revision), None) => write!(f, "#{revision}"),
            (revision, Some(root)) => {
                write!(f, "#{}:{root}", revision.as_deref().unwrap_or_default())
            }
        }
    }
}
