//! One change to a cluster that was not made.

use serde_json::Value;

use crate::snapshot::{Copies, Scope};

/// What would be otherwise in a cluster after one change. Laid over a snapshot, which stays as it is and is not copied.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hypothesis {
    server_version: Option<String>,
    object: Option<Supposed>,
    /// Group, version (`None` for some version that nobody names) and kind.
    served: Vec<(String, Option<String>, String)>,
}

/// An object as it would be.
#[derive(Clone, Debug)]
struct Supposed {
    group: String,
    version: String,
    kind: String,
    namespace: String,
    name: String,
    copies: Copies,
}

impl Hypothesis {
    /// The cluster has another version.
    pub(crate) fn with_server_version(self, version: String) -> Self {
        Self {
            server_version: Some(version),
            ..self
        }
    }

    /// An object is there, in this state; the identity is group, version, kind, namespace (empty for none) and name.
    pub(crate) fn with_object(self, identity: [&str; 5], object: Value) -> Self {
        let [group, version, kind, namespace, name] = identity.map(str::to_owned);
        let copies = Copies::of_one(&version, object);
        Self {
            object: Some(Supposed {
                group,
                version,
                kind,
                namespace,
                name,
                copies,
            }),
            ..self
        }
    }

    /// A kind is served as well.
    pub(crate) fn with_served(mut self, group: &str, version: Option<&str>, kind: &str) -> Self {
        let version = version.map(str::to_owned);
        self.served
            .push((group.to_owned(), version, kind.to_owned()));
        self
    }

    pub(super) fn server_version(&self) -> Option<&str> {
        self.server_version.as_deref()
    }

    pub(super) fn copies_of(&self, identity: (&str, &str, &str, &str)) -> Option<&Copies> {
        let object = self.object.as_ref()?;
        (object.identity() == identity).then_some(&object.copies)
    }

    pub(super) fn of_kind(&self, group: &str, kind: &str) -> Option<(&str, &str, &Copies)> {
        let object = self.object.as_ref()?;
        let (own_group, own_kind, namespace, name) = object.identity();
        ((own_group, own_kind) == (group, kind)).then_some((namespace, name, &object.copies))
    }

    pub(super) fn serves(&self, group: &str, version: Option<&str>, kind: &str) -> bool {
        self.served
            .iter()
            .any(|(its_group, its_version, its_kind)| {
                (its_group.as_str(), its_kind.as_str()) == (group, kind)
                    && (version.is_none() || its_version.as_deref() == version)
            })
    }

    /// Whether the object proves that its API is served.
    pub(super) fn shows(&self, group: &str, version: Option<&str>, kind: &str) -> bool {
        self.object.as_ref().is_some_and(|object| {
            (object.group.as_str(), object.kind.as_str()) == (group, kind)
                && version.is_none_or(|version| version == object.version)
        })
    }

    pub(super) fn scope(&self, group: &str, kind: &str) -> Option<Scope> {
        let (namespace, _, _) = self.of_kind(group, kind)?;
        Some(if namespace.is_empty() {
            Scope::Cluster
        } else {
            Scope::Namespaced
        })
    }
}

impl Supposed {
    fn identity(&self) -> (&str, &str, &str, &str) {
        (&self.group, &self.kind, &self.namespace, &self.name)
    }
}
