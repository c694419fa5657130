//! Why a clause holds.

use std::sync::Arc;

use crate::engine::Var;
use crate::universe::{DefinitionId, RelationId};

/// The reason for one clause, in terms of the request and the universe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// An item of the request, by position.
    Item(usize),
    /// A prerelease that an item's range contains but does not name.
    ItemPrerelease(usize),
    /// A dependency.
    Dependency(Var, RelationId),
    /// A prerelease that a dependency's range contains but does not name.
    DependencyPrerelease(Var, RelationId),
    /// A conflict with another instance.
    Conflict(Var, RelationId, Var),
    /// A capability that has to be provided.
    Requires(Var, RelationId),
    /// Releases that the request rules out for one reason.
    Excluded(Var, Arc<str>),
    /// Releases that were taken back for one reason.
    Yanked(Var, Arc<str>),
    /// Two releases that ship one object with different content.
    Definition(DefinitionId, Var, Var),
    /// Instances each of which needs the next, and the last the first.
    Cycle(Vec<Var>),
}
