//! Where a release lies, for clients that fetch it themselves.

use serde_json::{Map, Value};

/// Where a client finds a release and how it verifies what it got, without this library in between.
///
/// ```
/// use catalog_model::ReleaseLocation;
///
/// let location = ReleaseLocation::new("community", "grafana/12.0.0")
///     .with_address("https://git.example.com/catalog.git")
///     .with_commit("8f14e45fceea167a5a36dedd4bea2543");
/// assert_eq!(location.path(), "grafana/12.0.0");
/// assert_eq!(location.to_json()["catalog"], "community");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseLocation {
    catalog: String,
    path: String,
    address: Option<String>,
    commit: Option<String>,
    digest: Option<String>,
}

impl ReleaseLocation {
    /// A version folder, relative to the root of a catalog of this name.
    pub fn new(catalog: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            catalog: catalog.into(),
            path: path.into(),
            address: None,
            commit: None,
            digest: None,
        }
    }

    /// The same, at an address.
    #[must_use]
    pub fn with_address(self, address: impl Into<String>) -> Self {
        Self {
            address: Some(address.into()),
            ..self
        }
    }

    /// The same, at a commit of a repository.
    #[must_use]
    pub fn with_commit(self, commit: impl Into<String>) -> Self {
        Self {
            commit: Some(commit.into()),
            ..self
        }
    }

    /// The same, with the digest that its files have.
    #[cfg(feature = "digest")]
    #[must_use]
    pub fn with_digest(self, digest: &crate::ReleaseDigest) -> Self {
        Self {
            digest: Some(digest.as_str().to_owned()),
            ..self
        }
    }

    /// The name of the catalog.
    #[must_use]
    pub fn catalog(&self) -> &str {
        &self.catalog
    }

    /// The version folder, relative to the catalog's root.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where the catalog is: a URL, or a folder.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The commit that was read.
    #[must_use]
    pub fn commit(&self) -> Option<&str> {
        self.commit.as_deref()
    }

    /// `sha256:` and hexadecimal digits, as a release's digest is taken (feature `digest`).
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// The same as JSON: `catalog`, `path`, and where known `address`, `commit`, `digest`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let known = [
            ("catalog", Some(&self.catalog)),
            ("path", Some(&self.path)),
            ("address", self.address.as_ref()),
            ("commit", self.commit.as_ref()),
            ("digest", self.digest.as_ref()),
        ];
        let known = known.into_iter();
        let object: Map<String, Value> = known
            .filter_map(|(key, value)| Some((key.to_owned(), value?.as_str().into())))
            .collect();
        Value::Object(object)
    }
}
