//! Lifecycle hooks of Kubernetes catalog packages as ordered, normalised Jobs.
//!
//! An [`Operation`](catalog_model::Operation) installs, upgrades, rolls back or uninstalls a release. [`hook_jobs`] gives the Jobs that run before and
//! after it, from the right release, in order, and so that each runs as its author meant: the sample of the catalog's design, with
//! neither a name nor a restart policy, is refused by an API server as it stands; what comes from here is taken.
//!
//! This crate makes objects. It talks to no cluster, reads no clock and keeps no state: whoever links it creates the resources and the Job of
//! each hook, waits for its end, and goes on to the next.
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
//! assert_eq!((job.phase().as_str(), job.hook(), job.namespace()), ("pre-install", "check", "ingress"));
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
//! # Contents
//!
//! - [`hook_jobs`]: from an operation and its releases to [`OperationHooks`], which are two [`PhaseHooks`]
//! - [`HookJob`]: the Job of one attempt, the next attempt's, the undo, and the resources that go before
//! - [`OperationContext`]: the ids that tell one run of an operation from another
//! - [`label`]: the names of labels, annotations and the finalizer
//! - [`HookError`]: why there are no Jobs

pub mod api;
mod context;
mod digest;
mod drive;
mod edge;
mod effect;
mod error;
mod hook_job;
mod identity;
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

pub use self::context::OperationContext;
pub use self::drive::Surroundings;
pub use self::edge::{Clock, Cluster, Gate, JournalStore, ModuleDriver, REQUEST_TIMEOUT};
pub use self::effect::{
    Answer, Effect, JournalVersion, ModuleCall, ModuleFailure, ModuleStatus, ModuleVerb, Poll,
    StoredJournal, Task, Wait,
};
pub use self::error::{HookError, HookErrorKind};
pub use self::hook_job::HookJob;
pub use self::machine::{Decision, Machine, Outcome, Settings, StartError, StartErrorKind, Stop};
pub use self::operation_hooks::{OperationHooks, PhaseHooks, hook_jobs};
pub use self::readiness::readiness;
pub use self::role::Role;
pub use self::time::Timestamp;
