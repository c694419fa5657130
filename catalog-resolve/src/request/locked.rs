//! What an earlier answer chose.

/// A release that an earlier answer chose, and that is preferred to any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedRelease {
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) catalog: Option<String>,
    pub(crate) also_in: Vec<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) digest: Option<String>,
}

impl LockedRelease {
    /// A version of a package: the release with that text, or else the only one of equal precedence and build. With [catalogs](Self::catalog), one of
    /// those that they have, the text of any of them before what is equal.
    pub fn new(package: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            package: package.into(),
            version: version.into(),
            catalog: None,
            also_in: Vec::new(),
            namespace: None,
            digest: None,
        }
    }

    /// The catalog it came from.
    #[must_use]
    pub fn catalog(mut self, name: impl Into<String>) -> Self {
        self.catalog = Some(name.into());
        self
    }

    /// Another catalog that had the same release: it is looked for there where the first does not have it any more.
    #[must_use]
    pub fn also_in(mut self, name: impl Into<String>) -> Self {
        self.also_in.push(name.into());
        self
    }

    /// A digest of what is in it, as [`ReleaseSpec::digest`](crate::ReleaseSpec::digest) or [`Catalogs::with_digests`](crate::Catalogs::with_digests) has
    /// it: of releases with that text, the one that has this digest is it, be it in a catalog that is not named here. Only if none has it do the
    /// catalogs decide.
    #[must_use]
    pub fn digest(mut self, digest: impl Into<String>) -> Self {
        self.digest = Some(digest.into());
        self
    }

    /// Where it is, for a package of scope `namespace`; without this, in the request's home.
    #[must_use]
    pub fn namespace(mut self, name: impl Into<String>) -> Self {
        self.namespace = Some(name.into());
        self
    }
}
