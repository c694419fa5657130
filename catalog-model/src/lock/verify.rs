//! Whether releases still hold what they held when they were locked.

use std::collections::BTreeSet;
use std::fmt;

use catalog_conditions::show::one_line;
use thiserror::Error;

use super::{Lock, LockEntry};

/// Files that are named of one release; how many more there are is said.
const NAMED: usize = 3;

/// Why a lock does not hold: releases that were locked hold something else now.
///
/// Whoever publishes a release never changes it; but for `yanked` and `deprecated` in its `metadata.yaml`, such a change should worry. To
/// accept what is there now, take `digest` and `files` of the release out of the lock.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}; restore what was there, or take `digest` and `files` of {} out of the lock to accept what is there now", told(.releases), them(.releases))]
pub struct ContentChanged {
    releases: Vec<ChangedRelease>,
}

/// A release that holds something else than when it was locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedRelease {
    package: String,
    version: String,
    catalog: Option<String>,
    files: Vec<(String, FileChange)>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FileChange {
    /// It holds something else.
    Changed,
    /// It was not there.
    Added,
    /// It is gone.
    Removed,
}

impl Lock {
    /// Compares the releases with those of a lock made just now: each that both have, at the same version of one of the catalogs that both name, must
    /// have the same digest. Those of which a digest is not known, then or now, are passed over: see [`unverified`](Self::unverified).
    ///
    /// ```
    /// use catalog_model::{Lock, LockEntry};
    ///
    /// let locked = |text| LockEntry::new("loki", "3.5.7", "loki").with_digest(text).with_files([("modules.yaml", text)]);
    /// let before = Lock::new("", [locked("sha256:01")]);
    /// assert!(before.verify(&Lock::new("", [locked("sha256:01")])).is_ok());
    /// let error = before.verify(&Lock::new("", [locked("sha256:02")])).unwrap_err();
    /// assert!(error.to_string().starts_with("loki 3.5.7 is not what was locked: `modules.yaml` changed; "));
    /// ```
    ///
    /// # Errors
    ///
    /// All releases that differ, with the files that changed.
    pub fn verify(&self, now: &Self) -> Result<(), ContentChanged> {
        let mut releases: Vec<ChangedRelease> = Vec::new();
        let mut told: Vec<&LockEntry> = Vec::new();
        for (before, now) in self.pairs(now) {
            let are_known = before.digest.is_some() && now.digest.is_some();
            // A package in several namespaces is the same release in each. Entries are in the order of packages.
            let of_package = told.iter().rev();
            let mut of_package = of_package.take_while(|one| one.package == before.package);
            let is_told = of_package.any(|one| one.is_release(before));
            if are_known && before.digest != now.digest && !is_told {
                releases.push(ChangedRelease::between(before, now));
                told.push(before);
            }
        }
        match releases.is_empty() {
            true => Ok(()),
            false => Err(ContentChanged { releases }),
        }
    }

    /// The releases whose digest was known when they were locked and is not known now, though they are still the same version of one of
    /// the same catalogs.
    pub fn unverified<'l>(&'l self, now: &'l Self) -> impl Iterator<Item = &'l LockEntry> {
        let pairs = self.pairs(now);
        pairs
            .filter(|(before, now)| before.digest.is_some() && now.digest.is_none())
            .map(|(before, _)| before)
    }

    /// The same lock with the digests that an earlier one has of the same releases and this one has not: what cannot be looked at now is not
    /// forgotten.
    #[must_use]
    pub fn with_digests_of(mut self, earlier: &Self) -> Self {
        for entry in &mut self.releases {
            let before = earlier.release(&entry.package, &entry.namespace);
            let before = before.filter(|before| before.is_release(entry) && entry.digest.is_none());
            if let Some(before) = before {
                entry.digest.clone_from(&before.digest);
                entry.files.clone_from(&before.files);
            }
        }
        self
    }

    /// The same releases in both.
    fn pairs<'l>(&'l self, now: &'l Self) -> impl Iterator<Item = (&'l LockEntry, &'l LockEntry)> {
        self.releases.iter().filter_map(|before| {
            let now = now.release(&before.package, &before.namespace)?;
            before.is_release(now).then_some((before, now))
        })
    }
}

impl ContentChanged {
    /// The releases, by package.
    #[must_use]
    pub fn releases(&self) -> &[ChangedRelease] {
        &self.releases
    }
}

impl ChangedRelease {
    fn between(before: &LockEntry, now: &LockEntry) -> Self {
        let paths: BTreeSet<&String> = before.files.keys().chain(now.files.keys()).collect();
        let are_known = !before.files.is_empty() && !now.files.is_empty();
        let changes = paths.into_iter().filter_map(|path| {
            let change = match (before.files.get(path), now.files.get(path)) {
                (Some(before), Some(now)) if before == now => return None,
                (Some(_), Some(_)) => FileChange::Changed,
                (None, _) => FileChange::Added,
                (_, None) => FileChange::Removed,
            };
            Some((path.clone(), change))
        });
        Self {
            package: before.package.clone(),
            version: before.version.clone(),
            catalog: before.catalog.clone(),
            files: changes.filter(|_| are_known).collect(),
        }
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The catalog, if it has a name.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// What became of its files, by path. Empty if the lock, or whoever looked now, knows the digest of the whole alone.
    pub fn files(&self) -> impl Iterator<Item = (&str, FileChange)> {
        self.files
            .iter()
            .map(|(path, change)| (path.as_str(), *change))
    }
}

impl FileChange {
    /// A stable word: `changed`, `added` or `removed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Added => "was added",
            Self::Removed => "is gone",
        }
    }
}

impl fmt::Display for ChangedRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut what: Vec<String> = self
            .files
            .iter()
            .take(NAMED)
            .map(|(path, change)| format!("`{}` {}", one_line(path), change.verb()))
            .collect();
        match self.files.len().checked_sub(NAMED).filter(|more| *more > 0) {
            Some(more) => what.push(format!("and {more} more files")),
            None if what.is_empty() => what.push("its digest is another one".to_owned()),
            None => {}
        }
        let (package, version) = (one_line(&self.package), one_line(&self.version));
        write!(
            f,
            "{package} {version} is not what was locked: {}",
            what.join(", ")
        )
    }
}

/// All of them in one line.
fn told(releases: &[ChangedRelease]) -> String {
    let releases = releases.iter().map(ToString::to_string);
    releases.collect::<Vec<_>>().join("; ")
}

fn them(releases: &[ChangedRelease]) -> String {
    match releases {
        [only] => one_line(&only.package),
        _ => "each".to_owned(),
    }
}
