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
    custom::told(object).unwrap_or_else(|| progressing("Flux has not said how it is yet"))
}
