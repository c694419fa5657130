//! Jobs that run around the operations of a package.

mod order;
mod phase;

use std::time::Duration;

use serde_json::{Map, Value};

pub(crate) use self::order::order;
pub use self::phase::Phase;
use crate::origin::Origin;

/// One hook of a phase, as its file says; catalog-hooks turns it into a Job that an API server takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    pub(crate) phase: Phase,
    pub(crate) name: String,
    pub(crate) policy: HookPolicy,
    pub(crate) job: Map<String, Value>,
    pub(crate) undo: Option<Map<String, Value>>,
    pub(crate) resources: Vec<Value>,
    pub(crate) origin: Origin,
}

/// A day-2 operation that a user starts by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) parameters: Option<Value>,
    pub(crate) policy: HookPolicy,
    pub(crate) job: Map<String, Value>,
    pub(crate) resources: Vec<Value>,
    pub(crate) origin: Origin,
}

/// How a hook or action is run. The defaults are those of the format.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookPolicy {
    /// Smaller runs earlier; 0.
    pub weight: i32,
    /// Hooks of the same phase that must have succeeded before.
    pub after: Vec<String>,
    /// How long one attempt may take; 10 minutes.
    pub timeout: Duration,
    /// Attempts after the first; `None`: the author says nothing, which means what the Job's own `backoffLimit` says, and without one 0.
    pub retries: Option<u32>,
    /// The wait between attempts.
    pub backoff: Backoff,
    /// What a failure does to the operation.
    pub on_failure: OnFailure,
    /// How often a Job may be made when it is not known whether one ran.
    pub semantics: Semantics,
    /// Whether nothing can be undone once it started.
    pub irreversible: bool,
    /// Whether the finished Job is kept.
    pub keep: Keep,
    /// How long a Job may have no pod before its hook is looked at as stuck; `None`: 2 minutes, and only where nothing but its author can help.
    pub stuck_after: Option<Duration>,
}

/// The wait before the n-th retry: `initial × factor^(n-1)`, at most `max`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Before the first retry; 10 seconds.
    pub initial: Duration,
    /// Growth from one to the next; 2.
    pub factor: u32,
    /// The longest wait; 5 minutes.
    pub max: Duration,
}

/// What a failed hook does to its operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnFailure {
    /// The operation stops.
    #[default]
    Stop,
    /// The failure is recorded, and the operation goes on.
    Continue,
    /// The operation is rolled back.
    Rollback,
}

/// What is promised when a runner cannot know whether a Job ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Semantics {
    /// It is made again.
    #[default]
    AtLeastOnce,
    /// It is not: somebody decides.
    AtMostOnce,
}

/// Which finished Jobs are kept for reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Keep {
    /// Those that failed.
    #[default]
    OnFailure,
    /// All.
    Always,
    /// None.
    Never,
}

impl Default for HookPolicy {
    fn default() -> Self {
        Self {
            weight: 0,
            after: Vec::new(),
            timeout: Duration::from_secs(600),
            retries: None,
            backoff: Backoff::default(),
            on_failure: OnFailure::default(),
            semantics: Semantics::default(),
            irreversible: false,
            keep: Keep::default(),
            stuck_after: None,
        }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            initial: Duration::from_secs(10),
            factor: 2,
            max: Duration::from_secs(300),
        }
    }
}

impl Hook {
    /// When it runs.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Its name, unique in its phase.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is run.
    #[must_use]
    pub fn policy(&self) -> &HookPolicy {
        &self.policy
    }

    /// The Job as written: perhaps without a name and a restart policy.
    #[must_use]
    pub fn job(&self) -> &Map<String, Value> {
        &self.job
    }

    /// The Job that takes back what it did.
    #[must_use]
    pub fn undo(&self) -> Option<&Map<String, Value>> {
        self.undo.as_ref()
    }

    /// Objects that the Job needs while it runs.
    #[must_use]
    pub fn resources(&self) -> &[Value] {
        &self.resources
    }

    /// The file it stands in, relative to the version folder.
    #[must_use]
    pub fn file(&self) -> &str {
        self.origin.file()
    }

    /// Where it is written.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl Action {
    /// Its name, unique in a release.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it does.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The JSON Schema of its parameters.
    #[must_use]
    pub fn parameters(&self) -> Option<&Value> {
        self.parameters.as_ref()
    }

    /// How it is run.
    #[must_use]
    pub fn policy(&self) -> &HookPolicy {
        &self.policy
    }

    /// The Job as written.
    #[must_use]
    pub fn job(&self) -> &Map<String, Value> {
        &self.job
    }

    /// Objects that the Job needs while it runs.
    #[must_use]
    pub fn resources(&self) -> &[Value] {
        &self.resources
    }

    /// The file it stands in, relative to the version folder.
    #[must_use]
    pub fn file(&self) -> &str {
        self.origin.file()
    }

    /// Where it is written.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}
