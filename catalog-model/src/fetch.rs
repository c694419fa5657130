//! The files of a release, taken only if they are those that were expected.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::content::{ReleaseContent, contents};
use crate::digest::{DigestError, DigestLimits, ReleaseDigest};
use crate::lock::FileChange;
use crate::source::{MemorySource, Source};

/// Files that are named in a message; how many more there are is said.
const NAMED: usize = 3;

/// What a release is expected to hold: its digest, and where known those of its files.
///
/// Whatever a file's digest says, the digest of all decides: those of files say no more than which of them is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedContent {
    digest: ReleaseDigest,
    files: BTreeMap<String, String>,
}

/// Why a release was not taken.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct FetchError {
    kind: FetchErrorKind,
    message: String,
    files: Vec<(String, FileChange)>,
    #[source]
    cause: Option<DigestError>,
}

/// What went wrong with a [`fetch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchErrorKind {
    /// The release holds something else than was expected.
    Changed,
    /// A file cannot be read, or is what has no digest, or there is more than the limits allow.
    Unreadable,
}

impl ExpectedContent {
    /// A release with this digest.
    #[must_use]
    pub fn new(digest: ReleaseDigest) -> Self {
        Self {
            digest,
            files: BTreeMap::new(),
        }
    }

    /// The same with the digests of its files (`sha256:` and digits), by their paths in the version folder, as
    /// [`ReleaseContent::files`] and locks have them.
    #[must_use]
    pub fn with_files(
        self,
        files: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        let files = files.into_iter();
        let files = files.map(|(path, digest)| (path.into(), digest.into()));
        Self {
            files: files.collect(),
            ..self
        }
    }

    /// The files that are not what is expected, as far as those are known.
    fn changes(&self, now: &ReleaseContent) -> Vec<(String, FileChange)> {
        if self.files.is_empty() {
            return Vec::new();
        }
        let now: BTreeMap<&str, &str> = now.files().collect();
        let known = self.files.keys().map(String::as_str);
        let paths: BTreeSet<&str> = known.chain(now.keys().copied()).collect();
        let change = |path: &str| match (self.files.get(path), now.get(path)) {
            (Some(expected), Some(now)) if expected == now => None,
            (Some(_), Some(_)) => Some(FileChange::Changed),
            (None, _) => Some(FileChange::Added),
            (_, None) => Some(FileChange::Removed),
        };
        let changes = paths.into_iter();
        changes
            .filter_map(|path| Some((path.to_owned(), change(path)?)))
            .collect()
    }
}

impl From<&ReleaseContent> for ExpectedContent {
    /// What was there once.
    fn from(content: &ReleaseContent) -> Self {
        Self::new(content.digest().clone()).with_files(content.files())
    }
}

impl FetchError {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> FetchErrorKind {
        self.kind
    }

    /// The files that are not what was expected, by path; none where their digests were not known.
    #[must_use]
    pub fn files(&self) -> &[(String, FileChange)] {
        &self.files
    }
}

/// Reads a version folder and gives its files, by their paths in it, if they are those that were expected.
///
/// ```
/// use catalog_model::{DigestLimits, ExpectedContent, MemorySource, ReleaseContent, fetch};
///
/// let mut source = MemorySource::from_iter([("a/1.0/metadata.yaml", "name: a\nversion: 1.0\n")]);
/// let limits = DigestLimits::default();
/// let expected = ExpectedContent::from(&ReleaseContent::of(&source, "a/1.0", &limits)?);
/// assert_eq!(fetch(&source, "a/1.0", &expected, &limits)?.files().count(), 1);
///
/// source.insert("a/1.0/metadata.yaml", "name: a\nversion: 1.O\n");
/// let error = fetch(&source, "a/1.0", &expected, &limits).unwrap_err();
/// assert_eq!(error.to_string(), "a/1.0: this is not what was expected, and nothing of it is taken: `metadata.yaml` changed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Cost: every file is read once, and all are in memory together.
///
/// # Errors
///
/// The release holds anything else, or has no digest as [`ReleaseDigest::of`] takes it.
pub fn fetch(
    source: &dyn Source,
    folder: &str,
    expected: &ExpectedContent,
    limits: &DigestLimits,
) -> Result<MemorySource, FetchError> {
    let mut files = MemorySource::new();
    let mut left = limits.kept_bytes;
    let content = contents(source, folder, limits, |path, bytes| {
        left = left.checked_sub(bytes.len())?;
        files.insert(path, bytes);
        Some(())
    });
    let content = content.map_err(|cause| FetchError {
        kind: FetchErrorKind::Unreadable,
        message: cause.to_string(),
        files: Vec::new(),
        cause: Some(cause),
    })?;
    if *content.digest() == expected.digest {
        return Ok(files);
    }
    let changes = expected.changes(&content);
    let shown = source.display(folder);
    let told = told(&changes, &content, expected);
    Err(FetchError {
        kind: FetchErrorKind::Changed,
        message: format!(
            "{shown}: this is not what was expected, and nothing of it is taken: {told}"
        ),
        files: changes,
        cause: None,
    })
}

fn told(
    changes: &[(String, FileChange)],
    now: &ReleaseContent,
    expected: &ExpectedContent,
) -> String {
    if changes.is_empty() {
        return format!("its digest is {}, not {}", now.digest(), expected.digest);
    }
    let one = |(path, change): &(String, FileChange)| {
        let change = match change {
            FileChange::Changed => "changed",
            FileChange::Added => "was added",
            FileChange::Removed => "is gone",
        };
        format!("`{path}` {change}")
    };
    let named: Vec<String> = changes.iter().take(NAMED).map(one).collect();
    let more = match changes.len() - named.len() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{}{more}", named.join(", "))
}
