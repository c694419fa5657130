//! Packages that are asked for.

use catalog_model::version::VersionRange;

/// One package that must be present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub(crate) package: String,
    pub(crate) range: VersionRange,
    pub(crate) catalog: Option<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) is_declaration: bool,
    pub(crate) is_rollback: bool,
}

impl Item {
    /// Any release of a package that is in `range`.
    pub fn new(package: impl Into<String>, range: VersionRange) -> Self {
        Self {
            package: package.into(),
            range,
            catalog: None,
            namespace: None,
            is_declaration: false,
            is_rollback: false,
        }
    }

    /// Only releases of this catalog.
    #[must_use]
    pub fn catalog(mut self, catalog: impl Into<String>) -> Self {
        self.catalog = Some(catalog.into());
        self
    }

    /// Where a package of scope `namespace` is to be; a cluster-wide package has its own place.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Takes a cluster-wide package that is installed at a higher version than the range knows for what is asked for: a declaration of a
    /// lower version is no action. For services that apply declarations of several users, of which one may lag behind.
    #[must_use]
    pub fn declaration(mut self) -> Self {
        self.is_declaration = true;
        self
    }

    /// Lets an installed package go back, to a version of its [history](catalog_model::InstalledRelease::history) that is in the range. Without
    /// this, what is installed moves only up.
    #[must_use]
    pub fn rollback(mut self) -> Self {
        self.is_rollback = true;
        self
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The versions that will do.
    #[must_use]
    pub fn range(&self) -> &VersionRange {
        &self.range
    }
}
