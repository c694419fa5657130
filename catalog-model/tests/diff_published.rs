//! Catalogs that are published, halved: what the second half of their versions brings is told, and the other way round.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says what it found"
)]

mod published;

use catalog_model::diff::{CatalogDiff, CatalogState, Comparison, diff};
use catalog_model::import::{Import, ImportOptions, glasskube, olm};
use catalog_model::{Catalog, LoadOptions, MemorySource, load};

use self::published::{is_bundle_of, releases, tar_gz, tar_xz};

/// The lower half of the versions of each package.
fn half(files: &MemorySource, catalog: &Catalog) -> MemorySource {
    let lower = catalog.packages().flat_map(|package| {
        let releases = package.releases();
        releases.iter().take(releases.len().div_ceil(2))
    });
    let folders: Vec<String> = lower
        .map(|release| format!("{}/", release.folder()))
        .collect();
    let is_lower = |path: &str| folders.iter().any(|folder| path.starts_with(folder));
    let files = files.files().filter(|(path, _)| is_lower(path));
    files.map(|(path, bytes)| (path, bytes.to_vec())).collect()
}

fn kinds(found: &CatalogDiff<'_>, kind: &str) -> usize {
    let releases = found.releases().iter();
    releases.filter(|one| one.as_str() == kind).count()
}

/// Halves a catalog, compares the halves in both directions and each with itself. Gives the upgrades from newest to newest, and the changes in them.
fn check(import: &Import) -> (usize, usize) {
    let read = |files: &MemorySource| {
        let loaded = load(files, &LoadOptions::default()).unwrap();
        loaded.into_catalog()
    };
    let all = read(import.files());
    let old_files = half(import.files(), &all);
    let old = read(&old_files);
    let (before, after) = (
        CatalogState::new(&old).files(&old_files),
        CatalogState::new(&all).files(import.files()),
    );
    let (there, back) = (diff(before, after), diff(after, before));
    let more = releases(&all).count() - releases(&old).count();
    assert_eq!(
        (kinds(&there, "added"), there.releases().len()),
        (more, more)
    );
    assert_eq!(
        (kinds(&back, "removed"), back.releases().len()),
        (more, more)
    );
    assert_eq!(there.newest().len(), back.newest().len());
    for (one, other) in there.newest().iter().zip(back.newest()) {
        let subjects = |compared: &Comparison<'_>| -> Vec<String> {
            let changes = compared.changes().iter();
            changes
                .map(|one| format!("{:?} {}", one.part(), one.subject()))
                .collect()
        };
        assert_eq!(subjects(one), subjects(other));
        let paths = |compared: &Comparison<'_>| -> Vec<String> {
            compared
                .files()
                .iter()
                .map(|file| file.path().to_owned())
                .collect()
        };
        assert_eq!(paths(one), paths(other));
        assert!(one.is_other(), "two versions have at least another number");
    }
    let again = read(import.files());
    assert!(diff(after, CatalogState::new(&again).files(import.files())).is_empty());
    let changes = there.newest().iter().map(|one| one.changes().len());
    let (upgrades, changes) = (there.newest().len(), changes.sum());
    eprintln!("{more} versions more, {upgrades} upgrades, {changes} changes");
    (upgrades, changes)
}

#[test]
fn glasskube_packages() {
    let Some(packages) = tar_gz("glasskube-packages.tar.gz") else {
        return;
    };
    let (upgrades, changes) = check(&glasskube(&packages, &ImportOptions::default()).unwrap());
    assert!(
        upgrades > 20 && changes > 20,
        "{upgrades} upgrades, {changes} changes"
    );
}

#[test]
fn operators() {
    // The smallest of all: loading each half anew reads all definitions.
    const WANTED: [&str; 2] = ["grafana-operator", "keycloak-operator"];
    let is_wanted = |path: &str| is_bundle_of(path, |name| WANTED.contains(&name));
    let Some(operators) = tar_xz("olm-operators.tar.xz", is_wanted) else {
        return;
    };
    let (upgrades, changes) = check(&olm(&operators, &ImportOptions::default()).unwrap());
    assert!(
        upgrades == 2 && changes > 5,
        "{upgrades} upgrades, {changes} changes"
    );
}
