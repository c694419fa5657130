//! What holds of the Jobs of hooks: one at a time, in order, and no success that was none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_model::{HookPolicy, Semantics};
use serde_json::Value;

use super::Journals;
use crate::api::Request;
use crate::journal::{Journal, VerdictKind};
use crate::label;
use crate::plan::PinnedPlan;
use crate::pointer::At;
use crate::role::Role;
use crate::simulator::field;
use crate::simulator::job::is_true;
use crate::simulator::pod::has_ended;
use crate::simulator::trace::{Event, Happening};

/// Operation, phase, hook and role: what a hook's Jobs and pods carry as labels.
type Hook = [String; 4];

/// What is known of the hooks while the events go by.
#[derive(Clone)]
pub(super) struct Watch<'p> {
    plan: &'p PinnedPlan,
    journal: Option<Arc<Journal>>,
    epochs: BTreeMap<String, u64>,
    /// The epoch of the newest runner that has done more than to take over.
    acting: u64,
    /// By hook, the pods that live, with their Jobs.
    pods: BTreeMap<Hook, BTreeMap<String, String>>,
    /// By hook, the uids of its Jobs.
    jobs: BTreeMap<Hook, BTreeSet<String>>,
    /// Jobs that came to success, or whose pod did.
    succeeded: BTreeSet<String>,
    irreversible_began: bool,
    pub(super) found: Vec<String>,
}

impl<'p> Watch<'p> {
    pub(super) fn new(plan: &'p PinnedPlan) -> Self {
        Self {
            plan,
            journal: None,
            epochs: BTreeMap::new(),
            acting: 0,
            pods: BTreeMap::new(),
            jobs: BTreeMap::new(),
            succeeded: BTreeSet::new(),
            irreversible_began: false,
            found: Vec::new(),
        }
    }

    pub(super) fn see(&mut self, event: &Event, journals: &mut Journals) {
        match &event.what {
            Happening::Asked { request, .. } => self.see_request(&event.who, request),
            Happening::Journal { after, .. } => {
                let journal = after.as_ref().and_then(|text| journals.read(text));
                self.see_journal(&event.who, journal);
            }
            Happening::Changed {
                object,
                before,
                after,
            } => {
                let (before, after) = (before.as_deref(), after.as_deref());
                match object.kind() {
                    "Job" => self.see_job(&event.who, before, after),
                    "Pod" => self.see_pod(before, after),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Who takes over does nothing else before it has looked after the Jobs of the runner before.
    fn see_request(&mut self, who: &str, request: &Request) {
        let takes_over = matches!(request, Request::Patch { target, .. } if target.kind() == "Job");
        if let Some(epoch) = self.epochs.get(who).filter(|_| !takes_over) {
            self.acting = self.acting.max(*epoch);
        }
    }

    fn see_journal(&mut self, who: &str, journal: Option<Arc<Journal>>) {
        let Some(journal) = journal else { return };
        self.epochs.insert(who.to_owned(), journal.epoch());
        let attempts = journal.operations().iter().flat_map(|one| one.attempts());
        let false_success = attempts
            .filter(|one| {
                one.verdict()
                    .is_some_and(|verdict| verdict.kind == VerdictKind::Succeeded)
            })
            .filter_map(|one| Some((one.uid()?, one.hook())))
            .find(|(uid, _)| !self.succeeded.contains(*uid));
        if let Some((_, hook)) = false_success {
            let what = format!("`{hook}` counts as succeeded, and its Job did not");
            self.say("lost is never success", &what);
        }
        self.journal = Some(journal);
    }

    fn see_job(&mut self, who: &str, before: Option<&Value>, after: Option<&Value>) {
        let Some((job, hook)) = after.and_then(|job| Some((job, hook(job)?))) else {
            return;
        };
        let uid = field::text(job, "/metadata/uid").to_owned();
        if is_true(job, "SuccessCriteriaMet") {
            self.succeeded.insert(uid.clone());
        }
        if before.is_none() {
            self.made(&hook, uid);
        }
        let was_held = before.is_some_and(is_suspended);
        if who.starts_with("runner") && was_held && !is_suspended(job) {
            self.let_run(who, job, &hook);
        }
    }

    /// A Job of a hook is there.
    fn made(&mut self, hook: &Hook, uid: String) {
        let jobs = self.jobs.entry(hook.clone()).or_default();
        jobs.insert(uid);
        let count = jobs.len();
        let at_most_once = |policy: HookPolicy| policy.semantics == Semantics::AtMostOnce;
        if count > 1 && self.policy(hook).is_some_and(at_most_once) {
            let what = format!("`{}` has {count} Jobs", hook[2]);
            self.say("at-most-once makes at most one Job", &what);
        }
        if hook[3] == Role::Undo.as_str() && self.irreversible_began {
            let what = format!("the undo of `{}` was made", hook[2]);
            self.say("after `irreversible` no automatic undo", &what);
        }
    }

    /// A runner lets a Job run.
    fn let_run(&mut self, who: &str, job: &Value, hook: &Hook) {
        let own = self.epochs.get(who).copied().unwrap_or_default();
        if own < self.acting {
            let what = format!(
                "`{}` was let run by epoch {own} after {} took over",
                hook[2], self.acting
            );
            self.say("after a take-over the old runner starts no pod", &what);
        }
        if self.policy(hook).is_some_and(|policy| policy.irreversible) {
            self.irreversible_began = true;
        }
        let name = field::text(job, "/metadata/name");
        let uid = field::text(job, "/metadata/uid");
        let is_known = |journal: &Arc<Journal>| {
            let attempts = journal.operations().iter().flat_map(|one| one.attempts());
            attempts
                .into_iter()
                .any(|one| one.job() == name && one.uid() == Some(uid))
        };
        if !self.journal.as_ref().is_some_and(is_known) {
            let what = format!("`{}` runs, and the journal does not know its Job", hook[2]);
            self.say("no pod runs of a Job that the journal does not know", &what);
        }
        if hook[3] == Role::Run.as_str() {
            self.in_order(hook);
        }
    }

    /// All hooks of the phase before this one are over, by the journal.
    fn in_order(&mut self, hook: &Hook) {
        let planned = self
            .plan
            .operations()
            .iter()
            .find(|one| label::value(one.context().operation_id()) == hook[0]);
        let Some(planned) = planned else { return };
        let of_phase = planned
            .hooks()
            .iter()
            .filter(|job| job.occasion() == hook[1]);
        let before: Vec<&str> = of_phase
            .map(|job| job.hook())
            .take_while(|name| label::value(name) != hook[2])
            .collect();
        let early = before
            .into_iter()
            .find(|name| !self.is_over(name, &hook[1]));
        if let Some(early) = early {
            let what = format!("`{}` runs, and `{early}` is not over", hook[2]);
            self.say(
                "the next step begins only after the success of the one before is journaled",
                &what,
            );
        }
    }

    fn is_over(&self, name: &str, phase: &str) -> bool {
        let Some(journal) = &self.journal else {
            return false;
        };
        journal.operations().iter().any(|operation| {
            let is_passed = operation
                .passed
                .iter()
                .any(|key| key.hook == name && key.phase == phase && key.role == Role::Run);
            let attempts = operation.attempts().iter();
            is_passed
                || attempts
                    .filter(|one| {
                        one.hook() == name && one.phase() == phase && one.role() == Role::Run
                    })
                    .any(|one| one.succeeded())
        })
    }

    fn see_pod(&mut self, before: Option<&Value>, after: Option<&Value>) {
        let Some(pod) = after.or(before) else { return };
        let Some(hook) = hook(pod) else { return };
        let uid = field::text(pod, "/metadata/uid").to_owned();
        let job = field::text(pod, "/metadata/ownerReferences/0/uid").to_owned();
        if field::text(pod, "/status/phase") == "Succeeded" {
            self.succeeded.insert(job.clone());
        }
        let pods = self.pods.entry(hook.clone()).or_default();
        if after.is_none_or(has_ended) {
            pods.remove(&uid);
            return;
        }
        let is_new = pods.insert(uid, job).is_none();
        if is_new && pods.len() > 1 {
            let what = format!("`{}` has {} live pods", hook[2], pods.len());
            self.say("never two live Jobs for one hook", &what);
        }
    }

    fn policy(&self, hook: &Hook) -> Option<HookPolicy> {
        let jobs = self.plan.operations().iter().flat_map(|one| one.hooks());
        let mut fitting =
            jobs.filter(|job| job.occasion() == hook[1] && label::value(job.hook()) == hook[2]);
        fitting.next().map(|job| job.policy().clone())
    }

    fn say(&mut self, invariant: &str, what: &str) {
        self.found.push(format!("{invariant}: {what}"));
    }
}

/// The hook that a Job or pod is of.
fn hook(object: &Value) -> Option<Hook> {
    let labels = object.at("/metadata/labels")?;
    let text = |key: &str| labels.get(key)?.as_str().map(str::to_owned);
    Some([
        text(label::OPERATION)?,
        text(label::PHASE)?,
        text(label::HOOK)?,
        text(label::ROLE)?,
    ])
}

fn is_suspended(job: &Value) -> bool {
    job.at("/spec/suspend") == Some(&true.into())
}
