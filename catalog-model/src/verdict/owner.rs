//! Whose an object of a cluster is.

use std::fmt;

use catalog_conditions::show::one_line;
use serde_json::Value;

/// The field manager under which a lifecycle applies objects.
pub const FIELD_MANAGER: &str = "catalog-hooks";
/// The label that says for which package an object was applied.
pub const PACKAGE: &str = "catalog.dev/package";
/// The label or annotation that says for which version, where one does.
pub const VERSION: &str = "catalog.dev/version";
/// The label that says for which instance of the package: the uid of its release.
pub(super) const RELEASE_UID: &str = "catalog.dev/release-uid";
/// The label of records that says in which namespace the instance is.
pub(super) const NAMESPACE: &str = "catalog.dev/namespace";
/// What all our labels and annotations begin with.
pub(super) const PREFIX: &str = "catalog.dev/";
/// Kubernetes' label for who manages an object.
pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

const HELM_NAME: &str = "meta.helm.sh/release-name";
const HELM_NAMESPACE: &str = "meta.helm.sh/release-namespace";
const VELA_NAME: &str = "app.oam.dev/name";
const VELA_NAMESPACE: &str = "app.oam.dev/namespace";

/// Who has an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    kind: OwnerKind,
    namespace: Option<String>,
    name: Option<String>,
}

/// What kind of owner it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OwnerKind {
    /// A package of a catalog.
    Package,
    /// A release of Helm.
    Helm,
    /// An application of KubeVela.
    KubeVela,
}

impl Owner {
    /// Whose marks an object carries; `None` if nobody's.
    #[must_use]
    pub fn of(object: &Value) -> Option<Self> {
        let label = |key: &str| text(object, "labels", key);
        let annotation = |key: &str| text(object, "annotations", key);
        let named = |kind, namespace: Option<&str>, name: Option<&str>| Self {
            kind,
            namespace: namespace.map(str::to_owned),
            name: name.map(str::to_owned),
        };
        if let Some(package) = label(PACKAGE) {
            return Some(named(OwnerKind::Package, None, Some(package)));
        }
        if let Some(release) = annotation(HELM_NAME).filter(|_| label(MANAGED_BY) == Some("Helm")) {
            return Some(named(
                OwnerKind::Helm,
                annotation(HELM_NAMESPACE),
                Some(release),
            ));
        }
        if let Some(application) = label(VELA_NAME) {
            let namespace = label(VELA_NAMESPACE).or_else(|| annotation(VELA_NAMESPACE));
            return Some(named(OwnerKind::KubeVela, namespace, Some(application)));
        }
        let is_applied = entries(object).any(is_ours);
        is_applied.then(|| named(OwnerKind::Package, None, None))
    }

    /// The same, of an instance in a namespace.
    pub(super) fn in_namespace(self, namespace: &str) -> Self {
        Self {
            namespace: Some(namespace.to_owned()),
            ..self
        }
    }

    /// What kind of owner it is.
    #[must_use]
    pub fn kind(&self) -> OwnerKind {
        self.kind
    }

    /// Its namespace, where the marks say one.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The package, release or application; `None` for a package that no label names.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl fmt::Display for Owner {
    /// `the package loki`, `the Helm release monitoring/prometheus`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match (self.kind, &self.name) {
            (OwnerKind::Package, None) => return f.write_str("some package of a catalog"),
            (OwnerKind::Package, _) => "package",
            (OwnerKind::Helm, _) => "Helm release",
            (OwnerKind::KubeVela, _) => "KubeVela application",
        };
        write!(f, "the {kind} ")?;
        if let Some(namespace) = &self.namespace {
            write!(f, "{}/", one_line(namespace))?;
        }
        f.write_str(&one_line(self.name.as_deref().unwrap_or_default()))
    }
}

impl OwnerKind {
    /// A stable name, as `helm`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Helm => "helm",
            Self::KubeVela => "kubeVela",
        }
    }
}

/// A label or annotation.
pub(super) fn text<'o>(object: &'o Value, map: &str, key: &str) -> Option<&'o str> {
    object.get("metadata")?.get(map)?.get(key)?.as_str()
}

/// The entries of `metadata.managedFields`.
pub(super) fn entries(object: &Value) -> impl Iterator<Item = &Value> {
    let entries = object.pointer("/metadata/managedFields");
    entries.and_then(Value::as_array).into_iter().flatten()
}

/// Whether an entry of `managedFields` is of what we applied.
pub(super) fn is_ours(entry: &Value) -> bool {
    let is = |key: &str, value: &str| entry.get(key).and_then(Value::as_str) == Some(value);
    is("manager", FIELD_MANAGER) && is("operation", "Apply")
}
