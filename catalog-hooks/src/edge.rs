//! What a service supplies, for whoever drives the lifecycle with calls that block.

use std::time::Duration;

use crate::api::{Failure, Reply, Request};
use crate::effect::{JournalVersion, ModuleCall, ModuleFailure, ModuleStatus, StoredJournal, Wait};
use crate::time::Timestamp;

/// A cluster's API server.
pub trait Cluster {
    /// Makes one call.
    ///
    /// # Errors
    ///
    /// What the server says, or that no answer came within [`REQUEST_TIMEOUT`].
    fn call(&mut self, request: &Request) -> Result<Reply, Failure>;
}

/// Where the journal is kept: one text, replaced by compare-and-swap.
pub trait JournalStore {
    /// The journal as it is; `None`: there is none.
    ///
    /// # Errors
    ///
    /// It cannot be read now.
    fn load(&mut self) -> Result<Option<StoredJournal>, Failure>;

    /// Writes the journal in the place of `replaces`, or where none is.
    ///
    /// # Errors
    ///
    /// Another one is there ([`Outdated`](crate::api::FailureClass::Outdated), [`OtherUid`](crate::api::FailureClass::OtherUid) or
    /// [`AlreadyExists`](crate::api::FailureClass::AlreadyExists)), the one to replace is gone
    /// ([`NotFound`](crate::api::FailureClass::NotFound)), or whatever else a store can fail of.
    fn save(
        &mut self,
        text: &str,
        replaces: Option<&JournalVersion>,
    ) -> Result<JournalVersion, Failure>;

    /// Deletes the journal in this version.
    ///
    /// # Errors
    ///
    /// As for [`save`](Self::save).
    fn remove(&mut self, version: &JournalVersion) -> Result<(), Failure>;
}

/// Who deploys modules that are not objects of the plan.
pub trait ModuleDriver {
    /// Does what is asked, and says how the module is now. It must not wait until the module is ready.
    ///
    /// # Errors
    ///
    /// It could not be done.
    fn call(&mut self, call: &ModuleCall) -> Result<ModuleStatus, ModuleFailure>;
}

/// Who evaluates the conditions of releases on the cluster; [`ConditionsGate`](crate::ConditionsGate) does.
pub trait Gate {
    /// What keeps the gate of the operation at this place of the plan shut; nothing: it is open.
    ///
    /// # Errors
    ///
    /// The cluster cannot be read now.
    fn evaluate(&mut self, operation: usize) -> Result<Vec<String>, Failure>;

    /// The same before the first step of the run, when what the operations before this one bring is not there yet. What only waits for that must
    /// not keep the gate shut: it is asked again just before the operation. Whoever does not say otherwise answers as ever.
    ///
    /// # Errors
    ///
    /// The cluster cannot be read now.
    fn evaluate_ahead(&mut self, operation: usize) -> Result<Vec<String>, Failure> {
        self.evaluate(operation)
    }
}

impl<G: Gate + ?Sized> Gate for Box<G> {
    fn evaluate(&mut self, operation: usize) -> Result<Vec<String>, Failure> {
        (**self).evaluate(operation)
    }

    fn evaluate_ahead(&mut self, operation: usize) -> Result<Vec<String>, Failure> {
        (**self).evaluate_ahead(operation)
    }
}

/// Takes all conditions for met. For whoever evaluated them before, and means it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoConditions;

impl Gate for NoConditions {
    fn evaluate(&mut self, _operation: usize) -> Result<Vec<String>, Failure> {
        Ok(Vec::new())
    }
}

/// The time, and waiting.
pub trait Clock {
    /// What time it is.
    fn now(&mut self) -> Timestamp;

    /// Comes back when the time of `wait` has come, or earlier.
    fn wait(&mut self, wait: &Wait);
}

/// How long a call to an API server may take: a runner that took a release over waits so long for calls of the one before it.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
