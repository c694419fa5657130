//! Leaves out what another read brings.

use std::collections::{BTreeMap, BTreeSet};

use super::read::Read;
use crate::selector::{LabelSelector, Requirement};
use crate::snapshot::Namespaces;

/// Wider lists are looked for by leaving out requirements of a selector, in each of two to the power of their number ways. Of a selector
/// with more than this it is asked only whether a list without any brings the same objects.
const MOST_REQUIREMENTS: u32 = 5;

/// The fewest reads that bring what all of these bring.
///
/// A list brings what a list of a narrower selector brings in the same namespaces, and without a selector each object by its name.
pub(super) fn fewest(reads: impl IntoIterator<Item = Read>) -> BTreeSet<Read> {
    let mut fewest = BTreeSet::new();
    let mut served: BTreeMap<(String, String), BTreeSet<Option<String>>> = BTreeMap::new();
    let mut kinds: BTreeMap<Kind, OfKind> = BTreeMap::new();
    for read in reads {
        match read {
            Read::Discovery {
                group,
                version,
                kind,
            } => {
                served.entry((group, kind)).or_default().insert(version);
            }
            Read::Object {
                group,
                version,
                kind,
                namespace,
                name,
            } => {
                let of_kind = kinds.entry(Kind(group, version, kind)).or_default();
                of_kind.objects.entry(name).or_default().insert(namespace);
            }
            Read::List {
                group,
                version,
                kind,
                namespaces,
                selector,
            } => kinds
                .entry(Kind(group, version, kind))
                .or_default()
                .list(selector, namespaces),
            read => {
                fewest.insert(read);
            }
        }
    }
    for ((group, kind), versions) in served {
        let all = versions.contains(&None);
        let versions = versions
            .into_iter()
            .filter(|version| !all || version.is_none());
        fewest.extend(versions.map(|version| Read::Discovery {
            group: group.clone(),
            version,
            kind: kind.clone(),
        }));
    }
    for (kind, of_kind) in kinds {
        fewest.extend(of_kind.objects(&kind));
        fewest.extend(of_kind.lists(&kind));
    }
    fewest
}

/// Group, version and kind.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Kind(String, String, String);

/// The reads of one kind in one version.
#[derive(Default)]
struct OfKind {
    /// The namespaces in which each name is looked for.
    objects: BTreeMap<String, BTreeSet<Option<String>>>,
    lists: BTreeMap<LabelSelector, Namespaces>,
}

impl OfKind {
    fn list(&mut self, selector: LabelSelector, more: Namespaces) {
        let none = || Namespaces::Named(BTreeSet::new());
        let known = self.lists.entry(canonical(&selector)).or_insert_with(none);
        match (known, more) {
            (Namespaces::All, _) => {}
            (known, Namespaces::All) => *known = Namespaces::All,
            (Namespaces::Named(known), Namespaces::Named(more)) => known.extend(more),
        }
    }

    fn objects<'a>(&'a self, kind: &'a Kind) -> impl Iterator<Item = Read> + 'a {
        let Kind(group, version, kind) = kind;
        let everything = self.lists.get(&LabelSelector::default());
        let listed = move |namespace: &Option<String>| match (everything, namespace) {
            (None, _) => false,
            (Some(Namespaces::All), _) | (Some(_), None) => true,
            (Some(Namespaces::Named(names)), Some(namespace)) => names.contains(namespace),
        };
        self.objects.iter().flat_map(move |(name, namespaces)| {
            // Without a namespace it is read only if the kind lives in none, and then the read with a namespace is the same.
            let repeated =
                move |namespace: &Option<String>| namespace.is_none() && namespaces.len() > 1;
            let needed = namespaces
                .iter()
                .filter(move |namespace| !repeated(namespace) && !listed(namespace));
            needed.map(move |namespace| Read::Object {
                group: group.clone(),
                version: version.clone(),
                kind: kind.clone(),
                namespace: namespace.clone(),
                name: name.clone(),
            })
        })
    }

    fn lists<'a>(&'a self, kind: &'a Kind) -> impl Iterator<Item = Read> + 'a {
        let Kind(group, version, kind) = kind;
        self.lists.iter().filter_map(move |(selector, namespaces)| {
            let mut wider = wider(selector).into_iter();
            let left = wider.try_fold(namespaces.clone(), |left, wider| {
                match self.lists.get(&wider) {
                    Some(listed) => beyond(left, listed),
                    None => Some(left),
                }
            });
            Some(Read::List {
                group: group.clone(),
                version: version.clone(),
                kind: kind.clone(),
                namespaces: left?,
                selector: selector.clone(),
            })
        })
    }
}

/// What is left of namespaces without those that a list looks into anyway; `None` if nothing is.
fn beyond(namespaces: Namespaces, listed: &Namespaces) -> Option<Namespaces> {
    match (namespaces, listed) {
        (_, Namespaces::All) => None,
        (Namespaces::All, Namespaces::Named(_)) => Some(Namespaces::All),
        (Namespaces::Named(mut names), Namespaces::Named(listed)) => {
            names.retain(|name| !listed.contains(name));
            (!names.is_empty()).then_some(Namespaces::Named(names))
        }
    }
}

/// The selectors that ask for less than this one does.
fn wider(selector: &LabelSelector) -> Vec<LabelSelector> {
    let requirements = selector.requirements();
    if requirements.is_empty() {
        return Vec::new();
    }
    let count = u32::try_from(requirements.len()).unwrap_or(u32::MAX);
    if count > MOST_REQUIREMENTS {
        return vec![LabelSelector::default()];
    }
    // Each number below stands for the requirements whose bits are set in it.
    (0..(1_u32 << count) - 1)
        .map(|chosen| {
            let kept = (0_u32..)
                .zip(requirements)
                .filter(|(at, _)| chosen & (1 << at) != 0);
            LabelSelector::new(kept.map(|(_, requirement)| requirement.clone()).collect())
        })
        .collect()
}

/// The same selector, whichever way its requirements were ordered or repeated.
fn canonical(selector: &LabelSelector) -> LabelSelector {
    let requirements: BTreeSet<&Requirement> = selector.requirements().iter().collect();
    LabelSelector::new(requirements.into_iter().cloned().collect())
}
