//! What tells content from other content without reading it.

use std::fmt;

/// The most bytes of an id: those of SHA-256.
const BYTES: usize = 32;

/// An id of a file's bytes, or of all that is in a folder: two of equal id hold the same.
///
/// Ids are compared with those of the same source, and with those of other sources only where the scheme [says so](ContentScheme::is_of_content). The schemes
/// know nothing of each other.
///
/// ```
/// use catalog_model::source::{ContentId, ContentScheme};
/// let id = ContentId::new(ContentScheme::Own, b"\x0b\xad").ok_or("it has at most 32 bytes")?;
/// assert_eq!(id.to_string(), "own:0bad");
/// assert_ne!(Some(id), ContentId::new(ContentScheme::Git, b"\x0b\xad"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId {
    scheme: ContentScheme,
    length: u8,
    bytes: [u8; BYTES],
}

/// How a [`ContentId`] was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ContentScheme {
    /// The object id of a blob or tree of git.
    Git,
    /// The SHA-256 of bytes: of a file its own, of a folder those of names, kinds and ids of what it holds.
    Sha256,
    /// What a file system says of a file without reading it: size, times and number.
    Stat,
    /// Whatever a service has that tells content from other content.
    Own,
}

impl ContentId {
    /// An id of at most 32 bytes; `None` for more.
    #[must_use]
    pub fn new(scheme: ContentScheme, id: &[u8]) -> Option<Self> {
        let mut bytes = [0; BYTES];
        bytes.get_mut(..id.len())?.copy_from_slice(id);
        Some(Self {
            scheme,
            length: u8::try_from(id.len()).ok()?,
            bytes,
        })
    }

    /// How it was found.
    #[must_use]
    pub fn scheme(&self) -> ContentScheme {
        self.scheme
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }
}

impl ContentScheme {
    /// Whether an id is made of names and bytes and nothing else, so that those of any two sources can be compared.
    #[must_use]
    pub fn is_of_content(self) -> bool {
        matches!(self, Self::Git | Self::Sha256)
    }

    /// `git`, `sha256`, `stat` or `own`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Sha256 => "sha256",
            Self::Stat => "stat",
            Self::Own => "own",
        }
    }
}

impl fmt::Display for ContentId {
    /// `scheme:hexadecimal digits`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.scheme.as_str())?;
        let mut bytes = self.as_bytes().iter();
        bytes.try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentId({self})")
    }
}
