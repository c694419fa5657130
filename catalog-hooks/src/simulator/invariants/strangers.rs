//! What is somebody else's stays as it is, and no data goes unasked.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::{FOREIGN, Journals};
use crate::api::ObjectRef;
use crate::journal::{Journal, LedgerEntry, OperationStatus, Part};
use crate::label;
use crate::plan::{PinnedPlan, PlannedOperation};
use crate::pointer::At;
use crate::simulator::field;
use crate::simulator::kind::is_built_in;
use crate::simulator::trace::{Event, Happening};

/// Kinds whose objects hold data. So do custom resources.
const DATA: [&str; 4] = [
    "CustomResourceDefinition",
    "Namespace",
    "PersistentVolume",
    "PersistentVolumeClaim",
];

/// What is known of the operations while the events go by.
#[derive(Clone)]
pub(super) struct Watch<'p> {
    plan: &'p PinnedPlan,
    /// What each runner knows of the run: one that was fenced does not know what the one after it has written.
    known: BTreeMap<Arc<str>, Option<Arc<Journal>>>,
    pub(super) found: Vec<String>,
}

impl<'p> Watch<'p> {
    pub(super) fn new(plan: &'p PinnedPlan) -> Self {
        Self {
            plan,
            known: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    pub(super) fn see(&mut self, event: &Event, journals: &mut Journals) {
        match &event.what {
            Happening::Journal { after, .. } => {
                let journal = after.as_ref().and_then(|text| journals.read(text));
                self.known.insert(Arc::clone(&event.who), journal);
            }
            Happening::Changed {
                object,
                before: Some(before),
                after,
            } if event.who.starts_with("runner") => {
                let labels = before.at("/metadata/labels");
                if labels.is_some_and(|labels| labels.get(FOREIGN).is_some()) {
                    let what = format!("foreign objects are never changed: {object}");
                    self.found.push(what);
                }
                if goes(before, after.as_deref()) {
                    self.see_deletion(&event.who, object, before);
                }
            }
            _ => {}
        }
    }

    fn see_deletion(&mut self, who: &Arc<str>, object: &ObjectRef, before: &Value) {
        let labels = before.at("/metadata/labels");
        if labels.is_some_and(|labels| labels.get(label::OPERATION).is_some()) {
            // What hooks need while they run goes with them.
            return;
        }
        let journal = self.known.get(who).and_then(Option::as_deref);
        let said: Vec<Verdict> = under_way(self.plan, journal)
            .filter_map(|one| one.verdict(object))
            .collect();
        if said.contains(&Verdict::Asked) {
            return;
        }
        let is_data =
            DATA.contains(&object.kind()) || !is_built_in(object.api_version(), object.kind());
        if said.contains(&Verdict::AnothersToo) {
            let what = format!("what others have is never deleted: {object}");
            self.found.push(what);
        } else if is_data {
            self.found.push(format!("no data goes unasked: {object}"));
        }
    }
}

/// Whether an object is gone, or on its way out, and was not before.
fn goes(before: &Value, after: Option<&Value>) -> bool {
    let is_marked = |object: &Value| field::has(object, "/metadata/deletionTimestamp");
    after.is_none_or(|after| is_marked(after) && !is_marked(before))
}

/// What an operation that is under way says of the deletion of an object that it knows.
#[derive(PartialEq)]
enum Verdict {
    /// It may delete the object, and that was asked for if it has to be.
    Asked,
    Unasked,
    /// The object was there before, or another release has it that no operation of the run is about.
    AnothersToo,
}

/// An operation that is being carried out, and the journal of its run.
struct UnderWay<'r> {
    plan: &'r PinnedPlan,
    journal: &'r Journal,
    place: usize,
    planned: &'r PlannedOperation,
}

/// The operations that a runner is carrying out, by the journal as it wrote it last.
fn under_way<'r>(
    plan: &'r PinnedPlan,
    journal: Option<&'r Journal>,
) -> impl Iterator<Item = UnderWay<'r>> {
    let journal = journal.filter(|journal| journal.plan() == plan.digest());
    journal.into_iter().flat_map(move |journal| {
        let both = plan.operations().iter().zip(journal.operations());
        let running = both
            .enumerate()
            .filter(|(_, (_, one))| one.status() == OperationStatus::Running);
        running.map(move |(place, (planned, _))| UnderWay {
            plan,
            journal,
            place,
            planned,
        })
    })
}

impl UnderWay<'_> {
    /// `None`: the object is none that the operation could be about.
    fn verdict(&self, object: &ObjectRef) -> Option<Verdict> {
        let options = self.planned.options();
        if let Some(entry) = self.entry(object) {
            return Some(match () {
                () if entry.existed || self.is_of_others(object) => Verdict::AnothersToo,
                () if entry.part == Part::Namespace => asked(options.delete_namespace),
                () => asked(!entry.holds_data() || options.delete_data),
            });
        }
        let crd = self.crd_of(object)?;
        Some(match () {
            () if crd.existed || self.is_of_others(&crd.object) => Verdict::AnothersToo,
            () => asked(options.delete_custom_resources),
        })
    }

    /// What is known of an object: by the operation itself, by those before it on the same release, or by what was on record.
    fn entry(&self, object: &ObjectRef) -> Option<&LedgerEntry> {
        let mut known = self.ledgers();
        known.find(|entry| entry.object.is_same_object(object))
    }

    fn ledgers(&self) -> impl Iterator<Item = &LedgerEntry> {
        let uid = self.planned.context().release_uid();
        let both = self.plan.operations().iter().zip(self.journal.operations());
        let own = both
            .take(self.place + 1)
            .filter(move |(planned, _)| planned.context().release_uid() == uid);
        let own: Vec<_> = own.collect();
        let written = own.into_iter().rev().flat_map(|(_, one)| one.ledger());
        written.chain(self.planned.previous())
    }

    /// The definition that a custom resource is of.
    fn crd_of(&self, object: &ObjectRef) -> Option<&LedgerEntry> {
        let is_of_group = |entry: &LedgerEntry| {
            let name = entry.object.name();
            let plural = name.strip_suffix(object.group());
            plural.is_some_and(|plural| plural.ends_with('.'))
        };
        let mut known = self.ledgers();
        known.find(|entry| {
            entry.object.kind() == "CustomResourceDefinition"
                && is_of_group(entry)
                && self
                    .kind(&entry.object)
                    .is_none_or(|kind| kind == object.kind())
        })
    }

    /// The kind that a definition defines, if it is known how it was written.
    fn kind(&self, crd: &ObjectRef) -> Option<&str> {
        let contents = [self.planned.before(), self.planned.target()];
        let mut contents = contents.into_iter().flatten();
        let manifest = contents.find_map(|content| content.manifest(crd))?;
        manifest.at("/spec/names/kind")?.as_str()
    }

    /// Whether a release has the object that nothing of the run is about: it cannot have let go of it.
    fn is_of_others(&self, object: &ObjectRef) -> bool {
        let mut claims = self.planned.claims_on(object);
        claims.any(|claim| {
            let mut operations = self.plan.operations().iter();
            operations.all(|one| one.context().release_uid() != claim.release_uid)
        })
    }
}

fn asked(is_asked: bool) -> Verdict {
    match is_asked {
        true => Verdict::Asked,
        false => Verdict::Unasked,
    }
}
