//! Processes that share a cache in a folder, and are killed.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use catalog_model::sync::SyncWatch;
use catalog_model::sync::cache::IndexCache;
use catalog_model::{LoadOptions, MemorySource};

use super::shown::shown;

/// Names the folder for a child process.
const FOLDER: &str = "CATALOG_TEST_CACHE_FOLDER";

/// A catalog as a number says.
fn source(number: usize) -> MemorySource {
    let mut source = MemorySource::new();
    for package in 0..40 {
        let text = format!(
            "name: p{package}\nversion: 1.0.0\ndescription: {}\n",
            number * usize::from(package % 7 == number % 7)
        );
        source.insert(format!("p{package}/1.0.0/metadata.yaml"), text);
    }
    source
}

fn open(folder: &Path) -> IndexCache {
    let (cache, notes) = IndexCache::in_folder(folder, LoadOptions::default());
    assert_eq!(notes, [], "whoever was killed left nothing half done");
    cache
}

/// What a child process does: it stores one state after the other until it is killed.
#[test]
fn child() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let start = std::process::id() as usize;
    for number in start..start + 100_000 {
        let mut cache = open(&folder);
        let next = cache
            .index()
            .sync(&source(number), SyncWatch::default())
            .unwrap()
            .0;
        cache.store(&next).unwrap();
        if number % 13 == 0 {
            cache.compact().unwrap();
        }
    }
}

fn spawn(folder: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "processes::child", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn processes_that_are_killed_leave_a_cache_that_can_be_used() {
    let folder = env::temp_dir().join(format!("catalog-cache-killed-{}", std::process::id()));
    let mut known = 0;
    for round in 0..40 {
        let mut children = [spawn(&folder), spawn(&folder)];
        thread::sleep(Duration::from_millis(30 + round * 7 % 60));
        for child in &mut children {
            assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
            child.kill().unwrap();
        }
        for child in children {
            child.wait_with_output().unwrap();
        }
        let cache = open(&folder);
        known += usize::from(cache.index().source_id().is_some());
        // What is there is a state that somebody stored.
        let packages = cache.index().index().packages().count();
        assert!(packages == 0 || packages == 40);
    }
    assert!(known > 20, "{known} of 40 rounds stored something");
    let mut cache = open(&folder);
    let next = cache
        .index()
        .sync(&source(0), SyncWatch::default())
        .unwrap()
        .0;
    cache.store(&next).unwrap();
    assert_eq!(shown(open(&folder).index().index()), shown(next.index()));
    std::fs::remove_dir_all(&folder).unwrap();
}
