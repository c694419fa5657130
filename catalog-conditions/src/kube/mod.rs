//! Reads a snapshot from an API server (feature `kube`).
//!
//! [`read_snapshot`] fetches exactly what [`Requirements`] name, one read each, and says in the snapshot what it covers by that.
//!
//! ```no_run
//! use catalog_conditions::kube::{ReadOptions, read_snapshot};
//! use catalog_conditions::{ConditionSet, Context, evaluate};
//!
//! # async fn start(conditions: ConditionSet) -> Result<(), Box<dyn std::error::Error>> {
//! let client = kube::Client::try_default().await?;
//! let context = Context::new().with_namespace("shop");
//! let cluster = read_snapshot(&client, &conditions.requirements(&context), &ReadOptions::default()).await;
//! let report = evaluate(&conditions, &cluster, &context);
//! if !report.gate().is_open() {
//!     return Err(report.to_string().into());
//! }
//! # Ok(()) }
//! ```
//!
//! [`Requirements::rbac`] says which rights that takes. The client is the caller's: how it connects, as whom, and with which TLS library
//! (a feature of `kube`) is for the service to say. So is the version of Kubernetes that `k8s-openapi`, on which `kube` stands, has types
//! for (a feature of `k8s-openapi`, such as `latest`, which must be chosen): none of its types is used here.
//!
//! # What becomes of a failure
//!
//! | answer | in the snapshot |
//! |---|---|
//! | 404 that names the object asked for | it is absent |
//! | 404 without a name | the path is not served, against what discovery says: `discovery` |
//! | 401, or credentials that the client cannot get | `unauthorized` |
//! | 403 | `forbidden`: the API server says so whether or not the object exists |
//! | 429, 5xx, no connection, no whole answer in time, after as many tries as the options allow | `unavailable` |
//! | an answer above the limit, or of something that was not asked for | `unavailable` |
//! | discovery of the group failed, or calls it stale; a conversion webhook failed | `discovery` |
//! | 410 for the next page of a list | the list is read once more, from its beginning |
//!
//! None of them is ever taken for absence, and each is kept with the request that met it.

mod access;
mod backoff;
mod date;
mod discovery;
mod exchange;
mod failure;
mod list;
mod options;
mod plan;
mod request;
mod task;
mod version;

use futures_util::future::{BoxFuture, join};
use futures_util::stream;
use futures_util::{FutureExt as _, StreamExt as _};

use self::access::Reviewed;
use self::discovery::discover;
use self::exchange::Exchange;
use self::plan::{Known, tasks};
use self::task::Done;
use crate::requirements::Requirements;
use crate::snapshot::Snapshot;

pub use self::options::ReadOptions;

/// What one read brings to the snapshot.
enum Part<'r> {
    Access(Reviewed),
    Objects(Done<'r>),
}

/// Reads what is required, as one snapshot.
///
/// It does not fail: what cannot be read is unknown in the snapshot, with the request and the answer that it met, as the
/// [module](self) says. The snapshot's own time is the earliest that the server gave in an answer. Reads are not of one moment: an
/// object that changes between two of them is seen as it was when it was read.
///
/// Cost: one or two requests for discovery (with servers older than Kubernetes 1.27 one more for each version of a group asked about), and
/// one for each object, page of a list and access review. Must run on a Tokio runtime whose time driver is enabled, as `kube` itself must.
pub async fn read_snapshot(
    client: &::kube::Client,
    requirements: &Requirements,
    options: &ReadOptions,
) -> Snapshot {
    let exchange = Exchange::new(client, options);
    let (mut discovered, version) = join(
        discover(&exchange, requirements),
        version::read(&exchange, requirements),
    )
    .await;
    let builder = discovered.add_to(Snapshot::builder());
    let apis = builder.clone().build();
    let known = Known {
        apis: &apis,
        discovered: &discovered,
    };
    let mut reads: Vec<BoxFuture<'_, Part<'_>>> = Vec::new();
    for query in access::queries(requirements) {
        reads.push(access::review(&exchange, query).map(Part::Access).boxed());
    }
    for task in tasks(requirements, known) {
        reads.push(task.run(&exchange).map(Part::Objects).boxed());
    }
    let mut parts = stream::iter(reads).buffered(options.concurrency.max(1));
    let mut builder = version.add_to(builder);
    while let Some(part) = parts.next().await {
        builder = match part {
            Part::Access(reviewed) => reviewed.add_to(builder),
            Part::Objects(done) => done.add_to(builder),
        };
    }
    match exchange.date() {
        Some(date) => builder.taken_at(&date).build(),
        None => builder.build(),
    }
}
