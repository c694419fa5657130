//! Resolving to what is locked, and to nothing else.

use catalog_model::Lock;
use catalog_model::conditions::show::one_line;
use thiserror::Error;

use super::changes::{LockChanges, lock_changes};
use crate::conflict::Explanation;
use crate::request::Request;
use crate::resolution::Resolution;
use crate::resolve::{Outcome, resolve};
use crate::universe::Universe;

/// Why a request does not lead to what is locked.
#[derive(Clone, Debug, Error)]
#[error("{}", .0.told())]
pub struct LockedError(Box<Kind>);

#[derive(Clone, Debug)]
enum Kind {
    Moved(LockChanges),
    Conflict(Explanation),
    Unsettled(u64),
}

/// Resolves a request to what a lock holds, or says what would move, and why.
///
/// A [request](Request::is_answered_by) that is not the one that was locked is no error as long as it has the same answer.
///
/// # Errors
///
/// The best answer is not what is locked, there is none, or the budget ended.
///
/// ```
/// use catalog_resolve::{Outcome, Request, Universe, resolve, resolve_locked};
///
/// let universe = Universe::from_json(r#"{"loki": {"2.9.0": {}}, "tempo": {"2.4.0": {}}}"#)?;
/// let request = Request::new().install("loki", "*")?;
/// let Outcome::Resolved(resolution) = resolve(&universe, &request) else { panic!("there is an answer") };
/// let lock = resolution.lock(&request);
/// assert!(resolve_locked(&universe, &request, &lock).is_ok());
///
/// let more = request.install("tempo", "*")?;
/// let error = resolve_locked(&universe, &more, &lock).unwrap_err();
/// assert_eq!(error.to_string(), "what is locked would not stay: added tempo 2.4.0 in tempo: the request asks for it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn resolve_locked(
    universe: &Universe,
    request: &Request,
    lock: &Lock,
) -> Result<Resolution, LockedError> {
    let request = request.clone().lock(lock);
    let kind = match resolve(universe, &request) {
        Outcome::Resolved(resolution) => {
            let changes = lock_changes(universe, &request, &resolution, lock);
            if changes.is_empty() {
                return Ok(resolution);
            }
            Kind::Moved(changes)
        }
        Outcome::Conflict(conflict) => Kind::Conflict(conflict.explain()),
        Outcome::BudgetExceeded(budget) => Kind::Unsettled(budget.steps()),
    };
    Err(LockedError(Box::new(kind)))
}

impl LockedError {
    /// What would move, if there is an answer.
    #[must_use]
    pub fn changes(&self) -> Option<&LockChanges> {
        match &*self.0 {
            Kind::Moved(changes) => Some(changes),
            _ => None,
        }
    }

    /// Why there is no answer, if there is none.
    #[must_use]
    pub fn conflict(&self) -> Option<&Explanation> {
        match &*self.0 {
            Kind::Conflict(conflict) => Some(conflict),
            _ => None,
        }
    }
}

impl Kind {
    /// The first change stands for all: the message is one line.
    fn told(&self) -> String {
        match self {
            Self::Moved(changes) => {
                let first = changes.changes().first().map(ToString::to_string);
                let more = match changes.changes().len().saturating_sub(1) {
                    0 => String::new(),
                    more => format!(", and {more} more would move"),
                };
                format!(
                    "what is locked would not stay: {}{more}",
                    first.unwrap_or_default()
                )
            }
            Self::Conflict(conflict) => {
                let explanation = conflict.text();
                let first = explanation.lines().next().unwrap_or_default();
                format!("there is no answer, locked or not: {}", one_line(first))
            }
            Self::Unsettled(steps) => {
                format!("no answer was found within {steps} steps, nor shown not to exist")
            }
        }
    }
}
