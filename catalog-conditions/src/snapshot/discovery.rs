//! The APIs that a cluster serves, as far as its discovery documents say.

use std::collections::BTreeMap;

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
}

/// What the discovery documents of a cluster say together.
#[derive(Clone, Debug, Default)]
pub(super) struct Discovery {
    groups: BTreeMap<String, Group>,
    /// `/apis` was read: a named group that is not here does not exist.
    all_named_groups: bool,
}

#[derive(Clone, Debug, Default)]
struct Group {
    versions: BTreeMap<String, GroupVersion>,
    /// A version that is not here is not served.
    all_versions: bool,
}

#[derive(Clone, Debug, Default)]
struct GroupVersion {
    kinds: BTreeMap<String, Option<Scope>>,
    /// A kind that is not here is not served. Not so where the API server could not ask (`freshness: Stale`).
    all_kinds: bool,
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

    pub(super) fn kind(&mut self, group: &str, version: &str, kind: &str, scope: Option<Scope>) {
        self.group_version(group, version)
            .kinds
            .insert(kind.to_owned(), scope);
    }

    pub(super) fn serves(&self, group: &str, version: Option<&str>, kind: &str) -> Served {
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
        let versions = self.groups.get(group)?.versions.values();
        versions
            .filter_map(|version| *version.kinds.get(kind)?)
            .next()
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

    pub(super) fn kinds_of(&self, group: &str) -> Vec<&str> {
        let versions = self
            .groups
            .get(group)
            .into_iter()
            .flat_map(|group| group.versions.values());
        versions
            .flat_map(|version| version.kinds.keys().map(String::as_str))
            .collect()
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
    fn serves(&self, kind: &str) -> Served {
        match (self.kinds.contains_key(kind), self.all_kinds) {
            (true, _) => Served::Yes,
            (false, true) => Served::No,
            (false, false) => Served::Unknown,
        }
    }
}
