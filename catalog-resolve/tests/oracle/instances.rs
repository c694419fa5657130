//! What there is to choose from: packages at places, each with its releases, and which of them is installed or locked.

use std::collections::BTreeSet;

use catalog_model::version::{Version, VersionRange, VersionSet};

use super::world::{HOME, Installed, Package, Release, World};

/// A package at a place: none is the cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instance {
    pub(crate) package: String,
    pub(crate) namespace: Option<&'static str>,
}

/// A release that an instance can be at.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// An opaque one says nothing but its version and its catalog.
    pub(crate) release: Release,
    /// None if the text of an opaque one cannot be read.
    pub(crate) version: Option<Version>,
}

/// The instances of a world, by package name, then place.
pub(crate) struct Instances<'w> {
    pub(crate) world: &'w World,
    pub(crate) all: Vec<Instance>,
    /// For each instance its releases; an opaque one is the last.
    pub(crate) candidates: Vec<Vec<Candidate>>,
    /// For each instance what is said to be installed.
    pub(crate) records: Vec<Option<&'w Installed>>,
    /// For each instance the installed release.
    pub(crate) kept: Vec<Option<usize>>,
    /// For each instance the locked release.
    pub(crate) locked: Vec<Option<usize>>,
}

impl<'w> Instances<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        let mut instances = Self {
            world,
            all: places(world),
            candidates: Vec::new(),
            records: Vec::new(),
            kept: Vec::new(),
            locked: Vec::new(),
        };
        for instance in instances.all.clone() {
            instances.look_up(&instance);
        }
        instances
    }

    fn look_up(&mut self, instance: &Instance) {
        let mut candidates: Vec<Candidate> = self
            .world
            .package(&instance.package)
            .map_or(Vec::new(), |p| p.releases.iter().map(known).collect());
        let is_here = |package: &str, namespace| {
            package == instance.package && instance.namespace.is_none_or(|n| n == namespace)
        };
        let mut installed = self.world.installed.iter();
        let record = installed.find(|r| is_here(&r.package, r.namespace));
        let kept = record.map(|record| {
            let catalogs = (record.catalog, record.also_in.as_slice());
            let found = self.find(&candidates, (record.version, record.content), catalogs);
            found.unwrap_or_else(|| {
                candidates.push(opaque(record));
                candidates.len() - 1
            })
        });
        let mut locked = self.world.locked.iter();
        let lock = locked.find(|l| is_here(&l.package, l.namespace.unwrap_or(HOME)));
        let locked = lock.and_then(|lock| {
            let is_it = |c: &Candidate| c.release.is_opaque && c.release.version == lock.version;
            let catalogs = (lock.catalog, lock.also_in.as_slice());
            let found = self.find(&candidates, (lock.version, lock.content), catalogs);
            found.or_else(|| candidates.iter().position(is_it))
        });
        self.candidates.push(candidates);
        self.records.push(record);
        self.kept.push(kept);
        self.locked.push(locked);
    }

    /// The release with a text that holds something, that of the catalog that is named first before that of any other. Else the one with that text in
    /// the catalog that is named first; else the only one of equal precedence and build in the first catalog that has just one.
    fn find(
        &self,
        candidates: &[Candidate],
        (text, content): (&str, Option<&str>),
        (catalog, others): (Option<&'static str>, &[&'static str]),
    ) -> Option<usize> {
        let others = others.iter().map(|name| Some(*name));
        let catalogs = Vec::from_iter(std::iter::once(catalog).chain(others));
        let known = (0..candidates.len()).filter(|c| !candidates[*c].release.is_opaque);
        let known = Vec::from_iter(known);
        let of = |catalog: Option<&'static str>| {
            let is_there = move |c: &usize| candidates[*c].release.is_of(catalog);
            let mut there = Vec::from_iter(known.iter().copied().filter(is_there));
            there.sort_by_key(|c| self.rank(&candidates[*c].release));
            there
        };
        let has_text = |c: &usize| candidates[*c].release.version == text;
        let holds = |c: &usize| has_text(c) && Some(candidates[*c].release.content()) == content;
        let there = || catalogs.iter().flat_map(|catalog| of(*catalog));
        let the_same = there().find(holds);
        the_same
            .or_else(|| of(None).into_iter().find(holds))
            .or_else(|| there().find(has_text))
            .or_else(|| {
                catalogs.iter().find_map(|catalog| {
                    let mut equal = of(*catalog);
                    equal.retain(|c| is_same_version(candidates[*c].release.version, text));
                    (equal.len() == 1).then(|| equal[0])
                })
            })
    }

    /// Of two releases the one that is lower has priority, by its first catalog, whatever is excluded.
    pub(crate) fn rank(&self, release: &Release) -> (usize, &'static str) {
        let ranks = release.catalogs().map(|one| self.world.catalog_rank(one));
        ranks.min().unwrap()
    }

    /// The catalogs that have a release of an instance, that first which it is named after.
    pub(crate) fn catalogs_of(&self, instance: usize, release: usize) -> Vec<Option<&'static str>> {
        let package = &self.all[instance].package;
        self.world
            .catalogs_of(package, self.release(instance, release))
    }

    /// The catalog that a release of an instance is named after.
    pub(crate) fn catalog_of(&self, instance: usize, release: usize) -> Option<&'static str> {
        self.catalogs_of(instance, release)[0]
    }

    /// The priority of that catalog: lower is better.
    pub(crate) fn preference(&self, instance: usize, release: usize) -> (usize, &'static str) {
        self.world.catalog_rank(self.catalog_of(instance, release))
    }

    pub(crate) fn candidate(&self, instance: usize, release: usize) -> &Candidate {
        &self.candidates[instance][release]
    }

    pub(crate) fn release(&self, instance: usize, release: usize) -> &Release {
        &self.candidate(instance, release).release
    }

    pub(crate) fn version(&self, instance: usize, release: usize) -> Option<&Version> {
        self.candidate(instance, release).version.as_ref()
    }

    pub(crate) fn releases(&self, instance: usize) -> std::ops::Range<usize> {
        0..self.candidates[instance].len()
    }

    pub(crate) fn is_kept(&self, instance: usize, release: usize) -> bool {
        self.kept[instance] == Some(release)
    }

    pub(crate) fn is_locked(&self, instance: usize, release: usize) -> bool {
        self.locked[instance] == Some(release)
    }

    pub(crate) fn is_installed(&self, instance: usize) -> bool {
        self.kept[instance].is_some()
    }

    pub(crate) fn is_named(&self, instance: usize) -> bool {
        self.world.names(&self.all[instance].package)
    }

    /// Where an instance lives: what it calls "here". A cluster-wide one lives where it is installed, else where its package says.
    pub(crate) fn lives(&self, instance: usize) -> &'static str {
        let Instance { package, namespace } = &self.all[instance];
        let installed = || self.records[instance].map(|record| record.namespace);
        let says = || self.world.package(package).map(|p| p.namespace);
        namespace.or_else(installed).or_else(says).unwrap()
    }

    /// The objects that a release ships at an instance, each with its content: its own stand where it lives.
    pub(crate) fn objects(
        &self,
        instance: usize,
        release: usize,
    ) -> impl Iterator<Item = (String, &'static str)> {
        let lives = self.lives(instance);
        let shipped = self.release(instance, release).definitions.iter();
        shipped.map(move |(object, content)| {
            let object = match object.strip_prefix("own:") {
                Some(own) => format!("{lives}:{own}"),
                None => (*object).to_owned(),
            };
            (object, *content)
        })
    }

    /// The instance of a package that one who lives somewhere means; none if there is nothing to choose.
    pub(crate) fn place(&self, package: &str, here: &str) -> Option<usize> {
        let is_meant = |i: &Instance| i.package == package && i.namespace.is_none_or(|n| n == here);
        self.all.iter().position(is_meant)
    }

    /// An asker sees cluster instances and those where it lives.
    pub(crate) fn sees(&self, instance: usize, other: usize) -> bool {
        let namespace = self.all[other].namespace;
        namespace.is_none_or(|namespace| namespace == self.lives(instance))
    }

    /// Conflicts reach instances if either side is cluster-wide or both share a namespace.
    pub(crate) fn reaches(&self, a: usize, b: usize) -> bool {
        let (one, other) = (self.all[a].namespace, self.all[b].namespace);
        a != b && (one.is_none() || other.is_none() || one == other)
    }

    pub(crate) fn allows_prereleases(&self, instance: usize) -> bool {
        let package = &self.all[instance].package;
        self.world.all_prereleases || self.world.prereleases.contains(package)
    }

    /// Whether an interval has a version; one that cannot be read is in `*` alone.
    pub(crate) fn is_in_interval(&self, range: &VersionRange, i: usize, release: usize) -> bool {
        match self.version(i, release) {
            Some(version) => range.set().contains(version),
            None => range.is_any(),
        }
    }
}

/// Every package at every place that anything in the world mentions.
fn places(world: &World) -> Vec<Instance> {
    let mut namespaces = BTreeSet::from([HOME]);
    namespaces.extend(world.packages.iter().map(|p| p.namespace));
    namespaces.extend(world.installed.iter().map(|record| record.namespace));
    namespaces.extend(world.items.iter().filter_map(|item| item.namespace));
    namespaces.extend(world.locked.iter().filter_map(|record| record.namespace));
    let mut all = BTreeSet::new();
    for Package {
        name,
        is_namespaced,
        ..
    } in &world.packages
    {
        let at = |namespace| Instance {
            package: name.clone(),
            namespace,
        };
        match is_namespaced {
            true => all.extend(namespaces.iter().map(|namespace| at(Some(*namespace)))),
            false => all.extend([at(None)]),
        }
    }
    // What is installed and known to no catalog is cluster-wide.
    let unknown = world
        .installed
        .iter()
        .filter(|record| world.package(&record.package).is_none());
    all.extend(unknown.map(|record| Instance {
        package: record.package.clone(),
        namespace: None,
    }));
    all.into_iter().collect()
}

fn known(release: &Release) -> Candidate {
    Candidate {
        release: release.clone(),
        version: Some(Version::parse(release.version).unwrap()),
    }
}

fn opaque(record: &Installed) -> Candidate {
    Candidate {
        release: Release {
            version: record.version,
            catalog: record.catalog,
            also_in: record.also_in.clone(),
            is_opaque: true,
            ..Release::default()
        },
        version: Version::parse(record.version).ok(),
    }
}

/// Whether two texts mean one version: they are equal, or have equal precedence and build.
pub(crate) fn is_same_version(one: &str, other: &str) -> bool {
    let read = |text| Version::parse(text).ok();
    let is_equal = |one: Version| read(other).is_some_and(|o| one.same_precedence_and_build(&o));
    one == other || read(one).is_some_and(is_equal)
}

/// A version and all that are higher.
pub(crate) fn at_least(version: &Version) -> VersionSet {
    let (major, minor, patch) = (version.major(), version.minor(), version.patch());
    let mut text = format!(">={major}.{minor}.{patch}");
    for (mark, part) in [('-', version.prerelease()), ('+', version.build())] {
        if !part.is_empty() {
            text.push(mark);
            text.push_str(part);
        }
    }
    VersionRange::parse(&text).unwrap().set().clone()
}
