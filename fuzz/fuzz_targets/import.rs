//! Foreign packages whose files are the parts of the input between lines of `====`, read by every importer: what is made loads without errors.
#![no_main]

use catalog_model::import::{ImportOptions, glasskube, helm, kubevela, olm};
use catalog_model::{LoadOptions, MemorySource, Severity, load};
use libfuzzer_sys::fuzz_target;

const FILES: [&str; 12] = [
    "p/versions.yaml",
    "p/v1.0.0/package.yaml",
    "p/v1.0.0/m.yaml",
    "c/Chart.yaml",
    "c/requirements.yaml",
    "c/crds/c.yaml",
    "index.yaml",
    "b/metadata/annotations.yaml",
    "b/metadata/dependencies.yaml",
    "b/manifests/csv.yaml",
    "catalog.yaml",
    "a/metadata.yaml",
];

fuzz_target!(|bytes: &[u8]| {
    let mut source = MemorySource::new();
    source.insert("c-1.0.0.tgz", bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        for (file, part) in FILES.iter().zip(text.split("====\n")) {
            source.insert(*file, part);
        }
    }
    let mut options = ImportOptions::default();
    options.archive_bytes = 1 << 20;
    for importer in [glasskube, helm, olm, kubevela] {
        let import = importer(&source, &options).expect("the root can be listed");
        let loaded = load(import.files(), &LoadOptions::default()).expect("it can be listed");
        // Of an input in which there is nothing to import, nothing is made.
        let error = loaded
            .diagnostics()
            .iter()
            .find(|found| found.severity() == Severity::Error && found.code() != "catalog.empty");
        assert_eq!(error, None, "what is made loads");
    }
});
