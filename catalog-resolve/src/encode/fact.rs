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
    /// Something about an instance that is installed, or to go.
    OfInstalled(Var, InstalledFact),
}

/// What holds of one instance because of what is installed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstalledFact {
    /// It stays, in whatever release.
    Stays,
    /// It is to be removed.
    Removed,
    /// It is pinned, and stays as it is.
    Pinned,
    /// Higher releases that no upgrade leads to.
    NoWayUp,
    /// Lower releases that nothing goes back to.
    NoWayDown,
    /// Prereleases that nobody asks for.
    Prerelease,
}
