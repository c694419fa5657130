//! One package whose files are the parts of the input between lines of `====`: loaded, indexed, written and mended.
#![no_main]

use catalog_model::document::Limits;
use catalog_model::index::Index;
use catalog_model::write::release;
use catalog_model::{LoadOptions, Loaded, MemorySource, load, mend};
use libfuzzer_sys::fuzz_target;

const FILES: [&str; 5] = [
    "metadata.yaml",
    "definitions/d.yaml",
    "conditions/c.yaml",
    "hooks/h.yaml",
    "modules.yaml",
];

fuzz_target!(|text: &str| {
    let parts = text.split("====\n");
    let mut source: MemorySource = FILES
        .iter()
        .zip(parts)
        .map(|(file, part)| (format!("p/1.0.0/{file}"), part.to_owned()))
        .collect();
    source.insert("q/1.0.0/metadata.yaml", "name: q\nversion: 1.0.0\n");
    let options = LoadOptions::default();
    let loaded = load(&source, &options).expect("the root can be listed");
    assert_eq!(usable(&loaded, "q"), 1, "a broken package hides none");
    let read = Index::read(&source, &options).expect("the root can be listed");
    assert!(
        read.index().len() >= usable(&loaded, "p"),
        "what can be used is found"
    );
    for one in loaded
        .catalog()
        .packages()
        .flat_map(|package| package.releases())
    {
        release(one, &source, &Limits::default()).expect("what was read is written");
    }
    let fixable = |loaded: &Loaded| {
        loaded
            .diagnostics()
            .iter()
            .any(|found| found.safe_fix().is_some())
    };
    if fixable(&loaded) {
        let mended = mend(&source, &options).expect("the root can be listed");
        assert!(
            usable(mended.loaded(), "p") >= usable(&loaded, "p"),
            "mending breaks nothing"
        );
    }
});

/// How many releases of a package can be used.
fn usable(loaded: &Loaded, package: &str) -> usize {
    let package = loaded.catalog().package(package);
    package.map_or(0, |package| package.releases().len())
}
