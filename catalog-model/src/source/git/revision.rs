//! From what people call a commit to the commit.

use catalog_conditions::suggest::near;
use gix::bstr::ByteSlice;
use gix::objs::Kind;
use gix::{Commit, ObjectId, Repository};

use super::GitSource;
use super::object::{damage, with_causes};
use super::repository::GitRepository;
use super::tree::Kind as EntryKind;
use crate::source::links::{Lost, Node, follow};
use crate::source::{SourceError, SourceErrorKind};

impl GitRepository {
    /// The commit of a revision, in hexadecimal digits.
    ///
    /// # Errors
    ///
    /// There is no such revision, it is no commit, or the repository is damaged.
    pub fn commit(&self, revision: &str) -> Result<String, SourceError> {
        Ok(self.commit_of(revision)?.to_string())
    }

    /// The commits that led to a revision, oldest first and the revision last, each the first parent of the next. `from` is where the list
    /// begins; `None`: with the first commit that is there.
    ///
    /// # Errors
    ///
    /// There is no such revision, `from` is not on the way, or the repository is damaged.
    pub fn history(&self, from: Option<&str>, to: &str) -> Result<Vec<String>, SourceError> {
        let last = self.commit_of(to)?;
        let first = from.map(|from| self.commit_of(from)).transpose()?;
        let commits = self
            .pool
            .with(|repository| ancestors(repository, last, first));
        let mut commits = commits.map_err(|error| self.damaged(None, &error))?;
        if first.is_some_and(|first| commits.last() != Some(&first)) {
            let from = from.unwrap_or_default();
            let hint = self.pool.with(older);
            let message = format!("`{from}` is not among the first parents of `{to}`{hint}");
            return Err(self.error(SourceErrorKind::NotFound, message));
        }
        commits.reverse();
        Ok(commits.iter().map(ToString::to_string).collect())
    }

    fn commit_of(&self, revision: &str) -> Result<ObjectId, SourceError> {
        self.commit_with(revision, |commit| Ok(commit.id))
    }

    /// The commit of a revision, and its tree.
    pub(super) fn commit_and_tree(
        &self,
        revision: &str,
    ) -> Result<(ObjectId, ObjectId), SourceError> {
        self.commit_with(revision, |commit| {
            let tree = commit.tree_id().map_err(|error| {
                let error = with_causes(&error);
                self.damaged(Some(&commit.id), &error)
            })?;
            Ok((commit.id, tree.detach()))
        })
    }

    /// What `take` takes of the commit of a revision.
    fn commit_with<T>(
        &self,
        revision: &str,
        take: impl FnOnce(&Commit<'_>) -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        self.pool.with(|repository| {
            let Ok(found) = repository.rev_parse_single(revision) else {
                return Err(self.unknown(repository, revision));
            };
            let object = found.object().map_err(|error| {
                let error = with_causes(&error);
                self.damaged(Some(&found.detach()), &error)
            })?;
            match object.peel_to_kind(Kind::Commit) {
                Ok(commit) => take(&commit.into_commit()),
                Err(_) => {
                    let message = format!("`{revision}` is no commit, and names none");
                    Err(self.error(SourceErrorKind::WrongKind, message))
                }
            }
        })
    }

    fn unknown(&self, repository: &Repository, revision: &str) -> SourceError {
        if revision == "HEAD" {
            return self.headless(repository);
        }
        // Of `main~2` it is either `main` that is not there, or what is older than it.
        let (name, _) = revision.split_once(['~', '^']).unwrap_or((revision, ""));
        let near = match repository.rev_parse_single(name) {
            Ok(_) => None,
            Err(_) => near_name(repository, name),
        };
        let hint = match near {
            Some(near) => format!("; did you mean `{near}`?"),
            None => older(repository).to_owned(),
        };
        let message = format!("there is no branch, tag or commit `{revision}`{hint}");
        self.error(SourceErrorKind::NotFound, message)
    }

    /// Why `HEAD` leads to no commit, and to which branch or tag one could go instead.
    fn headless(&self, repository: &Repository) -> SourceError {
        let head = match repository.head() {
            Ok(head) => head,
            Err(error) => return self.damaged(None, &with_causes(&error)),
        };
        let branch = head.referent_name().map(|name| name.shorten().to_string());
        let there = names(repository, 1).pop();
        let message = match (head.is_unborn(), branch, there) {
            (true, Some(branch), Some(there)) => format!(
                "`HEAD` leads to the branch `{branch}`, which is not there; the repository has `{there}`: name what is meant"
            ),
            (true, ..) => "`HEAD` leads to no commit: the repository is empty".to_owned(),
            (false, ..) => return self.damaged(None, "`HEAD` cannot be followed to a commit"),
        };
        self.error(SourceErrorKind::NotFound, message)
    }

    /// The error for what could not be read of a commit, or of what leads to it.
    fn damaged(&self, id: Option<&ObjectId>, error: &str) -> SourceError {
        self.error(SourceErrorKind::Unavailable, damage("", id, error))
    }
}

impl GitSource {
    /// The tree of a folder; `None` where there is none.
    pub(super) fn folder(&self, path: &str) -> Result<Option<ObjectId>, SourceError> {
        let real = match follow(self, path) {
            Ok(real) if real.node == Node::Folder => real,
            Err(Lost::Failed(error)) => return Err(error),
            _ => return Ok(None),
        };
        let tree = self.at(&real.path, |entry| (entry.kind, entry.id))?;
        Ok(tree
            .filter(|(kind, _)| *kind == EntryKind::Tree)
            .map(|(_, id)| id))
    }
}

/// The first parents of a commit, newest first, down to another where one is given.
fn ancestors(
    repository: &Repository,
    last: ObjectId,
    first: Option<ObjectId>,
) -> Result<Vec<ObjectId>, String> {
    let commit = repository
        .find_commit(last)
        .map_err(|error| with_causes(&error))?;
    let walk = commit.ancestors().first_parent_only().all();
    let mut commits = Vec::new();
    for commit in walk.map_err(|error| with_causes(&error))? {
        let id = commit.map_err(|error| with_causes(&error))?.id;
        commits.push(id);
        if Some(id) == first {
            break;
        }
    }
    Ok(commits)
}

/// What is added of a commit that is not there where older ones may be missing.
fn older(repository: &Repository) -> &'static str {
    match repository.is_shallow() {
        Ok(true) => {
            "; the repository is shallow, so older commits are not in it: `git fetch --unshallow` brings them"
        }
        Ok(false) | Err(_) => "",
    }
}

/// The most names that one that is not there is held against.
const MOST_NAMES: usize = 10_000;

/// The branch or tag that may be meant by a name that is none.
fn near_name(repository: &Repository, name: &str) -> Option<String> {
    let names = names(repository, MOST_NAMES);
    near(name, names.iter().map(String::as_str)).map(str::to_owned)
}

/// The first names of branches and tags, as far as they can be listed.
fn names(repository: &Repository, most: usize) -> Vec<String> {
    let Ok(references) = repository.references() else {
        return Vec::new();
    };
    let Ok(all) = references.all() else {
        return Vec::new();
    };
    let names = all.filter_map(|reference| {
        let reference = reference.ok()?;
        reference.name().shorten().to_str().ok().map(str::to_owned)
    });
    names.take(most).collect()
}
