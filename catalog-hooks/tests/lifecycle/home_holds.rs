//! What holds of a home after each run, and in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::journal::{Journal, KeptJournal, OperationJournal, OperationStatus, RunState};
use catalog_hooks::label;
use catalog_hooks::plan::PLAN_TYPE;
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{Decision, Machine, Settings, StartErrorKind};

use crate::home::{
    DECISIONS, HAVE_MOVING, Home, attempted, is_begun, is_open, plans_of, superseded,
};

impl Home {
    /// Whether a run of these is about what is on record.
    pub(crate) fn is_about(
        &self,
        record: &InstalledRecord,
        is_meant: impl Fn(&Journal) -> bool,
    ) -> bool {
        let is_of_it = |one: &OperationJournal| {
            (one.package(), one.namespace()) == (record.package(), record.namespace())
        };
        let journals = self.world.journals();
        let mut journals = journals.iter();
        journals.any(|kept| {
            is_meant(kept.journal()) && kept.journal().operations().iter().any(is_of_it)
        })
    }

    /// What stands in an object of an instance.
    pub(crate) fn text_of(&self, record: &InstalledRecord, name: &str) -> Option<String> {
        let target = ObjectRef::namespaced("v1", "ConfigMap", record.namespace(), name);
        let there = self.world.object(&target)?;
        Some(there["data"]["text"].as_str()?.to_owned())
    }

    /// What is on record of an instance is what stands there, unless something rests there, it says that something else was attempted, or a person had
    /// something left out.
    pub(crate) fn what_is_on_record_stands(&self) {
        for record in self.world.records() {
            let is_open = self.is_about(&record, is_open);
            let is_left_out = self.left_out.contains(record.package());
            if record.is_unfinished() || !record.attempted().is_empty() || is_open || is_left_out {
                continue;
            }
            let expected = match record.version() {
                "1.0" => "one",
                _ => "two",
            };
            let text = self.text_of(&record, "settings");
            assert_eq!(text.as_deref(), Some(expected), "{}", record.package());
            if HAVE_MOVING.contains(&(record.package(), record.version())) {
                let target = ObjectRef::namespaced("v1", "ConfigMap", "default", "moving");
                assert!(self.world.object(&target).is_some(), "{}", record.package());
            }
        }
    }

    /// What a record says of another version is so: an operation has done something between the two. And where something stands that is not of the
    /// version on record, it says so as soon as the run rests or is over.
    pub(crate) fn what_was_attempted_was(&self) {
        for record in self.world.records() {
            let other = if record.version() == "1.0" {
                "two"
            } else {
                "one"
            };
            let says_so = record.is_unfinished() || !record.attempted().is_empty();
            let is_other = self.text_of(&record, "settings").as_deref() == Some(other);
            let is_left_out = self.left_out.contains(record.package());
            let is_under_way = self.is_about(&record, |journal| journal.ended().is_none());
            if is_other && !is_left_out && !is_under_way {
                assert!(says_so, "{}: {other}", record.package());
            }
            let between = self.between.get(record.package());
            let between = between.cloned().unwrap_or_default();
            let attempted = attempted(&record);
            assert!(
                attempted.is_subset(&between),
                "{}: {attempted:?} of {between:?}",
                record.package()
            );
        }
    }

    /// Of each instance one journal at most says that it is not done with. A run that goes on with what it did not come to asks at the turn of each
    /// operation whether another one has the instance by then.
    pub(crate) fn one_run_has_an_instance(&self) {
        let mut open = BTreeMap::new();
        for kept in self.world.journals().iter() {
            let journal = kept.journal();
            let is_begun = journal.operations().iter().any(is_begun);
            let has_waited = self.waited.contains(journal.plan());
            let is_all_ahead = journal.ended().is_none() && !is_begun && !has_waited;
            for one in journal.operations() {
                let is_running = one.status() == OperationStatus::Running;
                if is_all_ahead || is_running || one.status().is_open() {
                    let instance = (one.package().to_owned(), one.namespace().to_owned());
                    let other = open.insert(instance, kept.name().to_owned());
                    assert!(
                        other.as_deref().is_none_or(|other| other == kept.name()),
                        "{} and {other:?}",
                        kept.name()
                    );
                }
            }
        }
    }

    /// What a run goes on with is what its journal says of how far it is: one that is over takes no decision, and each other one some, or needs none. Its plan
    /// is there.
    pub(crate) fn each_run_goes_on_as_it_stands(&self) {
        for kept in self.world.journals().iter() {
            let plan = &self.plans[kept.journal().plan()];
            let resumed = |decision: Option<Decision>| {
                let (plan, stored) = (Arc::clone(plan), kept.stored().clone());
                let machine = Machine::resume(plan, stored, "asks", decision, Settings::default());
                machine.err().map(|error| error.kind())
            };
            let untold = resumed(None);
            let told = DECISIONS.map(|decision| resumed(Some(decision)));
            let [over, undecided] = [StartErrorKind::Ended, StartErrorKind::Undecided].map(Some);
            match kept.state() {
                RunState::UnderWay => assert_eq!((untold, told), (None, [None; 4])),
                RunState::Rests => assert!(untold.is_none() || told.contains(&None)),
                RunState::Waits => {
                    assert_eq!((untold, told), (None, [None, undecided, None, undecided]));
                }
                _ => assert_eq!((untold, told), (over, [over; 4])),
            }
            let is_kept = self
                .plans_kept()
                .contains(&kept.journal().plan().to_owned());
            assert!(is_kept || kept.is_over(), "{}", kept.journal().run());
        }
    }

    /// The plans that records name.
    pub(crate) fn plans_on_record(&self) -> Vec<String> {
        self.world.records().iter().flat_map(plans_of).collect()
    }

    /// The digests of the plans that are kept.
    pub(crate) fn plans_kept(&self) -> Vec<String> {
        let cluster = self.world.cluster.get();
        let objects = cluster.objects();
        let plans = objects.filter(|object| object["type"] == PLAN_TYPE);
        let digests = plans.map(|plan| plan["metadata"]["labels"][label::PLAN].as_str().unwrap());
        digests.map(str::to_owned).collect()
    }

    /// Whatever a record names can be gone back to, or on to.
    pub(crate) fn plans_on_record_are_kept(&self) {
        let kept = self.plans_kept();
        for digest in self.plans_on_record() {
            assert!(kept.contains(&digest), "{digest} is on record, and gone");
        }
    }

    /// The plans that a run knows of and deletes when it comes to its end, if no record has them then: those that its instances had on record when it
    /// was planned, which they have again if what rests is taken back, or what is done of a run that unwinds, and those of runs that it took the
    /// place of.
    pub(crate) fn plans_known_to_runs(&self) -> Vec<String> {
        let mut known = Vec::new();
        for kept in self.world.journals().iter() {
            let journal = kept.journal();
            let plan = &self.plans[journal.plan()];
            let both = plan.operations().iter().zip(journal.operations());
            let may_unwind = plan.unwinds() && !kept.is_over();
            let may_return = both.filter(|(_, one)| {
                let is_done = one.status() == OperationStatus::Done;
                journal.ended().is_none() || one.status().is_open() || may_unwind && is_done
            });
            let installed = may_return.filter_map(|(planned, _)| planned.installed());
            known.extend(installed.flat_map(plans_of));
            if !kept.is_over() {
                known.extend(superseded(journal));
            }
        }
        known
    }

    /// The digests of plans that are kept for nothing. Those on record are not; what a run did not come to can still be begun, and what was given
    /// up is told of: both need their plans. So do some that dead runners leave, and those that a run which goes on sees to.
    pub(crate) fn plans_that_nobody_needs(&self) -> Vec<String> {
        let mut needed: Vec<String> = self.left_by_the_dead.clone();
        needed.extend(self.plans_on_record());
        needed.extend(self.plans_known_to_runs());
        for kept in self.world.journals().iter() {
            let mut operations = kept.journal().operations().iter();
            let is_told = |one: &OperationJournal| one.status() == OperationStatus::Abandoned;
            if !kept.is_over() || operations.any(is_told) {
                needed.push(kept.journal().plan().to_owned());
            }
        }
        let mut unneeded = self.plans_kept();
        unneeded.retain(|digest| !needed.contains(digest));
        unneeded
    }

    /// When nothing is installed, nothing is kept but what runs need that can go on, and what the last one tells.
    pub(crate) fn keeps_nothing(&self) {
        // What a runner left that died goes when a run has ended.
        let Some(last) = self.ended.as_ref().map(|(_, run)| run.clone()) else {
            return;
        };
        self.tidy();
        let journals = self.world.journals();
        let is_known = |kept: &&KeptJournal| !kept.is_over() || kept.journal().run() == last;
        let mut plans: BTreeSet<String> = BTreeSet::new();
        for kept in journals.iter() {
            let statuses = kept.journal().operations().iter().map(|one| one.status());
            let gave_up = statuses
                .clone()
                .any(|one| one == OperationStatus::Abandoned);
            assert!(
                is_known(&kept) || gave_up,
                "{:?}",
                statuses.collect::<Vec<_>>()
            );
            plans.insert(kept.journal().plan().to_owned());
            plans.extend(superseded(kept.journal()));
        }
        let kept: BTreeSet<String> = self.plans_kept().into_iter().collect();
        assert!(kept.is_subset(&plans), "{kept:?}, of {plans:?}");
    }
}
