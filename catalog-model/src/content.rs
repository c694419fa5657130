//! What is in a release: its files with their digests.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::digest::{
    DigestError, DigestLimits, ReleaseDigest, files, hex, line, too_much, unreadable,
};
use crate::source::{Source, join};

/// The digest of all files together, by those of each; `None` where one of these is no digest as [`ReleaseContent`] has it.
pub(crate) fn together(files: &BTreeMap<String, String>) -> Option<ReleaseDigest> {
    let mut lines = Sha256::new();
    for (path, digest) in files {
        let digest = ReleaseDigest::parse(digest).ok()?;
        let digits = digest.as_str().strip_prefix("sha256:")?;
        lines.update(line(digits, path));
    }
    Some(ReleaseDigest(format!("sha256:{}", hex(&lines.finalize()))))
}

/// The digest of every file of a version folder, and that of all of them together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseContent {
    digest: ReleaseDigest,
    files: BTreeMap<String, String>,
}

impl ReleaseContent {
    /// Looks into a version folder. `digest` is what [`ReleaseDigest::of`] gives, and every file of it has `sha256:` and the digits that
    /// `sha256sum` prints.
    ///
    /// ```
    /// use catalog_model::{DigestLimits, MemorySource, ReleaseContent};
    ///
    /// let source = MemorySource::from_iter([("a/1.0/metadata.yaml", "name: a\nversion: 1.0\n")]);
    /// let content = ReleaseContent::of(&source, "a/1.0", &DigestLimits::default())?;
    /// let (path, digest) = content.files().next().ok_or("there is one")?;
    /// assert_eq!((path, &digest[..15]), ("metadata.yaml", "sha256:939aaa49"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Cost: every file is read once.
    ///
    /// # Errors
    ///
    /// As for [`ReleaseDigest::of`].
    pub fn of(
        source: &dyn Source,
        folder: &str,
        limits: &DigestLimits,
    ) -> Result<Self, DigestError> {
        contents(source, folder, limits, |_, _| Some(()))
    }

    /// The digest of all files together.
    #[must_use]
    pub fn digest(&self) -> &ReleaseDigest {
        &self.digest
    }

    /// The digest of each file, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter();
        files.map(|(path, digest)| (path.as_str(), digest.as_str()))
    }
}

/// Looks into a version folder and passes on what is in each file, by its path there; `None` says that it is too much.
pub(crate) fn contents(
    source: &dyn Source,
    folder: &str,
    limits: &DigestLimits,
    mut keep: impl FnMut(&str, Vec<u8>) -> Option<()>,
) -> Result<ReleaseContent, DigestError> {
    let mut paths = files(source, folder, limits)?;
    paths.sort_unstable();
    let mut lines = Sha256::new();
    let mut files = BTreeMap::new();
    for path in paths {
        let bytes = source.read(&join(folder, &path), limits.file_bytes);
        let bytes = bytes.map_err(unreadable)?;
        let digest = hex(&Sha256::digest(&bytes));
        lines.update(line(&digest, &path));
        if keep(&path, bytes).is_none() {
            return Err(too_much(&source.display(folder), limits.kept_bytes));
        }
        files.insert(path, format!("sha256:{digest}"));
    }
    let digest = ReleaseDigest(format!("sha256:{}", hex(&lines.finalize())));
    Ok(ReleaseContent { digest, files })
}
