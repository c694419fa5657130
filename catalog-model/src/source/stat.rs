//! What a file system says of a file without reading it.

use std::fs::Metadata;
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use super::{ContentId, ContentScheme};

/// File systems count time in steps, of two seconds at most (FAT): what was changed within the step in which it was looked at may change
/// again without showing it.
const STEP: Duration = Duration::from_secs(2);

/// What changes when a file does: where it lies, how long it is, and when it was last written or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    numbers: [u64; 7],
}

impl Stat {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        // Bits, not numbers: times before 1970 are told apart as well.
        let numbers = [
            metadata.dev(),
            metadata.ino(),
            metadata.size(),
            metadata.mtime().cast_unsigned(),
            metadata.mtime_nsec().cast_unsigned(),
            metadata.ctime().cast_unsigned(),
            metadata.ctime_nsec().cast_unsigned(),
        ];
        Self { numbers }
    }

    #[cfg(not(unix))]
    pub(super) fn of(metadata: &Metadata) -> Self {
        let written = metadata.modified().ok();
        let since = written.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        let since = since.unwrap_or_default();
        let nanos = u64::from(since.subsec_nanos());
        Self {
            numbers: [metadata.len(), since.as_secs(), nanos, 0, 0, 0, 0],
        }
    }

    /// The numbers as bytes.
    pub(super) fn bytes(&self) -> [[u8; 8]; 7] {
        self.numbers.map(u64::to_le_bytes)
    }

    /// The id of what has these numbers.
    pub(super) fn id(&self) -> Option<ContentId> {
        let digest = Sha256::digest(self.bytes().as_flattened());
        ContentId::new(ContentScheme::Stat, &digest)
    }
}

/// Whether what was changed last is so long ago that it cannot change again and show the same times.
pub(super) fn is_settled(metadata: &Metadata, now: SystemTime) -> bool {
    let age = changed(metadata).and_then(|changed| now.duration_since(changed).ok());
    age.is_some_and(|age| age >= STEP)
}

/// When it was last changed, as far as is known.
#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    let since = |seconds: i64, nanos: i64| {
        let after = Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanos).ok()?);
        SystemTime::UNIX_EPOCH.checked_add(after)
    };
    let written = since(metadata.mtime(), metadata.mtime_nsec());
    written.max(since(metadata.ctime(), metadata.ctime_nsec()))
}

#[cfg(not(unix))]
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    metadata.modified().ok()
}
