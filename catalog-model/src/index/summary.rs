//! What the index takes of a package, and nothing of the rest.

use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::version::Version;

use crate::capability::Capability;
use crate::catalog::{Package, UnusableRelease};
use crate::definition::Definition;
use crate::metadata::{Dependency, Scope};
use crate::name::PackageName;
use crate::release::Release;

pub(super) struct Summary {
    pub(super) name: PackageName,
    pub(super) versions: Vec<VersionSummary>,
    pub(super) unusable: Vec<UnusableRelease>,
}

pub(super) struct VersionSummary {
    pub(super) version: Version,
    pub(super) scope: Scope,
    pub(super) folder: String,
    pub(super) description: Option<String>,
    pub(super) yanked: Option<String>,
    pub(super) deprecated: Option<String>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) tags: Vec<String>,
    pub(super) dependencies: Vec<DependencySummary>,
    pub(super) requires: Vec<Capability>,
    pub(super) provides: Vec<Capability>,
    /// What its definitions provide; nothing where they were not read.
    pub(super) defines: BTreeSet<Capability>,
}

pub(super) struct DependencySummary {
    pub(super) package: PackageName,
    pub(super) range: String,
    pub(super) catalog: Option<String>,
    pub(super) optional: bool,
}

impl Summary {
    pub(super) fn of(package: &Package) -> Self {
        Self {
            name: package.name().clone(),
            versions: package.releases().iter().map(VersionSummary::of).collect(),
            unusable: package.unusable().to_vec(),
        }
    }
}

impl VersionSummary {
    fn of(release: &Release) -> Self {
        let metadata = release.metadata();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            version: release.version().clone(),
            scope: metadata.scope(),
            folder: release.folder().to_owned(),
            description: owned(metadata.description()),
            yanked: owned(metadata.yanked()),
            deprecated: owned(metadata.deprecated()),
            labels: metadata.labels().clone(),
            tags: metadata.tags().to_vec(),
            dependencies: metadata
                .dependencies()
                .iter()
                .map(DependencySummary::of)
                .collect(),
            requires: metadata.requires().to_vec(),
            provides: metadata.provides().to_vec(),
            defines: defined(release.definitions()),
        }
    }
}

impl DependencySummary {
    fn of(dependency: &Dependency) -> Self {
        Self {
            package: dependency.package().clone(),
            range: dependency.range().as_str().to_owned(),
            catalog: dependency.catalog().map(str::to_owned),
            optional: dependency.is_optional(),
        }
    }
}

/// What definitions provide by being there.
pub(super) fn defined(definitions: &[Definition]) -> BTreeSet<Capability> {
    definitions.iter().flat_map(Definition::provides).collect()
}
