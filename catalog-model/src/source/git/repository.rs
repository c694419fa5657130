//! A repository, opened in place.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use gix::objs::Kind;
use gix::open::Options;
use gix::{ObjectId, ThreadSafeRepository};

use super::GitSource;
use super::object::{ObjectProblem, is_lfs_pointer};
use super::pool::Pool;
use crate::source::{SourceError, SourceErrorKind};

/// The largest tree that is read: a million packages take some 60 MB.
const TREE_BYTES: usize = 256 << 20;

/// A repository on this machine: with a work tree or bare, shallow or whole, packed or not, a linked work tree, of SHA-1 or SHA-256. It is
/// read only. Configuration outside of it is not asked, and no program is run.
///
/// Cheap to clone, and shared by threads. Commits that come while it is open are found.
///
/// ```no_run
/// use catalog_model::source::GitRepository;
/// use catalog_model::{LoadOptions, load};
///
/// let repository = GitRepository::open("/srv/catalog.git")?;
/// let source = repository.source("main", None)?;
/// let loaded = load(&source, &LoadOptions::default())?;
/// println!("{} packages at {}", loaded.catalog().packages().count(), source.commit());
/// # Ok::<(), catalog_model::SourceError>(())
/// ```
#[derive(Clone)]
pub struct GitRepository {
    pub(super) shown: Arc<str>,
    pub(super) pool: Arc<Pool>,
}

impl GitRepository {
    /// Opens the repository in a folder: that of a work tree, or the repository itself.
    ///
    /// # Errors
    ///
    /// There is none, or it cannot be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SourceError> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        if !path.exists() {
            let message = "there is no such folder";
            return Err(SourceError::new(SourceErrorKind::NotFound, shown, message));
        }
        let opened = ThreadSafeRepository::open_opts(path, Options::isolated());
        let opened = opened.map_err(|error| {
            let message = format!("this is no git repository that can be read: {error}");
            SourceError::new(SourceErrorKind::WrongKind, shown.as_str(), message)
        })?;
        Ok(Self {
            shown: shown.into(),
            pool: Arc::new(Pool::new(opened)),
        })
    }

    /// The catalog at a revision: a branch, a tag, a commit or whatever git takes for one, such as `HEAD~2`. It is the folder `root`, else
    /// `catalog/` where there is such a folder, else the whole repository.
    ///
    /// Cost: the commit and its tree are read, and nothing below.
    ///
    /// # Errors
    ///
    /// There is no such revision or no such folder, or the repository is damaged.
    pub fn source(&self, revision: &str, root: Option<&str>) -> Result<GitSource, SourceError> {
        let (commit, tree) = self.commit_and_tree(revision)?;
        let whole = GitSource::new(self, commit, (String::new(), tree));
        let root = root.map(|root| root.trim_matches('/'));
        let below = match root {
            Some("") => return Ok(whole),
            Some(root) => whole.folder(root)?,
            None => whole.folder("catalog")?,
        };
        match (below, root) {
            (Some(tree), root) => {
                let root = root.unwrap_or("catalog").to_owned();
                Ok(GitSource::new(self, commit, (root, tree)))
            }
            (None, None) => Ok(whole),
            (None, Some(root)) => {
                let message = format!("there is no folder `{root}` at `{revision}`");
                Err(self.error(SourceErrorKind::NotFound, message))
            }
        }
    }

    /// A tree's bytes.
    pub(super) fn object(&self, id: &ObjectId) -> Result<Vec<u8>, ObjectProblem> {
        self.bytes(id, Kind::Tree, TREE_BYTES)
    }

    /// A file's bytes.
    pub(super) fn blob(&self, id: &ObjectId, limit: usize) -> Result<Vec<u8>, ObjectProblem> {
        let bytes = self.bytes(id, Kind::Blob, limit)?;
        match is_lfs_pointer(&bytes) {
            true => Err(ObjectProblem::Lfs),
            false => Ok(bytes),
        }
    }

    fn bytes(&self, id: &ObjectId, kind: Kind, limit: usize) -> Result<Vec<u8>, ObjectProblem> {
        self.pool.with(|repository| {
            // Before anything is unpacked, however large it says it is.
            let header = repository.find_header(*id).map_err(ObjectProblem::broken)?;
            if header.kind() != kind {
                return Err(ObjectProblem::WrongKind);
            }
            let bytes = header.size();
            if bytes > limit as u64 {
                return Err(ObjectProblem::TooLarge { bytes, limit });
            }
            let object = repository.find_object(*id).map_err(ObjectProblem::broken)?;
            Ok(object.detach().data)
        })
    }

    pub(super) fn error(&self, kind: SourceErrorKind, message: impl Into<String>) -> SourceError {
        SourceError::new(kind, self.shown.as_ref(), message)
    }
}

impl fmt::Debug for GitRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GitRepository").field(&self.shown).finish()
    }
}
