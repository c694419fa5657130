//! The shape in which operations and hooks are written into a pinned plan.

use std::time::Duration;

use catalog_model::version::Version;
use catalog_model::{
    Backoff, HookPolicy, Keep, OnFailure, Operation, OperationKind, PackageName, Phase, Semantics,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::OperationContext;
use crate::hook_job::HookJob;
use crate::identity::Identity;
use crate::role::Role;

/// An operation with its ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct OperationWire {
    kind: KindWire,
    package: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    namespace: String,
    id: String,
    release_uid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempted_version: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum KindWire {
    Install,
    Upgrade,
    Rollback,
    Uninstall,
    Action,
}

/// A hook with its undo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct HookWire {
    phase: String,
    hook: String,
    version: String,
    policy: PolicyWire,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    resources: Vec<Value>,
    job: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undo: Option<Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PolicyWire {
    #[serde(default)]
    weight: i32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    after: Vec<String>,
    timeout_millis: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retries: Option<u32>,
    backoff_millis: [u64; 2],
    backoff_factor: u32,
    on_failure: FailureWire,
    at_most_once: bool,
    irreversible: bool,
    keep: KeepWire,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stuck_after_millis: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum FailureWire {
    Stop,
    Continue,
    Rollback,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum KeepWire {
    OnFailure,
    Always,
    Never,
}

impl OperationWire {
    pub(super) fn of(operation: &Operation, context: &OperationContext) -> Self {
        let text = |version: Option<&Version>| version.map(Version::to_string);
        Self {
            kind: match operation.kind() {
                OperationKind::Upgrade => KindWire::Upgrade,
                OperationKind::Rollback => KindWire::Rollback,
                OperationKind::Uninstall => KindWire::Uninstall,
                OperationKind::Action => KindWire::Action,
                _ => KindWire::Install,
            },
            package: operation.package().to_string(),
            from: text(operation.from()),
            to: text(operation.to()),
            action: operation.action_name().map(str::to_owned),
            namespace: operation.namespace().to_owned(),
            id: context.operation_id().to_owned(),
            release_uid: context.release_uid().to_owned(),
            attempted_version: text(context.attempted_version()),
        }
    }

    /// The operation, unless something in it cannot be.
    pub(super) fn operation(&self) -> Option<(Operation, OperationContext)> {
        let package = PackageName::parse(&self.package).ok()?;
        let version = |text: &Option<String>| Version::parse(text.as_deref()?).ok();
        let (from, to) = (version(&self.from), version(&self.to));
        let namespace = self.namespace.as_str();
        let operation = match self.kind {
            KindWire::Install => Operation::install(package, to?, namespace),
            KindWire::Upgrade => Operation::upgrade(package, from?, to?, namespace),
            KindWire::Rollback => Operation::rollback(package, from?, to?, namespace),
            KindWire::Uninstall => Operation::uninstall(package, from?, namespace),
            KindWire::Action => {
                Operation::action(package, from?, namespace, self.action.as_deref()?)
            }
        };
        let context = OperationContext::new(&self.id, &self.release_uid).ok()?;
        let context = match version(&self.attempted_version) {
            Some(attempted) => context.with_attempted_version(attempted),
            None => context,
        };
        Some((operation, context))
    }
}

impl HookWire {
    pub(super) fn of(job: &HookJob) -> Self {
        Self {
            phase: job.occasion().to_owned(),
            hook: job.hook().to_owned(),
            version: job.version().to_string(),
            policy: PolicyWire::of(job.policy()),
            resources: job.resources().to_vec(),
            job: job.job().clone(),
            undo: job.undo().map(|undo| undo.job().clone()),
        }
    }

    pub(super) fn job(self, operation: &Operation, context: &OperationContext) -> Option<HookJob> {
        let mut phases = Phase::ALL.into_iter();
        let phase = phases.find(|phase| phase.as_str() == self.phase);
        if phase.is_none() && self.phase != Role::Action.as_str() {
            return None;
        }
        let identity = Identity {
            operation: operation.clone(),
            context: context.clone(),
            version: Version::parse(&self.version).ok()?,
            phase,
            hook: self.hook,
            role: match phase {
                Some(_) => Role::Run,
                None => Role::Action,
            },
        };
        Some(HookJob::pinned(
            identity,
            self.policy.policy(),
            self.resources,
            (self.job, self.undo),
        ))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl PolicyWire {
    fn of(policy: &HookPolicy) -> Self {
        Self {
            weight: policy.weight,
            after: policy.after.clone(),
            timeout_millis: millis(policy.timeout),
            retries: policy.retries,
            backoff_millis: [millis(policy.backoff.initial), millis(policy.backoff.max)],
            backoff_factor: policy.backoff.factor,
            on_failure: match policy.on_failure {
                OnFailure::Stop => FailureWire::Stop,
                OnFailure::Continue => FailureWire::Continue,
                OnFailure::Rollback => FailureWire::Rollback,
            },
            at_most_once: policy.semantics == Semantics::AtMostOnce,
            irreversible: policy.irreversible,
            keep: match policy.keep {
                Keep::OnFailure => KeepWire::OnFailure,
                Keep::Always => KeepWire::Always,
                Keep::Never => KeepWire::Never,
            },
            stuck_after_millis: policy.stuck_after.map(millis),
        }
    }

    fn policy(&self) -> HookPolicy {
        let [initial, max] = self.backoff_millis.map(Duration::from_millis);
        let mut policy = HookPolicy::default();
        policy.timeout = Duration::from_millis(self.timeout_millis);
        policy.weight = self.weight;
        policy.after.clone_from(&self.after);
        policy.retries = self.retries;
        policy.backoff = Backoff {
            initial,
            factor: self.backoff_factor,
            max,
        };
        policy.on_failure = match self.on_failure {
            FailureWire::Stop => OnFailure::Stop,
            FailureWire::Continue => OnFailure::Continue,
            FailureWire::Rollback => OnFailure::Rollback,
        };
        policy.semantics = if self.at_most_once {
            Semantics::AtMostOnce
        } else {
            Semantics::AtLeastOnce
        };
        policy.irreversible = self.irreversible;
        policy.keep = match self.keep {
            KeepWire::OnFailure => Keep::OnFailure,
            KeepWire::Always => Keep::Always,
            KeepWire::Never => Keep::Never,
        };
        policy.stuck_after = self.stuck_after_millis.map(Duration::from_millis);
        policy
    }
}
