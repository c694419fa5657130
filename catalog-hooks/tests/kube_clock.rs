//! A run goes by how long it lasts: what the clock of its computer says while it lasts does not matter.

#![cfg(feature = "kube")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::journal::JournalSecret;
use catalog_hooks::kube::{KubeCluster, KubeJournal, KubeSurroundings};
use catalog_hooks::module::ManifestsRenderer;
use catalog_hooks::plan::{OperationInput, OperationOptions, PinnedPlan, PlannedOperation};
use catalog_hooks::{Machine, NoConditions, OperationContext, Outcome, Settings};
use catalog_model::version::Version;
use catalog_model::{LoadOptions, MemorySource, Operation, PackageName, load};
use futures_util::stream;
use http::Response;
use kube::Client;
use kube::client::Body;
use tokio::time::{Instant, timeout};
use tower::BoxError;

/// The install of a package that has nothing.
fn plan() -> PinnedPlan {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = [file("db/1.0/metadata.yaml", "name: db\nversion: '1.0'\n")];
    let source = MemorySource::from_iter(files);
    let catalog = load(&source, &LoadOptions::default())
        .unwrap()
        .into_catalog();
    let version = Version::parse("1.0").unwrap();
    let operation = Operation::install(PackageName::parse("db").unwrap(), version.clone(), "db");
    let input = OperationInput {
        operation: &operation,
        context: &OperationContext::new("operation-1", "release-1").unwrap(),
        from: None,
        to: catalog.release("db", &version),
        installed: None,
        record: None,
        others: &[],
        renderer: &ManifestsRenderer::new(&source),
        level: 0,
        options: OperationOptions::default(),
    };
    let planned = PlannedOperation::new(input).unwrap().0;
    PinnedPlan::new("run-1", "home", vec![planned]).unwrap()
}

/// Time that is only waited for passes at once here, but for the clock of the computer: to that it is as if somebody set it back again and again.
#[tokio::test(start_paused = true)]
async fn a_run_ends_though_the_clock_stands_still() {
    let service = tower::service_fn(|_: http::Request<Body>| async {
        let answer = Response::builder().status(503);
        Ok::<_, BoxError>(answer.body(Body::empty()).unwrap())
    });
    let cluster = KubeCluster::new(Client::new(service, "default"));
    let journal = KubeJournal::new(cluster.clone(), JournalSecret::new("home", "journal"));
    let surroundings = KubeSurroundings::new(cluster, journal, NoConditions);
    let mut machine = Machine::begin(Arc::new(plan()), "runner", Settings::default());
    let began = Instant::now();
    let run = surroundings.drive(&mut machine, stream::pending(), |_| {});
    let outcome = timeout(Duration::from_secs(24 * 3600), run).await;
    assert!(matches!(outcome, Ok(Outcome::Stopped(_))), "{outcome:?}");
    // As long as it is patient with a server that has no answer.
    assert!(began.elapsed() >= Settings::default().patience);
}
