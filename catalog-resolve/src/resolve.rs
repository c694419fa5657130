//! From a request to an answer, or to the reason why there is none.

use crate::best::{Choice, Found, best, best_at_once};
use crate::conflict::Conflict;
use crate::encode::Encoder;
use crate::engine::Engine;
use crate::request::Request;
use crate::resolution::Resolution;
use crate::situation::Situation;
use crate::universe::Universe;

/// What came of a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// There are answers, and this is the best one.
    Resolved(Resolution),
    /// There is no answer.
    Conflict(Conflict<'a>),
    /// Whether there is an answer could not be settled within the budget.
    BudgetExceeded(BudgetExceeded),
}

/// A request whose [budget](Request::budget) ended before an answer was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetExceeded {
    steps: u64,
}

impl BudgetExceeded {
    pub(crate) fn new(steps: u64) -> Self {
        Self { steps }
    }

    /// The steps that were taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }
}

/// Finds the best answer to a request: every item present within its range, every dependency of what is present, no
/// conflict, nothing that nobody needs, what is to go absent, and what is installed there as before or moved along its upgrades.
///
/// Of all such answers it is the one that these decisions leave, each made among what those before it left: the best release of each
/// item whose package the request [names](Request::upgrade), and of what is installed and named; everything else that is installed, or
/// [locked](Request::locked), as it is, if some answer has it so; the best release of each other item, in order; then, layer by layer, of
/// what they need. A release is better if it is locked, installed, of a catalog of higher priority, stable, newer, in this order (the first
/// two not where the package is named). [`Outcome::Conflict`] is given only if no answer exists.
///
/// Pure and deterministic: the same universe and request give the same outcome on every machine, unless it is
/// [cancelled](Request::cancellation).
#[must_use]
pub fn resolve<'a>(universe: &'a Universe, request: &'a Request) -> Outcome<'a> {
    let situation = Situation::new(universe, request);
    let mut encoder = Encoder::forgetful(&situation);
    if let Some((choice, steps)) = best_at_once(&mut encoder) {
        return resolved(&encoder, &choice, steps, None);
    }
    let mut engine = Engine::default();
    encoder.encode_request(&mut engine);
    let (found, steps) = best(&mut encoder, &mut engine);
    match found {
        Found::Best(choice) => resolved(&encoder, &choice, steps, None),
        Found::Unproven(choice, at) => {
            let unproven = Some(situation.package(at).name.to_string());
            resolved(&encoder, &choice, steps, unproven)
        }
        Found::Nothing => Outcome::Conflict(Conflict::new(universe, request, steps)),
        Found::Unknown => Outcome::BudgetExceeded(BudgetExceeded { steps }),
    }
}

/// What was found in words, unless the search is cancelled meanwhile.
fn resolved<'a>(
    encoder: &Encoder<'_>,
    choice: &Choice,
    steps: u64,
    unproven: Option<String>,
) -> Outcome<'a> {
    let Some(mut resolution) = Resolution::new(encoder, choice, steps) else {
        return Outcome::BudgetExceeded(BudgetExceeded { steps });
    };
    resolution.unproven = unproven;
    Outcome::Resolved(resolution)
}
