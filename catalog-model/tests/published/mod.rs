//! Catalogs that others publish, and what is asked of what was imported of them.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "each test file uses a part of it, and it says why it was skipped"
)]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use catalog_model::document::Limits;
use catalog_model::import::Import;
use catalog_model::{
    Catalog, LoadOptions, MemorySource, ModuleContent, Release, Severity, load, write,
};

/// Operators with few and small CRDs among those that there are: all of them take minutes in a build without optimisation.
pub const SMALL_OPERATORS: [&str; 6] = [
    "cert-manager",
    "grafana-operator",
    "keycloak-operator",
    "node-healthcheck-operator",
    "rabbitmq-messaging-topology-operator",
    "vault-config-operator",
];

/// Whether a file of `olm-operators.tar.xz` is a bundle of one of some operators.
pub fn is_bundle_of(path: &str, is_wanted: impl Fn(&str) -> bool) -> bool {
    let operator = path.split_once("operators/").map(|(_, rest)| rest);
    let operator = operator.and_then(|rest| rest.split('/').next());
    operator.is_some_and(is_wanted)
}

/// A packed catalog, unpacked; `None`, said aloud, where it is not there.
pub fn tar_gz(name: &str) -> Option<MemorySource> {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join(name);
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    Some(unpacked(flate2::read::GzDecoder::new(file), |_| true))
}

/// What an archive holds, as far as it is wanted.
pub fn unpacked(archive: impl Read, is_wanted: impl Fn(&str) -> bool) -> MemorySource {
    let mut archive = tar::Archive::new(archive);
    let mut source = MemorySource::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_str().unwrap().to_owned();
        if entry.header().entry_type().is_file() && is_wanted(&path) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            source.insert(path.trim_start_matches("./"), bytes);
        }
    }
    // A program that writes an archive does not end before somebody has read all of it.
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).unwrap();
    source
}

pub fn releases(catalog: &Catalog) -> impl Iterator<Item = &Release> {
    catalog.packages().flat_map(|package| package.releases())
}

/// What the releases of a catalog have, by kind.
pub fn counts(catalog: &Catalog) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |what: String, number: usize| *counts.entry(what).or_default() += number;
    for release in releases(catalog) {
        let metadata = release.metadata();
        for definition in release.definitions() {
            count(format!("definitions: {}", definition.identity().kind()), 1);
        }
        for module in release.modules() {
            let place = match module.content() {
                ModuleContent::Chart { path, .. } | ModuleContent::Manifests { path, .. } => {
                    path.as_ref().map_or(", elsewhere", |_| ", inside")
                }
                _ => "",
            };
            count(format!("modules: {}{place}", module.content().kind()), 1);
        }
        let optional = metadata
            .dependencies()
            .iter()
            .filter(|one| one.is_optional());
        count("dependencies, optional".into(), optional.count());
        count("dependencies".into(), metadata.dependencies().len());
        count("requires".into(), metadata.requires().len());
        count("provides".into(), metadata.provides().len());
        count("conflicts".into(), metadata.conflicts().len());
        count("skips".into(), metadata.skips().len());
        count("tags".into(), metadata.tags().len());
        for (has, what) in [
            (metadata.description().is_some(), "description"),
            (metadata.license().is_some(), "license"),
            (metadata.url().is_some(), "url"),
            (metadata.icon().is_some(), "icon"),
            (metadata.replaces().is_some(), "replaces"),
            (metadata.skip_range().is_some(), "skipRange"),
            (metadata.deprecated().is_some(), "deprecated"),
            (!metadata.maintainers().is_empty(), "maintainers"),
            (
                metadata.system().contains_key("kubernetes"),
                "system: kubernetes",
            ),
            (metadata.namespace().is_some(), "namespace"),
        ] {
            count(what.into(), usize::from(has));
        }
        count(format!("scope: {}", metadata.scope().as_str()), 1);
    }
    shown(counts)
}

/// What could not be carried over, by what it is.
pub fn lost_counts(import: &Import) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for lost in import.not_carried_over() {
        // Names of the catalog's own are many, and each stands for one thing.
        let what = match lost.what.split_once(" `") {
            Some((what, _)) => format!("not carried over: {what} `…`"),
            None => format!("not carried over: {}", lost.what),
        };
        *counts.entry(what).or_default() += 1;
    }
    shown(counts)
}

fn shown(counts: BTreeMap<String, usize>) -> String {
    let some = counts.iter().filter(|(_, count)| **count > 0);
    some.map(|(what, count)| format!("{count:5} {what}\n"))
        .collect()
}

/// An imported catalog that is loaded, written and loaded again is the same, and written again the same bytes.
pub fn written_alike(import: &Import) {
    let first = load(import.files(), &LoadOptions::default()).unwrap();
    let once = written(import.files(), first.catalog());
    let second = load(&once, &LoadOptions::default()).unwrap();
    assert!(first.catalog() == second.catalog(), "the catalogs differ");
    let is_error = |found: &catalog_model::Diagnostic| found.severity() == Severity::Error;
    assert!(!second.diagnostics().iter().any(is_error));
    assert!(
        written(&once, second.catalog()) == once,
        "what is canonical stays as it is"
    );
    for (path, bytes) in import.files().files() {
        if !path.contains("/definitions/") {
            let written = once.files().find(|(other, _)| *other == path).unwrap().1;
            assert!(
                written == bytes,
                "{path}: the importer writes in canonical form"
            );
        }
    }
}

/// The files of a loaded catalog, written again; folders that are no usable release stay as they are.
pub fn written(source: &MemorySource, catalog: &Catalog) -> MemorySource {
    let mut written = source.clone();
    for release in releases(catalog) {
        let files = write::release(release, source, &Limits::default()).unwrap();
        for (path, bytes) in files.files() {
            written.insert(path, bytes);
        }
    }
    written
}

/// An archive packed with xz, unpacked by the program `xz`; `None`, said aloud, where either is not there.
pub fn tar_xz(name: &str, is_wanted: impl Fn(&str) -> bool) -> Option<MemorySource> {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if !path.exists() {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    }
    let mut xz = std::process::Command::new("xz")
        .arg("-dc")
        .arg(&path)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .map_err(|error| eprintln!("skipped: xz: {error}"))
        .ok()?;
    let source = unpacked(xz.stdout.take().unwrap(), is_wanted);
    assert!(xz.wait().unwrap().success());
    Some(source)
}
