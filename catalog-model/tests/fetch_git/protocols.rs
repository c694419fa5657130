//! What is fetched, whatever the protocol.

use std::fs;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use catalog_model::source::{GitFetchErrorKind, GitFetchOptions, GitRepository};
use catalog_model::{CatalogAddress, LoadOptions, Source, load};

use super::server::{Daemon, commit, folder, git, repository, there_is_git};

/// Fetches a revision, and gives its commit and how many versions the catalog has there.
pub(super) fn fetched(url: &str, revision: Option<&str>, into: &Path) -> (String, usize) {
    let options = GitFetchOptions::default();
    let fetched = GitRepository::fetch(url, revision, into, &options);
    let fetched = fetched.unwrap_or_else(|error| panic!("{revision:?}: {error}"));
    let source = fetched.repository.source(&fetched.commit, None).unwrap();
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let versions = loaded.catalog().package("a").unwrap().releases().len();
    (fetched.commit, versions)
}

/// All that can be fetched from a repository, by any way.
pub(super) fn check_all(url: &str, work: &Path, name: &str) {
    let root = folder(name);
    let at = |revision: &str| git(work, &["rev-parse", &format!("{revision}^{{commit}}")]);
    let middle = at("HEAD~1");
    let cases = [
        (None, "HEAD", 3),
        (Some("HEAD"), "HEAD", 3),
        (Some("main"), "HEAD", 3),
        (Some("refs/heads/main"), "HEAD", 3),
        (Some("old/one"), "HEAD~1", 2),
        (Some("v1"), "HEAD~2", 1),
        (Some(middle.as_str()), "HEAD~1", 2),
    ];
    for (case, (revision, commit, versions)) in cases.into_iter().enumerate() {
        let expected = (at(commit), versions);
        // Into a folder of its own, and into one that holds what was fetched before.
        assert_eq!(
            fetched(url, revision, &root.join(case.to_string())),
            expected,
            "{revision:?}"
        );
        assert_eq!(
            fetched(url, revision, &root.join("shared")),
            expected,
            "{revision:?}"
        );
    }
    // One commit of each, and no history.
    let shared = GitRepository::open(root.join("0")).unwrap();
    assert_eq!(shared.history(None, &at("HEAD")).unwrap().len(), 1);
    // And what came since.
    commit(work, 4);
    assert_eq!(fetched(url, None, &root.join("0")), (at("HEAD"), 4));
    let mut options = GitFetchOptions::default();
    let again = GitRepository::fetch(url, None, root.join("0"), &options).unwrap();
    assert!(
        again.bytes < 2000,
        "nothing is new, and {} bytes came",
        again.bytes
    );
    options.depth = None;
    let whole = GitRepository::fetch(url, None, root.join("0"), &options).unwrap();
    assert_eq!(
        whole.repository.history(None, &whole.commit).unwrap().len(),
        4
    );
    options.depth = NonZeroU32::new(2);
    let two = GitRepository::fetch(url, None, root.join("two"), &options).unwrap();
    assert_eq!(two.repository.history(None, &two.commit).unwrap().len(), 2);
    let options = GitFetchOptions::default();
    for (revision, expected) in [
        ("mian", "the repository has no branch and no tag `mian`"),
        ("HEAD~1", "`HEAD~1` is no branch, tag or commit"),
        ("-x", "`-x` is no branch, tag or commit"),
        (
            "0123456789012345678901234567890123456789",
            "the repository has no commit",
        ),
    ] {
        let error = GitRepository::fetch(url, Some(revision), root.join("0"), &options);
        let error = error.err().unwrap();
        assert!(error.message().contains(expected), "{error}");
        assert_eq!(error.kind(), GitFetchErrorKind::NotFound, "{error}");
    }
    // What was fetched before is as it was.
    assert_eq!(whole.repository.commit(&whole.commit).unwrap(), at("HEAD"));
}

#[test]
fn repositories_of_this_machine_are_fetched_through_git() {
    if !there_is_git() {
        return;
    }
    let work = repository(&folder("file"), &[]);
    check_all(&format!("file://{}", work.display()), &work, "file-into");
}

#[test]
fn repositories_are_fetched_from_a_daemon() {
    if !there_is_git() {
        return;
    }
    let root = folder("daemon");
    let work = repository(&root, &[]);
    let Some(daemon) = Daemon::start(&root) else {
        return;
    };
    let url = format!("git://127.0.0.1:{}/tree", daemon.port);
    check_all(&url, &work, "daemon-into");
    // A name of several addresses, of which the first may be one that the daemon does not listen at.
    let named = format!("git://localhost:{}/tree", daemon.port);
    let options = GitFetchOptions::default();
    GitRepository::fetch(&named, None, root.join("named"), &options).unwrap();
    let told = AtomicU64::new(0);
    let progress = |now: &catalog_model::source::GitFetchProgress| {
        told.fetch_max(now.bytes, Ordering::Relaxed);
    };
    let mut options = GitFetchOptions::default();
    options.progress = Some(&progress);
    let fetched = GitRepository::fetch(&url, None, root.join("watched"), &options).unwrap();
    assert_eq!(told.into_inner(), fetched.bytes);
    let lost = format!("git://127.0.0.1:{}/lost", daemon.port);
    let error = GitRepository::fetch(&lost, None, root.join("lost"), &GitFetchOptions::default());
    let error = error.err().unwrap();
    assert_eq!(error.kind(), GitFetchErrorKind::NotFound, "{error}");
    assert_eq!(
        error.message(),
        "the repository is empty, or the server does not give it"
    );
}

#[test]
fn repositories_of_sha_256_are_fetched() {
    if !there_is_git() {
        return;
    }
    let root = folder("sha256");
    let work = repository(&root, &["--object-format=sha256"]);
    let url = format!("file://{}", work.display());
    let (commit, versions) = fetched(&url, Some("main"), &root.join("into"));
    assert_eq!((commit.len(), versions), (64, 3));
}

#[test]
fn paths_are_not_taken_for_anything_else() {
    if !there_is_git() {
        return;
    }
    let root = folder("quote's $(touch hacked) 100%");
    let work = repository(&root, &[]);
    let url = format!("file://{}", work.display())
        .replace('%', "%25")
        .replace(' ', "%20");
    assert_eq!(fetched(&url, None, &root.join("into")).1, 3);
    assert!(!Path::new("hacked").exists() && !root.join("hacked").exists());
}

#[test]
fn folders_that_hold_something_else_are_left_alone() {
    if !there_is_git() {
        return;
    }
    let root = folder("other");
    let work = repository(&root, &[]);
    let url = format!("file://{}", work.display());
    let into = root.join("into");
    fs::create_dir(&into).unwrap();
    fs::write(into.join("letter.txt"), "dear").unwrap();
    let error = GitRepository::fetch(&url, None, &into, &GitFetchOptions::default());
    let error = error.err().unwrap();
    assert_eq!(error.kind(), GitFetchErrorKind::Folder, "{error}");
    assert_eq!(fs::read_dir(&into).unwrap().count(), 1);
}

#[test]
fn addresses_lead_into_a_cache() {
    if !there_is_git() {
        return;
    }
    let root = folder("address");
    let work = repository(&root, &[]);
    let Some(daemon) = Daemon::start(&root) else {
        return;
    };
    let cache = root.join("cache");
    let options = GitFetchOptions::default();
    let address = format!("git+git://127.0.0.1:{}/tree#old/one:catalog", daemon.port);
    let address = CatalogAddress::parse(&address).unwrap();
    let told = address.open().err().unwrap();
    assert!(told.message().contains("has to be fetched"), "{told}");
    let source = address.open_fetched(&cache, &options).unwrap();
    assert_eq!(
        source.commit(),
        Some(git(&work, &["rev-parse", "HEAD~1"]).as_str())
    );
    assert_eq!(source.list("a").unwrap().len(), 2);
    // Another revision of the same repository shares its folder.
    let newest = address
        .at_revision("main")
        .open_fetched(&cache, &options)
        .unwrap();
    assert_eq!(newest.list("a").unwrap().len(), 3);
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 1);
}
