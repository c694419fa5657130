//! Changes to a request that would help, each of them tried.

use catalog_model::conditions::suggest::near;
use catalog_model::version::{Version, VersionRange};

use super::core::CoreClause;
use super::phrase;
use super::{Conflict, Lever};
use crate::encode::{Encoder, Fact, Place};
use crate::engine::Var;
use crate::request::{Item, Request};
use crate::resolution::Resolution;
use crate::resolve::{Outcome, resolve};
use crate::universe::{CapabilityId, Universe};

/// Steps that each attempt may take.
const STEPS: u64 = 200_000;
/// Attempts for one conflict.
const ATTEMPTS: usize = 24;

/// A change to the request after which it has an answer.
#[derive(Clone, Debug)]
pub struct Repair {
    change: String,
    request: Request,
    resolution: Resolution,
}

impl Repair {
    /// What to change, as advice: lower case, without a full stop.
    #[must_use]
    pub fn change(&self) -> &str {
        &self.change
    }

    /// The request with the change made.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What the changed request leads to.
    #[must_use]
    pub fn resolution(&self) -> &Resolution {
        &self.resolution
    }
}

/// A change to try: how much it costs the user, and how to say it once it is known what comes of it.
struct Attempt {
    cost: u32,
    request: Request,
    wording: Wording,
}

enum Wording {
    Fixed(String),
    /// Names the version that results for a package.
    Ask {
        package: String,
        instead_of: String,
    },
}

/// Finds single changes to the request that lead to an answer, cheapest first: another version of what is asked for,
/// another catalog, a prerelease, lifting an exclusion, a yanked release, doing without an item. Every change given has
/// been resolved.
///
/// Takes up to two dozen searches with a small budget each.
#[must_use]
pub fn repairs(universe: &Universe, request: &Request, conflict: &Conflict) -> Vec<Repair> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for lever in &conflict.levers {
        attempts.extend(pull(request, lever));
    }
    attempts.sort_by_key(|attempt| attempt.cost);
    attempts.truncate(ATTEMPTS);
    attempts
        .into_iter()
        .filter_map(|attempt| attempt.make(universe))
        .collect()
}

/// What in the request a clause of the conflict hangs on.
pub(super) fn levers(encoder: &Encoder<'_>, clause: &CoreClause<'_>) -> Vec<Lever> {
    let name = |var: Var| encoder.package(var).name.clone();
    let place = |var: Var| {
        let namespace = match &encoder.instance(var).place {
            Place::Cluster => None,
            Place::Namespace(namespace) => Some(namespace.to_string()),
        };
        (name(var), namespace)
    };
    match &clause.fact {
        Fact::Item(item, position) => {
            let package = encoder.universe.find(&item.package);
            let is_known = package.is_some_and(|id| encoder.universe.package(id).is_known());
            let near = (!is_known).then(|| near(&item.package, encoder.universe.package_names()));
            vec![Lever::Item(*position, near.flatten().map(str::to_owned))]
        }
        Fact::ItemPrerelease(item) => vec![Lever::Prereleases(item.package.clone())],
        Fact::DependencyPrerelease(_, dependency) => {
            let package = encoder.universe.package(dependency.package);
            vec![Lever::Prereleases(package.name.clone())]
        }
        Fact::Requires(_, capability) => prerelease_providers(encoder.universe, *capability),
        Fact::Excluded(var, reason) => {
            let releases = phrase::releases(encoder, *var, &clause.ruled_out(encoder, *var));
            vec![Lever::Exclusion {
                package: name(*var),
                reason: (*reason).to_owned(),
                releases: releases.text,
            }]
        }
        Fact::Yanked(var, _) => {
            let newest = clause.ruled_out(encoder, *var).first();
            let newest = newest.and_then(|value| encoder.release(*var, value));
            let lever = newest.map(|r| Lever::Yanked(name(*var), r.version.to_string()));
            lever.into_iter().collect()
        }
        Fact::InstalledPrerelease(var) => vec![Lever::Prereleases(name(*var))],
        Fact::Removed(var) => vec![Lever::Removal(place(*var))],
        Fact::Pinned(var) => vec![Lever::Pin(place(*var))],
        Fact::Stays(var) => vec![Lever::Installed(place(*var))],
        Fact::Dependency(..)
        | Fact::Conflict(..)
        | Fact::Definition(..)
        | Fact::Cycle(_)
        | Fact::Presence(..)
        | Fact::NoWayUp(_)
        | Fact::NoWayDown(_) => Vec::new(),
    }
}

/// The packages of which a prerelease provides a capability.
fn prerelease_providers(universe: &Universe, capability: CapabilityId) -> Vec<Lever> {
    let packages = universe
        .providers(capability)
        .iter()
        .map(|id| universe.package(*id));
    let with_prereleases = packages.filter(|package| {
        let mut releases = package
            .releases
            .iter()
            .filter(|r| r.version.is_prerelease());
        package.has_stable && releases.any(|r| r.provides.contains(&capability))
    });
    with_prereleases
        .map(|package| Lever::Prereleases(package.name.clone()))
        .collect()
}

fn pull(request: &Request, lever: &Lever) -> Vec<Attempt> {
    let attempt = |cost: u32, request: Request, wording: Wording| Attempt {
        cost,
        request,
        wording,
    };
    match lever {
        Lever::Item(position, near) => change_item(request, *position, near.as_deref()),
        Lever::Prereleases(package) => vec![attempt(
            3,
            request.clone().prereleases_of(package),
            Wording::Fixed(format!("allow prereleases of {package}")),
        )],
        Lever::Exclusion {
            package,
            reason,
            releases,
        } => {
            let mut changed = request.clone();
            changed
                .exclusions
                .retain(|e| e.package != *package || e.reason != *reason);
            let wording = Wording::Fixed(format!("allow {releases} all the same"));
            vec![attempt(4, changed, wording)]
        }
        Lever::Removal(of) => {
            let mut changed = request.clone();
            let home = request.home.clone();
            changed.removals.retain(|removal| {
                let namespace = removal.namespace.as_ref().unwrap_or(&home);
                !is_at(of, &removal.package, namespace)
            });
            vec![attempt(
                2,
                changed,
                Wording::Fixed(format!("keep {}", told(of))),
            )]
        }
        Lever::Pin(of) => {
            let mut changed = request.clone();
            for record in &mut changed.installed {
                if is_at(of, record.package(), record.namespace()) {
                    *record = record.clone().unpinned();
                }
            }
            let wording = format!("let {} move: it is pinned", told(of));
            vec![attempt(3, changed, Wording::Fixed(wording))]
        }
        Lever::Installed(of) => {
            let (package, namespace) = of;
            let changed = request.clone();
            let changed = match namespace {
                Some(namespace) => changed.remove_from(namespace, package),
                None => changed.remove(package),
            };
            vec![attempt(
                7,
                changed,
                Wording::Fixed(format!("remove {}", told(of))),
            )]
        }
        Lever::Yanked(package, version) => {
            let Some(range) = exactly(version) else {
                return Vec::new();
            };
            let mut changed = request.clone();
            match changed
                .items
                .iter_mut()
                .find(|item| item.package == *package)
            {
                Some(item) => item.range = range,
                None => changed.items.push(Item::new(package, range)),
            }
            let wording = Wording::Fixed(format!(
                "ask for exactly {package} {version}, though it was yanked"
            ));
            vec![attempt(5, changed, wording)]
        }
    }
}

/// Whether a record is about an instance; of a cluster-wide package there is one, wherever it lives.
fn is_at((package, at): &(String, Option<String>), name: &str, namespace: &str) -> bool {
    package == name && at.as_ref().is_none_or(|at| at == namespace)
}

fn told((package, namespace): &(String, Option<String>)) -> String {
    match namespace {
        Some(namespace) => format!("{package} in {namespace}"),
        None => package.clone(),
    }
}

fn exactly(version: &str) -> Option<VersionRange> {
    Version::parse(version).ok()?;
    VersionRange::parse(&format!("={version}")).ok()
}

/// Other things to ask for in the place of an item, and doing without it.
fn change_item(request: &Request, position: usize, near: Option<&str>) -> Vec<Attempt> {
    let Some(item) = request.items.get(position) else {
        return Vec::new();
    };
    let package = &item.package;
    let mut instead: Vec<(u32, Option<Item>, Wording)> = Vec::new();
    if let Some(near) = near {
        let new = Item {
            package: near.to_owned(),
            ..item.clone()
        };
        let wording = Wording::Fixed(format!("ask for {near} instead of {package}"));
        instead.push((0, Some(new), wording));
    }
    if !item.range.is_any() {
        let new = Item {
            range: VersionRange::any(),
            ..item.clone()
        };
        let wording = Wording::Ask {
            package: package.clone(),
            instead_of: phrase::written(&item.range),
        };
        instead.push((1, Some(new), wording));
    }
    if let Some(catalog) = &item.catalog {
        let new = Item {
            catalog: None,
            ..item.clone()
        };
        let wording = format!("take {package} from another catalog than {catalog}");
        instead.push((2, Some(new), Wording::Fixed(wording)));
    }
    if request.items.len() > 1 {
        instead.push((6, None, Wording::Fixed(format!("do without {package}"))));
    }
    let attempts = instead.into_iter().map(|(cost, item, wording)| {
        let mut request = request.clone();
        request.items.splice(position..=position, item);
        Attempt {
            cost,
            request,
            wording,
        }
    });
    attempts.collect()
}

impl Attempt {
    fn make(self, universe: &Universe) -> Option<Repair> {
        let request = self.request.clone().budget(self.request.steps.min(STEPS));
        let Outcome::Resolved(resolution) = resolve(universe, &request) else {
            return None;
        };
        let change = match self.wording {
            Wording::Fixed(text) => text,
            Wording::Ask {
                package,
                instead_of,
            } => {
                let version = resolution.release(&package)?.version();
                format!("ask for {package} {version} instead of {instead_of}")
            }
        };
        Some(Repair {
            change,
            request: self.request,
            resolution,
        })
    }
}
