//! The ways of an upgrade, and what the releases on them find when they are passed.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use catalog_model::version::{Version, VersionRange};

use super::rules::{Assignment, Rules};
use super::world::Dependency;

/// When something holds: as long as another instance is as it is installed, and when it is as it is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When {
    pub(crate) other: usize,
    pub(crate) before: bool,
    pub(crate) after: bool,
}

/// What a release asks for: each has to hold, for one of these instances. None: there is nobody to ask.
pub(crate) struct Need {
    pub(crate) kind: &'static str,
    pub(crate) options: Vec<When>,
}

/// Whether something holds with an instance at a release, or absent.
type Holds<'h> = &'h dyn Fn(Option<usize>) -> bool;

impl Need {
    /// Whether it is met at no time.
    pub(crate) fn is_hopeless(&self) -> bool {
        !self.options.iter().any(|when| when.before || when.after)
    }
}

impl Rules<'_> {
    /// All ways from what is installed to a higher release that have as few hops as can be.
    pub(crate) fn fewest_ways(&self, i: usize, to: usize) -> Vec<Vec<usize>> {
        let installed = self.instances.kept[i].and_then(|kept| self.instances.version(i, kept));
        let installed = installed.unwrap().clone();
        let mut ways: Vec<Vec<usize>> = vec![Vec::new()];
        loop {
            let end = |way: &Vec<usize>| match way.last() {
                Some(last) => self.instances.version(i, *last).unwrap().clone(),
                None => installed.clone(),
            };
            let arriving: Vec<Vec<usize>> = ways
                .iter()
                .filter(|way| self.is_edge(i, &end(way), to))
                .cloned()
                .collect();
            if !arriving.is_empty() {
                return arriving;
            }
            let mut longer = Vec::new();
            for way in &ways {
                for hop in self.instances.releases(i) {
                    if self.may_pass(i, hop) && self.is_edge(i, &end(way), hop) {
                        longer.push([way.as_slice(), &[hop]].concat());
                    }
                }
            }
            assert!(!longer.is_empty(), "there is a way");
            ways = longer;
        }
    }

    /// The way that is taken: the fewest needs that are met at no time, then the highest.
    pub(crate) fn best_way(&self, chosen: &Assignment, i: usize, to: usize) -> Vec<&Version> {
        let ways = self.fewest_ways(i, to).into_iter();
        let versions = |way: &Vec<usize>| -> Vec<&Version> {
            let versions = way.iter().map(|hop| self.instances.version(i, *hop));
            versions.map(Option::unwrap).collect()
        };
        let best = ways.min_by_key(|way| (self.lacking(chosen, i, way), Reverse(versions(way))));
        versions(&best.unwrap())
    }

    fn lacking(&self, chosen: &Assignment, i: usize, way: &[usize]) -> usize {
        let needs = way.iter().flat_map(|hop| self.hop_needs(chosen, i, *hop));
        needs.filter(Need::is_hopeless).count()
    }

    /// What a release asks of others while it is passed.
    pub(crate) fn hop_needs(&self, chosen: &Assignment, i: usize, hop: usize) -> Vec<Need> {
        let when = |other: usize, holds: Holds<'_>| When {
            other,
            before: holds(self.instances.kept[other]),
            after: holds(chosen[other]),
        };
        let release = self.instances.release(i, hop);
        let mut needs = Vec::new();
        let mut said = BTreeSet::new();
        for d in &release.dependencies {
            if said.insert((d.package.clone(), d.range, d.is_optional, d.catalog)) {
                needs.extend(self.hop_dependency(i, d, &when));
            }
        }
        for other in self.all().filter(|other| *other != i) {
            let conflict = when(other, &|r| {
                r.is_none_or(|r| !self.is_apart((i, hop), (other, r)))
            });
            if !conflict.before || !conflict.after {
                needs.push(Need {
                    kind: "conflict",
                    options: vec![conflict],
                });
            }
        }
        for capability in release.requires.iter().copied().collect::<BTreeSet<_>>() {
            if !self.cluster.contains(capability) && !self.gives(i, hop, capability) {
                let seen = self.all().filter(|o| *o != i && self.instances.sees(i, *o));
                let gives =
                    |o: usize| when(o, &|r| r.is_some_and(|r| self.gives(o, r, capability)));
                needs.push(Need {
                    kind: "requirement",
                    options: seen.map(gives).collect(),
                });
            }
        }
        needs
    }

    fn hop_dependency(
        &self,
        i: usize,
        d: &Dependency,
        when: &dyn Fn(usize, Holds<'_>) -> When,
    ) -> Option<Need> {
        let target = self.instances.place(&d.package, self.instances.lives(i));
        let options = match target {
            Some(target) if target == i => return None,
            Some(target) => vec![when(target, &|r| match r {
                Some(r) => self.is_met_by(d, target, r),
                None => d.is_optional,
            })],
            None if d.is_optional => return None,
            None => Vec::new(),
        };
        Some(Need {
            kind: "dependency",
            options,
        })
    }

    /// Whether two releases cannot be there at the same time, whatever is broken already.
    fn is_apart(&self, one: (usize, usize), other: (usize, usize)) -> bool {
        let refuses = |(i, r): (usize, usize), (o, at): (usize, usize)| {
            let mut conflicts = self.instances.release(i, r).conflicts.iter();
            conflicts.any(|(package, range)| {
                let range = VersionRange::parse(range).unwrap();
                *package == self.instances.all[o].package
                    && self.instances.reaches(i, o)
                    && self.instances.is_in_interval(&range, o, at)
            })
        };
        let ships = |(i, r): (usize, usize)| self.instances.objects(i, r);
        refuses(one, other)
            || refuses(other, one)
            || ships(one)
                .any(|(object, content)| ships(other).any(|(o, c)| o == object && c != content))
    }
}
