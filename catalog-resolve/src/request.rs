//! What is asked for.

use std::collections::BTreeSet;

use catalog_model::Capability;
use catalog_model::version::{RangeError, Version, VersionRange};
use thiserror::Error;

/// Steps a request may take unless it says otherwise: far more than any catalog we know needs.
const STEPS: u64 = 10_000_000;

/// A request to have packages present.
///
/// ```
/// use catalog_model::Capability;
/// use catalog_resolve::Request;
///
/// let request = Request::new()
///     .install("full-observability", ">=2")?
///     .cluster([Capability::parse_name("ingress-controller")?])
///     .exclude("agent-operator", "1.4.0", "condition \"kubernetes below 1.32\" is not satisfied");
/// assert_eq!(request.items().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) items: Vec<Item>,
    pub(crate) prereleases: BTreeSet<String>,
    pub(crate) all_prereleases: bool,
    pub(crate) exclusions: Vec<Exclusion>,
    pub(crate) cluster: BTreeSet<Capability>,
    pub(crate) home: String,
    pub(crate) steps: u64,
}

/// One package that must be present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub(crate) package: String,
    pub(crate) range: VersionRange,
    pub(crate) catalog: Option<String>,
    pub(crate) namespace: Option<String>,
}

/// A release that must not be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exclusion {
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) catalog: Option<String>,
    pub(crate) reason: String,
}

impl Exclusion {
    /// Whether a version is the one ruled out: by its text, or by equal precedence and build, so that `1.0.0` rules out `v1.0` too.
    pub(crate) fn means(&self, version: &Version) -> bool {
        let is_equal = |ruled_out: Version| ruled_out.same_precedence_and_build(version);
        self.version == version.as_str() || Version::parse(&self.version).is_ok_and(is_equal)
    }
}

/// Why an item could not be added to a request: its range cannot be read.
#[derive(Clone, Debug, Error)]
#[error("the range `{range}` for `{package}` cannot be read: {source}")]
pub struct RequestError {
    package: String,
    range: String,
    source: RangeError,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            prereleases: BTreeSet::new(),
            all_prereleases: false,
            exclusions: Vec::new(),
            cluster: BTreeSet::new(),
            home: "default".to_owned(),
            steps: STEPS,
        }
    }
}

impl Item {
    /// Any release of a package that is in `range`.
    pub fn new(package: impl Into<String>, range: VersionRange) -> Self {
        Self {
            package: package.into(),
            range,
            catalog: None,
            namespace: None,
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

impl Request {
    /// A request for nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a package within a range. The order in which packages are asked for decides ties.
    ///
    /// # Errors
    ///
    /// If the range cannot be read.
    pub fn install(self, package: impl Into<String>, range: &str) -> Result<Self, RequestError> {
        let package = package.into();
        match VersionRange::parse(range) {
            Ok(range) => Ok(self.item(Item::new(package, range))),
            Err(source) => Err(RequestError {
                package,
                range: range.to_owned(),
                source,
            }),
        }
    }

    /// The same with everything an item can say.
    #[must_use]
    pub fn item(mut self, item: Item) -> Self {
        self.items.push(item);
        self
    }

    /// Allows prereleases of a package that no range names.
    #[must_use]
    pub fn prereleases_of(mut self, package: impl Into<String>) -> Self {
        self.prereleases.insert(package.into());
        self
    }

    /// Allows prereleases of all packages.
    #[must_use]
    pub fn all_prereleases(mut self) -> Self {
        self.all_prereleases = true;
        self
    }

    /// Rules out a release of any catalog, for a reason that an explanation will repeat: a finished phrase such as
    /// `condition "kubernetes below 1.32" is not satisfied (cluster is v1.34.1)`. A release that does not exist may be
    /// ruled out too. The version need not be spelled as its author does: `1.0.0` rules out `v1.0`.
    #[must_use]
    pub fn exclude(
        self,
        package: impl Into<String>,
        version: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        self.excluding(None, package.into(), version.into(), reason.into())
    }

    /// Rules out a release of one catalog.
    #[must_use]
    pub fn exclude_from(
        self,
        catalog: impl Into<String>,
        package: impl Into<String>,
        version: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        self.excluding(
            Some(catalog.into()),
            package.into(),
            version.into(),
            reason.into(),
        )
    }

    fn excluding(
        mut self,
        catalog: Option<String>,
        package: String,
        version: String,
        reason: String,
    ) -> Self {
        self.exclusions.push(Exclusion {
            package,
            version,
            catalog,
            reason,
        });
        self
    }

    /// What the cluster provides by itself.
    #[must_use]
    pub fn cluster(mut self, capabilities: impl IntoIterator<Item = Capability>) -> Self {
        self.cluster.extend(capabilities);
        self
    }

    /// The namespace of items that name none; without this, `default`.
    #[must_use]
    pub fn home(mut self, namespace: impl Into<String>) -> Self {
        self.home = namespace.into();
        self
    }

    /// How many steps the search may take: decisions, conflicts, and releases looked at; ten million unless said otherwise.
    #[must_use]
    pub fn budget(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// What is asked for, in order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    pub(crate) fn allows_prereleases_of(&self, package: &str) -> bool {
        self.all_prereleases || self.prereleases.contains(package)
    }
}
