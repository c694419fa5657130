//! The journal, kept in a Secret.

use std::fmt;

use http::Method;
use kube::Client;
use serde_json::{Value, json};

use super::call::{Call, segment};
use super::cluster::{delete, managed};
use super::exchange::{OBJECT_BYTES, ask, refused};
use crate::api::{Failure, FailureClass};
use crate::effect::{JournalVersion, StoredJournal};
use crate::label;
use crate::secret_data;

/// The `type` of the Secret. The server lets nobody change it.
const TYPE: &str = "catalog.dev/journal";
/// The key of the journal's text.
const KEY: &str = "journal";
/// The longest journal, in bytes.
const LONGEST: usize = 256 << 10;

/// A journal in a Secret: each writing replaces the one that was read, and no other.
///
/// The Secret has the type `catalog.dev/journal` and the label [`label::MANAGED_BY`]; a Secret of another type is never touched. It must
/// stand in a namespace that no package makes or deletes.
#[derive(Clone)]
pub struct SecretJournal {
    client: Client,
    namespace: String,
    name: String,
}

impl SecretJournal {
    /// The journal in the Secret of this namespace and name, which [`instance_name`](crate::instance_name) gives.
    pub fn new(client: Client, namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            client,
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The journal as it is; `None`: there is none.
    ///
    /// # Errors
    ///
    /// It cannot be read now, or the Secret of this name holds something else.
    pub async fn load(&self) -> Result<Option<StoredJournal>, Failure> {
        let read = ask(&self.client, &Call::get(self.path()?), OBJECT_BYTES).await;
        match read {
            Ok(secret) => self.stored(&secret.value).map(Some),
            Err(failure) if failure.class() == FailureClass::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Writes the journal in the place of `replaces`, or where none is.
    ///
    /// # Errors
    ///
    /// Another one is there ([`Outdated`](FailureClass::Outdated), [`OtherUid`](FailureClass::OtherUid) or
    /// [`AlreadyExists`](FailureClass::AlreadyExists)); the one to replace is gone ([`NotFound`](FailureClass::NotFound)): it is never
    /// created again here. A text of more than 256 KiB, and a version without uid or resource version, are not sent at all
    /// ([`Invalid`](FailureClass::Invalid)). Else what the server says, or that no answer came.
    pub async fn save(
        &self,
        text: &str,
        replaces: Option<&JournalVersion>,
    ) -> Result<JournalVersion, Failure> {
        if text.len() > LONGEST {
            let length = text.len();
            return Err(refused(&format!(
                "the journal has {length} bytes, and may have {LONGEST}: run fewer operations at once"
            )));
        }
        let secret = self.secret(text, replaces)?;
        let call = match replaces {
            None => Call::with_body(Method::POST, self.collection()?, secret),
            Some(_) => Call::with_body(Method::PUT, self.path()?, secret),
        };
        let written = ask(&self.client, &managed(call), OBJECT_BYTES).await?;
        // Written it is; which version it became, a read will say.
        version(&written.value).ok_or_else(|| Failure::unanswered("what came is no Secret"))
    }

    /// Deletes the journal in this version.
    ///
    /// # Errors
    ///
    /// As for [`save`](Self::save).
    pub async fn remove(&self, version: &JournalVersion) -> Result<(), Failure> {
        let JournalVersion {
            uid,
            resource_version,
        } = certain(version)?;
        let call = delete(self.path()?, Some(uid), Some(resource_version));
        ask(&self.client, &call, OBJECT_BYTES).await.map(drop)
    }

    fn collection(&self) -> Result<String, Failure> {
        let namespace = segment(&self.namespace)?;
        Ok(format!("/api/v1/namespaces/{namespace}/secrets"))
    }

    fn path(&self) -> Result<String, Failure> {
        Ok(format!("{}/{}", self.collection()?, segment(&self.name)?))
    }

    fn secret(&self, text: &str, replaces: Option<&JournalVersion>) -> Result<Value, Failure> {
        let replaced = replaces.map(certain).transpose()?;
        Ok(json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": TYPE,
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "labels": {label::MANAGED_BY: label::MANAGER},
                "uid": replaced.map(|version| &version.uid),
                "resourceVersion": replaced.map(|version| &version.resource_version),
            },
            "data": {KEY: secret_data::encode(text.as_bytes())},
        }))
    }

    fn stored(&self, secret: &Value) -> Result<StoredJournal, Failure> {
        let text = || {
            let data = secret.pointer(&format!("/data/{KEY}"))?.as_str()?;
            String::from_utf8(secret_data::decode(data)?).ok()
        };
        let is_ours = secret.get("type").and_then(Value::as_str) == Some(TYPE);
        let stored = || {
            Some(StoredJournal {
                text: text()?,
                version: version(secret)?,
            })
        };
        stored().filter(|_| is_ours).ok_or_else(|| {
            let Self {
                namespace, name, ..
            } = self;
            refused(&format!(
                "the Secret `{name}` in namespace `{namespace}` is no journal: give the journal another name"
            ))
        })
    }
}

impl fmt::Debug for SecretJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretJournal")
            .field("namespace", &self.namespace)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

fn version(secret: &Value) -> Option<JournalVersion> {
    let text = |key| {
        let text = secret.get("metadata")?.get(key)?.as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    };
    Some(JournalVersion {
        uid: text("uid")?,
        resource_version: text("resourceVersion")?,
    })
}

/// A version that the server compares: without a resource version, or with `0`, it would overwrite whatever is there.
fn certain(version: &JournalVersion) -> Result<&JournalVersion, Failure> {
    let JournalVersion {
        uid,
        resource_version,
    } = version;
    if uid.is_empty() || resource_version.is_empty() || resource_version == "0" {
        return Err(refused(
            "a journal is replaced only in a known version: read it first",
        ));
    }
    Ok(version)
}
