//! One package whose files are the parts of the input between lines of `====`.
#![no_main]

use catalog_model::{LoadOptions, MemorySource, load};
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
    let loaded = load(&source, &LoadOptions::default()).expect("the root can be listed");
    assert!(
        loaded
            .catalog()
            .package("q")
            .is_some_and(|package| package.releases().len() == 1),
        "a broken package hides none"
    );
});
