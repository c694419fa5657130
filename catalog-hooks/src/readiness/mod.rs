//! Whether an object does what it was made for.

use serde_json::Value;

use crate::effect::ModuleStatus;

/// How an object is, from what the server shows of it.
///
/// What is said of an older generation does not count.
#[must_use]
pub fn readiness(object: &Value) -> ModuleStatus {
    let generation = object
        .pointer("/metadata/generation")
        .and_then(Value::as_i64);
    let observed = object
        .pointer("/status/observedGeneration")
        .and_then(Value::as_i64);
    if observed.is_some() && observed < generation {
        return ModuleStatus::Progressing("its controller has not seen the change".to_owned());
    }
    let conditions = object
        .pointer("/status/conditions")
        .and_then(Value::as_array);
    let ready = conditions
        .into_iter()
        .flatten()
        .find(|one| one.get("type").is_some_and(|kind| kind == "Ready"));
    match ready {
        Some(ready) if ready.get("status").is_some_and(|status| status == "True") => {
            ModuleStatus::Ready
        }
        Some(_) => ModuleStatus::Progressing("it is not ready".to_owned()),
        None => ModuleStatus::Ready,
    }
}
