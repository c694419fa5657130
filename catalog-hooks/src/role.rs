//! What a Job does for its hook.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a Job does for its hook: part of the Job's name and one of its labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Role {
    /// It is the hook.
    Run,
    /// It takes back what the hook did.
    Undo,
    /// It is no hook, but an action that somebody asked for.
    Action,
}

impl Role {
    /// `run`, `undo` or `action`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Undo => "undo",
            Self::Action => "action",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
