//! Runs beside one another in one home, each with a journal of its own in a Secret.

use std::sync::Arc;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::journal::{
    JournalSecret, Journals, KeptJournal, OperationStatus, SecretJournal,
};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::{Decisions, Machine, NoConditions, Poll, Settings, StartError, Surroundings};

use crate::world::{HOME, Wish, World, uninstall};

/// A run, and where its journal is.
pub(crate) struct OwnRun {
    pub(crate) machine: Machine,
    pub(crate) secret: JournalSecret,
}

/// What becomes of a runner that is about to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    GoesOn,
    /// It does that, and nothing more.
    StopsAfter,
    StopsBefore,
    /// It was given the answer in the place of the cluster's.
    IsAnswered,
}

impl OwnRun {
    pub(crate) fn statuses(&self) -> Vec<OperationStatus> {
        let journal = self.machine.journal();
        let operations = journal.operations().iter();
        operations.map(|one| one.status()).collect()
    }
}

impl World {
    /// All journals of the home, as they are now.
    pub(crate) fn journals(&self) -> Journals {
        Journals::read(&mut self.cluster.clone(), HOME).unwrap()
    }

    /// Begins a run, with its journal where that belongs.
    pub(crate) fn begin_beside(&self, plan: &Arc<PinnedPlan>, writer: &str) -> OwnRun {
        let place = self.journals().place(plan).unwrap();
        let (plan, settings) = (Arc::clone(plan), Settings::default());
        let machine = Machine::begin_at(plan, &place, writer, settings).unwrap();
        let secret = place.secret().clone();
        OwnRun { machine, secret }
    }

    /// Goes on with a run by its journal as it is now.
    pub(crate) fn resume_beside(
        &self,
        (plan, secret): (&Arc<PinnedPlan>, &JournalSecret),
        writer: &str,
        decisions: impl Into<Decisions>,
    ) -> Result<OwnRun, StartError> {
        let journals = self.journals();
        let is_it = |kept: &&KeptJournal| kept.name() == secret.name();
        let stored = journals.iter().find(is_it).unwrap().stored().clone();
        let (plan, settings) = (Arc::clone(plan), Settings::default());
        let machine = Machine::resume(plan, stored, writer, decisions, settings)?;
        let secret = secret.clone();
        Ok(OwnRun { machine, secret })
    }

    /// Drives a run until it ends, or as long as `then` says. Whether it came to its end.
    pub(crate) fn drive_beside(
        &self,
        run: &mut OwnRun,
        mut then: impl FnMut(&mut Machine, &Poll) -> Then,
    ) -> bool {
        let [mut cluster, mut modules, mut clock] = [0; 3].map(|_| self.cluster.clone());
        let mut journal = SecretJournal::new(self.cluster.clone(), run.secret.clone());
        let mut all = Surroundings {
            cluster: &mut cluster,
            journal: &mut journal,
            modules: Some(&mut modules),
            gate: &mut NoConditions,
            clock: &mut clock,
        };
        for _ in 0..20_000 {
            let next = run.machine.poll(all.clock.now());
            let then = then(&mut run.machine, &next);
            match next {
                Poll::Do(_) | Poll::Wait(_) if then == Then::StopsBefore => return false,
                Poll::Do(_) if then == Then::IsAnswered => {}
                Poll::Do(effect) => {
                    let id = effect.id;
                    let answer = all.carry_out(effect);
                    run.machine.answer(id, answer);
                }
                Poll::Wait(wait) => all.clock.wait(&wait),
                _ => return true,
            }
            if then == Then::StopsAfter {
                return false;
            }
        }
        panic!("it does not end");
    }

    /// Drives a run for so many effects, and looks at the world before each; then its runner dies. Whether it came to its end before.
    pub(crate) fn drive_for(&self, run: &mut OwnRun, effects: usize, look: impl Fn(&Self)) -> bool {
        let mut left = effects;
        self.drive_beside(run, |_, _| {
            look(self);
            match left.checked_sub(1) {
                None => Then::StopsBefore,
                Some(fewer) => {
                    left = fewer;
                    Then::GoesOn
                }
            }
        })
    }

    /// Whether a run has a journal, and is not over by it.
    pub(crate) fn is_open(&self, run: &OwnRun) -> bool {
        let journals = self.journals();
        let mut kept = journals.iter();
        let it = kept.find(|kept| kept.name() == run.secret.name());
        it.is_some_and(|kept| !kept.is_over())
    }

    /// Carries these operations out, beside other runs.
    pub(crate) fn run_beside(&mut self, wishes: &[Wish], writer: &str) -> OwnRun {
        let plan = Arc::new(self.plan(wishes));
        let mut run = self.begin_beside(&plan, writer);
        self.end_beside(&mut run);
        run
    }

    /// Drives a run to its end.
    pub(crate) fn end_beside(&self, run: &mut OwnRun) {
        assert!(self.drive_beside(run, |_, _| Then::GoesOn));
    }

    /// Uninstalls all that is on record with its namespaces, and of these packages also what a release that is on none left: a namespace that nobody asked
    /// for. What stands then, but for Jobs that stay to be looked at.
    pub(crate) fn uninstalled(&mut self, packages: &[&str]) -> Vec<String> {
        let whole = |wish: Wish| wish.with(|options| options.delete_namespace = true);
        for record in self.records() {
            let wish = uninstall(record.package(), record.version());
            self.run_beside(&[whole(wish)], "last");
        }
        assert_eq!(self.records(), []);
        for package in packages {
            let namespace = ObjectRef::cluster("v1", "Namespace", *package);
            if self.object(&namespace).is_some() {
                self.run_beside(&[whole(uninstall(package, "1.0"))], "the very last");
            }
        }
        let mut left = self.objects();
        left.retain(|object| !object.starts_with("Job "));
        left
    }
}
