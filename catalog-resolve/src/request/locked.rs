//! What an earlier answer chose.

/// A release that an earlier answer chose, and that is preferred to any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedRelease {
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) catalog: Option<String>,
    pub(crate) namespace: Option<String>,
}

impl LockedRelease {
    /// A version of a package: the release with that text, or else the only one of equal precedence and build.
    pub fn new(package: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            package: package.into(),
            version: version.into(),
            catalog: None,
            namespace: None,
        }
    }

    /// The catalog it came from.
    #[must_use]
    pub fn catalog(mut self, name: impl Into<String>) -> Self {
        self.catalog = Some(name.into());
        self
    }

    /// Where it is, for a package of scope `namespace`; without this, in the request's home.
    #[must_use]
    pub fn namespace(mut self, name: impl Into<String>) -> Self {
        self.namespace = Some(name.into());
        self
    }
}
