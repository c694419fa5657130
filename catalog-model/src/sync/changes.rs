//! What a sync changed.

use std::collections::BTreeSet;
use std::fmt;

use catalog_conditions::version::Version;

use crate::name::PackageName;

/// What became of the usable releases of a catalog, by package and version. What cannot be used, before or after, is a matter of
/// diagnostics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub(super) releases: Vec<ReleaseChange>,
    pub(super) files: usize,
}

/// What became of one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseChange {
    pub(super) package: PackageName,
    pub(super) version: Version,
    pub(super) folder: String,
    pub(super) kind: ChangeKind,
}

/// What became of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// It can be used, and could not before, if it was there at all.
    Added,
    /// It is there no more.
    Removed,
    /// It is there and can be used no more: diagnostics say why.
    Broken,
    /// These parts say something else than before. There is at least one.
    Changed(BTreeSet<ReleasePart>),
}

/// A part of a release, in the order of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReleasePart {
    /// What `metadata.yaml` says, but for what it asks of other packages; how the version is written; the name of the folder.
    Metadata,
    /// What it asks of other packages: dependencies, requirements, conflicts.
    Dependencies,
    /// `definitions/`.
    Definitions,
    /// `conditions/`, and the `system` entries of the metadata.
    Conditions,
    /// `hooks/`, actions included.
    Hooks,
    /// `modules.yaml`.
    Modules,
    /// Files and no other part: charts, comments, texts for people. Told only where the source knows [ids](crate::Source::content_id).
    Files,
}

impl Changes {
    /// The changes, by package and version.
    pub fn iter(&self) -> impl Iterator<Item = &ReleaseChange> {
        self.releases.iter()
    }

    /// Whether no usable release changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.releases.is_empty()
    }

    /// How many files were read to find out.
    #[must_use]
    pub fn files_read(&self) -> usize {
        self.files
    }
}

impl ReleaseChange {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &PackageName {
        &self.package
    }

    /// The version: as it is now, else as it was.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The version folder relative to the catalog: where it is now, else where it was.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// What became of it.
    #[must_use]
    pub fn kind(&self) -> &ChangeKind {
        &self.kind
    }
}

impl ChangeKind {
    /// `added`, `removed`, `broken` or `changed`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Broken => "broken",
            Self::Changed(_) => "changed",
        }
    }

    /// The parts that changed; none of what came or went.
    pub fn parts(&self) -> impl Iterator<Item = ReleasePart> {
        let parts = match self {
            Self::Changed(parts) => Some(parts.iter().copied()),
            _ => None,
        };
        parts.into_iter().flatten()
    }
}

impl ReleasePart {
    /// `metadata`, `dependencies`, `definitions`, `conditions`, `hooks`, `modules` or `files`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Dependencies => "dependencies",
            Self::Definitions => "definitions",
            Self::Conditions => "conditions",
            Self::Hooks => "hooks",
            Self::Modules => "modules",
            Self::Files => "files",
        }
    }
}

impl fmt::Display for ReleaseChange {
    /// `changed grafana@12.0.0: metadata, hooks`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<&str> = self.kind.parts().map(ReleasePart::as_str).collect();
        let colon = if parts.is_empty() { "" } else { ": " };
        let (kind, parts) = (self.kind.as_str(), parts.join(", "));
        write!(f, "{kind} {}@{}{colon}{parts}", self.package, self.version)
    }
}
