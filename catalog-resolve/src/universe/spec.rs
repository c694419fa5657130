//! What a release says, as texts: how releases come into a universe.

use std::sync::Arc;

use catalog_model::{Capability, Scope};

use super::release::ObjectPlace;

/// One release as its author describes it. Texts are read when the universe is built.
///
/// ```
/// use catalog_model::Capability;
/// use catalog_resolve::ReleaseSpec;
///
/// let release = ReleaseSpec::new("full-observability", "2.0.0")
///     .dependency("loki", ">=3")
///     .optional_dependency("tempo", "^2")
///     .conflict("legacy-monitoring", "<2")
///     .requires(Capability::parse_api("monitoring.coreos.com/v1/ServiceMonitor")?)
///     .provides(Capability::parse_name("dashboards")?);
/// assert_eq!((release.package(), release.version()), ("full-observability", "2.0.0"));
/// # Ok::<(), catalog_model::CapabilityError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseSpec {
    pub(super) package: String,
    pub(super) version: String,
    pub(super) catalog: Option<String>,
    pub(super) also_in: Vec<String>,
    pub(super) scope: Scope,
    pub(super) namespace: Option<String>,
    pub(super) group: Option<String>,
    pub(super) dependencies: Vec<DependencySpec>,
    pub(super) conflicts: Vec<(String, String)>,
    pub(super) requires: Vec<Capability>,
    pub(super) provides: Vec<Capability>,
    pub(super) definitions: Vec<DefinitionSpec>,
    pub(super) upgrades_from: UpgradesFrom,
    pub(super) yanked: Option<String>,
    pub(super) is_deprecated: bool,
    pub(super) digest: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DependencySpec {
    pub(super) package: String,
    pub(super) range: String,
    pub(super) catalog: Option<String>,
    pub(super) is_optional: bool,
}

/// An object that a release ships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DefinitionSpec {
    pub(super) place: ObjectPlace,
    pub(super) name: String,
    pub(super) digest: String,
}

/// From which releases of its package a release can be reached, if it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UpgradesFrom {
    /// What `replaces` and `skips` name.
    pub(super) versions: Vec<String>,
    /// What `skipRange` holds.
    pub(super) range: Option<String>,
}

impl ReleaseSpec {
    /// A cluster-wide release that needs and provides nothing.
    pub fn new(package: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            package: package.into(),
            version: version.into(),
            catalog: None,
            also_in: Vec::new(),
            scope: Scope::Cluster,
            namespace: None,
            group: None,
            dependencies: Vec::new(),
            conflicts: Vec::new(),
            requires: Vec::new(),
            provides: Vec::new(),
            definitions: Vec::new(),
            upgrades_from: UpgradesFrom::default(),
            yanked: None,
            is_deprecated: false,
            digest: None,
        }
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

    /// The catalog it comes from.
    #[must_use]
    pub fn catalog(mut self, name: impl Into<String>) -> Self {
        self.catalog = Some(name.into());
        self
    }

    /// Another catalog that has the same release. It is one release, named after the catalog of highest priority, and will do for whoever asks for
    /// that of any of them.
    #[must_use]
    pub fn also_in(mut self, catalog: impl Into<String>) -> Self {
        self.also_in.push(catalog.into());
        self
    }

    /// How many instances there may be.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Where a cluster-wide instance lives; without this, in a namespace named like the package.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// The group whose members may need each other in a cycle.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// A package that must be present, within a range.
    #[must_use]
    pub fn dependency(self, package: impl Into<String>, range: impl Into<String>) -> Self {
        self.depends(package.into(), range.into(), None, false)
    }

    /// A package that must be present, within a range, and come from one catalog.
    #[must_use]
    pub fn dependency_from(
        self,
        catalog: impl Into<String>,
        package: impl Into<String>,
        range: impl Into<String>,
    ) -> Self {
        self.depends(package.into(), range.into(), Some(catalog.into()), false)
    }

    /// A package that is not pulled in, but must be within a range if present.
    #[must_use]
    pub fn optional_dependency(self, package: impl Into<String>, range: impl Into<String>) -> Self {
        self.depends(package.into(), range.into(), None, true)
    }

    /// A package that is not pulled in, but must be within a range and from one catalog if present.
    #[must_use]
    pub fn optional_dependency_from(
        self,
        catalog: impl Into<String>,
        package: impl Into<String>,
        range: impl Into<String>,
    ) -> Self {
        self.depends(package.into(), range.into(), Some(catalog.into()), true)
    }

    fn depends(
        mut self,
        package: String,
        range: String,
        catalog: Option<String>,
        is_optional: bool,
    ) -> Self {
        self.dependencies.push(DependencySpec {
            package,
            range,
            catalog,
            is_optional,
        });
        self
    }

    /// Versions of another package that cannot be present at the same time.
    #[must_use]
    pub fn conflict(mut self, package: impl Into<String>, range: impl Into<String>) -> Self {
        self.conflicts.push((package.into(), range.into()));
        self
    }

    /// Something that the cluster or a release must provide.
    #[must_use]
    pub fn requires(mut self, capability: Capability) -> Self {
        self.requires.push(capability);
        self
    }

    /// Something that it provides.
    #[must_use]
    pub fn provides(mut self, capability: Capability) -> Self {
        self.provides.push(capability);
        self
    }

    /// An object that it ships, which stands in no namespace, or in one that is part of its name: its name, and a digest of its content. Releases that
    /// ship one object with different content cannot be present at the same time.
    #[must_use]
    pub fn definition(self, name: impl Into<String>, digest: impl Into<String>) -> Self {
        self.ships(ObjectPlace::Anywhere, name.into(), digest.into())
    }

    /// The same of an object that stands in this namespace, wherever the instance is. Its name is `Kind.group/name`.
    #[must_use]
    pub fn definition_in(
        self,
        namespace: impl Into<Arc<str>>,
        name: impl Into<String>,
        digest: impl Into<String>,
    ) -> Self {
        self.ships(
            ObjectPlace::Namespace(namespace.into()),
            name.into(),
            digest.into(),
        )
    }

    /// The same of an object that stands where the instance does: instances in two namespaces have one each.
    #[must_use]
    pub fn own_definition(self, name: impl Into<String>, digest: impl Into<String>) -> Self {
        self.ships(ObjectPlace::OfInstance, name.into(), digest.into())
    }

    fn ships(mut self, place: ObjectPlace, name: String, digest: String) -> Self {
        self.definitions.push(DefinitionSpec {
            place,
            name,
            digest,
        });
        self
    }

    /// The version from which an installed package can move to this one. A release that states neither this nor
    /// [`skips`](Self::skips) nor [`skip_range`](Self::skip_range) can be reached from any lower one.
    #[must_use]
    pub fn replaces(mut self, version: impl Into<String>) -> Self {
        self.upgrades_from.versions.push(version.into());
        self
    }

    /// One more version from which an installed package can move to this one.
    #[must_use]
    pub fn skips(self, version: impl Into<String>) -> Self {
        self.replaces(version)
    }

    /// Versions from which an installed package can move to this one. Prereleases count as any other version.
    #[must_use]
    pub fn skip_range(mut self, range: impl Into<String>) -> Self {
        self.upgrades_from.range = Some(range.into());
        self
    }

    /// Takes it back: it is chosen only for who asks for exactly this version.
    #[must_use]
    pub fn yanked(mut self, reason: impl Into<String>) -> Self {
        self.yanked = Some(reason.into());
        self
    }

    /// A digest of what is in it, where whoever offers it says one: as `sha256:` and 64 hexadecimal digits. Releases of two catalogs with one version
    /// and one digest are one, as [`also_in`](Self::also_in) says.
    #[must_use]
    pub fn digest(mut self, digest: impl Into<String>) -> Self {
        self.digest = Some(digest.into());
        self
    }

    /// Discourages it: if the newest release of a package says so, other providers are preferred.
    #[must_use]
    pub fn deprecated(mut self) -> Self {
        self.is_deprecated = true;
        self
    }
}
