//! Operations on one instance, one after another, that fail anywhere, whose runners die, and whose answers are lost: what is on record leads to a whole
//! version, whatever was given up or taken back before.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::Failure;
use catalog_hooks::journal::{JournalSecret, OperationStatus, RunState, SecretJournal};
use catalog_hooks::plan::{PinnedPlan, Track};
use catalog_hooks::record::{Attempted, Extent, InstalledRecord};
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{
    Answer, Decision, Machine, NoConditions, Outcome, Poll, Settings, StartErrorKind, Surroundings,
};
use catalog_model::{OperationKind, Phase};
use proptest::prelude::*;
use serde_json::json;

use crate::attempts::can_be_found;
use crate::given_up::objects;
use crate::package::{Version, config};
use crate::world::{Wish, World, fails, install, refused, rollback, uninstall, upgrade};

const VERSIONS: [&str; 4] = ["1.0", "2.0", "3.0", "4.0"];
const HOOKS: [&str; 6] = [
    "backup",
    "migrate",
    "polish",
    "drain",
    "drain-engine",
    "settle",
];
const DECISIONS: [Decision; 3] = [Decision::Resume, Decision::Abandon, Decision::TakeBack];

fn db() -> World {
    let version = |name: &str, object: &str| {
        Version::new("db", name)
            .object(config("settings", object))
            .object(config(object, object))
    };
    World::new([
        version("1.0", "one").hook("post-rollback", "settle", json!({})),
        version("2.0", "two")
            .chart("engine")
            .hook("pre-upgrade", "backup", json!({}))
            .hook("post-upgrade", "migrate", json!({"irreversible": true}))
            .hook("pre-rollback", "drain", json!({}))
            .hook("pre-rollback", "drain-engine", json!({}))
            .hook("post-rollback", "settle", json!({})),
        version("3.0", "three")
            .chart("motor")
            .hook("post-upgrade", "polish", json!({}))
            .hook("pre-rollback", "drain", json!({}))
            .hook("post-rollback", "settle", json!({})),
        version("4.0", "four").hook("post-upgrade", "polish", json!({})),
    ])
}

/// One run, or one more attempt at the one that is not over.
#[derive(Clone, Debug)]
struct Step {
    /// Where it goes, by its place among the versions; beyond them: it is uninstalled.
    to: usize,
    /// Whether it goes back by itself when it fails.
    goes_back: bool,
    /// Which hook fails.
    fails: Option<&'static str>,
    faults: Faults,
    /// What is decided of a run that is in the way, or came to rest.
    decision: Option<Decision>,
}

/// What goes wrong, each at one of the effects.
#[derive(Clone, Copy, Debug, Default)]
struct Faults {
    refuses: Option<usize>,
    loses: Option<usize>,
    dies: Option<usize>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let fails = prop::option::of(prop::sample::select(&HOOKS[..]));
    let at = || prop::option::weighted(0.3, 0..100_usize);
    let faults = (at(), at(), at()).prop_map(|(refuses, loses, dies)| Faults {
        refuses,
        loses,
        dies,
    });
    let decision = prop::option::of(prop::sample::select(&DECISIONS[..]));
    let to = (0..=VERSIONS.len(), any::<bool>());
    let step =
        (to, fails, faults, decision).prop_map(|((to, goes_back), fails, faults, decision)| Step {
            to,
            goes_back,
            fails,
            faults,
            decision,
        });
    let steps = prop::collection::vec(step, 1..8);
    // What fails behind an irreversible hook is rare: some begin there.
    (any::<bool>(), steps).prop_map(|(is_migrated, steps)| {
        let before = [
            Step::whole(0),
            Step {
                fails: Some("migrate"),
                ..Step::whole(1)
            },
            Step {
                decision: Some(Decision::Abandon),
                ..Step::whole(1)
            },
        ];
        let before = before.into_iter().filter(|_| is_migrated);
        before.chain(steps).collect()
    })
}

impl Step {
    /// Nothing goes wrong.
    fn whole(to: usize) -> Self {
        Self {
            to,
            goes_back: false,
            fails: None,
            faults: Faults::default(),
            decision: None,
        }
    }
}

struct Home {
    world: World,
    plans: BTreeMap<String, Arc<PinnedPlan>>,
    /// The objects of each version where nothing else was ever done.
    fresh: BTreeMap<&'static str, Vec<String>>,
    runners: usize,
    /// Whether the irreversible hook of 2.0 may have had its effects, and neither that nor a higher version was brought to its end since.
    is_migrated: bool,
}

impl Home {
    fn new() -> Self {
        let fresh = VERSIONS.map(|version| {
            let mut world = db();
            world.run(&[install("db", version)]);
            (version, objects(&world))
        });
        Self {
            world: db(),
            plans: BTreeMap::new(),
            fresh: fresh.into(),
            runners: 0,
            is_migrated: false,
        }
    }

    /// What leads where it is to go from what is on record.
    fn wish(&self, to: usize) -> Option<Wish> {
        let to = VERSIONS.get(to).copied();
        let Some(record) = self.world.record("db") else {
            return Some(install("db", to?));
        };
        let on_record = record.version().to_owned();
        let Some(to) = to else {
            return Some(uninstall("db", &on_record));
        };
        if record.is_unfinished() {
            return Some(install("db", to));
        }
        let from = match to == on_record {
            true => beginning(&record, to)?,
            false => on_record,
        };
        Some(match *from < *to {
            true => upgrade("db", &from, to),
            false => rollback("db", &from, to),
        })
    }

    fn script(&self, fails_hook: Option<&str>) {
        for hook in HOOKS {
            let script = match fails_hook == Some(hook) {
                true => fails(),
                false => PodScript::succeeds(Duration::from_secs(1)),
            };
            self.world.script(hook, script);
        }
    }

    /// What came of a run, if one began.
    fn step(&mut self, step: &Step) -> Option<OperationStatus> {
        self.script(step.fails);
        let wish = self.wish(step.to)?;
        let resting = self.not_over();
        if let (Some(secret), Some(decision)) = (&resting, step.decision) {
            self.go_on(secret, decision, step.faults);
            return None;
        }
        let wish = wish.with(|options| options.rollback_on_failure = step.goes_back);
        let plan = Arc::new(self.world.plan(&[wish]));
        highest_gives_up(&plan);
        let place = match self.world.journals().place(&plan) {
            Ok(place) => place,
            Err(error) => {
                let kinds = [StartErrorKind::NotEnded, StartErrorKind::Rests];
                assert!(kinds.contains(&error.kind()), "{error}");
                self.go_on(&resting.unwrap(), Decision::Resume, step.faults);
                return None;
            }
        };
        let name = self.runner();
        let begun = Arc::clone(&plan);
        let mut machine = Machine::begin_at(begun, &place, &name, Settings::default()).unwrap();
        self.plans
            .insert(plan.digest().to_owned(), Arc::clone(&plan));
        let had_engine = self.has_engine();
        self.drive((&mut machine, place.secret()), step.faults);
        self.has_driven(&plan, &machine);
        let operation = plan.operations()[0].operation();
        let leads_to_first = operation.to().is_some_and(|to| to.as_str() == "1.0");
        let is_done = machine.outcome() == Some(Outcome::Done);
        if operation.kind() == OperationKind::Rollback && leads_to_first && is_done && had_engine {
            let journal = machine.journal();
            let mut attempts = journal.operations()[0].attempts().iter();
            assert!(
                attempts.any(|one| one.hook() == "drain-engine"),
                "{operation}"
            );
            assert!(!self.has_engine());
        }
        Some(machine.journal().operations()[0].status())
    }

    fn has_engine(&self) -> bool {
        objects(&self.world)
            .iter()
            .any(|one| one.contains("engine"))
    }

    fn runner(&mut self) -> String {
        self.runners += 1;
        format!("runner-{}", self.runners)
    }

    /// Where the journal of the run is that is not over.
    fn not_over(&self) -> Option<JournalSecret> {
        let journals = self.world.journals();
        let mut open = journals
            .iter()
            .filter(|kept| matches!(kept.state(), RunState::UnderWay | RunState::Rests));
        Some(open.next()?.secret().clone())
    }

    fn go_on(&mut self, secret: &JournalSecret, decision: Decision, faults: Faults) {
        let journals = self.world.journals();
        let mut kept = journals.iter();
        let kept = kept.find(|kept| kept.secret() == secret).unwrap();
        let plan = Arc::clone(&self.plans[kept.journal().plan()]);
        let (name, stored) = (self.runner(), kept.stored().clone());
        let begun = Arc::clone(&plan);
        let machine = Machine::resume(begun, stored, &name, decision, Settings::default());
        let mut machine = machine.unwrap();
        self.drive((&mut machine, secret), faults);
        self.has_driven(&plan, &machine);
    }

    /// Nothing goes back behind an irreversible hook, whichever run began it.
    fn has_driven(&mut self, plan: &PinnedPlan, machine: &Machine) {
        let (planned, journal) = (&plan.operations()[0], machine.journal());
        let one = &journal.operations()[0];
        let has_begun = !planned.irreversible_hooks(one).is_empty();
        let is_behind = planned.installed().is_some_and(|record| {
            !record.attempted().is_empty() && !record.irreversible_hooks().is_empty()
        });
        if has_begun || is_behind {
            let ways = (one.track(), one.status());
            assert_ne!(one.track(), Track::Back, "{ways:?}");
        }
        let record = self.world.record("db");
        let is_behind = record.is_none_or(|record| {
            record.version() >= "2.0" && !record.is_unfinished() && record.attempted().is_empty()
        });
        self.is_migrated = !is_behind && (self.is_migrated || has_begun);
    }

    fn drive(&mut self, (machine, secret): (&mut Machine, &JournalSecret), faults: Faults) {
        let [mut cluster, mut modules, mut clock] = [0; 3].map(|_| self.world.cluster.clone());
        let mut journal = SecretJournal::new(self.world.cluster.clone(), secret.clone());
        let mut all = Surroundings {
            cluster: &mut cluster,
            journal: &mut journal,
            modules: Some(&mut modules),
            gate: &mut NoConditions,
            clock: &mut clock,
        };
        let mut effects = 0;
        for _ in 0..20_000 {
            match machine.poll(all.clock.now()) {
                Poll::Do(_) if faults.dies == Some(effects) => return,
                Poll::Do(effect) => {
                    let id = effect.id;
                    let is_call = matches!(effect.task, catalog_hooks::Task::Call(_));
                    let answer = match is_call && faults.refuses == Some(effects) {
                        true => refused(403, "Forbidden", "not allowed"),
                        false => all.carry_out(effect),
                    };
                    let is_lost = is_call && faults.loses == Some(effects);
                    machine.answer(
                        id,
                        match is_lost {
                            true => Answer::Called(Err(Failure::unanswered("nobody answered"))),
                            false => answer,
                        },
                    );
                    effects += 1;
                }
                Poll::Wait(wait) => all.clock.wait(&wait),
                _ => {
                    self.world.cluster.get().advance(Duration::from_secs(10));
                    return;
                }
            }
        }
        panic!("it does not end");
    }

    /// What is on record as whole is whole, and what was attempted has its plan.
    fn holds(&self) {
        let Some(record) = self.world.record("db") else {
            return;
        };
        can_be_found(&self.world);
        if self.not_over().is_none() {
            assert_eq!(!record.irreversible_hooks().is_empty(), self.is_migrated);
        }
        let versions = record.attempted().iter().map(Attempted::version);
        assert!(!versions.into_iter().any(|one| one == record.version()));
        if self.not_over().is_none() && !record.is_unfinished() && record.attempted().is_empty() {
            assert_eq!(objects(&self.world), self.fresh[record.version()]);
        }
    }

    /// From wherever it is it goes to a whole version, and from there all is uninstalled.
    fn goes(&mut self, to: usize) {
        self.script(None);
        for _ in 0..4 {
            if let Some(secret) = self.not_over() {
                self.go_on(&secret, Decision::Abandon, Faults::default());
            }
        }
        assert_eq!(self.not_over(), None);
        self.holds();
        for to in [to, VERSIONS.len()] {
            let status = self.step(&Step::whole(to));
            assert!(
                matches!(status, None | Some(OperationStatus::Done)),
                "{status:?}"
            );
            let record = self.world.record("db");
            let attempted = record.iter().flat_map(InstalledRecord::attempted);
            assert_eq!(attempted.count(), 0);
            self.holds();
        }
        assert!(self.world.record("db").is_none());
        let left = objects(&self.world);
        assert!(left.iter().all(|one| one == "Namespace db"), "{left:?}");
    }
}

/// Of what a rollback leaves, the highest version that has modules gives them up where several have a hook of one name.
fn highest_gives_up(plan: &PinnedPlan) {
    let planned = &plan.operations()[0];
    let operation = planned.operation();
    let (Some(record), Some(from), Some(to)) =
        (planned.installed(), operation.from(), operation.to())
    else {
        return;
    };
    let is_attempted = |one: &&Attempted| one.version() == from.as_str();
    let own =
        Some(from.as_str()).filter(|_| !record.attempted().iter().any(|one| is_attempted(&one)));
    let attempted = record.attempted().iter();
    let attempted = attempted.filter(|one| one.extent() == Extent::Modules);
    let left = attempted.map(Attempted::version).chain(own);
    let left = left.filter(|one| *one > to.as_str() && ["2.0", "3.0"].contains(one));
    let mut drains = planned.hooks_of(Phase::PreRollback);
    let drain = drains.find(|job| job.hook() == "drain");
    if operation.kind() == OperationKind::Rollback {
        assert_eq!(drain.map(|job| job.version().as_str()), left.max());
    }
}

/// Of what was attempted, what an operation to the version on record begins at.
fn beginning(record: &InstalledRecord, to: &str) -> Option<String> {
    let attempted = record.attempted().iter().map(Attempted::version);
    let mut last_first = attempted.rev();
    let last = last_first.clone().next();
    let higher = last_first.find(|one| *one > to);
    higher.or(last).map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_was_attempted_leads_to_a_whole_version(steps in steps(), to in 0..VERSIONS.len()) {
        let mut home = Home::new();
        for step in &steps {
            home.step(step);
            home.holds();
        }
        home.goes(to);
    }
}
