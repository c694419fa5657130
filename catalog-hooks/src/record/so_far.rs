//! What there is of an instance when an operation of a run begins, is done, or comes to rest, by the run's plan and its journal alone.

use catalog_model::OperationKind;

use super::left::{Parts, ledger_after, surplus_after};
use super::{InstalledRecord, Left};
use crate::journal::{Journal, LedgerEntry, OperationJournal, OperationStatus};
use crate::plan::{PinnedPlan, PlannedOperation, Track};

/// One operation of a run, as far as it and those before it have come.
#[derive(Clone, Copy)]
pub(crate) struct SoFar<'a> {
    plan: &'a PinnedPlan,
    journal: &'a Journal,
    index: usize,
    planned: &'a PlannedOperation,
    operation: &'a OperationJournal,
}

impl<'a> SoFar<'a> {
    /// The operation at this place of the plan; `None`: there is none.
    pub(crate) fn of(plan: &'a PinnedPlan, journal: &'a Journal, index: usize) -> Option<Self> {
        Some(Self {
            plan,
            journal,
            index,
            planned: plan.operations().get(index)?,
            operation: journal.operations().get(index)?,
        })
    }

    /// What operations before this one of the same run have left of what was on record; `None`: none of them is done.
    pub(crate) fn left_before(self) -> Option<Vec<LedgerEntry>> {
        let mut before = self.done_of(self.index);
        let (first, done) = before.next()?;
        let after_first = ledger_done(first, first.previous().to_vec(), done);
        Some(before.fold(after_first, |previous, (planned, done)| {
            ledger_done(planned, previous, done)
        }))
    }

    /// What the release before had written: what is on record of it, and what operations before this one of the same run did to it.
    fn previous(self) -> Vec<LedgerEntry> {
        let left = self.left_before();
        left.unwrap_or_else(|| self.planned.previous().to_vec())
    }

    /// What is on record of the instance before the operation: what was when it was planned, or what the operations before it of the same run have put
    /// there.
    pub(crate) fn base(self) -> Option<InstalledRecord> {
        self.on_record_after(self.index)
    }

    /// What is on record of the instance after the operation, which is done.
    pub(crate) fn done(self) -> Option<InstalledRecord> {
        self.on_record_after(self.index + 1)
    }

    /// The same, if this is what it consists of then.
    pub(crate) fn done_with(self, ledger: Vec<LedgerEntry>) -> Option<InstalledRecord> {
        let surplus = surplus_after(self.planned, self.operation);
        let parts = (Parts { ledger, surplus }, self.plan.digest());
        let done = record_done(self.planned, self.base(), parts)?;
        Some(done.bounded(self.plan.digest()))
    }

    /// What the operation brings, as it is on record when it is done, which it need not be; `None`: it brings nothing.
    pub(crate) fn committed(self) -> Option<InstalledRecord> {
        let parts = Parts {
            ledger: ledger_after(self.previous(), self.operation),
            surplus: surplus_after(self.planned, self.operation),
        };
        let record = self.planned.record()?;
        Some(record.committed(parts, self.plan.digest()))
    }

    /// What is to be on record of the operation that came to rest or was given up, where this is on record now: with what is there. That of an install or
    /// an uninstall says that it was not finished. `None`: what is on record says so already, or nothing has to be.
    pub(crate) fn left(self, known: Option<InstalledRecord>) -> Option<InstalledRecord> {
        let base = self.base();
        // What is on record is less than what this began with: that could not be put there.
        let known = match &base {
            Some(base) if base.is_unrecorded() => None,
            _ => known,
        };
        if !self.operation.leaves_something(self.planned) {
            let base = base.filter(InstalledRecord::is_unrecorded);
            return base.map(InstalledRecord::recorded);
        }
        let kind = self.planned.operation().kind();
        let is_install = kind == OperationKind::Install;
        let is_forward = self.operation.last_way() == Some(Track::Forward);
        let committed = || Some(self.committed()?.bounded(self.plan.digest()));
        if is_forward && known.is_some() && known == committed() {
            // It was done, and its runner went before the journal said so.
            return None;
        }
        // What an install has put there itself is not whole any more when it rests on its way back.
        let is_own = |known: &InstalledRecord| known.is_of_plan(self.plan.digest());
        let known = known.filter(|known| !is_install || !known.is_unfinished() && !is_own(known));
        let is_new = is_install && known.is_none();
        let brought = || self.planned.record().cloned();
        let record = match known.or_else(|| base.filter(|_| !is_install)) {
            Some(record) => record,
            None if is_install => brought()?,
            None => brought()?.before(self.planned.operation().from()),
        };
        let plan = self.plan.digest();
        let previous = (self.planned, self.previous());
        let left = Left::by(previous, (self.operation, plan), &record);
        Some(match kind {
            OperationKind::Uninstall => record.left(left, plan).going(),
            _ if is_new => record.unfinished(left, plan),
            _ => record.left(left, plan),
        })
    }

    /// What there is of the instance and could not be put on record, as an uninstall in the place of this run is to begin with it.
    pub(crate) fn remains(self) -> Option<InstalledRecord> {
        let is_told = self.operation.unrecorded;
        let remains = self.left(None).filter(|_| is_told);
        remains.map(|record| record.unrecorded(self.plan.digest()))
    }

    /// What is on record of the instance after so many operations of the run.
    fn on_record_after(self, count: usize) -> Option<InstalledRecord> {
        let mut done = self.done_of(count).peekable();
        let Some((first, _)) = done.peek() else {
            return self.planned.installed().cloned();
        };
        let begins = (first.installed().cloned(), first.previous().to_vec());
        let (record, _) = done.fold(begins, |(record, previous), (planned, done)| {
            let ledger = ledger_done(planned, previous, done);
            let parts = Parts {
                ledger: ledger.clone(),
                surplus: surplus_after(planned, done),
            };
            let record = record_done(planned, record, (parts, self.plan.digest()));
            (record, ledger)
        });
        record
    }

    /// The operations on its instance that are done, of the first ones of the run, so many of them, and what they have done.
    fn done_of(
        self,
        count: usize,
    ) -> impl Iterator<Item = (&'a PlannedOperation, &'a OperationJournal)> {
        let operations = self.plan.operations().iter().zip(self.journal.operations());
        operations.take(count).filter(move |(planned, operation)| {
            planned.is_of_instance(self.planned) && operation.status() == OperationStatus::Done
        })
    }
}

/// What is on record after an operation of a plan that is done, of an instance that had this on record before: it consists of these parts.
fn record_done(
    planned: &PlannedOperation,
    before: Option<InstalledRecord>,
    (parts, plan): (Parts, &str),
) -> Option<InstalledRecord> {
    match (planned.record(), planned.operation().kind()) {
        (Some(record), _) => Some(record.committed(parts, plan)),
        (None, OperationKind::Uninstall) if parts.ledger.is_empty() => None,
        (None, OperationKind::Uninstall) => Some(before?.uninstalled(parts.ledger, plan)),
        (None, _) => before,
    }
}

/// What an operation that is done has put on record, of an instance that had this before it. Of an uninstall that is what it has left to others of the
/// run, and with it what holds data and was made for the package: whoever deletes the rest may be asked for that too.
pub(crate) fn ledger_done(
    planned: &PlannedOperation,
    previous: Vec<LedgerEntry>,
    operation: &OperationJournal,
) -> Vec<LedgerEntry> {
    let mut ledger = ledger_after(previous, operation);
    if planned.operation().kind() != OperationKind::Uninstall {
        return ledger;
    }
    let is_awaited = |entry: &LedgerEntry| operation.awaits(&entry.object);
    let waits = ledger.iter().any(is_awaited);
    let is_own = |entry: &LedgerEntry| entry.holds_data() && !entry.origin.is_others();
    ledger.retain(|entry| is_awaited(entry) || waits && is_own(entry));
    ledger
}
