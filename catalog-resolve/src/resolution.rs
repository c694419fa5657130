//! The answer: which release of each package, and who needs it.

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::version::Version;

use crate::best::Choice;
use crate::encode::{Encoder, InstanceKey, Place};
use crate::engine::{Value, Var};
use crate::universe::Relation;

/// The releases that a request leads to.
#[derive(Clone, Debug)]
pub struct Resolution {
    pub(crate) releases: Vec<ResolvedRelease>,
    pub(crate) unproven: Option<String>,
    pub(crate) steps: u64,
}

/// One release of a [`Resolution`].
#[derive(Clone, Debug)]
pub struct ResolvedRelease {
    package: String,
    version: Version,
    catalog: Option<String>,
    preferred_catalog: Option<String>,
    namespace: String,
    is_requested: bool,
    needed_by: Vec<String>,
    /// Positions of what it depends on, among all releases.
    pub(crate) needs: Vec<usize>,
    /// Positions of what it would rather come after: optional dependencies, and who provides what it requires.
    pub(crate) follows: Vec<usize>,
}

impl Resolution {
    /// The releases by package name, then by namespace.
    #[must_use]
    pub fn releases(&self) -> &[ResolvedRelease] {
        &self.releases
    }

    /// The first release of a package.
    #[must_use]
    pub fn release(&self, package: &str) -> Option<&ResolvedRelease> {
        self.releases
            .iter()
            .find(|release| release.package == package)
    }

    /// If the budget ended before the answer was known to be the best one: the first package about which it is not known.
    /// The answer is an answer all the same.
    #[must_use]
    pub fn unproven(&self) -> Option<&str> {
        self.unproven.as_deref()
    }

    /// The steps that the search took, as [`Request::budget`](crate::Request::budget) counts them.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    pub(crate) fn new(encoder: &Encoder<'_>, choice: &Choice, steps: u64) -> Self {
        let positions: BTreeMap<&InstanceKey, usize> = choice.keys().zip(0..).collect();
        let positions = |keys: &BTreeSet<InstanceKey>| -> Vec<usize> {
            keys.iter()
                .filter_map(|key| positions.get(key).copied())
                .collect()
        };
        let items = encoder.request.items.iter();
        let requested: BTreeSet<_> = items.filter_map(|item| encoder.item_key(item)).collect();
        let mut needed_by = vec![BTreeSet::new(); choice.len()];
        let mut releases: Vec<ResolvedRelease> = Vec::with_capacity(choice.len());
        for (key, (var, value)) in choice {
            let links = Links::of(encoder, choice, *var, *value);
            for needed in positions(&links.needs)
                .into_iter()
                .chain(positions(&links.providers))
            {
                if let Some(names) = needed_by.get_mut(needed) {
                    names.insert(encoder.package(*var).name.clone());
                }
            }
            let release = ResolvedRelease::new(encoder, *var, *value);
            releases.extend(release.map(|release| ResolvedRelease {
                is_requested: requested.contains(key),
                needs: positions(&links.needs),
                follows: positions(&links.follows),
                ..release
            }));
        }
        for (release, names) in releases.iter_mut().zip(needed_by) {
            release.needed_by = names.into_iter().collect();
        }
        Self {
            releases,
            unproven: None,
            steps,
        }
    }
}

impl ResolvedRelease {
    fn new(encoder: &Encoder<'_>, var: Var, value: Value) -> Option<Self> {
        let (instance, package) = (encoder.instance(var), encoder.package(var));
        let release = encoder.release(var, value)?;
        let best = package.releases.iter().map(|r| r.catalog).min();
        let preferred = best.filter(|best| *best != release.catalog);
        let catalog = |id| encoder.universe.catalog(id).map(str::to_owned);
        Some(Self {
            package: package.name.clone(),
            version: release.version.clone(),
            catalog: catalog(release.catalog),
            preferred_catalog: preferred.and_then(catalog),
            namespace: match &instance.place {
                Place::Cluster => instance.lives.to_string(),
                Place::Namespace(namespace) => namespace.to_string(),
            },
            is_requested: false,
            needed_by: Vec::new(),
            needs: Vec::new(),
            follows: Vec::new(),
        })
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The version, as its author wrote it.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The catalog it comes from, if that has a name.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// A catalog of higher priority that has the package too, but no release of it that is in an answer as good.
    #[must_use]
    pub fn preferred_catalog(&self) -> Option<&str> {
        self.preferred_catalog.as_deref()
    }

    /// Where it goes.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Whether the request asks for it.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.is_requested
    }

    /// What it depends on, as positions among [`Resolution::releases`]; optional dependencies are not in it.
    #[must_use]
    pub fn dependencies(&self) -> &[usize] {
        &self.needs
    }

    /// The packages whose releases depend on it, or require what it provides, by name.
    #[must_use]
    pub fn needed_by(&self) -> &[String] {
        &self.needed_by
    }
}

/// What one chosen release has to do with others.
struct Links {
    needs: BTreeSet<InstanceKey>,
    providers: BTreeSet<InstanceKey>,
    follows: BTreeSet<InstanceKey>,
}

impl Links {
    fn of(encoder: &Encoder<'_>, choice: &Choice, var: Var, value: Value) -> Self {
        let (mut needs, mut providers, mut follows) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for relation in encoder.relations(var, value) {
            match relation {
                Relation::Dependency(dependency) => {
                    let key = encoder.meant_by(var, dependency.package);
                    let list = if dependency.is_optional {
                        &mut follows
                    } else {
                        &mut needs
                    };
                    list.insert(key);
                }
                Relation::Requires(capability) => {
                    let keys = encoder.universe.providers(*capability).iter();
                    let keys = keys.map(|package| encoder.meant_by(var, *package));
                    let gives = |key: &InstanceKey| {
                        choice.get(key).is_some_and(|(provider, value)| {
                            *provider != var
                                && encoder.providing(*provider, *capability).contains(*value)
                        })
                    };
                    providers.extend(keys.filter(gives));
                }
                Relation::Conflict(_) => {}
            }
        }
        follows.extend(providers.iter().cloned());
        follows.retain(|key| choice.contains_key(key) && !needs.contains(key));
        Self {
            needs,
            providers,
            follows,
        }
    }
}
