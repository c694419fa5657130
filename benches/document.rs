//! Reading YAML into a tree with spans and from there into JSON, against `yaml_serde` straight into values.
//!
//! `cargo bench --bench document`. Read are the definitions and hooks of the example catalog: Kubernetes objects, on which both must
//! agree. The answers are compared before anything is timed.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use catalog_benches::compare;
use catalog_conditions::SourceFile;
use catalog_conditions::document::{Limits, parse};
use serde_json::Value;

fn main() {
    let mut files = Vec::new();
    collect(
        Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../examples/catalogs/observability"
        )),
        &mut files,
    );
    files.sort_by(|a, b| a.path().cmp(b.path()));
    let bytes: usize = files.iter().map(|file| file.text().len()).sum();
    for file in &files {
        assert_eq!(ours(file), theirs(file), "{}", file.path());
    }
    let comparison = compare(
        20,
        || files.iter().for_each(|file| drop(black_box(ours(file)))),
        || files.iter().for_each(|file| drop(black_box(theirs(file)))),
    );
    println!("{} files, {bytes} bytes, equal answers", files.len());
    println!(
        "spanned tree and JSON {:?}, yaml_serde {:?}",
        comparison.ours, comparison.theirs
    );
    println!("yaml_serde takes {:.2} times as long", comparison.ratio);
}

fn collect(folder: &Path, files: &mut Vec<Arc<SourceFile>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .components()
            .any(|part| part.as_os_str() == "definitions" || part.as_os_str() == "hooks")
        {
            files.push(SourceFile::new(
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            ));
        }
    }
}

fn ours(file: &Arc<SourceFile>) -> Vec<Value> {
    let parsed = parse(file, &Limits::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed
        .documents
        .iter()
        .map(catalog_conditions::document::Node::to_json)
        .collect()
}

fn theirs(file: &SourceFile) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(file.text())
        .map(|document| serde::Deserialize::deserialize(document).unwrap())
        .filter(|value| *value != Value::Null)
        .collect()
}
