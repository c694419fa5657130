//! What comes out of a cache is what a fresh load gives.

use catalog_model::index::Index;
use catalog_model::sync::cache::IndexCache;
use catalog_model::sync::{SyncWatch, Synced, SyncedIndex, sync};
use catalog_model::{LoadOptions, MemorySource, load};

use super::crowd::{Crowd, InOrderOfGit};
use super::files::MemoryFiles;
use super::history::History;
use super::shown::shown;

const COMMITS: usize = 300;

/// The index of a source, read anew.
fn fresh(source: &MemorySource, options: &LoadOptions) -> Vec<String> {
    let loaded = load(source, options).unwrap();
    shown(&Index::of(loaded.catalog(), options))
}

#[test]
fn an_index_that_follows_syncs_is_one_that_is_made_anew() {
    let options = LoadOptions::default();
    let mut history = History::new(2031);
    let (mut synced, mut indexed) = (
        Synced::new(options.clone()),
        SyncedIndex::new(options.clone()),
    );
    assert!(synced.index().is_empty());
    for _ in 0..COMMITS {
        let source = MemorySource::from_iter(history.next());
        synced = sync(&synced, &source, SyncWatch::default()).unwrap().0;
        let (next, changes) = indexed.sync(&source, SyncWatch::default()).unwrap();
        let expected = fresh(&source, &options);
        assert_eq!(shown(synced.index()), expected);
        assert_eq!(shown(next.index()), expected);
        assert_eq!(shown(SyncedIndex::from(&synced).index()), expected);
        assert!(!changes.is_empty() || changes.files_read() == 0);
        let loaded = load(&source, &options).unwrap();
        assert_eq!(next.has_errors(), loaded.has_errors());
        let told = next.diagnostics(&source, SyncWatch::default()).unwrap();
        assert_eq!(told.diagnostics(), loaded.diagnostics());
        assert_eq!(told.suppressed(), loaded.suppressed());
        indexed = next;
    }
}

#[test]
fn what_is_loaded_from_a_cache_is_what_a_fresh_load_gives() {
    let options = LoadOptions::default();
    for (seed, commits) in [(2032, COMMITS), (77, 60)] {
        let files = MemoryFiles::default();
        let mut history = History::new(seed);
        for commit in 0..commits {
            let source = MemorySource::from_iter(history.next());
            let expected = fresh(&source, &options);
            let (mut cache, notes) = IndexCache::open(files.clone(), options.clone());
            assert_eq!(notes, []);
            let (next, changes) = cache.index().sync(&source, SyncWatch::default()).unwrap();
            assert_eq!(shown(next.index()), expected, "commit {commit}");
            let written = cache.store(&next).unwrap();
            assert!(written.bytes > 0 || changes.is_empty(), "{changes:?}");
            if commit % 50 == 49 {
                cache.compact().unwrap();
            }

            let (cache, notes) = IndexCache::open(files.clone(), options.clone());
            assert_eq!(notes, []);
            let (again, changes) = cache.index().sync(&source, SyncWatch::default()).unwrap();
            assert_eq!((changes.files_read(), changes.is_empty()), (0, true));
            assert_eq!(shown(again.index()), expected, "commit {commit}");
            assert_eq!(
                again.has_errors(),
                load(&source, &options).unwrap().has_errors()
            );
        }
        let names = files.files.lock().unwrap().len();
        assert!(names < 20, "{names} files are left");
    }
}

#[test]
fn hundreds_of_packages_go_through_a_cache() {
    let options = LoadOptions::default();
    let files = MemoryFiles::default();
    let mut crowd = Crowd::new(17);
    let mut most = 0;
    for commit in 0..150 {
        let source = InOrderOfGit(MemorySource::from_iter(crowd.next()));
        let (mut cache, notes) = IndexCache::open(files.clone(), options.clone());
        assert_eq!(notes, []);
        let next = cache.index().sync(&source, SyncWatch::default()).unwrap().0;
        let loaded = load(&source, &options).unwrap();
        let expected = shown(&Index::of(loaded.catalog(), &options));
        assert_eq!(shown(next.index()), expected, "commit {commit}");
        assert_eq!(next.has_errors(), loaded.has_errors());
        cache.store(&next).unwrap();
        let (cache, notes) = IndexCache::open(files.clone(), options.clone());
        assert_eq!(notes, []);
        let (again, changes) = cache.index().sync(&source, SyncWatch::default()).unwrap();
        assert_eq!((changes.files_read(), changes.is_empty()), (0, true));
        assert_eq!(shown(again.index()), expected, "commit {commit}");
        most = most.max(next.index().len());
    }
    assert!(most > 150, "there were never more than {most} packages");
}

#[test]
fn a_cache_that_goes_on_in_one_process_is_one_that_is_opened_anew() {
    let options = LoadOptions::default();
    let files = MemoryFiles::default();
    let (mut cache, _) = IndexCache::open(files.clone(), options.clone());
    let mut history = History::new(5);
    for _ in 0..100 {
        let source = MemorySource::from_iter(history.next());
        let next = cache.index().sync(&source, SyncWatch::default()).unwrap().0;
        cache.store(&next).unwrap();
        let (opened, notes) = IndexCache::open(files.clone(), options.clone());
        assert_eq!(notes, []);
        assert_eq!(shown(opened.index().index()), shown(next.index()));
        assert_eq!(opened.index().source_id(), next.source_id());
    }
}

#[test]
fn one_commit_is_written_in_proportion_to_what_changed() {
    let metadata = |package: usize, version: usize, more: &str| {
        format!(
            "name: p{package}\nversion: {version}.0.0\ndescription: the package number {package} as it was when it was version {version}{more}\nlabel: {{ tier: web }}\n"
        )
    };
    let mut source = MemorySource::new();
    for (package, version) in (0..400).flat_map(|p| (0..10).map(move |v| (p, v))) {
        source.insert(
            format!("p{package}/{version}.0.0/metadata.yaml"),
            metadata(package, version, ""),
        );
    }
    let (mut cache, _) = IndexCache::open(MemoryFiles::default(), LoadOptions::default());
    let first = cache.index().sync(&source, SyncWatch::default()).unwrap().0;
    let whole = cache.store(&first).unwrap().bytes;
    for commit in 0..200 {
        let changed = metadata(commit, 3, " and changed");
        source.insert(format!("p{commit}/3.0.0/metadata.yaml"), changed.clone());
        let next = cache.index().sync(&source, SyncWatch::default()).unwrap().0;
        let written = cache.store(&next).unwrap();
        let most = 20 * changed.len() + (64 << 10);
        assert!(
            written.bytes < most as u64 && written.bytes * 5 < whole,
            "{written:?} of {whole}"
        );
        if cache.is_fragmented() {
            assert_eq!(cache.compact().unwrap().segments, 1);
        }
        assert!(written.segments < 60);
    }
}

#[test]
fn other_options_are_another_index() {
    let files = MemoryFiles::default();
    let source =
        MemorySource::from_iter([("a/1.0.0/metadata.yaml", "name: a\nversion: 1.0.0\nx: y\n")]);
    let (mut cache, _) = IndexCache::open(files.clone(), LoadOptions::default());
    let next = cache.index().sync(&source, SyncWatch::default()).unwrap().0;
    cache.store(&next).unwrap();
    let mut options = LoadOptions::default();
    options.parallel = true;
    let (same, notes) = IndexCache::open(files.clone(), options.clone());
    assert_eq!((same.index().index().len(), notes.len()), (1, 0));
    options.strict = true;
    let (mut strict, notes) = IndexCache::open(files.clone(), options.clone());
    assert_eq!(
        notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "the cache is not used and will be written anew: `index` is of another version of this program, or was made with other options"
        ]
    );
    let next = strict
        .index()
        .sync(&source, SyncWatch::default())
        .unwrap()
        .0;
    assert_eq!(next.index().len(), 0);
    strict.store(&next).unwrap();
    let (strict, notes) = IndexCache::open(files, options);
    assert_eq!((strict.index().has_errors(), notes.len()), (true, 0));
}
