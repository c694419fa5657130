//! Kubernetes' own kinds: their resources, and which of them live in namespaces.

/// Whether objects of a kind live in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// One object of a name in a cluster.
    Cluster,
    /// One object of a name in a namespace.
    Namespaced,
}

use Scope::{Cluster, Namespaced};

/// A kind, its resource, and its scope.
type Kind = (&'static str, &'static str, Scope);

/// Kinds that have objects, of the groups that Kubernetes itself serves.
const KINDS: &[(&str, &[Kind])] = &[
    (
        "",
        &[
            ("ComponentStatus", "componentstatuses", Cluster),
            ("ConfigMap", "configmaps", Namespaced),
            ("Endpoints", "endpoints", Namespaced),
            ("Event", "events", Namespaced),
            ("LimitRange", "limitranges", Namespaced),
            ("Namespace", "namespaces", Cluster),
            ("Node", "nodes", Cluster),
            ("PersistentVolume", "persistentvolumes", Cluster),
            (
                "PersistentVolumeClaim",
                "persistentvolumeclaims",
                Namespaced,
            ),
            ("Pod", "pods", Namespaced),
            ("PodTemplate", "podtemplates", Namespaced),
            (
                "ReplicationController",
                "replicationcontrollers",
                Namespaced,
            ),
            ("ResourceQuota", "resourcequotas", Namespaced),
            ("Secret", "secrets", Namespaced),
            ("Service", "services", Namespaced),
            ("ServiceAccount", "serviceaccounts", Namespaced),
        ],
    ),
    (
        "admissionregistration.k8s.io",
        &[
            (
                "MutatingAdmissionPolicy",
                "mutatingadmissionpolicies",
                Cluster,
            ),
            (
                "MutatingAdmissionPolicyBinding",
                "mutatingadmissionpolicybindings",
                Cluster,
            ),
            (
                "MutatingWebhookConfiguration",
                "mutatingwebhookconfigurations",
                Cluster,
            ),
            (
                "ValidatingAdmissionPolicy",
                "validatingadmissionpolicies",
                Cluster,
            ),
            (
                "ValidatingAdmissionPolicyBinding",
                "validatingadmissionpolicybindings",
                Cluster,
            ),
            (
                "ValidatingWebhookConfiguration",
                "validatingwebhookconfigurations",
                Cluster,
            ),
        ],
    ),
    (
        "apiextensions.k8s.io",
        &[(
            "CustomResourceDefinition",
            "customresourcedefinitions",
            Cluster,
        )],
    ),
    (
        "apiregistration.k8s.io",
        &[("APIService", "apiservices", Cluster)],
    ),
    (
        "apps",
        &[
            ("ControllerRevision", "controllerrevisions", Namespaced),
            ("DaemonSet", "daemonsets", Namespaced),
            ("Deployment", "deployments", Namespaced),
            ("ReplicaSet", "replicasets", Namespaced),
            ("StatefulSet", "statefulsets", Namespaced),
        ],
    ),
    (
        "autoscaling",
        &[(
            "HorizontalPodAutoscaler",
            "horizontalpodautoscalers",
            Namespaced,
        )],
    ),
    (
        "batch",
        &[
            ("CronJob", "cronjobs", Namespaced),
            ("Job", "jobs", Namespaced),
        ],
    ),
    (
        "certificates.k8s.io",
        &[
            (
                "CertificateSigningRequest",
                "certificatesigningrequests",
                Cluster,
            ),
            ("ClusterTrustBundle", "clustertrustbundles", Cluster),
        ],
    ),
    ("coordination.k8s.io", &[("Lease", "leases", Namespaced)]),
    (
        "discovery.k8s.io",
        &[("EndpointSlice", "endpointslices", Namespaced)],
    ),
    ("events.k8s.io", &[("Event", "events", Namespaced)]),
    (
        "flowcontrol.apiserver.k8s.io",
        &[
            ("FlowSchema", "flowschemas", Cluster),
            (
                "PriorityLevelConfiguration",
                "prioritylevelconfigurations",
                Cluster,
            ),
        ],
    ),
    (
        "networking.k8s.io",
        &[
            ("IPAddress", "ipaddresses", Cluster),
            ("Ingress", "ingresses", Namespaced),
            ("IngressClass", "ingressclasses", Cluster),
            ("NetworkPolicy", "networkpolicies", Namespaced),
            ("ServiceCIDR", "servicecidrs", Cluster),
        ],
    ),
    (
        "node.k8s.io",
        &[("RuntimeClass", "runtimeclasses", Cluster)],
    ),
    (
        "policy",
        &[("PodDisruptionBudget", "poddisruptionbudgets", Namespaced)],
    ),
    (
        "rbac.authorization.k8s.io",
        &[
            ("ClusterRole", "clusterroles", Cluster),
            ("ClusterRoleBinding", "clusterrolebindings", Cluster),
            ("Role", "roles", Namespaced),
            ("RoleBinding", "rolebindings", Namespaced),
        ],
    ),
    (
        "resource.k8s.io",
        &[
            ("DeviceClass", "deviceclasses", Cluster),
            ("ResourceClaim", "resourceclaims", Namespaced),
            (
                "ResourceClaimTemplate",
                "resourceclaimtemplates",
                Namespaced,
            ),
            ("ResourceSlice", "resourceslices", Cluster),
        ],
    ),
    (
        "scheduling.k8s.io",
        &[("PriorityClass", "priorityclasses", Cluster)],
    ),
    (
        "storage.k8s.io",
        &[
            ("CSIDriver", "csidrivers", Cluster),
            ("CSINode", "csinodes", Cluster),
            ("CSIStorageCapacity", "csistoragecapacities", Namespaced),
            ("StorageClass", "storageclasses", Cluster),
            ("VolumeAttachment", "volumeattachments", Cluster),
            ("VolumeAttributesClass", "volumeattributesclasses", Cluster),
        ],
    ),
];

/// The scope of a kind that Kubernetes itself brings; `None` for any other.
pub(crate) fn well_known_scope(group: &str, kind: &str) -> Option<Scope> {
    well_known(group, kind).map(|(_, _, scope)| *scope)
}

/// Whether the objects of a kind that Kubernetes itself brings live outside namespaces; `None` for any other kind.
///
/// ```
/// use catalog_conditions::snapshot::is_cluster_scoped;
/// assert_eq!(is_cluster_scoped("rbac.authorization.k8s.io", "ClusterRole"), Some(true));
/// assert_eq!(is_cluster_scoped("", "ConfigMap"), Some(false));
/// assert_eq!(is_cluster_scoped("cert-manager.io", "ClusterIssuer"), None);
/// ```
#[must_use]
pub fn is_cluster_scoped(group: &str, kind: &str) -> Option<bool> {
    well_known_scope(group, kind).map(|scope| scope == Cluster)
}

/// The kinds that Kubernetes itself brings, each with its group: `("apps", "Deployment")`.
///
/// ```
/// use catalog_conditions::snapshot::built_in_kinds;
/// assert!(built_in_kinds().any(|(group, kind)| (group, kind) == ("apps", "Deployment")));
/// ```
pub fn built_in_kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    let groups = KINDS.iter();
    groups.flat_map(|(group, kinds)| kinds.iter().map(|(kind, _, _)| (*group, *kind)))
}

/// The resource of a kind that Kubernetes itself brings; `None` for any other.
pub(super) fn well_known_resource(group: &str, kind: &str) -> Option<&'static str> {
    well_known(group, kind).map(|(_, resource, _)| *resource)
}

fn well_known(group: &str, kind: &str) -> Option<&'static Kind> {
    let (_, kinds) = KINDS.iter().find(|(name, _)| *name == group)?;
    kinds.iter().find(|(name, _, _)| *name == kind)
}
