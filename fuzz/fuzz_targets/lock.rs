//! Any text is a lock or has diagnostics; a lock is written as it was read, and what moves away from it is told in one line each.
#![no_main]

use std::sync::LazyLock;

use catalog_model::{Lock, Severity, SourceFile};
use catalog_resolve::{Outcome, Request, Universe, lock_changes, resolve};
use libfuzzer_sys::fuzz_target;

static UNIVERSE: LazyLock<Universe> = LazyLock::new(|| {
    let text = r#"{
        "app": {"1.0.0": {"dependencies": [{"name": "lib"}]}, "2.0.0": {"dependencies": [{"name": "lib", "version": ">=2"}]}},
        "lib": {"1.0.0": {}, "2.0.0": {"requires": ["storage"]}},
        "disk": {"1.0.0": {"provides": ["storage"]}, "2.0.0": {"provides": ["storage"], "conflicts": [{"name": "app", "version": "<2"}]}}
    }"#;
    Universe::from_json(text).expect("a universe")
});

fuzz_target!(|text: &str| {
    let file = SourceFile::new("catalog.lock", text);
    let (lock, diagnostics) = Lock::read(&file, &Lock::limits());
    let mut severities = diagnostics.iter().map(|one| one.severity());
    assert_eq!(lock.is_none(), severities.any(|one| one == Severity::Error));
    let Some(lock) = lock else {
        return;
    };
    let written = SourceFile::new("catalog.lock", lock.to_yaml());
    assert_eq!(
        Lock::read(&written, &Lock::limits()).0.as_ref(),
        Some(&lock)
    );
    let request = Request::new()
        .budget(2_000)
        .install("app", "*")
        .expect("a range");
    let Outcome::Resolved(resolution) = resolve(&UNIVERSE, &request.clone().lock(&lock)) else {
        panic!("a lock rules nothing out");
    };
    let changes = lock_changes(&UNIVERSE, &request, &resolution, &lock);
    let told = changes.to_string();
    assert_eq!(told.lines().count(), changes.changes().len(), "{told:?}");
    assert!(
        !told.contains(|c: char| c.is_control() && c != '\n'),
        "{told:?}"
    );
    let again = resolution.lock(&request);
    assert!(lock_changes(&UNIVERSE, &request, &resolution, &again).is_empty());
});
