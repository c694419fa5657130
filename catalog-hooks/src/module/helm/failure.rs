//! Why a call of Helm did not succeed.

use super::command::Finished;
use crate::effect::ModuleFailure;

/// What Helm writes of troubles that end by themselves: those of the network, and another Helm at work.
const PASSING: [&str; 12] = [
    "connection refused",
    "connection reset",
    "i/o timeout",
    "timed out",
    "deadline exceeded",
    "no such host",
    "TLS handshake",
    "unexpected EOF",
    "Too Many Requests",
    "Service Unavailable",
    "service unavailable",
    "another operation (install/upgrade/rollback) is in progress",
];

/// What Helm writes of the hooks of a chart: whatever they failed of, they may have had effects, and nobody knows what running them again does.
const HOOKS: &str = "hooks failed";

/// A failure of Helm in its own words.
pub(super) fn failure(verb: &str, finished: &Finished) -> ModuleFailure {
    let words = finished.errors.trim();
    let words = words.strip_prefix("Error: ").unwrap_or(words);
    let advice = if words.contains("is in progress") {
        "; if no helm is at work any more, `helm rollback` takes back what one left behind"
    } else {
        ""
    };
    let words = if words.is_empty() {
        "it does not say why"
    } else {
        words
    };
    ModuleFailure {
        message: format!("helm {verb} failed: {words}{advice}"),
        may_pass: !words.contains(HOOKS) && PASSING.iter().any(|passing| words.contains(passing)),
    }
}

/// A failure that stays.
pub(super) fn lasting(message: String) -> ModuleFailure {
    ModuleFailure {
        message,
        may_pass: false,
    }
}

/// Whether Helm says that there is no such release.
pub(super) fn is_absent(finished: &Finished) -> bool {
    let lines = finished.errors.lines();
    lines
        .map(str::trim_end)
        .any(|line| line.starts_with("Error: ") && line.ends_with("release: not found"))
}
