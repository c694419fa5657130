//! Changes to a request that would help, each of them tried.

use catalog_model::version::{Version, VersionRange};

use super::core::CoreClause;
use super::near::near;
use super::phrase;
use super::{Conflict, Lever};
use crate::encode::{Encoder, Fact};
use crate::request::{Item, Request};
use crate::resolution::Resolution;
use crate::resolve::{Outcome, resolve};
use crate::universe::{Relation, Universe};

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
pub(super) fn levers(encoder: &Encoder<'_>, clause: &CoreClause) -> Vec<Lever> {
    match &clause.fact {
        Fact::Item(position) => {
            let item = encoder.request.items.get(*position);
            let is_known = |item: &&Item| {
                let package = encoder.universe.find(&item.package);
                package.is_some_and(|id| encoder.universe.package(id).is_known())
            };
            let unknown = item.filter(|item| !is_known(item));
            let near =
                unknown.and_then(|item| near(&item.package, encoder.universe.package_names()));
            vec![Lever::Item(*position, near.map(str::to_owned))]
        }
        Fact::ItemPrerelease(_) | Fact::DependencyPrerelease(..) => {
            let asker = match clause.fact {
                Fact::DependencyPrerelease(asker, _) => Some(asker),
                _ => None,
            };
            let targets = clause.terms.iter().filter(|(var, _)| Some(*var) != asker);
            targets
                .map(|(var, _)| Lever::Prereleases(encoder.package(*var).name.clone()))
                .collect()
        }
        Fact::Requires(asker, id) => match &encoder.package(*asker).relations[*id] {
            Relation::Requires(capability) => {
                let providers = encoder.universe.providers(*capability).iter();
                let packages = providers.map(|id| encoder.universe.package(*id));
                let with_prereleases = packages.filter(|p| {
                    let mut giving = p
                        .releases
                        .iter()
                        .filter(|r| r.provides.contains(capability));
                    p.has_stable && giving.any(|r| r.version.is_prerelease())
                });
                with_prereleases
                    .map(|p| Lever::Prereleases(p.name.clone()))
                    .collect()
            }
            Relation::Dependency(_) | Relation::Conflict(_) => Vec::new(),
        },
        Fact::Excluded(var, reason) => {
            let releases = phrase::releases(encoder, *var, &clause.ruled_out(encoder, *var));
            vec![Lever::Exclusion {
                package: encoder.package(*var).name.clone(),
                reason: reason.to_string(),
                releases: releases.text,
            }]
        }
        Fact::Yanked(var, _) => {
            let newest = clause
                .ruled_out(encoder, *var)
                .first()
                .and_then(|value| encoder.release(*var, value));
            let package = &encoder.package(*var).name;
            newest
                .map(|r| Lever::Yanked(package.clone(), r.version.to_string()))
                .into_iter()
                .collect()
        }
        Fact::Dependency(..) | Fact::Conflict(..) | Fact::Definition(..) | Fact::Cycle(_) => {
            Vec::new()
        }
    }
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

fn exactly(version: &str) -> Option<VersionRange> {
    Version::parse(version).ok()?;
    VersionRange::parse(&format!("={version}")).ok()
}

fn change_item(request: &Request, position: usize, near: Option<&str>) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    let Some(item) = request.items.get(position) else {
        return attempts;
    };
    let mut replaced = |cost: u32, new: Item, wording: Wording| {
        let mut request = request.clone();
        if let Some(item) = request.items.get_mut(position) {
            *item = new;
        }
        attempts.push(Attempt {
            cost,
            request,
            wording,
        });
    };
    let package = &item.package;
    if let Some(near) = near {
        let new = Item {
            package: near.to_owned(),
            ..item.clone()
        };
        replaced(
            0,
            new,
            Wording::Fixed(format!("ask for {near} instead of {package}")),
        );
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
        replaced(1, new, wording);
    }
    if let Some(catalog) = &item.catalog {
        let new = Item {
            catalog: None,
            ..item.clone()
        };
        replaced(
            2,
            new,
            Wording::Fixed(format!(
                "take {package} from another catalog than {catalog}"
            )),
        );
    }
    if request.items.len() > 1 {
        let mut request = request.clone();
        request.items.remove(position);
        attempts.push(Attempt {
            cost: 6,
            request,
            wording: Wording::Fixed(format!("do without {package}")),
        });
    }
    attempts
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
