//! A fake API server with its controllers, on which hooks and their runner can be tried without a cluster. Feature `simulator`.
//!
//! [`FakeCluster`] answers the requests of [`api`](crate::api) as a Kubernetes 1.36 server does, in the same words, and its controllers do with Jobs,
//! pods, namespaces, definitions and custom resources what the real ones do. Time stands still but for
//! [`advance`](FakeCluster::advance). What pods do is told by a [`PodScript`]; what others do to the cluster meanwhile, by the methods of
//! [`FakeCluster`] that are named after it. Everything that happens is in its [`trace`](FakeCluster::trace).
//!
//! It is a value: a copy shares its objects and costs little, so that a search can go on from each moment in many ways. It has no
//! randomness: the same calls give the same answers.
//!
//! ```
//! use std::time::Duration;
//! use catalog_hooks::api::{ObjectRef, Reply, Request};
//! use catalog_hooks::simulator::{FakeCluster, PodScript};
//! use catalog_hooks::{Cluster, Timestamp};
//! use serde_json::json;
//!
//! let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
//! cluster.script(&[("app", "check")], [PodScript::fails(Duration::from_secs(20), 3)]);
//! let job = json!({
//!     "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "check", "namespace": "default"},
//!     "spec": {"backoffLimit": 0, "template": {
//!         "metadata": {"labels": {"app": "check"}},
//!         "spec": {"restartPolicy": "Never", "containers": [{"name": "check", "image": "check:1"}]},
//!     }},
//! });
//! cluster.call(&Request::Create { object: job, dry_run: false }).unwrap();
//! cluster.advance(Duration::from_secs(30));
//! let target = ObjectRef::namespaced("batch/v1", "Job", "default", "check");
//! let Ok(Reply::Object(job)) = cluster.call(&Request::Read(target)) else { panic!() };
//! let conditions = job["status"]["conditions"].as_array().unwrap();
//! let types: Vec<&str> = conditions.iter().filter_map(|one| one["type"].as_str()).collect();
//! assert_eq!(types, ["FailureTarget", "Failed"]);
//! ```
//!
//! # Exploring
//!
//! A [`Scenario`] is a plan and the cluster it meets. It is run with a [`Fault`] at each effect of its runner, with two, with strangers who
//! meddle at each moment, and with a second runner that takes over after each effect while the first lives on. After each run is checked
//! what must always hold: that no two Jobs of one hook live, that what is lost is never taken for success, that nobody else's objects are
//! changed, that no data goes unasked, and so on. An [`Exploration`] says how the runs ended, and which of them broke a rule.
//!
//! # What it leaves out
//!
//! Most of the schemas: an apply is refused for unknown top-level fields of the kinds that have no spec, and for other types of well-known fields
//! (labels, annotations, finalizers and owners of all kinds; the fields of ConfigMaps, Secrets and ServiceAccounts; of Services, workloads and
//! Jobs the spec, its numbers and switches, ports, selector and containers), of which the first is told. What else has a type is not looked at, nor
//! whether a number is whole, whether base64 is, what a definition says of its objects, and what patches write. Objects are measured as JSON,
//! which is somewhat more than etcd is given of the server's own kinds. Versions of one kind: an object is
//! given as it was written. Lists are one field to server-side apply, finalizers aside. Jobs of several pods. `metadata.managedFields`,
//! which it keeps apart and never shows. Deployments and other workloads are stored, and nothing runs them.

mod admission;
mod agenda;
mod apply;
mod cluster;
mod create;
mod custom_resource;
mod definition;
mod delete;
mod exploration;
mod explore;
mod fault;
mod field;
mod interference;
mod invariants;
mod job;
mod journal;
mod kind;
mod legality;
mod list;
mod module;
mod namespace;
mod owners;
mod parallel;
mod patch;
mod pod;
mod progress;
mod refusal;
mod rfc3339;
mod runner;
mod schema;
mod script;
mod size;
mod snapshot;
mod store;
mod trace;
mod two_runners;
mod update;

pub use self::cluster::FakeCluster;
pub use self::exploration::{Exploration, Finding};
pub use self::explore::{Asked, Injection, Run, Scenario};
pub use self::fault::Fault;
pub use self::invariants::FOREIGN;
pub use self::legality::violations;
pub use self::progress::Progress;
pub use self::runner::Runner;
pub use self::script::{PodScript, Readiness};
pub use self::trace::{Event, Happening};
pub use self::two_runners::Interleaving;
