//! What was decided, in order: for explanations of an answer.

use std::ops::Range;

use super::Decisions;
use super::questions::{Questions, Search};
use crate::encode::Encoder;
use crate::engine::{Engine, Literal, Value, Var};
use crate::universe::CapabilityId;

/// What brought a decision up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// As few changes as can be are asked for.
    FewestChanges,
    /// The best release of an installed package is asked for.
    Upgrade,
    /// It is installed, or locked, and stays so if it can.
    Stay,
    /// An item asks for it.
    Item,
    /// Something chosen depends on it.
    Dependency,
    /// Something chosen requires a capability.
    Provider(CapabilityId),
    /// It is installed, cannot stay as it is, and must be there.
    Installed,
}

/// One decision.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) cause: Cause,
    /// The release that was picked, if one was.
    pub(crate) picked: Option<(Var, Value)>,
    /// What it assumes from then on, as positions among all assumptions.
    pub(crate) assumed: Range<usize>,
}

/// All decisions about an answer.
pub(crate) struct Log {
    pub(crate) decisions: Vec<Decision>,
    pub(crate) assumptions: Vec<Literal>,
}

/// Searches the best answer once more, for what was decided on the way. Ends where the budget does.
pub(crate) fn log(encoder: &mut Encoder<'_>, engine: &mut Engine) -> Log {
    let mut search = Search::new(encoder, engine);
    if search.any() != Ok(true) {
        return Log {
            decisions: Vec::new(),
            assumptions: Vec::new(),
        };
    }
    let mut decisions = Decisions::new(search);
    // If it ends early, what was decided until then is all that can be told.
    let _ = decisions.decide_all();
    Log {
        decisions: decisions.log,
        assumptions: decisions.questions.into_assumptions(),
    }
}

impl<'a, Q: Questions<'a>> Decisions<Q> {
    /// Notes a decision that assumes all that is assumed since there were `before` assumptions.
    pub(super) fn note(&mut self, cause: Cause, before: usize, picked: Option<(Var, Value)>) {
        self.log.push(Decision {
            cause,
            picked,
            assumed: before..self.questions.assumed(),
        });
    }
}
