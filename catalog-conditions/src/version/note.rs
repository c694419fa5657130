//! What the author of a range should know, though the range can be read.

use std::fmt;

use super::error::excerpt;

/// Something in a range that means less, or something else, than it seems to.
///
/// `Display` gives the whole sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeNote {
    kind: RangeNoteKind,
    offset: usize,
    bound: String,
}

/// What a [`RangeNote`] is about. More kinds may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RangeNoteKind {
    /// The bound's prerelease is a bare number, as in `4.2.2-6`. Worth a note.
    PackagingRevision,
    /// The bound ends with `-0`, which Helm takes as leave for every prerelease. Worth a note.
    LowestPrerelease,
    /// A vendor's build in the bound of a cluster range, which never decides. Worth a warning.
    VendorBuildIgnored,
}

impl RangeNote {
    pub(super) fn new(kind: RangeNoteKind, offset: usize, bound: &str) -> Self {
        Self {
            kind,
            offset,
            bound: excerpt(bound),
        }
    }

    /// What the note is about.
    #[must_use]
    pub fn kind(&self) -> RangeNoteKind {
        self.kind
    }

    /// Where the bound begins that the note is about, in bytes from the beginning of the range.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for RangeNote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = &self.bound;
        match self.kind {
            RangeNoteKind::PackagingRevision => {
                write!(
                    formatter,
                    "`{bound}` orders before the release it revises, as SemVer has it; a revision that follows it is written behind `+`"
                )
            }
            RangeNoteKind::LowestPrerelease => {
                write!(
                    formatter,
                    "`{bound}` admits prereleases of that one version only; who installs may allow the others"
                )
            }
            RangeNoteKind::VendorBuildIgnored => {
                write!(
                    formatter,
                    "the vendor's build in `{bound}` is ignored; only alpha, beta and rc order cluster versions"
                )
            }
        }
    }
}
