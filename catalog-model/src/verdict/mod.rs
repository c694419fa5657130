//! What applying a definition would do to what a cluster has.
//!
//! A [`ClusterComparison`] puts the objects of a release beside those of a snapshot, and gives each a [`Verdict`]; the worst of them is that
//! of the release. It takes values and gives values: nothing is asked of a cluster.
//!
//! ```
//! use catalog_model::conditions::snapshot::Snapshot;
//! use catalog_model::verdict::{ClusterComparison, Verdict};
//! use catalog_model::version::Version;
//! use serde_json::json;
//!
//! let role = |verbs: &[&str], marks| json!({
//!     "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "agent", "labels": marks},
//!     "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": verbs}],
//! });
//! let there = role(&["get"], json!({"catalog.dev/package": "agent", "catalog.dev/release-uid": "7d"}));
//! let snapshot = Snapshot::builder().object(there).complete().build();
//! let version = Version::parse("1.1.0")?;
//! let comparison = ClusterComparison::new(&snapshot, "agent", &version, "agent");
//!
//! assert_eq!(*comparison.judge(&role(&["get"], json!({}))).verdict(), Verdict::UpToDate);
//! let judged = comparison.judge(&role(&["get", "list"], json!({})));
//! assert_eq!(judged.changes()[0].to_string(), "/rules changes");
//! assert_eq!(judged.verdict().as_str(), "upgrade");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is compared
//!
//! What the document states, as a server-side apply would set it: maps key by key, lists by their keys where the kind has some
//! (`containers` by `name`) and by their order, which an apply makes that of the document, other lists as a whole. In Kubernetes' own kinds,
//! a value that the server writes otherwise is the same (`0.5` and `500m`), and so is a field that it leaves out because it is empty; of
//! maps whose keys authors choose, as `labels` and `data` (`maps.rs`), every key says something. What the document does not state is the cluster's, with two exceptions: a CRD's `spec` is
//! compared whole, after the server's defaults, versions by name; and a field that our field manager owns, nobody else does, and the
//! document states no more is taken away. The latter needs `metadata.managedFields` in the snapshot; without, it is a [`Caveat`].
//!
//! No change are `status`, what the server sets in `metadata`, finalizers, our marks, and a `caBundle` that somebody injects.
//! The lists and defaults of Kubernetes' own kinds are a table (`lists.rs`, `defaults.rs`); those of others are in their CRDs, if the
//! snapshot has them, and lists of kinds of which nothing is known are compared as a whole.
//!
//! CRDs go through [`crd_safety`](crate::crd_safety) as well, with `status.storedVersions` and the stored objects of the snapshot. Of OAM
//! definitions, the parameters of a `kube` schematic are compared as the schema they are, and are gone with it unless a program comes in its place; templates
//! are texts, and so are schematics of two kinds, which is a caveat.
//!
//! Of Kubernetes' own kinds, some fields may never be changed (`immutable.rs`): an apply that does is refused as a whole, and the verdict
//! is that it breaks. Older servers than 1.36 refuse a few more; of the rules of a CRD, those are known that say `self == oldSelf`, or that of a field.
//!
//! # What others own
//!
//! A server refuses an apply that is not forced where another field manager owns a field with another value, whoever wrote it last: that is a
//! break of what is ours, and of what is somebody else's it is told beside the verdict that says whose. What counts is the text of a value, as it does to a server:
//! somebody's `500m` is in conflict with `0.5`. It needs `metadata.managedFields` of the same API version; without, it is a [`Caveat`] of
//! what changes.
//!
//! # Whose an object is
//!
//! Ours by the label [`PACKAGE`] that the lifecycle puts on all it applies, or by [`FIELD_MANAGER`]; Helm's by `meta.helm.sh/release-name`
//! together with `app.kubernetes.io/managed-by`; KubeVela's by the label `app.oam.dev/name`. What is ours may be another instance's of the same
//! package: where the snapshot has the records of a lifecycle, the uid on the object is looked up in them.

mod caveat;
mod change;
mod comparison;
mod conflict;
mod crd;
mod defaults;
mod immutable;
mod json;
mod lists;
mod maps;
mod oam;
mod owned;
mod owner;
mod release;
mod schema;
mod spot;
mod standing;
mod stated;

pub use self::caveat::Caveat;
pub use self::change::{ChangeKind, FieldChange};
pub use self::comparison::ClusterComparison;
pub use self::conflict::FieldConflict;
pub use self::immutable::ImmutableField;
pub use self::oam::{ParameterBreak, ParameterBreakKind};
pub use self::owner::{FIELD_MANAGER, Owner, OwnerKind, PACKAGE, VERSION};
pub use self::release::ReleaseVerdict;
pub use self::standing::{DefinitionVerdict, Incompatibility, Verdict};
