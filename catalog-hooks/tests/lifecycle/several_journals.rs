//! Runs of several sets of packages in one home, one after another, each with the journal that is its own or takes the place of another: some are
//! killed, some fail, and somebody decides.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::journal::{
    JournalSecret, Journals, KeptJournal, OperationJournal, OperationStatus, SecretJournal,
};
use catalog_hooks::plan::{PLAN_TYPE, PinnedPlan};
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{
    Decision, Decisions, Machine, NoConditions, Outcome, Poll, Settings, StartErrorKind,
    Surroundings, label,
};
use proptest::prelude::*;
use serde_json::json;

use crate::hops::role;
use crate::package::{Version, config};
use crate::world::{HOME, Wish, World, fails, install, rollback, uninstall, upgrade};

const PACKAGES: [&str; 3] = ["a", "b", "c"];
const DECISIONS: [Decision; 4] = [
    Decision::Resume,
    Decision::Skip,
    Decision::Abandon,
    Decision::TakeBack,
];

/// One run: which packages it is about, and what goes wrong.
#[derive(Clone, Debug)]
struct Step {
    /// By package, what is done with it; `None`: nothing.
    verbs: [Option<u8>; 3],
    /// Whether the packages are in one level.
    is_flat: bool,
    /// After how many effects the runner dies.
    dies: Option<usize>,
    /// Whether hooks fail.
    fails: bool,
    /// Whether journals that are obsolete are deleted after it.
    tidies: bool,
    /// What is decided, if another run has to be ended first.
    decision: Decision,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let verbs = prop::array::uniform3(prop::option::of(0..3_u8));
    let dies = prop::option::of(0..120_usize);
    let decision = prop::sample::select(&DECISIONS[..]);
    let step = (
        verbs,
        any::<bool>(),
        dies,
        any::<bool>(),
        any::<bool>(),
        decision,
    )
        .prop_map(|(verbs, is_flat, dies, fails, tidies, decision)| Step {
            verbs,
            is_flat,
            dies,
            fails,
            tidies,
            decision,
        });
    prop::collection::vec(step, 1..8)
}

/// A home, and the plans of all runs that ever began in it.
struct Home {
    world: World,
    plans: BTreeMap<String, Arc<PinnedPlan>>,
    /// The digests of the plans that the next run of the same packages finds: of a run that died before it had a journal, or when it was over.
    left_by_the_dead: Vec<String>,
    runners: usize,
}

impl Home {
    /// Packages that share a role, each with an object of its own and a hook in each way.
    fn new() -> Self {
        let version = |package: &str, name: &str, text: &str| {
            Version::new(package, name)
                .definition("role", &role(&["get"]))
                .object(config("settings", text))
                .hook("post-install", "announce", json!({}))
                .hook("post-upgrade", "announce", json!({}))
        };
        let versions = PACKAGES.iter().flat_map(|package| {
            [
                version(package, "1.0", "one"),
                version(package, "2.0", "two"),
            ]
        });
        Self {
            world: World::new(versions),
            plans: BTreeMap::new(),
            left_by_the_dead: Vec::new(),
            runners: 0,
        }
    }

    fn journals(&self) -> Journals {
        Journals::read(&mut self.world.cluster.clone(), HOME).unwrap()
    }

    fn wish(&self, package: &str, verb: u8) -> Wish {
        let Some(record) = self.world.record(package) else {
            return install(package, if verb == 0 { "2.0" } else { "1.0" });
        };
        match (record.version(), verb) {
            (version, 0) => uninstall(package, version).with(|options| {
                options.delete_data = true;
                options.delete_namespace = true;
            }),
            ("1.0", _) => upgrade(package, "1.0", "2.0"),
            (_, 1) => rollback(package, "2.0", "1.0"),
            (version, _) => uninstall(package, version),
        }
    }

    fn wishes(&self, step: &Step) -> Vec<Wish> {
        let asked = PACKAGES.iter().zip(step.verbs).enumerate();
        asked
            .filter_map(|(place, (package, verb))| {
                let level = if step.is_flat { 0 } else { place };
                Some(self.wish(package, verb?).at_level(level))
            })
            .collect()
    }

    fn step(&mut self, step: &Step) {
        let script = match step.fails {
            true => fails(),
            false => PodScript::succeeds(Duration::from_secs(1)),
        };
        self.world.script("announce", script);
        let wishes = self.wishes(step);
        if wishes.is_empty() {
            return;
        }
        let plan = Arc::new(self.world.plan(&wishes));
        let place = match self.journals().place(&plan) {
            Ok(place) => place,
            Err(error) => {
                let kinds = [StartErrorKind::NotEnded, StartErrorKind::Rests];
                assert!(kinds.contains(&error.kind()), "{error}");
                return self.go_on(step.decision, step.dies);
            }
        };
        let name = self.runner();
        let begun = Arc::clone(&plan);
        let machine = Machine::begin_at(begun, &place, &name, Settings::default()).unwrap();
        self.plans.insert(plan.digest().to_owned(), plan);
        let ended = self.drive(machine, place.secret().clone(), step.dies);
        if let Some(ended) = ended.filter(|_| step.tidies) {
            let mut cluster = self.world.cluster.clone();
            place
                .delete_obsolete(&mut cluster, &ended.journal())
                .unwrap();
        }
    }

    fn runner(&mut self) -> String {
        self.runners += 1;
        format!("runner-{}", self.runners)
    }

    /// Goes on with the first run that is in the way of others, and tries to end it.
    fn go_on(&mut self, decision: Decision, dies: Option<usize>) {
        let journals = self.journals();
        let Some(kept) = journals.iter().find(|kept| is_in_the_way(kept)) else {
            return;
        };
        let plan = Arc::clone(&self.plans[kept.journal().plan()]);
        let decisions = Decisions::from(decision);
        let (stored, name) = (kept.stored().clone(), self.runner());
        let machine = Machine::resume(plan, stored, &name, decisions, Settings::default());
        self.drive(machine.unwrap(), kept.secret().clone(), dies);
    }

    /// Drives a run to its end, or until its runner dies.
    fn drive(
        &mut self,
        mut machine: Machine,
        secret: JournalSecret,
        dies: Option<usize>,
    ) -> Option<Machine> {
        let [mut cluster, mut modules, mut clock] = [0; 3].map(|_| self.world.cluster.clone());
        let mut journal = SecretJournal::new(self.world.cluster.clone(), secret);
        let mut all = Surroundings {
            cluster: &mut cluster,
            journal: &mut journal,
            modules: Some(&mut modules),
            gate: &mut NoConditions,
            clock: &mut clock,
        };
        for effects in 0.. {
            assert!(effects < 20_000, "it does not end");
            match machine.poll(all.clock.now()) {
                Poll::Do(_) if dies.is_some_and(|dies| effects >= dies) => {
                    self.note_death(machine.plan());
                    return None;
                }
                Poll::Do(effect) => {
                    let id = effect.id;
                    let answer = all.carry_out(effect);
                    machine.answer(id, answer);
                }
                Poll::Wait(wait) => all.clock.wait(&wait),
                _ => break,
            }
        }
        self.world.cluster.get().advance(Duration::from_secs(10));
        Some(machine)
    }

    /// What a dead runner leaves behind that is found later.
    fn note_death(&mut self, plan: &PinnedPlan) {
        let journals = self.journals();
        let mut kept = journals.iter();
        let left = kept.find(|kept| kept.journal().plan() == plan.digest());
        if left.is_none_or(|kept| kept.journal().ended().is_some()) {
            self.left_by_the_dead.extend(self.plans.keys().cloned());
        }
    }

    /// Of each instance one journal at most says that it is not done with.
    fn one_run_has_an_instance(&self) {
        let mut open = BTreeMap::new();
        for kept in self.journals().iter() {
            for one in kept.journal().operations() {
                let is_open = kept.journal().ended().is_none() || one.status().is_open();
                if is_open {
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

    /// The digests of plans that are kept for nothing. What a run did not come to can still be begun, and what was given up is told of: both need
    /// their plans. So do some that dead runners leave.
    fn plans_that_nobody_needs(&self) -> Vec<String> {
        let mut needed: Vec<String> = self.left_by_the_dead.clone();
        for kept in self.journals().iter() {
            let mut operations = kept.journal().operations().iter();
            let is_told = |one: &OperationJournal| one.status() == OperationStatus::Abandoned;
            if !kept.is_over() || operations.any(is_told) {
                needed.push(kept.journal().plan().to_owned());
            }
        }
        let cluster = self.world.cluster.get();
        let plans = cluster
            .objects()
            .filter(|object| object["type"] == PLAN_TYPE);
        let digests = plans.map(|plan| plan["metadata"]["labels"][label::PLAN].as_str().unwrap());
        let unneeded = digests.filter(|digest| !needed.iter().any(|one| one == digest));
        unneeded.map(str::to_owned).collect()
    }

    /// Whatever was done: it can be ended, and all of it uninstalled, and then nothing is left.
    fn goes(&mut self) {
        let script = PodScript::succeeds(Duration::from_secs(1));
        self.world.script("announce", script);
        for _ in 0..12 {
            self.go_on(Decision::Abandon, None);
        }
        let journals = self.journals();
        let left: Vec<_> = journals.iter().filter(|kept| is_in_the_way(kept)).collect();
        assert!(left.is_empty(), "{left:#?}");
        let records = self.world.records();
        let wishes: Vec<Wish> = records
            .iter()
            .map(|record| {
                uninstall(record.package(), record.version()).with(|options| {
                    options.delete_data = true;
                    options.delete_namespace = true;
                })
            })
            .collect();
        if !wishes.is_empty() {
            let plan = Arc::new(self.world.plan(&wishes));
            let place = self.journals().place(&plan).unwrap();
            let machine = Machine::begin_at(plan, &place, "last", Settings::default()).unwrap();
            let ended = self.drive(machine, place.secret().clone(), None).unwrap();
            assert_eq!(ended.outcome(), Some(Outcome::Done));
        }
        assert_eq!(self.world.records().len(), 0);
    }
}

/// Whether a run is under way, was killed, or came to rest.
fn is_in_the_way(kept: &KeptJournal) -> bool {
    let journal = kept.journal();
    let is_open = |one: &OperationJournal| one.status().is_open();
    journal.ended().is_none() || journal.operations().iter().any(is_open)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn runs_with_journals_of_their_own_leave_nothing(steps in steps()) {
        let mut home = Home::new();
        for step in &steps {
            home.step(step);
            home.one_run_has_an_instance();
        }
        home.goes();
        // The namespace of an install that was taken back stays, and Jobs that failed stay to be looked at.
        let mut left = home.world.objects();
        left.retain(|object| !object.starts_with("Namespace ") && !object.starts_with("Job "));
        prop_assert_eq!(left, Vec::<String>::new());
        prop_assert_eq!(home.plans_that_nobody_needs(), Vec::<String>::new());
    }
}

/// Of three that share, two go in a run that is killed when each has let the shared object go, and the third goes before that run goes on: its record
/// says then what only the journal of the killed run denies.
#[test]
fn what_a_killed_run_has_let_go_is_not_given_back_to_it() {
    let step = |verbs, dies| Step {
        verbs,
        is_flat: false,
        dies,
        fails: false,
        tidies: false,
        decision: Decision::Resume,
    };
    for dies in 20..60 {
        let mut home = Home::new();
        home.step(&step([Some(0); 3], None));
        home.step(&step([Some(2), Some(0), None], Some(dies)));
        home.step(&step([None, None, Some(0)], None));
        home.step(&step([None, Some(0), None], None));
        home.goes();
        let mut left = home.world.objects();
        left.retain(|object| !object.starts_with("Namespace ") && !object.starts_with("Job "));
        assert_eq!(left, Vec::<String>::new(), "killed after {dies} effects");
    }
}
