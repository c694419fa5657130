//! What a question is about.

use std::fmt;

use crate::path::FieldPath;
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
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ObjectTarget {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) which: Which,
    pub(crate) places: Places,
    pub(crate) path: Option<FieldPath>,
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

impl Name {
    pub(crate) fn resolve<'a>(&'a self, namespace: Option<&'a str>) -> Option<&'a str> {
        match self {
            Self::Given(name) => Some(name),
            Self::OwnNamespace => namespace,
        }
    }
}

impl ObjectTarget {
    pub(crate) fn api_version(&self) -> String {
        crate::api_version::join(&self.group, &self.version)
    }

    /// Nothing that is read from a Secret is ever shown.
    pub(crate) fn is_secret(&self) -> bool {
        self.group.is_empty() && self.kind == "Secret"
    }

    /// Whether it gives several values, of which `each` says how many must do.
    pub(crate) fn is_set(&self) -> bool {
        matches!(self.which, Which::Selected(_))
            || self.path.as_ref().is_some_and(FieldPath::is_many)
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
