//! What a plan may do to a cluster: rules that allow and deny, as data.
//!
//! A [`Policy`] is read from a file; [`Policy::gate`] asks it about the [ledger](crate::ledger) of a plan and the
//! [verdicts](catalog_model::verdict) on its definitions, and gives every [`Violation`]: which rule, why, and where what it forbids is written.
//!
//! ```
//! use catalog_model::{LoadOptions, MemorySource, SourceFile, load};
//! use catalog_resolve::ledger::Ledger;
//! use catalog_resolve::policy::Policy;
//! use catalog_resolve::{ClusterView, Outcome, Request, resolve};
//!
//! let source = MemorySource::from_iter([
//!     ("agent/1.0.0/metadata.yaml", "name: agent\nversion: 1.0.0\n"),
//!     ("agent/1.0.0/definitions/role.yaml", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: agent}\n\
//!     rules:\n- {apiGroups: [''], resources: [secrets], verbs: [get, list]}\n"),
//! ]);
//! let catalog = load(&source, &LoadOptions::default())?.into_catalog();
//! let view = ClusterView::without_cluster(&catalog);
//! let Outcome::Resolved(resolution) = resolve(view.universe(), &Request::new().install("agent", "*")?) else { panic!("there is an answer") };
//! let ledger = Ledger::new(&catalog).files(&source).of(&resolution.plan());
//!
//! let file = SourceFile::new("policy.yaml", "rules:\n- {name: no secrets, deny: permissions, where: {risks: [secrets]}, reason: they are the vault's}\n");
//! let (policy, diagnostics) = Policy::read(&file);
//! assert!(diagnostics.is_empty());
//! let outcome = policy.ok_or("it reads")?.gate(&ledger, &[]);
//! assert_eq!(outcome.violations()[0].to_string(), "agent 1.0.0: `no secrets` denies permissions: ClusterRole/agent: get, list on secrets  ! reads secrets (they are the vault's)");
//! let place = outcome.violations()[0].place().ok_or("it stands in a file")?;
//! let (file, span) = place.find(&source).ok_or("which is still there")?;
//! assert_eq!((file.path(), file.position(span.start).to_string().as_str()), ("agent/1.0.0/definitions/role.yaml", "5:3"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rules
//!
//! Each rule has a `name`, either `allow` or `deny` with what it is about, a `reason`, and may have `where` (what must hold of a thing) and
//! `packages`. `POLICY.md` beside this crate's manifest lists what rules can be about; [`schema`] is the JSON Schema of the file.
//!
//! - What a `deny` rule holds of is forbidden, whatever else allows it. One more such rule never lets anything pass.
//! - Where there are `allow` rules about a subject, what none of them holds of is forbidden. Without any, all is allowed that is not denied.
//! - What is [unexamined](crate::ledger::Unexamined) is forbidden unless a rule allows it by its name.
//! - All that stands in `where` must hold. Of several values that a thing has (the verbs of a permission), `deny` looks for any, and `allow`
//!   asks for all: who allows `get` has not allowed `get, delete`. A permission for `*` has whatever verb is denied.
//! - A pattern that nothing can be like (`verbs: [CREATE]`, `roles: [cluster-admin]` without its kind, a kind of Kubernetes misspelt) is an
//!   error of the file. What only a plan or a catalog tells is said with the outcome: rules that meet no package ([`PolicyOutcome::idle`]) or
//!   hold of nothing ([`PolicyOutcome::unmatched`]), and packages that nobody has ([`Policy::unknown_packages`]).
//!
//! What a plan takes away is not asked about, nor is what stays as it is.

mod form;
mod gate;
mod item;
mod judged;
mod outcome;
mod pattern;
mod read;
mod reference;
mod rule;
mod subject;

pub use self::item::JudgedRelease;
pub use self::judged::verdict_rules;
pub use self::outcome::{PolicyOutcome, Violation, ViolationKind, rules};
pub use self::reference::{reference, schema};
pub use self::rule::{Policy, PolicyRule};
pub use self::subject::Subject;
