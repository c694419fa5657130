//! What an operation consists of, in order.

use std::fmt;

use catalog_model::{OperationKind, Phase};
use serde::{Deserialize, Serialize};

/// Which way an operation goes.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Track {
    /// As it was asked for.
    #[default]
    Forward,
    /// After a failure before the first change: what hooks began is taken back.
    Undo,
    /// After a later failure: all that was done is taken back.
    Back,
    /// It is abandoned: nothing is taken back, and no Job stays held.
    GiveUp,
}

/// One step of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Step {
    /// Hooks that were left under way are stopped, and their Jobs released.
    Close,
    /// The conditions of the release are evaluated on the cluster.
    Conditions,
    /// The namespace is made, if it is not there.
    Namespace,
    /// The hooks of a phase run.
    Hooks(Phase),
    /// The action that was asked for runs.
    Action,
    /// The undo Jobs of the hooks of a phase run, last first.
    UndoHooks(Phase),
    /// The definitions are applied.
    Definitions(Side),
    /// The modules are deployed.
    Modules(Side),
    /// All that was applied and deployed is waited for.
    Ready(Side),
    /// What the release before had, and this one has not, is deleted.
    Prune,
    /// Custom resources of the release's CRDs are deleted while their controllers live.
    CustomResources,
    /// The modules are deleted.
    DeleteModules,
    /// The definitions are deleted.
    DeleteDefinitions,
    /// What was deleted is waited for until it is gone.
    Gone,
    /// The namespace is deleted, if it was made for the package.
    DeleteNamespace,
    /// The installed record is written.
    Commit,
    /// The installed record is made what it was before.
    Restore,
    /// What is left of hooks is removed.
    Sweep,
    /// The installed record is removed.
    Forget,
}

/// Whose content a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The release that the operation brings.
    Target,
    /// The release that was there before.
    Before,
}

/// What a list of steps depends on beside kind and track.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StepOptions {
    pub(crate) custom_resources: bool,
    pub(crate) namespace: bool,
    pub(crate) skip_hooks: bool,
    /// Whether something is there of an install that was not finished.
    pub(crate) has_leftovers: bool,
}

/// The steps of an operation.
pub(crate) fn steps(kind: OperationKind, track: Track, options: StepOptions) -> Vec<Step> {
    let mut steps = match track {
        Track::Forward => forward(kind, options),
        Track::Undo => {
            let undo = first_phase(kind).map(Step::UndoHooks);
            // Of other kinds, nothing is put on record of hooks alone.
            let is_between = matches!(kind, OperationKind::Upgrade | OperationKind::Rollback);
            let restore = is_between.then_some(Step::Restore);
            let steps = [Some(Step::Close), undo, restore, Some(Step::Sweep)];
            steps.into_iter().flatten().collect()
        }
        Track::GiveUp => vec![Step::Close, Step::Sweep],
        Track::Back => back(kind),
    };
    if options.skip_hooks {
        steps.retain(|step| !matches!(step, Step::Hooks(_)));
    }
    steps
}

fn forward(kind: OperationKind, options: StepOptions) -> Vec<Step> {
    use Phase::{
        PostInstall, PostRollback, PostUninstall, PostUpgrade, PreInstall, PreRollback,
        PreUninstall, PreUpgrade,
    };
    use Side::Target;
    use Step::{
        Commit, Conditions, CustomResources, Definitions, DeleteDefinitions, DeleteModules,
        DeleteNamespace, Forget, Gone, Hooks, Modules, Namespace, Prune, Ready, Sweep,
    };
    match kind {
        OperationKind::Upgrade => vec![
            Conditions,
            Hooks(PreUpgrade),
            Definitions(Target),
            Modules(Target),
            Ready(Target),
            Prune,
            Hooks(PostUpgrade),
            Commit,
            Sweep,
        ],
        OperationKind::Rollback => vec![
            Conditions,
            Hooks(PreRollback),
            Modules(Target),
            Definitions(Target),
            Ready(Target),
            Prune,
            Hooks(PostRollback),
            Commit,
            Sweep,
        ],
        OperationKind::Uninstall => {
            let mut steps = vec![Hooks(PreUninstall)];
            steps.extend(options.custom_resources.then_some(CustomResources));
            steps.extend([DeleteModules, DeleteDefinitions, Gone, Hooks(PostUninstall)]);
            steps.extend(options.namespace.then_some(DeleteNamespace));
            steps.extend([Sweep, Forget]);
            steps
        }
        OperationKind::Action => vec![Step::Action, Sweep],
        _ => {
            let mut steps = vec![
                Conditions,
                Namespace,
                Hooks(PreInstall),
                Definitions(Target),
                Modules(Target),
                Ready(Target),
            ];
            steps.extend(options.has_leftovers.then_some(Prune));
            steps.extend([Hooks(PostInstall), Commit, Sweep]);
            steps
        }
    }
}

fn back(kind: OperationKind) -> Vec<Step> {
    use Side::Before;
    use Step::{
        Close, Definitions, DeleteDefinitions, DeleteModules, Gone, Hooks, Modules, Prune, Ready,
        Restore, Sweep, UndoHooks,
    };
    match kind {
        OperationKind::Upgrade => vec![
            Close,
            Hooks(Phase::PreRollback),
            UndoHooks(Phase::PostUpgrade),
            Modules(Before),
            Definitions(Before),
            Ready(Before),
            Prune,
            UndoHooks(Phase::PreUpgrade),
            Hooks(Phase::PostRollback),
            Restore,
            Sweep,
        ],
        _ => vec![
            Close,
            UndoHooks(Phase::PostInstall),
            DeleteModules,
            DeleteDefinitions,
            Gone,
            UndoHooks(Phase::PreInstall),
            Restore,
            Sweep,
        ],
    }
}

impl fmt::Display for Step {
    /// As users read it: `pre-install hooks`, `definitions`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |side: &Side| match side {
            Side::Target => "",
            Side::Before => " of the release before",
        };
        match self {
            Self::Hooks(phase) => write!(f, "{phase} hooks"),
            Self::Action => f.write_str("action"),
            Self::UndoHooks(phase) => write!(f, "undo of {phase} hooks"),
            Self::Definitions(which) => write!(f, "definitions{}", side(which)),
            Self::Modules(which) => write!(f, "modules{}", side(which)),
            Self::Ready(which) => write!(f, "readiness{}", side(which)),
            Self::Close => f.write_str("end of hooks that were under way"),
            Self::Conditions => f.write_str("conditions"),
            Self::Namespace => f.write_str("namespace"),
            Self::Prune => f.write_str("prune"),
            Self::CustomResources => f.write_str("deletion of custom resources"),
            Self::DeleteModules => f.write_str("deletion of modules"),
            Self::DeleteDefinitions => f.write_str("deletion of definitions"),
            Self::Gone => f.write_str("wait until all is gone"),
            Self::DeleteNamespace => f.write_str("deletion of the namespace"),
            Self::Commit => f.write_str("commit"),
            Self::Restore => f.write_str("restoring the record"),
            Self::Sweep => f.write_str("sweep"),
            Self::Forget => f.write_str("forget"),
        }
    }
}

/// The phase of the hooks before an operation's own work; an action has none.
pub(crate) fn first_phase(kind: OperationKind) -> Option<Phase> {
    Some(match kind {
        OperationKind::Action => return None,
        OperationKind::Upgrade => Phase::PreUpgrade,
        OperationKind::Rollback => Phase::PreRollback,
        OperationKind::Uninstall => Phase::PreUninstall,
        _ => Phase::PreInstall,
    })
}
