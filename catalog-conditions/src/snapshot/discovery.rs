//! The APIs that a cluster serves, as far as its discovery documents say.

use std::collections::BTreeMap;

use super::failure::ReadFailure;
use super::scope::Scope;

/// Whether a cluster serves a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// The documents do not say.
    Unknown,
    /// Discovery says that it does not, and what else is known shows that it does.
    Contradictory,
}

/// What the discovery documents of a cluster say together.
#[derive(Clone, Debug, Default)]
pub(super) struct Discovery {
    groups: BTreeMap<String, Group>,
    /// `/apis` was read: a named group that is not here does not exist.
    all_named_groups: bool,
    /// `/apis` could not be read.
    failure: Option<ReadFailure>,
}

#[derive(Clone, Debug, Default)]
struct Group {
    versions: BTreeMap<String, GroupVersion>,
    /// A version that is not here is not served.
    all_versions: bool,
    failure: Option<ReadFailure>,
}

#[derive(Clone, Debug, Default)]
struct GroupVersion {
    kinds: BTreeMap<String, Api>,
    /// A kind that is not here is not served. Not so where the API server could not ask (`freshness: Stale`).
    all_kinds: bool,
    /// The API server could not ask who serves it.
    stale: bool,
    failure: Option<ReadFailure>,
}

/// What discovery says of a kind in one version of its group.
#[derive(Clone, Debug, Default)]
pub(super) struct Api {
    pub(super) scope: Option<Scope>,
    pub(super) resource: Option<Resource>,
}

/// The plural name under which a kind is requested. Of several that a group gives one kind, the first in order is meant: those
/// that can be read come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Resource {
    pub(super) unreadable: bool,
    pub(super) name: String,
}

impl Discovery {
    pub(super) fn all_named_groups_are_known(&mut self) {
        self.all_named_groups = true;
    }

    pub(super) fn all_versions_are_known(&mut self, group: &str) {
        self.group(group).all_versions = true;
    }

    pub(super) fn version(&mut self, group: &str, version: &str) {
        self.group_version(group, version);
    }

    pub(super) fn all_kinds_are_known(&mut self, group: &str, version: &str) {
        self.group_version(group, version).all_kinds = true;
    }

    /// Adds a kind. Documents that differ about it must not count by their order.
    pub(super) fn kind(&mut self, group: &str, version: &str, kind: &str, api: Api) {
        let kinds = &mut self.group_version(group, version).kinds;
        let known = kinds.entry(kind.to_owned()).or_default();
        known.scope = least(known.scope.take(), api.scope);
        known.resource = least(known.resource.take(), api.resource);
    }

    pub(super) fn stale(&mut self, group: &str, version: &str) {
        self.group_version(group, version).stale = true;
    }

    /// Notes that a discovery document could not be read: of a version, of a group, or for no group of `/apis`.
    pub(super) fn fail(
        &mut self,
        group: Option<&str>,
        version: Option<&str>,
        failure: ReadFailure,
    ) {
        let kept = match (group, version) {
            (None, _) => &mut self.failure,
            (Some(group), None) => &mut self.group(group).failure,
            (Some(group), Some(version)) => &mut self.group_version(group, version).failure,
        };
        *kept = least(kept.take(), Some(failure));
    }

    /// The failed read because of which a kind of the group, or of one version of it, may be served although no document says so.
    pub(super) fn failure(&self, group: &str, version: Option<&str>) -> Option<&ReadFailure> {
        let known = self.groups.get(group);
        let whole = self.failure.as_ref().filter(|_| !group.is_empty());
        known
            .and_then(|known| known.failed_version(version))
            .or_else(|| known?.failure.as_ref())
            .or(whole)
    }

    /// Whether discovery of a group failed, or of one version of it: a read did, or the API server could not ask who serves it.
    pub(super) fn failed(&self, group: &str, version: Option<&str>) -> bool {
        let is_stale = |group: &Group| group.of(version).any(|version| version.is_unknown());
        self.failure(group, version).is_some() || self.groups.get(group).is_some_and(is_stale)
    }

    pub(super) fn serves(&self, group: &str, version: Option<&str>, kind: &str) -> Served {
        let served = self.serves_as_read(group, version, kind);
        if served == Served::No && self.failure(group, version).is_some() {
            return Served::Unknown;
        }
        served
    }

    fn serves_as_read(&self, group: &str, version: Option<&str>, kind: &str) -> Served {
        let Some(known) = self.groups.get(group) else {
            let absent = self.all_named_groups && !group.is_empty();
            return if absent { Served::No } else { Served::Unknown };
        };
        match version {
            Some(version) => match known.versions.get(version) {
                Some(version) => version.serves(kind),
                None if known.all_versions => Served::No,
                None => Served::Unknown,
            },
            None => known.serves(kind),
        }
    }

    /// Group, version and kind of all that is served.
    pub(super) fn apis(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.groups.iter().flat_map(|(group, served)| {
            served.versions.iter().flat_map(move |(version, served)| {
                let kinds = served.kinds.keys();
                kinds.map(move |kind| (group.as_str(), version.as_str(), kind.as_str()))
            })
        })
    }

    pub(super) fn scope(&self, group: &str, kind: &str) -> Option<Scope> {
        self.scopes(group, kind).next()
    }

    /// What each version of the group says.
    pub(super) fn scopes<'d>(
        &'d self,
        group: &str,
        kind: &str,
    ) -> impl Iterator<Item = Scope> + use<'d> {
        let versions = self.groups.get(group).into_iter();
        let kind = kind.to_owned();
        versions
            .flat_map(|group| group.versions.values())
            .filter_map(move |version| version.kinds.get(&kind)?.scope)
    }

    pub(super) fn resource(&self, group: &str, kind: &str) -> Option<&str> {
        let versions = self.groups.get(group)?.versions.values();
        versions
            .filter_map(|version| version.kinds.get(kind)?.resource.as_ref())
            .min()
            .map(|resource| resource.name.as_str())
    }

    pub(super) fn versions_of(&self, group: &str, kind: &str) -> Vec<&str> {
        let versions = self
            .groups
            .get(group)
            .into_iter()
            .flat_map(|group| &group.versions);
        versions
            .filter(|(_, version)| version.kinds.contains_key(kind))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    pub(super) fn kinds_of(&self, group: &str) -> impl Iterator<Item = &str> {
        let group = self.groups.get(group).into_iter();
        let versions = group.flat_map(|group| group.versions.values());
        versions.flat_map(|version| version.kinds.keys().map(String::as_str))
    }

    fn group(&mut self, group: &str) -> &mut Group {
        self.groups.entry(group.to_owned()).or_default()
    }

    fn group_version(&mut self, group: &str, version: &str) -> &mut GroupVersion {
        self.group(group)
            .versions
            .entry(version.to_owned())
            .or_default()
    }
}

impl Group {
    /// One version, or all of them.
    fn of(&self, version: Option<&str>) -> impl Iterator<Item = &GroupVersion> {
        let one = version.map(|version| self.versions.get(version));
        let all = one.is_none().then(|| self.versions.values());
        one.flatten().into_iter().chain(all.into_iter().flatten())
    }

    fn failed_version(&self, version: Option<&str>) -> Option<&ReadFailure> {
        self.of(version)
            .find_map(|version| version.failure.as_ref())
    }

    fn serves(&self, kind: &str) -> Served {
        let answers = || self.versions.values().map(|version| version.serves(kind));
        if answers().any(|served| served == Served::Yes) {
            Served::Yes
        } else if self.all_versions && answers().all(|served| served == Served::No) {
            Served::No
        } else {
            Served::Unknown
        }
    }
}

impl GroupVersion {
    /// Whether it could not be asked for, and no other document told its kinds.
    fn is_unknown(&self) -> bool {
        self.stale && !self.all_kinds
    }

    fn serves(&self, kind: &str) -> Served {
        match (self.kinds.contains_key(kind), self.all_kinds) {
            (true, _) => Served::Yes,
            (false, true) => Served::No,
            (false, false) => Served::Unknown,
        }
    }
}

fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
