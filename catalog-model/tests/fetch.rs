//! A release is taken as it was expected, or not at all.
#![cfg(feature = "digest")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_model::{
    DigestLimits, ExpectedContent, FetchErrorKind, FileChange, MemorySource, ReleaseContent,
    ReleaseDigest, fetch,
};

const FILES: [(&str, &str); 4] = [
    ("metadata.yaml", "name: a\nversion: 1.0\n"),
    ("modules.yaml", "modules: []\n"),
    ("charts/a/Chart.yaml", "name: a\n"),
    ("README.md", ""),
];

fn source(files: &[(&str, &str)]) -> MemorySource {
    let files = files.iter();
    files
        .map(|(path, text)| (format!("a/1.0/{path}"), *text))
        .collect()
}

fn limits() -> DigestLimits {
    DigestLimits::default()
}

fn expected() -> ExpectedContent {
    ExpectedContent::from(&ReleaseContent::of(&source(&FILES), "a/1.0", &limits()).unwrap())
}

#[test]
fn what_was_expected_is_taken_with_its_bytes() {
    let files = fetch(&source(&FILES), "a/1.0", &expected(), &limits()).unwrap();
    assert_eq!(files, MemorySource::from_iter(FILES));
}

#[test]
fn each_changed_byte_is_refused_by_the_name_of_its_file() {
    for (at, (path, text)) in FILES.iter().enumerate() {
        for byte in 0..text.len() {
            let mut changed = text.as_bytes().to_vec();
            changed
                .iter_mut()
                .skip(byte)
                .take(1)
                .for_each(|byte| *byte ^= 1);
            let mut source = source(&FILES);
            source.insert(format!("a/1.0/{path}"), changed);
            let error = fetch(&source, "a/1.0", &expected(), &limits()).unwrap_err();
            assert_eq!(error.kind(), FetchErrorKind::Changed, "{at} {byte}");
            assert_eq!(error.files(), [((*path).to_owned(), FileChange::Changed)]);
            assert!(
                error.to_string().ends_with(&format!("`{path}` changed")),
                "{error}"
            );
        }
    }
}

#[test]
fn what_came_and_went_is_named() {
    let other = source(&[
        ("charts/a/Chart.yaml", "name: b\n"),
        ("a", ""),
        ("b", ""),
        ("README.md", ""),
    ]);
    let error = fetch(&other, "a/1.0", &expected(), &limits()).unwrap_err();
    let told = "a/1.0: this is not what was expected, and nothing of it is taken: `a` was added, `b` was added, `charts/a/Chart.yaml` changed, and 2 more";
    assert_eq!(error.to_string(), told);
    assert_eq!(error.files().len(), 5);
}

#[test]
fn without_the_digests_of_files_the_digest_of_all_decides() {
    let digest = ReleaseContent::of(&source(&FILES), "a/1.0", &limits()).unwrap();
    let digest = ReleaseDigest::parse(digest.digest().as_str()).unwrap();
    let only = ExpectedContent::new(digest.clone());
    assert!(fetch(&source(&FILES), "a/1.0", &only, &limits()).is_ok());
    let mut changed = source(&FILES);
    changed.insert("a/1.0/README.md", "x");
    let error = fetch(&changed, "a/1.0", &only, &limits()).unwrap_err();
    assert!(
        error.files().is_empty() && error.to_string().ends_with(&format!(", not {digest}")),
        "{error}"
    );
    // Digests of files that fit what is there do not help it.
    let now = ReleaseContent::of(&changed, "a/1.0", &limits()).unwrap();
    let forged = ExpectedContent::new(digest).with_files(now.files());
    assert_eq!(
        fetch(&changed, "a/1.0", &forged, &limits())
            .unwrap_err()
            .kind(),
        FetchErrorKind::Changed
    );
}

#[test]
fn what_cannot_be_read_or_is_too_much_is_not_taken() {
    let error = fetch(&source(&FILES), "a/2.0", &expected(), &limits()).unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Unreadable);
    let mut few = limits();
    few.kept_bytes = 20;
    let error = fetch(&source(&FILES), "a/1.0", &expected(), &few).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a/1.0: its files have more than the 20 bytes allowed"
    );
    for text in [
        "",
        "sha256:",
        "sha1:00",
        &format!("sha256:{}", "0".repeat(63)),
        &format!("sha256:{}", "G".repeat(64)),
    ] {
        assert!(
            ReleaseDigest::parse(text)
                .unwrap_err()
                .to_string()
                .contains("is no digest"),
            "{text}"
        );
    }
}
