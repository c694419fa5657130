//! The formats.

use catalog_examples::{Arguments, Failure, Output, diagnostics_json, note};
use catalog_model::rule::rules;
use catalog_model::sarif::{self, Tool};
use catalog_model::{Diagnostic, Loaded, Severity, github};
use serde_json::{Value, json};

use crate::fix::Fixes;

/// Prints a catalog's diagnostics, and what was mended if anybody asked for that.
type Print = Box<dyn Fn(&Loaded, Option<&Fixes>, &mut Output)>;

pub(crate) fn printer(arguments: &Arguments) -> Result<Print, Failure> {
    let dry_run = arguments.switch("dry-run");
    if dry_run && !arguments.switch("fix") {
        return Err(Failure::new("--dry-run says how to --fix; see --help"));
    }
    let suppressed = arguments.switch("suppressed");
    Ok(match arguments.option("format").unwrap_or("text") {
        "text" if dry_run => Box::new(diff),
        "text" => Box::new(move |loaded, fixes, output| text(loaded, fixes, suppressed, output)),
        "json" => Box::new(json),
        format @ ("sarif" | "github") if dry_run => {
            return Err(Failure::new(format!(
                "--dry-run prints text or json, not {format}"
            )));
        }
        "sarif" => Box::new(|loaded, _, output| sarif(loaded, output)),
        "github" => Box::new(|loaded, _, output| github(loaded, output)),
        other => {
            return Err(Failure::new(format!(
                "`{other}` is no format: text, json, sarif or github"
            )));
        }
    })
}

/// The diff is all of standard output, so that it can be piped into `patch`.
fn diff(loaded: &Loaded, fixes: Option<&Fixes>, output: &mut Output) {
    if let Some(diff) = fixes.and_then(Fixes::diff).filter(|diff| !diff.is_empty()) {
        output.verbatim(diff.strip_suffix('\n').unwrap_or(diff));
    }
    note(summary(loaded, fixes));
}

fn text(loaded: &Loaded, fixes: Option<&Fixes>, suppressed: bool, output: &mut Output) {
    let fixed = fixes.map(Fixes::made).unwrap_or_default();
    for one in fixed {
        output.line(one.to_string());
    }
    if !fixed.is_empty() {
        output.line("");
    }
    output.diagnostics(loaded.diagnostics());
    if suppressed && !loaded.suppressed().is_empty() {
        output.lines("kept back:\n");
        output.diagnostics(loaded.suppressed());
    }
    output.line(summary(loaded, fixes));
}

/// What scripts are told of a catalog.
pub(crate) fn report(loaded: &Loaded) -> Value {
    let (packages, versions, usable) = counts(loaded);
    json!({
        "packages": packages, "versions": versions, "usable": usable,
        "diagnostics": diagnostics_json(loaded.diagnostics()),
        "suppressed": diagnostics_json(loaded.suppressed()),
    })
}

fn json(loaded: &Loaded, fixes: Option<&Fixes>, output: &mut Output) {
    let mut report = report(loaded);
    if let (Some(fixes), Value::Object(report)) = (fixes, &mut report) {
        report.extend(fixes.to_json());
    }
    output.json(&report);
}

fn sarif(loaded: &Loaded, output: &mut Output) {
    let tool = Tool::new("catalog-validate")
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_rules(rules());
    let all = loaded.diagnostics().iter().chain(loaded.suppressed());
    output.json(&sarif::log(&tool, all));
}

fn github(loaded: &Loaded, output: &mut Output) {
    for diagnostic in loaded.diagnostics() {
        output.line(github::annotation(diagnostic));
    }
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

pub(crate) fn summary(loaded: &Loaded, fixes: Option<&Fixes>) -> String {
    let (packages, versions, usable) = counts(loaded);
    let count = |severity| {
        let of_severity = |diagnostic: &&Diagnostic| diagnostic.severity() == severity;
        loaded.diagnostics().iter().filter(of_severity).count()
    };
    let suppressed = match loaded.suppressed().len() {
        0 => String::new(),
        count => format!(", {count} kept back"),
    };
    let fixed = match fixes {
        None => String::new(),
        Some(fixes) => format!(
            ", {} {}",
            fixes.made().len(),
            if fixes.diff().is_some() {
                "to fix"
            } else {
                "fixed"
            }
        ),
    };
    format!(
        "{packages} packages, {versions} versions, {usable} usable: {} errors, {} warnings, {} notes{suppressed}{fixed}",
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Note)
    )
}
