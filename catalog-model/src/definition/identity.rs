//! Which object a manifest is.

/// The API group of OAM definitions.
pub(crate) const OAM: &str = "core.oam.dev";
/// The API group of CustomResourceDefinitions.
pub(crate) const CRDS: &str = "apiextensions.k8s.io";

/// The kind of CustomResourceDefinitions.
pub(crate) const CRD: &str = "CustomResourceDefinition";

/// What makes two manifests the same object, whatever API version they are written in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectIdentity {
    pub(crate) group: String,
    pub(crate) kind: String,
    pub(crate) namespace: Option<String>,
    pub(crate) name: String,
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

    /// The namespace, where the manifest names one and its kind lives in namespaces.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// What it is called, in whatever namespace: as it is displayed, without that.
    #[must_use]
    pub fn without_namespace(&self) -> Self {
        Self {
            namespace: None,
            ..self.clone()
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a CustomResourceDefinition.
    #[must_use]
    pub fn is_crd(&self) -> bool {
        self.group == CRDS && self.kind == CRD
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
