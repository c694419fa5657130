//! Jobs: ready when their work is done.

use super::observed::{Observed, failed, progressing};
use crate::effect::ModuleStatus;

pub(super) fn job(object: Observed<'_>) -> ModuleStatus {
    if object.holding("Complete").is_some() {
        return ModuleStatus::Ready;
    }
    // `FailureTarget` comes first and is never taken back; `Failed` follows when the last pod has gone.
    let failure = object.holding("Failed").or(object.holding("FailureTarget"));
    if let Some(failure) = failure {
        return failed(failure.words());
    }
    if object.holding("Suspended").is_some() || object.is_true("/spec/suspend") {
        return progressing("it is suspended (`spec.suspend`)");
    }
    if object.text("/status/startTime").is_empty() {
        return progressing("it has not started");
    }
    let want = object.given("/spec/completions").unwrap_or(1);
    let done = object.count("/status/succeeded");
    progressing(match object.count("/status/failed") {
        0 => format!("{done} of {want} completions are done"),
        failures => format!("{done} of {want} completions are done; {failures} pods failed"),
    })
}
