//! What two states of a catalog say otherwise: two commits, two archives, a folder and what was released from it.
//!
//! [`diff`] finds the versions that came, went, cannot be used any more, and those that were *mutated in place*: a version that both have, with other
//! content, so that whoever installed it has something else than who installs it now. Of these, and of the newest release of each package where
//! that is another version, a [`Comparison`] says what is otherwise: file by file, and by meaning, with the places on both sides.
//!
//! ```
//! use catalog_model::diff::{CatalogState, diff};
//! use catalog_model::{LoadOptions, MemorySource, load};
//!
//! let old = MemorySource::from_iter([
//!     ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: '>=2'}\n"),
//!     ("web/1.1.0/metadata.yaml", "name: web\nversion: 1.1.0\nlicense: MIT\n"),
//! ]);
//! let new = MemorySource::from_iter([
//!     ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: '>=3'}\n"),
//!     ("web/1.1.0/metadata.yaml", "license: MIT # since ever\nname: web\nversion: 1.1.0\n"),
//! ]);
//! let catalogs = [&old, &new].map(|source| load(source, &LoadOptions::default()).map(|loaded| loaded.into_catalog()));
//! let [before, after] = catalogs;
//! let (before, after) = (before?, after?);
//! let found = diff(CatalogState::new(&before).files(&old), CatalogState::new(&after).files(&new));
//! let releases: Vec<String> = found.releases().iter().map(ToString::to_string).collect();
//! assert_eq!(releases, ["mutated web 1.0.0", "rewritten web 1.1.0"]);
//! let mutated = found.releases()[0].comparison().ok_or("both have it")?;
//! assert_eq!(mutated.changes()[0].to_string(), "dependencies: changed db: version \">=2.0.0\" → \">=3.0.0\"");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What counts as meaning
//!
//! A change of meaning is one that this library, or a cluster, could notice: a field of the metadata, a dependency, a condition, an object, a hook, a module, a
//! parameter. Comments, layout, quotes and the order of what has no order are none, and a version whose files differ in nothing else is
//! *rewritten*: [`is_rewritten`](Comparison::is_rewritten). Hooks of one phase and modules have an order. What a file means that no rule of the format is about, such as a template of a chart, is not known ([`FileMeaning::Unknown`]), and
//! counts as a mutation.
//!
//! Who can no longer be resolved, and what becomes of permissions and images, is said by catalog-resolve (`resolvability_diff`, `ledger::between`).

mod change;
mod compare;
mod contents;
mod files;
mod ids;
mod metadata;
mod order;
#[cfg(feature = "parameters")]
mod parameters;
mod place;
mod unusable;
mod values;

use std::cmp::Ordering;
use std::fmt;

pub use self::change::{Change, ChangeKind, Detail, Part};
pub use self::compare::Comparison;
pub use self::files::{FileChange, FileMeaning};
pub use self::unusable::UnusableVersion;
use self::unusable::{reason, unusable};
use crate::catalog::{Catalog, Package};
use crate::name::PackageName;
use crate::release::Release;
use crate::source::Source;

/// One of two states of a catalog. Cheap to copy.
#[derive(Clone, Copy)]
pub struct CatalogState<'c> {
    catalog: &'c Catalog,
    files: Option<&'c dyn Source>,
}

/// What is otherwise in the second of two states.
#[derive(Clone, Debug)]
pub struct CatalogDiff<'c> {
    releases: Vec<ReleaseDiff<'c>>,
    newest: Vec<Comparison<'c>>,
    unusable: Vec<UnusableVersion<'c>>,
}

/// A release that is not in both states, or not the same in both.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReleaseDiff<'c> {
    /// Only the second state has it.
    Added(&'c Release),
    /// Only the first state has it.
    Removed(&'c Release),
    /// The second state has it, and it cannot be used there. With the reason, as far as the catalog has it.
    Broken(&'c Release, String),
    /// Both have it, with other content.
    Mutated(Box<Comparison<'c>>),
}

/// What became of the releases of a catalog, and of the newest of each package. Unusable releases count as not there, and are listed.
///
/// Cost: where ids are of content, or of one source, and those of a version folder are [equal](Source::content_id), it is listed once to its bottom: what
/// links lead to is in no id. The files of the others, and those that links lead to, are read on both sides, but for those with equal ids. Of a state
/// without files, releases are compared: those that both share, as [`sync`](crate::sync) leaves them, are the same without a look. Definitions are
/// parsed only where their texts differ.
#[must_use]
pub fn diff<'c>(before: CatalogState<'c>, after: CatalogState<'c>) -> CatalogDiff<'c> {
    let mut found = CatalogDiff {
        releases: Vec::new(),
        newest: Vec::new(),
        unusable: Vec::new(),
    };
    let mut old = before.catalog.packages().peekable();
    let mut new = after.catalog.packages().peekable();
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return found,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => one.name().cmp(other.name()),
        };
        let one = if order.is_gt() { None } else { old.next() };
        let other = if order.is_lt() { None } else { new.next() };
        found.add_package((before, one), (after, other));
    }
}

impl<'c> CatalogState<'c> {
    /// A state of which only the catalog is known: files beside those of the format are not compared, and places of changes in metadata
    /// are not known.
    #[must_use]
    pub fn new(catalog: &'c Catalog) -> Self {
        Self {
            catalog,
            files: None,
        }
    }

    /// Looks into the files that the catalog was loaded from.
    #[must_use]
    pub fn files(mut self, source: &'c dyn Source) -> Self {
        self.files = Some(source);
        self
    }
}

impl<'c> CatalogDiff<'c> {
    /// The releases that are not the same, by package, then version.
    #[must_use]
    pub fn releases(&self) -> &[ReleaseDiff<'c>] {
        &self.releases
    }

    /// The newest release before beside the newest now, of each package that has both, where they are different versions.
    #[must_use]
    pub fn newest(&self) -> &[Comparison<'c>] {
        &self.newest
    }

    /// The versions of the second state that cannot be used there, without those that the first could use, by package, then folder.
    #[must_use]
    pub fn unusable(&self) -> &[UnusableVersion<'c>] {
        &self.unusable
    }

    /// Whether both states have the same releases, with the same files as far as those were compared, and none is new that cannot be used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.releases.is_empty() && !self.unusable.iter().any(UnusableVersion::is_new)
    }

    fn add_package(
        &mut self,
        (before, old): (CatalogState<'c>, Option<&'c Package>),
        (after, new): (CatalogState<'c>, Option<&'c Package>),
    ) {
        for pair in pairs(releases(old), releases(new)) {
            self.releases.extend(match pair {
                (Some(one), None) => Some(gone(one, new)),
                (None, Some(one)) => Some(ReleaseDiff::Added(one)),
                (Some(one), Some(other)) => {
                    let compared = Comparison::new((before.files, one), (after.files, other));
                    let is_other = compared.is_other();
                    is_other.then(|| ReleaseDiff::Mutated(Box::new(compared)))
                }
                (None, None) => None,
            });
        }
        self.unusable
            .extend(new.into_iter().flat_map(|new| unusable(old, new)));
        let newest = |package: Option<&'c Package>| package.and_then(Package::newest);
        if let (Some(one), Some(other)) = (newest(old), newest(new))
            && !one.version().same_precedence_and_build(other.version())
        {
            let compared = Comparison::new((before.files, one), (after.files, other));
            self.newest.push(compared);
        }
    }
}

/// What became of a release that the second state has not.
fn gone<'c>(release: &'c Release, package: Option<&Package>) -> ReleaseDiff<'c> {
    let unusable = package.map(Package::unusable).unwrap_or_default();
    let there = unusable.iter().find(|one| one.folder() == release.folder());
    match there {
        Some(one) => ReleaseDiff::Broken(release, reason(one.reason())),
        None => ReleaseDiff::Removed(release),
    }
}

fn releases(package: Option<&Package>) -> &[Release] {
    package.map(Package::releases).unwrap_or_default()
}

/// The releases of both sides by version, those of one version together. Versions that differ in how they are written alone are one.
fn pairs<'c>(
    old: &'c [Release],
    new: &'c [Release],
) -> Vec<(Option<&'c Release>, Option<&'c Release>)> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    let mut pairs = Vec::new();
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return pairs,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => {
                let (one, other) = (one.version(), other.version());
                match one.same_precedence_and_build(other) {
                    true => Ordering::Equal,
                    false => one.cmp(other),
                }
            }
        };
        let one = if order.is_gt() { None } else { old.next() };
        let other = if order.is_lt() { None } else { new.next() };
        pairs.push((one, other));
    }
}

impl<'c> ReleaseDiff<'c> {
    /// The release: as it is now, else as it was.
    #[must_use]
    pub fn release(&self) -> &'c Release {
        match self {
            Self::Added(release) | Self::Removed(release) | Self::Broken(release, _) => release,
            Self::Mutated(compared) => compared.after(),
        }
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &'c PackageName {
        self.release().package()
    }

    /// What is otherwise, of a release that both have.
    #[must_use]
    pub fn comparison(&self) -> Option<&Comparison<'c>> {
        match self {
            Self::Mutated(compared) => Some(compared),
            _ => None,
        }
    }

    /// `added`, `removed`, `broken`, `mutated`, or `rewritten` for one that means what it meant.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Added(_) => "added",
            Self::Removed(_) => "removed",
            Self::Broken(..) => "broken",
            Self::Mutated(compared) if compared.is_rewritten() => "rewritten",
            Self::Mutated(_) => "mutated",
        }
    }
}

impl fmt::Display for ReleaseDiff<'_> {
    /// `mutated web 1.0.0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let release = self.release();
        let (package, version) = (release.package(), release.version());
        write!(f, "{} {package} {version}", self.as_str())
    }
}

impl fmt::Debug for CatalogState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatalogState").finish_non_exhaustive()
    }
}
