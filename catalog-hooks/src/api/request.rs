//! One call to an API server, and its answer.

use std::fmt;

use serde_json::Value;

use super::object_ref::ObjectRef;

/// One call to an API server.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Request {
    /// Gets an object: [`Reply::Object`].
    Read(ObjectRef),
    /// Lists objects: [`Reply::Objects`], all pages of them.
    List(ListRequest),
    /// Creates an object: [`Reply::Object`] as the server made it. One that is there already is a failure.
    Create {
        /// The manifest, with its name.
        object: Value,
        /// Whether the server only says what it would do (`dryRun=All`).
        dry_run: bool,
    },
    /// Applies a manifest on the server, as [`FIELD_MANAGER`](super::FIELD_MANAGER): [`Reply::Object`]. A `metadata.uid` in it is a
    /// precondition.
    Apply {
        /// The manifest.
        object: Value,
        /// Whether fields of other managers are taken over.
        force: bool,
        /// Whether the server only says what it would do.
        dry_run: bool,
    },
    /// Puts an object in the place of one: [`Reply::Object`]. Its `metadata.uid` and `metadata.resourceVersion` are preconditions.
    Replace(Value),
    /// Changes parts of an object: [`Reply::Object`]. `metadata.uid` and `metadata.resourceVersion` in the patch are preconditions.
    Patch {
        /// The object.
        target: ObjectRef,
        /// The patch.
        patch: Value,
        /// How it is meant.
        kind: PatchKind,
    },
    /// Deletes an object with `propagationPolicy: Background`: [`Reply::Done`].
    Delete {
        /// The object.
        target: ObjectRef,
        /// Its uid, as `preconditions.uid`.
        uid: Option<String>,
        /// What it is deleted as, as `preconditions.resourceVersion`: one that has changed since stays.
        resource_version: Option<String>,
    },
    /// The end of a container's log: [`Reply::Log`].
    Log(LogRequest),
}

/// Which objects to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRequest {
    /// Their API version.
    pub api_version: String,
    /// Their kind.
    pub kind: String,
    /// Their namespace; `None`: all namespaces, or the cluster.
    pub namespace: Option<String>,
    /// Labels that they have, all of them.
    pub labels: Vec<(String, String)>,
    /// Field selectors that hold, all of them.
    pub fields: Vec<(String, String)>,
}

/// Which log to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRequest {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// At most so many bytes, from the end.
    pub limit: usize,
}

/// How a patch is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchKind {
    /// RFC 7386: lists are replaced.
    Merge,
    /// Kubernetes' own: lists of a known kind are merged, and `$deleteFromPrimitiveList/…` takes out single items.
    Strategic,
}

/// What came of a [`Request`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reply {
    /// An object, as the server has it now.
    Object(Value),
    /// Objects.
    Objects(Vec<Value>),
    /// Text of a log.
    Log(String),
    /// It is done, and there is nothing to show.
    Done,
}

impl Request {
    /// A deletion of the object of this uid, whatever has become of it since.
    #[must_use]
    pub fn delete(target: ObjectRef, uid: Option<String>) -> Self {
        Self::Delete {
            target,
            uid,
            resource_version: None,
        }
    }

    /// Whether it changes the cluster.
    #[must_use]
    pub fn is_write(&self) -> bool {
        match self {
            Self::Read(_) | Self::List(_) | Self::Log(_) => false,
            Self::Create { dry_run, .. } | Self::Apply { dry_run, .. } => !dry_run,
            Self::Replace(_) | Self::Patch { .. } | Self::Delete { .. } => true,
        }
    }

    /// What it does, as RBAC names it.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Read(_) | Self::Log(_) => "get",
            Self::List(_) => "list",
            Self::Create { .. } => "create",
            Self::Replace(_) => "update",
            Self::Apply { .. } | Self::Patch { .. } => "patch",
            Self::Delete { .. } => "delete",
        }
    }

    /// The object that it is about, if it is about one that has a name.
    #[must_use]
    pub fn target(&self) -> Option<ObjectRef> {
        match self {
            Self::Read(target) | Self::Patch { target, .. } | Self::Delete { target, .. } => {
                Some(target.clone())
            }
            Self::Create { object, .. } | Self::Apply { object, .. } | Self::Replace(object) => {
                ObjectRef::of(object)
            }
            Self::Log(log) => Some(ObjectRef::namespaced("v1", "Pod", &log.namespace, &log.pod)),
            Self::List(_) => None,
        }
    }
}

impl fmt::Display for Request {
    /// `create Job monitoring/loki-check-x`, `list Pod in monitoring`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self {
            Self::Read(_) => "read",
            Self::List(list) => {
                write!(f, "list {}", list.kind)?;
                return match &list.namespace {
                    Some(namespace) => write!(f, " in {namespace}"),
                    None => Ok(()),
                };
            }
            Self::Log(log) => {
                return write!(f, "log {}/{} {}", log.namespace, log.pod, log.container);
            }
            Self::Create { dry_run: true, .. } => "try to create",
            Self::Apply { dry_run: true, .. } => "try to apply",
            Self::Create { .. } => "create",
            Self::Apply { .. } => "apply",
            Self::Replace(_) => "replace",
            Self::Patch { .. } => "patch",
            Self::Delete { .. } => "delete",
        };
        match self.target() {
            Some(target) => write!(f, "{verb} {target}"),
            None => write!(f, "{verb} an object without a name"),
        }
    }
}
