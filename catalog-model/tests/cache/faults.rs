//! Whatever goes wrong while a cache is written, it holds what it held or what was to be stored.

use catalog_model::sync::cache::IndexCache;
use catalog_model::sync::{SyncWatch, SyncedIndex};
use catalog_model::{LoadOptions, MemorySource};

use super::files::{Fault, FaultyFiles, MemoryFiles};
use super::shown::shown;

fn source(commit: usize) -> MemorySource {
    let mut source = MemorySource::new();
    for package in 0..30 {
        let description = if package == commit {
            "changed"
        } else {
            "as it was"
        };
        let text = format!("name: p{package}\nversion: 1.0.0\ndescription: {description}\n");
        source.insert(format!("p{package}/1.0.0/metadata.yaml"), text);
    }
    source
}

fn index_of(cache: &IndexCache, commit: usize) -> SyncedIndex {
    let synced = cache.index().sync(&source(commit), SyncWatch::default());
    synced.unwrap().0
}

fn open(files: &MemoryFiles) -> IndexCache {
    let (cache, notes) = IndexCache::open(files.clone(), LoadOptions::default());
    assert_eq!(notes, [], "nothing is half there");
    cache
}

/// Stores commit after commit, the last with something going wrong at each act on files.
fn check(fault: Fault, before: usize, compact: bool) {
    let files = MemoryFiles::default();
    for commit in 0..before {
        let mut cache = open(&files);
        let next = index_of(&cache, commit);
        cache.store(&next).unwrap();
    }
    let old = shown(open(&files).index().index());
    let new = shown(index_of(&open(&files), before).index());
    for acts in 0.. {
        let faulty = FaultyFiles::new(&files.copy(), fault, acts);
        let (mut cache, _) = IndexCache::open(faulty.clone(), LoadOptions::default());
        let next = index_of(&cache, before);
        assert_eq!(
            shown(next.index()),
            new,
            "an answer never depends on the cache"
        );
        let mut stored = cache.store(&next).is_ok();
        if compact {
            stored &= cache.compact().is_ok();
        }
        let now = open(&faulty.files);
        let found = shown(now.index().index());
        assert!(found == old || found == new, "{fault:?} at act {acts}");
        if stored && fault == Fault::Error {
            assert_eq!(found, new);
        }
        // And the next process goes on.
        let mut next_process = now;
        let next = index_of(&next_process, before);
        next_process.store(&next).unwrap();
        assert_eq!(shown(open(&faulty.files).index().index()), new);
        if !faulty.happened() {
            assert!(stored && acts > 4);
            return;
        }
    }
}

#[test]
fn a_fault_at_each_act_on_files() {
    for fault in [Fault::Error, Fault::Half, Fault::Death, Fault::HalfDeath] {
        check(fault, 0, false);
        check(fault, 1, false);
        check(fault, 4, false);
        check(fault, 4, true);
    }
}

#[test]
fn two_that_store_at_once_leave_what_one_of_them_stored() {
    let files = MemoryFiles::default();
    let mut one = open(&files);
    let next = index_of(&one, 0);
    one.store(&next).unwrap();
    let mut other = open(&files);
    // Each stores without having seen what the other did.
    for commit in 1..20 {
        let next = index_of(&one, commit);
        one.store(&next).unwrap();
        assert_eq!(shown(open(&files).index().index()), shown(next.index()));
        let next = index_of(&other, commit + 5);
        other.store(&next).unwrap();
        assert_eq!(shown(open(&files).index().index()), shown(next.index()));
    }
}
