//! What the index takes of a package, and nothing of the rest.

use std::borrow::Cow;

use catalog_conditions::version::Version;

use crate::capability::Capability;
use crate::catalog::{Package, UnusableRelease};
use crate::definition::Definition;
use crate::metadata::{Dependency, Scope};
use crate::release::Release;

/// A package, its texts lent by whoever has it.
pub(super) struct Summary<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) versions: Vec<VersionSummary<'a>>,
    pub(super) unusable: Vec<UnusableRelease>,
}

pub(super) struct VersionSummary<'a> {
    pub(super) version: Version,
    pub(super) scope: Scope,
    pub(super) folder: Cow<'a, str>,
    pub(super) description: Option<Cow<'a, str>>,
    pub(super) yanked: Option<Cow<'a, str>>,
    pub(super) deprecated: Option<Cow<'a, str>>,
    pub(super) labels: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub(super) tags: Vec<Cow<'a, str>>,
    pub(super) dependencies: Vec<DependencySummary<'a>>,
    pub(super) requires: Vec<Cow<'a, Capability>>,
    pub(super) provides: Vec<Cow<'a, Capability>>,
    /// What its definitions provide; nothing where they were not read.
    pub(super) defines: Vec<Cow<'a, Capability>>,
}

pub(super) struct DependencySummary<'a> {
    pub(super) package: Cow<'a, str>,
    pub(super) range: Cow<'a, str>,
    pub(super) catalog: Option<Cow<'a, str>>,
    pub(super) optional: bool,
}

impl<'a> Summary<'a> {
    pub(super) fn of(package: &'a Package) -> Self {
        Self {
            name: package.name().as_str().into(),
            versions: package.releases().iter().map(VersionSummary::of).collect(),
            unusable: package.unusable().to_vec(),
        }
    }

    /// The same, for when the package is gone.
    pub(super) fn into_owned(self) -> Summary<'static> {
        let versions = self.versions.into_iter();
        Summary {
            name: owned(self.name),
            versions: versions.map(VersionSummary::into_owned).collect(),
            unusable: self.unusable,
        }
    }
}

fn owned<T: ToOwned + ?Sized>(lent: Cow<'_, T>) -> Cow<'static, T> {
    Cow::Owned(lent.into_owned())
}

impl<'a> VersionSummary<'a> {
    fn of(release: &'a Release) -> Self {
        let metadata = release.metadata();
        let labels = metadata.labels().iter();
        let tags = metadata.tags().iter();
        let dependencies = metadata.dependencies().iter();
        Self {
            version: release.version().clone(),
            scope: metadata.scope(),
            folder: release.folder().into(),
            description: metadata.description().map(Cow::from),
            yanked: metadata.yanked().map(Cow::from),
            deprecated: metadata.deprecated().map(Cow::from),
            labels: labels
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
            tags: tags.map(Cow::from).collect(),
            dependencies: dependencies.map(DependencySummary::of).collect(),
            requires: metadata.requires().iter().map(Cow::Borrowed).collect(),
            provides: metadata.provides().iter().map(Cow::Borrowed).collect(),
            defines: defined(release.definitions()).map(Cow::Borrowed).collect(),
        }
    }

    fn into_owned(self) -> VersionSummary<'static> {
        let labels = self.labels.into_iter();
        let tags = self.tags.into_iter();
        let dependencies = self.dependencies.into_iter();
        VersionSummary {
            version: self.version,
            scope: self.scope,
            folder: owned(self.folder),
            description: self.description.map(owned),
            yanked: self.yanked.map(owned),
            deprecated: self.deprecated.map(owned),
            labels: labels
                .map(|(key, value)| (owned(key), owned(value)))
                .collect(),
            tags: tags.map(owned).collect(),
            dependencies: dependencies.map(DependencySummary::into_owned).collect(),
            requires: self.requires.into_iter().map(owned).collect(),
            provides: self.provides.into_iter().map(owned).collect(),
            defines: self.defines.into_iter().map(owned).collect(),
        }
    }
}

impl<'a> DependencySummary<'a> {
    fn of(dependency: &'a Dependency) -> Self {
        Self {
            package: dependency.package().as_str().into(),
            range: dependency.range().as_str().into(),
            catalog: dependency.catalog().map(Cow::from),
            optional: dependency.is_optional(),
        }
    }

    fn into_owned(self) -> DependencySummary<'static> {
        DependencySummary {
            package: owned(self.package),
            range: owned(self.range),
            catalog: self.catalog.map(owned),
            optional: self.optional,
        }
    }
}

/// What definitions provide by being there, some of it more than once.
pub(super) fn defined(definitions: &[Definition]) -> impl Iterator<Item = &Capability> {
    definitions.iter().flat_map(Definition::provided)
}
