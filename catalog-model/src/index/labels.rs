//! The labels of all versions, found by version and by label.

use std::collections::BTreeMap;
use std::ops::Range;

use catalog_conditions::selector::{LabelSelector, Relation, Requirement};

use super::column::{Lists, Rows, row};
use super::strings::{Interner, Strings, Text};

/// Each label (a key with a value) once, sorted by both, and who has it.
///
/// The versions that have a label are a list while they are few; from one in [`DENSE`] on they are a bit for each version there is,
/// which is smaller, and which selectors combine word by word.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    pub(super) distinct: Vec<(Text, Text)>,
    pub(super) of_version: Lists<u32>,
    /// The versions of each label; none for those in `dense`.
    pub(super) versions: Lists<u32>,
    pub(super) dense: BTreeMap<u32, Rows>,
    /// The versions that have a key with whatever value, where they are many, by the first label of the key.
    pub(super) dense_keys: BTreeMap<u32, Rows>,
}

/// As many bits as a row in a list takes.
const DENSE: usize = u32::BITS as usize;

impl Labels {
    /// The labels of each version in order; those of one version are sorted by key.
    pub(super) fn new(
        of_versions: Lists<(Text, Text)>,
        versions: usize,
        strings: &Interner,
    ) -> Self {
        // Equal texts are one: few labels are left of which texts must be compared.
        let mut known = of_versions.items().to_vec();
        known.sort_unstable();
        known.dedup();
        let mut distinct = known.clone();
        let text = |label: &(Text, Text)| (strings.of(label.0), strings.of(label.1));
        distinct.sort_unstable_by(|a, b| text(a).cmp(&text(b)));
        let mut numbers = vec![0; known.len()];
        for (at, label) in distinct.iter().enumerate() {
            let number = known.binary_search(label).ok();
            if let Some(number) = number.and_then(|known| numbers.get_mut(known)) {
                *number = row(at);
            }
        }
        let mut of_version = Lists::default();
        let mut holders: Vec<Vec<u32>> = vec![Vec::new(); distinct.len()];
        for version in 0..row(versions) {
            let found = of_versions.of(version).iter().filter_map(|label| {
                let at = known.binary_search(label).ok()?;
                numbers.get(at).copied()
            });
            let found: Vec<u32> = found.collect();
            for at in &found {
                if let Some(holders) = holders.get_mut(*at as usize) {
                    holders.push(version);
                }
            }
            of_version.push(found);
        }
        of_version.shrink();
        let mut labels = Self {
            distinct,
            of_version,
            ..Self::default()
        };
        labels.hold(holders, versions);
        labels
    }

    /// Keeps the versions of each label, and of each key.
    fn hold(&mut self, holders: Vec<Vec<u32>>, versions: usize) {
        let is_dense = |rows: usize| rows * DENSE >= versions;
        let mut first = 0;
        for of_key in self.distinct.chunk_by(|a, b| a.0 == b.0) {
            let labels = first..first + of_key.len();
            let lists = holders.get(labels).unwrap_or_default();
            // A version has a key once.
            if is_dense(lists.iter().map(Vec::len).sum()) {
                let all = Rows::of(versions, lists.iter().flatten().copied());
                self.dense_keys.insert(row(first), all);
            }
            first += of_key.len();
        }
        for (label, holders) in holders.into_iter().enumerate() {
            if is_dense(holders.len()) {
                self.dense.insert(row(label), Rows::of(versions, holders));
                self.versions.push([]);
            } else {
                self.versions.push(holders);
            }
        }
        self.versions.shrink();
    }

    pub(super) fn of<'a>(
        &'a self,
        strings: &'a Strings,
        version: u32,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let labels = self.of_version.of(version).iter();
        labels.filter_map(|at| {
            let (key, value) = self.distinct.get(*at as usize)?;
            Some((strings.of(*key), strings.of(*value)))
        })
    }

    /// The rows among `rows` that a selector selects. Cost: that of the labels it names, a bit or less for each version.
    pub(super) fn select(
        &self,
        strings: &Strings,
        selector: &LabelSelector,
        rows: &mut Rows,
        versions: usize,
    ) {
        for requirement in selector.requirements() {
            let mut found = Rows::none(versions);
            self.add_named(strings, requirement, &mut found);
            match requirement.relation() {
                // What has no such label is selected too.
                Relation::NotIn | Relation::DoesNotExist => rows.subtract(&found),
                _ => rows.intersect(&found),
            }
        }
    }

    /// Adds the versions that have a label that a requirement names; of `NotIn` and `DoesNotExist`, one that it refuses.
    fn add_named(&self, strings: &Strings, requirement: &Requirement, found: &mut Rows) {
        let key = self.of_key(strings, requirement.key());
        let any_value = matches!(
            requirement.relation(),
            Relation::Exists | Relation::DoesNotExist
        );
        if any_value
            && !key.is_empty()
            && let Some(rows) = self.dense_keys.get(&row(key.start))
        {
            found.unite(rows);
            return;
        }
        for label in self.with_values(strings, requirement, key) {
            match self.dense.get(&label) {
                Some(rows) => found.unite(rows),
                None => {
                    let rows = self.versions.of(label).iter();
                    rows.for_each(|row| found.insert(*row));
                }
            }
        }
    }

    /// The labels of a key.
    fn of_key(&self, strings: &Strings, key: &str) -> Range<usize> {
        let start = self
            .distinct
            .partition_point(|label| strings.of(label.0) < key);
        let end = self
            .distinct
            .partition_point(|label| strings.of(label.0) <= key);
        start..end
    }

    /// The labels of a key whose value a requirement names; of `NotIn` and `DoesNotExist`, those that it refuses.
    fn with_values(
        &self,
        strings: &Strings,
        requirement: &Requirement,
        key: Range<usize>,
    ) -> Vec<u32> {
        let of_key = self.distinct.get(key.clone()).unwrap_or_default();
        match requirement.relation() {
            Relation::In | Relation::NotIn => requirement
                .values()
                .filter_map(|value| {
                    let at = of_key
                        .binary_search_by(|label| strings.of(label.1).cmp(value))
                        .ok()?;
                    Some(row(key.start + at))
                })
                .collect(),
            relation => {
                let refused = relation == Relation::DoesNotExist;
                let labels = key.clone().zip(of_key);
                labels
                    .filter(|(_, label)| requirement.accepts(Some(strings.of(label.1))) != refused)
                    .map(|(at, _)| row(at))
                    .collect()
            }
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let dense = |by_label: &BTreeMap<u32, Rows>| -> usize {
            let rows = by_label.values();
            rows.map(|rows| size_of::<(u32, Rows)>() * 3 / 2 + rows.heap_bytes())
                .sum()
        };
        self.distinct.capacity() * size_of::<(Text, Text)>()
            + self.of_version.heap_bytes()
            + self.versions.heap_bytes()
            + dense(&self.dense)
            + dense(&self.dense_keys)
    }
}
