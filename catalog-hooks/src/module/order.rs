//! In which order manifests are applied.

use catalog_model::conditions::snapshot;
use serde_json::Value;

use crate::api::ObjectRef;

/// What workloads refer to, and without which their pods fail or cannot be made.
const NEEDED: [&str; 14] = [
    "ConfigMap",
    "IngressClass",
    "LimitRange",
    "NetworkPolicy",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "PriorityClass",
    "ResourceQuota",
    "Role",
    "RoleBinding",
    "RuntimeClass",
    "Secret",
    "ServiceAccount",
    "StorageClass",
];

/// The place of an object among others: Helm's order, coarser. What is alike stays as it is written.
///
/// Namespaces and definitions come before all, since nothing can be in them or of their kinds earlier. Custom resources come behind what
/// Kubernetes itself brings, for their controllers may be among it. What makes the API server ask a server that has just been started comes
/// last: until that answers, requests fail.
pub(super) fn rank(object: &Value) -> u8 {
    let Some(object) = ObjectRef::of(object) else {
        return 0;
    };
    let is_known = snapshot::is_cluster_scoped(object.group(), object.kind()).is_some();
    match (object.group(), object.kind()) {
        ("", "Namespace") => 0,
        ("apiextensions.k8s.io", "CustomResourceDefinition") => 1,
        ("admissionregistration.k8s.io" | "apiregistration.k8s.io", _) => 5,
        ("rbac.authorization.k8s.io", _) => 2,
        (_, kind) if is_known && NEEDED.contains(&kind) => 2,
        _ if is_known => 3,
        _ => 4,
    }
}
