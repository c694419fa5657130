//! A Job as the server shows it.

use serde_json::Value;

use crate::label;
use crate::pointer::At;

/// A Job as the server shows it.
#[derive(Clone, Copy)]
pub(in crate::machine) struct JobView<'j>(pub(in crate::machine) &'j Value);

/// A condition that is true.
pub(in crate::machine) struct Condition<'j> {
    pub(in crate::machine) reason: &'j str,
    pub(in crate::machine) message: &'j str,
    pub(in crate::machine) since: &'j str,
}

impl<'j> JobView<'j> {
    fn text(self, pointer: &str) -> &'j str {
        self.0
            .at(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(in crate::machine) fn uid(self) -> &'j str {
        self.text("/metadata/uid")
    }

    pub(in crate::machine) fn resource_version(self) -> &'j str {
        self.text("/metadata/resourceVersion")
    }

    /// When its deletion was asked for; empty if it was not.
    pub(in crate::machine) fn deleting_since(self) -> &'j str {
        self.text("/metadata/deletionTimestamp")
    }

    pub(in crate::machine) fn is_deleting(self) -> bool {
        !self.deleting_since().is_empty()
    }

    pub(in crate::machine) fn is_suspended(self) -> bool {
        self.0
            .at("/spec/suspend")
            .is_some_and(|suspend| suspend == true)
    }

    /// Whether it was never let run: every change of its spec raises the generation.
    pub(in crate::machine) fn never_ran(self) -> bool {
        self.is_suspended()
            && self
                .0
                .at("/metadata/generation")
                .is_some_and(|generation| generation == 1)
    }

    /// Whether its controller counts pods that are not over.
    pub(in crate::machine) fn is_active(self) -> bool {
        let active = self.0.at("/status/active").and_then(Value::as_u64);
        active.is_some_and(|active| active > 0)
    }

    pub(in crate::machine) fn has_started(self) -> bool {
        !self.text("/status/startTime").is_empty()
    }

    /// The epoch of the runner that last looked after it.
    pub(in crate::machine) fn epoch(self) -> u64 {
        let annotations = self.0.at("/metadata/annotations");
        let epoch = annotations
            .and_then(|all| all.get(label::EPOCH))
            .and_then(Value::as_str);
        epoch
            .and_then(|epoch| epoch.parse().ok())
            .unwrap_or_default()
    }

    fn labelled(self, key: &str) -> &'j str {
        let labels = self.0.at("/metadata/labels");
        labels
            .and_then(|all| all.get(key))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The hash of the Job that was to be made.
    pub(in crate::machine) fn spec_hash(self) -> &'j str {
        self.labelled(label::SPEC_HASH)
    }

    /// Whether it is the very Job that was to be made.
    pub(in crate::machine) fn is_made_from(self, planned: &Value) -> bool {
        let planned = JobView(planned);
        [label::RELEASE_UID, label::OPERATION, label::SPEC_HASH]
            .iter()
            .all(|key| {
                !planned.labelled(key).is_empty() && self.labelled(key) == planned.labelled(key)
            })
    }

    /// A condition, if it is true.
    pub(in crate::machine) fn condition(self, kind: &str) -> Option<Condition<'j>> {
        let conditions = self.0.at("/status/conditions")?.as_array()?;
        let field = |one: &'j Value, key| one.get(key).and_then(Value::as_str).unwrap_or_default();
        let found = conditions
            .iter()
            .find(|one| field(one, "type") == kind && field(one, "status") == "True")?;
        Some(Condition {
            reason: field(found, "reason"),
            message: field(found, "message"),
            since: field(found, "lastTransitionTime"),
        })
    }

    /// Whether it is decided that it succeeds.
    pub(in crate::machine) fn succeeds(self) -> bool {
        ["SuccessCriteriaMet", "Complete"]
            .iter()
            .any(|kind| self.condition(kind).is_some())
    }

    /// Why it is decided that it fails.
    pub(in crate::machine) fn fails(self) -> Option<Condition<'j>> {
        self.condition("Failed")
            .or_else(|| self.condition("FailureTarget"))
    }

    /// Whether no pod of it is left.
    pub(in crate::machine) fn is_over(self) -> bool {
        self.condition("Complete").is_some() || self.condition("Failed").is_some()
    }

    pub(in crate::machine) fn grace_seconds(self) -> u64 {
        let seconds = self
            .0
            .at("/spec/template/spec/terminationGracePeriodSeconds");
        seconds.and_then(Value::as_u64).unwrap_or(30)
    }

    pub(in crate::machine) fn finalizers(self) -> impl Iterator<Item = &'j str> {
        let finalizers = self.0.at("/metadata/finalizers").and_then(Value::as_array);
        finalizers.into_iter().flatten().filter_map(Value::as_str)
    }

    pub(in crate::machine) fn is_held_by_us(self) -> bool {
        self.finalizers().any(|name| name == label::FINALIZER)
    }
}
