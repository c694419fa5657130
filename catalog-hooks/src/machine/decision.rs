//! What a person says of operations that do not go on by themselves.

use std::collections::BTreeMap;

/// What to do with an operation that does not go on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// The step that failed is tried again. Of a run that waits, all begins that is not given up, if one operation of it is told to.
    Resume,
    /// The hook that failed counts as over; of another step, the step does, but for conditions and for what is put on record: those are tried again.
    Skip,
    /// It is given up: what is done stays as it is, and is not touched any more. What it wrote is put on record, so that the next operation finds
    /// it; that of an install says that it was not finished.
    Abandon,
    /// What was done is taken back.
    TakeBack,
}

/// What to do with each operation of a run that does not go on by itself, by its place in the plan.
///
/// ```
/// use catalog_hooks::{Decision, Decisions};
///
/// // The second operation is given up, all others are tried again.
/// let decisions = Decisions::from(Decision::Resume).with(1, Decision::Abandon);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    all: Option<Decision>,
    single: BTreeMap<usize, Decision>,
}

impl Decision {
    /// Whether nothing more is begun after it.
    pub(super) fn ends(self) -> bool {
        matches!(self, Self::Abandon | Self::TakeBack)
    }
}

impl Decisions {
    /// The same, with what to do with the operation at this place of the plan, from 0. A place that the plan does not have changes nothing.
    #[must_use]
    pub fn with(mut self, operation: usize, decision: Decision) -> Self {
        self.single.insert(operation, decision);
        self
    }

    /// What to do with the operation at this place of the plan; `None`: it stays as it is.
    #[must_use]
    pub fn of_operation(&self, operation: usize) -> Option<Decision> {
        self.single.get(&operation).copied().or(self.all)
    }

    /// Whether one of them takes back or gives up.
    pub(super) fn end_something(&self) -> bool {
        let mut all = self.all.iter().chain(self.single.values());
        all.any(|decision| decision.ends())
    }
}

impl From<Decision> for Decisions {
    /// The same for all.
    fn from(decision: Decision) -> Self {
        Some(decision).into()
    }
}

impl From<Option<Decision>> for Decisions {
    /// The same for all.
    fn from(decision: Option<Decision>) -> Self {
        Self {
            all: decision,
            single: BTreeMap::new(),
        }
    }
}
