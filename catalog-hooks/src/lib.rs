//! The lifecycle of Kubernetes catalog packages: hooks as ordered, normalised Jobs, and what happens around them.
//!
//! An [`Operation`](catalog_model::Operation) installs, upgrades, rolls back or uninstalls a release, or runs one of its
//! actions ([`PlannedOperation::action`](plan::PlannedOperation::action)). A [`PinnedPlan`](plan::PinnedPlan) holds
//! operations with all that they will send to a cluster; a [`Machine`] carries it out, and survives whatever happens to its runner
//! meanwhile.
//!
//! It is a library without I/O: a [`Machine`] says what to do next and is told what came of it. [`Surroundings`] drives one with calls that block,
//! feature `kube` with a client of an API server, feature `simulator` on a cluster that is a value. Nothing here reads a clock, starts a
//! thread, or keeps a global state.
//!
//! # A run
//!
//! ```
//! # #[cfg(feature = "simulator")] {
//! use std::sync::Arc;
//! use catalog_hooks::module::ManifestsRenderer;
//! use catalog_hooks::plan::{OperationInput, OperationOptions, PinnedPlan, PlannedOperation};
//! use catalog_hooks::simulator::FakeCluster;
//! use catalog_hooks::{Answer, Cluster, JournalStore, Machine, OperationContext, Outcome, Poll, Settings, Task, Timestamp};
//! # use catalog_model::version::Version;
//! # use catalog_model::{LoadOptions, MemorySource, Operation, PackageName, load};
//! # let source = MemorySource::from_iter([
//! #     ("ingress/1.0.0/metadata.yaml", "name: ingress\nversion: 1.0.0\n"),
//! #     ("ingress/1.0.0/hooks/install.yaml", "pre-install:\n- name: check\n  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: check, image: 'check:v1'}]}}}}\n"),
//! # ]);
//! # let catalog = load(&source, &LoadOptions::default()).unwrap().into_catalog();
//! # let version = Version::parse("1.0.0").unwrap();
//! # let release = catalog.release("ingress", &version);
//! # let operation = Operation::install(PackageName::parse("ingress").unwrap(), version.clone(), "ingress");
//! let context = OperationContext::new("5b0c2f0e", "7d1c9c52").unwrap();
//! let (planned, _remarks) = PlannedOperation::new(OperationInput {
//!     operation: &operation, context: &context, from: None, to: release, installed: None, record: None, others: &[],
//!     renderer: &ManifestsRenderer::new(&source), level: 0, options: OperationOptions::default(),
//! }).unwrap();
//! let plan = PinnedPlan::new("run-1", "platform", vec![planned]).unwrap();
//!
//! let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
//! cluster.add_namespace("platform");
//! let mut machine = Machine::begin(Arc::new(plan), "runner-1", Settings::default());
//! let mut jobs = Vec::new();
//! loop {
//!     match machine.poll(cluster.now()) {
//!         Poll::Do(effect) => {
//!             let answer = match effect.task {
//!                 Task::SaveJournal { text, replaces } => Answer::Saved(cluster.save(&text, replaces.as_ref())),
//!                 Task::LoadJournal => Answer::Loaded(cluster.load()),
//!                 Task::Conditions { .. } => Answer::Gate(Ok(vec![])), // nothing keeps it shut
//!                 Task::Call(request) => {
//!                     if request.to_string().starts_with("create Job") { jobs.push(request.to_string()); }
//!                     Answer::Called(Cluster::call(&mut cluster, &request))
//!                 }
//!                 _ => unreachable!("a plan without modules, which is no uninstall"),
//!             };
//!             machine.answer(effect.id, answer);
//!         }
//!         Poll::Wait(wait) => cluster.advance_to(wait.until.unwrap()),
//!         _ => break,
//!     }
//! }
//! assert_eq!(machine.outcome(), Some(Outcome::Done));
//! assert_eq!(jobs, ["create Job ingress/ingress-check-yoemrzxz7pfurji2"]);
//! # }
//! ```
//!
//! What a run has done is in its [`Journal`](journal::Journal), which is written by compare-and-swap before each call that cannot be taken back.
//! Dropping a machine at any moment is what a crash is; [`Machine::resume`] goes on from the journal, on whatever machine, and of two that try
//! at a time one gets it. Each step's protocol is the same on a first run and on a resumed one. For resumed runs alone there is this: they wait for
//! what the runner before may still have under way, mark the Jobs that it left open as theirs, and look for a Job of which no answer told.
//!
//! Here a runner dies beside a Job that nobody would look after any more, and another goes on:
//!
//! ```
//! # #[cfg(feature = "simulator")] {
//! use std::sync::Arc;
//! use catalog_hooks::plan::PinnedPlan;
//! use catalog_hooks::simulator::FakeCluster;
//! use catalog_hooks::{Cluster, JournalStore, Machine, NoConditions, Outcome, Poll, Settings, Surroundings, journal::Journal};
//! # use catalog_hooks::module::ManifestsRenderer;
//! # use catalog_hooks::plan::{OperationInput, OperationOptions, PlannedOperation};
//! # use catalog_hooks::{OperationContext, Timestamp};
//! # use catalog_model::version::Version;
//! # use catalog_model::{LoadOptions, MemorySource, Operation, PackageName, load};
//! # let source = MemorySource::from_iter([
//! #     ("ingress/1.0.0/metadata.yaml", "name: ingress\nversion: 1.0.0\n"),
//! #     ("ingress/1.0.0/hooks/install.yaml", "pre-install:\n- name: check\n  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: check, image: 'check:v1'}]}}}}\n"),
//! # ]);
//! # let catalog = load(&source, &LoadOptions::default()).unwrap().into_catalog();
//! # let version = Version::parse("1.0.0").unwrap();
//! # let operation = Operation::install(PackageName::parse("ingress").unwrap(), version.clone(), "ingress");
//! # let (planned, _remarks) = PlannedOperation::new(OperationInput {
//! #     operation: &operation, context: &OperationContext::new("5b0c2f0e", "7d1c9c52").unwrap(), from: None,
//! #     to: catalog.release("ingress", &version), installed: None, record: None, others: &[],
//! #     renderer: &ManifestsRenderer::new(&source), level: 0, options: OperationOptions::default(),
//! # }).unwrap();
//! # let plan = PinnedPlan::new("run-1", "platform", vec![planned]).unwrap();
//! # let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
//! # cluster.add_namespace("platform");
//! // `Surroundings` drives a machine; here each is the fake cluster.
//! fn on<'c>([api, journal, clock]: &'c mut [Shared; 3], gate: &'c mut NoConditions) -> Surroundings<'c> {
//!     Surroundings { cluster: api, journal, modules: None, gate, clock }
//! }
//! # use std::cell::RefCell; use std::rc::Rc; use catalog_hooks::{api, Clock, JournalVersion, StoredJournal, Wait};
//! # #[derive(Clone)] struct Shared(Rc<RefCell<FakeCluster>>);
//! # impl Cluster for Shared { fn call(&mut self, request: &api::Request) -> Result<api::Reply, api::Failure> { Cluster::call(&mut *self.0.borrow_mut(), request) } }
//! # impl Clock for Shared { fn now(&mut self) -> Timestamp { self.0.borrow().now() } fn wait(&mut self, wait: &Wait) { self.0.borrow_mut().wait(wait) } }
//! # impl JournalStore for Shared {
//! #     fn load(&mut self) -> Result<Option<StoredJournal>, api::Failure> { self.0.borrow_mut().load() }
//! #     fn save(&mut self, text: &str, replaces: Option<&JournalVersion>) -> Result<JournalVersion, api::Failure> { self.0.borrow_mut().save(text, replaces) }
//! #     fn remove(&mut self, version: &JournalVersion) -> Result<(), api::Failure> { self.0.borrow_mut().remove(version) }
//! # }
//! # let shared = Shared(Rc::new(RefCell::new(cluster)));
//! let mut cluster = [(); 3].map(|()| shared.clone());
//! let mut machine = Machine::begin(Arc::new(plan), "runner-1", Settings::default());
//! loop {
//!     match machine.poll(cluster[2].now()) {
//!         Poll::Do(effect) => {
//!             let (id, what) = (effect.id, effect.task.to_string());
//!             let answer = on(&mut cluster, &mut NoConditions).carry_out(effect);
//!             if what.starts_with("create Job") { break; } // The Job is there, and its creator dies before it knows.
//!             machine.answer(id, answer);
//!         }
//!         Poll::Wait(wait) => cluster[2].wait(&wait),
//!         _ => unreachable!("it dies before its end"),
//!     }
//! }
//! drop(machine);
//!
//! // Another process, which knows nothing but where the journal is kept.
//! let stored = cluster[1].load().unwrap().unwrap();
//! let digest = Journal::parse(&stored.text).unwrap().plan().to_owned();
//! let plan = PinnedPlan::load(&mut cluster[0], "platform", &digest).unwrap().unwrap();
//! let mut machine = Machine::resume(Arc::new(plan), stored, "runner-2", None, Settings::default()).unwrap();
//! let outcome = on(&mut cluster, &mut NoConditions).drive(&mut machine, &mut |_| {});
//! assert_eq!(outcome, Outcome::Done);
//! let journal = machine.journal();
//! let attempts = journal.operations()[0].attempts();
//! assert_eq!((attempts.len(), attempts[0].job()), (1, "ingress-check-yoemrzxz7pfurji2")); // It ran once.
//! # }
//! ```
//!
//! | an operation's end | what it means | what can be done |
//! |---|---|---|
//! | [`Done`](journal::OperationStatus::Done) | the installed record says so; an action has run | |
//! | [`Unchanged`](journal::OperationStatus::Unchanged) | its conditions do not hold, or its first hooks failed and were undone | mend the cause, begin again |
//! | [`RolledBack`](journal::OperationStatus::RolledBack) | it failed and took itself back, because its hook or whoever planned it asked for that | mend the cause, begin again |
//! | [`Degraded`](journal::OperationStatus::Degraded), [`UninstallIncomplete`](journal::OperationStatus::UninstallIncomplete) | it failed in the middle, and what is done stays | a [`Decision`]; or a new run in its place, [`Machine::begin_after`] |
//! | [`NeedsDecision`](journal::OperationStatus::NeedsDecision) | a hook after which nothing can be taken back had begun, or nobody can know whether a hook ran, or a `pre-rollback` hook failed | a [`Decision`]; after such a hook none that takes back |
//! | [`Broken`](journal::OperationStatus::Broken) | what should take back failed itself | a [`Decision`] |
//!
//! [`FailureNote`](journal::FailureNote) says for each which step it was, why, and what can be done.
//!
//! [`Journals`](journal::Journals) are the journals in a runner's namespace, one for each set of instances: what came to rest keeps only those waiting
//! that are about its instances. What could not be put on record is known to a journal alone, and in the way of everything but an uninstall that is planned
//! from [`KeptJournal::unrecorded`](journal::KeptJournal::unrecorded). When a run has ended, [`EndedRun::delete_unneeded`](journal::EndedRun::delete_unneeded)
//! deletes what nobody needs any more, whoever left it, as long as the Lease is held.
//!
//! Before its first change a run asks the server about each object that it will apply: whose it is, whether its kind and
//! its namespace are there or come, and what the server would say of it, as far as nothing before it in the run can change that.
//!
//! What is never done unasked: deleting CustomResourceDefinitions, Namespaces or PersistentVolumeClaims, or an object that was there before; and never at
//! all: deleting a namespace in which others have installed something, as far as the usual kinds tell;
//! taking over what another runner has on record or another field manager has set; touching a Job of somebody else; running a hook a second time that may run once at most; taking a lost Job for a success; starting anything
//! beside a pod of which nobody knows whether it still runs. An object that several packages have is as the one that came last wrote it; when
//! that one goes or is taken back, it is that of another again, as that one wrote it if the plan knows: see
//! [`PlannedOperation::with_pinned`](plan::PlannedOperation::with_pinned).
//!
//! # Hooks as Jobs
//!
//! [`hook_jobs`] gives the Jobs that run before and after an operation, from the right release, in order, and so that each runs as its author
//! meant: the sample of the catalog's design, with neither a name nor a restart policy, is refused by an API server as it stands; what comes
//! from here is taken.
//!
//! ```
//! use catalog_hooks::{OperationContext, hook_jobs};
//! use catalog_model::version::Version;
//! use catalog_model::{LoadOptions, MemorySource, Operation, PackageName, load};
//!
//! let source = MemorySource::from_iter([
//!     ("ingress/1.0.0/metadata.yaml", "name: ingress\nversion: 1.0.0\n"),
//!     ("ingress/1.0.0/hooks/install.yaml", "
//! pre-install:
//! - name: check
//!   timeout: 5m
//!   job:
//!     apiVersion: batch/v1
//!     kind: Job
//!     spec:
//!       parallelism: 3
//!       template:
//!         spec:
//!           containers:
//!           - {name: check, image: 'check:v1', command: [/bin/check, --to, $(TO_VERSION)]}
//! "),
//! ]);
//! let catalog = load(&source, &LoadOptions::default())?.into_catalog();
//! let version = Version::parse("1.0.0")?;
//! let release = catalog.release("ingress", &version);
//!
//! let operation = Operation::install(PackageName::parse("ingress")?, version, "ingress");
//! let context = OperationContext::new("5b0c2f0e", "7d1c9c52")?;
//! let hooks = hook_jobs(&operation, &context, None, release)?;
//!
//! let job = &hooks.phases()[0].jobs()[0];
//! assert_eq!((job.occasion(), job.hook(), job.namespace()), ("pre-install", "check", "ingress"));
//! assert_eq!(job.name(), "ingress-check-yoemrzxz7pfurji2");
//! assert_eq!(job.job()["spec"]["activeDeadlineSeconds"], 330);
//! assert_eq!(job.job()["spec"]["template"]["spec"]["restartPolicy"], "Never");
//! assert_eq!(
//!     hooks.diagnostics()[0].message(),
//!     "the Job of pre-install hook `check`: `spec.parallelism` becomes `1` instead of `3`",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a Job becomes
//!
//! | field | value | what the author wrote |
//! |---|---|---|
//! | `metadata.name` | see [`HookJob::name`] | replaced, with a note |
//! | `metadata.namespace` | the operation's | must be the same, else the hook is refused |
//! | `metadata.labels`, also of the template, and `annotations` | those of [`label`] are added | stay; those of our names are replaced, with a warning |
//! | `parallelism`, `completions` | 1 | replaced, with a warning; an indexed Job of several completions is refused, because most of its work would not be done |
//! | `backoffLimit` | 0 | becomes the hook's `retries` where it states none; with `retries`, or at-most-once, it does not count |
//! | `restartPolicy` | `Never` | replaced, with a warning |
//! | `activeDeadlineSeconds` | the hook's `timeout` and 30 s | replaced, with a warning |
//! | `podReplacementPolicy` | `Failed` | replaced, with a warning |
//! | `podFailurePolicy` | disruptions ignored, for at-least-once only | rules that fail the Job stay, and so does what they say of disruptions; those that would start pods go, with a warning |
//! | `terminationMessagePolicy` of all containers | `FallbackToLogsOnError` | replaced, with a warning |
//! | `env` of all containers | the variables below first, so that others may refer to them | stays; variables of our names go, with a warning |
//! | `ttlSecondsAfterFinished`, `suspend` | none; see [`HookJob::suspended_job`] | left out |
//! | `selector`, `manualSelector`, `backoffLimitPerIndex`, `maxFailedIndexes` | none | left out, with a warning |
//! | `status`, `uid`, `resourceVersion`, `ownerReferences` and what else a server sets, `generateName` | none | left out, with a warning |
//!
//! Every other field stays as it is written, known to this crate or not.
//!
//! # What a hook can know
//!
//! | variable | value |
//! |---|---|
//! | `HOOK_PHASE` | the phase, such as `pre-upgrade` |
//! | `HOOK_OPERATION` | the id of this run of the operation |
//! | `HOOK_ATTEMPT` | from 1 |
//! | `HOOK_IDEMPOTENCY_KEY` | 32 hexadecimal digits: the same for all attempts and pods of a hook in one run of an operation, and for its undo. Kubernetes promises pods at least once, never exactly once: what a hook makes elsewhere should carry this key |
//! | `FROM_VERSION`, `TO_VERSION` | the versions of the operation; empty where there is none |
//! | `HOOK_ATTEMPTED_VERSION` | the version that an operation before this one was bringing when it stopped; empty if there was none |
//!
//! # Modules
//!
//! What `modules.yaml` names is turned into something that can be deployed by a [`ModuleRenderer`](module::ModuleRenderer), when a plan is made:
//!
//! | module | renderer | becomes | ready when |
//! |---|---|---|---|
//! | chart | [`FluxRenderer`](module::FluxRenderer) | `HelmRelease` and its `HelmRepository` or `OCIRepository` | Flux says so of this generation |
//! | chart | `HelmRenderer`, feature `helm` | a call of `helm` by `HelmDriver` | Helm has deployed it, and its objects are ready |
//! | Terraform module | [`TerraformRenderer`](module::TerraformRenderer) | `Configuration` of KubeVela's Terraform controller | its state is `Available` |
//! | manifests | [`ManifestsRenderer`](module::ManifestsRenderer) | the objects themselves | each is, by the rules of its kind |
//!
//! Of several renderers in a list the first that takes a module renders it; a service puts its own before these, or instead. Values are the package's
//! own with [`ModuleValues`](module::ModuleValues) laid over them. Names come of the names of package and module alone, and are the same for all
//! versions. What a renderer made is pinned with the plan.
//!
//! Objects are applied, waited for by [`readiness()`], pruned and deleted by the lifecycle itself. Everything else is asked of a
//! [`ModuleDriver`]. What stands behind either is not in the ledger: deleting a release of Helm deletes what its chart made, claims on volumes
//! too, unless the chart annotates them with `helm.sh/resource-policy: keep`; what Terraform made in a cloud stays, unless the renderer was told
//! otherwise.
//!
//! # Contents
//!
//! - [`plan`]: what a run will do, and how it is pinned; [`module`]: what deploys modules
//! - [`Machine`]: carries a plan out; [`Poll`], [`Effect`], [`Task`] and [`Answer`] are its language, [`api`] what it says to an API server
//! - [`journal`]: what a run has done; [`record`]: what is on record of an installed instance; [`lease`]: who may run
//! - [`Surroundings`]: drives a machine with what a service supplies: [`Cluster`], [`JournalStore`], [`ModuleDriver`], [`Gate`], [`Clock`]
//! - [`readiness()`]: whether an object does what it was made for
//! - [`hook_jobs`]: from an operation and its releases to [`OperationHooks`], which are two [`PhaseHooks`]
//! - [`HookJob`]: the Job of one attempt, the next attempt's, the undo, and the resources that go before
//! - [`OperationContext`]: the ids that tell one run of an operation from another
//! - [`module`]: charts, Terraform modules and manifests as what is deployed; [`readiness()`]: whether an object does what it was made for
//! - [`label`]: the names of labels, annotations and the finalizer
//! - [`HookError`]: why there are no Jobs

pub mod api;
mod conditions_gate;
mod context;
mod digest;
mod drive;
mod edge;
mod effect;
mod error;
mod flag;
mod hook_job;
mod identity;
mod instance;
pub mod journal;
#[cfg(feature = "kube")]
pub mod kube;
pub mod label;
pub mod lease;
mod machine;
pub mod module;
mod normalise;
mod object;
mod operation_hooks;
pub mod plan;
mod pointer;
mod readiness;
pub mod record;
mod remarks;
mod resource;
mod role;
mod secret_data;
#[cfg(feature = "simulator")]
pub mod simulator;
mod stamp;
mod time;
mod written;

pub use self::conditions_gate::ConditionsGate;
pub use self::context::OperationContext;
pub use self::drive::Surroundings;
pub use self::edge::{
    Clock, Cluster, Gate, JournalStore, ModuleDriver, NoConditions, REQUEST_TIMEOUT,
};
pub use self::effect::{
    Answer, Effect, JournalVersion, ModuleCall, ModuleFailure, ModuleStatus, ModuleVerb, Poll,
    StoredJournal, Task, Wait,
};
pub use self::error::{HookError, HookErrorKind};
pub use self::hook_job::HookJob;
pub use self::instance::instance_name;
pub use self::machine::{
    Decision, Decisions, HeldBy, Machine, Outcome, Settings, StartError, StartErrorKind, Stop,
};
pub use self::operation_hooks::{OperationHooks, PhaseHooks, hook_jobs};
pub use self::readiness::readiness;
pub use self::role::Role;
pub use self::time::Timestamp;
