//! Prints all that is wrong with a catalog: `cargo run --release --example validate -- examples/catalogs/broken`.

use std::process::ExitCode;

use catalog_examples::{
    Answer, Arguments, Failure, Format, Output, Program, catalog, diagnostics_json,
};
use catalog_model::{Loaded, Severity};
use serde_json::json;

const PROGRAM: Program = Program {
    usage: "\
Prints all that is wrong with a catalog.

usage: validate CATALOG [--format text|json]

CATALOG is a folder. Exit code: 0 without errors (warnings are none), 1 with errors, 2 if the catalog cannot be read.",
    options: &["format"],
    switches: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(validate)
}

fn validate(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = arguments.format()?;
    let loaded = catalog(arguments.one("CATALOG")?)?;
    match format {
        Format::Json => output.json(&report(&loaded)),
        Format::Text => {
            output.diagnostics(loaded.diagnostics());
            output.line(summary(&loaded));
        }
    }
    Ok(if loaded.has_errors() {
        Answer::Finding
    } else {
        Answer::Fine
    })
}

/// Packages, versions, and versions that can be installed.
fn counts(loaded: &Loaded) -> (usize, usize, usize) {
    let packages = || loaded.catalog().packages();
    let usable = packages().map(|package| package.releases().len()).sum();
    let unusable = packages()
        .map(|package| package.unusable().len())
        .sum::<usize>();
    (packages().count(), usable + unusable, usable)
}

fn report(loaded: &Loaded) -> serde_json::Value {
    let (packages, versions, usable) = counts(loaded);
    json!({ "packages": packages, "versions": versions, "usable": usable, "diagnostics": diagnostics_json(loaded.diagnostics()) })
}

fn summary(loaded: &Loaded) -> String {
    let (packages, versions, usable) = counts(loaded);
    let count = |severity| {
        loaded
            .diagnostics()
            .iter()
            .filter(|diagnostic| diagnostic.severity() == severity)
            .count()
    };
    format!(
        "{packages} packages, {versions} versions, {usable} usable: {} errors, {} warnings, {} notes",
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Note)
    )
}
