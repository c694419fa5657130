//! The facts of a conflict, as callers see them.

use std::fmt;

/// What kind of fact it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FactKind {
    /// The request asks for a package.
    Request,
    /// Releases depend on a package.
    Dependency,
    /// A package that is asked for or depended on is in no catalog.
    MissingPackage,
    /// No release is in the range that is asked for or depended on.
    EmptyRange,
    /// Releases require a capability.
    Capability,
    /// Releases conflict with others.
    Conflict,
    /// Releases ship one object with different content.
    Definition,
    /// The request rules releases out.
    Exclusion,
    /// Releases were taken back by their author.
    Yanked,
    /// Releases are prereleases that nobody named or allowed.
    Prerelease,
    /// Releases need each other, and belong to no common group.
    Cycle,
    /// A package is installed, and nobody removes it.
    Installed,
    /// The request removes a package.
    Removal,
    /// What is installed is pinned.
    Pin,
    /// What is installed cannot move to releases: no upgrade leads there, or they are lower.
    OutOfReach,
    /// Something else was decided before.
    Decision,
    /// Another release of the package is preferred.
    Preference,
    /// The request asks for as few changes as can be. Where that is a number above zero, the fact has no
    /// [alternatives](ConflictFact::alternatives).
    FewestChanges,
    /// A package is there only if something needs it.
    Unneeded,
    /// What is said of releases cannot be read.
    Unusable,
}

impl FactKind {
    /// A stable name in camel case, as `missingPackage`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Dependency => "dependency",
            Self::MissingPackage => "missingPackage",
            Self::EmptyRange => "emptyRange",
            Self::Capability => "capability",
            Self::Conflict => "conflict",
            Self::Definition => "definition",
            Self::Exclusion => "exclusion",
            Self::Yanked => "yanked",
            Self::Prerelease => "prerelease",
            Self::Cycle => "cycle",
            Self::Installed => "installed",
            Self::Removal => "removal",
            Self::Pin => "pin",
            Self::OutOfReach => "outOfReach",
            Self::Decision => "decision",
            Self::Preference => "preference",
            Self::FewestChanges => "fewestChanges",
            Self::Unneeded => "unneeded",
            Self::Unusable => "unusable",
        }
    }
}

impl fmt::Display for FactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One fact of a [`Conflict`](crate::Conflict), or of what is [against a newer release](crate::WhyNotNewer).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictFact {
    pub(super) kind: FactKind,
    pub(super) text: String,
    pub(super) packages: Vec<String>,
    pub(super) alternatives: Vec<Alternative>,
    pub(super) is_needed: bool,
}

/// One of the ways to meet a fact: a package at one of some versions, or absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    pub(super) package: String,
    pub(super) namespace: Option<String>,
    pub(super) releases: Vec<(Option<String>, String)>,
    pub(super) may_be_absent: bool,
}

impl ConflictFact {
    /// Versions that are there and cannot be chosen.
    pub(crate) fn unusable(package: &str, versions: &str) -> Self {
        Self {
            kind: FactKind::Unusable,
            text: format!("{package} {versions} cannot be used (see the diagnostics)"),
            packages: vec![package.to_owned()],
            alternatives: Vec::new(),
            is_needed: true,
        }
    }

    /// What kind of fact it is.
    #[must_use]
    pub fn kind(&self) -> FactKind {
        self.kind
    }

    /// One sentence, lower case, without a full stop.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The packages it is about; who asks comes first.
    #[must_use]
    pub fn packages(&self) -> &[String] {
        &self.packages
    }

    /// What the fact demands, as data to check: that one of these holds. A fact without alternatives cannot be met at all.
    #[must_use]
    pub fn alternatives(&self) -> &[Alternative] {
        &self.alternatives
    }

    /// Whether the other facts have been shown to go together without it.
    #[must_use]
    pub fn is_needed(&self) -> bool {
        self.is_needed
    }
}

impl Alternative {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The namespace of the instance, for a package that has one in each.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The releases that will do: catalog, if it has a name, and version.
    pub fn releases(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        self.releases
            .iter()
            .map(|(catalog, version)| (catalog.as_deref(), version.as_str()))
    }

    /// Whether it will do that the package is not there.
    #[must_use]
    pub fn may_be_absent(&self) -> bool {
        self.may_be_absent
    }
}
