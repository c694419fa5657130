//! Asking which upgrades break something, within what is left of a budget.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use catalog_model::version::Version;

use crate::encode::Encoder;
use crate::safety::{UpgradeBreak, UpgradeSafety};

/// How many steps of the [budget](crate::Request::budget) a question is: a step takes some 0.1 µs, and two CRDs of 50 KB some 300 µs.
const QUESTION: u64 = 1_000;

/// Who is asked, for all upgrades of an answer.
pub(super) struct Asking<'e> {
    safety: Option<&'e dyn UpgradeSafety>,
    encoder: &'e Encoder<'e>,
    /// Steps that may still be taken.
    left: Cell<u64>,
}

/// What is known of the upgrades of one package.
pub(super) struct Answers<'a, 'e> {
    asking: &'a Asking<'e>,
    package: &'a str,
    /// By the texts of both versions.
    known: RefCell<BTreeMap<(String, String), bool>>,
    is_cut: Cell<bool>,
}

impl<'e> Asking<'e> {
    /// With what the search has left.
    pub(super) fn new(encoder: &'e Encoder<'e>, steps: u64) -> Self {
        Self {
            safety: encoder.situation.safety(),
            encoder,
            left: Cell::new(encoder.request.steps.saturating_sub(steps)),
        }
    }

    pub(super) fn about<'a>(&'a self, package: &'a str) -> Answers<'a, 'e> {
        Answers {
            asking: self,
            package,
            known: RefCell::default(),
            is_cut: Cell::new(false),
        }
    }

    /// Whether one more question may be asked, which is counted.
    fn may_ask(&self) -> bool {
        let left = self.left.get().checked_sub(QUESTION);
        self.left.set(left.unwrap_or_default());
        left.is_some() && !self.encoder.is_cancelled()
    }
}

impl Answers<'_, '_> {
    /// What breaks on a way that is taken, whatever the budget is: each edge of it is asked about once.
    pub(super) fn breaks(&self, from: &Version, to: &Version) -> Option<UpgradeBreak> {
        if self.asking.encoder.is_cancelled() {
            return None;
        }
        let reason = self.asking.safety?.breaks(self.package, from, to)?;
        Some(UpgradeBreak::new(from.as_str(), to.as_str(), reason))
    }

    /// Whether nothing is known to break; not so where the budget has ended, or nobody waits any more.
    pub(super) fn is_safe(&self, from: &Version, to: &Version) -> bool {
        let Some(safety) = self.asking.safety else {
            return true;
        };
        let pair = (from.as_str().to_owned(), to.as_str().to_owned());
        if let Some(known) = self.known.borrow().get(&pair) {
            return *known;
        }
        if !self.asking.may_ask() {
            self.is_cut.set(true);
            return false;
        }
        let is_safe = safety.breaks(self.package, from, to).is_none();
        self.known.borrow_mut().insert(pair, is_safe);
        is_safe
    }

    /// Whether a question was not asked because the budget had ended.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut.get()
    }
}
