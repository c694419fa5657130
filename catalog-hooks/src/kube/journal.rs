//! The journal, kept in a Secret of an API server.

use crate::api::{Failure, FailureClass, Reply, Request};
use crate::effect::{JournalVersion, StoredJournal};
use crate::journal::JournalSecret;
use serde_json::Value;

use super::cluster::KubeCluster;

/// A journal in a [`JournalSecret`] of an API server.
#[derive(Clone, Debug)]
pub struct KubeJournal {
    cluster: KubeCluster,
    secret: JournalSecret,
}

impl KubeJournal {
    /// The journal in this Secret. Nothing is asked yet.
    #[must_use]
    pub fn new(cluster: KubeCluster, secret: JournalSecret) -> Self {
        Self { cluster, secret }
    }

    /// The journal as it is; `None`: there is none.
    ///
    /// # Errors
    ///
    /// It cannot be read now, or the Secret of this name holds something else.
    pub async fn load(&self) -> Result<Option<StoredJournal>, Failure> {
        match self.object(&self.secret.read()).await {
            Ok(secret) => self.secret.stored(&secret).map(Some),
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
    /// created again here. What is [not to be sent at all](JournalSecret::write). Else what the server says, or that no answer came.
    pub async fn save(
        &self,
        text: &str,
        replaces: Option<&JournalVersion>,
    ) -> Result<JournalVersion, Failure> {
        let request = self.secret.write(text, replaces)?;
        let written = self.object(&request).await?;
        // Written it is; which version it became, a read will say.
        JournalVersion::of(&written).ok_or_else(|| Failure::unanswered("what came is no Secret"))
    }

    /// Deletes the journal in this version.
    ///
    /// # Errors
    ///
    /// As for [`save`](Self::save).
    pub async fn remove(&self, version: &JournalVersion) -> Result<(), Failure> {
        let request = self.secret.remove(version)?;
        self.cluster.call(&request).await.map(drop)
    }

    async fn object(&self, request: &Request) -> Result<Value, Failure> {
        match self.cluster.call(request).await? {
            Reply::Object(object) => Ok(object),
            _ => Err(Failure::unanswered("what came is no Secret")),
        }
    }
}
