//! One release of a lock.

use std::collections::BTreeMap;

/// One release of a [`Lock`](super::Lock): which it is, what was in it, and why it is there.
///
/// One that is neither [requested](Self::is_requested) nor [needed](Self::askers) was installed before, and stayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockEntry {
    pub(super) package: String,
    pub(super) version: String,
    pub(super) namespace: String,
    pub(super) catalog: Option<String>,
    pub(super) also_in: Vec<String>,
    pub(super) digest: Option<String>,
    pub(super) files: BTreeMap<String, String>,
    pub(super) is_requested: bool,
    pub(super) needed_by: Vec<String>,
}

impl LockEntry {
    /// A version of a package in a namespace: for a cluster-wide package, that in which its objects live.
    pub fn new(
        package: impl Into<String>,
        version: impl Into<String>,
        namespace: impl Into<String>,
    ) -> Self {
        Self {
            package: package.into(),
            version: version.into(),
            namespace: namespace.into(),
            catalog: None,
            also_in: Vec::new(),
            digest: None,
            files: BTreeMap::new(),
            is_requested: false,
            needed_by: Vec::new(),
        }
    }

    /// The catalog it comes from.
    #[must_use]
    pub fn from_catalog(mut self, name: impl Into<String>) -> Self {
        self.catalog = Some(name.into());
        self
    }

    /// Other catalogs that have the same release, by falling priority.
    #[must_use]
    pub fn also_in(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.also_in = names.into_iter().map(Into::into).collect();
        self
    }

    /// A digest of what is in it. A SHA-256 (`sha256:…`) beside [`with_files`](Self::with_files) is that of those files, as [`content`](Self::content) has
    /// both: a lock of which that is not so is refused when it is read.
    #[must_use]
    pub fn with_digest(mut self, digest: impl Into<String>) -> Self {
        self.digest = Some(digest.into());
        self
    }

    /// The digests of all its files by their paths in the version folder: with them, it can be said which of them changed.
    #[must_use]
    pub fn with_files(
        mut self,
        files: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        let files = files.into_iter();
        self.files = files
            .map(|(path, digest)| (path.into(), digest.into()))
            .collect();
        self
    }

    /// What is in it: its digest and those of its files.
    #[cfg(feature = "digest")]
    #[must_use]
    pub fn content(self, content: &crate::ReleaseContent) -> Self {
        self.with_digest(content.digest().as_str())
            .with_files(content.files())
    }

    /// The request asks for it.
    #[must_use]
    pub fn requested(mut self) -> Self {
        self.is_requested = true;
        self
    }

    /// The packages that need it, in any order.
    #[must_use]
    pub fn needed_by(mut self, packages: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.needed_by = packages.into_iter().map(Into::into).collect();
        self.needed_by.sort_unstable();
        self.needed_by.dedup();
        self
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The version, as its author wrote it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where it goes.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The catalog it comes from, if that has a name.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// Other catalogs that had the same release when it was locked, by falling priority.
    #[must_use]
    pub fn other_catalogs(&self) -> &[String] {
        &self.also_in
    }

    /// Whether a catalog of this name had it when it was locked; of none, whether it came from one without a name.
    #[must_use]
    pub fn is_in(&self, catalog: Option<&str>) -> bool {
        self.catalogs().any(|one| one == catalog)
    }

    /// Whether some catalog has both: what is locked with several is the same release as long as it comes from one of them.
    #[must_use]
    pub fn shares_catalog(&self, other: &Self) -> bool {
        self.catalogs().any(|one| other.is_in(one))
    }

    fn catalogs(&self) -> impl Iterator<Item = Option<&str>> {
        let others = self.also_in.iter().map(|name| Some(name.as_str()));
        std::iter::once(self.catalog()).chain(others)
    }

    /// A digest of what was in it when it was locked, for catalogs the SHA-256 of the lines that `sha256sum` prints for its files.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// The digests of its files, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter();
        files.map(|(path, digest)| (path.as_str(), digest.as_str()))
    }

    /// Whether the request asked for it.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.is_requested
    }

    /// The packages that needed it, by name.
    #[must_use]
    pub fn askers(&self) -> &[String] {
        &self.needed_by
    }

    /// What there is one of in a lock.
    pub(super) fn place(&self) -> (&str, &str) {
        (&self.package, &self.namespace)
    }

    /// Whether another entry is of the same release, wherever it goes and whatever is in it. What names no catalog may be of any.
    pub(super) fn is_release(&self, now: &Self) -> bool {
        let is_there = self.catalog.is_none() || self.shares_catalog(now);
        is_there && self.package == now.package && self.version == now.version
    }
}
