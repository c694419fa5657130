//! The reads of objects that failed, found by what they were to read.

use std::collections::BTreeMap;

use super::failure::ReadFailure;
use super::{ByGroupAndKind, of};

/// Failed reads by group and kind. Of several failures of one read the least is kept, so that their order does not show.
#[derive(Clone, Debug, Default)]
pub(super) struct Failures {
    kinds: ByGroupAndKind<OneKind>,
}

/// Of one kind. The empty namespace stands for all of them, and for none.
#[derive(Clone, Debug, Default)]
struct OneKind {
    lists: BTreeMap<String, ReadFailure>,
    names: BTreeMap<String, BTreeMap<String, ReadFailure>>,
}

impl Failures {
    pub(super) fn add(
        &mut self,
        (group, kind): (&str, &str),
        namespace: Option<&str>,
        name: Option<&str>,
        failure: ReadFailure,
    ) {
        let groups = self.kinds.entry(group.to_owned()).or_default();
        let one_kind = groups.entry(kind.to_owned()).or_default();
        let namespace = namespace.unwrap_or_default().to_owned();
        match name {
            None => keep_least(&mut one_kind.lists, namespace, failure),
            Some(name) => {
                let names = one_kind.names.entry(namespace).or_default();
                keep_least(names, name.to_owned(), failure);
            }
        }
    }

    /// The read of one object; for no namespace, in any: of a kind that lives in none, whoever wrote the failure down may have
    /// given one all the same.
    pub(super) fn of_name(
        &self,
        group: &str,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
    ) -> Option<&ReadFailure> {
        let names = &of(&self.kinds, group, kind)?.names;
        let of_namespace = |namespace: &str| names.get(namespace)?.get(name);
        match namespace {
            Some(namespace) => of_namespace(namespace).or_else(|| of_namespace("")),
            None => names.values().find_map(|names| names.get(name)),
        }
    }

    /// The read of all objects in a namespace and nowhere else.
    pub(super) fn of_namespace(
        &self,
        group: &str,
        kind: &str,
        namespace: &str,
    ) -> Option<&ReadFailure> {
        of(&self.kinds, group, kind)?.lists.get(namespace)
    }

    /// A read of many objects that was to see those in `namespace`; for `None`, any such read.
    pub(super) fn of_list(
        &self,
        group: &str,
        kind: &str,
        namespace: Option<&str>,
    ) -> Option<&ReadFailure> {
        let lists = &of(&self.kinds, group, kind)?.lists;
        match namespace {
            Some(namespace) => lists.get(namespace).or_else(|| lists.get("")),
            // The empty namespace comes first.
            None => lists.values().next(),
        }
    }

    /// The read of some object in `namespace`; for `None`, of any object.
    pub(super) fn of_any_name(
        &self,
        group: &str,
        kind: &str,
        namespace: Option<&str>,
    ) -> Option<&ReadFailure> {
        let names = &of(&self.kinds, group, kind)?.names;
        let first = |namespace: &str| names.get(namespace)?.values().next();
        match namespace {
            Some(namespace) => first(namespace).or_else(|| first("")),
            None => names.values().next()?.values().next(),
        }
    }
}

fn keep_least(map: &mut BTreeMap<String, ReadFailure>, key: String, failure: ReadFailure) {
    let kept = map.entry(key).or_insert_with(|| failure.clone());
    if failure < *kept {
        *kept = failure;
    }
}
