//! The digest of a release: what a client can verify with `sha256sum` alone.

use std::fmt;

use thiserror::Error;

use crate::content::ReleaseContent;
use crate::source::{EntryKind, Source, SourceError, join};

/// `sha256:` and 64 hexadecimal digits: the SHA-256 of the lines that `sha256sum` prints for all files of a version folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseDigest(pub(crate) String);

/// What taking a digest may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DigestLimits {
    /// Files in the version folder, folders in it counted: 10,000.
    pub files: usize,
    /// Bytes in one file: 256 MiB. One file is held in memory at a time.
    pub file_bytes: usize,
    /// Bytes of all files, where they are kept ([`fetch`](crate::fetch())): 1 GiB.
    pub kept_bytes: usize,
}

/// Why a folder has no digest, or a text is none.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct DigestError {
    message: String,
    #[source]
    cause: Option<Box<SourceError>>,
}

impl Default for DigestLimits {
    fn default() -> Self {
        Self {
            files: 10_000,
            file_bytes: 256 << 20,
            kept_bytes: 1 << 30,
        }
    }
}

impl ReleaseDigest {
    /// The digest of a version folder: `sha256:` and the SHA-256 of the lines `<hex sha256 of content>  <path>` of every regular file
    /// in it, known to the format or not, sorted by the bytes of their paths. Where it came from, modes and empty folders do not count.
    ///
    /// With the programs of GNU, this prints the same digits in the folder, whatever the files are named:
    ///
    /// ```sh
    /// find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0r sha256sum -- | sha256sum
    /// ```
    ///
    /// A name with a backslash or a line break is written as `sha256sum` writes it: as `\\`, `\n` or `\r`, and its line begins with `\`. A
    /// folder without files has the digest of the empty text.
    ///
    /// ```
    /// use catalog_model::{DigestLimits, MemorySource, ReleaseDigest};
    ///
    /// let source = MemorySource::from_iter([("a/1.0/metadata.yaml", "name: a\nversion: 1.0\n")]);
    /// let digest = ReleaseDigest::of(&source, "a/1.0", &DigestLimits::default())?;
    /// assert_eq!(digest.as_str(), "sha256:05614b49afcc66b48208acdafe96692a03b33b86463a4e91ec306efa91b49fb6");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Cost: every file is read once.
    ///
    /// # Errors
    ///
    /// A link, a device or a name that is not UTF-8 in the folder; more than the limits allow; what the source cannot read.
    pub fn of(
        source: &dyn Source,
        folder: &str,
        limits: &DigestLimits,
    ) -> Result<Self, DigestError> {
        let content = ReleaseContent::of(source, folder, limits)?;
        Ok(content.digest().clone())
    }

    /// Reads the text of a digest, as locks and locations have it.
    ///
    /// # Errors
    ///
    /// It is anything else than `sha256:` and 64 digits of `0-9` and `a-f`.
    ///
    /// ```
    /// use catalog_model::ReleaseDigest;
    /// let digest = format!("sha256:{}", "0a".repeat(32));
    /// assert_eq!(ReleaseDigest::parse(&digest)?.as_str(), digest);
    /// assert!(ReleaseDigest::parse("sha256:0A").is_err());
    /// # Ok::<(), catalog_model::DigestError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let digits = text.strip_prefix("sha256:").unwrap_or_default();
        let are_digits = digits
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digits.len() == 64 && are_digits {
            return Ok(Self(text.to_owned()));
        }
        let shown: String = text.chars().take(80).collect();
        Err(refuse(format!(
            "`{shown}` is no digest: write `sha256:` and 64 digits of `0-9` and `a-f`"
        )))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The paths of all files below a folder.
pub(crate) fn files(
    source: &dyn Source,
    folder: &str,
    limits: &DigestLimits,
) -> Result<Vec<String>, DigestError> {
    let (mut files, mut folders) = (Vec::new(), vec![String::new()]);
    let mut seen = 0;
    while let Some(below) = folders.pop() {
        let path = match below.as_str() {
            "" => folder.to_owned(),
            below => join(folder, below),
        };
        for entry in source.list(&path).map_err(unreadable)? {
            seen += 1;
            if seen > limits.files {
                return Err(refuse(format!(
                    "{}: there are more than the {} files allowed",
                    source.display(folder),
                    limits.files
                )));
            }
            let name = join(&below, &entry.name);
            let shown = || source.display(&join(folder, &name));
            match entry.kind {
                _ if source.is_link(&join(folder, &name)) => return Err(refuse(link(&shown()))),
                EntryKind::File => files.push(name),
                EntryKind::Folder => folders.push(name),
                EntryKind::Link => return Err(refuse(link(&shown()))),
                EntryKind::Other => {
                    let message = "this is not a file, or its name is not UTF-8, and has no digest";
                    return Err(refuse(format!("{}: {message}", shown())));
                }
            }
        }
    }
    Ok(files)
}

fn link(path: &str) -> String {
    format!(
        "{path}: this is a link, and a release with one has no digest; replace it by what it leads to"
    )
}

/// As `sha256sum` prints it.
pub(crate) fn line(hex: &str, path: &str) -> String {
    if !path.contains(['\\', '\n', '\r']) {
        return format!("{hex}  {path}\n");
    }
    let path = path
        .replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace('\r', "\\r");
    format!("\\{hex}  {path}\n")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The error of whoever keeps files, and has been given too many bytes.
pub(crate) fn too_much(shown: &str, limit: usize) -> DigestError {
    refuse(format!(
        "{shown}: its files have more than the {limit} bytes allowed"
    ))
}

fn refuse(message: String) -> DigestError {
    DigestError {
        message,
        cause: None,
    }
}

pub(crate) fn unreadable(cause: SourceError) -> DigestError {
    DigestError {
        message: cause.to_string(),
        cause: Some(Box::new(cause)),
    }
}

impl fmt::Display for ReleaseDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
