//! Which lists of Kubernetes' own kinds are merged, and by which keys.
//!
//! From `x-kubernetes-list-type` and `x-kubernetes-list-map-keys` of Kubernetes' OpenAPI document; a list that is not here is atomic there.

/// How a server-side apply merges a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ListKind<'s> {
    /// As a whole.
    Atomic,
    /// Item by item: those of equal keys are one.
    Map(Vec<&'s str>),
    /// Item by item: equal ones are one.
    Set,
}

/// A list `key` in the map that stands under `parent`: in the items of `containers`, that is `containers`.
pub(super) fn built_in(parent: &str, key: &str) -> ListKind<'static> {
    let keys: &[&str] = match (parent, key) {
        // Of a ServiceAccount; in pods they have names.
        ("", "imagePullSecrets") => return ListKind::Atomic,
        (_, "containers" | "initContainers" | "ephemeralContainers" | "env" | "volumes")
        | (_, "imagePullSecrets" | "webhooks" | "matchConditions" | "variables" | "claims")
        | (_, "schedulingGates" | "resourceClaims")
        | ("", "secrets")
        | ("spec", "versions") => &["name"],
        ("spec", "ports") => &["port", "protocol"],
        ("containers" | "initContainers" | "ephemeralContainers", "ports") => {
            &["containerPort", "protocol"]
        }
        (_, "volumeMounts") => &["mountPath"],
        (_, "volumeDevices") => &["devicePath"],
        (_, "hostAliases") => &["ip"],
        (_, "topologySpreadConstraints") => &["topologyKey", "whenUnsatisfiable"],
        ("metadata", "ownerReferences") => &["uid"],
        // What is a set by its meaning, though it is applied as a whole: the order changes nothing for anybody.
        (_, "finalizers" | "shortNames" | "categories" | "required" | "enum") => {
            return ListKind::Set;
        }
        _ => return ListKind::Atomic,
    };
    ListKind::Map(keys.to_vec())
}
