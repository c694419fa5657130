//! One read.

use std::fmt;

use crate::selector::LabelSelector;
use crate::show::{object, plain};
use crate::snapshot::{AccessQuery, Namespaces};

/// One thing to read of a cluster.
///
/// Whether a kind lives in namespaces may not be known before the cluster is asked. A namespace in a read therefore means: *if the kind
/// lives in namespaces*. For a kind that turns out to live in none it says nothing, and the object or list is read without one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Read {
    /// The version that the cluster calls itself (`/version`).
    ServerVersion,
    /// Whether a kind is served. Every authenticated user may ask (`system:discovery`).
    Discovery {
        /// The group of its API; empty for the core group.
        group: String,
        /// The version asked about; `None` for all versions of the group.
        version: Option<String>,
        /// The kind.
        kind: String,
    },
    /// Whether who reads the cluster may do something: a `SelfSubjectAccessReview`. Every authenticated user may ask (`system:basic-user`).
    Access(AccessQuery),
    /// An object by its name: a `get`.
    Object {
        /// The group of its API; empty for the core group.
        group: String,
        /// The version of its API in which it has to be read.
        version: String,
        /// Its kind.
        kind: String,
        /// The namespace that it is in, if the kind lives in namespaces. `None`: if the kind turns out to live in namespaces, nobody
        /// said in which to look, and there is nothing to read.
        namespace: Option<String>,
        /// Its name.
        name: String,
    },
    /// The objects of a kind that a selector matches: a `list`.
    List {
        /// The group of its API; empty for the core group.
        group: String,
        /// The version of its API in which they have to be read.
        version: String,
        /// Their kind.
        kind: String,
        /// The namespaces looked into, if the kind lives in namespaces: `All` is one list of all of them, each of those named is one
        /// list. If the kind turns out to live in namespaces and none is named, nobody said in which to look, and there is nothing to read.
        namespaces: Namespaces,
        /// What their labels must say.
        selector: LabelSelector,
    },
}

/// A line for people: `get Deployment/shop/web (apps/v1)`.
impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServerVersion => f.write_str("get /version"),
            Self::Discovery {
                group,
                version,
                kind,
            } => {
                let parts = [group.as_str(), version.as_deref().unwrap_or_default(), kind];
                let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                write!(f, "discover {}", plain(&parts.join("/")))
            }
            Self::Access(query) => {
                let parts = [&query.group, &query.resource, &query.subresource];
                let parts = parts.into_iter().filter(|part| !part.is_empty());
                let resource: Vec<&str> = parts.map(String::as_str).collect();
                write!(
                    f,
                    "ask for {} {}",
                    plain(&query.verb),
                    plain(&resource.join("/"))
                )?;
                if !query.name.is_empty() {
                    write!(f, " {}", plain(&query.name))?;
                }
                match query.namespace.as_str() {
                    "" => Ok(()),
                    namespace => write!(f, " in {}", plain(namespace)),
                }
            }
            Self::Object {
                group,
                version,
                kind,
                namespace,
                name,
            } => {
                let object = object(kind, namespace.as_deref().unwrap_or_default(), name);
                write!(f, "get {object} ({})", api_version(group, version))
            }
            Self::List {
                group,
                version,
                kind,
                namespaces,
                selector,
            } => {
                write!(f, "list {}", plain(kind))?;
                if !selector.requirements().is_empty() {
                    write!(f, " with {selector}")?;
                }
                if let Namespaces::Named(names) = namespaces
                    && !names.is_empty()
                {
                    let names: Vec<_> = names.iter().map(|name| plain(name)).collect();
                    write!(f, " in {}", names.join(", "))?;
                }
                write!(f, " ({})", api_version(group, version))
            }
        }
    }
}

fn api_version(group: &str, version: &str) -> String {
    plain(&crate::api_version::join(group, version))
}
