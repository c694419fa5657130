//! Which kinds live in namespaces.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use catalog_model::conditions::snapshot::is_cluster_scoped;
use catalog_model::{Definition, ObjectIdentity, ResourceScope};

use crate::catalogs::Catalogs;

/// What the CRDs of catalogs say of where the objects of their kinds stand.
pub(super) struct Kinds<'c> {
    /// By group and kind; `None`: they do not agree.
    scopes: BTreeMap<(&'c str, &'c str), Option<ResourceScope>>,
}

impl<'c> Kinds<'c> {
    pub(super) fn of(catalogs: &Catalogs<'c>) -> Self {
        let mut scopes = BTreeMap::new();
        let releases = catalogs.releases().map(|(_, release)| release);
        let crds =
            releases.flat_map(|release| release.definitions().iter().filter_map(Definition::crd));
        for crd in crds {
            let (Some(group), Some(kind)) = (crd.group(), crd.kind()) else {
                continue;
            };
            match scopes.entry((group, kind)) {
                Entry::Vacant(entry) => {
                    entry.insert(crd.scope());
                }
                Entry::Occupied(mut entry) if *entry.get() != crd.scope() => {
                    entry.insert(None);
                }
                Entry::Occupied(_) => {}
            }
        }
        Self { scopes }
    }

    /// Where an object stands, as far as its kind says so; `None`: nobody knows the kind, or not for certain.
    pub(super) fn scope(&self, object: &ObjectIdentity) -> Option<ResourceScope> {
        let (group, kind) = (object.group(), object.kind());
        match is_cluster_scoped(group, kind) {
            Some(true) => Some(ResourceScope::Cluster),
            Some(false) => Some(ResourceScope::Namespaced),
            None => self.scopes.get(&(group, kind)).copied().flatten(),
        }
    }
}
