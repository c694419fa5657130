//! Leases on a real server.

use std::time::Duration;

use catalog_hooks::kube::{KubeCluster, KubeLease};
use catalog_hooks::lease::{LeaseEnd, LeaseKeeper};
use serde_json::json;

use crate::server::LIMITED;
use crate::world::{World, text};

fn lease(world: &World, cluster: &KubeCluster, holder: &str) -> KubeLease {
    let keeper = LeaseKeeper::new(&world.namespace, "ingress", holder).unwrap();
    KubeLease::new(cluster.clone(), keeper)
}

#[tokio::test]
async fn a_lease_goes_from_one_runner_to_the_next() {
    let Some(world) = World::new("lease-turns").await else {
        return;
    };
    let first = lease(&world, &world.cluster, "first");
    let second = lease(&world, &world.cluster, "second");
    first.acquire().await.unwrap();
    assert!(first.may_write() && !second.may_write());
    let waits = tokio::time::timeout(Duration::from_secs(3), second.acquire()).await;
    assert!(waits.is_err(), "the Lease is held");
    assert_eq!(second.holder().as_deref(), Some("first"));

    first.release().await;
    assert!(!first.may_write());
    second.acquire().await.unwrap();
    let target = world.named("coordination.k8s.io/v1", "Lease", "ingress");
    let object = world.read(&target).await.unwrap();
    assert_eq!(text(&object, "/spec/holderIdentity"), "second");
    assert_eq!(object["spec"]["leaseTransitions"], 1);
    assert_eq!(
        text(&object, "/metadata/labels/app.kubernetes.io~1managed-by"),
        "catalog-hooks"
    );

    second.delete().await;
    assert_eq!(world.read(&target).await, None);
}

#[tokio::test]
async fn a_lease_that_is_taken_away_is_lost_at_the_next_renewal() {
    let Some(world) = World::new("lease-lost").await else {
        return;
    };
    let keeper = LeaseKeeper::new("lease-lost", "ingress", "first").unwrap();
    let keeper = keeper.with_duration(Duration::from_secs(15));
    let lease = KubeLease::new(world.cluster.clone(), keeper);
    lease.acquire().await.unwrap();
    let path = "/apis/coordination.k8s.io/v1/namespaces/lease-lost/leases/ingress";
    world
        .send(
            "PATCH",
            path,
            &json!({"spec": {"holderIdentity": "somebody"}}),
        )
        .await;
    let end = tokio::time::timeout(Duration::from_secs(10), lease.keep()).await;
    assert_eq!(end.unwrap(), LeaseEnd::Lost(Some("somebody".to_owned())));
    assert!(!lease.may_write());
}

#[tokio::test]
async fn whoever_may_not_have_a_lease_is_told() {
    let Some(world) = World::new("lease-denied").await else {
        return;
    };
    let limited = KubeCluster::new(world.server.client(LIMITED).await);
    let failure = lease(&world, &limited, "me").acquire().await.unwrap_err();
    assert_eq!(failure.code(), Some(403), "{failure}");
    let keeper = LeaseKeeper::new("no-such-namespace", "ingress", "me").unwrap();
    let nowhere = KubeLease::new(world.cluster.clone(), keeper);
    assert_eq!(nowhere.acquire().await.unwrap_err().code(), Some(404));
}
