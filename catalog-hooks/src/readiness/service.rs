//! Services: ready when they can be reached.

use super::observed::{Observed, progressing};
use crate::effect::ModuleStatus;

pub(super) fn service(object: Observed<'_>) -> ModuleStatus {
    let kind = object.text("/spec/type");
    if kind == "ExternalName" {
        return ModuleStatus::Ready;
    }
    if object.text("/spec/clusterIP").is_empty() {
        return progressing("it has no cluster IP yet");
    }
    let outside = ["/spec/externalIPs", "/status/loadBalancer/ingress"];
    let has_address = outside
        .iter()
        .any(|list| object.items(list).next().is_some());
    if kind == "LoadBalancer" && !has_address {
        return progressing("its load balancer has no address yet");
    }
    ModuleStatus::Ready
}
