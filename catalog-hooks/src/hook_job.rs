//! One attempt of one hook, as a Job.

use std::num::NonZeroU32;

use catalog_model::version::Version;
use catalog_model::{Diagnostic, HookPolicy, Phase, Severity};
use serde_json::{Map, Value, json};

use crate::identity::Identity;
use crate::label;
use crate::normalise::normalise;
use crate::remarks::Remarks;
use crate::resource::resources;
use crate::role::Role;
use crate::stamp::{stamp, variables};
use crate::written::Written;

/// One attempt of a hook, or of its undo, as a Job that an API server takes as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct HookJob {
    identity: Identity,
    attempt: NonZeroU32,
    name: String,
    policy: HookPolicy,
    resources: Vec<Value>,
    job: Value,
    undo: Option<Box<Self>>,
}

impl HookJob {
    /// The first attempt of a hook with its undo, or of an action with its parameters, if it can run, and what there is to say about it.
    pub(crate) fn first(
        author: Written<'_>,
        identity: Identity,
        parameters: &[(String, String)],
    ) -> (Option<Self>, Vec<Diagnostic>) {
        let (resources, mut diagnostics) = resources(author, &identity);
        let undo = author.undo.map(|job| {
            let identity = Identity {
                role: Role::Undo,
                ..identity.clone()
            };
            let remarks = Remarks::new(author, "the undo Job");
            Self::of((job, author.policy), identity, &[], remarks)
        });
        let remarks = Remarks::new(author, "the Job");
        let job = (author.job, author.policy);
        let (mut run, said) = Self::of(job, identity, parameters, remarks);
        diagnostics.extend(said);
        if let Some((mut undo, said)) = undo {
            undo.resources.clone_from(&resources);
            run.undo = Some(Box::new(undo));
            diagnostics.extend(said);
        }
        run.resources = resources;
        let usable = diagnostics
            .iter()
            .all(|said| said.severity() < Severity::Error);
        (usable.then_some(run), diagnostics)
    }

    /// The first attempt of a hook whose Jobs were made before, with the Job of its undo.
    pub(crate) fn pinned(
        identity: Identity,
        policy: HookPolicy,
        resources: Vec<Value>,
        (job, undo): (Value, Option<Value>),
    ) -> Self {
        let attempt = NonZeroU32::MIN;
        let of = |identity: Identity, job, undo| Self {
            name: identity.job_name(attempt),
            identity,
            attempt,
            policy: policy.clone(),
            resources: resources.clone(),
            job,
            undo,
        };
        let undo = undo.map(|job| {
            let identity = Identity {
                role: Role::Undo,
                ..identity.clone()
            };
            Box::new(of(identity, job, None))
        });
        of(identity, job, undo)
    }

    /// A Job without resources and undo.
    fn of(
        (written, policy): (&Map<String, Value>, &HookPolicy),
        identity: Identity,
        parameters: &[(String, String)],
        mut remarks: Remarks<'_>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut policy = policy.clone();
        let namespace = identity.operation.namespace();
        let mut job = Value::Object(normalise(written, namespace, &mut policy, &mut remarks));
        variables(&mut job, parameters, &mut |overwritten| {
            remarks.overwritten(&overwritten)
        });
        let attempt = NonZeroU32::MIN;
        stamp(&mut job, &identity, attempt, &mut |overwritten| {
            remarks.overwritten(&overwritten)
        });
        let run = Self {
            name: identity.job_name(attempt),
            identity,
            attempt,
            policy,
            resources: Vec::new(),
            job,
            undo: None,
        };
        (run, remarks.into_diagnostics())
    }

    /// When it runs; `None`: it is an action, and runs when somebody asks for it.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        self.identity.phase
    }

    /// The name of its phase, or `action`: what its label and `HOOK_PHASE` say.
    #[must_use]
    pub fn occasion(&self) -> &'static str {
        self.identity.occasion()
    }

    /// The hook's name, unique in its phase, or the action's.
    #[must_use]
    pub fn hook(&self) -> &str {
        &self.identity.hook
    }

    /// The version whose hook it is.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.identity.version
    }

    /// Whether it is the hook, its undo, or an action.
    #[must_use]
    pub fn role(&self) -> Role {
        self.identity.role
    }

    /// Which attempt it is, from 1.
    #[must_use]
    pub fn attempt(&self) -> NonZeroU32 {
        self.attempt
    }

    /// The Job's name: a DNS-1123 label of at most 52 characters, from the package, the hook, and a hash of release uid, operation id,
    /// phase, hook, attempt and role. The same on every machine.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The namespace of the Job: the operation's.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.identity.operation.namespace()
    }

    /// How the hook is run. Its `retries` are the hook's own, or where it has none, the `backoffLimit` of its Job.
    #[must_use]
    pub fn policy(&self) -> &HookPolicy {
        &self.policy
    }

    /// The objects to create before the Job, in this order, and to delete after it. All attempts of a hook, and its undo, share them.
    #[must_use]
    pub fn resources(&self) -> &[Value] {
        &self.resources
    }

    /// The Job. It runs as soon as it is created.
    #[must_use]
    pub fn job(&self) -> &Value {
        &self.job
    }

    /// The Job for a runner that records what it does: created suspended, so that no pod runs before the Job's uid is on record, and with
    /// [`label::FINALIZER`], so that it stays until its result is. The runner sets `spec.suspend` to false and takes the finalizer off.
    #[must_use]
    pub fn suspended_job(&self) -> Value {
        let mut job = self.job.clone();
        if let Some(spec) = job.get_mut("spec").and_then(Value::as_object_mut) {
            spec.insert("suspend".to_owned(), true.into());
        }
        if let Some(metadata) = job.get_mut("metadata").and_then(Value::as_object_mut) {
            let finalizers = metadata.entry("finalizers").or_insert(Value::Null);
            match finalizers.as_array_mut() {
                Some(list) if list.iter().any(|name| name == label::FINALIZER) => {}
                Some(list) => list.push(label::FINALIZER.into()),
                None => *finalizers = json!([label::FINALIZER]),
            }
        }
        job
    }

    /// The Job that takes back what the hook did, or what it began, if the author wrote one.
    #[must_use]
    pub fn undo(&self) -> Option<&Self> {
        self.undo.as_deref()
    }

    /// The same hook in its n-th attempt: another name, another `HOOK_ATTEMPT`, and the idempotency key of the first. Whether there may be
    /// another attempt is for the caller to know, from [`policy`](Self::policy). Cost: copies the Job.
    #[must_use]
    pub fn with_attempt(&self, attempt: NonZeroU32) -> Self {
        let mut other = self.clone();
        if attempt == self.attempt {
            return other;
        }
        stamp(&mut other.job, &other.identity, attempt, &mut |_| {});
        other.name = other.identity.job_name(attempt);
        other.attempt = attempt;
        other
    }
}
