//! How much work a request may cost.

/// The budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

/// Steps that may still be taken: decisions, conflicts, and releases looked at. Never time, so that the same request ends
/// in the same way on every machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    left: u64,
    spent: u64,
}

impl Budget {
    pub(crate) fn steps(steps: u64) -> Self {
        Self {
            left: steps,
            spent: 0,
        }
    }

    pub(crate) fn spend(&mut self) -> Result<(), Exhausted> {
        self.spend_many(1)
    }

    /// For work that is known to cost several steps.
    pub(crate) fn spend_many(&mut self, steps: u64) -> Result<(), Exhausted> {
        self.left = self.left.checked_sub(steps).ok_or(Exhausted)?;
        self.spent += steps;
        Ok(())
    }

    /// The steps taken so far.
    pub(crate) fn spent(&self) -> u64 {
        self.spent
    }
}
