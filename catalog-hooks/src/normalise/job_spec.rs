//! The fields of a Job's `spec`.

use catalog_model::{HookPolicy, Semantics};
use serde_json::{Map, Value};

use crate::object;
use crate::remarks::{Remarks, shown};

/// What a Job gets beyond its hook's timeout: it ends by itself only when nobody watches it.
const DEADLINE_MARGIN_SECONDS: u64 = 30;

const ONE_POD: &str = "a hook is one pod at a time, so that its end is one answer; a hook that has work for many makes Jobs of its own";
const OWN_RETRIES: &str = "each attempt is a Job of its own: state the hook's `retries`";
const OWN_SELECTOR: &str =
    "the server's own selector is by the Job's uid: another one can count the pods of other Jobs";

/// Fields that would work against how hooks are run, each with the reason.
const WITHHELD: [(&str, &str); 4] = [
    ("spec.selector", OWN_SELECTOR),
    ("spec.manualSelector", OWN_SELECTOR),
    ("spec.backoffLimitPerIndex", OWN_RETRIES),
    ("spec.maxFailedIndexes", OWN_RETRIES),
];

pub(super) fn normalise(
    spec: &mut Map<String, Value>,
    policy: &mut HookPolicy,
    remarks: &mut Remarks<'_>,
) {
    refuse_indexed(spec, remarks);
    retries(spec, policy, remarks);
    for (path, why) in WITHHELD {
        object::remove(spec, path, why, remarks);
    }
    suspend_and_ttl(spec, remarks);
    for path in ["spec.parallelism", "spec.completions"] {
        object::replace(spec, path, 1, ONE_POD, remarks);
    }
    let why = "a pod is replaced only when it has ended, so that two never run at a time";
    object::replace(spec, "spec.podReplacementPolicy", "Failed", why, remarks);
    let why =
        "the hook's `timeout` decides; this is 30 s more, for when nobody is there to keep it";
    let deadline = deadline_seconds(policy);
    object::replace(spec, "spec.activeDeadlineSeconds", deadline, why, remarks);
    object::replace(spec, "spec.backoffLimit", 0, OWN_RETRIES, remarks);
}

/// Index 0 alone of an indexed Job would end well with most of the work not done.
fn refuse_indexed(spec: &Map<String, Value>, remarks: &mut Remarks<'_>) {
    let indexed = object::value(spec, "completionMode").is_some_and(|mode| mode == "Indexed");
    let completions = object::value(spec, "completions").filter(|count| **count != 1);
    if let (true, Some(completions)) = (indexed, completions) {
        remarks.refuse(
            "hooks.job.indexed",
            &format!("it is indexed with `completions: {}`, and a hook runs one pod: only index 0 would be done", shown(completions)),
            "do the work in one pod, or write a hook for each part",
        );
    }
}

/// Takes `backoffLimit` out and into the policy. A hook's own `retries` win; at-most-once allows none.
fn retries(spec: &mut Map<String, Value>, policy: &mut HookPolicy, remarks: &mut Remarks<'_>) {
    let Some(limit) = spec.remove("backoffLimit").filter(|limit| !limit.is_null()) else {
        return;
    };
    let Some(count) = limit.as_u64().and_then(|count| i32::try_from(count).ok()) else {
        return remarks.wrong_type("spec.backoffLimit", "a whole number from 0 to 2147483647");
    };
    let count = count.unsigned_abs();
    let mut say = |effect: String| {
        let problem = format!("`spec.backoffLimit: {count}` {effect}");
        remarks.warn("hooks.job.retries", &problem, OWN_RETRIES);
    };
    match (policy.semantics, policy.retries) {
        (_, retries) if retries.unwrap_or_default() == count => {}
        (_, Some(_)) if count == 0 => {}
        (_, Some(retries)) => say(format!("does not count: the hook has `retries: {retries}`")),
        (Semantics::AtMostOnce, None) => {
            say("does not count: the hook runs at most once".to_owned());
        }
        (Semantics::AtLeastOnce, None) => {
            policy.retries = Some(count);
            say(format!("becomes the hook's `retries: {count}`"));
        }
    }
}

/// Both belong to whoever runs the Job: it may start when its existence is recorded, and go when its result is.
fn suspend_and_ttl(spec: &mut Map<String, Value>, remarks: &mut Remarks<'_>) {
    if spec
        .remove("suspend")
        .is_some_and(|suspend| suspend == true)
    {
        remarks.removed("spec.suspend", "a hook runs when its turn comes");
    }
    let ttl = spec.remove("ttlSecondsAfterFinished");
    if ttl.is_some_and(|ttl| !ttl.is_null()) {
        remarks.note(
            "hooks.field.removed",
            "`spec.ttlSecondsAfterFinished` is left out",
            "a Job stays until its result has been recorded; `keep` says whether it stays longer",
        );
    }
}

/// Whole seconds, upwards, within what an API server takes.
fn deadline_seconds(policy: &HookPolicy) -> u64 {
    let begun = u64::from(policy.timeout.subsec_nanos() > 0);
    let seconds = policy
        .timeout
        .as_secs()
        .saturating_add(begun + DEADLINE_MARGIN_SECONDS);
    seconds.min(i64::MAX.unsigned_abs())
}
