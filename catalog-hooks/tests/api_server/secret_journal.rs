//! The journal in a Secret of a real server.

use catalog_hooks::JournalVersion;
use catalog_hooks::api::{FailureClass, ObjectRef, PatchKind, Request};
use catalog_hooks::journal::JournalSecret;
use catalog_hooks::kube::{KubeCluster, KubeJournal};
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn a_journal_replaces_what_was_read_and_nothing_else() {
    let Some(world) = World::new("journals").await else {
        return;
    };
    let journal = KubeJournal::new(
        KubeCluster::new(world.client.clone()),
        JournalSecret::new("journals", "ingress"),
    );
    let class = |failure: catalog_hooks::api::Failure| failure.class();
    assert_eq!(journal.load().await.unwrap(), None);
    let first = journal.save("one\n", None).await.unwrap();
    assert_eq!(
        journal.save("again", None).await.map_err(class),
        Err(FailureClass::AlreadyExists)
    );

    let second = journal.save("zwei, fünf", Some(&first)).await.unwrap();
    assert_eq!(second.uid, first.uid);
    assert_ne!(second.resource_version, first.resource_version);
    let stored = journal.load().await.unwrap().unwrap();
    assert_eq!(
        (stored.text.as_str(), &stored.version),
        ("zwei, fünf", &second)
    );

    let version = |uid: &str, resource_version: &str| JournalVersion {
        uid: uid.to_owned(),
        resource_version: resource_version.to_owned(),
    };
    let cases = [
        (first.clone(), FailureClass::Outdated),
        (
            version(
                "00000000-0000-0000-0000-000000000000",
                &second.resource_version,
            ),
            FailureClass::OtherUid,
        ),
        (version(&second.uid, ""), FailureClass::Invalid),
        (version(&second.uid, "0"), FailureClass::Invalid),
        (version("", &second.resource_version), FailureClass::Invalid),
    ];
    for (other, expected) in cases {
        assert_eq!(
            journal.save("lost", Some(&other)).await.map_err(class),
            Err(expected),
            "{other:?}"
        );
        assert_eq!(
            journal.remove(&other).await.map_err(class),
            Err(expected),
            "{other:?}"
        );
    }
    assert_eq!(journal.load().await.unwrap().unwrap(), stored);

    journal.remove(&second).await.unwrap();
    assert_eq!(journal.load().await.unwrap(), None);
    assert_eq!(
        journal
            .save("never again", Some(&second))
            .await
            .map_err(class),
        Err(FailureClass::NotFound)
    );
    assert_eq!(
        journal.remove(&second).await.map_err(class),
        Err(FailureClass::NotFound)
    );
    let third = journal.save("new", None).await.unwrap();
    assert_ne!(third.uid, second.uid);
}

#[tokio::test]
async fn a_journal_is_bounded_and_a_foreign_secret_is_no_journal() {
    let Some(world) = World::new("journal-limits").await else {
        return;
    };
    let journal = |name| {
        KubeJournal::new(
            KubeCluster::new(world.client.clone()),
            JournalSecret::new("journal-limits", name),
        )
    };
    let longest = "ü".repeat(128 << 10);
    let version = journal("long").save(&longest, None).await.unwrap();
    assert_eq!(journal("long").load().await.unwrap().unwrap().text, longest);
    let too_long = journal("long")
        .save(&(longest + "x"), Some(&version))
        .await
        .unwrap_err();
    assert_eq!(
        too_long.message(),
        "the journal has 262145 bytes, and may have 262144: run fewer operations at once"
    );

    let mut foreign = world.manifest("v1", "Secret", "password");
    foreign["stringData"] = json!({"journal": "not ours"});
    let foreign = world.create(foreign).await;
    let failure = journal("password").load().await.unwrap_err();
    assert_eq!(
        failure.message(),
        "the Secret `password` in namespace `journal-limits` is no journal: give the journal another name"
    );
    let text = |pointer| {
        foreign
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap()
            .to_owned()
    };
    let taken = JournalVersion {
        uid: text("/metadata/uid"),
        resource_version: text("/metadata/resourceVersion"),
    };
    let failure = journal("password")
        .save("mine", Some(&taken))
        .await
        .unwrap_err();
    assert_eq!(
        failure.class(),
        FailureClass::Invalid,
        "its type stays: {failure}"
    );
}

#[tokio::test]
async fn what_others_set_on_a_journal_stays() {
    let Some(world) = World::new("journal-marks").await else {
        return;
    };
    let secret = JournalSecret::new("journal-marks", "ingress");
    let journal = KubeJournal::new(KubeCluster::new(world.client.clone()), secret);
    let object = ObjectRef::namespaced("v1", "Secret", "journal-marks", "ingress");
    let patch = |metadata: Value| Request::Patch {
        target: object.clone(),
        patch: json!({"metadata": metadata}),
        kind: PatchKind::Merge,
    };
    journal.save("one", None).await.unwrap();
    let marks = json!({"labels": {"example.com/kept": "yes"}, "finalizers": ["example.com/audit"]});
    world.call(patch(marks)).await.unwrap();
    let delete = Request::delete(object.clone(), None);
    world.call(delete).await.unwrap();

    // It is being deleted, and stays as long as somebody else's finalizer does.
    let marked = journal.load().await.unwrap().unwrap();
    let written = journal.save("two", Some(&marked.version)).await.unwrap();
    let stored = journal.load().await.unwrap().unwrap();
    assert_eq!((stored.text.as_str(), &stored.version), ("two", &written));
    let now = world.call(Request::Read(object.clone())).await.unwrap();
    assert_eq!(now["metadata"]["labels"]["example.com/kept"], "yes");
    assert_eq!(now["metadata"]["finalizers"], json!(["example.com/audit"]));
    assert_eq!(now["type"], "catalog.dev/journal");

    let released = patch(json!({"finalizers": null}));
    world.call(released).await.unwrap();
    let class = journal.save("three", Some(&written)).await;
    assert_eq!(
        class.map_err(|failure| failure.class()),
        Err(FailureClass::NotFound)
    );
}
