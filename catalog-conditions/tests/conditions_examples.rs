//! The example catalogs' conditions, asked of the example clusters.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::{Outcome, Reason};
use catalog_conditions::snapshot::Snapshot;

#[test]
fn every_example_condition_reads_and_gets_an_answer() {
    let clusters = ["staging", "production"].map(cluster);
    let files = condition_files(&examples().join("catalogs/observability"));
    assert!(files.len() > 20, "the example catalog has conditions");
    for file in files {
        let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
        assert_eq!(diagnostics, [], "{}", file.path());
        for cluster in &clusters {
            let report = evaluate(&set, cluster, &Context::new().with_namespace("monitoring"));
            for condition in report.conditions() {
                assert_ne!(condition.answer().reason(), Reason::Definition);
                assert_ne!(
                    condition.outcome(),
                    Outcome::Unknown,
                    "{}: {condition}",
                    file.path()
                );
            }
        }
    }
}

fn cluster(name: &str) -> Snapshot {
    let file = read(&examples().join("clusters").join(format!("{name}.yaml")));
    let snapshot = Snapshot::builder().read(&file, &Limits::snapshot()).build();
    assert_eq!(snapshot.diagnostics(), []);
    assert!(snapshot.server_version().is_some());
    snapshot
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn condition_files(folder: &Path) -> Vec<Arc<SourceFile>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .parent()
                .is_some_and(|parent| parent.ends_with("conditions"))
            {
                files.push(read(&path));
            }
        }
    }
    files
}

fn read(path: &Path) -> Arc<SourceFile> {
    SourceFile::new(
        path.display().to_string(),
        fs::read_to_string(path).unwrap(),
    )
}
