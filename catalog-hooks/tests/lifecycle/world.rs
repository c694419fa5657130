//! A catalog, a fake cluster, and the runs of operations between them.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::{Failure, ObjectRef, PatchKind, Request};
use catalog_hooks::journal::{Journal, OperationJournal};
use catalog_hooks::plan::{
    ActionInput, OperationInput, OperationOptions, PinnedPlan, PinnedRelease, PlanError,
    PlannedOperation,
};
use catalog_hooks::record::{Attempted, InstalledRecord, RECORD_TYPE};
use catalog_hooks::simulator::{FakeCluster, PodScript};
use catalog_hooks::{
    Answer, Decisions, Gate, JournalStore, Machine, OperationContext, Outcome, Poll, Settings,
    Surroundings, Timestamp, label,
};
use catalog_model::version::Version;
use catalog_model::{
    Catalog, LoadOptions, MemorySource, Operation, OperationKind, PackageName, load,
};
use serde_json::{Map, Value, json};

use crate::package::{self, Renderer};
use crate::shared::Shared;

/// Where runs keep their things.
pub(crate) const HOME: &str = "catalog-system";

pub(crate) struct World {
    pub(crate) cluster: Shared,
    pub(crate) gates: Gates,
    source: MemorySource,
    pub(crate) catalog: Catalog,
    runs: usize,
}

/// By place in the plan, what keeps gates shut.
#[derive(Clone, Default)]
pub(crate) struct Gates(
    pub(crate) BTreeMap<usize, Vec<String>>,
    /// A gate that is shut as long as this says so.
    pub(crate) Option<(usize, Rc<Cell<bool>>)>,
);

impl Gate for Gates {
    fn evaluate(&mut self, operation: usize) -> Result<Vec<String>, Failure> {
        let shut = self
            .1
            .iter()
            .any(|(gate, shut)| *gate == operation && shut.get());
        let why = self.0.get(&operation).cloned().unwrap_or_default();
        Ok(if shut {
            vec!["it shut on the way".to_owned()]
        } else {
            why
        })
    }
}

/// An operation to be planned.
#[derive(Clone)]
pub(crate) struct Wish {
    pub(crate) operation: Operation,
    pub(crate) options: OperationOptions,
    pub(crate) level: usize,
    /// Whether its release has a uid of its own, whatever is on record of the instance.
    is_another_release: bool,
}

fn name(package: &str) -> PackageName {
    PackageName::parse(package).unwrap()
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

pub(crate) fn install(package: &str, to: &str) -> Wish {
    Wish::new(Operation::install(name(package), version(to), package))
}

/// The install of a package in the namespace of another.
pub(crate) fn install_in(namespace: &str, package: &str, to: &str) -> Wish {
    Wish::new(Operation::install(name(package), version(to), namespace))
}

pub(crate) fn uninstall_from(namespace: &str, package: &str, from: &str) -> Wish {
    let from = version(from);
    Wish::new(Operation::uninstall(name(package), from, namespace))
}

pub(crate) fn upgrade(package: &str, from: &str, to: &str) -> Wish {
    let (from, to) = (version(from), version(to));
    Wish::new(Operation::upgrade(name(package), from, to, package))
}

pub(crate) fn rollback(package: &str, from: &str, to: &str) -> Wish {
    let (from, to) = (version(from), version(to));
    Wish::new(Operation::rollback(name(package), from, to, package))
}

pub(crate) fn uninstall(package: &str, from: &str) -> Wish {
    Wish::new(Operation::uninstall(name(package), version(from), package))
}

impl Wish {
    fn new(operation: Operation) -> Self {
        Self {
            operation,
            options: OperationOptions::default(),
            level: 0,
            is_another_release: false,
        }
    }

    pub(crate) fn of_another_release(mut self) -> Self {
        self.is_another_release = true;
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut OperationOptions)) -> Self {
        change(&mut self.options);
        self
    }

    pub(crate) fn at_level(mut self, level: usize) -> Self {
        self.level = level;
        self
    }
}

/// Three versions, each with an object of its own. The second has a hook after it.
pub(crate) fn changing() -> World {
    World::new([
        package::Version::new("db", "1.0").object(package::config("one", "1")),
        package::Version::new("db", "2.0")
            .object(package::config("two", "2"))
            .hook("post-upgrade", "migrate", json!({})),
        package::Version::new("db", "3.0").object(package::config("three", "3")),
    ])
}

/// A pod that fails after a second.
pub(crate) fn fails() -> PodScript {
    PodScript::fails(Duration::from_secs(1), 3)
}

impl World {
    pub(crate) fn new(versions: impl IntoIterator<Item = package::Version>) -> Self {
        let source = package::source(versions);
        let loaded = load(&source, &LoadOptions::default()).unwrap();
        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
        let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
        cluster.add_namespace(HOME);
        Self {
            cluster: Shared::new(cluster),
            gates: Gates::default(),
            source,
            catalog: loaded.into_catalog(),
            runs: 0,
        }
    }

    /// What the pods of a hook do, of whatever attempt.
    pub(crate) fn script(&self, hook: &str, script: PodScript) {
        self.cluster.get().script(&[(label::HOOK, hook)], [script]);
    }

    /// What the pod of one attempt of a hook does.
    pub(crate) fn script_attempt(&self, hook: &str, attempt: u32, script: PodScript) {
        let attempt = attempt.to_string();
        let labels = [(label::HOOK, hook), (label::ATTEMPT, attempt.as_str())];
        self.cluster.get().script(&labels, [script]);
    }

    /// What the pod of a hook's undo does.
    pub(crate) fn script_undo(&self, hook: &str, script: PodScript) {
        let labels = [(label::HOOK, hook), (label::ROLE, "undo")];
        self.cluster.get().script(&labels, [script]);
    }

    /// The record of an installed package.
    pub(crate) fn record(&self, package: &str) -> Option<InstalledRecord> {
        self.record_in(package, package)
    }

    fn record_in(&self, package: &str, namespace: &str) -> Option<InstalledRecord> {
        let secret = InstalledRecord::secret_ref(HOME, package, namespace);
        InstalledRecord::from_secret(&*self.object(&secret)?)
    }

    /// What an operation begins with: what is on record, or, of an uninstall, what could not be put there.
    fn known_of(&self, operation: &Operation) -> Option<InstalledRecord> {
        let (package, namespace) = (operation.package().as_str(), operation.namespace());
        let is_it =
            |one: &InstalledRecord| (one.package(), one.namespace()) == (package, namespace);
        let journals = self.journals();
        let mut cluster = self.cluster.clone();
        let is_own = |one: &OperationJournal| {
            one.is_unrecorded() && (one.package(), one.namespace()) == (package, namespace)
        };
        let alone = journals.iter().filter(|kept| {
            operation.kind() == OperationKind::Uninstall
                && kept.journal().operations().iter().any(is_own)
        });
        let remains = alone
            .flat_map(|kept| kept.unrecorded(&mut cluster).unwrap())
            .find(is_it);
        let known = remains.or_else(|| self.record_in(package, namespace))?;
        Some(known.with_modules(&mut self.cluster.clone(), HOME).unwrap())
    }

    pub(crate) fn object(&self, target: &ObjectRef) -> Option<Arc<Value>> {
        self.cluster.get().object(target)
    }

    /// The records of all packages.
    pub(crate) fn records(&self) -> Vec<InstalledRecord> {
        let cluster = self.cluster.get();
        let secrets = cluster.objects().filter(|object| {
            object["type"] == RECORD_TYPE && object["metadata"]["namespace"] == HOME
        });
        secrets
            .filter_map(|secret| InstalledRecord::from_secret(secret))
            .collect()
    }

    /// A plan for these operations, as a new run.
    pub(crate) fn plan(&mut self, wishes: &[Wish]) -> PinnedPlan {
        self.try_plan(wishes).unwrap()
    }

    /// The plan of an action of an installed package.
    pub(crate) fn action(&mut self, package: &str, of: &str, action: &str) -> PinnedPlan {
        self.runs += 1;
        let (of, record) = (version(of), self.record(package).unwrap());
        let operation = Operation::action(name(package), of.clone(), package, action);
        let op = format!("op-{}", self.runs);
        let (planned, _) = PlannedOperation::action(ActionInput {
            operation: &operation,
            context: &OperationContext::new(op, record.release_uid()).unwrap(),
            release: self.catalog.release(package, &of).unwrap(),
            installed: &record,
            parameters: &Map::new(),
        })
        .unwrap();
        PinnedPlan::new(format!("run-{}", self.runs), HOME, vec![planned]).unwrap()
    }

    pub(crate) fn try_plan(&mut self, wishes: &[Wish]) -> Result<PinnedPlan, PlanError> {
        self.runs += 1;
        let planned = wishes.iter().enumerate();
        let planned = planned.map(|(place, wish)| self.planned(place, wish));
        let planned = planned.collect();
        PinnedPlan::new(format!("run-{}", self.runs), HOME, planned)
    }

    fn planned(&self, place: usize, wish: &Wish) -> PlannedOperation {
        let operation = &wish.operation;
        let package = operation.package().as_str();
        let release = |version: Option<&Version>| self.catalog.release(package, version?);
        let installed = self.known_of(operation);
        let known = installed.as_ref().filter(|_| !wish.is_another_release);
        let uid = known.map_or_else(
            || format!("{package}-{}", self.runs),
            |record| record.release_uid().to_owned(),
        );
        let context = OperationContext::new(format!("op-{}-{place}", self.runs), uid).unwrap();
        let input = OperationInput {
            operation,
            context: &context,
            from: release(operation.from()),
            to: release(operation.to()),
            installed: installed.as_ref(),
            record: None,
            others: &self.records(),
            renderer: &Renderer(&self.source),
            level: wish.level,
            options: wish.options,
        };
        let others = self.records();
        let pinned = others.iter().filter_map(|record| {
            let mut cluster = self.cluster.clone();
            let version = version(record.version());
            PinnedRelease::find(&mut cluster, HOME, record, &version).unwrap()
        });
        let attempted = installed.iter().flat_map(|record| {
            let versions = record.attempted().iter().map(Attempted::version);
            versions.filter_map(|text| {
                let mut cluster = self.cluster.clone();
                PinnedRelease::find(&mut cluster, HOME, record, &version(text)).unwrap()
            })
        });
        let pinned: Vec<PinnedRelease> = pinned.chain(attempted).collect();
        PlannedOperation::with_pinned(input, &pinned).unwrap().0
    }

    /// Carries these operations out, one after the other if they are in different levels.
    pub(crate) fn run(&mut self, wishes: &[Wish]) -> Run {
        let plan = self.plan(wishes);
        self.begin(plan)
    }

    /// Begins a run, in the place of the one before if there was one, and drives it to its end.
    pub(crate) fn begin(&mut self, plan: PinnedPlan) -> Run {
        let machine = self.machine(plan);
        self.drive(machine, |_, _, _| {})
    }

    /// A machine for a new run.
    pub(crate) fn machine(&mut self, plan: PinnedPlan) -> Machine {
        let plan = Arc::new(plan);
        let stored = self.cluster.load().unwrap();
        let settings = Settings::default();
        match stored {
            None => Machine::begin(plan, "runner-1", settings),
            Some(stored) => Machine::begin_after(plan, stored, "runner-1", settings).unwrap(),
        }
    }

    /// A machine that goes on with a run.
    pub(crate) fn resumed(
        &mut self,
        plan: &PinnedPlan,
        decisions: impl Into<Decisions>,
    ) -> Machine {
        let stored = self.cluster.load().unwrap().unwrap();
        self.runs += 1;
        let writer = format!("runner-{}", self.runs + 1);
        let (plan, settings) = (Arc::new(plan.clone()), Settings::default());
        Machine::resume(plan, stored, &writer, decisions, settings).unwrap()
    }

    /// Goes on with a run, and drives it to its end.
    pub(crate) fn resume(&mut self, run: &Run, decisions: impl Into<Decisions>) -> Run {
        let machine = self.resumed(&run.plan, decisions);
        self.drive(machine, |_, _, _| {})
    }

    /// Drives a machine until its run ends. `meddle` is shown what comes next before it is done, and may do to cluster and machine what it likes.
    pub(crate) fn drive(
        &mut self,
        machine: Machine,
        mut meddle: impl FnMut(&mut FakeCluster, &mut Machine, &Poll),
    ) -> Run {
        self.drive_or_answer(machine, |cluster, machine, next| {
            meddle(cluster, machine, next);
            None
        })
    }

    /// The same, where `meddle` may answer in the place of the cluster.
    pub(crate) fn drive_or_answer(
        &mut self,
        mut machine: Machine,
        mut meddle: impl FnMut(&mut FakeCluster, &mut Machine, &Poll) -> Option<Answer>,
    ) -> Run {
        let mut told = Vec::new();
        let mut steps = 0;
        let outcome = loop {
            steps += 1;
            assert!(steps < 20_000, "it does not end: {:?}", told.last());
            let now = self.cluster.get().now();
            let next = machine.poll(now);
            let answer = meddle(&mut self.cluster.get(), &mut machine, &next);
            match next {
                Poll::Do(effect) => {
                    told.push(effect.task.to_string());
                    let id = effect.id;
                    let answer =
                        answer.unwrap_or_else(|| self.surroundings(|all| all.carry_out(effect)));
                    machine.answer(id, answer);
                }
                Poll::Wait(wait) => {
                    told.push(format!("wait {}", wait.reasons.join(", ")));
                    self.surroundings(|all| all.clock.wait(&wait));
                    self.bind_claims();
                }
                Poll::Done => break machine.outcome().unwrap(),
                other => panic!("{other:?}"),
            }
        };
        assert!(self.cluster.get().violations().is_empty());
        // What is only kept for a time goes.
        self.cluster.get().advance(Duration::from_secs(10));
        Run {
            plan: machine.plan().clone(),
            journal: machine.journal(),
            outcome,
            told,
        }
    }

    /// Volumes are there for all claims.
    fn bind_claims(&self) {
        let mut cluster = self.cluster.get();
        let unbound = cluster.objects().filter(|object| {
            object["kind"] == "PersistentVolumeClaim" && object["status"]["phase"] != "Bound"
        });
        let unbound: Vec<ObjectRef> = unbound.filter_map(|object| ObjectRef::of(object)).collect();
        for target in unbound {
            let request = Request::Patch {
                target,
                patch: json!({"status": {"phase": "Bound"}}),
                kind: PatchKind::Merge,
            };
            cluster.meddle(&request).unwrap();
        }
    }

    pub(crate) fn surroundings<T>(&mut self, act: impl FnOnce(&mut Surroundings<'_>) -> T) -> T {
        let [mut cluster, mut journal, mut modules, mut clock] =
            [0; 4].map(|_| self.cluster.clone());
        let mut all = Surroundings {
            cluster: &mut cluster,
            journal: &mut journal,
            modules: Some(&mut modules),
            gate: &mut self.gates,
            clock: &mut clock,
        };
        act(&mut all)
    }

    /// What stands in the cluster, but for what is there from the beginning and what runs keep of themselves: a line each.
    pub(crate) fn objects(&self) -> Vec<String> {
        let cluster = self.cluster.get();
        let shown = cluster.objects().filter(|object| {
            let kind = object["kind"].as_str().unwrap_or_default();
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
            let is_basic = matches!(
                (kind, name),
                ("Namespace", "default" | "kube-system" | HOME)
                    | ("ServiceAccount", "default")
                    | ("ConfigMap", "kube-root-ca.crt")
            );
            !is_basic && namespace != HOME && !matches!(kind, "Pod" | "Event")
        });
        shown
            .map(|object| ObjectRef::of(object).unwrap().to_string())
            .collect()
    }

    /// What runs keep of themselves, by type of Secret: how many.
    pub(crate) fn kept(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for object in self.cluster.get().objects() {
            if object["metadata"]["namespace"] == HOME && object["kind"] == "Secret" {
                let kind = object["type"].as_str().unwrap_or_default().to_owned();
                *counts.entry(kind).or_default() += 1;
            }
        }
        counts
    }
}

/// Whether what comes next begins with these words, as `create Job db/x` does.
pub(crate) fn is_next(next: &Poll, words: &str) -> bool {
    matches!(next, Poll::Do(effect) if effect.task.to_string().starts_with(words))
}

/// The server's refusal of a call, as an answer.
pub(crate) fn refused(code: u16, reason: &str, message: &str) -> Answer {
    let status = json!({"kind": "Status", "code": code, "reason": reason, "message": message});
    Answer::Called(Err(Failure::from_status(code, &status)))
}

/// A run that ended, or stopped.
pub(crate) struct Run {
    pub(crate) plan: PinnedPlan,
    pub(crate) journal: Journal,
    pub(crate) outcome: Outcome,
    pub(crate) told: Vec<String>,
}

impl Run {
    /// What a user reads of it.
    pub(crate) fn story(&self) -> String {
        let mut story = format!("{:?}\n", self.outcome);
        for (planned, operation) in self.plan.operations().iter().zip(self.journal.operations()) {
            let _ = writeln!(story, "{}: {:?}", planned.operation(), operation.status());
            for one in operation.attempts() {
                let role = one.role();
                let verdict = one
                    .verdict()
                    .map_or("no verdict".to_owned(), |verdict| verdict.kind.to_string());
                let (phase, hook, n) = (one.phase(), one.hook(), one.attempt());
                let _ = writeln!(story, "  {phase} {hook} {role} {n}: {verdict}");
            }
            if let Some(note) = operation.failure() {
                let _ = writeln!(story, "  failed in {}: {}", note.step, note.message);
                let _ = writeln!(story, "  next: {}", note.next);
            }
            for line in operation.kept().iter().chain(operation.warnings()) {
                let _ = writeln!(story, "  {line}");
            }
        }
        story.trim_end().to_owned()
    }
}
