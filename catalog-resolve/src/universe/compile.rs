//! From texts to a universe: reading versions and ranges, ordering releases, merging what they say alike.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use catalog_model::version::{Version, VersionRange};
use catalog_model::{Capability, Diagnostic};

use super::Universe;
use super::builder::UniverseBuilder;
use super::index::Index;
use super::release::{
    CapabilityId, Carriers, CatalogId, DefinitionId, Dependency, Package, PackageConflict,
    PackageId, Relation, RelationId, Release, ReleaseId, Shipped, UpgradesFrom,
};
use super::spec::{DependencySpec, ReleaseSpec};
use crate::stated::StatedVersion;

/// What is known before any release is compiled.
struct Names {
    packages: BTreeMap<String, PackageId>,
    capabilities: BTreeMap<Capability, CapabilityId>,
    catalogs: BTreeMap<Option<String>, CatalogId>,
}

/// A release whose version has been read.
#[derive(Clone)]
struct Read {
    version: Version,
    /// By falling priority.
    catalogs: Vec<CatalogId>,
    spec: ReleaseSpec,
}

struct Compiler {
    names: Names,
    definitions: HashMap<String, DefinitionId>,
    ranges: HashMap<String, Option<VersionRange>>,
    universe: Universe,
}

/// What a relation is, as texts: releases that say the same share it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum RelationKey {
    Dependency(DependencySpec),
    Conflict(String, String),
    Requires(CapabilityId),
}

/// What releases of one package say of others.
#[derive(Default)]
struct Relations {
    ids: BTreeMap<RelationKey, RelationId>,
    /// Who says so.
    carriers: Index<RelationId, Vec<ReleaseId>>,
}

pub(super) fn compile(mut builder: UniverseBuilder) -> Universe {
    let mut compiler = Compiler::new(&builder);
    let unusable = std::mem::take(&mut builder.unusable);
    for (name, releases) in builder.releases {
        compiler.package(&name, releases);
    }
    for (package, version) in unusable {
        compiler.unusable(&package, version);
    }
    compiler.finish()
}

impl Compiler {
    fn new(builder: &UniverseBuilder) -> Self {
        let names = Names::of(builder);
        let packages: Vec<_> = names
            .packages
            .keys()
            .map(|n| Package::mentioned(n))
            .collect();
        let mut capabilities: Vec<_> = names
            .capabilities
            .iter()
            .map(|(c, id)| (*id, c.clone()))
            .collect();
        capabilities.sort_unstable();
        let mut catalogs: Vec<_> = names
            .catalogs
            .iter()
            .map(|(c, id)| (*id, c.clone()))
            .collect();
        catalogs.sort_unstable();
        let universe = Universe {
            packages: packages.into(),
            by_name: names.packages.clone(),
            capabilities: capabilities
                .into_iter()
                .map(|(_, c)| c)
                .collect::<Vec<_>>()
                .into(),
            by_capability: names.capabilities.clone(),
            catalogs: catalogs
                .into_iter()
                .map(|(_, c)| c)
                .collect::<Vec<_>>()
                .into(),
            diagnostics: builder.diagnostics.clone(),
            ..Universe::default()
        };
        Self {
            names,
            definitions: HashMap::new(),
            ranges: HashMap::new(),
            universe,
        }
    }

    fn finish(mut self) -> Universe {
        let mut providers = vec![BTreeSet::new(); self.universe.capabilities.len()];
        for id in self.universe.packages.ids() {
            for release in self.universe.packages[id].releases.iter() {
                for capability in &release.provides {
                    if let Some(of) = providers.get_mut(u32::from(*capability) as usize) {
                        of.insert(id);
                    }
                }
            }
        }
        let providers: Vec<Vec<_>> = providers
            .into_iter()
            .map(|p| p.into_iter().collect())
            .collect();
        self.universe.providers = providers.into();
        self.universe
    }

    fn unusable(&mut self, package: &str, version: String) {
        if let Some(id) = self.names.packages.get(package) {
            self.universe.packages[*id].unusable.push(version);
        }
    }

    fn package(&mut self, name: &str, specs: Vec<ReleaseSpec>) {
        let mut read: Vec<Read> = specs
            .into_iter()
            .filter_map(|spec| self.read(spec))
            .collect();
        read.sort_by(Read::by_preference);
        let (read, repeated) = told_apart(united(read));
        let Some(newest) = newest(&read).cloned() else {
            return;
        };
        let mut package = Package {
            scope: newest.spec.scope,
            namespace: newest
                .spec
                .namespace
                .map_or_else(|| Arc::from(name), Arc::from),
            is_deprecated: newest.spec.is_deprecated,
            ..Package::mentioned(name)
        };
        let mut relations = Relations::default();
        self.universe.diagnostics.extend(repeated);
        for release in read {
            let text = release.version.as_str().to_owned();
            let fits = release.spec.scope == package.scope;
            if !fits {
                let diagnostic = of_another_scope(&release.spec, &newest.version);
                self.universe.diagnostics.push(diagnostic);
            }
            let is_used = fits && self.release(&mut package, &mut relations, release);
            if !is_used {
                self.unusable(name, text);
            }
        }
        package.has_stable = package.releases.iter().any(|r| !r.version.is_prerelease());
        package.has_prerelease = package.releases.iter().any(|r| r.version.is_prerelease());
        package.has_yanked = package.releases.iter().any(|r| r.yanked.is_some());
        package.has_edges = package.releases.iter().any(|r| r.upgrades_from.is_some());
        package.falling = falling(&package);
        package.by_text = by_text(&package);
        let releases = package.releases.len();
        let carriers = relations.carriers.into_iter();
        let carriers = carriers.map(|ids| Carriers::new(ids, releases));
        package.carriers = carriers.collect::<Vec<_>>().into();
        if let Some(id) = self.names.packages.get(name) {
            let unusable = std::mem::take(&mut self.universe.packages[*id].unusable);
            self.universe.packages[*id] = Package {
                unusable,
                ..package
            };
        }
    }

    fn read(&mut self, spec: ReleaseSpec) -> Option<Read> {
        let others = spec.also_in.iter().cloned().map(Some);
        let names = std::iter::once(spec.catalog.clone()).chain(others);
        let ids = names.filter_map(|name| self.names.catalogs.get(&name).copied());
        let mut catalogs: Vec<_> = ids.collect();
        catalogs.sort_unstable();
        catalogs.dedup();
        match Version::parse(&spec.version) {
            Ok(version) => Some(Read {
                version,
                catalogs,
                spec,
            }),
            Err(error) => {
                let message = format!("the version of `{}` cannot be read: {error}", spec.package);
                let diagnostic = Diagnostic::error("universe.version.unreadable", message)
                    .help("the release is left out; give it a version such as `1.2.3`");
                self.report(&spec, diagnostic);
                self.unusable(&spec.package, spec.version.clone());
                None
            }
        }
    }

    /// Adds a release to its package; false if something it says cannot be understood.
    fn release(&mut self, package: &mut Package, known: &mut Relations, read: Read) -> bool {
        let catalog = read.first_catalog();
        let also_in = read.catalogs.get(1..).unwrap_or_default().into();
        let Read { version, spec, .. } = read;
        let Some(keys) = self.relations(&spec) else {
            return false;
        };
        let mut relations = Vec::with_capacity(keys.len());
        for key in keys {
            let id = match known.ids.get(&key) {
                Some(id) => *id,
                None => {
                    let Some(relation) = self.relation(&key) else {
                        return false;
                    };
                    let id = package.relations.push(relation);
                    known.carriers.push(Vec::new());
                    known.ids.insert(key, id);
                    id
                }
            };
            relations.push(id);
        }
        let provides: BTreeSet<_> = spec
            .provides
            .iter()
            .filter_map(|c| self.names.capabilities.get(c))
            .copied()
            .collect();
        let upgrades_from = self.upgrades_from(&spec);
        let definitions = spec.definitions.iter();
        let definitions = definitions
            .map(|spec| Shipped {
                name: self.definition(&spec.name),
                place: spec.place.clone(),
                digest: spec.digest.clone(),
            })
            .collect();
        let is_need = |id: &RelationId| match &package.relations[*id] {
            Relation::Dependency(dependency) => !dependency.is_optional,
            Relation::Conflict(_) | Relation::Requires(_) => false,
        };
        let release = package.releases.push(Release {
            version,
            catalog,
            also_in,
            group: spec.group,
            only_needs: relations.iter().all(is_need),
            relations: relations.clone(),
            provides: provides.into_iter().collect(),
            definitions,
            upgrades_from,
            yanked: spec.yanked,
            digest: spec.digest.map(String::into_boxed_str),
        });
        for id in relations {
            known.carriers[id].push(release);
        }
        let namespace = spec.namespace.as_deref().unwrap_or(&package.name);
        if *namespace != *package.namespace {
            package.elsewhere.insert(release, Arc::from(namespace));
        }
        true
    }

    fn upgrades_from(&mut self, spec: &ReleaseSpec) -> Option<Box<UpgradesFrom>> {
        let stated = &spec.upgrades_from;
        let is_stated = !stated.versions.is_empty() || stated.range.is_some();
        is_stated
            .then(|| UpgradesFrom {
                versions: stated.versions.iter().map(StatedVersion::new).collect(),
                range: stated.range.as_ref().and_then(|range| self.range(range)),
            })
            .map(Box::new)
    }

    fn definition(&mut self, name: &str) -> DefinitionId {
        if let Some(id) = self.definitions.get(name) {
            return *id;
        }
        let id = self.universe.definitions.push(name.to_owned());
        self.definitions.insert(name.to_owned(), id);
        id
    }

    /// Everything a release says of others, checked; nothing if it cannot be used.
    fn relations(&mut self, spec: &ReleaseSpec) -> Option<Vec<RelationKey>> {
        let mut keys = BTreeSet::new();
        let mut is_usable = true;
        let mut names = BTreeSet::new();
        for dependency in &spec.dependencies {
            if dependency.package == spec.package {
                let message = format!("`{}` {} depends on itself", spec.package, spec.version);
                self.report(
                    spec,
                    Diagnostic::error("universe.dependency.self", message)
                        .help("the release is left out; remove the dependency"),
                );
                is_usable = false;
            }
            if !names.insert(&dependency.package) {
                let message = format!(
                    "`{}` {} names the dependency `{}` more than once",
                    spec.package, spec.version, dependency.package
                );
                self.report(
                    spec,
                    Diagnostic::warning("universe.dependency.duplicate", message)
                        .help("all of them have to be met; write one range"),
                );
            }
            is_usable &= self.is_readable(spec, &dependency.package, &dependency.range);
            keys.insert(RelationKey::Dependency(dependency.clone()));
        }
        for (package, range) in &spec.conflicts {
            is_usable &= self.is_readable(spec, package, range);
            keys.insert(RelationKey::Conflict(package.clone(), range.clone()));
        }
        if let Some(range) = &spec.upgrades_from.range {
            is_usable &= self.is_readable(spec, &spec.package, range);
        }
        let requires = spec
            .requires
            .iter()
            .filter_map(|c| self.names.capabilities.get(c));
        keys.extend(requires.map(|id| RelationKey::Requires(*id)));
        is_usable.then(|| keys.into_iter().collect())
    }

    fn is_readable(&mut self, spec: &ReleaseSpec, package: &str, range: &str) -> bool {
        if self.range(range).is_some() {
            return true;
        }
        let reason = VersionRange::parse(range)
            .err()
            .map_or_else(String::new, |e| format!(": {e}"));
        let message = format!(
            "the range `{range}` for `{package}` in `{}` {} cannot be read{reason}",
            spec.package, spec.version
        );
        self.report(
            spec,
            Diagnostic::error("universe.range.unreadable", message)
                .help("the release is left out; write a range such as `>=1.2, <2`"),
        );
        false
    }

    fn range(&mut self, text: &str) -> Option<VersionRange> {
        if let Some(range) = self.ranges.get(text) {
            return range.clone();
        }
        let range = VersionRange::parse(text).ok();
        self.ranges.insert(text.to_owned(), range.clone());
        range
    }

    fn relation(&mut self, key: &RelationKey) -> Option<Relation> {
        Some(match key {
            RelationKey::Dependency(spec) => Relation::Dependency(Dependency {
                package: self.names.packages.get(&spec.package).copied()?,
                range: self.range(&spec.range)?,
                catalog: spec.catalog.as_ref().map(|name| {
                    let id = self.names.catalogs.get(&Some(name.clone())).copied();
                    Box::new(id.ok_or_else(|| name.clone()))
                }),
                is_optional: spec.is_optional,
                admitted: OnceLock::new(),
            }),
            RelationKey::Conflict(package, range) => Relation::Conflict(PackageConflict {
                package: self.names.packages.get(package).copied()?,
                range: self.range(range)?,
                inside: OnceLock::new(),
            }),
            RelationKey::Requires(id) => Relation::Requires(*id),
        })
    }

    fn report(&mut self, spec: &ReleaseSpec, diagnostic: Diagnostic) {
        let diagnostic = diagnostic.about(&spec.package, Some(&spec.version));
        self.universe.diagnostics.push(diagnostic);
    }
}

/// The releases by the texts of their versions.
fn by_text(package: &Package) -> Box<[ReleaseId]> {
    let mut by_text = Vec::from_iter(package.releases.ids());
    by_text.sort_by_key(|id| package.releases[*id].version.as_str());
    by_text.into()
}

/// The runs of a package's releases in which versions only fall.
fn falling(package: &Package) -> Vec<Range<u32>> {
    let mut runs: Vec<Range<u32>> = Vec::new();
    let mut last: Option<&Release> = None;
    for (id, release) in (0..).zip(package.releases.iter()) {
        match runs.last_mut() {
            Some(run) if last.is_some_and(|last| last.version > release.version) => {
                run.end = id + 1;
            }
            _ => runs.push(id..id + 1),
        }
        last = Some(release);
    }
    runs
}

/// Of releases that several catalogs have with one version and one digest, the first, with the catalogs of all. One that brings no other catalog is left:
/// it says the same twice.
fn united(read: Vec<Read>) -> Vec<Read> {
    let mut known: HashMap<(Version, String), usize> = HashMap::new();
    let mut united: Vec<Read> = Vec::with_capacity(read.len());
    for release in read {
        let digest = release.spec.digest.clone();
        let first = digest.map(|digest| {
            let key = (release.version.clone(), digest);
            *known.entry(key).or_insert(united.len())
        });
        match first.and_then(|first| united.get_mut(first)) {
            Some(first)
                if !release
                    .catalogs
                    .iter()
                    .all(|one| first.catalogs.contains(one)) =>
            {
                first.catalogs.extend(release.catalogs);
                first.catalogs.sort_unstable();
                first.catalogs.dedup();
            }
            _ => united.push(release),
        }
    }
    united
}

/// The releases, each of those catalogs alone in which none before it has its version, and what is to be said of those in which one has.
fn told_apart(read: Vec<Read>) -> (Vec<Read>, Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    let mut repeated = Vec::new();
    let mut apart = Vec::with_capacity(read.len());
    for mut release in read {
        let count = release.catalogs.len();
        let version = release.version.clone();
        release
            .catalogs
            .retain(|one| seen.insert((*one, version.clone())));
        if release.catalogs.len() < count {
            repeated.push(there_already(&release.spec));
        }
        if !release.catalogs.is_empty() {
            apart.push(release);
        }
    }
    // One that lost its first catalog is not where it was.
    apart.sort_by(Read::by_preference);
    (apart, repeated)
}

impl Read {
    /// Preference where a request says nothing else: catalog, stable first, newest.
    fn by_preference(&self, other: &Self) -> Ordering {
        let rank = |read: &Self| (read.first_catalog(), read.version.is_prerelease());
        let by_catalog = rank(self).cmp(&rank(other));
        by_catalog.then_with(|| other.version.cmp(&self.version))
    }

    fn first_catalog(&self) -> CatalogId {
        // A release that names no catalog is of the first.
        self.catalogs.first().copied().unwrap_or(CatalogId::from(0))
    }
}

/// The release that speaks for its package.
fn newest(read: &[Read]) -> Option<&Read> {
    let rank = |r: &Read| {
        (
            !r.version.is_prerelease(),
            r.version.clone(),
            std::cmp::Reverse(r.first_catalog()),
        )
    };
    read.iter().max_by_key(|r| rank(r))
}

/// Why a release that can be read is left out all the same.
fn of_another_scope(spec: &ReleaseSpec, newest: &Version) -> Diagnostic {
    let (package, version) = (&spec.package, &spec.version);
    let message =
        format!("`{package}` {version} does not have the scope of the newest release, {newest}");
    Diagnostic::error("universe.scope.differs", message)
        .help("the release is left out; the scope of a package cannot change")
        .about(package, Some(version))
}

/// That a catalog has a release of this version before this one.
fn there_already(spec: &ReleaseSpec) -> Diagnostic {
    let (package, version) = (&spec.package, &spec.version);
    Diagnostic::error(
        "universe.release.duplicate",
        format!("`{package}` {version} is there more than once"),
    )
    .help("the first one counts; remove the others")
    .about(package, Some(version))
}

impl Names {
    fn of(builder: &UniverseBuilder) -> Self {
        let mut packages = BTreeSet::new();
        let mut capabilities = BTreeSet::new();
        let mut others = BTreeSet::new();
        for release in builder.releases.values().flatten() {
            packages.insert(release.package.as_str());
            packages.extend(release.dependencies.iter().map(|d| d.package.as_str()));
            packages.extend(
                release
                    .conflicts
                    .iter()
                    .map(|(package, _)| package.as_str()),
            );
            let named = release.requires.iter().chain(&release.provides);
            capabilities.extend(named.map(|c| (c.to_string(), c.clone())));
            let named = release.catalog.iter().chain(&release.also_in);
            others.extend(named.filter(|c| !builder.catalogs.contains(c)));
        }
        packages.extend(builder.unusable.iter().map(|(package, _)| package.as_str()));
        let catalogs = builder.catalogs.iter().chain(others).map(Some);
        Self {
            packages: numbered(packages.into_iter().map(str::to_owned)),
            capabilities: numbered(capabilities.into_iter().map(|(_, c)| c)),
            catalogs: numbered(std::iter::once(None).chain(catalogs).map(|c| c.cloned())),
        }
    }
}

fn numbered<T: Ord, I: From<u32>>(items: impl Iterator<Item = T>) -> BTreeMap<T, I> {
    items.zip((0..).map(I::from)).collect()
}
