//! Changes to a request that would help, each of them tried.

use super::Explanation;
use super::attempt::Attempt;
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

/// Finds single changes to the request that lead to an answer, cheapest first: another version of what is asked for,
/// another catalog, a prerelease, lifting an exclusion, a yanked release, doing without an item. Every change given has
/// been resolved.
///
/// Takes up to two dozen searches with a small budget each.
#[must_use]
pub fn repairs(universe: &Universe, request: &Request, explanation: &Explanation) -> Vec<Repair> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for lever in &explanation.levers {
        attempts.extend(Attempt::of(request, lever));
    }
    attempts.sort_by_key(|attempt| attempt.cost);
    attempts.truncate(ATTEMPTS);
    attempts
        .into_iter()
        .filter_map(|attempt| attempt.make(universe))
        .collect()
}
