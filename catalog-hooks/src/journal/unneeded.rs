//! What runs that are over have left in the runner's namespace, and nobody needs any more.

use std::collections::BTreeSet;

use serde_json::Value;

use super::kept::KeptJournal;
use super::{Journal, Journals, OperationJournal, OperationStatus};
use crate::api::{Failure, ListRequest, ObjectRef, Reply, Request};
use crate::edge::Cluster;
use crate::label;
use crate::plan::PLAN_TYPE;
use crate::pointer::At;
use crate::record::{InstalledRecord, RECORD_TYPE};

impl Journals {
    /// Deletes the journals and the plans in the namespace `home` that nobody needs any more, whoever left them: journals of runs that are over, and plans
    /// that neither a record nor a run needs which can go on. To be done when a run has ended, with its journal, while a Lease keeps all others away that would
    /// begin: a plan is pinned before its journal is written. With a journal of a run that has not ended, nothing is done.
    ///
    /// A journal goes when another run has done something with an instance that it is about, or nothing of it is on record any more. What somebody gave up is told
    /// until something is done with its instance; so long a run can go on, too, with what it did not come to. Where a record or a journal cannot be read,
    /// nothing is deleted: nobody knows what it needs.
    ///
    /// Cost: three lists of Secrets, and a call for each that goes.
    ///
    /// # Errors
    ///
    /// What the server says, but that one is gone or has changed meanwhile. It may be left at that: the next time it is tried again.
    pub fn delete_unneeded(
        cluster: &mut dyn Cluster,
        home: &str,
        ended: &Journal,
    ) -> Result<(), Failure> {
        if ended.ended().is_none() {
            return Ok(());
        }
        let journals = Self::read(cluster, home)?;
        let records = secrets(cluster, (home, RECORD_TYPE))?;
        let records = records.iter().map(InstalledRecord::from_secret);
        let records: Option<Vec<InstalledRecord>> = records.collect();
        let Some(records) = records.filter(|_| journals.are_readable().is_ok()) else {
            return Ok(());
        };
        let (gone, stay): (Vec<&KeptJournal>, Vec<&KeptJournal>) = journals
            .iter()
            .partition(|kept| is_unneeded(kept, ended, &records));
        for kept in gone {
            settle(cluster.call(&kept.secret().remove(&kept.stored().version)?))?;
        }
        let Some(needed) = plans_needed(&stay, &records) else {
            return Ok(());
        };
        for secret in secrets(cluster, (home, PLAN_TYPE))? {
            let digest = secret.at("/metadata/labels");
            let digest = digest.and_then(|labels| labels.get(label::PLAN)?.as_str());
            if digest.is_none_or(|digest| needed.contains(digest)) {
                continue;
            }
            let uid = secret.at("/metadata/uid").and_then(Value::as_str);
            if let (Some(target), Some(uid)) = (ObjectRef::of(&secret), uid) {
                settle(cluster.call(&Request::delete(target, Some(uid.to_owned()))))?;
            }
        }
        Ok(())
    }
}

/// Whether nobody asks any more what a journal says, when this run has ended.
fn is_unneeded(kept: &KeptJournal, ended: &Journal, records: &[InstalledRecord]) -> bool {
    if kept.journal().run() == ended.run() {
        return false;
    }
    let operations = kept.journal().operations();
    let is_on_record = |one: &OperationJournal| {
        let mut records = records.iter();
        records.any(|record| {
            (record.package(), record.namespace()) == (one.package(), one.namespace())
        })
    };
    let is_told = |one: &OperationJournal| {
        let is_known = is_on_record(one) || !one.remembered;
        one.status() == OperationStatus::Abandoned && is_known
    };
    let is_about_the_same = |one: &OperationJournal| {
        let mut others = ended.operations().iter();
        others.any(|other| other.is_of_instance(one))
    };
    let is_forgotten = kept.is_over()
        && !operations
            .iter()
            .any(|one| is_on_record(one) || is_told(one));
    is_forgotten || operations.iter().any(is_about_the_same) && kept.is_forgettable(ended)
}

/// The plans that records and runs need; `None`: that cannot be told.
fn plans_needed(
    journals: &[&KeptJournal],
    records: &[InstalledRecord],
) -> Option<BTreeSet<String>> {
    let on_record = records.iter().flat_map(InstalledRecord::known_plans);
    let mut needed: BTreeSet<String> = on_record.cloned().collect();
    for kept in journals.iter().filter(|kept| !kept.is_told()) {
        needed.extend(kept.plans_needed()?);
    }
    Some(needed)
}

fn secrets(cluster: &mut dyn Cluster, (home, kind): (&str, &str)) -> Result<Vec<Value>, Failure> {
    let list = Request::List(ListRequest {
        api_version: "v1".to_owned(),
        kind: "Secret".to_owned(),
        namespace: Some(home.to_owned()),
        labels: Vec::new(),
        fields: vec![("type".to_owned(), kind.to_owned())],
    });
    match cluster.call(&list)? {
        Reply::Objects(secrets) => Ok(secrets),
        _ => Err(Failure::unanswered("what came is no list")),
    }
}

/// Passes over that what was to go is gone, or is something else by now.
pub(super) fn settle(answer: Result<Reply, Failure>) -> Result<(), Failure> {
    use crate::api::FailureClass::{NotFound, OtherUid, Outdated};
    match answer {
        Err(failure) if !matches!(failure.class(), NotFound | OtherUid | Outdated) => Err(failure),
        _ => Ok(()),
    }
}
