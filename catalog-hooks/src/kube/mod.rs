//! Carries out the lifecycle on an API server (feature `kube`).
//!
//! [`KubeSurroundings`] drives a [`Machine`](crate::Machine): [`KubeCluster`] makes the calls, [`KubeJournal`] keeps the journal in a Secret, and
//! [`KubeLease`] keeps others away meanwhile. [`ObjectWatch`] tells when what is waited for changes. The client is the caller's: how it connects, as
//! whom, and with which TLS library (a feature of `kube`) is for the service to say. So is the version of Kubernetes that `k8s-openapi`,
//! on which `kube` stands, has types for (a feature of `k8s-openapi`, such as `latest`, which must be chosen): none of its types is used
//! here. All of it must run on a Tokio runtime whose time driver is enabled, as `kube` itself must.
//!
//! ```no_run
//! use catalog_hooks::api::{ObjectRef, Reply, Request};
//! use catalog_hooks::kube::KubeCluster;
//!
//! # async fn show() -> Result<(), Box<dyn std::error::Error>> {
//! let cluster = KubeCluster::new(kube::Client::try_default().await?);
//! let job = ObjectRef::namespaced("batch/v1", "Job", "monitoring", "loki-check");
//! match cluster.call(&Request::Read(job)).await {
//!     Ok(Reply::Object(job)) => println!("{}", job["status"]),
//!     Ok(_) => {}
//!     Err(failure) => println!("{failure}: {:?}", failure.class()),
//! }
//! # Ok(()) }
//! ```

mod call;
mod cluster;
mod drive;
mod exchange;
mod journal;
mod lease;
mod list;
mod log;
mod served;
mod watch;

pub use self::cluster::KubeCluster;
pub use self::drive::KubeSurroundings;
pub use self::journal::KubeJournal;
pub use self::lease::KubeLease;
pub use self::watch::{Change, ObjectWatch};
