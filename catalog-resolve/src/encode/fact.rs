//! Why a clause holds.

use super::ObjectKey;
use crate::best::Cause;
use crate::engine::Var;
use crate::request::Item;
use crate::universe::{CapabilityId, Dependency, PackageConflict};

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
    Definition(Var, Var, ObjectKey),
    /// Instances each of which needs the next, and the last the first.
    Cycle(Vec<Var>),
    /// A dependency of a release that stays, of which it can only be asked any more that the package is there.
    Presence(Var, &'a Dependency),
    /// Instances that are there only if something needs them.
    Unneeded(Vec<Var>),
    /// How many of what is installed moves, in counters that are no instances.
    Counting,
    /// A decision that came before, and what brought it up.
    Decided(Var, Cause),
    /// The most of what is installed that may move, by a decision that came before.
    MostMoves(u32),
    /// The release of an instance that is preferred to others.
    Preferred(Var, Preference),
    /// What an explanation supposes, to see what is against it.
    Supposed(Var),
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

/// Why one release of an instance is preferred to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Preference {
    /// It is locked.
    Locked,
    /// It is installed, and no upgrade of it is asked for.
    Installed,
    /// Its catalog comes before the other's.
    Catalog,
    /// It is stable, and the other is not.
    Stable,
}
