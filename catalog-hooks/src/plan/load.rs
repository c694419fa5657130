//! A plan, read from a cluster.

use serde_json::Value;
use thiserror::Error;

use super::PinnedPlan;
use super::store::PLAN_TYPE;
use crate::api::{Failure, ListRequest, Reply, Request};
use crate::edge::Cluster;
use crate::journal::{JournalError, JournalErrorKind};
use crate::label;

/// More Secrets than a plan comes to that an API server took: with 900 KiB each, 57 MiB.
const MOST_PARTS: usize = 64;

/// Why a pinned plan cannot be had.
#[derive(Clone, Debug, PartialEq, Error)]
#[error(transparent)]
pub struct PlanLoadError {
    problem: Box<Problem>,
}

/// What kind of [`PlanLoadError`] it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlanLoadErrorKind {
    /// The cluster cannot be read now.
    Cluster,
    /// Parts of the plan are missing, or are not what was pinned; or another version of this crate wrote it.
    Damaged,
}

#[derive(Clone, Debug, PartialEq, Error)]
enum Problem {
    #[error("the Secrets of plan {digest} in namespace `{home}` cannot be listed: {failure}")]
    Cluster {
        digest: String,
        home: String,
        failure: Failure,
    },
    #[error("plan {digest} in namespace `{home}` cannot be used: {why}")]
    Damaged {
        digest: String,
        home: String,
        why: JournalError,
    },
}

impl PlanLoadError {
    /// It does not have a module that a record says it has.
    pub(crate) fn without_module(digest: &str, home: &str, module: &str) -> Self {
        Problem::Damaged {
            digest: digest.to_owned(),
            home: home.to_owned(),
            why: JournalError::damaged(format!("it has no module `{module}`")),
        }
        .into()
    }

    /// There is none of its Secrets.
    pub(crate) fn gone(digest: &str, home: &str) -> Self {
        Problem::Damaged {
            digest: digest.to_owned(),
            home: home.to_owned(),
            why: JournalError::damaged("its Secrets are gone"),
        }
        .into()
    }

    /// What is wrong with the plan, if no program can use it.
    pub(crate) fn damage(&self) -> Option<&JournalError> {
        match &*self.problem {
            Problem::Damaged { why, .. } if why.kind() != JournalErrorKind::OtherVersion => {
                Some(why)
            }
            _ => None,
        }
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> PlanLoadErrorKind {
        match &*self.problem {
            Problem::Cluster { .. } => PlanLoadErrorKind::Cluster,
            Problem::Damaged { .. } => PlanLoadErrorKind::Damaged,
        }
    }
}

impl PinnedPlan {
    /// Reads the plan of this digest from the Secrets that hold it in the runner's namespace `home`; `None`: there are none.
    ///
    /// Cost: one list of Secrets. What they hold is checked against the digest.
    ///
    /// # Errors
    ///
    /// The Secrets cannot be listed; some are missing, or more than 64, or they hold something else than what was pinned.
    pub fn load(
        cluster: &mut dyn Cluster,
        home: &str,
        digest: &str,
    ) -> Result<Option<Self>, PlanLoadError> {
        let place = || (digest.to_owned(), home.to_owned());
        let secrets = parts(cluster, home, digest).map_err(|failure| {
            let (digest, home) = place();
            Problem::Cluster {
                digest,
                home,
                failure,
            }
        })?;
        if secrets.is_empty() {
            return Ok(None);
        }
        let plan = whole(&secrets, digest).map_err(|why| {
            let (digest, home) = place();
            Problem::Damaged { digest, home, why }
        })?;
        Ok(Some(plan))
    }
}

fn parts(cluster: &mut dyn Cluster, home: &str, digest: &str) -> Result<Vec<Value>, Failure> {
    let list = Request::List(ListRequest {
        api_version: "v1".to_owned(),
        kind: "Secret".to_owned(),
        namespace: Some(home.to_owned()),
        labels: vec![(label::PLAN.to_owned(), digest.to_owned())],
        fields: vec![("type".to_owned(), PLAN_TYPE.to_owned())],
    });
    match cluster.call(&list)? {
        Reply::Objects(secrets) => Ok(secrets),
        _ => Err(Failure::unanswered("what came is no list")),
    }
}

fn whole(secrets: &[Value], digest: &str) -> Result<PinnedPlan, JournalError> {
    if secrets.len() > MOST_PARTS {
        let why = format!("it has more than {MOST_PARTS} parts");
        return Err(JournalError::damaged(why));
    }
    let plan = PinnedPlan::from_secrets(secrets)?;
    match plan.digest() == digest {
        true => Ok(plan),
        false => Err(JournalError::damaged(format!(
            "it is plan {}",
            plan.digest()
        ))),
    }
}

impl From<Problem> for PlanLoadError {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
        }
    }
}
