//! Runs one after another on one cluster, of two packages in one namespace that share a definition, a role and an object of a module: both come, one
//! is upgraded and something goes wrong, somebody decides, something else is done, and all goes.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::{
    Asked, FakeCluster, Fault, Injection, PodScript, Run, Runner, Scenario,
};
use catalog_hooks::{Decision, Settings, Timestamp, label};
use serde_json::{Value, json};

use crate::fleet::{Fleet, Wish, cluster, record};
use crate::package::{Version, config, job};

/// The packages' namespace.
const PLACE: &str = "apps";

/// How the hook after the upgrade goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hook {
    Succeeds,
    FailsOnce,
    Fails,
}

/// What is done after the upgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Nothing,
    OtherUpgrade,
    OtherGoes,
    UpgradeAgain,
    Back,
    Goes,
}

pub(crate) const DECISIONS: [Decision; 4] = [
    Decision::Resume,
    Decision::Skip,
    Decision::Abandon,
    Decision::TakeBack,
];
pub(crate) const HOOKS: [Hook; 3] = [Hook::Succeeds, Hook::FailsOnce, Hook::Fails];
pub(crate) const NEXTS: [Next; 6] = [
    Next::Nothing,
    Next::OtherUpgrade,
    Next::OtherGoes,
    Next::UpgradeAgain,
    Next::Back,
    Next::Goes,
];

/// The runs of a history: two that bring the packages, the upgrade, what is done next, and the end.
pub(crate) const RUNS: usize = 5;

/// One history.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) hook: Hook,
    pub(crate) decision: Decision,
    pub(crate) next: Next,
    /// Whether all data goes in the end, too.
    pub(crate) deletes_all: bool,
    /// Faults, each with the run that it is in.
    pub(crate) faults: Vec<(usize, Injection)>,
}

/// All histories in which no call fails.
pub(crate) fn histories() -> Vec<History> {
    let mut all = Vec::new();
    for hook in HOOKS {
        for decision in DECISIONS {
            for next in NEXTS {
                all.extend([false, true].map(|deletes_all| History {
                    hook,
                    decision,
                    next,
                    deletes_all,
                    faults: Vec::new(),
                }));
            }
        }
    }
    all
}

/// The histories of which every `step`-th has no fault, with each fault at each effect of each of their runs.
pub(crate) fn with_single_faults(fleet: &Fleet, step: usize) -> Vec<History> {
    let some = histories().into_iter().step_by(step);
    let all = some.flat_map(|history| {
        let of_run = |run| history.with_single_faults(fleet, run);
        (0..RUNS).flat_map(of_run).collect::<Vec<_>>()
    });
    all.collect()
}

/// Looks at all of these on all processors, and fails with what is wrong.
pub(crate) fn look_at_all(fleet: &Fleet, all: &[History]) {
    let next = AtomicUsize::new(0);
    let some = || {
        let mut found = Vec::new();
        while let Some(history) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let violations = history.violations(fleet);
            found.extend(
                violations
                    .into_iter()
                    .map(|one| format!("{history}: {one}")),
            );
        }
        found
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let found: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
        threads
            .into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect()
    });
    let first: Vec<&String> = found.iter().take(30).collect();
    assert!(
        found.is_empty(),
        "{} of {}: {first:#?}",
        found.len(),
        all.len()
    );
}

fn role() -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "shared"}, "rules": []})
}

/// Two packages. What they share, the second version of `b` has no more.
pub(crate) fn packages() -> Fleet {
    let sharing = |package: &str, version: &str| {
        Version::new(package, version)
            .crd("Gadget", &["v1"])
            .definition("role", &role())
            .definition("theirs", &in_default())
            .object(config("shared", package))
            .object(config(&format!("{package}-{version}"), version))
    };
    let hooked = |version: &str| {
        sharing("a", version)
            .hook("post-upgrade", "migrate", json!({"undo": job("undo")}))
            .hook("pre-uninstall", "ask", json!({}))
    };
    let alone = Version::new("b", "2.0").object(config("b-2.0", "2.0"));
    Fleet::new([
        hooked("1.0"),
        hooked("2.0"),
        hooked("3.0"),
        sharing("b", "1.0"),
        alone,
    ])
}

/// Somebody's object, in which the packages set a field more.
fn theirs() -> Request {
    let mut object = in_default();
    object["data"] = json!({"other": "keep"});
    Request::Create {
        object,
        dry_run: false,
    }
}

fn in_default() -> Value {
    let mut object = config("theirs", "ours");
    object["metadata"]["namespace"] = "default".into();
    object
}

/// A history as it goes on.
#[derive(Clone)]
struct Story<'h> {
    fleet: &'h Fleet,
    history: &'h History,
    cluster: FakeCluster,
    last: Option<PinnedPlan>,
    found: Vec<String>,
}

impl History {
    /// What is wrong with it, if anything is.
    pub(crate) fn violations(&self, fleet: &Fleet) -> Vec<String> {
        let mut story = self.begin(fleet);
        for run in 0..RUNS {
            story.go_on(run);
        }
        story.end();
        story.found
    }

    fn begin<'h>(&'h self, fleet: &'h Fleet) -> Story<'h> {
        let mut cluster = cluster();
        cluster.meddle(&theirs()).unwrap();
        let fails = PodScript::fails(Duration::from_secs(1), 3);
        let any = [(label::HOOK, "migrate"), (label::ROLE, "run")];
        let first = [any[0], any[1], (label::ATTEMPT, "1")];
        match self.hook {
            Hook::Succeeds => {}
            Hook::FailsOnce => cluster.script(&first, [fails]),
            Hook::Fails => cluster.script(&any, [fails]),
        }
        Story {
            fleet,
            history: self,
            cluster,
            last: None,
            found: Vec::new(),
        }
    }

    /// The same with each fault at each effect of one of its runs, as it goes without.
    pub(crate) fn with_single_faults(&self, fleet: &Fleet, run: usize) -> Vec<Self> {
        let mut story = self.begin(fleet);
        for before in 0..run {
            story.go_on(before);
        }
        let effects = story.go_on(run);
        let mut all = Vec::new();
        for (at, effect) in effects.iter().enumerate() {
            for fault in Fault::ALL {
                if fault.is_done() && !effect.is_write
                    || fault == Fault::CrashBefore && effect.is_next
                {
                    continue;
                }
                let mut other = self.clone();
                other.faults.push((run, Injection { at, fault }));
                all.push(other);
            }
        }
        all
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hook, decision, next) = (self.hook, self.decision, self.next);
        write!(
            f,
            "hook {hook:?}, {decision:?}, {next:?}, deletes all: {}",
            self.deletes_all
        )?;
        for (run, one) in &self.faults {
            write!(f, ", {} at {} of run {run}", one.fault, one.at)?;
        }
        Ok(())
    }
}

impl Story<'_> {
    /// What the n-th run is to do, by what is there then.
    fn wishes(&self, run: usize) -> Vec<Wish> {
        let to = |package, to| self.to(package, Some(to));
        let goes = |package| self.to(package, None);
        let wishes = match run {
            0 => vec![to("a", "1.0")],
            1 => vec![to("b", "1.0")],
            2 => vec![to("a", "2.0")],
            3 => match self.history.next {
                Next::Nothing => vec![],
                Next::OtherUpgrade => vec![to("b", "2.0")],
                Next::OtherGoes => vec![goes("b")],
                Next::UpgradeAgain => vec![to("a", "3.0")],
                Next::Back => vec![to("a", "1.0")],
                Next::Goes => vec![goes("a")],
            },
            _ => vec![goes("a"), goes("b")],
        };
        // Where `b` never came, nothing is there any more when `a` has gone, and nobody could ask for the rest.
        let may_be_last = run >= RUNS - 1 || self.history.next == Next::Goes;
        let all = self.history.deletes_all && may_be_last;
        let wishes = wishes.into_iter().flatten().map(|wish| {
            wish.inside(PLACE).with(|options| {
                options.delete_data = all;
                options.delete_namespace = all;
            })
        });
        wishes.collect()
    }

    /// What brings a package to a version, or away; `None`: it is there.
    fn to(&self, package: &'static str, to: Option<&'static str>) -> Option<Wish> {
        let there = record(&self.cluster, (package, PLACE));
        let from = there.map(|record| (record.version().to_owned(), record.is_unfinished()));
        let known = ["1.0", "2.0", "3.0"].into_iter();
        match (from, to) {
            (None, None) => None,
            // An install that rests is begun again.
            (None, Some(_)) | (Some((_, true)), Some(_)) => Some(Wish::new(package, None, to)),
            (Some((from, _)), to) => {
                let from = known.into_iter().find(|one| *one == from);
                (from != to).then(|| Wish::new(package, from, to))
            }
        }
    }

    /// Carries the n-th run out, with its faults.
    fn go_on(&mut self, run: usize) -> Vec<Asked> {
        let wishes = self.wishes(run);
        if wishes.is_empty() {
            return Vec::new();
        }
        let name = format!("run-{run}-{}", self.cluster.trace().len());
        let plan = self.fleet.plan(&self.cluster, &name, &wishes);
        let plan = plan.with_parallel(2);
        self.settle(&plan);
        let decision = match run {
            2 => self.history.decision,
            _ => Decision::Resume,
        };
        let faults = self.history.faults.iter().filter(|(of, _)| *of == run);
        let faults: Vec<Injection> = faults.map(|(_, one)| *one).collect();
        let scenario = Scenario::new(self.cluster.clone(), plan).deciding(Some(decision));
        let Run {
            cluster,
            effects,
            outcome,
            runners,
            decisions,
        } = scenario.run(&faults);
        let shown = Run {
            cluster,
            effects: Vec::new(),
            outcome,
            runners,
            decisions,
        };
        let is_lie = |(_, one): &(usize, Injection)| one.fault == Fault::NotFound;
        if !self.history.faults.iter().any(is_lie) {
            let found = scenario.violations(&shown);
            self.found
                .extend(found.into_iter().map(|one| format!("run {run}: {one}")));
        }
        self.cluster = shown.cluster;
        self.last = Some(PinnedPlan::clone(scenario.plan()));
        effects
    }

    /// A run whose Jobs are still held is given up before another takes its place.
    fn settle(&mut self, next: &PinnedPlan) {
        let how = || (Some(Decision::Abandon), Settings::default());
        let mut tried = self.cluster.clone();
        let next = Arc::new(next.clone());
        if Runner::start(&mut tried, &next, "next", how()).is_ok() {
            return;
        }
        let Some(last) = self.last.clone().map(Arc::new) else {
            return;
        };
        let mut runner =
            Runner::start(&mut self.cluster, &last, "runner-to-settle", how()).unwrap();
        let endless = Timestamp::from_millis(u64::MAX);
        while let Some(effect) = runner.next(&mut self.cluster, endless) {
            runner.carry_out(&mut self.cluster, effect, None);
        }
    }

    /// All that is still there goes, and nothing goes wrong any more. Then nothing may be left but what was said to stay.
    fn end(&mut self) {
        for run in RUNS..RUNS + 2 {
            self.go_on(run);
        }
        let is_lie = |(_, one): &(usize, Injection)| one.fault == Fault::NotFound;
        if self.history.faults.iter().any(is_lie) {
            return;
        }
        let left: Vec<String> = self
            .cluster
            .objects()
            .filter_map(|object| {
                let is_labelled = object["metadata"]["labels"]
                    .get(label::RELEASE_UID)
                    .is_some();
                let is_evidence = object["type"] == "catalog.dev/evidence";
                let is_job = matches!(object["kind"].as_str(), Some("Job" | "Pod"));
                (is_labelled && !is_evidence && !is_job)
                    .then(|| ObjectRef::of(object).unwrap().to_string())
            })
            .collect();
        let expected: &[&str] = match self.history.deletes_all {
            true => &[],
            false => &[
                "Namespace apps",
                "CustomResourceDefinition gadgets.example.com",
            ],
        };
        let target = ObjectRef::of(&in_default()).unwrap();
        let theirs = self
            .cluster
            .object(&target)
            .map(|object| object["data"].clone());
        let is_kept = theirs.as_ref().is_some_and(|data| data["other"] == "keep");
        if !is_kept || self.history.faults.is_empty() && theirs != Some(json!({"other": "keep"})) {
            self.found
                .push(format!("what was there before is {theirs:?}"));
        }
        if left != expected {
            self.found.push(format!("in the end there is {left:?}"));
        }
    }
}
