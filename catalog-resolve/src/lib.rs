//! Resolves package bundles of a Kubernetes catalog: a complete solver, explanations, plans.
//!
//! A [`Universe`] holds the releases there are, a [`Request`] says what is wanted, and [`resolve`] gives the best
//! [`Resolution`], or a [`Conflict`] that says why there is none. [`plan()`] makes steps of the resolution, in the order in which they can
//! be taken. [`why_not_newer`], [`Resolution::why`] and [`Resolution::notes`] explain an answer.
//!
//! ```
//! use catalog_resolve::{Outcome, Request, Universe, resolve};
//!
//! let universe = Universe::from_json(r#"{
//!     "full-observability": {
//!         "1.8.3": {"dependencies": [{"name": "loki", "version": "^2"}]},
//!         "2.0.0": {"dependencies": [{"name": "loki", "version": ">=3"}]}
//!     },
//!     "loki": {"2.9.0": {}, "3.2.0": {"requires": ["object-storage"]}}
//! }"#)?;
//!
//! let request = Request::new().install("full-observability", "*")?;
//! let Outcome::Resolved(resolution) = resolve(&universe, &request) else { panic!("there is an answer") };
//! assert_eq!(resolution.plan().to_string(), " 1  install loki 2.9.0 in loki\n \
//!     2  install full-observability 1.8.3 in full-observability\n");
//!
//! let request = Request::new().install("full-observability", "2.0.0")?;
//! let Outcome::Conflict(conflict) = resolve(&universe, &request) else { panic!("there is no answer") };
//! let explanation = conflict.explain();
//! let repairs = conflict.repairs(&explanation);
//! assert_eq!(explanation.text_with(&repairs), "cannot install full-observability 2.0.0
//!   full-observability 2.0.0 needs loki >=3
//!   loki 3.2.0 needs the capability object-storage, which nothing provides
//! this change would help: ask for full-observability 1.8.3 instead of 2.0.0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Why there is no answer is told in facts, and in what would help. `EXPLANATIONS.md` beside this crate's manifest shows the longest and weakest of
//! these texts next to what the crates `pubgrub` and `resolvo` print of the same requests.
//!
//! # Features
//!
//! `lock`: answers are kept in a file and chosen again, and each release that moves says why: `lock_changes`, `resolve_locked`.
//!
//! # Scope of this crate
//!
//! It knows packages by name and releases by what they say of each other. It reads no catalog, asks no cluster, and installs
//! nothing: what a condition found out about a cluster comes in as an exclusion with its reason. Only a [`ledger`] looks into releases of a catalog,
//! and into its files if it is given them; a [`policy`] says what of it is forbidden.

// So that tests in here can use the oracle of those outside.
#[cfg(test)]
extern crate self as catalog_resolve;

mod best;
mod cancellation;
mod catalogs;
mod cluster_view;
mod conflict;
mod deferred;
mod encode;
mod engine;
pub mod ledger;
#[cfg(feature = "lock")]
mod lock;
mod operations;
mod plan;
pub mod policy;
mod request;
mod resolution;
mod resolvability;
mod resolve;
mod safety;
mod situation;
mod stated;
mod uninstall;
mod universe;
mod why;

pub use self::cancellation::Cancellation;
pub use self::catalogs::Catalogs;
pub use self::cluster_view::ClusterView;
pub use self::conflict::{
    Alternative, Conflict, ConflictFact, Explanation, FactKind, Repair, RepairKind,
};
pub use self::deferred::{ConditionProviders, Deferred, brought_to, defer};
#[cfg(feature = "lock")]
pub use self::lock::{
    ChangeKind, ChangeReason, LockChange, LockChanges, LockedError, lock_changes, resolve_locked,
};
pub use self::operations::OperationError;
pub use self::plan::{Action, Plan, PlanDiff, Step, StepAspect, StepChange, plan};
pub use self::request::{Exclusion, Item, LockedRelease, Mode, Request, RequestError};
pub use self::resolution::{
    Hop, NeedKind, Note, NoteKind, RemovedRelease, Resolution, ResolvedRelease, UnmetNeed,
};
pub use self::resolvability::{
    ResolvabilityChange, ResolvabilityDiff, ResolvabilityKind, resolvability_diff,
};
pub use self::resolve::{BudgetExceeded, Outcome, resolve};
pub use self::safety::{CrdBreaks, KnownBreaks, UpgradeBreak, UpgradeSafety};
pub use self::uninstall::{Dependant, Obstacle, ObstacleKind, Refusal, Uninstall, uninstall};
pub use self::universe::{ReleaseSpec, Universe, UniverseBuilder, UniverseError};
pub use self::why::{Chain, Link, Root, WhyNotNewer, ways_to_newer, why_not_newer};
