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
    pub(super) change: String,
    pub(super) request: Request,
    pub(super) resolution: Resolution,
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
