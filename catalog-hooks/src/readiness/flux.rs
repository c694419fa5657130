//! Flux: releases of Helm, kustomizations, and the sources of both.

use super::custom;
use super::observed::{Observed, progressing};
use crate::effect::ModuleStatus;

pub(super) fn resource(object: Observed<'_>) -> ModuleStatus {
    if object.is_true("/spec/suspend") {
        return progressing("it is suspended (`spec.suspend`)");
    }
    // A Helm repository of OCI charts is only an address, which no controller looks at.
    if object.text("/spec/type") == "oci" && object.kind() == "HelmRepository" {
        return ModuleStatus::Ready;
    }
    if object.is_unseen() {
        return progressing("Flux has not looked at it yet");
    }
    match custom::told(object) {
        Some(ModuleStatus::Failed(words)) if object.kind() == "HelmRelease" => {
            ModuleStatus::Failed(format!("{words}; {}", advice(object)))
        }
        told => told.unwrap_or_else(|| progressing("Flux has not said how it is yet")),
    }
}

/// A release that Flux gave up on stays so when it is applied again unchanged.
fn advice(object: Observed<'_>) -> String {
    let (name, namespace) = (
        object.text("/metadata/name"),
        object.text("/metadata/namespace"),
    );
    format!(
        "`flux reconcile helmrelease {name} --namespace {namespace} --reset` lets Flux try again"
    )
}
