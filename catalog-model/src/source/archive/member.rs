//! What stands in an archive.

use super::Bytes;

/// Something at a path of an archive.
#[derive(Clone, Debug)]
pub(super) enum Member {
    Folder,
    File(Bytes),
    /// A file with more bytes than are kept of one.
    TooLarge(u64),
    /// A link with its text.
    Link(String),
    /// A device, a pipe, or a name that is not UTF-8.
    Other,
}
