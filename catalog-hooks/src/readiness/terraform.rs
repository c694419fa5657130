//! Configurations of KubeVela's Terraform controller.

use super::observed::{Observed, failed, progressing, words};
use crate::effect::ModuleStatus;

/// What the controller calls failed. Its Job goes on trying, as the controller of a Deployment does after its deadline; nobody knows whether
/// that helps.
const FAILED: [&str; 8] = [
    "ApplyFailed",
    "ConfigurationSpecNotValid",
    "SyntaxError",
    "TerraformInitError",
    "InvalidRegion",
    "InvalidGitCredentialsSecretReference",
    "InvalidTerraformCredentialsSecretReference",
    "InvalidTerraformRCConfigMapReference",
];

pub(super) fn configuration(object: Observed<'_>) -> ModuleStatus {
    if object.is_unseen() {
        return progressing("the Terraform controller has not looked at it yet");
    }
    let (state, message) = (
        object.text("/status/apply/state"),
        object.text("/status/apply/message"),
    );
    match state {
        "Available" => ModuleStatus::Ready,
        "" => progressing("the Terraform controller has not said how it is yet"),
        failure if FAILED.contains(&failure) => failed(words(state, message)),
        _ => progressing(words(state, message)),
    }
}
