//! A journal as a Secret: what is asked of an API server, and what its answers say.

use serde_json::{Value, json};

use super::JOURNAL_LIMIT;
use crate::api::{Failure, FailureClass, ObjectRef, PatchKind, Reply, Request};
use crate::edge::{Cluster, JournalStore};
use crate::effect::{JournalVersion, StoredJournal};
use crate::label;
use crate::pointer::At;
use crate::secret_data;

/// The `type` of the Secrets that hold journals. A server lets nobody change it.
pub const JOURNAL_TYPE: &str = "catalog.dev/journal";

/// The key of the journal's text.
const KEY: &str = "journal";

/// The Secret that holds a journal: each writing replaces the one that was read, and no other.
///
/// It has the type [`JOURNAL_TYPE`] and the label [`label::MANAGED_BY`]; a Secret of another type is never touched. It must stand in a namespace that
/// no package makes or deletes. What others set on it (labels, annotations, finalizers) stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalSecret {
    namespace: String,
    name: String,
}

impl JournalSecret {
    /// The Secret of this namespace and name, which [`PinnedPlan::journal_name`](crate::plan::PinnedPlan::journal_name) gives.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The namespace that it is in.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What reads the journal.
    #[must_use]
    pub fn read(&self) -> Request {
        Request::Read(self.object())
    }

    /// What writes the journal in the place of `replaces`, or where none is.
    ///
    /// # Errors
    ///
    /// A text of more than 256 KiB, and a version without uid or resource version, with which whatever is there would be overwritten, are not to be
    /// sent at all ([`Invalid`](FailureClass::Invalid)).
    pub fn write(&self, text: &str, replaces: Option<&JournalVersion>) -> Result<Request, Failure> {
        if text.len() > JOURNAL_LIMIT {
            let length = text.len();
            return Err(Failure::refused(&format!(
                "the journal has {length} bytes, and may have {JOURNAL_LIMIT}: run fewer operations at once"
            )));
        }
        let data = json!({KEY: secret_data::encode(text.as_bytes())});
        let Some(replaced) = replaces else {
            return Ok(Request::Create {
                object: json!({
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "type": JOURNAL_TYPE,
                    "metadata": {
                        "name": self.name,
                        "namespace": self.namespace,
                        "labels": {label::MANAGED_BY: label::MANAGER},
                    },
                    "data": data,
                }),
                dry_run: false,
            });
        };
        let version = certain(replaced)?;
        // Put whole, the Secret would lose what others set on it: if one that is being deleted lost its last finalizer, the journal would be gone.
        Ok(Request::Patch {
            target: self.object(),
            patch: json!({
                "metadata": {
                    "uid": version.uid,
                    "resourceVersion": version.resource_version,
                    "labels": {label::MANAGED_BY: label::MANAGER},
                },
                // Nobody can change it: a Secret that is something else refuses to be written.
                "type": JOURNAL_TYPE,
                "data": data,
            }),
            kind: PatchKind::Merge,
        })
    }

    /// What deletes the journal in this version.
    ///
    /// # Errors
    ///
    /// A version without uid or resource version, as for [`write`](Self::write).
    pub fn remove(&self, version: &JournalVersion) -> Result<Request, Failure> {
        let version = certain(version)?;
        Ok(Request::Delete {
            target: self.object(),
            uid: Some(version.uid.clone()),
            resource_version: Some(version.resource_version.clone()),
        })
    }

    /// The journal in what was read.
    ///
    /// # Errors
    ///
    /// It is a Secret that holds something else.
    pub fn stored(&self, secret: &Value) -> Result<StoredJournal, Failure> {
        let text = || {
            let data = secret.at("/data")?.get(KEY)?.as_str()?;
            String::from_utf8(secret_data::decode(data)?).ok()
        };
        let stored = || {
            Some(StoredJournal {
                text: text()?,
                version: JournalVersion::of(secret)?,
            })
        };
        let is_journal = secret.get("type").and_then(Value::as_str) == Some(JOURNAL_TYPE);
        stored().filter(|_| is_journal).ok_or_else(|| {
            let Self { namespace, name } = self;
            Failure::refused(&format!(
                "the Secret `{name}` in namespace `{namespace}` is no journal: give the journal another name"
            ))
        })
    }

    fn object(&self) -> ObjectRef {
        ObjectRef::namespaced("v1", "Secret", &self.namespace, &self.name)
    }
}

impl JournalVersion {
    /// The version of a Secret; `None`: no server gave it.
    #[must_use]
    pub fn of(secret: &Value) -> Option<Self> {
        let text = |pointer| {
            let text = secret.at(pointer)?.as_str()?;
            (!text.is_empty()).then(|| text.to_owned())
        };
        Some(Self {
            uid: text("/metadata/uid")?,
            resource_version: text("/metadata/resourceVersion")?,
        })
    }
}

/// A version that a server compares: without a resource version, or with `0`, it would overwrite whatever is there.
fn certain(version: &JournalVersion) -> Result<&JournalVersion, Failure> {
    if version.uid.is_empty() || matches!(version.resource_version.as_str(), "" | "0") {
        return Err(Failure::refused(
            "a journal is replaced only in a known version: read it first",
        ));
    }
    Ok(version)
}

/// A journal in a [`JournalSecret`] of a cluster whose calls block.
#[derive(Clone, Debug)]
pub struct SecretJournal<C> {
    cluster: C,
    secret: JournalSecret,
}

impl<C: Cluster> SecretJournal<C> {
    /// The journal in this Secret.
    pub fn new(cluster: C, secret: JournalSecret) -> Self {
        Self { cluster, secret }
    }

    fn object(&mut self, request: &Request) -> Result<Value, Failure> {
        match self.cluster.call(request)? {
            Reply::Object(object) => Ok(object),
            _ => Err(Failure::unanswered("what came is no Secret")),
        }
    }
}

impl<C: Cluster> JournalStore for SecretJournal<C> {
    fn load(&mut self) -> Result<Option<StoredJournal>, Failure> {
        match self.object(&self.secret.read()) {
            Ok(secret) => self.secret.stored(&secret).map(Some),
            Err(failure) if failure.class() == FailureClass::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    fn save(
        &mut self,
        text: &str,
        replaces: Option<&JournalVersion>,
    ) -> Result<JournalVersion, Failure> {
        let request = self.secret.write(text, replaces)?;
        let written = self.object(&request)?;
        // Written it is; which version it became, a read will say.
        JournalVersion::of(&written).ok_or_else(|| Failure::unanswered("what came is no Secret"))
    }

    fn remove(&mut self, version: &JournalVersion) -> Result<(), Failure> {
        let request = self.secret.remove(version)?;
        self.cluster.call(&request).map(drop)
    }
}
