//! What is told of newer releases on random small universes, against enumeration: each is really impossible under what was decided before,
//! or comes after the chosen one; every fact holds of every answer; and no fact is too many.
//!
//! `CATALOG_ORACLE_RUNS` says how many, `CATALOG_ORACLE_SEED` where to begin.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "a test may fail loudly, and needs only a part of the oracle"
)]

mod oracle;

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::version::Version;
use catalog_resolve::{
    ConflictFact, FactKind, Outcome, WhyNotNewer, resolve, ways_to_newer, why_not_newer,
};
use oracle::best::{Decided, decided};
use oracle::random::world;
use oracle::rules::{Assignment, Rules};

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

#[test]
fn reasons_against_newer_releases_are_true_and_minimal() {
    let runs = number("CATALOG_ORACLE_RUNS", 20_000) / 4;
    let first = number("CATALOG_ORACLE_SEED", 0);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in first..first + runs {
        let world = world(seed);
        let (universe, request) = (world.universe(), world.request());
        let Outcome::Resolved(resolution) = resolve(&universe, &request) else {
            continue;
        };
        let rules = Rules::new(&world);
        let decided = decided(&rules).unwrap();
        let context = format!("seed {seed}\n{world}\n");
        let checks = Checks {
            answers: rules.answers(),
            rules: &rules,
            decided: &decided,
            context: &context,
        };
        let told = why_not_newer(&universe, &request, resolution.releases());
        checks.all_newer_releases_are_told(&told);
        for why in &told {
            checks.check(why);
            for fact in why.facts() {
                *counts.entry(fact.kind().as_str()).or_default() += 1;
            }
            if seed % 8 > 0 {
                continue;
            }
            for way in ways_to_newer(&universe, &request, why) {
                *counts.entry("ways").or_default() += 1;
                let Outcome::Resolved(again) = resolve(&universe, way.request()) else {
                    panic!("no way: {}\n{context}", way.change());
                };
                let mut releases = again.releases().iter();
                let release = releases.find(|release| {
                    release.package() == why.package() && release.namespace() == why.namespace()
                });
                let version = Version::parse(release.unwrap().version()).unwrap();
                let old = Version::parse(why.chosen()).unwrap();
                assert!(version > old, "no newer: {}\n{context}", way.change());
            }
        }
    }
    println!("{counts:?}");
    assert!(runs < 1_000 || counts["decision"] > 20 && counts["preference"] > 50);
}

struct Checks<'c, 'w> {
    rules: &'c Rules<'w>,
    decided: &'c Decided,
    answers: Vec<Assignment>,
    context: &'c str,
}

impl Checks<'_, '_> {
    /// Every newer release is told of, once.
    fn all_newer_releases_are_told(&self, told: &[WhyNotNewer]) {
        let instances = &self.rules.instances;
        for (i, chosen) in &self.decided.made {
            let Some(old) = instances.version(*i, *chosen) else {
                continue;
            };
            let all = instances.releases(*i);
            let newer = all.filter(|r| {
                !instances.release(*i, *r).is_opaque
                    && instances.version(*i, *r).is_some_and(|v| v > old)
            });
            let newer: BTreeSet<usize> = newer.collect();
            let mut seen = BTreeSet::new();
            for why in told.iter().filter(|why| self.instance(why) == *i) {
                for release in self.releases(why) {
                    assert!(seen.insert(release), "told twice: {why}\n{}", self.context);
                }
            }
            assert_eq!(seen, newer, "{:?}\n{}", instances.all[*i], self.context);
        }
    }

    fn check(&self, why: &WhyNotNewer) {
        let i = self.instance(why);
        let before = &self.decided.before[&i];
        let context = format!("{why}\n{:#?}\n{}", why.facts(), self.context);
        assert!(why.is_minimal(), "{context}");
        let is_preference = why.facts()[0].kind() == FactKind::Preference;
        for release in self.releases(why) {
            let is_left = before.iter().any(|answer| answer[i] == Some(release));
            if is_preference {
                let order = &self.decided.preferences[&i];
                let place = |r: usize| order.iter().position(|other| *other == r);
                let chosen = self.decided.made[&i];
                assert!(place(chosen) < place(release), "it is preferred: {context}");
            } else {
                assert!(!is_left, "it is possible: {context}");
            }
        }
        for fact in why.facts() {
            let of = match fact.kind() {
                FactKind::Preference => continue,
                FactKind::Decision | FactKind::FewestChanges => before,
                _ => &self.answers,
            };
            let is_count = fact.alternatives().is_empty();
            let holds = is_count || of.iter().all(|answer| self.holds(fact, answer));
            assert!(holds, "not so: {}\n{context}", fact.text());
        }
        let is_countable = |fact: &ConflictFact| {
            fact.kind() == FactKind::FewestChanges && fact.alternatives().is_empty()
        };
        if !why.facts().iter().any(is_countable) {
            self.is_minimal(why, &context);
        }
    }

    /// The facts rule out all the releases, but any of them can be spared.
    fn is_minimal(&self, why: &WhyNotNewer, context: &str) {
        let i = self.instance(why);
        let instances = &self.rules.instances;
        let targets = self.releases(why);
        let mut places = BTreeSet::from([i]);
        for alternative in why.facts().iter().flat_map(|fact| fact.alternatives()) {
            places.insert(self.place(alternative.package(), alternative.namespace()));
        }
        let mut partial: Vec<Assignment> = vec![vec![None; instances.all.len()]];
        for place in places {
            let options: Vec<Option<usize>> = match place == i {
                true => targets.iter().copied().map(Some).collect(),
                false => std::iter::once(None)
                    .chain(instances.releases(place).map(Some))
                    .collect(),
            };
            let longer = partial.iter().flat_map(|assignment| {
                options.iter().map(|option| {
                    let mut longer = assignment.clone();
                    longer[place] = *option;
                    longer
                })
            });
            partial = longer.collect();
        }
        let mut alone = BTreeSet::new();
        for assignment in &partial {
            let facts = why.facts().iter().enumerate();
            let broken = facts.filter(|(_, fact)| !self.holds(fact, assignment));
            let broken: Vec<usize> = broken.map(|(position, _)| position).collect();
            assert!(!broken.is_empty(), "the facts allow it: {context}");
            if let [only] = broken.as_slice() {
                alone.insert(*only);
            }
        }
        assert_eq!(alone.len(), why.facts().len(), "not minimal: {context}");
    }

    fn holds(&self, fact: &ConflictFact, assignment: &Assignment) -> bool {
        let instances = &self.rules.instances;
        fact.alternatives().iter().any(|alternative| {
            let place = self.place(alternative.package(), alternative.namespace());
            match assignment[place] {
                None => alternative.may_be_absent(),
                Some(release) => {
                    let catalog = instances.catalog_of(place, release);
                    let release = instances.release(place, release);
                    let this = (catalog, release.version);
                    alternative.releases().any(|other| other == this)
                }
            }
        })
    }

    fn place(&self, package: &str, namespace: Option<&str>) -> usize {
        let mut all = self.rules.instances.all.iter();
        let found = all.position(|i| i.package == package && i.namespace == namespace);
        found.unwrap()
    }

    fn instance(&self, why: &WhyNotNewer) -> usize {
        let mut all = self.rules.instances.all.iter();
        let found = all.position(|i| {
            i.package == why.package() && i.namespace.is_none_or(|n| n == why.namespace())
        });
        found.unwrap()
    }

    fn releases(&self, why: &WhyNotNewer) -> Vec<usize> {
        let (i, instances) = (self.instance(why), &self.rules.instances);
        let find = |(catalog, version): (Option<&str>, &str)| {
            let mut all = instances.releases(i);
            let is_it = |r: &usize| {
                let release = instances.release(i, *r);
                instances.catalog_of(i, *r) == catalog && release.version == version
            };
            all.find(is_it).unwrap()
        };
        why.releases().map(find).collect()
    }
}
