//! What an author wrote of a hook or an action.

use catalog_model::{Action, Hook, HookPolicy, Release};
use serde_json::{Map, Value};

/// What an author wrote of a hook or an action.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) release: &'a Release,
    /// `pre-install hook`, `action`.
    pub(crate) what: &'a str,
    pub(crate) name: &'a str,
    pub(crate) policy: &'a HookPolicy,
    pub(crate) job: &'a Map<String, Value>,
    pub(crate) undo: Option<&'a Map<String, Value>>,
    pub(crate) resources: &'a [Value],
    pub(crate) file: &'a str,
}

impl<'a> Written<'a> {
    /// A hook; `what` is its phase with the word.
    pub(crate) fn hook(release: &'a Release, hook: &'a Hook, what: &'a str) -> Self {
        Self {
            release,
            what,
            name: hook.name(),
            policy: hook.policy(),
            job: hook.job(),
            undo: hook.undo(),
            resources: hook.resources(),
            file: hook.file(),
        }
    }

    pub(crate) fn action(release: &'a Release, action: &'a Action) -> Self {
        Self {
            release,
            what: "action",
            name: action.name(),
            policy: action.policy(),
            job: action.job(),
            undo: None,
            resources: action.resources(),
            file: action.file(),
        }
    }
}
