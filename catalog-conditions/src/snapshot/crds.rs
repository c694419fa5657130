//! The APIs that the CRDs of a snapshot bring: what discovery would say, where it was not saved.

use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

use serde_json::Value;

use super::objects::Objects;
use super::scope::Scope;
use super::{ByGroupAndKind, of};
use crate::condition::{StatusCondition, Verdict};

#[derive(Clone, Debug, Default)]
pub(super) struct CrdApis {
    kinds: ByGroupAndKind<CrdApi>,
}

#[derive(Clone, Debug)]
struct CrdApi {
    /// Two CRDs of one kind may differ.
    scopes: BTreeSet<Scope>,
    resource: Option<String>,
    /// None while the CRD is not known to be established, or is on its way out.
    served: BTreeSet<String>,
}

impl CrdApi {
    /// Of two CRDs that claim one kind, the API server serves the one that it established.
    fn merge(&mut self, other: Self) {
        match (self.served.is_empty(), other.served.is_empty()) {
            (true, false) => *self = other,
            (false, true) => {}
            _ => {
                self.scopes.extend(other.scopes);
                self.served.extend(other.served);
                self.resource = self.resource.take().or(other.resource);
            }
        }
    }
}

impl CrdApis {
    /// Group and kind of the CRDs themselves.
    pub(super) const CRD: (&str, &str) = ("apiextensions.k8s.io", "CustomResourceDefinition");

    pub(super) fn of(objects: &Objects) -> Self {
        let mut apis = Self::default();
        let (group, kind) = Self::CRD;
        for (_, _, copies) in objects.of_kind(group, kind) {
            if copies.is_contradictory() {
                continue;
            }
            for crd in copies.all() {
                apis.add(crd);
            }
        }
        apis
    }

    fn add(&mut self, crd: &Value) {
        let text = |pointer: &str| crd.pointer(pointer).and_then(Value::as_str);
        let (Some(group), Some(kind)) = (text("/spec/group"), text("/spec/names/kind")) else {
            return;
        };
        let scope = match text("/spec/scope") {
            Some("Namespaced") => Some(Scope::Namespaced),
            Some("Cluster") => Some(Scope::Cluster),
            _ => None,
        };
        let served = if established(crd) == Verdict::Holds && !is_terminating(crd) {
            served_versions(crd)
        } else {
            BTreeSet::new()
        };
        let api = CrdApi {
            scopes: scope.into_iter().collect(),
            resource: text("/spec/names/plural").map(str::to_owned),
            served,
        };
        let kinds = self.kinds.entry(group.to_owned()).or_default();
        match kinds.entry(kind.to_owned()) {
            Entry::Vacant(entry) => {
                entry.insert(api);
            }
            Entry::Occupied(mut entry) => entry.get_mut().merge(api),
        }
    }

    pub(super) fn serves(&self, group: &str, version: Option<&str>, kind: &str) -> bool {
        of(&self.kinds, group, kind).is_some_and(|api| match version {
            Some(version) => api.served.contains(version),
            None => !api.served.is_empty(),
        })
    }

    /// Group, version and kind of all that is served.
    pub(super) fn apis(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.kinds.iter().flat_map(|(group, kinds)| {
            kinds.iter().flat_map(move |(kind, api)| {
                let served = api.served.iter();
                served.map(move |version| (group.as_str(), version.as_str(), kind.as_str()))
            })
        })
    }

    pub(super) fn group_kinds(&self) -> impl Iterator<Item = (&str, &str)> {
        self.kinds.iter().flat_map(|(group, kinds)| {
            kinds
                .keys()
                .map(move |kind| (group.as_str(), kind.as_str()))
        })
    }

    pub(super) fn scope(&self, group: &str, kind: &str) -> Option<Scope> {
        self.scopes(group, kind).next()
    }

    /// What each CRD of the kind says.
    pub(super) fn scopes(&self, group: &str, kind: &str) -> impl Iterator<Item = Scope> {
        let api = of(&self.kinds, group, kind).into_iter();
        api.flat_map(|api| &api.scopes).copied()
    }

    pub(super) fn resource(&self, group: &str, kind: &str) -> Option<&str> {
        of(&self.kinds, group, kind)?.resource.as_deref()
    }
}

/// What a CRD's condition `Established` says, by Kubernetes' conventions for conditions: neither that it is missing nor that it is
/// Unknown means that the API server does not serve the kind.
pub(crate) fn established(crd: &Value) -> Verdict {
    StatusCondition::is_true("Established").check(crd)
}

/// Whether an object is being deleted.
pub(crate) fn is_terminating(object: &Value) -> bool {
    object
        .pointer("/metadata/deletionTimestamp")
        .is_some_and(|at| !at.is_null())
}

/// The versions that a CRD serves.
pub(crate) fn served_versions(crd: &Value) -> BTreeSet<String> {
    let versions = crd.pointer("/spec/versions").and_then(Value::as_array);
    let served = |version: &&Value| version.get("served").and_then(Value::as_bool) == Some(true);
    let name = |version: &Value| {
        version
            .get("name")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    versions
        .into_iter()
        .flatten()
        .filter(served)
        .filter_map(name)
        .collect()
}
