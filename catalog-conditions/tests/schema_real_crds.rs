//! The CRDs of real operators: every path that a plain walk over their schemas finds is allowed, and every mistyped one is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says why it was skipped"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use catalog_conditions::SourceFile;
use catalog_conditions::document::{Limits, parse};
use catalog_conditions::path::FieldPath;
use catalog_conditions::schema::Schema;
use serde_json::Value;

/// The archives that hold CRDs: of operators, of charts, of addons.
const ARCHIVES: [&str; 3] = [
    "olm-operators.tar.xz",
    "helm-charts.tar.xz",
    "kubevela-addons.tar.gz",
];

/// The archives, unpacked; `None`, said aloud, where they are not there.
fn unpacked() -> Option<PathBuf> {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let unpacked = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("real-crds");
    std::fs::create_dir_all(&unpacked).unwrap();
    for archive in ARCHIVES.map(|name| folder.join(name)) {
        if !archive.is_file() {
            eprintln!("skipped: there is no {}", archive.display());
            return None;
        }
        let mut tar = Command::new("tar");
        tar.arg("-xf").arg(&archive).arg("-C").arg(&unpacked);
        if !tar.status().is_ok_and(|status| status.success()) {
            eprintln!("skipped: tar does not unpack {}", archive.display());
            return None;
        }
    }
    Some(unpacked)
}

fn texts_of_crds(folder: &Path, texts: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts_of_crds(&path, texts);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            let text = std::fs::read_to_string(&path).unwrap();
            if text.contains("kind: CustomResourceDefinition") {
                texts.insert(text);
            }
        }
    }
}

/// Every CRD once, whatever else its file says.
fn crds(folder: &Path) -> Vec<Value> {
    let mut texts = BTreeSet::new();
    texts_of_crds(folder, &mut texts);
    let documents = texts.into_iter().flat_map(|text| {
        let read = parse(&SourceFile::new("crd.yaml", text), &Limits::snapshot());
        read.documents
            .into_iter()
            .map(|document| document.to_json())
    });
    documents
        .filter(|document| document["kind"] == "CustomResourceDefinition")
        .collect()
}

#[derive(Default, Debug)]
struct Counts {
    versions: usize,
    allowed: usize,
    refused: usize,
    open: usize,
}

#[test]
fn the_paths_of_real_crds_are_allowed_and_mistyped_ones_refused() {
    let Some(folder) = unpacked() else {
        return;
    };
    let mut seen = BTreeSet::new();
    let mut counts = Counts::default();
    for crd in &crds(&folder) {
        let spec = &crd["spec"];
        for version in spec["versions"].as_array().unwrap() {
            let root = &version["schema"]["openAPIV3Schema"];
            if seen.insert((spec["names"]["kind"].to_string(), root.to_string())) {
                counts.versions += 1;
                let place = Place {
                    schema: root,
                    path: String::new(),
                    kept: false,
                };
                let schema = Schema::of_crd(crd, version["name"].as_str().unwrap()).unwrap();
                walk(&schema, &place, &mut counts);
            }
        }
    }
    eprintln!("{counts:?}");
    assert!(counts.versions > 500 && counts.allowed > 100_000 && counts.refused > 100_000);
}

/// One schema within a schema, and the path to what it is about.
struct Place<'s> {
    schema: &'s Value,
    path: String,
    /// A list around it keeps unknown fields.
    kept: bool,
}

/// Checks a mistyped field of a place, then every field, element and map value below it.
fn walk(checked: &Schema<'_>, place: &Place<'_>, counts: &mut Counts) {
    let node = place.schema;
    let kept = place.kept || node["x-kubernetes-preserve-unknown-fields"] == true;
    let is_object = node["type"] == "object" || node["type"].is_null() && kept;
    let open = is_object && (kept || !node["additionalProperties"].is_null());
    mistype(checked, &below(&place.path, "unknownField"), open, counts);
    for (key, schema) in node["properties"].as_object().into_iter().flatten() {
        let path = below(&place.path, key);
        let field = checked.check(&FieldPath::parse(&path).expect(&path));
        let field = field.unwrap_or_else(|error| panic!("{path}: {error}"));
        counts.allowed += 1;
        if path == "metadata" {
            continue;
        }
        assert_eq!(field.to_string(), types(schema), "{path}: {schema}");
        assert_eq!(
            field.allowed().map_or(0, <[&Value]>::len),
            schema["enum"].as_array().map_or(0, Vec::len),
            "{path}"
        );
        let place = Place {
            schema,
            path,
            kept: false,
        };
        walk(checked, &place, counts);
    }
    for (key, step) in [("additionalProperties", "['a.key/x']"), ("items", "[7]")] {
        if node[key].is_object() {
            let place = Place {
                schema: &node[key],
                path: format!("{}{step}", place.path),
                kept: kept && key == "items",
            };
            walk(checked, &place, counts);
        }
    }
}

fn mistype(checked: &Schema<'_>, path: &str, open: bool, counts: &mut Counts) {
    match checked.check(&FieldPath::parse(path).expect(path)) {
        Ok(field) => {
            assert!(open, "{path} is allowed: {field}");
            counts.open += 1;
        }
        Err(error) => {
            assert!(!open, "{path} is refused: {error}");
            counts.refused += 1;
        }
    }
}

fn below(path: &str, key: &str) -> String {
    let simple = key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    match simple {
        true if path.is_empty() => key.to_owned(),
        true => format!("{path}.{key}"),
        false => format!("{path}['{key}']"),
    }
}

fn types(schema: &Value) -> &'static str {
    match schema["type"].as_str() {
        Some("string") => "a string",
        Some("integer") => "a whole number",
        Some("number") => "a number",
        Some("boolean") => "true or false",
        Some("array") => "a list",
        Some("object") => "a map",
        _ if schema["x-kubernetes-int-or-string"] == true => "a string or a whole number",
        _ => "any value",
    }
}
