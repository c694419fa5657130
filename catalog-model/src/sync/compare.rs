//! Two states of a package side by side.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::changes::{ChangeKind, ReleaseChange, ReleasePart};
use super::state::RootEntry;
use crate::catalog::Package;
use crate::metadata::Metadata;
use crate::release::Release;

/// A package before and after, with what is known of its folder.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    pub(super) name: &'a str,
    pub(super) before: Option<&'a RootEntry>,
    pub(super) after: Option<&'a RootEntry>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(
        name: &'a str,
        before: Option<&'a RootEntry>,
        after: Option<&'a RootEntry>,
    ) -> Self {
        Self {
            name,
            before,
            after,
        }
    }

    /// What became of the releases, by version.
    pub(super) fn changes(&self) -> Vec<ReleaseChange> {
        let (mut before, mut after) = (releases(self.before), releases(self.after));
        let mut changes = Vec::new();
        loop {
            let order = match (before.first(), after.first()) {
                (None, None) => return changes,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => order(old, new),
            };
            let (old, new) = (before.split_first(), after.split_first());
            let (old, new) = match order {
                Ordering::Less => (old, None),
                Ordering::Equal => (old, new),
                Ordering::Greater => (None, new),
            };
            if let Some((_, rest)) = old {
                before = rest;
            }
            if let Some((_, rest)) = new {
                after = rest;
            }
            let pair = (old.map(|(old, _)| old), new.map(|(new, _)| new));
            changes.extend(self.change(pair));
        }
    }

    fn change(&self, pair: (Option<&Release>, Option<&Release>)) -> Option<ReleaseChange> {
        let (release, kind) = match pair {
            (Some(old), None) => (old, self.gone(old)),
            (None, Some(new)) => (new, ChangeKind::Added),
            (Some(old), Some(new)) => (new, ChangeKind::Changed(self.parts(old, new)?)),
            (None, None) => return None,
        };
        Some(ReleaseChange {
            package: release.package().clone(),
            version: release.version().clone(),
            folder: release.folder().to_owned(),
            kind,
        })
    }

    /// What became of a release that can be used no more.
    fn gone(&self, old: &Release) -> ChangeKind {
        let name = last(old.folder());
        let there =
            |entry: &RootEntry| entry.versions.get(name).is_some_and(|one| one.is_version());
        match self.after.is_some_and(there) {
            true => ChangeKind::Broken,
            false => ChangeKind::Removed,
        }
    }

    /// The parts that differ; `None` where nothing does.
    fn parts(&self, old: &Release, new: &Release) -> Option<BTreeSet<ReleasePart>> {
        if old.is_same(new) {
            return None;
        }
        let mut parts = differing(old, new);
        if parts.is_empty() && self.files_differ(old, new) {
            parts.insert(ReleasePart::Files);
        }
        (!parts.is_empty()).then_some(parts)
    }

    /// Whether the folders hold different files, as far as that is known.
    fn files_differ(&self, old: &Release, new: &Release) -> bool {
        let id = |entry: Option<&RootEntry>, release: &Release| {
            let version = entry?.versions.get(last(release.folder()))?;
            version.listed_id
        };
        match (id(self.before, old), id(self.after, new)) {
            (Some(old), Some(new)) => old != new,
            _ => false,
        }
    }
}

fn releases(entry: Option<&RootEntry>) -> &[Release] {
    let package = entry.and_then(|entry| entry.package.as_deref());
    package.map(Package::releases).unwrap_or_default()
}

/// By version; versions that differ in how they are written alone are one.
fn order(old: &Release, new: &Release) -> Ordering {
    let (old, new) = (old.version(), new.version());
    match old.same_precedence_and_build(new) {
        true => Ordering::Equal,
        false => old.cmp(new),
    }
}

fn differing(old: &Release, new: &Release) -> BTreeSet<ReleasePart> {
    let (old, new) = (old.content(), new.content());
    let asks = (&old.metadata, &new.metadata);
    let same = BTreeMap::from([
        (
            ReleasePart::Metadata,
            says_the_same(&old.metadata, &new.metadata)
                && old.version.as_str() == new.version.as_str()
                && old.folder == new.folder,
        ),
        (
            ReleasePart::Dependencies,
            asks.0.dependencies == asks.1.dependencies
                && asks.0.requires == asks.1.requires
                && asks.0.unknown_in_requires == asks.1.unknown_in_requires
                && asks.0.conflicts == asks.1.conflicts,
        ),
        (ReleasePart::Definitions, old.definitions == new.definitions),
        (ReleasePart::Conditions, old.conditions == new.conditions),
        (
            ReleasePart::Hooks,
            old.hooks == new.hooks && old.actions == new.actions,
        ),
        (
            ReleasePart::Modules,
            old.modules == new.modules && old.unknown_in_modules == new.unknown_in_modules,
        ),
    ]);
    let differing = same.into_iter().filter(|(_, same)| !same);
    differing.map(|(part, _)| part).collect()
}

/// Whether metadata are equal but for what they ask of other packages.
fn says_the_same(old: &Metadata, new: &Metadata) -> bool {
    let with_relations_of_new = || Metadata {
        dependencies: new.dependencies.clone(),
        requires: new.requires.clone(),
        conflicts: new.conflicts.clone(),
        unknown_in_requires: new.unknown_in_requires.clone(),
        ..old.clone()
    };
    old == new || with_relations_of_new() == *new
}

/// The name of a folder.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
