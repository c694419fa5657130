//! Somebody acts on an object of a release at one effect of a run, at which something else may go wrong too; and what comes of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::journal::Journal;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::{
    Asked, FakeCluster, Fault, Happening, Injection, Run, Runner, Scenario,
};
use catalog_hooks::{Decision, Outcome, Settings, Timestamp};
use serde_json::Value;

use crate::acts::{Act, let_go};
use crate::fleet::{Fleet, HOME, Wish, record_of, records_of};
use crate::plots::{OTHER_HOME, PLACE, Plot, Target, Turn, packages, plots, stage};

/// How many cases there are at least: effects that somebody can act at may become fewer for good reasons.
pub(crate) const LEAST: usize = 90_000;

/// What goes wrong with the effect before which somebody acts.
const FAULTS: [Option<Fault>; 3] = [None, Some(Fault::CrashAfter), Some(Fault::AnswerLost)];

/// One act, at one place of one plot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    plot: usize,
    act: Act,
    target: Target,
    at: usize,
    fault: Option<Fault>,
}

/// What is known of a plot before anybody acts in it.
struct Beginning {
    plot: Plot,
    cluster: FakeCluster,
    plan: PinnedPlan,
    effects: Vec<Asked>,
}

/// All plots, as they are when somebody acts.
pub(crate) struct Stage {
    fleet: Fleet,
    beginnings: Vec<Beginning>,
}

/// What many cases came to.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// How many there were in which somebody could act as they wanted to.
    pub(crate) cases: usize,
    /// How often the run in which somebody acted ended how.
    pub(crate) outcomes: BTreeMap<String, usize>,
    /// What is wrong, and in which case.
    pub(crate) wrong: Vec<(String, String)>,
    /// What is known to be wrong, and how often it was.
    pub(crate) known: BTreeMap<Known, usize>,
}

/// What is known to be wrong and not mended yet. One that is not found any more is to be taken out here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Known {
    /// What a runner of another home makes between the look that found nothing and the apply is written over: all homes are one field manager, and of
    /// what is not there an apply says no version.
    MadeAfterTheLook,
}

impl Known {
    const ALL: [Self; 1] = [Self::MadeAfterTheLook];

    /// Whether a case is one of those of which some have what is known.
    #[allow(dead_code, reason = "who tries all cases does not ask")]
    pub(crate) fn may_be_in(case: &Case) -> bool {
        let is_of_install = case.plot == 0 && case.target == Target::Config;
        is_of_install && case.act == Act::OtherHome && case.fault.is_none()
    }

    /// What is known of this, where somebody acted on an object that was there, or was not.
    fn of(case: &Case, was_there: bool, wrong: &str) -> Option<Self> {
        let is_it = case.act == Act::OtherHome
            && !was_there
            && wrong.starts_with("what is on record elsewhere is never changed");
        is_it.then_some(Self::MadeAfterTheLook)
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        let fleet = packages();
        let beginnings = plots().into_iter().map(|plot| {
            let mut story = Story::new(&fleet, stage());
            for turn in &plot.before {
                let outcome = story.turn(turn, |_| {});
                assert_eq!(outcome, Some(Outcome::Done), "{}: {turn:?}", plot.name);
            }
            story.cluster.advance(Duration::from_secs(60));
            let plan = story.plan(&plot.turn, |wish| wish).unwrap();
            let scenario = Scenario::new(story.cluster.clone(), plan.clone());
            let run = scenario.run(&[]);
            assert_eq!(run.outcome, Some(Outcome::Done), "{}", plot.name);
            Beginning {
                plot,
                cluster: story.cluster,
                plan,
                effects: run.effects,
            }
        });
        let beginnings = beginnings.collect();
        Self { fleet, beginnings }
    }

    /// All acts on all objects at all effects, with what may go wrong there.
    pub(crate) fn cases(&self) -> Vec<Case> {
        let mut all = Vec::new();
        for (plot, beginning) in self.beginnings.iter().enumerate() {
            for (at, effect) in beginning.effects.iter().enumerate() {
                for fault in FAULTS
                    .into_iter()
                    .filter(|fault| fault.is_none() || effect.is_write)
                {
                    for act in Act::ALL {
                        all.extend(Target::ALL.map(|target| Case {
                            plot,
                            act,
                            target,
                            at,
                            fault,
                        }));
                    }
                }
            }
        }
        all
    }

    /// Looks at these on all processors.
    pub(crate) fn look_at_all(&self, all: &[Case]) -> Found {
        let next = AtomicUsize::new(0);
        let some = || {
            let mut found = Found::default();
            while let Some(case) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                self.look_at(case, &mut found);
            }
            found
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut found = Found::default();
        thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
            for one in threads {
                found.merge(one.join().unwrap());
            }
        });
        found.wrong.sort();
        found
    }

    fn look_at(&self, case: &Case, found: &mut Found) {
        let beginning = &self.beginnings[case.plot];
        let mut story = Story::new(&self.fleet, beginning.cluster.clone());
        let manifest = case.target.manifest("one");
        let target = ObjectRef::of(&manifest).unwrap();
        let mut acts = None;
        let (at, fault) = (case.at, case.fault);
        let faults = fault.map(|fault| Injection { at, fault });
        let outcome = story.carry_out(
            beginning.plan.clone(),
            (beginning.plot.turn.home, faults.as_slice()),
            &mut |effect, cluster| {
                if effect == at {
                    let was_there = cluster.object(&target).is_some();
                    acts = case.act.on(cluster, &manifest).then_some(was_there);
                }
            },
        );
        let Some(was_there) = acts else {
            return;
        };
        found.cases += 1;
        let ended = outcome.map_or("none".to_owned(), |outcome| format!("{outcome:?}"));
        *found.outcomes.entry(ended).or_default() += 1;
        story.goes();
        let effect = &beginning.effects[at].words;
        let described = format!("{}: {case} ({effect})", beginning.plot.name);
        for wrong in story.found {
            match Known::of(case, was_there, &wrong) {
                Some(known) => *found.known.entry(known).or_default() += 1,
                None => found.wrong.push((wrong, described.clone())),
            }
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?} at {}", self.act, self.target, self.at)?;
        match self.fault {
            Some(fault) => write!(f, ", {fault}"),
            None => Ok(()),
        }
    }
}

impl Found {
    pub(crate) fn merge(&mut self, other: Self) {
        self.cases += other.cases;
        for (outcome, count) in other.outcomes {
            *self.outcomes.entry(outcome).or_default() += count;
        }
        self.wrong.extend(other.wrong);
        for (known, count) in other.known {
            *self.known.entry(known).or_default() += count;
        }
    }

    /// Fails with what is wrong, each with how often and the first case, and where something that is known was not found.
    pub(crate) fn check(&self) {
        let mut summary = BTreeMap::new();
        for (wrong, case) in &self.wrong {
            summary.entry(wrong).or_insert((0, case)).0 += 1;
        }
        let count = self.wrong.len();
        assert!(
            summary.is_empty(),
            "{count} of {}: {summary:#?}",
            self.cases
        );
        for known in Known::ALL {
            assert!(self.known.contains_key(&known), "{known:?} is mended");
        }
    }
}

/// A cluster, and what is done in it by and by.
struct Story<'f> {
    fleet: &'f Fleet,
    cluster: FakeCluster,
    last: BTreeMap<&'static str, Arc<PinnedPlan>>,
    found: Vec<String>,
}

impl<'f> Story<'f> {
    fn new(fleet: &'f Fleet, cluster: FakeCluster) -> Self {
        Self {
            fleet,
            cluster,
            last: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    /// What brings the packages to where a turn wants them; `None`: they are there.
    fn plan(&self, turn: &Turn, change: impl Fn(Wish) -> Wish) -> Option<PinnedPlan> {
        let wishes = turn.to.iter().filter_map(|(package, to)| {
            let there = record_of(turn.home, &self.cluster, (package, PLACE));
            let is_unfinished = there.as_ref().is_some_and(|record| record.is_unfinished());
            let from = there.map(|record| record.version().to_owned());
            let from = ["1.0", "2.0"]
                .into_iter()
                .find(|one| from.as_deref() == Some(*one));
            let from = from.filter(|_| to.is_none() || !is_unfinished);
            let wish = Wish::new(package, from, *to).inside(PLACE);
            (from != *to).then(|| {
                change(wish.with(|options| {
                    options.delete_data = true;
                    options.delete_namespace = turn.deletes_namespace;
                }))
            })
        });
        let wishes: Vec<Wish> = wishes.collect();
        let run = format!("run-{}", self.cluster.trace().len());
        let plan = || self.fleet.plan_of(turn.home, &self.cluster, &run, &wishes);
        (!wishes.is_empty()).then(plan)
    }

    /// Does what a turn wants, undisturbed. `None`: nothing is to be done.
    fn turn(&mut self, turn: &Turn, change: impl Fn(&mut Wish)) -> Option<Outcome> {
        let plan = self.plan(turn, |mut wish| {
            change(&mut wish);
            wish
        })?;
        self.settle(turn.home, &plan);
        self.carry_out(plan, (turn.home, &[]), &mut |_, _| {})
    }

    /// Carries a plan out, and holds the run against all that must hold.
    fn carry_out(
        &mut self,
        plan: PinnedPlan,
        (home, faults): (&'static str, &[Injection]),
        meddle: &mut dyn FnMut(usize, &mut FakeCluster),
    ) -> Option<Outcome> {
        self.cluster.use_journal(home);
        let scenario = Scenario::new(self.cluster.clone(), plan).deciding(Some(Decision::Resume));
        let run = scenario.run_with(faults, meddle);
        self.found.extend(scenario.violations(&run));
        self.last.insert(home, Arc::clone(scenario.plan()));
        let Run {
            cluster, outcome, ..
        } = run;
        self.cluster = cluster;
        if outcome.as_ref().is_some_and(|one| *one != Outcome::Done) {
            self.says_why(home);
        }
        outcome
    }

    /// Whatever did not come to its end says why, and what can be done.
    fn says_why(&mut self, home: &str) {
        self.cluster.use_journal(home);
        let journal = self
            .cluster
            .journal()
            .map(|text| Journal::parse(text).unwrap());
        for one in journal.iter().flat_map(Journal::operations) {
            let says = one
                .failure()
                .is_some_and(|note| !note.message.is_empty() && !note.next.is_empty());
            if one.status().is_open() && !says {
                self.found.push(format!("{:?} says nothing", one.status()));
            }
        }
    }

    /// A run that is in the way of the next is given up.
    fn settle(&mut self, home: &'static str, next: &PinnedPlan) {
        self.cluster.use_journal(home);
        let how = || (Some(Decision::Abandon), Settings::default());
        let mut tried = self.cluster.clone();
        if Runner::start(&mut tried, &Arc::new(next.clone()), "next", how()).is_ok() {
            return;
        }
        let Some(last) = self.last.get(home) else {
            return;
        };
        let mut runner = Runner::start(&mut self.cluster, last, "runner-to-settle", how()).unwrap();
        let endless = Timestamp::from_millis(u64::MAX);
        while let Some(effect) = runner.next(&mut self.cluster, endless) {
            runner.carry_out(&mut self.cluster, effect, None);
        }
    }

    /// Somebody lets go, all is uninstalled, installed once more, and uninstalled again: then nothing is left that a runner made.
    fn goes(&mut self) {
        let_go(&mut self.cluster);
        self.cluster.advance(Duration::from_secs(60));
        self.uninstall(false);
        self.look_for_what_is_left("after the uninstall");
        let install = Turn::new(HOME, [("a", Some("1.0"))]);
        let outcome = self.turn(&install, |_| {});
        if outcome != Some(Outcome::Done) {
            let outcome = self.turn(&install, |wish| {
                wish.options.force_conflicts = true;
                wish.options.take_ownership = true;
            });
            self.expect_done("the install afterwards", outcome);
        }
        self.uninstall(true);
        self.look_for_what_is_left("after the second uninstall");
    }

    fn uninstall(&mut self, deletes_namespace: bool) {
        for home in [HOME, OTHER_HOME] {
            let records = records_of(home, &self.cluster);
            let known = ["a", "b", "c"].into_iter();
            let there = known.filter(|name| records.iter().any(|one| one.package() == *name));
            let turn = Turn {
                deletes_namespace,
                ..Turn::new(home, there.map(|name| (name, None)))
            };
            if !turn.to.is_empty() {
                let outcome = self.turn(&turn, |_| {});
                self.expect_done("the uninstall afterwards", outcome);
            }
        }
    }

    fn expect_done(&mut self, what: &str, outcome: Option<Outcome>) {
        if outcome == Some(Outcome::Done) {
            return;
        }
        let journal = self
            .cluster
            .journal()
            .map(|text| Journal::parse(text).unwrap());
        let operations = journal.iter().flat_map(Journal::operations);
        let why: Vec<String> = operations
            .filter_map(|one| Some(one.failure()?.message.clone()))
            .collect();
        self.found.push(format!("{what} is {outcome:?}: {why:?}"));
    }

    /// What runners made and is there, though nothing is on record any more, was said to stay.
    fn look_for_what_is_left(&mut self, when: &str) {
        let mut said = None;
        let mut left = Vec::new();
        for object in self.cluster.objects() {
            let is_of_runs = object["type"]
                .as_str()
                .is_some_and(|one| one.starts_with("catalog.dev/"));
            let is_going = object["metadata"].get("deletionTimestamp").is_some();
            if is_of_runs || is_going || !self.is_made_by_runners(object) {
                continue;
            }
            let target = ObjectRef::of(object).unwrap();
            let line = format!("{target} stays: ");
            let said = said.get_or_insert_with(|| self.said_to_stay());
            if !said.iter().any(|one| one.starts_with(&line)) {
                left.push(format!("left {when}: {target}"));
            }
        }
        self.found.extend(left);
    }

    fn is_made_by_runners(&self, object: &Value) -> bool {
        let uid = &object["metadata"]["uid"];
        let mut events = self.cluster.trace().iter();
        let made = events.find(|event| match &event.what {
            Happening::Changed {
                before: None,
                after: Some(after),
                ..
            } => after["metadata"]["uid"] == *uid,
            _ => false,
        });
        made.is_some_and(|event| event.who.starts_with("runner"))
    }

    fn said_to_stay(&self) -> Vec<String> {
        let events = self.cluster.trace().iter();
        let texts = events.filter_map(|event| match &event.what {
            Happening::Journal { after, .. } => after.as_deref(),
            _ => None,
        });
        let journals = texts.filter_map(|text| Journal::parse(text).ok());
        journals
            .flat_map(|journal| {
                let operations = journal.operations().iter();
                operations
                    .flat_map(|one| one.kept().to_vec())
                    .collect::<Vec<_>>()
            })
            .collect()
    }
}
