//! What runs that are over have left in the runner's namespace, and nobody needs any more.

use std::collections::BTreeSet;

use catalog_model::OperationKind;
use serde_json::Value;

use super::kept::KeptJournal;
use super::{Journal, Journals, OperationJournal, OperationStatus, RunState};
use crate::api::{Failure, ListRequest, ObjectRef, Reply, Request};
use crate::edge::Cluster;
use crate::label;
use crate::plan::{PLAN_TYPE, PinnedPlan};
use crate::pointer::At;
use crate::record::{InstalledRecord, RECORD_TYPE};
use crate::time::Timestamp;

/// A run that has ended, and whose end is stored, as [`Machine::ended`](crate::Machine::ended) gives it.
#[derive(Clone, Debug)]
pub struct EndedRun {
    run: String,
    home: String,
    instances: BTreeSet<Instance>,
    achieved: Achieved,
}

/// A package and a namespace.
type Instance = (String, String);

/// What a runner has brought to its end, for good: what other runs left of these instances before is not what is there any more.
#[derive(Clone, Debug)]
pub(crate) struct Achieved {
    instances: BTreeSet<Instance>,
    /// When the runner began.
    since: Timestamp,
}

impl Achieved {
    /// What became done since a runner began with these operations done. An action leaves an instance as it is; and what is done of a run that unwinds may
    /// be taken back as long as it is not over.
    pub(crate) fn of(
        (plan, journal): (&PinnedPlan, &Journal),
        done_before: &BTreeSet<usize>,
        since: Timestamp,
    ) -> Self {
        let may_unwind = plan.unwinds() && journal.state_at_end() != RunState::Over;
        let both = plan.operations().iter().zip(journal.operations());
        let new = both.enumerate().filter(|(place, (planned, one))| {
            let is_action = planned.operation().kind() == OperationKind::Action;
            one.status() == OperationStatus::Done
                && !is_action
                && !done_before.contains(place)
                && !may_unwind
        });
        Self {
            instances: new.map(|(_, (_, one))| instance(one)).collect(),
            since,
        }
    }

    /// Whether what an operation of a run was about, that ended then, was brought where it is by something after it.
    pub(crate) fn replaces(&self, left: &OperationJournal, ended: Option<Timestamp>) -> bool {
        ended.is_some_and(|ended| ended <= self.since) && self.instances.contains(&instance(left))
    }
}

impl EndedRun {
    pub(crate) fn new((plan, journal): (&PinnedPlan, &Journal), achieved: Achieved) -> Self {
        Self {
            run: plan.run().to_owned(),
            home: plan.home().to_owned(),
            instances: journal.operations().iter().map(instance).collect(),
            achieved,
        }
    }

    /// Deletes the journals and the plans in the namespace of the run's journal that nobody needs any more, whoever left them: journals of runs that are over,
    /// and plans that neither a record nor a run needs which can go on. To be done when the run has ended, under the Lease that keeps all others away who
    /// would begin: a plan is pinned before its journal is written. `may_write` says before each call whether the Lease is held still, and long enough for
    /// that call; as soon as it is not, nothing more is deleted.
    ///
    /// The journal of another run goes when this one is about one of its instances, and this runner has done something with all that the other run gave up or
    /// [waits](super::RunState::Waits) with. And each journal goes, this run's too, whose run is [over](super::RunState::Over) and of which nothing is on
    /// record any more. What somebody gave up is told until something is done with its instance; so long a run can go on, too, with what it waits for. Where
    /// a record or a journal cannot be read, or a journal that was to go has been written meanwhile, nothing more is deleted: nobody knows what is needed.
    /// What stays is met by the next run.
    ///
    /// Cost: three lists of Secrets, and a call for each that goes.
    ///
    /// # Errors
    ///
    /// What the server says, but that one is gone already. It may be left at that: the next time it is tried again.
    pub fn delete_unneeded(
        &self,
        cluster: &mut dyn Cluster,
        mut may_write: impl FnMut() -> bool,
    ) -> Result<(), Failure> {
        // The plans first: one that is pinned later is not among them, and the journal of one that is has been written when journals are read, or its run
        // was to be kept away.
        let plans = secrets(cluster, (&self.home, PLAN_TYPE))?;
        let journals = Journals::read(cluster, &self.home)?;
        let records = secrets(cluster, (&self.home, RECORD_TYPE))?;
        let records = records.iter().map(InstalledRecord::from_secret);
        let records: Option<Vec<InstalledRecord>> = records.collect();
        let Some(records) = records.filter(|_| journals.are_readable().is_ok()) else {
            return Ok(());
        };
        let (gone, stay): (Vec<&KeptJournal>, Vec<&KeptJournal>) = journals
            .iter()
            .partition(|kept| self.makes_unneeded(kept, &records));
        for kept in gone {
            let request = kept.secret().remove(&kept.stored().version)?;
            if !may_write() || !is_gone(cluster.call(&request))? {
                return Ok(());
            }
        }
        let Some(needed) = plans_needed(&stay, &records) else {
            return Ok(());
        };
        for secret in plans {
            let digest = secret.at("/metadata/labels");
            let digest = digest.and_then(|labels| labels.get(label::PLAN)?.as_str());
            if digest.is_none_or(|digest| needed.contains(digest)) {
                continue;
            }
            let uid = secret.at("/metadata/uid").and_then(Value::as_str);
            if let (Some(target), Some(uid)) = (ObjectRef::of(&secret), uid) {
                let request = Request::delete(target, Some(uid.to_owned()));
                if !may_write() || !is_gone(cluster.call(&request))? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether nobody asks any more what a journal says.
    fn makes_unneeded(&self, kept: &KeptJournal, records: &[InstalledRecord]) -> bool {
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
        let is_about_the_same = |one: &OperationJournal| self.instances.contains(&instance(one));
        let is_forgotten = kept.is_over()
            && !operations
                .iter()
                .any(|one| is_on_record(one) || is_told(one));
        let is_own = kept.journal().run() == self.run;
        let is_replaced = !is_own && operations.iter().any(is_about_the_same);
        is_forgotten || is_replaced && kept.is_forgettable(&self.achieved)
    }
}

fn instance(one: &OperationJournal) -> Instance {
    (one.package().to_owned(), one.namespace().to_owned())
}

/// The plans that records and runs need; `None`: that cannot be told.
fn plans_needed(
    journals: &[&KeptJournal],
    records: &[InstalledRecord],
) -> Option<BTreeSet<String>> {
    let on_record = records.iter().flat_map(InstalledRecord::known_plans);
    let mut needed: BTreeSet<String> = on_record.cloned().collect();
    for kept in journals.iter().filter(|kept| !kept.tells_nothing()) {
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

/// Whether what was to go is gone: it is something else, or says something else, where somebody else has written it meanwhile.
fn is_gone(answer: Result<Reply, Failure>) -> Result<bool, Failure> {
    use crate::api::FailureClass::{NotFound, OtherUid, Outdated};
    match answer {
        Ok(_) => Ok(true),
        Err(failure) => match failure.class() {
            NotFound => Ok(true),
            OtherUid | Outdated => Ok(false),
            _ => Err(failure),
        },
    }
}
