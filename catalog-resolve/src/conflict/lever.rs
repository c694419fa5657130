//! What in a request a conflict hangs on.

use catalog_model::conditions::suggest::near;

use super::core::CoreClause;
use super::phrase;
use crate::best::Cause;
use crate::encode::{Encoder, Fact, InstalledFact, Place, Preference};
use crate::engine::Var;
use crate::universe::{CapabilityId, Universe};

/// An instance of a package, with its namespace if there may be several.
pub(crate) type Whose = (String, Option<String>);

/// Something in the request that a conflict hangs on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lever {
    /// An item, by position.
    Item {
        position: usize,
        /// ` in x`, if its package may be in several namespaces.
        place: String,
        /// A known package that its name is close to, if it is not known.
        near: Option<String>,
    },
    /// Prereleases of a package, which are not allowed.
    Prereleases(String),
    /// The exclusion of a package's releases for one reason.
    Exclusion {
        package: String,
        reason: String,
        releases: String,
    },
    /// A release that was taken back: of what, and which version.
    Yanked(Whose, String),
    /// What is said of an instance that is installed or locked.
    OfInstalled(Whose, Hold),
    /// That as few changes as can be are asked for.
    FewestChanges,
}

/// What holds an installed instance where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hold {
    /// It is to be removed.
    Removal,
    /// It is pinned.
    Pin,
    /// It is installed, and must be there.
    Stay,
    /// It is installed, and its upgrade is not asked for.
    Release,
    /// It is locked.
    Lock,
}

/// What in the request a clause of the conflict hangs on.
pub(crate) fn levers(encoder: &Encoder<'_>, clause: &CoreClause<'_>) -> Vec<Lever> {
    let name = |var: Var| encoder.package(var).name.to_string();
    match &clause.fact {
        Fact::Item(item, position) => {
            let package = encoder.universe.find(&item.package);
            let is_known = package.is_some_and(|id| encoder.universe.package(id).is_known());
            let near = (!is_known).then(|| near(&item.package, encoder.universe.package_names()));
            vec![Lever::Item {
                position: *position,
                place: phrase::place_of_item(encoder, item),
                near: near.flatten().map(str::to_owned),
            }]
        }
        Fact::ItemPrerelease(item) => vec![Lever::Prereleases(item.package.clone())],
        Fact::DependencyPrerelease(_, dependency) => {
            let package = encoder.universe.package(dependency.package);
            vec![Lever::Prereleases(package.name.to_string())]
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
            let lever = newest.map(|r| Lever::Yanked(whose(encoder, *var), r.version.to_string()));
            lever.into_iter().collect()
        }
        Fact::MostMoves(_) => vec![Lever::FewestChanges],
        Fact::Decided(var, cause) => decided(encoder, *var, *cause).into_iter().collect(),
        Fact::Preferred(var, preference) => {
            preferred(encoder, *var, *preference).into_iter().collect()
        }
        Fact::OfInstalled(var, fact) => of_installed(encoder, *var, *fact).into_iter().collect(),
        Fact::Dependency(..)
        | Fact::Conflict(..)
        | Fact::Definition(..)
        | Fact::Cycle(_)
        | Fact::Presence(..)
        | Fact::Unneeded(_)
        | Fact::Supposed(_)
        | Fact::Counting => Vec::new(),
    }
}

fn of_installed(encoder: &Encoder<'_>, var: Var, fact: InstalledFact) -> Option<Lever> {
    let hold = match fact {
        InstalledFact::Removed => Hold::Removal,
        InstalledFact::Pinned => Hold::Pin,
        InstalledFact::Stays => Hold::Stay,
        InstalledFact::Prerelease => {
            return Some(Lever::Prereleases(encoder.package(var).name.to_string()));
        }
        InstalledFact::NoWayUp | InstalledFact::NoWayDown => return None,
    };
    Some(Lever::OfInstalled(whose(encoder, var), hold))
}

fn decided(encoder: &Encoder<'_>, var: Var, cause: Cause) -> Option<Lever> {
    let is_stay = cause == Cause::Stay || cause == Cause::FewestChanges;
    is_stay.then(|| Lever::OfInstalled(whose(encoder, var), hold(encoder, var)))
}

fn preferred(encoder: &Encoder<'_>, var: Var, preference: Preference) -> Option<Lever> {
    let whose = whose(encoder, var);
    match preference {
        Preference::Locked | Preference::Installed => {
            Some(Lever::OfInstalled(whose, hold(encoder, var)))
        }
        Preference::Stable => Some(Lever::Prereleases(whose.0)),
        Preference::Catalog => None,
    }
}

/// An upgrade moves what is installed, whether or not it is locked; what is locked alone is not upgraded.
fn hold(encoder: &Encoder<'_>, var: Var) -> Hold {
    match encoder.instance(var).kept {
        Some(_) => Hold::Release,
        None => Hold::Lock,
    }
}

fn whose(encoder: &Encoder<'_>, var: Var) -> Whose {
    let namespace = match &encoder.instance(var).place {
        Place::Cluster => None,
        Place::Namespace(namespace) => Some(namespace.to_string()),
    };
    (encoder.package(var).name.to_string(), namespace)
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
        .map(|package| Lever::Prereleases(package.name.to_string()))
        .collect()
}
