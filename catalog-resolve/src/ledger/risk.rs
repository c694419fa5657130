//! What deserves a look in permissions and bindings.

use std::fmt;

use super::rbac::GROUP;

/// Why an effect deserves a look: Kubernetes' "Role Based Access Control Good Practices" say what can be made of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Risk {
    /// All verbs, those of later versions included.
    WildcardVerbs,
    /// All resources, or all API groups.
    WildcardResources,
    /// `escalate` on roles: to allow what one is not allowed oneself.
    Escalate,
    /// `bind` on roles: to give roles that one has not.
    Bind,
    /// `impersonate`: to act as somebody else.
    Impersonate,
    /// Reading secrets, be it by listing them.
    Secrets,
    /// Making tokens of service accounts.
    Tokens,
    /// Running commands in pods.
    Exec,
    /// Making pods, or what makes pods: with any service account of the namespace, and what that may.
    Workloads,
    /// The API of the kubelet, past the API server.
    Nodes,
    /// Changing namespaces: to take away the labels that confine their pods.
    Namespaces,
    /// Approving or signing certificates: to become any user.
    Certificates,
    /// Admission webhooks, and policies that change: to read and change all that is written.
    Webhooks,
    /// Making volumes of folders of the node.
    Volumes,
    /// A ClusterRole whose rules become part of Kubernetes' own roles, by its labels.
    ExtendsBuiltIn,
    /// The role `cluster-admin`.
    ClusterAdmin,
    /// For everybody, logged in or not.
    Everybody,
    /// A webhook that is asked about all resources.
    Everything,
    /// Out of the container, to the node.
    Host,
}

impl Risk {
    /// Whether it is about verbs on some resources.
    pub(super) fn is_of_resources(self) -> bool {
        DANGERS.iter().any(|(risk, ..)| *risk == self)
    }

    /// A stable name, as `wildcardVerbs`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WildcardVerbs => "wildcardVerbs",
            Self::WildcardResources => "wildcardResources",
            Self::Escalate => "escalate",
            Self::Bind => "bind",
            Self::Impersonate => "impersonate",
            Self::Secrets => "secrets",
            Self::Tokens => "tokens",
            Self::Exec => "exec",
            Self::Workloads => "workloads",
            Self::Nodes => "nodes",
            Self::Namespaces => "namespaces",
            Self::Certificates => "certificates",
            Self::Webhooks => "webhooks",
            Self::Volumes => "volumes",
            Self::ExtendsBuiltIn => "extendsBuiltIn",
            Self::ClusterAdmin => "clusterAdmin",
            Self::Everybody => "everybody",
            Self::Everything => "everything",
            Self::Host => "host",
        }
    }
}

impl fmt::Display for Risk {
    /// A few words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WildcardVerbs => "all verbs",
            Self::WildcardResources => "all resources or groups",
            Self::Escalate => "can widen roles",
            Self::Bind => "can give any role",
            Self::Impersonate => "can act as others",
            Self::Secrets => "reads secrets",
            Self::Tokens => "makes tokens",
            Self::Exec => "runs commands in pods",
            Self::Workloads => "makes pods",
            Self::Nodes => "reaches nodes",
            Self::Namespaces => "changes namespaces",
            Self::Certificates => "approves certificates",
            Self::Webhooks => "sets admission webhooks",
            Self::Volumes => "makes volumes",
            Self::ExtendsBuiltIn => "extends roles of Kubernetes",
            Self::ClusterAdmin => "full rights",
            Self::Everybody => "for everybody",
            Self::Everything => "all resources",
            Self::Host => "reaches the node",
        })
    }
}

/// A risk, the verbs of which one is enough, and the group and the resources that it is about.
pub(super) type Danger = (
    Risk,
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch"];
/// What makes a rule a risk. Subresources are named as rules name them; `*` at the end stands for any.
pub(super) const DANGERS: &[Danger] = &[
    (
        Risk::Escalate,
        &["escalate"],
        GROUP,
        &["roles", "clusterroles"],
    ),
    (Risk::Bind, &["bind"], GROUP, &["roles", "clusterroles"]),
    (
        Risk::Impersonate,
        &["impersonate"],
        "",
        &["users", "groups", "serviceaccounts"],
    ),
    (
        Risk::Impersonate,
        &["impersonate"],
        "authentication.k8s.io",
        &["userextras", "userextras/*", "uids"],
    ),
    // The verbs of constrained impersonation, which since Kubernetes 1.36 every server knows.
    (
        Risk::Impersonate,
        &["impersonate:user-info"],
        "authentication.k8s.io",
        &["users", "groups", "userextras", "userextras/*", "uids"],
    ),
    (
        Risk::Impersonate,
        &["impersonate:serviceaccount"],
        "authentication.k8s.io",
        &["serviceaccounts"],
    ),
    (
        Risk::Impersonate,
        &["impersonate:arbitrary-node", "impersonate:associated-node"],
        "authentication.k8s.io",
        &["nodes"],
    ),
    (Risk::Secrets, READ, "", &["secrets"]),
    (Risk::Tokens, &["create"], "", &["serviceaccounts/token"]),
    (
        Risk::Exec,
        &["create", "get"],
        "",
        &["pods/exec", "pods/attach", "pods/ephemeralcontainers"],
    ),
    (
        Risk::Exec,
        &["update", "patch"],
        "",
        &["pods/ephemeralcontainers"],
    ),
    (
        Risk::Workloads,
        WRITE,
        "",
        &["pods", "replicationcontrollers", "podtemplates"],
    ),
    (
        Risk::Workloads,
        WRITE,
        "apps",
        &["deployments", "daemonsets", "statefulsets", "replicasets"],
    ),
    (Risk::Workloads, WRITE, "batch", &["jobs", "cronjobs"]),
    (Risk::Nodes, &["get", "create"], "", &["nodes/proxy"]),
    (
        Risk::Namespaces,
        &["update", "patch"],
        "",
        &["namespaces", "namespaces/finalize", "namespaces/status"],
    ),
    (
        Risk::Certificates,
        &["update", "patch"],
        "certificates.k8s.io",
        &["certificatesigningrequests/approval"],
    ),
    (
        Risk::Certificates,
        &["approve", "sign"],
        "certificates.k8s.io",
        &["signers"],
    ),
    (
        Risk::Webhooks,
        WRITE,
        "admissionregistration.k8s.io",
        &[
            "mutatingwebhookconfigurations",
            "validatingwebhookconfigurations",
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
        ],
    ),
    (Risk::Volumes, &["create"], "", &["persistentvolumes"]),
];
