//! Which kinds the fake server serves: its own, those of definitions that are established, and those that were there before.

use serde_json::Value;

use super::field;
use super::store::Store;
use crate::api::{Failure, ObjectRef};

use super::refusal;

/// A kind as it is served.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    pub(super) group: String,
    pub(super) kind: String,
    pub(super) plural: String,
    pub(super) namespaced: bool,
    /// Whether a definition brought it, rather than the server itself.
    pub(super) custom: bool,
}

/// API version, kind, plural, and whether it is namespaced.
const BUILT_IN: [(&str, &str, &str, bool); 30] = [
    ("v1", "ConfigMap", "configmaps", true),
    ("v1", "Event", "events", true),
    ("v1", "Namespace", "namespaces", false),
    ("v1", "Node", "nodes", false),
    ("v1", "PersistentVolume", "persistentvolumes", false),
    (
        "v1",
        "PersistentVolumeClaim",
        "persistentvolumeclaims",
        true,
    ),
    ("v1", "Pod", "pods", true),
    ("v1", "ResourceQuota", "resourcequotas", true),
    ("v1", "Secret", "secrets", true),
    ("v1", "Service", "services", true),
    ("v1", "ServiceAccount", "serviceaccounts", true),
    ("apps/v1", "DaemonSet", "daemonsets", true),
    ("apps/v1", "Deployment", "deployments", true),
    ("apps/v1", "ReplicaSet", "replicasets", true),
    ("apps/v1", "StatefulSet", "statefulsets", true),
    ("batch/v1", "CronJob", "cronjobs", true),
    ("batch/v1", "Job", "jobs", true),
    ("coordination.k8s.io/v1", "Lease", "leases", true),
    ("networking.k8s.io/v1", "Ingress", "ingresses", true),
    (
        "networking.k8s.io/v1",
        "IngressClass",
        "ingressclasses",
        false,
    ),
    (
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "networkpolicies",
        true,
    ),
    (
        "policy/v1",
        "PodDisruptionBudget",
        "poddisruptionbudgets",
        true,
    ),
    (
        "rbac.authorization.k8s.io/v1",
        "ClusterRole",
        "clusterroles",
        false,
    ),
    (
        "rbac.authorization.k8s.io/v1",
        "ClusterRoleBinding",
        "clusterrolebindings",
        false,
    ),
    ("rbac.authorization.k8s.io/v1", "Role", "roles", true),
    (
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        "rolebindings",
        true,
    ),
    (
        "scheduling.k8s.io/v1",
        "PriorityClass",
        "priorityclasses",
        false,
    ),
    ("storage.k8s.io/v1", "StorageClass", "storageclasses", false),
    (
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        false,
    ),
    (
        "admissionregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        false,
    ),
];

impl Kind {
    /// A kind whose plural is its name in lower case with an `s`.
    pub(super) fn custom(group: &str, kind: &str, namespaced: bool) -> Self {
        Self {
            group: group.to_owned(),
            kind: kind.to_owned(),
            plural: format!("{}s", kind.to_lowercase()),
            namespaced,
            custom: true,
        }
    }

    /// The kind that the server, or an established definition, serves under this API version.
    ///
    /// # Errors
    ///
    /// The 404 without a `Status` of a kind that is not served.
    pub(super) fn served(api_version: &str, kind: &str, store: &Store) -> Result<Self, Failure> {
        built_in(api_version, kind)
            .or_else(|| store.early_kind(api_version, kind))
            .or_else(|| defined(api_version, kind, store))
            .ok_or_else(refusal::unserved)
    }

    /// All kinds that are served, each with its API version.
    pub(super) fn all(store: &Store) -> Vec<(String, Self)> {
        let own = BUILT_IN.iter().filter_map(|(api_version, kind, ..)| {
            Some(((*api_version).to_owned(), built_in(api_version, kind)?))
        });
        let early = store.early_kinds().cloned();
        let definitions = store.of_kind("apiextensions.k8s.io", "CustomResourceDefinition");
        let definitions = definitions.filter(|(_, definition)| is_established(definition));
        let defined = definitions.flat_map(|(_, definition)| {
            let group = field::text(definition, "/spec/group");
            let kind = field::text(definition, "/spec/names/kind");
            let versions = field::list(definition, "/spec/versions").iter();
            versions.filter_map(move |version| {
                let api_version = format!("{group}/{}", field::text(version, "/name"));
                let kind = defined(&api_version, kind, store)?;
                Some((api_version, kind))
            })
        });
        own.chain(early).chain(defined).collect()
    }

    /// As messages name the resource: `jobs.batch`, `configmaps`.
    pub(super) fn resource(&self) -> String {
        self.with_group(&self.plural)
    }

    /// As messages name the kind: `Job.batch`, `ConfigMap`.
    pub(super) fn qualified(&self) -> String {
        self.with_group(&self.kind)
    }

    /// Whether it is this kind of the server's own.
    pub(super) fn is(&self, kind: &str) -> bool {
        !self.custom && self.kind == kind
    }

    /// Whether `metadata.generation` counts changes of its spec.
    pub(super) fn has_generation(&self) -> bool {
        const WITHOUT: [&str; 10] = [
            "ConfigMap",
            "Event",
            "Namespace",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Secret",
            "Service",
            "ServiceAccount",
            "Node",
            "Lease",
        ];
        self.custom || !(WITHOUT.contains(&self.kind.as_str()) || self.group.starts_with("rbac."))
    }

    fn with_group(&self, name: &str) -> String {
        if self.group.is_empty() {
            name.to_owned()
        } else {
            format!("{name}.{}", self.group)
        }
    }
}

/// Whether the server has this kind without any definition.
pub(super) fn is_built_in(api_version: &str, kind: &str) -> bool {
    let mut kinds = BUILT_IN.iter();
    kinds.any(|(version, name, ..)| (*version, *name) == (api_version, kind))
}

fn built_in(api_version: &str, kind: &str) -> Option<Kind> {
    let found = BUILT_IN
        .iter()
        .find(|(version, name, _, _)| (*version, *name) == (api_version, kind))?;
    let (version, name, plural, namespaced) = *found;
    Some(Kind {
        group: version
            .split_once('/')
            .map_or("", |(group, _)| group)
            .to_owned(),
        kind: name.to_owned(),
        plural: plural.to_owned(),
        namespaced,
        custom: false,
    })
}

/// The kind that an established definition serves.
fn defined(api_version: &str, kind: &str, store: &Store) -> Option<Kind> {
    let (group, version) = api_version.split_once('/')?;
    let definition = store
        .of_kind("apiextensions.k8s.io", "CustomResourceDefinition")
        .map(|(_, object)| object)
        .find(|definition| {
            field::text(definition, "/spec/group") == group
                && field::text(definition, "/spec/names/kind") == kind
                && is_established(definition)
                && serves(definition, version)
        })?;
    Some(Kind {
        plural: field::text(definition, "/spec/names/plural").to_owned(),
        namespaced: field::text(definition, "/spec/scope") != "Cluster",
        ..Kind::custom(group, kind, true)
    })
}

fn serves(definition: &Value, version: &str) -> bool {
    field::list(definition, "/spec/versions").iter().any(|one| {
        field::text(one, "/name") == version
            && one.get("served").is_some_and(|served| served == true)
    })
}

fn is_established(definition: &Value) -> bool {
    field::list(definition, "/status/conditions")
        .iter()
        .any(|one| {
            field::text(one, "/type") == "Established" && field::text(one, "/status") == "True"
        })
}

/// The object that a manifest names.
///
/// # Errors
///
/// The 400 or 422 of a manifest that names none.
pub(super) fn named(object: &Value) -> Result<ObjectRef, Failure> {
    ObjectRef::of(object).ok_or_else(|| {
        refusal::bad_request("the object has no apiVersion, no kind, or no metadata.name")
    })
}
