//! What the steps of one operation share, and why they stop.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::conditions::Refusal;
use super::desk::Desk;
use crate::api::{Failure, ObjectRef};
use crate::journal::{HookKey, LedgerEntry, OperationJournal};
use crate::plan::{PinnedPlan, PlannedOperation, Track};
use crate::record::{InstalledRecord, SoFar};
use crate::time::Timestamp;

/// One operation's view of what the coroutines share.
#[derive(Clone)]
pub(super) struct OperationDesk {
    desk: Desk,
    plan: Arc<PinnedPlan>,
    index: usize,
}

/// Why an operation does not go on by itself.
#[derive(Debug)]
pub(super) enum Halt {
    /// A step failed.
    Failed {
        message: String,
        /// The hook that failed.
        hook: Option<HookKey>,
        /// Whether its author wants the operation taken back.
        back: bool,
    },
    /// It cannot begin.
    Refused(Refusal),
    /// Only a person can say how it goes on.
    Decide {
        message: String,
        hook: Option<HookKey>,
    },
    /// The run was told to stop.
    Cancelled,
}

impl Halt {
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::Failed {
            message: message.into(),
            hook: None,
            back: false,
        }
    }

    /// The same, with the hook that it is about.
    pub(super) fn of_hook(mut self, key: &HookKey) -> Self {
        if let Self::Failed { hook, .. } | Self::Decide { hook, .. } = &mut self {
            hook.get_or_insert_with(|| key.clone());
        }
        self
    }

    /// A call that failed.
    pub(super) fn of(what: &str, failure: &Failure) -> Self {
        Self::failed(format!("{what}: {failure}"))
    }
}

impl OperationDesk {
    pub(super) fn new(desk: Desk, plan: Arc<PinnedPlan>, index: usize) -> Self {
        let desk = desk.of_operation(index);
        Self { desk, plan, index }
    }

    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    pub(super) fn plan(&self) -> &PinnedPlan {
        &self.plan
    }

    pub(super) fn index(&self) -> usize {
        self.index
    }

    /// The operation as it was planned. A machine makes a desk for operations of its plan only.
    #[expect(
        clippy::indexing_slicing,
        reason = "the index is one of the plan's own"
    )]
    pub(super) fn planned(&self) -> &PlannedOperation {
        &self.plan.operations()[self.index]
    }

    /// Reads something of what the operation has done.
    #[expect(
        clippy::indexing_slicing,
        reason = "a journal has as many operations as its plan: `resume` checks it"
    )]
    pub(super) fn look<T>(&self, look: impl FnOnce(&OperationJournal) -> T) -> T {
        self.desk
            .look(|journal| look(&journal.operations[self.index]))
    }

    /// Changes what the journal says of the operation.
    #[expect(
        clippy::indexing_slicing,
        reason = "a journal has as many operations as its plan: `resume` checks it"
    )]
    pub(super) fn record<T>(&self, change: impl FnOnce(&mut OperationJournal) -> T) -> T {
        self.desk
            .record(|journal| change(&mut journal.operations[self.index]))
    }

    /// What the release before had written: what is on record of it, and what operations before this one of the same run did to it.
    pub(super) fn previous(&self) -> Cow<'_, [LedgerEntry]> {
        let left = self.so_far(|so_far| so_far.left_before());
        left.map_or_else(|| self.planned().previous().into(), Cow::Owned)
    }

    /// What is on record of the instance before the operation.
    pub(super) fn base(&self) -> Option<InstalledRecord> {
        self.so_far(|so_far| so_far.base())
    }

    /// What is on record of the instance after the operation, which is done.
    pub(super) fn done(&self) -> Option<InstalledRecord> {
        self.so_far(|so_far| so_far.done())
    }

    /// Works out what there is of the instance, from the plan and from what the journal says.
    pub(super) fn so_far<T: Default>(&self, work_out: impl FnOnce(SoFar<'_>) -> T) -> T {
        self.desk.look(|journal| {
            let so_far = SoFar::of(&self.plan, journal, self.index);
            so_far.map(work_out).unwrap_or_default()
        })
    }

    /// The operations of the run on its instance, up to this one.
    pub(super) fn of_instance_so_far(&self) -> impl Iterator<Item = Self> {
        let operations = self.plan.operations().iter().enumerate();
        let own = operations
            .take(self.index + 1)
            .filter(|(_, planned)| planned.is_of_instance(self.planned()));
        own.map(|(index, _)| Self {
            desk: self.desk.clone().of_operation(index),
            plan: Arc::clone(&self.plan),
            index,
        })
    }

    /// Reads an object; `None` if it is not there.
    pub(super) async fn read(&self, object: &ObjectRef) -> Result<Option<Value>, Halt> {
        let there = self.desk.read(object).await;
        there.map_err(|failure| Halt::of(&format!("{object} cannot be read"), &failure))
    }

    /// Waits until something happens to these objects, or it is time to look again; at most until a time.
    ///
    /// # Errors
    ///
    /// The run was told to stop.
    pub(super) async fn look_again(
        &self,
        until: Timestamp,
        watching: Vec<ObjectRef>,
        reason: String,
    ) -> Result<(), Halt> {
        if self.must_stop() {
            return Err(Halt::Cancelled);
        }
        let next = self.desk.now().after(self.desk.settings().look_every);
        self.desk.wait(next.min(until), watching, reason).await;
        Ok(())
    }

    /// Waits a moment before something is tried again.
    pub(super) async fn pause(&self, reason: String) {
        let next = self.desk.now().after(self.desk.settings().first_pause);
        self.desk.wait(next, Vec::new(), reason).await;
    }

    /// The same, if it is to be tried again at all.
    ///
    /// # Errors
    ///
    /// The run was told to stop.
    pub(super) async fn pause_or_stop(&self, reason: String) -> Result<(), Halt> {
        if !self.must_stop() {
            self.pause(reason).await;
        }
        match self.must_stop() {
            true => Err(Halt::Cancelled),
            false => Ok(()),
        }
    }

    /// Whether the run was told to stop. What takes back goes on even so.
    pub(super) fn must_stop(&self) -> bool {
        self.desk.stops() && self.look(OperationJournal::track) == Track::Forward
    }

    pub(super) fn warn(&self, warning: String) {
        self.record(|operation| operation.warn(warning));
    }
}
