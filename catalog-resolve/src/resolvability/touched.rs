//! The releases whose answers may be others.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, ReleaseFacts};

/// What the difference of two universes reaches.
pub(super) struct Touched<'f> {
    /// The packages of which all releases are others, as what is true of the whole package is another.
    whole: BTreeSet<&'f str>,
    /// The packages that changed, and those from which one of them can be reached.
    reaching: BTreeSet<&'f str>,
}

impl<'f> Touched<'f> {
    pub(super) fn new(old: &'f Facts, new: &'f Facts) -> Self {
        let mut whole = BTreeSet::new();
        let mut changed = BTreeSet::new();
        let names = old.packages.keys().chain(new.packages.keys());
        for name in names.collect::<BTreeSet<_>>() {
            let (one, other) = (old.packages.get(name), new.packages.get(name));
            let (Some(one), Some(other)) = (one, other) else {
                changed.insert(name.as_str());
                continue;
            };
            if one.whole != other.whole {
                whole.insert(name.as_str());
            }
            let are_same = one.whole == other.whole
                && one.releases.len() == other.releases.len()
                && other.releases.iter().all(|(key, release)| {
                    let was = one.releases.get(key);
                    was.is_some_and(|was| was.say_the_same(release))
                });
            if !are_same {
                changed.insert(name.as_str());
            }
        }
        Self {
            whole,
            reaching: reaching([old, new], changed),
        }
    }

    /// Whether the answer of a release of the second universe may be another one than in the first, where this was said of it.
    pub(super) fn contains(
        &self,
        package: &str,
        was: Option<&ReleaseFacts>,
        release: &ReleaseFacts,
    ) -> bool {
        let leads_there = |facts: &ReleaseFacts| {
            let mut packages = facts.leads_to.iter();
            packages.any(|package| self.reaching.contains(package.as_str()))
        };
        match was {
            None => true,
            Some(was) => {
                self.whole.contains(package)
                    || !was.say_the_same(release)
                    || leads_there(was)
                    || leads_there(release)
            }
        }
    }
}

/// The packages from which one of some can be reached in either universe, those themselves included.
fn reaching<'f>(facts: [&'f Facts; 2], goals: BTreeSet<&'f str>) -> BTreeSet<&'f str> {
    let mut led_to_by: BTreeMap<&str, BTreeSet<&'f str>> = BTreeMap::new();
    for (name, package) in facts.into_iter().flat_map(|facts| &facts.packages) {
        let leads_to = package
            .releases
            .values()
            .flat_map(|release| &release.leads_to);
        for target in leads_to {
            led_to_by.entry(target).or_default().insert(name);
        }
    }
    let mut found = goals.clone();
    let mut open: Vec<&str> = goals.into_iter().collect();
    while let Some(name) = open.pop() {
        for next in led_to_by.get(name).into_iter().flatten() {
            if found.insert(next) {
                open.push(next);
            }
        }
    }
    found
}
