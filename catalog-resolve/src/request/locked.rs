//! What an earlier answer chose.

/// A release that an earlier answer chose, and that is preferred to any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedRelease {
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) catalog: Option<String>,
    pub(crate) also_in: Vec<String>,
    pub(crate) namespace: Option<String>,
}

impl LockedRelease {
    /// A version of a package: the release with that text, or else the only one of equal precedence and build.
    pub fn new(package: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            package: package.into(),
            version: version.into(),
            catalog: None,
            also_in: Vec::new(),
            namespace: None,
        }
    }

    /// The catalog it came from.
    #[must_use]
    pub fn catalog(mut self, name: impl Into<String>) -> Self {
        self.catalog = Some(name.into());
        self
    }

    /// Another catalog that had the same release: it is looked for there, where the first does not have it any more.
    #[must_use]
    pub fn also_in(mut self, name: impl Into<String>) -> Self {
        self.also_in.push(name.into());
        self
    }

    /// Where it is, for a package of scope `namespace`; without this, in the request's home.
    #[must_use]
    pub fn namespace(mut self, name: impl Into<String>) -> Self {
        self.namespace = Some(name.into());
        self
    }
}
