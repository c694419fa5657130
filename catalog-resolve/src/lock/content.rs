//! From an answer to its lock, and from a lock to a request.

use catalog_model::{Lock, LockEntry};

use super::request_digest::request_digest;
use crate::request::{LockedRelease, Request};
use crate::resolution::{Resolution, ResolvedRelease};

impl Resolution {
    /// The lock of this answer: every release with its catalog, its version, the [digest](crate::ReleaseSpec::digest) that its universe knows,
    /// and why it is there; and a digest of the request that led to it.
    ///
    /// A catalog does not know digests by itself: [`Lock::with_contents`] adds them, and those of the files.
    ///
    /// ```
    /// use catalog_model::{DigestLimits, LoadOptions, MemorySource, ReleaseContent, load};
    /// use catalog_resolve::{ClusterView, Outcome, Request, resolve};
    ///
    /// let source = MemorySource::from_iter([("loki/2.9.0/metadata.yaml", "name: loki\nversion: 2.9.0\n")]);
    /// let catalog = load(&source, &LoadOptions::default())?.into_catalog();
    /// let view = ClusterView::without_cluster(&catalog);
    /// let request = Request::new().install("loki", "*")?;
    /// let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else { panic!("there is an answer") };
    /// let lock = resolution.lock(&request).with_contents(|entry| {
    ///     let folder = format!("{}/{}", entry.package(), entry.version());
    ///     ReleaseContent::of(&source, &folder, &DigestLimits::default()).map(Some)
    /// })?;
    /// let loki = &lock.releases()[0];
    /// assert!(loki.is_requested() && loki.digest().is_some() && loki.files().count() == 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn lock(&self, request: &Request) -> Lock {
        Lock::new(request_digest(request), self.releases().iter().map(entry))
    }
}

impl Request {
    /// Prefers what a lock holds to anything else: each release is chosen again if some answer has it, unless an
    /// [upgrade](Self::upgrade) names its package. Short for [`locked`](Self::locked) with each of them.
    #[must_use]
    pub fn lock(self, lock: &Lock) -> Self {
        lock.releases().iter().map(locked).fold(self, Self::locked)
    }

    /// Whether a lock answers this request, and not another one.
    ///
    /// What is asked for counts: packages, ranges, catalogs and places, in order; removals; allowed prereleases; the mode. What it is asked
    /// beside does not: the cluster, what is installed, exclusions, what is to be upgraded this time, the budget.
    #[must_use]
    pub fn is_answered_by(&self, lock: &Lock) -> bool {
        request_digest(self) == lock.request()
    }
}

fn entry(release: &ResolvedRelease) -> LockEntry {
    let (package, version) = (release.package(), release.version());
    let mut entry =
        LockEntry::new(package, version, release.namespace()).needed_by(release.needed_by());
    if let Some(catalog) = release.catalog() {
        entry = entry.from_catalog(catalog);
    }
    entry = entry.also_in(release.also_in());
    if let Some(digest) = release.digest() {
        entry = entry.with_digest(digest);
    }
    match release.is_requested() {
        true => entry.requested(),
        false => entry,
    }
}

fn locked(entry: &LockEntry) -> LockedRelease {
    let locked = LockedRelease::new(entry.package(), entry.version()).namespace(entry.namespace());
    let locked = match entry.catalog() {
        Some(catalog) => locked.catalog(catalog),
        None => locked,
    };
    let locked = match entry.digest() {
        Some(digest) => locked.digest(digest),
        None => locked,
    };
    let others = entry.other_catalogs().iter();
    others.fold(locked, LockedRelease::also_in)
}
