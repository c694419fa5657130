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
const HOOKS: [&str; 3] = ["hooks failed", "failed pre-", "failed post-"];

/// A failure of Helm in its own words.
pub(super) fn failure(verb: &str, finished: &Finished) -> ModuleFailure {
    let words = error(&finished.errors);
    let says = |texts: &[&str]| texts.iter().any(|text| words.contains(text));
    let advice = if words.contains("is in progress") {
        "; if no helm is at work any more, `helm rollback`, or `helm uninstall` after a first install, takes back what one left behind"
    } else {
        ""
    };
    let told = if words.is_empty() {
        "it does not say why".to_owned()
    } else {
        line(&words)
    };
    ModuleFailure {
        message: format!("helm {verb} failed: {told}{advice}"),
        may_pass: says(&PASSING) && !says(&HOOKS),
    }
}

/// What Helm writes behind `Error:`, without the warnings before it; all of it where there is no such line.
fn error(written: &str) -> String {
    let lines = written.lines();
    let lines: Vec<&str> = lines
        .skip_while(|line| !line.starts_with("Error: "))
        .collect();
    let error = lines.join("\n");
    let error = error.strip_prefix("Error: ").unwrap_or(written);
    error.trim().to_owned()
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

/// Words of Helm in one line of bounded length.
pub(super) fn line(text: &str) -> String {
    let visible: String = text
        .chars()
        .take(1024)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}
