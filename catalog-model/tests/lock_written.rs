//! Locks that are written and read back, by this crate and by another reader of YAML.
#![cfg(feature = "write")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_model::{Lock, LockEntry, SourceFile};
use proptest::collection::vec;
use proptest::prelude::*;

/// Texts that some reader of YAML may take for something else, and any others.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            "~",
            "null",
            "yes",
            "1.10",
            "0644",
            "1e3",
            "12:30",
            "<<",
            "=",
            "a: b",
            "a #b",
            "- a",
            "2024-01-01",
            "\u{feff}a",
            "a\nb\n",
            " a",
            "v1.0",
            "1.2.3",
            "---",
            "<<<<<<< HEAD",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn entry() -> impl Strategy<Value = LockEntry> {
    let catalogs = (prop::option::of(text()), vec(text(), 0..3));
    let names = (text(), text(), text(), catalogs);
    let why = (any::<bool>(), vec(text(), 0..3));
    let content = (prop::option::of(text()), vec((text(), text()), 0..3));
    (names, why, content).prop_map(
        |((package, version, namespace, (catalog, others)), why, content)| {
            let mut entry = LockEntry::new(package, version, namespace)
                .needed_by(why.1)
                .also_in(others)
                .with_files(content.1);
            if let Some(catalog) = catalog {
                entry = entry.from_catalog(catalog);
            }
            if let Some(digest) = content.0 {
                entry = entry.with_digest(digest);
            }
            if why.0 { entry.requested() } else { entry }
        },
    )
}

fn lock() -> impl Strategy<Value = Lock> {
    (text(), vec(entry(), 0..4)).prop_map(|(request, entries)| Lock::new(request, entries))
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(lock in lock()) {
        let text = lock.to_yaml();
        let (read, diagnostics) = Lock::read(&SourceFile::new("catalog.lock", text.as_str()), &Lock::limits());
        prop_assert!(diagnostics.is_empty(), "{diagnostics:#?}\n{text}");
        prop_assert_eq!(read.as_ref(), Some(&lock), "{}", text);
        prop_assert_eq!(read.unwrap().to_yaml(), text);
    }

    #[test]
    fn others_read_the_same_texts(lock in lock()) {
        let read: serde_json::Value = serde_yaml::from_str(&lock.to_yaml()).unwrap();
        prop_assert_eq!(&read["request"], lock.request());
        for (entry, read) in lock.releases().iter().zip(read["releases"].as_array().unwrap()) {
            prop_assert_eq!(&read["package"], entry.package());
            prop_assert_eq!(&read["version"], entry.version());
            prop_assert_eq!(&read["namespace"], entry.namespace());
            for (path, digest) in entry.files() {
                prop_assert_eq!(&read["files"][path], digest);
            }
        }
    }

    #[test]
    fn the_order_of_releases_does_not_matter(entries in vec(entry(), 0..6)) {
        let mut places: Vec<_> = entries.iter().map(|entry| (entry.package(), entry.namespace())).collect();
        places.sort_unstable();
        places.dedup();
        prop_assume!(places.len() == entries.len());
        let turned: Vec<LockEntry> = entries.iter().rev().cloned().collect();
        prop_assert_eq!(Lock::new("", entries).to_yaml(), Lock::new("", turned).to_yaml());
    }
}
