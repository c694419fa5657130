//! The labels of all versions, found by version and by label.

use std::ops::Range;

use catalog_conditions::selector::{LabelSelector, Relation, Requirement};

use super::column::{Lists, Rows, row};
use super::strings::{Interner, Strings, Text};

/// Each label (a key with a value) once, sorted by both, and who has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    distinct: Vec<(Text, Text)>,
    of_version: Lists<u32>,
    versions: Lists<u32>,
}

impl Labels {
    /// The labels of each version in order; those of one version are sorted by key.
    pub(super) fn new(
        of_versions: Lists<(Text, Text)>,
        versions: usize,
        strings: &Interner,
    ) -> Self {
        let mut of_versions = of_versions;
        let mut distinct = of_versions.items_mut().to_vec();
        let text = |label: &(Text, Text)| (strings.of(label.0), strings.of(label.1));
        distinct.sort_by(|a, b| text(a).cmp(&text(b)));
        distinct.dedup();
        distinct.shrink_to_fit();
        let mut of_version = Lists::default();
        let mut holders: Vec<Vec<u32>> = vec![Vec::new(); distinct.len()];
        for version in 0..row(versions) {
            let found = of_versions.of(version).iter().filter_map(|label| {
                let at = distinct.binary_search_by(|one| text(one).cmp(&text(label)));
                at.ok().map(row)
            });
            let found: Vec<u32> = found.collect();
            for at in &found {
                if let Some(holders) = holders.get_mut(*at as usize) {
                    holders.push(version);
                }
            }
            of_version.push(found);
        }
        let mut versions = Lists::default();
        holders
            .into_iter()
            .for_each(|holders| versions.push(holders));
        of_version.shrink();
        versions.shrink();
        Self {
            distinct,
            of_version,
            versions,
        }
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

    /// The rows among `rows` that a selector selects. Cost: that of the labels it names, not of the versions.
    pub(super) fn select(
        &self,
        strings: &Strings,
        selector: &LabelSelector,
        rows: &mut Rows,
        versions: usize,
    ) {
        for requirement in selector.requirements() {
            let key = self.of_key(strings, requirement.key());
            match requirement.relation() {
                // What has no such label is selected too.
                Relation::NotIn | Relation::DoesNotExist => {
                    for at in self.with_values(strings, requirement, key) {
                        self.versions
                            .of(at)
                            .iter()
                            .for_each(|row| rows.remove(*row));
                    }
                }
                _ => {
                    let mut found = Rows::none(versions);
                    for at in self.with_values(strings, requirement, key) {
                        self.versions
                            .of(at)
                            .iter()
                            .for_each(|row| found.insert(*row));
                    }
                    rows.intersect(&found);
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
        self.distinct.capacity() * size_of::<(Text, Text)>()
            + self.of_version.heap_bytes()
            + self.versions.heap_bytes()
    }
}
