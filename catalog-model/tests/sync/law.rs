//! Incremental equals full.

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::source::{ContentId, Entry, Source, SourceError};
use catalog_model::sync::{ChangeKind, Changes, SyncWatch, Synced, SyncedIndex, sync};
use catalog_model::{Catalog, LoadOptions, MemorySource, Release, load};

use super::crowd::{Crowd, InOrderOfGit};
use super::history::{Files, History};

/// Commits of each history.
const COMMITS: usize = 300;

/// What is synced is what a fresh load gives, to the last diagnostic.
pub(super) fn check(synced: &Synced, source: &dyn Source, options: &LoadOptions) {
    let (synced, fresh) = (synced.loaded(), load(source, options).unwrap());
    assert_eq!(synced.catalog(), fresh.catalog());
    assert_eq!(synced.diagnostics(), fresh.diagnostics());
    assert_eq!(synced.suppressed(), fresh.suppressed());
}

/// The releases by package and what the version is, however it is written.
fn releases(catalog: &Catalog) -> BTreeMap<(String, String), &Release> {
    let all = catalog.packages().flat_map(|package| package.releases());
    let key = |release: &Release| {
        let version = release.version().as_str().trim_start_matches('v');
        let version = if version == "1.0" { "1.0.0" } else { version };
        (release.package().to_string(), version.to_owned())
    };
    all.map(|release| (key(release), release)).collect()
}

/// What is said to have changed is what did.
fn check_changes(before: &Catalog, after: &Catalog, changes: &Changes) {
    let (before, after) = (releases(before), releases(after));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut expected = BTreeMap::new();
    for key in keys {
        let became = match (before.get(key), after.get(key)) {
            (Some(_), None) => "gone",
            (None, Some(_)) => "added",
            (Some(old), Some(new)) if old != new => "changed",
            _ => continue,
        };
        expected.insert(key.clone(), became);
    }
    let mut said = BTreeMap::new();
    for change in changes.iter() {
        let version = change.version().as_str().trim_start_matches('v');
        let version = if version == "1.0" { "1.0.0" } else { version };
        let key = (change.package().to_string(), version.to_owned());
        let became = match change.kind() {
            ChangeKind::Added => "added",
            ChangeKind::Removed | ChangeKind::Broken => "gone",
            // Files alone are no part of the release.
            kind if kind.parts().all(|part| part.as_str() == "files") => {
                assert_eq!(before[&key], after[&key]);
                continue;
            }
            _ => "changed",
        };
        assert_eq!(said.insert(key, became), None, "{change}");
    }
    assert_eq!(said, expected);
}

/// How many files lie in version folders that are not as they were.
fn files_to_read(before: &Files, after: &Files) -> usize {
    let folder = |path: &str| {
        let depth = if path.starts_with("catalog/") { 3 } else { 2 };
        path.split('/').take(depth).collect::<Vec<_>>().join("/")
    };
    let folders = |files: &Files| {
        let mut folders: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (path, text) in files {
            folders
                .entry(folder(path))
                .or_default()
                .push((path.clone(), text.clone()));
        }
        folders
    };
    let (before, after) = (folders(before), folders(after));
    let changed = after
        .iter()
        .filter(|(folder, files)| before.get(*folder) != Some(files));
    changed.map(|(_, files)| files.len()).sum()
}

/// Whether a folder of the root looks like a version: then it holds none, or the root is the folder above. What lies below is read anew
/// when that is mended.
fn hides_versions(files: &Files) -> bool {
    let mut paths = files
        .keys()
        .map(|path| path.strip_prefix("catalog/").unwrap_or(path));
    paths.any(|path| {
        path.split_once('/')
            .is_some_and(|(_, name)| name == "metadata.yaml")
    })
}

/// How often one file may be read.
#[cfg(feature = "parameters")]
fn reads_of_a_file(options: &LoadOptions) -> usize {
    1 + usize::from(options.modules.is_some()) * 2
}

#[cfg(not(feature = "parameters"))]
fn reads_of_a_file(_options: &LoadOptions) -> usize {
    1
}

/// Walks through a history and gives the kinds of changes in it.
fn walk(seed: u64, options: &LoadOptions) -> BTreeSet<&'static str> {
    let mut history = History::new(seed);
    let (mut synced, mut before) = (Synced::new(options.clone()), Files::new());
    let mut kinds = BTreeSet::new();
    for commit in 0..COMMITS {
        let files = history.next();
        let source = MemorySource::from_iter(files.clone());
        let (next, changes) = sync(&synced, &source, SyncWatch::default()).unwrap();
        check(&next, &source, options);
        // With the places of all that is said, which are no part of what is said.
        if commit % 20 == 0 {
            let fresh = load(&source, options).unwrap();
            assert_eq!(
                format!("{:?}", next.catalog()),
                format!("{:?}", fresh.catalog())
            );
        }
        check_changes(synced.catalog(), next.catalog(), &changes);
        // Whoever looks into modules reads their files for themselves.
        let most = files_to_read(&before, &files) * reads_of_a_file(options);
        let read = changes.files_read();
        if !hides_versions(&before) && !hides_versions(&files) {
            assert!(
                read <= most,
                "commit {commit} read {read} files, and {most} may be others"
            );
        }
        kinds.extend(changes.iter().map(|change| change.kind().as_str()));
        kinds.extend(
            changes
                .iter()
                .flat_map(|change| change.kind().parts().map(|part| part.as_str())),
        );
        (synced, before) = (next, files);
    }
    kinds
}

#[test]
fn incremental_equals_full() {
    let kinds = walk(2026, &LoadOptions::default());
    // The history had some of everything.
    for kind in [
        "added",
        "broken",
        "changed",
        "removed",
        "conditions",
        "definitions",
        "dependencies",
        "files",
        "hooks",
        "metadata",
        "modules",
    ] {
        assert!(kinds.contains(kind), "{kind} never happened: {kinds:?}");
    }
}

#[test]
fn incremental_equals_full_with_other_options() {
    let mut options = LoadOptions::default();
    options.strict = true;
    options.parallel = true;
    options.files_per_version = 3;
    options.diagnostics_per_file = 1;
    #[cfg(feature = "parameters")]
    {
        options.modules = Some(catalog_model::parameters::ParameterLimits::default());
    }
    walk(7, &options);
}

/// Lets histories of many packages go by, as sources that `list` makes show them.
fn check_crowd<S: Source>(list: impl Fn(Files) -> S) {
    let mut crowd = Crowd::new(17);
    let options = LoadOptions::default();
    let (mut synced, mut before) = (Synced::new(options.clone()), Files::new());
    let mut indexed = SyncedIndex::new(options.clone());
    let mut most = 0;
    for commit in 0..150 {
        let files = crowd.next();
        let source = list(files.clone());
        let (next, changes) = sync(&synced, &source, SyncWatch::default()).unwrap();
        check(&next, &source, &options);
        check_changes(synced.catalog(), next.catalog(), &changes);
        assert_eq!(
            changes.files_read(),
            files_to_read(&before, &files),
            "commit {commit}"
        );
        // An index knows the same of outlines.
        indexed = indexed.sync(&source, SyncWatch::default()).unwrap().0;
        let told = indexed.diagnostics(&source, SyncWatch::default()).unwrap();
        let loaded = next.loaded();
        assert_eq!(told.diagnostics(), loaded.diagnostics());
        assert_eq!(indexed.has_errors(), loaded.has_errors());
        assert_eq!(indexed.index().len(), next.index().len());
        let catalog = next.catalog();
        for package in catalog.packages() {
            let found = catalog.package(package.name().as_str());
            assert!(found.is_some_and(|found| std::ptr::eq(found, package)));
        }
        assert_eq!(catalog.package("p1-y"), None);
        most = most.max(catalog.packages().count());
        (synced, before) = (next, files);
    }
    assert!(most > 200, "there were never more than {most} packages");
}

#[test]
fn what_is_known_of_many_packages_is_kept() {
    check_crowd(MemorySource::from_iter);
    check_crowd(|files| Backwards(MemorySource::from_iter(files)));
    check_crowd(|files| InOrderOfGit(MemorySource::from_iter(files)));
}

/// A source that lists in an order of its own.
struct Backwards(MemorySource);

impl Source for Backwards {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let mut listed = self.0.list(folder)?;
        listed.reverse();
        Ok(listed)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.0.read(file, limit)
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.0.content_id(path)
    }
}

#[test]
fn the_order_of_a_listing_does_not_matter() {
    let mut history = History::new(5);
    let options = LoadOptions::default();
    let mut synced = Synced::new(options.clone());
    let (mut read, mut all) = (0, 0);
    for _ in 0..40 {
        let source = Backwards(MemorySource::from_iter(history.next()));
        let (next, changes) = sync(&synced, &source, SyncWatch::default()).unwrap();
        check(&next, &source, &options);
        check_changes(synced.catalog(), next.catalog(), &changes);
        read += changes.files_read();
        all += source.0.files().count();
        synced = next;
    }
    assert!(read * 3 < all, "{read} files of {all} were read");
}

#[test]
fn what_did_not_change_is_not_even_listed() {
    let mut history = History::new(11);
    let files = (0..40).map(|_| history.next()).last().unwrap();
    let source = MemorySource::from_iter(files);
    let first = sync(&Synced::default(), &source, SyncWatch::default())
        .unwrap()
        .0;
    let (second, changes) = sync(&first, &source, SyncWatch::default()).unwrap();
    assert_eq!((changes.files_read(), changes.is_empty()), (0, true));
    check(&second, &source, &LoadOptions::default());
}
