//! The charts of two repositories, imported all at once.
#![cfg(all(feature = "import", feature = "parameters"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says why it was skipped"
)]

mod published;

use catalog_model::import::{Import, ImportOptions, helm};
use catalog_model::parameters::ParameterLimits;
use catalog_model::{LoadOptions, Severity, load};

use self::published::{counts, lost_counts, releases, tar_xz, written_alike};

fn imported() -> Option<Import> {
    let charts = tar_xz("helm-charts.tar.xz", |_| true)?;
    Some(helm(&charts, &ImportOptions::default()).unwrap())
}

#[test]
fn all_load_without_errors() {
    let Some(import) = imported() else { return };
    assert_eq!((import.packages(), import.versions()), (58, 58));
    let mut options = LoadOptions::default();
    options.modules = Some(ParameterLimits::default());
    let loaded = load(import.files(), &options).unwrap();
    let errors: Vec<String> = (loaded.diagnostics().iter())
        .filter(|found| found.severity() == Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(releases(loaded.catalog()).count(), 58);
    let diagnostics: Vec<String> = (import.diagnostics().iter())
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(diagnostics.join("\n"), @"");
}

#[test]
fn what_is_carried_over_and_what_is_not() {
    let Some(import) = imported() else { return };
    let loaded = load(import.files(), &LoadOptions::default()).unwrap();
    let text = counts(loaded.catalog()) + &lost_counts(&import);
    insta::assert_snapshot!(text, @r#"
 20 definitions: CustomResourceDefinition
 29 dependencies
 27 dependencies, optional
 10 deprecated
 58 description
 29 icon
  9 license
 53 maintainers
 58 modules: chart, inside
 58 scope: cluster
 14 system: kubernetes
127 tags
 55 url
 15 not carried over: `alias`
  1 not carried over: `appVersion`
  1 not carried over: `artifacthub.io/changes`
 16 not carried over: `artifacthub.io/links`
  3 not carried over: `artifacthub.io/maintainers`
 29 not carried over: `condition`
  4 not carried over: `engine`
 32 not carried over: `repository`
 47 not carried over: `sources`
  3 not carried over: dependency `…`
"#);
}

#[test]
fn loading_writing_and_loading_again_changes_nothing() {
    let Some(import) = imported() else { return };
    written_alike(&import);
}
