//! The journal of the fake cluster is replaced by compare-and-swap only.
#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_hooks::api::FailureClass;
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{JournalStore, JournalVersion, Timestamp};

#[test]
fn the_journal_is_compared_and_swapped() {
    let mut store = FakeCluster::new(Timestamp::default());
    assert_eq!(store.load().unwrap(), None);
    let first = store.save("one", None).unwrap();
    let again = store.save("other", None).unwrap_err();
    assert_eq!(again.class(), FailureClass::AlreadyExists);
    let second = store.save("two", Some(&first)).unwrap();
    assert_eq!(first.uid, second.uid);
    let late = store.save("late", Some(&first)).unwrap_err();
    assert_eq!(late.class(), FailureClass::Outdated);
    let other = JournalVersion {
        uid: "abc".to_owned(),
        ..second.clone()
    };
    assert_eq!(
        store.save("x", Some(&other)).unwrap_err().class(),
        FailureClass::OtherUid
    );
    assert_eq!(store.load().unwrap().unwrap().text, "two");
    assert_eq!(
        store.remove(&first).unwrap_err().class(),
        FailureClass::Outdated
    );
    let mut copy = store.clone();
    copy.lose_journal();
    assert_eq!(copy.load().unwrap(), None);
    assert_eq!(
        copy.save("three", Some(&second)).unwrap_err().class(),
        FailureClass::NotFound
    );
    let anew = copy.save("three", None).unwrap();
    assert_ne!(anew.uid, second.uid);
    store.remove(&second).unwrap();
    assert_eq!(store.journal(), None);
    assert_eq!(
        copy.journal(),
        Some("three"),
        "a copy is a world of its own"
    );
}
