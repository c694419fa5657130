//! The schemas against files that were not written for them: the example catalogs, and the definitions of published addons.
#![cfg(all(feature = "schema", feature = "fs", feature = "json-path"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly, and say what it counted"
)]

mod editor;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use catalog_model::{FolderSource, LoadOptions, MemorySource, Severity, load};
use editor::{EXCEPTIONS, Editor};

/// The kind of a file by its place in a catalog, `package/version/…`.
fn kind_of(path: &Path) -> Option<&'static str> {
    let parts: Vec<&str> = path.iter().map(|part| part.to_str().unwrap()).collect();
    match parts.as_slice() {
        [_, _, "metadata.yaml"] => Some("metadata"),
        [_, _, "modules.yaml"] => Some("modules"),
        [_, _, "definitions", _] => Some("definitions"),
        [_, _, "conditions", _] => Some("conditions"),
        [_, _, "hooks", _] => Some("hooks"),
        _ => None,
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn schema_and_strict_loader_agree_on_the_example_catalogs() {
    let editor = Editor::new();
    let mut count = 0;
    for catalog in ["observability", "broken"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../examples/catalogs")
            .join(catalog);
        let mut options = LoadOptions::default();
        options.strict = true;
        let loaded = load(&FolderSource::open(&root).unwrap(), &options).unwrap();
        let mut errors: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
        for diagnostic in loaded.diagnostics() {
            if let (Severity::Error, Some(location)) =
                (diagnostic.severity(), diagnostic.location())
            {
                let path = PathBuf::from(location.file().path());
                errors
                    .entry(path)
                    .or_default()
                    .push(diagnostic.code().to_owned());
            }
        }
        let mut paths = Vec::new();
        files(&root, &mut paths);
        for path in paths {
            let Some(kind) = kind_of(path.strip_prefix(&root).unwrap()) else {
                continue;
            };
            count += 1;
            let problems = editor.problems(kind, &fs::read_to_string(&path).unwrap());
            let codes = errors
                .iter()
                .find(|(file, _)| path.ends_with(file) || **file == path);
            let codes = codes.map_or(&[][..], |(_, codes)| codes);
            let unseen = codes
                .iter()
                .all(|code| EXCEPTIONS.iter().any(|(name, _)| name == code));
            let agree = problems.is_empty() == codes.is_empty() || problems.is_empty() && unseen;
            assert!(agree, "{}: {codes:?}, {problems:?}", path.display());
        }
    }
    println!("{count} files of the example catalogs");
    assert!(count > 200, "the example catalogs have shrunk");
}

/// The YAML files below `definitions/` and `crds/` of `kubevela-addons.tar.gz`; `None`, said aloud, where it is not there.
fn published() -> Option<Vec<(String, String)>> {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join("kubevela-addons.tar.gz");
    let Ok(file) = fs::File::open(&path) else {
        println!("skipped: there is no {}", path.display());
        return None;
    };
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut found = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        let wanted = ["/definitions/", "/resources/", "/crds/"]
            .iter()
            .any(|part| path.contains(part));
        let mut text = String::new();
        if wanted && path.ends_with(".yaml") && entry.read_to_string(&mut text).is_ok() {
            found.push((path, text));
        }
    }
    Some(found)
}

#[test]
fn schema_and_loader_agree_on_published_definitions() {
    let Some(published) = published() else { return };
    let editor = Editor::new();
    let (mut valid, mut wrong) = (0, Vec::new());
    for (path, text) in &published {
        let source = MemorySource::from_iter([
            (
                "example/1.0.0/metadata.yaml",
                "name: example\nversion: 1.0.0\n",
            ),
            ("example/1.0.0/definitions/it.yaml", text.as_str()),
        ]);
        let loaded = load(&source, &LoadOptions::default()).unwrap();
        let errors = loaded.diagnostics().iter();
        let errors = errors.filter(|diagnostic| diagnostic.severity() == Severity::Error);
        let codes: Vec<&str> = errors.map(|diagnostic| diagnostic.code()).collect();
        let problems = editor.problems("definitions", text);
        valid += usize::from(codes.is_empty());
        let unseen = codes
            .iter()
            .all(|code| EXCEPTIONS.iter().any(|(name, _)| name == code));
        if problems.is_empty() != codes.is_empty() && !(problems.is_empty() && unseen) {
            wrong.push(format!("{path}: {codes:?}, {:?}", problems.first()));
        }
    }
    println!(
        "{} published files, {valid} of them valid definitions",
        published.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
