//! Ids made of SHA-256.

use sha2::{Digest as _, Sha256};

use super::{ContentId, ContentScheme, EntryKind};

/// The id of a file's bytes.
pub(super) fn of_bytes(bytes: &[u8]) -> Option<ContentId> {
    ContentId::new(ContentScheme::Sha256, &Sha256::digest(bytes))
}

/// Makes the id of a folder out of what it holds, given in the order of names.
pub(crate) struct FolderHash {
    scheme: ContentScheme,
    hash: Sha256,
}

impl FolderHash {
    pub(crate) fn new(scheme: ContentScheme) -> Self {
        // No folder has the id of a file whose bytes are its listing.
        let hash = Sha256::new_with_prefix(b"folder\0");
        Self { scheme, hash }
    }

    /// Adds something with what tells its content from other content, which is of one length for all of a kind.
    pub(crate) fn add(&mut self, name: &str, kind: EntryKind, content: &[u8]) {
        // With the lengths of names, no two listings make the same bytes.
        self.hash.update((name.len() as u64).to_le_bytes());
        self.hash.update(name);
        self.hash.update([kind as u8]);
        self.hash.update(content);
    }

    pub(crate) fn finish(self) -> Option<ContentId> {
        ContentId::new(self.scheme, &self.hash.finalize())
    }
}
