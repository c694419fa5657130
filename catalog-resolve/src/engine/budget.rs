//! How much work a request may cost.

use crate::cancellation::Cancellation;

/// The budget is used up, or the search cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

/// Steps that may still be taken: decisions, conflicts, releases looked at, and clauses made in advance. Never time, so that the same
/// request ends in the same way on every machine, unless it is cancelled.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    left: u64,
    spent: u64,
    cancellation: Cancellation,
}

impl Budget {
    pub(crate) fn new(steps: u64, cancellation: &Cancellation) -> Self {
        Self {
            left: steps,
            spent: 0,
            cancellation: cancellation.clone(),
        }
    }

    pub(crate) fn spend(&mut self) -> Result<(), Exhausted> {
        self.spend_many(1)
    }

    /// For work that is known to cost several steps. A budget that did not suffice once is used up: no smaller work is done in its stead.
    pub(crate) fn spend_many(&mut self, steps: u64) -> Result<(), Exhausted> {
        if self.cancellation.is_cancelled() {
            return Err(Exhausted);
        }
        let Some(left) = self.left.checked_sub(steps) else {
            self.left = 0;
            return Err(Exhausted);
        };
        self.left = left;
        self.spent += steps;
        Ok(())
    }

    /// Whether the search goes on, for work that takes no step: it is not cancelled.
    pub(crate) fn check(&self) -> Result<(), Exhausted> {
        match self.cancellation.is_cancelled() {
            true => Err(Exhausted),
            false => Ok(()),
        }
    }

    /// The steps taken so far.
    pub(crate) fn spent(&self) -> u64 {
        self.spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_up_stays_used_up() {
        let mut budget = Budget::new(10, &Cancellation::new());
        assert_eq!(budget.spend_many(4), Ok(()));
        assert_eq!(budget.spend_many(7), Err(Exhausted));
        assert_eq!(budget.spend(), Err(Exhausted), "six steps were left");
        assert_eq!(budget.spent(), 4);
    }
}
