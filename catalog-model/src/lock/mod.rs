//! What a resolution chose, as a file.

mod entry;
mod read;
mod verify;

pub use self::entry::LockEntry;
pub use self::verify::{ChangedRelease, ContentChanged, FileChange};

use catalog_conditions::document::Limits;

/// The version of the file's form that is written, and the only one that is read.
pub(crate) const LOCK_VERSION: u64 = 1;

/// A lock: every release that a resolution chose, to be chosen again. As a file it is called `catalog.lock`.
///
/// It is sorted and holds no times, so that the same answer has the same bytes on every machine. Nobody writes it by hand: a resolver makes
/// it, and a [`digest`](LockEntry::digest) says what was in each release then.
///
/// ```
/// use catalog_model::{Lock, LockEntry, SourceFile};
///
/// let text = "\
/// lockVersion: 1
/// request: sha256:5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9
/// releases:
/// - package: grafana
///   version: 12.1.0
///   namespace: grafana
///   requested: true
/// - {package: loki, version: 3.5.7, namespace: loki, neededBy: [grafana]}
/// ";
/// let (lock, diagnostics) = Lock::read(&SourceFile::new("catalog.lock", text), &Lock::limits());
/// assert!(diagnostics.is_empty());
/// let lock = lock.ok_or("it has no errors")?;
/// assert_eq!(lock.releases()[1], LockEntry::new("loki", "3.5.7", "loki").needed_by(["grafana"]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    request: String,
    releases: Vec<LockEntry>,
}

impl Lock {
    /// The lock of some releases, with a digest of the request that led to them. Of two releases of a package in one namespace the first is
    /// kept.
    pub fn new(request: impl Into<String>, releases: impl IntoIterator<Item = LockEntry>) -> Self {
        let mut releases: Vec<LockEntry> = releases.into_iter().collect();
        releases.sort_by(|a, b| a.place().cmp(&b.place()));
        releases.dedup_by(|later, first| later.place() == first.place());
        Self {
            request: request.into(),
            releases,
        }
    }

    /// A digest of the request: a text that differs if something else is asked for.
    #[must_use]
    pub fn request(&self) -> &str {
        &self.request
    }

    /// The releases by package, then by namespace.
    #[must_use]
    pub fn releases(&self) -> &[LockEntry] {
        &self.releases
    }

    /// The release of a package in a namespace. Cost: logarithmic in the number of releases.
    #[must_use]
    pub fn release(&self, package: &str, namespace: &str) -> Option<&LockEntry> {
        let at = self
            .releases
            .binary_search_by(|entry| entry.place().cmp(&(package, namespace)));
        self.releases.get(at.ok()?)
    }

    /// Says what is in each release now: `content` is asked once for each, and may know nothing of it.
    ///
    /// # Errors
    ///
    /// The first that `content` gives.
    #[cfg(feature = "digest")]
    pub fn with_contents<E>(
        mut self,
        mut content: impl FnMut(&LockEntry) -> Result<Option<crate::ReleaseContent>, E>,
    ) -> Result<Self, E> {
        for entry in &mut self.releases {
            if let Some(content) = content(entry)? {
                *entry = entry.clone().content(&content);
            }
        }
        Ok(self)
    }

    /// What a lock may cost to read: 64 MiB and four million values, some 100,000 releases with their files.
    #[must_use]
    pub fn limits() -> Limits {
        let mut limits = Limits::default();
        limits.file_bytes = 64 << 20;
        limits.document_bytes = 64 << 20;
        limits.nodes = 4_000_000;
        limits
    }
}
