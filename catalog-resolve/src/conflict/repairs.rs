//! Changes to a request that would help, each of them tried.

use std::collections::BTreeSet;

use super::attempt::Attempt;
use super::lever::Lever;
use crate::request::Request;
use crate::resolution::Resolution;
use crate::universe::Universe;

/// Attempts for one conflict.
const ATTEMPTS: usize = 24;

/// A change to the request after which it has an answer.
#[derive(Clone, Debug)]
pub struct Repair {
    pub(super) kind: RepairKind,
    pub(super) change: String,
    pub(super) request: Request,
    pub(super) resolution: Resolution,
}

/// What a [`Repair`] changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RepairKind {
    /// An item: it asks for something else, or is left out.
    Item,
    /// Prereleases of a package are allowed.
    Prereleases,
    /// Releases are taken though they are [excluded](crate::Exclusion): because conditions do not hold, or because the request says so.
    Exclusion,
    /// A release is taken though it was yanked.
    Yanked,
    /// Something installed or locked moves, stays or goes.
    Installed,
    /// The fewest changes are not asked for.
    Mode,
}

impl Repair {
    /// What is changed.
    #[must_use]
    pub fn kind(&self) -> RepairKind {
        self.kind
    }

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

/// The changes that take away what a conflict hangs on and lead to an answer, cheapest first.
pub(super) fn repairs(
    universe: &Universe,
    request: &Request,
    levers: &BTreeSet<Lever>,
) -> Vec<Repair> {
    let attempts = levers.iter();
    let mut attempts: Vec<Attempt> = attempts
        .flat_map(|lever| Attempt::of(request, lever))
        .collect();
    attempts.sort_by_key(|attempt| attempt.cost);
    attempts.truncate(ATTEMPTS);
    attempts
        .into_iter()
        .filter_map(|attempt| attempt.make(universe))
        .collect()
}
