//! The packages that Glasskube publishes, imported all at once.
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

use catalog_model::import::{Import, ImportOptions, glasskube};
use catalog_model::parameters::{ParameterLimits, ParameterSchema};
use catalog_model::{LoadOptions, ModuleContent, Scope, Severity, load};

use self::published::{counts, lost_counts, releases, tar_gz, written_alike};

fn imported() -> Option<Import> {
    let packages = tar_gz("glasskube-packages.tar.gz")?;
    Some(glasskube(&packages, &ImportOptions::default()).unwrap())
}

#[test]
fn all_load_without_errors() {
    let Some(import) = imported() else { return };
    assert_eq!((import.packages(), import.versions()), (32, 495));
    let mut options = LoadOptions::default();
    options.modules = Some(ParameterLimits::default());
    let loaded = load(import.files(), &options).unwrap();
    let errors: Vec<String> = loaded
        .diagnostics()
        .iter()
        .filter(|found| found.severity() == Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(releases(loaded.catalog()).count(), 495);
    let diagnostics: Vec<String> = import
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(diagnostics.join("\n"), @"");
}

#[test]
fn what_is_carried_over_and_what_is_not() {
    let Some(import) = imported() else { return };
    let loaded = load(import.files(), &LoadOptions::default()).unwrap();
    let (mut definable, mut described) = (0, 0);
    for release in releases(loaded.catalog()) {
        for module in release.modules() {
            let (schema, diagnostics) =
                ParameterSchema::read(import.files(), release, module, &ParameterLimits::default());
            assert_eq!(diagnostics, []);
            if let Some(properties) = schema.json().get("properties") {
                described += 1;
                definable += leaves(properties);
            }
        }
    }
    let text = format!(
        "{}{described:5} charts described\n{definable:5} values described\n{}",
        counts(loaded.catalog()),
        lost_counts(&import)
    );
    insta::assert_snapshot!(text, @r#"
  45 dependencies
 492 description
 487 icon
 337 modules: chart, elsewhere
 202 modules: manifests, elsewhere
  37 modules: manifests, inside
 436 namespace
 436 scope: cluster
  59 scope: namespace
 424 url
 202 charts described
1041 values described
   1 not carried over: `anonymized`
   1 not carried over: `cpuMode`
   2 not carried over: `databaseName`
   3 not carried over: `defaultNamespaceRetention`
  62 not carried over: `defaultNamespace`
   2 not carried over: `enableSuperuserAccess`
 342 not carried over: `entrypoints`
  12 not carried over: `ingressClassController`
   2 not carried over: `insecure`
  10 not carried over: `installedName`
   2 not carried over: `instances`
   1 not carried over: `keyForAnthropicApi`
   1 not carried over: `keyForJinaCodeApi`
   1 not carried over: `keyForLlmApi`
   1 not carried over: `keyForOpenaiApi`
 424 not carried over: `label`
   1 not carried over: `language`
  15 not carried over: `latestVersion`
   3 not carried over: `ldapHost`
   3 not carried over: `ldapPort`
   3 not carried over: `ldapSsl`
   3 not carried over: `ldapType`
   2 not carried over: `memory`
   3 not carried over: `oauthClientId`
   3 not carried over: `oauthClientSecret`
   1 not carried over: `openaiApiKey`
   2 not carried over: `quickwitDomain`
   1 not carried over: `s3AccessKey`
   6 not carried over: `s3Endpoint`
   5 not carried over: `s3Flavor`
   1 not carried over: `s3SecretKey`
   8 not carried over: `schedule`
   1 not carried over: `smtpEmailAddress`
   3 not carried over: `smtpHost`
   3 not carried over: `smtpPassword`
   3 not carried over: `smtpPort`
   1 not carried over: `smtpServerUrl`
   3 not carried over: `smtpSslEnabled`
   3 not carried over: `smtpStartTlsEnabled`
   3 not carried over: `smtpUser`
   1 not carried over: `smtpUsernamePassword`
   1 not carried over: `smtpUsername`
   2 not carried over: `storageSize`
   3 not carried over: `tracecatDomain`
   6 not carried over: `transformations`
   3 not carried over: `transitiveResources`
   9 not carried over: `values`
 229 not carried over: file
 184 not carried over: reference `…`
 578 not carried over: target of `…`
"#);
}

fn leaves(properties: &serde_json::Value) -> usize {
    let schemas = properties.as_object().unwrap().values();
    let below = |schema: &serde_json::Value| schema.get("properties").map_or(1, leaves);
    schemas.map(below).sum()
}

/// Build metadata is the package's revision, and orders.
#[test]
fn revisions_order() {
    let Some(import) = imported() else { return };
    let loaded = load(import.files(), &LoadOptions::default()).unwrap();
    let keptn = loaded.catalog().package("keptn").unwrap();
    let versions: Vec<&str> = keptn
        .releases()
        .iter()
        .map(|release| release.version().as_str())
        .collect();
    insta::assert_snapshot!(versions.join(" "), @r#"v0.10.0+1 v0.10.0+2 v0.10.0+3 v2.0.0-rc.1+1 v2.0.0-rc.2+1 v2.0.0+1 v2.1.0+1 v2.2.0+1 v2.3.0+1 v2.4.0+1 v2.5.0+1"#);
    let quickwit = loaded
        .catalog()
        .package("quickwit")
        .unwrap()
        .newest()
        .unwrap();
    assert_eq!(quickwit.metadata().scope(), Scope::Namespace);
}

/// Manifests that lie in the repository itself come along.
#[test]
fn files_beside_come_along() {
    let Some(import) = imported() else { return };
    let loaded = load(import.files(), &LoadOptions::default()).unwrap();
    let keptn = loaded.catalog().package("keptn").unwrap().newest().unwrap();
    let mut paths = Vec::new();
    for module in keptn.modules() {
        if let ModuleContent::Manifests {
            path: Some(path),
            remote,
        } = module.content()
        {
            paths.push(format!("{path} {}", remote.is_some()));
        }
    }
    insta::assert_snapshot!(paths.join("\n"), @r#"
manifests/keptn-cert false
manifests/keptn-issuer false
"#);
}

#[test]
fn loading_writing_and_loading_again_changes_nothing() {
    let Some(import) = imported() else { return };
    written_alike(&import);
}
