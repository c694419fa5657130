//! One release, with all catalogs that have it.

use std::fmt;

use super::error::{RegistryError, RegistryErrorKind};
use super::registered::RegisteredCatalog;
use crate::digest::{DigestLimits, files};
use crate::index::Entry;
use crate::location::ReleaseLocation;
use crate::release::Release;

/// A release of one catalog, mostly of the first that has it, and what the others have under its package and version.
#[derive(Clone)]
pub struct OfferedRelease<'a> {
    pub(super) catalog: RegisteredCatalog<'a>,
    pub(super) release: &'a Release,
    pub(super) same: Vec<RegisteredCatalog<'a>>,
    pub(super) differing: Vec<(RegisteredCatalog<'a>, String)>,
}

impl<'a> OfferedRelease<'a> {
    /// Compares what several catalogs have, by falling priority; `None` where none has anything.
    pub(super) fn of(
        found: impl IntoIterator<Item = (RegisteredCatalog<'a>, &'a Release)>,
    ) -> Option<Self> {
        let mut found = found.into_iter();
        let (catalog, release) = found.next()?;
        let mut offered = Self {
            catalog,
            release,
            same: Vec::new(),
            differing: Vec::new(),
        };
        for (other, theirs) in found {
            match difference((catalog, release), (other, theirs)) {
                None => offered.same.push(other),
                Some(why) => offered.differing.push((other, why)),
            }
        }
        Some(offered)
    }

    /// Whether a catalog has these files.
    pub(super) fn is_of(&self, catalog: RegisteredCatalog<'_>) -> bool {
        let mut having = std::iter::once(&self.catalog).chain(&self.same);
        having.any(|one| one.is(catalog))
    }

    /// The catalog whose release it is.
    #[must_use]
    pub fn catalog(&self) -> RegisteredCatalog<'a> {
        self.catalog
    }

    /// The release.
    #[must_use]
    pub fn release(&self) -> &'a Release {
        self.release
    }

    /// The release as the index of its catalog has it.
    #[must_use]
    pub fn entry(&self) -> Option<Entry<'a>> {
        let index = self.catalog.answering()?.index();
        let release = self.release;
        index
            .release(release.package().as_str(), release.version())
            .ok()
    }

    /// Other catalogs that have the same files under this package and version, by falling priority.
    pub fn also_in(&self) -> impl ExactSizeIterator<Item = RegisteredCatalog<'a>> {
        self.same.iter().copied()
    }

    /// Other catalogs that have other files under this package and version, by falling priority, each with what is other in a few words: a
    /// conflict, which the priority of the catalogs decides.
    pub fn differing(&self) -> impl ExactSizeIterator<Item = (RegisteredCatalog<'a>, &str)> {
        self.differing
            .iter()
            .map(|(catalog, why)| (*catalog, why.as_str()))
    }

    /// One sentence about the conflict, without a full stop; `None` where there is none.
    #[must_use]
    pub fn conflict(&self) -> Option<String> {
        let others = self.differing.iter();
        let others: Vec<String> = others
            .map(|(catalog, why)| format!("{} ({why})", catalog.name()))
            .collect();
        if others.is_empty() {
            return None;
        }
        let (package, version) = (self.release.package(), self.release.version());
        Some(format!(
            "{package} {version} of the catalog {} is not what it is in {}: that of {} is taken",
            self.catalog.name(),
            others.join(", "),
            self.catalog.name()
        ))
    }

    /// Where it lies: catalog, address, commit, path and digest.
    ///
    /// Cost: its files are read, if they were not since the last sync.
    ///
    /// # Errors
    ///
    /// It has no digest: a link among its files, or one that cannot be read.
    pub fn location(&self) -> Result<ReleaseLocation, RegistryError> {
        let place = self.place();
        let Some(state) = self.catalog.answering() else {
            return Ok(place);
        };
        let content = state.content(self.release);
        let content =
            content.map_err(|why| RegistryError::new(RegistryErrorKind::Fetch, why.as_ref()))?;
        Ok(place.with_digest(content.digest()))
    }

    /// Where it lies, without a digest: catalog, address, commit and path. Nothing is read.
    #[must_use]
    pub fn place(&self) -> ReleaseLocation {
        let mut place = ReleaseLocation::new(self.catalog.name(), self.release.folder());
        if let Some(state) = self.catalog.answering() {
            place = place.with_address(state.descriptor.address.to_string());
            if let Some(commit) = &state.commit {
                place = place.with_commit(commit);
            }
        }
        place
    }
}

/// What one has and the other has not, in a few words; `None` where their files are the same.
pub(super) fn difference(
    (first, ours): (RegisteredCatalog<'_>, &Release),
    (second, theirs): (RegisteredCatalog<'_>, &Release),
) -> Option<String> {
    let (Some(first), Some(second)) = (first.answering(), second.answering()) else {
        return Some("it cannot be read".to_owned());
    };
    let incomparable = |why: &dyn fmt::Display| format!("it cannot be compared: {why}");
    let id = first.source.content_id(ours.folder());
    let id = id.filter(|id| id.scheme().is_of_content());
    if id.is_some() && id == second.source.content_id(theirs.folder()) {
        // The digests are the same, if there are any: what has a link has none.
        let listed = files(
            first.source.as_ref(),
            ours.folder(),
            &DigestLimits::default(),
        );
        return listed.err().map(|why| incomparable(&why));
    }
    match (first.content(ours), second.content(theirs)) {
        (Ok(ours), Ok(theirs)) if ours.digest() == theirs.digest() => None,
        (Ok(_), Ok(theirs)) => Some(format!("its digest is {}", theirs.digest())),
        (_, Err(why)) | (Err(why), _) => Some(incomparable(&why)),
    }
}

impl fmt::Display for OfferedRelease<'_> {
    /// `package@version of catalog`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let release = self.release;
        let (package, version) = (release.package(), release.version());
        write!(f, "{package}@{version} of {}", self.catalog.name())
    }
}

impl fmt::Debug for OfferedRelease<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfferedRelease({self})")
    }
}
