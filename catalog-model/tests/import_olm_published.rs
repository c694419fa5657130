//! Operators that are published, imported all at once: ten file-based catalogs, and the bundles of some operators.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says why it was skipped"
)]

mod published;

use catalog_model::import::{Import, ImportOptions, olm};
use catalog_model::{LoadOptions, Severity, load};

use self::published::{
    SMALL_OPERATORS, counts, is_bundle_of, lost_counts, releases, tar_xz, written_alike,
};

fn imported(is_wanted: impl Fn(&str) -> bool) -> Option<Import> {
    let operators = tar_xz("olm-operators.tar.xz", is_wanted)?;
    Some(olm(&operators, &ImportOptions::default()).unwrap())
}

fn told(import: &Import) -> String {
    let loaded = load(import.files(), &LoadOptions::default()).unwrap();
    let errors: Vec<String> = (loaded.diagnostics().iter())
        .filter(|found| found.severity() == Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(releases(loaded.catalog()).count(), import.versions());
    let diagnostics: Vec<String> = (import.diagnostics().iter())
        .map(|found| format!("{found}\n"))
        .collect();
    format!(
        "{} packages, {} versions\n{}{}{}",
        import.packages(),
        import.versions(),
        diagnostics.concat(),
        counts(loaded.catalog()),
        lost_counts(import)
    )
}

#[test]
fn catalogs() {
    let Some(import) = imported(|path| path.contains("catalogs/")) else {
        return;
    };
    insta::assert_snapshot!(told(&import), @r#"
10 packages, 177 versions
    8 dependencies
  177 description
  164 icon
  177 maintainers
  177 modules: bundle
   14 namespace
 2000 provides
  157 replaces
   40 requires
  177 scope: cluster
   46 skipRange
    9 skips
  113 system: kubernetes
 1448 tags
  177 url
  177 not carried over: `alm-examples`
  177 not carried over: `capabilities`
  130 not carried over: `createdAt`
   10 not carried over: `defaultChannel`
  949 not carried over: `description`
 1126 not carried over: `displayName`
  177 not carried over: `installModes`
    6 not carried over: `kbld.k14s.io/images`
  177 not carried over: `maturity`
   11 not carried over: `name`
   20 not carried over: `nativeAPIs`
    3 not carried over: `operatorframework.io/initialization-resource`
   31 not carried over: `operators.openshift.io/infrastructure-features`
   15 not carried over: `operators.openshift.io/valid-subscription`
   48 not carried over: `operators.operatorframework.io/internal-objects`
  107 not carried over: `operators.operatorframework.io/project_layout`
  177 not carried over: `provider`
    3 not carried over: `replaces`
  102 not carried over: `resources`
    3 not carried over: `skips`
  399 not carried over: `specDescriptors`
  223 not carried over: `statusDescriptors`
   72 not carried over: `support`
  426 not carried over: link `…`
"#);
    written_alike(&import);
}

#[test]
fn bundles() {
    let is_wanted = |path: &str| is_bundle_of(path, |name| SMALL_OPERATORS.contains(&name));
    let Some(import) = imported(is_wanted) else {
        return;
    };
    insta::assert_snapshot!(told(&import), @r#"
6 packages, 72 versions
  801 definitions: CustomResourceDefinition
   10 dependencies
   72 description
   72 icon
   72 maintainers
   72 modules: manifests, inside
   17 namespace
   42 replaces
   17 requires
   72 scope: cluster
   23 skipRange
   18 skips
   38 system: kubernetes
  509 tags
   72 url
   72 not carried over: `alm-examples`
   10 not carried over: `annotations`
   72 not carried over: `capabilities`
    1 not carried over: `com.redhat.openshift.versions`
   10 not carried over: `console.openshift.io/plugins`
   72 not carried over: `createdAt`
  789 not carried over: `description`
  846 not carried over: `displayName`
   72 not carried over: `installModes`
   10 not carried over: `labels`
   72 not carried over: `maturity`
   24 not carried over: `nativeAPIs`
    7 not carried over: `operatorframework.io/suggested-namespace-template`
   10 not carried over: `operators.openshift.io/infrastructure-features`
   69 not carried over: `operators.operatorframework.io.bundle.channel.default.v1`
   72 not carried over: `operators.operatorframework.io.bundle.mediatype.v1`
   72 not carried over: `operators.operatorframework.io.bundle.metadata.v1`
   62 not carried over: `operators.operatorframework.io.metrics.builder`
   62 not carried over: `operators.operatorframework.io.metrics.mediatype.v1`
   62 not carried over: `operators.operatorframework.io.metrics.project_layout`
   36 not carried over: `operators.operatorframework.io.test.config.v1`
   36 not carried over: `operators.operatorframework.io.test.mediatype.v1`
    2 not carried over: `operators.operatorframework.io/builder`
   14 not carried over: `operators.operatorframework.io/internal-objects`
   34 not carried over: `operators.operatorframework.io/project_layout`
   72 not carried over: `provider`
    2 not carried over: `replaces`
   12 not carried over: `resources`
   10 not carried over: `selector`
    1 not carried over: `skips`
   12 not carried over: `specDescriptors`
   12 not carried over: `statusDescriptors`
   70 not carried over: `support`
  104 not carried over: file
  145 not carried over: link `…`
  908 not carried over: webhook `…`
"#);
    written_alike(&import);
}
