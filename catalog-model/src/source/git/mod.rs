//! Catalogs in git repositories.

#[cfg(feature = "git-fetch")]
mod fetch;
mod object;
mod pool;
mod repository;
mod revision;
mod tree;
mod trees;

use std::fmt;
use std::sync::Arc;

use gix::ObjectId;

#[cfg(feature = "git-fetch")]
pub use self::fetch::{
    FetchedRepository, GitFetchError, GitFetchErrorKind, GitFetchOptions, GitFetchProgress,
};
pub use self::repository::GitRepository;
use self::tree::{Kind, Tree, TreeEntry};
use self::trees::Trees;
use super::links::{Node, Nodes, Real, follow, is_inside, kind};
use super::{ContentId, ContentScheme, Entry, EntryKind};
use super::{Source, SourceError, SourceErrorKind, join};

/// A catalog as it is at one commit of a repository. Files are read from the object database: there is no work tree, and nothing is written.
/// Links are followed inside the catalog and never out of it.
///
/// [Content ids](Source::content_id) are those of git: of blobs and trees. A submodule is neither file nor folder
/// ([`EntryKind::Other`]), and a pointer of Git LFS is an error to whoever reads it.
#[derive(Clone)]
pub struct GitSource {
    repository: GitRepository,
    commit: ObjectId,
    /// The folder that the catalog is, as diagnostics show it before paths.
    root: String,
    tree: ObjectId,
    trees: Arc<Trees>,
}

impl GitSource {
    fn new(repository: &GitRepository, commit: ObjectId, (root, tree): (String, ObjectId)) -> Self {
        Self {
            repository: repository.clone(),
            commit,
            root,
            tree,
            trees: Arc::default(),
        }
    }

    /// The commit, in hexadecimal digits.
    #[must_use]
    pub fn commit(&self) -> String {
        self.commit.to_string()
    }

    /// The folder of the repository that the catalog is; the empty path is all of it.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    fn real(&self, path: &str) -> Result<Real, SourceError> {
        follow(self, path).map_err(|lost| lost.error(self.display(path)))
    }

    /// The tree at a path on which there are no links; `None` where there is none.
    fn tree(&self, path: &str) -> Result<Option<Arc<Tree>>, SourceError> {
        let mut tree = self.read_tree(&self.tree, path)?;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let below = match tree.entry(part) {
                Some(entry) if entry.kind == Kind::Tree => entry.id,
                _ => return Ok(None),
            };
            tree = self.read_tree(&below, path)?;
        }
        Ok(Some(tree))
    }

    fn read_tree(&self, id: &ObjectId, path: &str) -> Result<Arc<Tree>, SourceError> {
        self.trees.get(id, || {
            let object = self.repository.object(id);
            let read = object.and_then(|bytes| Tree::parse(&bytes, id.kind()));
            read.map_err(|problem| problem.error(&self.repository, id, self.display(path)))
        })
    }

    /// The file or folder at a path, found without following anything; `None` where a link is on the way or at its end, or there is neither.
    fn plain(&self, path: &str) -> Result<Option<(Kind, ObjectId)>, SourceError> {
        let mut found = (Kind::Tree, self.tree);
        let mut start = 0;
        for part in path.split('/') {
            let above = path.get(..start).unwrap_or_default();
            start += part.len() + 1;
            if part.is_empty() {
                continue;
            }
            if found.0 != Kind::Tree {
                return Ok(None);
            }
            let tree = self.read_tree(&found.1, above.trim_end_matches('/'))?;
            match tree.entry(part) {
                Some(entry) if matches!(entry.kind, Kind::Tree | Kind::Blob) => {
                    found = (entry.kind, entry.id);
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    /// The tree that a folder is, where it really lies, and whether a link led there.
    fn listing(&self, folder: &str) -> Result<(Arc<Tree>, String, bool), SourceError> {
        if let Some((Kind::Tree, id)) = self.plain(folder)? {
            return Ok((self.read_tree(&id, folder)?, folder.to_owned(), false));
        }
        let real = self.real(folder)?;
        match self.tree(&real.path)? {
            Some(tree) => Ok((tree, real.path, real.by_link)),
            None => {
                let message = "this is a file, not a folder";
                let shown = self.display(folder);
                Err(SourceError::new(SourceErrorKind::WrongKind, shown, message))
            }
        }
    }

    /// What lies at a path on which there are no links before its end.
    fn at<T>(
        &self,
        path: &str,
        look: impl FnOnce(TreeEntry<'_>) -> T,
    ) -> Result<Option<T>, SourceError> {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let Some(tree) = self.tree(parent)? else {
            return Ok(None);
        };
        Ok(tree.entry(name).map(look))
    }

    fn blob(&self, id: &ObjectId, path: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let read = self.repository.blob(id, limit);
        read.map_err(|problem| problem.error(&self.repository, id, self.display(path)))
    }

    /// What something in a folder is to those who list it.
    fn listed_kind(&self, folder: &str, entry: &TreeEntry<'_>) -> Result<EntryKind, SourceError> {
        Ok(match entry.kind {
            Kind::Tree => EntryKind::Folder,
            Kind::Blob => EntryKind::File,
            Kind::Link => kind(self, &join(folder, entry.name))?,
            Kind::Submodule | Kind::Other => EntryKind::Other,
        })
    }
}

impl Nodes for GitSource {
    fn node(&self, path: &str) -> Result<Option<Node>, SourceError> {
        let found = self.at(path, |entry| (entry.kind, entry.id))?;
        let Some((kind, id)) = found else {
            return Ok(None);
        };
        Ok(Some(match kind {
            Kind::Tree => Node::Folder,
            Kind::Blob => Node::File,
            Kind::Submodule | Kind::Other => Node::Other,
            Kind::Link => match String::from_utf8(self.blob(&id, path, LINK_BYTES)?) {
                Ok(text) => Node::Link(text),
                Err(_) => Node::Other,
            },
        }))
    }
}

/// The longest text of a link: Linux follows no longer one.
const LINK_BYTES: usize = 4096;

impl Source for GitSource {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let listed = self.list_with_ids(folder)?.into_iter();
        Ok(listed.map(|(entry, _)| entry).collect())
    }

    fn list_with_ids(&self, folder: &str) -> Result<Vec<(Entry, Option<ContentId>)>, SourceError> {
        let mut listed = Vec::new();
        self.each_with_id(folder, &mut |name, kind, id| {
            let name = name.to_owned();
            listed.push((Entry { name, kind }, id));
        })?;
        Ok(listed)
    }

    fn each_with_id(
        &self,
        folder: &str,
        each: &mut dyn FnMut(&str, EntryKind, Option<ContentId>),
    ) -> Result<(), SourceError> {
        let (tree, path, by_link) = self.listing(folder)?;
        for entry in tree.entries() {
            let kind = self.listed_kind(&path, &entry)?;
            each(entry.name, kind, entry.content_id().filter(|_| !by_link));
        }
        Ok(())
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let found = match self.plain(file)? {
            Some(found) => Some(found),
            None => {
                let real = self.real(file)?;
                self.at(&real.path, |entry| (entry.kind, entry.id))?
            }
        };
        match found {
            Some((Kind::Blob, id)) => self.blob(&id, file, limit),
            _ => {
                let message = "this is not a file";
                let shown = self.display(file);
                Err(SourceError::new(SourceErrorKind::WrongKind, shown, message))
            }
        }
    }

    fn is_inside(&self, path: &str, folder: &str) -> bool {
        is_inside(self, path, folder)
    }

    fn is_link(&self, path: &str) -> bool {
        let kind = self.at(path, |entry| entry.kind);
        matches!(kind, Ok(Some(Kind::Link)))
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        if path.is_empty() {
            return ContentId::new(ContentScheme::Git, self.tree.as_slice());
        }
        self.at(path, |entry| entry.content_id()).ok()??
    }

    fn display(&self, path: &str) -> String {
        match path {
            "" if self.root.is_empty() => ".".to_owned(),
            "" => self.root.clone(),
            path => join(&self.root, path),
        }
    }
}

impl fmt::Debug for GitSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("GitSource");
        shown
            .field("commit", &self.commit)
            .field("root", &self.root);
        shown.finish_non_exhaustive()
    }
}
