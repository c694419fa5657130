//! One upgrade from a release of a package to another.

use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile};

use super::file::CrdFile;
use super::finding::Break;
use crate::definition::Definition;
use crate::release::Release;

/// An upgrade from one release of a package to another.
#[derive(Clone, Debug)]
pub struct Edge<'c> {
    pub(super) from: &'c Release,
    pub(super) to: &'c Release,
    pub(super) upgrades: Vec<CrdUpgrade<'c>>,
    pub(super) gone: Vec<&'c Definition>,
}

/// A CRD that both releases have.
#[derive(Clone, Debug)]
pub struct CrdUpgrade<'c> {
    pub(super) old: &'c Definition,
    pub(super) new: &'c Definition,
    pub(super) breaks: Arc<Vec<Break>>,
}

impl<'c> Edge<'c> {
    /// The release that is left.
    #[must_use]
    pub fn from(&self) -> &'c Release {
        self.from
    }

    /// The release that is come to.
    #[must_use]
    pub fn to(&self) -> &'c Release {
        self.to
    }

    /// The CRDs of both, by name, with what breaks; those that say the same are among them.
    #[must_use]
    pub fn upgrades(&self) -> &[CrdUpgrade<'c>] {
        &self.upgrades
    }

    /// The CRDs that only the release that is left has. Who removes them removes all objects of their kinds.
    #[must_use]
    pub fn gone(&self) -> &[&'c Definition] {
        &self.gone
    }

    /// Whether anything breaks; a CRD that is gone does.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        let mut upgrades = self.upgrades.iter();
        !self.gone.is_empty() || upgrades.any(|upgrade| !upgrade.breaks.is_empty())
    }

    /// The old and the new file of one of its CRDs, under the paths that they have in the catalog; `None` if they no longer read as they
    /// did. Cost: reads both once more.
    #[must_use]
    pub fn files(&self, upgrade: &CrdUpgrade<'_>) -> Option<(CrdFile, CrdFile)> {
        Some((file(self.from, upgrade.old)?, file(self.to, upgrade.new)?))
    }

    /// The file of one of the CRDs that are gone, as [`files`](Self::files) gives those of others.
    #[must_use]
    pub fn gone_file(&self, crd: &Definition) -> Option<CrdFile> {
        file(self.from, crd)
    }

    /// All breaks as diagnostics, in the files of both releases, and CRDs that are gone in the old ones. Cost: reads those files once more.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let breaking = self
            .upgrades
            .iter()
            .filter(|upgrade| !upgrade.breaks.is_empty());
        let (package, version) = (self.to.package().as_str(), self.to.version().as_str());
        let gone = self.gone.iter().filter_map(|crd| {
            let told = self.gone_file(crd)?.told_as_gone();
            Some(told.about(package, Some(version)))
        });
        let told = breaking.filter_map(|upgrade| {
            let (old, new) = self.files(upgrade)?;
            let told = upgrade.breaks.iter();
            let told = told.map(move |found| {
                CrdFile::diagnostic(found, &old, &new).about(package, Some(version))
            });
            Some(told.collect::<Vec<_>>())
        });
        gone.chain(told.flatten()).collect()
    }
}

impl<'c> CrdUpgrade<'c> {
    /// The CRD of the release that is left.
    #[must_use]
    pub fn old(&self) -> &'c Definition {
        self.old
    }

    /// The CRD of the release that is come to.
    #[must_use]
    pub fn new_one(&self) -> &'c Definition {
        self.new
    }

    /// What breaks.
    #[must_use]
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }
}

/// The file of a definition under the path that it has in this release: files that are equal are kept once, under one of their paths.
fn file(release: &Release, definition: &Definition) -> Option<CrdFile> {
    let path = format!("{}/{}", release.folder(), definition.file());
    definition
        .reread(|text, limits, index| CrdFile::nth(&SourceFile::new(path, text), limits, index))
}
