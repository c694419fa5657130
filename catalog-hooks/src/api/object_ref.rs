//! Which object is meant.

use std::fmt;

use crate::pointer::At;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An object of a cluster by API version, kind, namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObjectRef {
    api_version: String,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    name: String,
}

impl ObjectRef {
    /// An object that stands in no namespace.
    pub fn cluster(
        api_version: impl Into<String>,
        kind: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Self {
            api_version: api_version.into(),
            kind: kind.into(),
            namespace: None,
            name: name.into(),
        }
    }

    /// An object in a namespace.
    pub fn namespaced(
        api_version: impl Into<String>,
        kind: impl Into<String>,
        namespace: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Self {
            namespace: Some(namespace.into()),
            ..Self::cluster(api_version, kind, name)
        }
    }

    /// The object that a manifest describes; `None` if it lacks `apiVersion`, `kind` or a name.
    #[must_use]
    pub fn of(object: &Value) -> Option<Self> {
        let text = |pointer| object.at(pointer).and_then(Value::as_str);
        Some(Self {
            api_version: text("/apiVersion")?.to_owned(),
            kind: text("/kind")?.to_owned(),
            namespace: text("/metadata/namespace").map(str::to_owned),
            name: text("/metadata/name")?.to_owned(),
        })
    }

    /// A manifest that says nothing of the object but which it is.
    pub(crate) fn manifest(&self) -> Value {
        let mut manifest = json!({
            "apiVersion": self.api_version,
            "kind": self.kind,
            "metadata": {"name": self.name},
        });
        if let (Some(metadata), Some(namespace)) = (manifest.get_mut("metadata"), &self.namespace)
            && let Some(metadata) = metadata.as_object_mut()
        {
            metadata.insert("namespace".to_owned(), namespace.as_str().into());
        }
        manifest
    }

    /// Its `apiVersion`, such as `batch/v1`.
    #[must_use]
    pub fn api_version(&self) -> &str {
        &self.api_version
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The API group: empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version
            .split_once('/')
            .map_or("", |(group, _)| group)
    }

    /// Its namespace, unless it stands in none.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether both are one object, whatever API version they are asked for in. A reference without a namespace is to what stands in none, and to a
    /// server that is the same object whatever namespace somebody else has written on it.
    #[must_use]
    pub fn is_same_object(&self, other: &Self) -> bool {
        let namespaces = self.namespace.as_ref().zip(other.namespace.as_ref());
        self.name == other.name
            && self.kind == other.kind
            && self.group() == other.group()
            && namespaces.is_none_or(|(one, other)| one == other)
    }
}

impl fmt::Display for ObjectRef {
    /// `Job monitoring/loki-check-x` or `CustomResourceDefinition widgets.example.com`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}
