//! Loading and asking whole catalogs, against reading their bytes and against the events of a YAML parser.
//!
//! `cargo bench --bench catalog -- [--packages N] [--rounds N] [--quick]`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::fs;
use std::hint::black_box;
use std::path::Path;

use catalog_benches::{CatalogShape, write_catalog};
use catalog_model::{FolderSource, LoadOptions, load};

fn main() {
    let packages = std::env::var("P")
        .ok()
        .and_then(|p| p.parse().ok())
        .unwrap_or(100);
    let base = std::env::temp_dir().join("catalog-bench");
    for percent in [42, 0] {
        let folder = base.join(percent.to_string());
        let _ = fs::remove_dir_all(&folder);
        write_catalog(CatalogShape::new(packages, percent), &folder).unwrap();
        let bytes: usize = read(&folder).iter().map(Vec::len).sum();
        let mut distinct = std::collections::BTreeSet::new();
        let files = read(&folder);
        let unique: usize = files
            .iter()
            .filter(|f| distinct.insert((*f).clone()))
            .map(|f| f.len())
            .sum();
        println!(
            "{percent} %: {} files {bytes} bytes, repeated {:.1} %",
            files.len(),
            100.0 - unique as f64 * 100.0 / bytes as f64
        );
        drop((files, distinct));
        for _ in 0..3 {
            let r = cpu(|| read(&folder));
            let e = cpu(|| {
                let f = read(&folder);
                f.iter().map(|f| events(f)).sum::<usize>()
            });
            let source = FolderSource::open(&folder).unwrap();
            let l = cpu(|| {
                let l = load(&source, &LoadOptions::default()).unwrap();
                assert!(
                    l.diagnostics().is_empty(),
                    "{:?}",
                    l.diagnostics()[0].to_string()
                );
                l
            });
            println!(
                "R {r:.3} E {e:.3} ({} bytes/s) load {l:.3} = {:.2} E",
                bytes as f64 / e,
                l / e
            );
        }
    }
}

fn cpu<T>(work: impl FnOnce() -> T) -> f64 {
    let before = now();
    let result = black_box(work());
    let took = now() - before;
    drop(result);
    took
}

fn now() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split_whitespace()
        .next()
        .unwrap()
        .parse::<f64>()
        .unwrap()
        / 1e9
}

fn read(folder: &Path) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                todo.push(entry.path())
            } else {
                out.push(fs::read(entry.path()).unwrap())
            }
        }
    }
    out
}

fn events(bytes: &[u8]) -> usize {
    let text = std::str::from_utf8(bytes).unwrap();
    saphyr_parser::Parser::new_from_str(text)
        .map(|event| {
            black_box(event.unwrap());
        })
        .count()
}
