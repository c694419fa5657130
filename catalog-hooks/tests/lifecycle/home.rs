//! A home in which runs of several sets of packages come one after another, and what holds of it after each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::journal::{
    EndedRun, Journal, JournalSecret, KeptJournal, OperationJournal, OperationStatus,
};
use catalog_hooks::plan::{PinnedPlan, PlannedOperation, Track};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{Decision, Machine, Outcome, Poll, Settings, StartErrorKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::beside::{OwnRun, Then};
use crate::hops::role;
use crate::package::{Version, config};
use crate::world::{HOME, Wish, World, fails, install, rollback, uninstall, upgrade};

pub(crate) const PACKAGES: [&str; 3] = ["a", "b", "c"];

/// Which versions have the object that moves.
pub(crate) const HAVE_MOVING: [(&str, &str); 2] = [("a", "1.0"), ("b", "2.0")];

pub(crate) const DECISIONS: [Decision; 4] = [
    Decision::Resume,
    Decision::Skip,
    Decision::Abandon,
    Decision::TakeBack,
];

/// One run: which packages it is about, and what goes wrong.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// By package, what is done with it; `None`: nothing.
    pub(crate) verbs: [Option<u8>; 3],
    /// Which packages something more is done with in the same run.
    pub(crate) twice: [bool; 3],
    /// Whether the packages are in one level.
    pub(crate) is_flat: bool,
    /// After how many effects the runner dies.
    pub(crate) dies: Option<usize>,
    /// Whether hooks fail.
    pub(crate) fails: bool,
    /// Whether all that the run did is taken back when something fails.
    pub(crate) unwinds: bool,
    /// Whether journals that are obsolete are deleted after it.
    pub(crate) tidies: bool,
    /// After how many effects the run is told to stop.
    pub(crate) cancels: Option<usize>,
    /// Which of the runs that are not over goes on, in the place of another one that begins.
    pub(crate) resumes: Option<usize>,
    /// What is decided, if another run goes on or has to be ended first.
    pub(crate) decision: Decision,
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let verbs = prop::array::uniform3(prop::option::of(0..3_u8));
    let dies = prop::option::of(0..120_usize);
    let cancels = prop::option::weighted(0.3, 0..90_usize);
    let resumes = prop::option::weighted(0.3, 0..4_usize);
    let decision = prop::sample::select(&DECISIONS[..]);
    let twice = prop::array::uniform3(prop::bool::weighted(0.2));
    let step = (
        (verbs, twice),
        any::<bool>(),
        dies,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        cancels,
        resumes,
        decision,
    )
        .prop_map(
            |(
                (verbs, twice),
                is_flat,
                dies,
                fails,
                unwinds,
                tidies,
                cancels,
                resumes,
                decision,
            )| Step {
                verbs,
                twice,
                is_flat,
                dies,
                fails,
                unwinds,
                tidies,
                cancels,
                resumes,
                decision,
            },
        );
    prop::collection::vec(step, 1..8)
}

/// A home, and the plans of all runs that ever began in it.
pub(crate) struct Home {
    pub(crate) world: World,
    pub(crate) plans: BTreeMap<String, Arc<PinnedPlan>>,
    /// The digests of the plans that the next run of the same packages finds: of a run that died before it had a journal, or when it was over.
    pub(crate) left_by_the_dead: Vec<String>,
    /// The packages of which somebody had a step passed over that writes: not all of what is on record stands.
    pub(crate) left_out: BTreeSet<String>,
    /// By package, the versions that operations were between which did not come to their end.
    pub(crate) between: BTreeMap<String, BTreeSet<String>>,
    /// The plans of runs that once ended without having come to all of their operations: others could begin with their instances since.
    pub(crate) waited: BTreeSet<String>,
    /// The run that ended last, and its name.
    pub(crate) ended: Option<(EndedRun, String)>,
    pub(crate) runners: usize,
}

impl Home {
    /// Packages that share a role, each with an object of its own and a hook in each way. One object moves from `a` to `b` between their versions.
    pub(crate) fn new() -> Self {
        let version = |package: &str, name: &str, text: &str| {
            Version::new(package, name)
                .definition("role", &role(&["get"]))
                .object(config("settings", text))
                .hook("post-install", "announce", json!({}))
                .hook("post-upgrade", "announce", json!({}))
        };
        let versions = PACKAGES.iter().flat_map(|package| {
            [("1.0", "one"), ("2.0", "two")].map(|(name, text)| {
                let version = version(package, name, text);
                match HAVE_MOVING.contains(&(package, name)) {
                    true => version.object(moving(package)),
                    false => version,
                }
            })
        });
        Self {
            world: World::new(versions),
            plans: BTreeMap::new(),
            left_by_the_dead: Vec::new(),
            left_out: BTreeSet::new(),
            between: BTreeMap::new(),
            waited: BTreeSet::new(),
            ended: None,
            runners: 0,
        }
    }

    pub(crate) fn wish(&self, package: &str, verb: u8) -> Wish {
        let Some(record) = self.world.record(package) else {
            return install(package, if verb == 0 { "2.0" } else { "1.0" });
        };
        match (record.version(), verb) {
            // Back, or on, to what is on record.
            ("1.0", 1) if !record.attempted().is_empty() => rollback(package, "2.0", "1.0"),
            (_, 1) if !record.attempted().is_empty() => upgrade(package, "1.0", "2.0"),
            (version, 0) => uninstall(package, version).with(|options| {
                options.delete_data = true;
                options.delete_namespace = true;
            }),
            ("1.0", _) => upgrade(package, "1.0", "2.0"),
            (_, 1) => rollback(package, "2.0", "1.0"),
            (version, _) => uninstall(package, version),
        }
    }

    pub(crate) fn wishes(&self, step: &Step) -> Vec<Wish> {
        let asked = PACKAGES.iter().zip(step.verbs).enumerate();
        let level = |place| if step.is_flat { 0 } else { place };
        let first: Vec<Wish> = asked
            .filter_map(|(place, (package, verb))| {
                Some(self.wish(package, verb?).at_level(level(place)))
            })
            .collect();
        let again = first.iter().filter(|wish| {
            let package = wish.operation.package().as_str();
            let mut packages = PACKAGES.iter().zip(step.twice);
            packages.any(|(name, twice)| twice && *name == package)
        });
        let second: Vec<Wish> = again.map(|wish| after(wish).at_level(3)).collect();
        first.into_iter().chain(second).collect()
    }

    pub(crate) fn step(&mut self, step: &Step) {
        let script = match step.fails {
            true => fails(),
            false => PodScript::succeeds(Duration::from_secs(1)),
        };
        self.world.script("announce", script);
        let ends = (step.dies, step.cancels);
        if let Some(n) = step.resumes {
            let secrets = self.secrets(|kept| !kept.is_over());
            if let Some(secret) = secrets.get(n % secrets.len().max(1)) {
                self.go_on(secret, step.decision, ends);
            }
            return;
        }
        let wishes = self.wishes(step);
        if wishes.is_empty() {
            return;
        }
        let plan = self.world.plan(&wishes);
        let plan = Arc::new(match step.unwinds {
            true => plan.unwinding(),
            false => plan,
        });
        let place = match self.world.journals().place(&plan) {
            Ok(place) => place,
            Err(error) => {
                let kinds = [StartErrorKind::NotEnded, StartErrorKind::Rests];
                assert!(kinds.contains(&error.kind()), "{error}");
                let secrets = self.secrets(is_in_the_way);
                return self.go_on(&secrets[0], step.decision, ends);
            }
        };
        let name = self.runner();
        let begun = Arc::clone(&plan);
        let machine = Machine::begin_at(begun, &place, &name, Settings::default()).unwrap();
        self.plans.insert(plan.digest().to_owned(), plan);
        let secret = place.secret().clone();
        let mut run = OwnRun { machine, secret };
        if self.drive(&mut run, ends) && step.tidies {
            self.tidy();
        }
    }

    /// Deletes what nobody needs any more when the last run that ended has.
    pub(crate) fn tidy(&self) {
        if let Some((ended, _)) = &self.ended {
            let mut cluster = self.world.cluster.clone();
            ended.delete_unneeded(&mut cluster, || true).unwrap();
        }
    }

    pub(crate) fn runner(&mut self) -> String {
        self.runners += 1;
        format!("runner-{}", self.runners)
    }

    /// Where the journals of these runs are.
    pub(crate) fn secrets(&self, is_meant: impl Fn(&KeptJournal) -> bool) -> Vec<JournalSecret> {
        let journals = self.world.journals();
        let meant = journals.iter().filter(|kept| is_meant(kept));
        meant.map(|kept| kept.secret().clone()).collect()
    }

    /// Goes on with a run.
    pub(crate) fn go_on(
        &mut self,
        secret: &JournalSecret,
        decision: Decision,
        ends: (Option<usize>, Option<usize>),
    ) {
        let journals = self.world.journals();
        let mut kept = journals.iter();
        let kept = kept.find(|kept| kept.secret() == secret).unwrap();
        let mut cluster = self.world.cluster.clone();
        let plan = PinnedPlan::load(&mut cluster, HOME, kept.journal().plan()).unwrap();
        let plan = match plan {
            Some(plan) => Arc::new(plan),
            None => panic!("the plan of {} is gone", kept.journal().run()),
        };
        let name = self.runner();
        let resumed = self.world.resume_beside((&plan, secret), &name, decision);
        match resumed {
            Ok(mut run) => {
                self.drive(&mut run, ends);
            }
            // What it waits with cannot be skipped or taken back.
            Err(error) => assert_eq!(error.kind(), StartErrorKind::Undecided, "{error}"),
        }
    }

    /// Drives a run to its end, or until its runner dies; on the way it may be told to stop. Whether it came to its end.
    pub(crate) fn drive(
        &mut self,
        run: &mut OwnRun,
        (dies, cancels): (Option<usize>, Option<usize>),
    ) -> bool {
        let before = run.machine.journal();
        let mut effects = 0;
        let lives = self.world.drive_beside(run, |machine, next| {
            if !matches!(next, Poll::Do(_)) {
                return Then::GoesOn;
            }
            if cancels == Some(effects) {
                machine.cancel();
            }
            effects += 1;
            match dies.is_some_and(|dies| effects > dies) {
                true => Then::StopsBefore,
                false => Then::GoesOn,
            }
        });
        match lives {
            true => self.world.cluster.get().advance(Duration::from_secs(10)),
            false => self.note_death(run.machine.plan()),
        }
        let journal = run.machine.journal();
        if let Some(ended) = run.machine.ended() {
            self.ended = Some((ended, journal.run().to_owned()));
        }
        let planned = run.machine.plan().operations().iter();
        let both = planned.zip(journal.operations());
        for ((planned, now), before) in both.zip(before.operations()) {
            if now != before {
                self.note_what_is_left_out(now);
                self.note_what_is_between_versions(planned, now);
            }
        }
        let waits = |one: &OperationJournal| one.status() == OperationStatus::NotStarted;
        if journal.ended().is_some() && journal.operations().iter().any(waits) {
            self.waited.insert(journal.plan().to_owned());
        }
        lives
    }

    /// The versions that an operation was between, if it has done something and did not come to its end.
    pub(crate) fn note_what_is_between_versions(
        &mut self,
        planned: &PlannedOperation,
        one: &OperationJournal,
    ) {
        let between = self.between.entry(one.package().to_owned()).or_default();
        let operation = planned.operation();
        let versions = [operation.from(), operation.to()].into_iter().flatten();
        match one.status() {
            // It was refused.
            OperationStatus::Unchanged if one.track() == Track::Forward => {}
            OperationStatus::Done => between.clear(),
            OperationStatus::Unchanged | OperationStatus::RolledBack => {
                *between = planned.installed().map(attempted).unwrap_or_default();
            }
            _ if one.ledger().is_empty() && one.attempts().is_empty() => {}
            _ => between.extend(versions.map(ToString::to_string)),
        }
    }

    /// That a step which writes was passed over is told by its run, and stays so until the package is brought anew, or goes.
    pub(crate) fn note_what_is_left_out(&mut self, one: &OperationJournal) {
        let is_of_writing = |warning: &String| {
            let steps = ["definitions was skipped", "modules was skipped"];
            steps.iter().any(|step| warning.starts_with(step))
        };
        let package = one.package().to_owned();
        match one.status() {
            _ if one.warnings().iter().any(is_of_writing) => {
                self.left_out.insert(package);
            }
            OperationStatus::Done | OperationStatus::RolledBack => {
                self.left_out.remove(&package);
            }
            _ => {}
        }
    }

    /// What a dead runner leaves behind that is found later.
    pub(crate) fn note_death(&mut self, plan: &PinnedPlan) {
        let journals = self.world.journals();
        let mut kept = journals.iter();
        let left = kept.find(|kept| kept.journal().plan() == plan.digest());
        if left.is_none_or(|kept| kept.journal().ended().is_some()) {
            let of = instances(plan);
            let same = self.plans.values().filter(|other| instances(other) == of);
            let digests = same.map(|other| other.digest().to_owned());
            let known = left.map(|kept| superseded(kept.journal()));
            let all = digests.chain(known.unwrap_or_default());
            self.left_by_the_dead.extend(all);
        }
    }

    /// Whatever was done: it can be ended, told to stop on the way or not, and all of it uninstalled, and then nothing is left.
    pub(crate) fn goes(&mut self, cancels: Option<usize>) {
        let script = PodScript::succeeds(Duration::from_secs(1));
        self.world.script("announce", script);
        for _ in 0..12 {
            if let Some(secret) = self.secrets(is_in_the_way).first() {
                self.go_on(secret, Decision::Abandon, (None, cancels));
                assert_eq!(self.plans_that_nobody_needs(), Vec::<String>::new());
            }
        }
        assert_eq!(self.secrets(is_in_the_way), []);
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
            let place = self.world.journals().place(&plan).unwrap();
            let machine = Machine::begin_at(plan, &place, "last", Settings::default()).unwrap();
            let secret = place.secret().clone();
            let mut run = OwnRun { machine, secret };
            assert!(self.drive(&mut run, (None, None)));
            assert_eq!(run.machine.outcome(), Some(Outcome::Done));
        }
        assert_eq!(self.world.records().len(), 0);
    }
}

/// What is done with a package in the same run, after this.
fn after(wish: &Wish) -> Wish {
    let package = wish.operation.package().as_str();
    match wish.operation.to().map(|to| to.as_str()) {
        None => install(package, "1.0").of_another_release(),
        Some("1.0") => upgrade(package, "1.0", "2.0"),
        Some(to) => uninstall(package, to),
    }
}

/// Whether something may have been done. What a run did not come to is begun later only if nobody else has the instance then.
pub(crate) fn is_begun(one: &OperationJournal) -> bool {
    one.status() != OperationStatus::NotStarted
}

/// The plans that a record names: those that brought an instance where it is, and those of what was attempted.
pub(crate) fn plans_of(record: &InstalledRecord) -> Vec<String> {
    let mut named = record.plans().to_vec();
    let attempted = record.attempted().iter();
    named.extend(attempted.filter_map(|one| Some(one.plan()?.to_owned())));
    named
}

/// The object that moves, as a package writes it.
pub(crate) fn moving(of: &str) -> Value {
    let mut object = config("moving", of);
    object["metadata"]["namespace"] = "default".into();
    object
}

/// The version that was attempted, by a record.
pub(crate) fn attempted(record: &InstalledRecord) -> BTreeSet<String> {
    let attempted = record.attempted().iter();
    attempted.map(|one| one.version().to_owned()).collect()
}

/// The plans of which a journal says that they may be deleted.
pub(crate) fn superseded(journal: &Journal) -> Vec<String> {
    let written = serde_json::to_value(journal).unwrap();
    let digests = written["superseded"].as_array().into_iter().flatten();
    let digests = digests.map(|digest| digest.as_str().unwrap().to_owned());
    digests.collect()
}

/// The instances that a plan is about.
pub(crate) fn instances(plan: &PinnedPlan) -> BTreeSet<(String, String)> {
    let operations = plan.operations().iter().map(|one| one.operation());
    operations
        .map(|one| (one.package().to_string(), one.namespace().to_owned()))
        .collect()
}

/// Whether a run is under way, was killed, or came to rest.
pub(crate) fn is_in_the_way(kept: &KeptJournal) -> bool {
    is_open(kept.journal())
}

pub(crate) fn is_open(journal: &Journal) -> bool {
    let is_open = |one: &OperationJournal| one.status().is_open();
    journal.ended().is_none() || journal.operations().iter().any(is_open)
}

/// A step in which hooks succeed.
pub(crate) fn step(verbs: [Option<u8>; 3]) -> Step {
    Step {
        verbs,
        twice: [false; 3],
        is_flat: false,
        dies: None,
        fails: false,
        unwinds: false,
        tidies: false,
        cancels: None,
        resumes: None,
        decision: Decision::Resume,
    }
}
