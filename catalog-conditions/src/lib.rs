//! Three-valued conditions on Kubernetes objects: field paths, operators, snapshots, gates.
//!
//! A condition is a check on a cluster that must hold before something is deployed. Its answer is satisfied, not satisfied or
//! unknown, and **unknown opens no gate** unless the author of the condition wrote so. Every answer says what was asked, what was
//! found and what to do.
//!
//! # A service's own start-up check
//!
//! ```
//! use catalog_conditions::{ConditionSet, Context, Snapshot, SourceFile, document::Limits, evaluate};
//!
//! let file = SourceFile::new("needs.yaml", "\
//! conditions:
//! - name: kubernetes is new enough
//!   target: { kubeVersion: {} }
//!   op: range
//!   value: \">=1.28\"
//! - name: cert-manager is there
//!   target: { apiAvailable: { group: cert-manager.io, version: v1, kind: Certificate } }
//! - name: web runs
//!   target: { apiVersion: apps/v1, kind: Deployment, name: web, fieldPath: status.readyReplicas }
//!   op: ge
//!   value: 1
//! ");
//! # let saved = "serverVersion: {gitVersion: v1.33.1}\n---\nkind: APIGroupList\ngroups: []\n---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, status: {readyReplicas: 2}}\n";
//! let (conditions, diagnostics) = ConditionSet::parse(&file, &Limits::default());
//! assert!(diagnostics.is_empty());
//!
//! // What `kubectl version -o yaml`, `kubectl get --raw /apis` and `kubectl get deployments -A -o yaml` printed.
//! let cluster = Snapshot::builder().read(&SourceFile::new("cluster.yaml", saved), &Limits::snapshot()).build();
//! let report = evaluate(&conditions, &cluster, &Context::new().with_namespace("shop"));
//! assert!(!report.gate().is_open());
//! assert_eq!(report.conditions()[1].to_string(), "\
//! error[condition.not-satisfied.kind-absent]: \"cert-manager is there\" is not satisfied
//!   object   API cert-manager.io/v1/Certificate
//!   expected exists
//!   actual   not served
//!   help     the cluster does not serve it: install what brings the group cert-manager.io");
//! ```
//!
//! # What it is not
//!
//! Evaluation reads no cluster, no clock and no file: a [`Snapshot`] is an argument, and the report a pure function of the arguments.
//! (Snapshots come from memory and from text; with the feature `fs` from files, and with the feature `kube` from an API server.) Nothing
//! here changes a cluster. The crate needs no catalog and no package: where it speaks of what a package goes to, a service's own place is meant. It holds no policy language: what
//! a condition cannot say is for a program to decide.
//!
//! # Contents
//!
//! | for | see |
//! |---|---|
//! | what is asked, from a file or made in code | [`condition`]: [`ConditionSet`], [`Condition`], [`Expression`] |
//! | what is known of a cluster | [`snapshot`]: [`Snapshot`] |
//! | what asking will read of a cluster | [`requirements`]: [`Requirements`], [`Read`](requirements::Read) |
//! | reading it from an API server | module `kube` (feature `kube`) |
//! | asking | [`evaluate`](mod@evaluate): [`evaluate()`], [`Context`] |
//! | asking many clusters at once, what keeps them shut, and which change opens most | [`fleet`]: [`Fleet`](fleet::Fleet) |
//! | the answers, for people and for scripts | [`report`]: [`Report`], [`Outcome`], [`Gate`] |
//! | where a condition looks | [`path`]: [`FieldPath`]; [`json_path`]: [`JsonPath`](json_path::JsonPath) (read with feature `json-path`); [`selector`]: [`LabelSelector`] |
//! | whether a path is one of a kind at all | [`schema`]: [`Schema`](schema::Schema) |
//! | versions and ranges | [`version`] |
//! | amounts as Kubernetes writes them | [`quantity`]: [`Quantity`](quantity::Quantity) |
//! | lengths of time as Go writes them, points in time | [`duration`], [`timestamp`] |
//! | YAML with places, and what is wrong with it | [`document`], [`source`], [`diagnostic`], [`fix`], [`suggest`] |
//! | what a diagnostic's code means | [`rule`] |
//! | diagnostics for other programs | [`sarif`], [`github`] |
//! | names, descriptions and paths of others in lines that people read | [`show`] |

/// The README's example compiles and holds.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

mod api_version;
pub mod condition;
mod condition_file;
mod decimal;
pub mod diagnostic;
pub mod document;
pub mod duration;
pub mod evaluate;
pub mod fix;
pub mod fleet;
pub mod github;
#[cfg_attr(
    not(feature = "json-path"),
    expect(dead_code, reason = "nothing makes a query where none can be read")
)]
pub mod json_path;
#[cfg(feature = "kube")]
pub mod kube;
pub mod path;
pub mod quantity;
pub mod regex;
#[cfg(feature = "render")]
pub mod render;
pub mod report;
pub mod requirements;
pub mod rule;
pub mod sarif;
pub mod schema;
pub mod selector;
pub mod show;
pub mod snapshot;
pub mod source;
pub mod suggest;
mod suppression;
pub mod timestamp;
pub mod version;

pub use self::condition::{Condition, ConditionSet, Expression, OnUnknown};
pub use self::diagnostic::{Diagnostic, Location, Severity};
pub use self::evaluate::{Context, evaluate};
pub use self::fix::Fix;
pub use self::path::FieldPath;
pub use self::report::{Gate, Outcome, Report};
pub use self::requirements::Requirements;
pub use self::selector::LabelSelector;
pub use self::snapshot::Snapshot;
pub use self::source::{Position, SourceFile, Span};
pub use self::suppression::Suppression;
