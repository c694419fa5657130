//! What a question is about.

use std::fmt;

use super::field::{Field, NeedsEach};
use crate::path::FieldPath;
use crate::report::Missing;
use crate::selector::LabelSelector;

/// What is looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    Object(ObjectTarget),
    /// The cluster's version.
    KubeVersion,
    /// Whether a kind is served.
    Api(ApiTarget),
    /// Whether a CRD is ready for use.
    Crd(CrdTarget),
    /// Whether a StorageClass is the default one.
    DefaultStorageClass,
    /// Whether the reader of the cluster may do something.
    Access(AccessTarget),
    /// How many nodes there are, or what they have.
    Nodes(NodesTarget),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ObjectTarget {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) which: Which,
    pub(crate) places: Places,
    pub(crate) field: Option<Field>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Which {
    Named(Name),
    Selected(LabelSelector),
}

/// The namespaces looked into.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Places {
    /// The namespace that the package goes to, if the kind lives in one.
    Default,
    These(Vec<Name>),
    All,
}

/// The name of an object or a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Given(String),
    /// `$namespace`: the namespace that the package goes to.
    OwnNamespace,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiTarget {
    pub(crate) group: String,
    pub(crate) version: Option<String>,
    pub(crate) kind: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CrdTarget {
    pub(crate) name: String,
    pub(crate) served: Option<String>,
    pub(crate) stored: Option<String>,
}

/// `canI`: what a SelfSubjectAccessReview asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccessTarget {
    pub(crate) verb: String,
    pub(crate) group: String,
    pub(crate) resource: String,
    pub(crate) subresource: Option<String>,
    pub(crate) name: Option<Name>,
    /// `None`: in all namespaces, or of a resource without.
    pub(crate) namespace: Option<Name>,
}

/// `nodes`: the nodes looked at, and what is taken from them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NodesTarget {
    pub(crate) measure: Measure,
    pub(crate) selector: LabelSelector,
    /// Whether only nodes count that are ready.
    pub(crate) ready: bool,
    /// Whether only nodes count that take new pods.
    pub(crate) schedulable: bool,
}

/// What is taken from nodes; paths lead into a node's `status`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Measure {
    Count,
    Sum(FieldPath),
    Min(FieldPath),
    Max(FieldPath),
}

impl Name {
    pub(crate) fn resolve<'a>(&'a self, namespace: Option<&'a str>) -> Option<&'a str> {
        match self {
            Self::Given(name) => Some(name),
            Self::OwnNamespace => namespace,
        }
    }
}

impl Target {
    /// What a release could bring if it is not there.
    pub(super) fn can_miss(&self) -> Vec<Missing> {
        match self {
            Self::Api(api) => vec![Missing::Api {
                group: api.group.clone(),
                version: api.version.clone(),
                kind: api.kind.clone(),
            }],
            Self::Crd(crd) => vec![Missing::Crd {
                name: crd.name.clone(),
            }],
            Self::Object(target) => {
                let name = match &target.which {
                    Which::Named(Name::Given(name)) => target.missing_object(name),
                    _ => None,
                };
                std::iter::once(target.missing_api()).chain(name).collect()
            }
            Self::KubeVersion | Self::DefaultStorageClass | Self::Access(_) | Self::Nodes(_) => {
                Vec::new()
            }
        }
    }
}

impl ObjectTarget {
    pub(crate) fn missing_api(&self) -> Missing {
        Missing::Api {
            group: self.group.clone(),
            version: Some(self.version.clone()),
            kind: self.kind.clone(),
        }
    }

    /// An object of this kind that a release can bring.
    pub(crate) fn missing_object(&self, name: &str) -> Option<Missing> {
        let name = name.to_owned();
        match (self.group.as_str(), self.kind.as_str()) {
            ("apiextensions.k8s.io", "CustomResourceDefinition") => Some(Missing::Crd { name }),
            ("core.oam.dev", kind) if kind.ends_with("Definition") => Some(Missing::Definition {
                kind: kind.to_owned(),
                name,
            }),
            _ => None,
        }
    }

    pub(crate) fn api_version(&self) -> String {
        crate::api_version::join(&self.group, &self.version)
    }

    /// Nothing that is read from a Secret is ever shown.
    pub(crate) fn is_secret(&self) -> bool {
        self.group.is_empty() && self.kind == "Secret"
    }

    /// Whether it gives several values, of which `each` says how many must do.
    pub(crate) fn needs_each(&self) -> NeedsEach {
        match (&self.which, &self.field) {
            (Which::Selected(_), _) => NeedsEach::Yes,
            (Which::Named(_), Some(field)) => field.needs_each(),
            (Which::Named(_), None) => NeedsEach::No,
        }
    }
}

impl Measure {
    pub(crate) fn path(&self) -> Option<&FieldPath> {
        match self {
            Self::Count => None,
            Self::Sum(path) | Self::Min(path) | Self::Max(path) => Some(path),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => f.write_str("count"),
            Self::Sum(path) => write!(f, "sum of {path}"),
            Self::Min(path) => write!(f, "min of {path}"),
            Self::Max(path) => write!(f, "max of {path}"),
        }
    }
}

impl fmt::Display for AccessTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        if let Some(subresource) = &self.subresource {
            write!(f, "/{subresource}")?;
        }
        let shown = |name: &Name| {
            name.resolve(None)
                .map_or("$namespace".to_owned(), crate::show::plain)
        };
        if let Some(name) = &self.name {
            write!(f, " {}", shown(name))?;
        }
        match &self.namespace {
            Some(namespace) => write!(f, " in {}", shown(namespace)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ApiTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.version.as_deref();
        match (self.group.as_str(), version) {
            ("", None) => f.write_str(&self.kind),
            ("", Some(version)) => write!(f, "{version}/{}", self.kind),
            (group, None) => write!(f, "{group}/{}", self.kind),
            (group, Some(version)) => write!(f, "{group}/{version}/{}", self.kind),
        }
    }
}
