//! Whether an object does what it was made for.

mod api;
mod cluster;
mod custom;
mod flux;
mod job;
mod observed;
mod pod;
mod service;
mod storage;
mod terraform;
mod workload;

use serde_json::Value;

use self::observed::Observed;
use crate::effect::ModuleStatus;

/// How an object is, from what the server shows of it.
///
/// The rules are those of [kstatus](https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus) and of Helm's `--wait`, the
/// stricter where they differ: what a controller says of an older generation does not count, all replicas are up and of the newest
/// revision, a claim is bound, a load balancer has an address, a Job is complete, an API is served. Objects of other kinds are ready when
/// their controller says so (`Ready`, `Stalled` and `Reconciling` among the conditions), and at once where it says nothing of the kind.
///
/// [`ModuleStatus::Failed`] is only what its controller gives up on; it carries the controller's words, in one line. A pod that crashes,
/// finds no node or cannot pull its image is waited for instead, because a database or an autoscaler may come: here kstatus gives up.
///
/// Pure. Cost: linear in the object's conditions and containers.
///
/// ```
/// use catalog_hooks::{ModuleStatus, readiness};
/// use serde_json::json;
///
/// let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Lost"}});
/// let status = readiness(&claim);
/// assert_eq!(status, ModuleStatus::Failed("its volume is lost".to_owned()));
/// ```
#[must_use]
pub fn readiness(object: &Value) -> ModuleStatus {
    let object = Observed::new(object);
    if object.is_going() {
        return cluster::going(object);
    }
    if object.is_outdated() {
        return ModuleStatus::Progressing("its controller has not seen the change yet".to_owned());
    }
    let rule = rule(object.group(), object.kind());
    rule(object)
}

type Rule = fn(Observed<'_>) -> ModuleStatus;

fn rule(group: &str, kind: &str) -> Rule {
    match (group, kind) {
        ("apps" | "extensions", "Deployment") => workload::deployment,
        ("apps" | "extensions", "ReplicaSet") => workload::replica_set,
        ("apps" | "extensions", "DaemonSet") => workload::daemon_set,
        ("apps", "StatefulSet") => workload::stateful_set,
        ("", "ReplicationController") => workload::replica_set,
        ("batch", "Job") => job::job,
        ("", "Pod") => pod::pod,
        ("", "PersistentVolumeClaim") => storage::claim,
        ("", "Service") => service::service,
        ("", "Namespace") => cluster::namespace,
        ("policy", "PodDisruptionBudget") => cluster::disruption_budget,
        ("apiextensions.k8s.io", "CustomResourceDefinition") => api::definition,
        ("apiregistration.k8s.io", "APIService") => api::service,
        ("terraform.core.oam.dev", "Configuration") => terraform::configuration,
        (
            "helm.toolkit.fluxcd.io" | "source.toolkit.fluxcd.io" | "kustomize.toolkit.fluxcd.io",
            _,
        ) => flux::resource,
        _ => custom::resource,
    }
}
