//! What tests of imports ask.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use catalog_model::import::Import;
use catalog_model::{LoadOptions, Loaded, Severity, load};

/// The catalog that was made, which has no errors.
pub fn loaded(import: &Import) -> Loaded {
    let loaded = load(import.files(), &LoadOptions::default()).unwrap();
    let errors: Vec<String> = loaded
        .diagnostics()
        .iter()
        .filter(|found| found.severity() == Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    loaded
}

/// The text of a file that was made.
pub fn file(import: &Import, path: &str) -> String {
    let mut files = import.files().files();
    let found = files.find(|(other, _)| *other == path);
    let (_, bytes) = found.unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// All that is said of an import.
pub fn report(import: &Import) -> String {
    let mut lines: Vec<String> = (import.diagnostics().iter())
        .map(ToString::to_string)
        .collect();
    lines.extend(import.not_carried_over().iter().map(|lost| {
        let line = lost.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}: {}: {}", lost.file, lost.what, lost.why)
    }));
    lines.join("\n")
}
