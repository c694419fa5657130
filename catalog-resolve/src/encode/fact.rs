//! Why a clause holds.

use crate::engine::Var;
use crate::request::Item;
use crate::universe::{CapabilityId, DefinitionId, Dependency, PackageConflict};

/// The reason for one clause, in terms of the request and the universe. Who asks comes first.
#[derive(Clone, Debug)]
pub(crate) enum Fact<'a> {
    /// An item of the request, with its position.
    Item(&'a Item, usize),
    /// A prerelease that an item's range contains but does not name.
    ItemPrerelease(&'a Item),
    /// A dependency.
    Dependency(Var, &'a Dependency),
    /// A prerelease that a dependency's range contains but does not name.
    DependencyPrerelease(Var, &'a Dependency),
    /// A conflict with another instance.
    Conflict(Var, &'a PackageConflict),
    /// A capability that has to be provided.
    Requires(Var, CapabilityId),
    /// Releases that the request rules out for one reason.
    Excluded(Var, &'a str),
    /// Releases that were taken back for one reason.
    Yanked(Var, &'a str),
    /// Two releases that ship one object with different content.
    Definition(Var, Var, DefinitionId),
    /// Instances each of which needs the next, and the last the first.
    Cycle(Vec<Var>),
    /// A dependency of a release that stays, of which it can only be asked any more that the package is there.
    Presence(Var, &'a Dependency),
    /// What is installed stays, in whatever release.
    Stays(Var),
    /// What is to be removed.
    Removed(Var),
    /// What is installed and pinned stays as it is.
    Pinned(Var),
    /// Higher releases that no upgrade leads to.
    NoWayUp(Var),
    /// Lower releases that nothing goes back to.
    NoWayDown(Var),
    /// Prereleases of what is installed that nobody asks for.
    InstalledPrerelease(Var),
}
