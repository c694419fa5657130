//! What the controllers have still to do, and when.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::store::Key;
use crate::time::Timestamp;

/// Something that a controller looks at. Each looks at how things are then, not at how they were when it was told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Errand {
    /// The Job controller, one step.
    Job(Arc<Key>),
    /// The kubelet and the scheduler: the next thing in the life of the pod of this uid.
    Pod(Arc<Key>, String, PodStep),
    /// The namespace controller.
    Namespace(Arc<Key>),
    /// The controllers of definitions.
    Definition(Arc<Key>),
    /// The controller of a custom resource, of this uid and generation.
    CustomResource(Arc<Key>, String, u64),
    /// The garbage collector.
    Owned(Arc<Key>),
    /// The controller that deletes Jobs whose time to live is over.
    Expired(Arc<Key>),
}

/// What comes next in a pod's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PodStep {
    Schedule,
    /// There is no node for it, yet.
    Unplaced,
    Start,
    End,
    /// Its node has been unreachable for long enough.
    Forsaken,
    /// Its containers are stopped because it is deleted.
    Stop,
    /// The kubelet takes its last hold off.
    Vanish,
}

/// What is to be done, by time.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenda(BTreeSet<(Timestamp, Errand)>);

impl Agenda {
    pub(super) fn add(&mut self, at: Timestamp, errand: Errand) {
        self.0.insert((at, errand));
    }

    /// When the next errand is due.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.0.first().map(|(at, _)| *at)
    }

    /// The next errand that is due at `now`.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<Errand> {
        if self.next()? > now {
            return None;
        }
        self.0.pop_first().map(|(_, errand)| errand)
    }
}
