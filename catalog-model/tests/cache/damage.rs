//! What is not what was written is not used, and no bytes panic.

use catalog_model::sync::SyncWatch;
use catalog_model::sync::cache::{CacheNote, CacheNoteKind, IndexCache};
use catalog_model::{LoadOptions, MemorySource};
use sha2::{Digest as _, Sha256};

use super::files::MemoryFiles;
use super::shown::shown;

/// A cache of two segments with some of everything.
fn stored() -> MemoryFiles {
    let files = MemoryFiles::default();
    let mut source = MemorySource::from_iter([
        (
            "a/1.0.0/metadata.yaml",
            "name: a\nversion: 1.0.0\ndescription: one\nlabel: {tier: web}\ntags: [x]\nprovides: [{name: metrics}]\n",
        ),
        (
            "a/1.0.0/definitions/d.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: dashboards.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: dashboards, kind: Dashboard}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object}}\n",
        ),
        (
            "b/1.0.0/metadata.yaml",
            "name: b\nversion: 1.0.0\nyanked: no\ndependencies: [{name: a, version: '>=1'}]\nrequires: [{name: metrics}]\n",
        ),
        ("b/2.0.0/metadata.yaml", "name: b\nversion: [\n"),
    ]);
    let (mut cache, _) = IndexCache::open(files.clone(), LoadOptions::default());
    for text in [
        "name: c\nversion: 1.0.0\n",
        "name: c\nversion: 1.0.0\ndescription: c\n",
    ] {
        let next = cache.index().sync(&source, SyncWatch::default()).unwrap().0;
        cache.store(&next).unwrap();
        source.insert("c/1.0.0/metadata.yaml", text);
    }
    assert_eq!(files.files.lock().unwrap().len(), 3);
    files
}

fn open(files: &MemoryFiles) -> (IndexCache, Vec<CacheNote>) {
    IndexCache::open(files.clone(), LoadOptions::default())
}

fn is_refused(files: &MemoryFiles) -> CacheNoteKind {
    let (cache, notes) = open(files);
    assert!(cache.index().index().is_empty());
    assert_eq!(cache.index().source_id(), None);
    assert_eq!(notes.len(), 1);
    notes[0].kind()
}

#[test]
fn every_truncation_and_every_flipped_bit_is_noticed() {
    let whole = stored();
    let files = whole.files.lock().unwrap().clone();
    for (name, bytes) in &files {
        for at in 0..bytes.len() {
            let damaged = whole.copy();
            damaged.insert(name, &bytes[..at]);
            is_refused(&damaged);
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            damaged.insert(name, &flipped);
            is_refused(&damaged);
        }
        let longer = whole.copy();
        longer.insert(name, &[bytes.as_slice(), b"x"].concat());
        assert_eq!(is_refused(&longer), CacheNoteKind::Damaged);
    }
    assert_eq!(open(&whole).1, []);
}

/// The same files with a segment of other bytes, and checksums that say that it is right.
fn resealed(whole: &MemoryFiles, segment: &str, bytes: &[u8]) -> MemoryFiles {
    let files = whole.copy();
    let sum = twox_hash::XxHash3_128::oneshot(bytes).to_be_bytes();
    let hex = |sum: &[u8]| {
        sum.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let mut manifest = files.files.lock().unwrap()["index"].clone();
    let old =
        (0..manifest.len() - 16).find(|at| segment.starts_with(&hex(&manifest[*at..*at + 16])));
    let at = old.unwrap();
    manifest[at - 8..at].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
    manifest[at..at + 16].copy_from_slice(&sum);
    let end = manifest.len() - 32;
    let whole: [u8; 32] = Sha256::digest(&manifest[..end]).into();
    manifest[end..].copy_from_slice(&whole);
    files.insert("index", &manifest);
    files.insert(&format!("{}.segment", hex(&sum)), bytes);
    files
}

#[test]
fn bytes_that_were_made_up_panic_nowhere() {
    let whole = stored();
    let files = whole.files.lock().unwrap().clone();
    let (mut refused, mut taken) = (0, 0);
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".segment")) {
        assert_eq!(open(&resealed(&whole, name, bytes)).1, []);
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0xff, bytes[at] ^ 1] {
                let mut other = bytes.clone();
                other[at] = value;
                let (cache, notes) = open(&resealed(&whole, name, &other));
                match notes.as_slice() {
                    [] => taken += 1,
                    _ => refused += 1,
                }
                let _ = shown_of_anything(&cache);
            }
            let (_, notes) = open(&resealed(&whole, name, &bytes[..at]));
            assert_eq!(notes.len(), 1, "what is cut short at {at} is refused");
        }
    }
    assert!(refused > 100 && taken > 100, "{refused} {taken}");
}

/// Asks what can be asked of an index that may contradict itself.
fn shown_of_anything(cache: &IndexCache) -> usize {
    use catalog_model::index::Query;
    let index = cache.index().index();
    let mut count = index.newest().count() + index.heap_bytes();
    for package in index.packages() {
        if let Ok(versions) = index.versions(package) {
            count += versions
                .map(|entry| {
                    entry.to_string().len() + entry.provides().count() + entry.labels().count()
                })
                .sum::<usize>();
        }
    }
    let query = Query::new()
        .every_version()
        .text("a")
        .labels("tier=web".parse().unwrap());
    count + index.select(&query).unwrap().iter().count()
}

#[test]
fn what_is_foreign_is_passed_over_and_written_anew() {
    for text in [&b""[..], b"\n", b"name: a\n", &[0; 100]] {
        let files = stored();
        files.insert("index", text);
        assert_eq!(is_refused(&files), CacheNoteKind::Foreign);
        let source =
            MemorySource::from_iter([("z/1.0.0/metadata.yaml", "name: z\nversion: 1.0.0\n")]);
        let (mut cache, _) = open(&files);
        let next = cache.index().sync(&source, SyncWatch::default()).unwrap().0;
        cache.store(&next).unwrap();
        let (cache, notes) = open(&files);
        assert_eq!(notes, []);
        assert_eq!(shown(cache.index().index()), shown(next.index()));
        assert_eq!(
            files.files.lock().unwrap().len(),
            2,
            "what is old is removed"
        );
    }
    let older = stored();
    let mut manifest = older.files.lock().unwrap()["index"].clone();
    manifest[16] = 0;
    older.insert("index", &manifest);
    assert_eq!(is_refused(&older), CacheNoteKind::Other);
}
