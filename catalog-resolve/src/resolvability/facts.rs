//! What an answer can depend on, as texts: so that two universes, which number things each in its own way, can be compared.

use std::collections::{BTreeMap, BTreeSet};

use super::ByRelease;
use crate::universe::{CatalogId, DefinitionId, Package, PackageId, Relation, Release, Universe};

/// What tells the releases of a package apart: the version's text, and the catalog's name.
pub(super) type ReleaseKey = (String, Option<String>);

/// The content of a definition, called by the first release that has it. What it is called may change though the content does not; that two contents are
/// one cannot become otherwise without one of them being called otherwise.
type ContentName = (PackageId, ReleaseKey);

/// All packages that have releases, by name.
pub(super) struct Facts {
    pub(super) packages: BTreeMap<String, PackageFacts>,
}

/// What is known of a package.
pub(super) struct PackageFacts {
    /// What is true of all releases.
    pub(super) whole: String,
    /// Each by the first catalog that has it.
    pub(super) releases: ByRelease<ReleaseFacts>,
    /// Those that others have too, by each of these.
    elsewhere: ByRelease<ReleaseKey>,
}

/// What is known of a release.
pub(super) struct ReleaseFacts {
    /// What it is known by, in each of the catalogs that have it, by falling priority.
    pub(super) keys: Vec<ReleaseKey>,
    /// What it says, in an order of its own.
    says: BTreeSet<String>,
    /// The packages that may come with it: dependencies, and whoever provides what it requires.
    pub(super) leads_to: BTreeSet<String>,
}

/// For each content of an object that several packages ship, what it is called.
type Contents<'u> = BTreeMap<(DefinitionId, &'u str), String>;

impl Facts {
    pub(super) fn of(universe: &Universe) -> Self {
        let contents = contents(universe);
        let ids = universe.package_ids();
        let known = ids.filter(|id| universe.package(*id).is_known());
        let packages = known.map(|id| {
            let package = universe.package(id);
            let facts = PackageFacts::of(universe, package, &contents);
            (package.name.to_string(), facts)
        });
        Self {
            packages: packages.collect(),
        }
    }

    /// The release that has one of these keys, with the one it has for the first catalog that has it.
    pub(super) fn release(
        &self,
        package: &str,
        keys: &[ReleaseKey],
    ) -> Option<(&ReleaseKey, &ReleaseFacts)> {
        let facts = self.packages.get(package)?;
        keys.iter().find_map(|key| {
            let key = facts.elsewhere.get(key).unwrap_or(key);
            facts.releases.get_key_value(key)
        })
    }
}

impl PackageFacts {
    fn of(universe: &Universe, package: &Package, contents: &Contents<'_>) -> Self {
        let releases = package.releases.ids().map(|id| {
            let release = &package.releases[id];
            let mut facts = ReleaseFacts::beside_relations(universe, release, contents);
            for (_, relation) in package.relation_ids(id) {
                facts.add(universe, relation);
            }
            (key(universe, release), facts)
        });
        let releases = ByRelease::from_iter(releases);
        let elsewhere = releases.iter().flat_map(|(first, facts)| {
            let others = facts.keys.iter().skip(1);
            others.map(|key| (key.clone(), first.clone()))
        });
        let (scope, namespace) = (package.scope, &package.namespace);
        Self {
            whole: format!("{scope:?} {namespace} {}", package.has_stable),
            elsewhere: elsewhere.collect(),
            releases,
        }
    }
}

impl ReleaseFacts {
    fn beside_relations(universe: &Universe, release: &Release, contents: &Contents<'_>) -> Self {
        let provides = release.provides.iter();
        let provides = provides.map(|id| format!("provides {}", universe.capability(*id)));
        let ships = release.definitions.iter().filter_map(|shipped| {
            let content = contents.get(&(shipped.name, shipped.digest.as_str()))?;
            let (object, place) = (universe.object(shipped.name, None), &shipped.place);
            Some(format!("ships {object} in {place:?} as {content}"))
        });
        let group = release.group.iter().map(|group| format!("group {group}"));
        let yanked = release.yanked.iter().map(|_| "yanked".to_owned());
        let others = universe.also_in(release).into_iter();
        let others = others.map(|name| format!("also in {name}"));
        let says = provides.chain(ships).chain(group).chain(yanked);
        let keys = release.catalogs().map(|id| key_in(universe, release, id));
        Self {
            keys: keys.collect(),
            says: says.chain(others).collect(),
            leads_to: BTreeSet::new(),
        }
    }

    fn add(&mut self, universe: &Universe, relation: &Relation) {
        let name = |id: PackageId| universe.package(id).name.to_string();
        self.says.insert(match relation {
            Relation::Dependency(dependency) => {
                let package = name(dependency.package);
                let catalog = dependency.catalog.as_deref().map(|catalog| match catalog {
                    Ok(id) => universe.catalog(*id).unwrap_or_default().to_owned(),
                    Err(unknown) => unknown.clone(),
                });
                let (range, verb) = (
                    dependency.range.as_str(),
                    match dependency.is_optional {
                        true => "goes with",
                        false => "needs",
                    },
                );
                let text = format!("{verb} {package} {range} of {catalog:?}");
                // What is optional is not pulled in: it is there only if something else leads to it.
                if !dependency.is_optional {
                    self.leads_to.insert(package);
                }
                text
            }
            Relation::Conflict(conflict) => {
                let range = conflict.range.as_str();
                format!("conflicts {} {range}", name(conflict.package))
            }
            Relation::Requires(capability) => {
                let providers = universe.providers(*capability).iter();
                self.leads_to.extend(providers.map(|id| name(*id)));
                format!("requires {}", universe.capability(*capability))
            }
        });
    }

    /// Whether both say the same, wherever that leads.
    pub(super) fn say_the_same(&self, other: &Self) -> bool {
        self.says == other.says
    }
}

fn key(universe: &Universe, release: &Release) -> ReleaseKey {
    key_in(universe, release, release.catalog)
}

fn key_in(universe: &Universe, release: &Release, catalog: CatalogId) -> ReleaseKey {
    let catalog = universe.catalog(catalog).map(str::to_owned);
    (release.version.as_str().to_owned(), catalog)
}

/// What the contents of objects are called that more than one package ships: of others nobody can be in the way.
fn contents(universe: &Universe) -> Contents<'_> {
    let mut first: BTreeMap<(DefinitionId, &str), ContentName> = BTreeMap::new();
    let mut shipped_by: BTreeMap<DefinitionId, BTreeSet<PackageId>> = BTreeMap::new();
    for id in universe.package_ids() {
        for release in universe.package(id).releases.iter() {
            for shipped in &release.definitions {
                shipped_by.entry(shipped.name).or_default().insert(id);
                let name = (id, key(universe, release));
                let known = first.entry((shipped.name, shipped.digest.as_str()));
                known
                    .and_modify(|known| {
                        if name < *known {
                            *known = name.clone();
                        }
                    })
                    .or_insert(name);
            }
        }
    }
    let is_shared = |definition: &DefinitionId| {
        let by = shipped_by.get(definition);
        by.is_some_and(|packages| packages.len() > 1)
    };
    let shared = first
        .into_iter()
        .filter(|((definition, _), _)| is_shared(definition));
    let named = shared.map(|(content, (id, key))| {
        let package = &universe.package(id).name;
        (content, format!("{package} {key:?}"))
    });
    named.collect()
}
