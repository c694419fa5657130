//! What stands in an archive.

use std::sync::{Arc, OnceLock};

use crate::source::ContentId;
use crate::source::hashed::of_bytes;

/// Something at a path of an archive.
#[derive(Clone, Debug)]
pub(super) enum Member {
    Folder,
    File(Arc<File>),
    /// A file with more bytes than are kept of one.
    TooLarge(u64),
    /// A link with its text.
    Link(String),
    /// A device, a pipe, or a name that is not UTF-8.
    Other,
}

/// A file, which hard links share.
#[derive(Debug)]
pub(super) struct File {
    pub(super) bytes: Box<[u8]>,
    id: OnceLock<Option<ContentId>>,
}

impl File {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes: bytes.into(),
            id: OnceLock::new(),
        }
    }

    /// The id of its bytes. Cost: the first time, hashing them.
    pub(super) fn id(&self) -> Option<ContentId> {
        *self.id.get_or_init(|| of_bytes(&self.bytes))
    }
}
