//! What in a request a conflict hangs on.

use catalog_model::conditions::suggest::near;

use super::core::CoreClause;
use super::phrase;
use crate::encode::{Encoder, Fact, InstalledFact, Place};
use crate::engine::Var;
use crate::universe::{CapabilityId, Universe};

/// An instance of a package, with its namespace if there may be several.
pub(super) type Whose = (String, Option<String>);

/// Something in the request that a conflict hangs on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lever {
    /// An item, by position, and a known package that its name is close to if it is not known.
    Item(usize, Option<String>),
    /// Prereleases of a package, which are not allowed.
    Prereleases(String),
    /// The exclusion of a package's releases for one reason.
    Exclusion {
        package: String,
        reason: String,
        releases: String,
    },
    /// A release that was taken back.
    Yanked(String, String),
    /// What is said of an instance that is installed.
    OfInstalled(Whose, Hold),
}

/// What holds an installed instance where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hold {
    /// It is to be removed.
    Removal,
    /// It is pinned.
    Pin,
    /// It is installed, and stays.
    Stay,
}

/// What in the request a clause of the conflict hangs on.
pub(super) fn levers(encoder: &Encoder<'_>, clause: &CoreClause<'_>) -> Vec<Lever> {
    let name = |var: Var| encoder.package(var).name.clone();
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
        Fact::OfInstalled(var, fact) => of_installed(encoder, *var, *fact).into_iter().collect(),
        Fact::Dependency(..)
        | Fact::Conflict(..)
        | Fact::Definition(..)
        | Fact::Cycle(_)
        | Fact::Presence(..) => Vec::new(),
    }
}

fn of_installed(encoder: &Encoder<'_>, var: Var, fact: InstalledFact) -> Option<Lever> {
    let hold = match fact {
        InstalledFact::Removed => Hold::Removal,
        InstalledFact::Pinned => Hold::Pin,
        InstalledFact::Stays => Hold::Stay,
        InstalledFact::Prerelease => {
            return Some(Lever::Prereleases(encoder.package(var).name.clone()));
        }
        InstalledFact::NoWayUp | InstalledFact::NoWayDown => return None,
    };
    Some(Lever::OfInstalled(whose(encoder, var), hold))
}

fn whose(encoder: &Encoder<'_>, var: Var) -> Whose {
    let namespace = match &encoder.instance(var).place {
        Place::Cluster => None,
        Place::Namespace(namespace) => Some(namespace.to_string()),
    };
    (encoder.package(var).name.clone(), namespace)
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
