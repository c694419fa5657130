//! What carries the label of a release is known to that release, which will delete it, or was said to stay when it went.

use std::cell::OnceCell;
use std::sync::Arc;

use serde_json::Value;

use super::super::interference::SOMEBODY;
use super::{Journals, release_of};
use crate::api::ObjectRef;
use crate::journal::{Journal, LedgerEntry, OperationJournal, OperationStatus};
use crate::label;
use crate::plan::{PinnedPlan, PlannedOperation};
use crate::pointer::At;
use crate::record::{InstalledRecord, RECORD_TYPE};
use crate::simulator::cluster::FakeCluster;
use crate::simulator::field;
use crate::simulator::trace::Happening;

/// The invariant.
pub(in crate::simulator) const OWNED: &str =
    "what carries our label is on record, in the journal of a run that can go on, or said to stay";

/// Holds the end of all that ever happened in a cluster against it. What hooks need while they run has an invariant of its own.
pub(super) fn check(
    plan: &PinnedPlan,
    cluster: &FakeCluster,
    journals: &mut Journals,
) -> Vec<String> {
    if somebody_took_the_journal(cluster) {
        return Vec::new();
    }
    let journal = cluster.journal_text().and_then(|text| journals.read(text));
    let known = Known {
        records: records(cluster),
        written: written(plan, journal.as_deref()),
    };
    // Few runs come this far: what was ever said to stay is looked for then only.
    let kept = OnceCell::new();
    let is_kept = |target: &ObjectRef, release: &str| {
        let line = format!("{target} stays: ");
        let kept = kept.get_or_init(|| said_to_stay(plan, cluster));
        kept.iter().any(|(of, said)| {
            of.as_deref().is_none_or(|of| of == release) && said.starts_with(&line)
        })
    };
    let mut found = Vec::new();
    for object in cluster.objects() {
        let (Some(release), Some(target)) = (standing(object), ObjectRef::of(object)) else {
            continue;
        };
        // What stays of a release that is on record is on its ledger, or nobody deletes it when that goes.
        let is_fine = known.has(&target, release)
            || is_of_no_record(plan, release)
            || is_anothers(object, plan)
            || somebody_said_so(cluster, object)
            || !known.is_on_record(release) && is_kept(&target, release);
        if !is_fine {
            found.push(format!("{OWNED}: {target}"));
        }
    }
    found
}

/// Whether an object says that it is on record in another runner's namespace.
fn is_anothers(object: &Value, plan: &PinnedPlan) -> bool {
    let annotations = object.at("/metadata/annotations");
    let home = annotations.and_then(|annotations| annotations.get(label::HOME)?.as_str());
    home.is_some_and(|home| home != plan.home())
}

/// Whether it was somebody, and no runner, who put the label on an object that it carries.
fn somebody_said_so(cluster: &FakeCluster, object: &Arc<Value>) -> bool {
    let uid = field::text(object, "/metadata/uid");
    let release = release_of(object);
    let mut events = cluster.trace().iter().rev();
    let said = events.find(|event| match &event.what {
        Happening::Changed {
            before,
            after: Some(after),
            ..
        } => {
            let was = before.as_deref().and_then(release_of);
            field::text(after, "/metadata/uid") == uid
                && release_of(after) == release
                && was != release
        }
        _ => false,
    });
    said.is_some_and(|event| &*event.who == SOMEBODY)
}

/// Who knows what, in the end.
struct Known {
    records: Vec<InstalledRecord>,
    /// What operations have written that can go on, each with the label of its release, if that is known.
    written: Vec<(Option<String>, Vec<LedgerEntry>)>,
}

impl Known {
    /// Whether the release of this label has an object. That another one has it too does not help: nobody deletes what carries another's label.
    fn has(&self, object: &ObjectRef, release: &str) -> bool {
        let has = |ledger: &[LedgerEntry]| {
            let mut entries = ledger.iter();
            entries.any(|entry| entry.object.is_same_object(object))
        };
        let mut records = self.of_release(release);
        let mut written = self.written.iter();
        records.any(|record| has(record.ledger()))
            || written
                .any(|(of, ledger)| of.as_deref().is_none_or(|of| of == release) && has(ledger))
    }

    fn is_on_record(&self, release: &str) -> bool {
        self.of_release(release).next().is_some()
    }

    fn of_release(&self, release: &str) -> impl Iterator<Item = &InstalledRecord> {
        let records = self.records.iter();
        records.filter(move |record| label::value(record.release_uid()) == release)
    }
}

fn records(cluster: &FakeCluster) -> Vec<InstalledRecord> {
    let secrets = cluster
        .objects()
        .filter(|object| field::text(object, "/type") == RECORD_TYPE);
    secrets
        .filter_map(|secret| InstalledRecord::from_secret(secret))
        .collect()
}

fn written(
    plan: &PinnedPlan,
    journal: Option<&Journal>,
) -> Vec<(Option<String>, Vec<LedgerEntry>)> {
    let operations = journal
        .into_iter()
        .flat_map(|journal| of_releases(plan, journal));
    let can_go_on = operations.filter(|(_, one)| can_go_on(one.status()));
    can_go_on
        .map(|(of, one)| (of, one.ledger().to_vec()))
        .collect()
}

/// The operations of a journal, each with the label of its release; `None`: the journal is of another plan, and does not say.
fn of_releases<'j>(
    plan: &PinnedPlan,
    journal: &'j Journal,
) -> impl Iterator<Item = (Option<String>, &'j OperationJournal)> {
    let is_of_plan = journal.plan() == plan.digest();
    let operations = journal.operations().iter().enumerate();
    operations.map(move |(place, one)| {
        let planned = plan.operations().get(place).filter(|_| is_of_plan);
        let of = planned.map(|planned| label::value(planned.context().release_uid()));
        (of, one)
    })
}

/// Whether an operation on the release goes on from one that nobody has put on record: if it is taken back, that is as before.
fn is_of_no_record(plan: &PinnedPlan, release: &str) -> bool {
    let is_it = |planned: &PlannedOperation| {
        planned.operation().from().is_some()
            && planned.installed().is_none()
            && label::value(planned.context().release_uid()) == release
    };
    plan.operations().iter().any(is_it)
}

/// Whether the journal is gone, and none of ours has removed it: what only it knew is found by its labels.
fn somebody_took_the_journal(cluster: &FakeCluster) -> bool {
    let mut events = cluster.trace().iter().rev();
    let last = events.find(|event| matches!(event.what, Happening::Journal { .. }));
    last.is_some_and(|event| {
        let is_gone = matches!(event.what, Happening::Journal { after: None, .. });
        is_gone && &*event.who == SOMEBODY
    })
}

fn can_go_on(status: OperationStatus) -> bool {
    status == OperationStatus::Running || status.is_open()
}

/// The release that an object carries the label of, unless it is on its way out.
fn standing(object: &Arc<Value>) -> Option<&str> {
    release_of(object).filter(|_| !field::has(object, "/metadata/deletionTimestamp"))
}

/// All that any journal has ever said of what stays, each line with the label of the release whose operation said it, if that is one of the plan.
fn said_to_stay(plan: &PinnedPlan, cluster: &FakeCluster) -> Vec<(Option<String>, String)> {
    let texts = cluster
        .trace()
        .iter()
        .filter_map(|event| match &event.what {
            Happening::Journal { after, .. } => after.as_deref(),
            _ => None,
        });
    let mut said = Vec::new();
    for journal in texts.filter_map(|text| Journal::parse(text).ok()) {
        for (of, one) in of_releases(plan, &journal) {
            said.extend(one.kept().iter().map(|line| (of.clone(), line.clone())));
        }
    }
    said
}
