//! What an answer is: the rules, one by one, on a complete choice of releases.

use std::collections::BTreeSet;

use catalog_model::version::{Prereleases, Version, VersionRange};

use super::world::{HOME, Package, Release, World};

/// A package at a place: none is the cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instance {
    pub(crate) package: String,
    pub(crate) namespace: Option<&'static str>,
}

/// For each instance the position of its release, or none.
pub(crate) type Assignment = Vec<Option<usize>>;

/// A world with everything looked up that the rules ask for again and again.
pub(crate) struct Rules<'w> {
    pub(crate) world: &'w World,
    /// By package name, then place.
    pub(crate) instances: Vec<Instance>,
    packages: Vec<&'w Package>,
    versions: Vec<Vec<Version>>,
    /// Whether a release is allowed at an instance by what the request says of it alone.
    allowed: Vec<Vec<bool>>,
    items: BTreeSet<usize>,
    /// For each instance and release: what it demands of others.
    demands: Vec<Vec<Demands>>,
}

/// Some releases of one instance: for each whether it is meant.
type Where = (usize, Vec<bool>);

/// What one release at one instance demands, as the releases of other instances that will do.
#[derive(Default)]
struct Demands {
    /// Must be present at one of these; an unknown package is a demand that nothing meets.
    needs: Vec<(Option<usize>, Vec<bool>)>,
    /// Must be absent or at one of these.
    tolerates: Vec<Where>,
    /// Must not be at one of these.
    refuses: Vec<Where>,
    /// For each required capability that the cluster lacks: who gives it at which releases.
    requires: Vec<(&'static str, Vec<Where>)>,
    /// Ships an object with other content than these do.
    clashes: Vec<Where>,
}

impl<'w> Rules<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        let mut instances: Vec<Instance> = world
            .packages
            .iter()
            .flat_map(|p| {
                let places = if p.is_namespaced {
                    vec![Some(HOME), Some("other")]
                } else {
                    vec![None]
                };
                places.into_iter().map(|namespace| Instance {
                    package: p.name.clone(),
                    namespace,
                })
            })
            .collect();
        instances.sort();
        let packages: Vec<&Package> = instances
            .iter()
            .map(|i| world.packages.iter().find(|p| p.name == i.package).unwrap())
            .collect();
        let version = |r: &Release| Version::parse(r.version).unwrap();
        let versions = packages
            .iter()
            .map(|p| p.releases.iter().map(version).collect())
            .collect();
        let mut rules = Self {
            world,
            instances,
            packages,
            versions,
            allowed: Vec::new(),
            items: BTreeSet::new(),
            demands: Vec::new(),
        };
        rules.items = world
            .items
            .iter()
            .filter_map(|i| rules.item_instance(&i.package, i.namespace))
            .collect();
        let each = |rules: &Self, i: usize| 0..rules.packages[i].releases.len();
        rules.allowed = (0..rules.instances.len())
            .map(|i| each(&rules, i).map(|r| rules.is_allowed(i, r)).collect())
            .collect();
        rules.demands = (0..rules.instances.len())
            .map(|i| each(&rules, i).map(|r| rules.demands(i, r)).collect())
            .collect();
        rules
    }

    pub(crate) fn release(&self, instance: usize, release: usize) -> &'w Release {
        &self.packages[instance].releases[release]
    }

    pub(crate) fn releases(&self, instance: usize) -> usize {
        self.packages[instance].releases.len()
    }

    pub(crate) fn version(&self, instance: usize, release: usize) -> &Version {
        &self.versions[instance][release]
    }

    /// Where an instance lives: what it calls "here".
    pub(crate) fn lives(&self, instance: usize) -> &'static str {
        self.instances[instance]
            .namespace
            .unwrap_or(self.packages[instance].namespace)
    }

    pub(crate) fn place(&self, package: &str, here: &'static str) -> Option<usize> {
        self.instances
            .iter()
            .position(|i| i.package == package && i.namespace.is_none_or(|n| n == here))
    }

    pub(crate) fn item_instance(
        &self,
        package: &str,
        namespace: Option<&'static str>,
    ) -> Option<usize> {
        self.place(package, namespace.unwrap_or(HOME))
    }

    pub(crate) fn sees(&self, instance: usize, other: usize) -> bool {
        self.instances[other]
            .namespace
            .is_none_or(|namespace| namespace == self.lives(instance))
    }

    pub(crate) fn allows_prereleases(&self, instance: usize) -> bool {
        self.world
            .prereleases
            .contains(&self.instances[instance].package)
    }

    /// Rule 4: the prerelease rule.
    fn in_range(&self, range: &str, instance: usize, release: usize) -> bool {
        let range = VersionRange::parse(range).unwrap();
        let version = self.version(instance, release);
        let has_stable = self.versions[instance].iter().any(|v| !v.is_prerelease());
        range.matches(version, Prereleases::Named)
            || (self.allows_prereleases(instance) && range.matches(version, Prereleases::Allowed))
            || (range.is_any() && !has_stable)
    }

    /// A requirement asks for any version of whoever meets it.
    pub(crate) fn gives(&self, instance: usize, release: usize, capability: &str) -> bool {
        self.release(instance, release)
            .provides
            .contains(&capability)
            && self.in_range("*", instance, release)
    }

    fn is_from(&self, catalog: Option<&str>, instance: usize, release: usize) -> bool {
        catalog.is_none() || self.release(instance, release).catalog == catalog
    }

    /// Rules 1 and 2, so far as they are about one instance.
    fn is_allowed(&self, instance: usize, release: usize) -> bool {
        let (name, version) = (
            &self.instances[instance].package,
            self.version(instance, release),
        );
        let items = || {
            let all = self.world.items.iter();
            all.filter(|i| self.item_instance(&i.package, i.namespace) == Some(instance))
        };
        let wanted = items().all(|item| {
            self.in_range(item.range, instance, release)
                && self.is_from(item.catalog, instance, release)
        });
        let excluded = self
            .world
            .exclusions
            .iter()
            .any(|(p, v)| p == name && v == version.as_str());
        let asked = items().any(|item| {
            VersionRange::parse(item.range)
                .unwrap()
                .asks_exactly(version)
        });
        wanted && !excluded && (asked || !self.release(instance, release).is_yanked)
    }

    fn where_releases(&self, instance: usize, fits: impl Fn(usize) -> bool) -> Where {
        (instance, (0..self.releases(instance)).map(fits).collect())
    }

    fn reaches(&self, a: usize, b: usize) -> bool {
        let (one, other) = (self.instances[a].namespace, self.instances[b].namespace);
        a != b && (one.is_none() || other.is_none() || one == other)
    }

    fn demands(&self, instance: usize, release: usize) -> Demands {
        let this = self.release(instance, release);
        let mut demands = Demands::default();
        for d in &this.dependencies {
            let Some(target) = self.place(&d.package, self.lives(instance)) else {
                if !d.is_optional {
                    demands.needs.push((None, Vec::new()));
                }
                continue;
            };
            let fits = |r| self.in_range(d.range, target, r) && self.is_from(d.catalog, target, r);
            let (target, fitting) = self.where_releases(target, fits);
            match d.is_optional {
                true => demands.tolerates.push((target, fitting)),
                false => demands.needs.push((Some(target), fitting)),
            }
        }
        for other in (0..self.instances.len()).filter(|other| *other != instance) {
            for (package, range) in &this.conflicts {
                let range = VersionRange::parse(range).unwrap();
                if self.instances[other].package == *package && self.reaches(instance, other) {
                    let hit = |r| range.set().contains(self.version(other, r));
                    demands.refuses.push(self.where_releases(other, hit));
                }
            }
            for (object, content) in &this.definitions {
                let differs = |r| {
                    let mut shipped = self.release(other, r).definitions.iter();
                    shipped.any(|(o, c)| o == object && c != content)
                };
                demands.clashes.push(self.where_releases(other, differs));
            }
        }
        for capability in this.requires.iter().copied() {
            if self.world.cluster.contains(&capability) || this.provides.contains(&capability) {
                continue;
            }
            let seen = (0..self.instances.len()).filter(|other| self.sees(instance, *other));
            let givers =
                seen.map(|other| self.where_releases(other, |r| self.gives(other, r, capability)));
            demands.requires.push((capability, givers.collect()));
        }
        demands
    }

    /// All answers.
    pub(crate) fn answers(&self) -> Vec<Assignment> {
        let mut answers = Vec::new();
        if self
            .world
            .items
            .iter()
            .any(|i| self.item_instance(&i.package, i.namespace).is_none())
        {
            return answers;
        }
        let mut partial: Assignment = Vec::new();
        self.extend(&mut partial, &mut answers);
        answers
    }

    fn extend(&self, partial: &mut Assignment, answers: &mut Vec<Assignment>) {
        let instance = partial.len();
        if instance == self.instances.len() {
            if self.is_answer(partial) {
                answers.push(partial.clone());
            }
            return;
        }
        let absent = (!self.items.contains(&instance)).then_some(None);
        let allowed = self.allowed[instance]
            .iter()
            .enumerate()
            .filter(|(_, ok)| **ok);
        for choice in absent
            .into_iter()
            .chain(allowed.map(|(release, _)| Some(release)))
        {
            partial.push(choice);
            self.extend(partial, answers);
            partial.pop();
        }
    }

    /// Rules 3, 6 and 7 of a choice that meets the others.
    pub(crate) fn is_answer(&self, chosen: &Assignment) -> bool {
        self.is_consistent(chosen) && !self.waits(chosen) && self.is_all_needed(chosen)
    }

    fn present<'a>(&'a self, chosen: &'a Assignment) -> impl Iterator<Item = (usize, &'a Demands)> {
        let all = chosen.iter().enumerate();
        all.filter_map(|(i, release)| release.map(|release| (i, &self.demands[i][release])))
    }

    fn is_consistent(&self, chosen: &Assignment) -> bool {
        let at = |(instance, releases): &Where| chosen[*instance].is_some_and(|r| releases[r]);
        self.present(chosen).all(|(_, demands)| {
            let mut needs = demands.needs.iter();
            needs.all(|(target, fits)| target.is_some_and(|t| chosen[t].is_some_and(|r| fits[r])))
                && demands
                    .tolerates
                    .iter()
                    .all(|t| chosen[t.0].is_none() || at(t))
                && !demands.refuses.iter().any(at)
                && !demands.clashes.iter().any(at)
                && demands
                    .requires
                    .iter()
                    .all(|(_, givers)| givers.iter().any(at))
        })
    }

    /// Rule 6, by its words: a cycle of needs whose members do not all name one group.
    fn waits(&self, chosen: &Assignment) -> bool {
        let mut path = Vec::new();
        (0..chosen.len())
            .any(|start| chosen[start].is_some() && self.has_bad_cycle(chosen, start, &mut path))
    }

    fn has_bad_cycle(&self, chosen: &Assignment, at: usize, path: &mut Vec<usize>) -> bool {
        if let Some(begin) = path.iter().position(|p| *p == at) {
            let group = |i: &usize| chosen[*i].and_then(|r| self.release(*i, r).group);
            let groups: BTreeSet<_> = path[begin..].iter().map(group).collect();
            return groups.len() != 1 || groups.contains(&None);
        }
        path.push(at);
        let needs = chosen[at].map(|r| &self.demands[at][r].needs);
        let mut targets = needs
            .into_iter()
            .flatten()
            .filter_map(|(target, _)| *target);
        let found = targets.any(|target| self.has_bad_cycle(chosen, target, path));
        path.pop();
        found
    }

    /// Rule 7.
    fn is_all_needed(&self, chosen: &Assignment) -> bool {
        let mut needed = self.items.clone();
        for (_, demands) in self.present(chosen) {
            needed.extend(demands.needs.iter().filter_map(|(target, _)| *target));
            for (_, givers) in &demands.requires {
                let giving = givers
                    .iter()
                    .filter(|(i, gives)| chosen[*i].is_some_and(|r| gives[r]));
                needed.extend(giving.map(|(i, _)| *i));
            }
        }
        (0..chosen.len()).all(|i| chosen[i].is_none() || needed.contains(&i))
    }

    pub(crate) fn needs(&self, instance: usize, release: usize) -> Vec<usize> {
        let needs = self.demands[instance][release].needs.iter();
        needs.filter_map(|(target, _)| *target).collect()
    }

    pub(crate) fn requires(&self, instance: usize, release: usize) -> Vec<&'static str> {
        self.demands[instance][release]
            .requires
            .iter()
            .map(|(c, _)| *c)
            .collect()
    }
}
