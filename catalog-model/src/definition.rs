//! Objects that a package adds to the platform: CRDs, OAM definitions, and others.

use std::sync::Arc;

use serde_json::Value;

use crate::capability::Capability;

/// The API group of OAM definitions.
const OAM: &str = "core.oam.dev";
/// The API group of CustomResourceDefinitions.
const CRDS: &str = "apiextensions.k8s.io";

/// One object of `definitions/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    pub(crate) identity: ObjectIdentity,
    pub(crate) file: String,
    pub(crate) object: Arc<Value>,
    pub(crate) served: Vec<Capability>,
}

/// What makes two manifests the same object, whatever API version they are written in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectIdentity {
    pub(crate) group: String,
    pub(crate) kind: String,
    pub(crate) namespace: Option<String>,
    pub(crate) name: String,
}

impl Definition {
    /// Which object it is.
    #[must_use]
    pub fn identity(&self) -> &ObjectIdentity {
        &self.identity
    }

    /// The file it stands in, relative to the version folder.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The object, as kubectl would send it.
    #[must_use]
    pub fn object(&self) -> &Value {
        &self.object
    }

    /// What it provides by being there: itself, for OAM definitions and CRDs, and each API version that a CRD serves.
    pub fn provides(&self) -> impl Iterator<Item = Capability> + '_ {
        let itself = self
            .identity
            .is_definition()
            .then(|| Capability::Definition {
                group: self.identity.group.clone(),
                kind: self.identity.kind.clone(),
                name: self.identity.name.clone(),
            });
        itself.into_iter().chain(self.served.iter().cloned())
    }
}

impl ObjectIdentity {
    /// The API group; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        &self.group
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The namespace, where the manifest names one.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a CustomResourceDefinition.
    #[must_use]
    pub fn is_crd(&self) -> bool {
        self.group == CRDS && self.kind == "CustomResourceDefinition"
    }

    /// Whether it extends the platform: a CRD or an OAM definition.
    #[must_use]
    pub fn is_definition(&self) -> bool {
        self.is_crd() || (self.group == OAM && self.kind.ends_with("Definition"))
    }
}

impl std::fmt::Display for ObjectIdentity {
    /// `Kind.group/namespace/name`, the parts that are not there left out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.kind)?;
        for (separator, part) in [
            (".", self.group.as_str()),
            ("/", self.namespace().unwrap_or_default()),
            ("/", &self.name),
        ] {
            if !part.is_empty() {
                write!(f, "{separator}{part}")?;
            }
        }
        Ok(())
    }
}
