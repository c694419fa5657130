//! What is somebody else's stays as it is, and no data goes unasked.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::origins::{Maker, Origin, Origins, is_runner};
use super::{FOREIGN, Journals};
use crate::api::ObjectRef;
use crate::journal::{Journal, LedgerEntry, OperationStatus, Part};
use crate::plan::{OperationOptions, PinnedPlan, PlannedOperation};
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
    origins: Origins,
    /// What each runner knows of the run: one that was fenced does not know what the one after it has written.
    known: BTreeMap<Arc<str>, Option<Arc<Journal>>>,
    pub(super) found: Vec<String>,
}

impl<'p> Watch<'p> {
    /// Begins where this has happened.
    pub(super) fn new(plan: &'p PinnedPlan, before: &[Arc<Event>]) -> Self {
        let mut origins = Origins::default();
        before.iter().for_each(|event| origins.see(event));
        Self {
            plan,
            origins,
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
            } if is_runner(&event.who) => {
                let labels = before.at("/metadata/labels");
                if labels.is_some_and(|labels| labels.get(FOREIGN).is_some()) {
                    self.found
                        .push(format!("foreign objects are never changed: {object}"));
                }
                if goes(before, after.as_deref()) {
                    self.see_deletion(&event.who, object, before);
                } else if let Some(after) = after {
                    let wrong = self.wrong_change(&event.who, object, (before, after));
                    self.found.extend(wrong);
                }
            }
            _ => {}
        }
        self.origins.see(event);
    }

    fn see_deletion(&mut self, who: &Arc<str>, object: &ObjectRef, before: &Value) {
        let origin = self.origins.of(before);
        if origin.is_some_and(|origin| origin.is_of_hook || origin.maker == Maker::Controller) {
            // What hooks need while they run goes with them, and so do their pods.
            return;
        }
        let said: Vec<Verdict> = self
            .under_way(who)
            .filter_map(|one| one.verdict(object, origin))
            .collect();
        if said.contains(&Verdict::Asked) {
            return;
        }
        let is_data =
            DATA.contains(&object.kind()) || !is_built_in(object.api_version(), object.kind());
        let is_unasked = is_data && said.contains(&Verdict::Unasked);
        let is_anothers = !origin.is_some_and(|origin| self.is_ours(origin));
        let what = match () {
            () if said.contains(&Verdict::AnothersToo) || is_anothers && !is_unasked => {
                "what others have is never deleted"
            }
            () if is_data => "no data goes unasked",
            () => return,
        };
        self.found.push(format!("{what}: {object}"));
    }

    /// What is wrong with a change of an object that stays.
    fn wrong_change(
        &self,
        who: &Arc<str>,
        object: &ObjectRef,
        (before, after): (&Value, &Value),
    ) -> Option<String> {
        let origin = self.origins.of(before)?;
        let is_asked = |may: fn(OperationOptions) -> bool| {
            self.under_way(who).any(|one| may(one.planned.options()))
        };
        if origin.is_of_hook || is_asked(|options| options.take_ownership) {
            return None;
        }
        let is_elsewhere = |home: &str| home != self.plan.home();
        if origin.home.as_deref().is_some_and(is_elsewhere) {
            return Some(format!(
                "what is on record elsewhere is never changed: {object}"
            ));
        }
        let lost = origin.overwritten(after)?;
        let is_forced = is_asked(|options| options.force_conflicts);
        (!is_forced).then(|| {
            format!("what others have set stays unless it was said to go: {object} ({lost})")
        })
    }

    /// Whether an object was made for a release that is on record where the plan is carried out.
    fn is_ours(&self, origin: &Origin) -> bool {
        let mut home = origin.home.as_deref().into_iter();
        origin.maker == Maker::Runner && home.all(|home| home == self.plan.home())
    }

    /// The operations that a runner is carrying out, by the journal as it wrote it last.
    fn under_way(&self, who: &Arc<str>) -> impl Iterator<Item = UnderWay<'_>> {
        let journal = self.known.get(who).and_then(Option::as_deref);
        let journal = journal.filter(|journal| journal.plan() == self.plan.digest());
        journal.into_iter().flat_map(move |journal| {
            let both = self.plan.operations().iter().zip(journal.operations());
            let running = both
                .enumerate()
                .filter(|(_, (_, one))| one.status() == OperationStatus::Running);
            running.map(move |(place, (planned, _))| UnderWay {
                watch: self,
                journal,
                place,
                planned,
            })
        })
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
    watch: &'r Watch<'r>,
    journal: &'r Journal,
    place: usize,
    planned: &'r PlannedOperation,
}

impl UnderWay<'_> {
    /// What it says of the deletion of an object that was made as this says. `None`: the object is none that the operation could be about.
    fn verdict(&self, object: &ObjectRef, origin: Option<&Origin>) -> Option<Verdict> {
        let options = self.planned.options();
        let is_free = |origin: Option<&Origin>| {
            let is_ours = origin.is_some_and(|origin| self.watch.is_ours(origin));
            let is_runners = origin.is_some_and(|origin| origin.maker == Maker::Runner);
            is_ours || is_runners && options.take_ownership
        };
        let own = self.entry(object).map(|entry| match () {
            () if !is_free(origin) || self.is_of_others(object) => Verdict::AnothersToo,
            () if entry.part == Part::Namespace => asked(options.delete_namespace),
            () => asked(!entry.holds_data() || options.delete_data),
        });
        // Whoever asks for a definition's objects asks for those that anybody has made.
        let by_definition = self.crd_of(object).map(|crd| match &crd.object {
            crd if !is_free(self.watch.origins.named(crd)) || self.is_of_others(crd) => {
                Verdict::AnothersToo
            }
            _ => asked(options.delete_custom_resources),
        });
        match own {
            Some(Verdict::AnothersToo) if by_definition == Some(Verdict::Asked) => by_definition,
            own => own.or(by_definition),
        }
    }

    /// What the operation could be about: what it, or one before it on the same release, has written, or what was on record. What is said there of
    /// who made it is not looked at.
    fn entry(&self, object: &ObjectRef) -> Option<&LedgerEntry> {
        let mut known = self.ledgers();
        known.find(|entry| entry.object.is_same_object(object))
    }

    fn ledgers(&self) -> impl Iterator<Item = &LedgerEntry> {
        let uid = self.planned.context().release_uid();
        let operations = self.watch.plan.operations().iter();
        let both = operations.zip(self.journal.operations());
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
            let mut operations = self.watch.plan.operations().iter();
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
