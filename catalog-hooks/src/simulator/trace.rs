//! What happened in the fake cluster, in order.

use std::sync::Arc;

use serde_json::Value;

use crate::api::{Failure, ObjectRef, Request};
use crate::time::Timestamp;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Who did it: a runner, by the name that [`FakeCluster::act_as`](super::FakeCluster::act_as) was given, or a controller.
    pub who: Arc<str>,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Happening {
    /// A write was asked for; dry runs are none.
    Asked {
        /// What was asked.
        request: Arc<Request>,
        /// Why the server did not do it; `None`: it did.
        refused: Option<Failure>,
    },
    /// An object was made, changed, or removed.
    Changed {
        /// The object.
        object: ObjectRef,
        /// How it was; `None`: it is new.
        before: Option<Arc<Value>>,
        /// How it is; `None`: it is gone.
        after: Option<Arc<Value>>,
    },
    /// The journal was written, or removed.
    Journal {
        /// What it said; `None`: there was none.
        before: Option<Arc<str>>,
        /// What it says; `None`: it is gone.
        after: Option<Arc<str>>,
    },
    /// A module's driver was asked to change something.
    Module {
        /// `deploy` or `delete`.
        verb: &'static str,
        /// The module.
        module: String,
    },
    /// Something that only the reader of a trace wants to know.
    Said(String),
}

/// A log that can be copied at little cost, and shares its events with its copies when it grows.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace(Arc<Vec<Arc<Event>>>);

impl Trace {
    pub(super) fn push(&mut self, event: Event) {
        Arc::make_mut(&mut self.0).push(Arc::new(event));
    }

    pub(super) fn events(&self) -> &[Arc<Event>] {
        &self.0
    }
}
