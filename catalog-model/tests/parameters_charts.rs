//! The charts of two real repositories: what can be set in each.
#![cfg(feature = "parameters")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says why it was skipped"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use catalog_model::parameters::{ChartFiles, ParameterLimits, ParameterSchema, SchemaOrigin};
use catalog_model::{Diagnostic, LoadOptions, MemorySource, SourceFile, load};
use serde_json::{Value, json};

/// `helm-charts.tar.xz`, unpacked once; `None`, said aloud, where it is not there.
fn unpacked() -> Option<PathBuf> {
    static UNPACKED: OnceLock<Option<PathBuf>> = OnceLock::new();
    UNPACKED.get_or_init(unpack).clone()
}

fn unpack() -> Option<PathBuf> {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let archive = folder.join("helm-charts.tar.xz");
    if !archive.is_file() {
        eprintln!("skipped: there is no {}", archive.display());
        return None;
    }
    let unpacked = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("parameters-charts");
    std::fs::create_dir_all(&unpacked).unwrap();
    let mut tar = Command::new("tar");
    tar.arg("-xf").arg(&archive).arg("-C").arg(&unpacked);
    if !tar.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: tar does not unpack {}", archive.display());
        return None;
    }
    Some(unpacked)
}

/// The folders with a `Chart.yaml`, those inside other charts too.
fn chart_folders(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.join("Chart.yaml").is_file() {
                found.insert(path.clone());
            }
            chart_folders(&path, found);
        }
    }
}

struct Chart {
    name: String,
    parameters: ParameterSchema,
    diagnostics: Vec<Diagnostic>,
    has_schema: bool,
    folder: PathBuf,
}

/// Every chart as the one module of a package, read through the door.
fn charts() -> Option<Vec<Chart>> {
    let root = unpacked()?;
    let mut folders = BTreeSet::new();
    chart_folders(&root, &mut folders);
    let mut source = MemorySource::new();
    for (number, folder) in folders.iter().enumerate() {
        let release = format!("chart-{number}/1.0.0");
        source.insert(
            format!("{release}/metadata.yaml"),
            format!("name: chart-{number}\nversion: 1.0.0\n"),
        );
        source.insert(
            format!("{release}/modules.yaml"),
            "modules:\n- chart: {path: ./chart}\n",
        );
        for name in [
            "Chart.yaml",
            "requirements.yaml",
            "values.yaml",
            "values.schema.json",
        ] {
            if let Ok(bytes) = std::fs::read(folder.join(name)) {
                source.insert(format!("{release}/chart/{name}"), bytes);
            }
        }
    }
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
    let limits = ParameterLimits::default();
    let read = |(number, folder): (usize, &PathBuf)| {
        let package = loaded
            .catalog()
            .package(&format!("chart-{number}"))
            .unwrap();
        let release = &package.releases()[0];
        let (parameters, diagnostics) =
            ParameterSchema::read(&source, release, &release.modules()[0], &limits);
        let name = folder.strip_prefix(&root).unwrap().display().to_string();
        Chart {
            name,
            parameters,
            diagnostics,
            has_schema: folder.join("values.schema.json").is_file(),
            folder: folder.clone(),
        }
    };
    Some(folders.iter().enumerate().map(read).collect())
}

/// The values under a pointer that have a description in the schema, and all of them, maps left out.
fn described(schema: &Value, count: &mut (usize, usize)) {
    for property in schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(|map| map.values())
    {
        if property["properties"].is_object() {
            described(property, count);
        } else {
            count.0 += usize::from(property["description"].is_string());
            count.1 += 1;
        }
    }
}

#[test]
fn every_chart_accepts_its_own_values() {
    let Some(charts) = charts() else {
        return;
    };
    let (mut declared, mut inferred, mut words) = (0, 0, (0, 0));
    for chart in &charts {
        assert!(
            chart.diagnostics.is_empty(),
            "{}: {:?}",
            chart.name,
            chart.diagnostics
        );
        let (expected, count) = match chart.has_schema {
            true => (SchemaOrigin::Declared, &mut declared),
            false => (SchemaOrigin::Inferred, &mut inferred),
        };
        *count += 1;
        assert_eq!(chart.parameters.origin(), expected, "{}", chart.name);
        let defaults = chart.parameters.defaults();
        assert!(
            chart.parameters.accepts(defaults),
            "{} refuses its own values",
            chart.name
        );
        described(chart.parameters.json(), &mut words);
    }
    eprintln!(
        "{declared} charts with a schema, {inferred} without; {} of their {} values are described",
        words.0, words.1
    );
    assert_eq!((charts.len(), declared, inferred), (61, 7, 54));
    assert!(words.0 > 3500 && words.1 > 7000, "{words:?}");
}

/// What is inferred where there is a schema too: nobody would see it, but the values of more charts try the rules.
#[test]
fn every_chart_accepts_its_own_values_by_what_is_inferred_from_them() {
    let Some(charts) = charts() else {
        return;
    };
    let mut with_values = 0;
    for chart in &charts {
        // One chart holds nothing but definitions.
        let Ok(text) = std::fs::read_to_string(chart.folder.join("values.yaml")) else {
            assert_eq!(chart.parameters.defaults(), &json!({}));
            continue;
        };
        with_values += 1;
        let mut files = ChartFiles::default();
        files.values = Some(SourceFile::new("values.yaml", text));
        let (inferred, diagnostics) =
            ParameterSchema::of_chart(&files, &ParameterLimits::default());
        assert!(diagnostics.is_empty(), "{}: {diagnostics:?}", chart.name);
        assert_eq!(inferred.origin(), SchemaOrigin::Inferred);
        assert_eq!(inferred.defaults(), chart.parameters.defaults());
        assert!(inferred.accepts(inferred.defaults()), "{}", chart.name);
    }
    eprintln!("{with_values} values.yaml");
    assert_eq!(with_values, 60);
}
