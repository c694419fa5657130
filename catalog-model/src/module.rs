//! What a package deploys: charts, Terraform modules, manifests.

use serde_json::{Map, Value};

use crate::origin::Origin;
use crate::unknown::UnknownFields;

/// One item of `modules.yaml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
    pub(crate) values: Map<String, Value>,
    pub(crate) content: ModuleContent,
    pub(crate) unknown: UnknownFields,
    pub(crate) unknown_in_content: UnknownFields,
    pub(crate) unknown_in_remote: UnknownFields,
    pub(crate) origin: Origin,
}

/// What kind of module it is, and where its content comes from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ModuleContent {
    /// A Helm chart.
    Chart {
        /// The chart's folder inside the version folder.
        path: Option<String>,
        /// A chart in a repository.
        remote: Option<ChartRemote>,
    },
    /// A Terraform module.
    Terraform {
        /// The module's folder inside the version folder.
        path: Option<String>,
        /// A module in a registry or repository.
        remote: Option<TerraformRemote>,
    },
    /// Plain manifests.
    Manifests {
        /// The manifests' folder or file inside the version folder.
        path: Option<String>,
        /// Manifests to be downloaded.
        remote: Option<ManifestsRemote>,
    },
    /// A kind that this library does not know, kept as written so that a service can bring its own.
    Opaque {
        /// The kind key.
        kind: String,
        /// What stands under it.
        value: Value,
    },
}

/// A chart in a Helm repository or OCI registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartRemote {
    /// The repository's address.
    pub repo: String,
    /// The chart's name in it.
    pub name: String,
    /// The chart's version; none is not reproducible.
    pub version: Option<String>,
}

/// A module of a Terraform registry, or a repository that Terraform reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerraformRemote {
    /// The source address.
    pub source: String,
    /// The version constraint.
    pub version: Option<String>,
}

/// Manifests at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestsRemote {
    /// The address.
    pub url: String,
    /// The digest of what is there, as 64 hexadecimal digits; none is not reproducible.
    pub sha256: Option<String>,
}

impl Module {
    /// The module's identity across versions: unique in a release.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it goes; `None`: where the package goes.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The values that the package sets.
    #[must_use]
    pub fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// Its kind and content.
    #[must_use]
    pub fn content(&self) -> &ModuleContent {
        &self.content
    }

    /// The keys beside its kind, `name`, `namespace` and `values` that the format does not know.
    #[must_use]
    pub fn unknown(&self) -> &UnknownFields {
        &self.unknown
    }

    /// The keys beside `path` and `remote` that the format does not know.
    #[must_use]
    pub fn unknown_in_content(&self) -> &UnknownFields {
        &self.unknown_in_content
    }

    /// The keys of `remote` that the format does not know.
    #[must_use]
    pub fn unknown_in_remote(&self) -> &UnknownFields {
        &self.unknown_in_remote
    }

    /// Where it is written.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl ModuleContent {
    /// The kind key: `chart`, `terraform`, `manifests`, or one that this library does not know.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Chart { .. } => "chart",
            Self::Terraform { .. } => "terraform",
            Self::Manifests { .. } => "manifests",
            Self::Opaque { kind, .. } => kind,
        }
    }
}
