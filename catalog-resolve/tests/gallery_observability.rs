//! The gallery: requests to the example catalog that cannot be met, without a cluster, on two saved clusters, and beside what is installed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod gallery_rules;

use std::fs;
use std::path::{Path, PathBuf};

use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::document::Limits;
use catalog_model::{Catalog, FolderSource, InstalledRelease, LoadOptions, SourceFile, load};
use catalog_resolve::{ClusterView, Request};
use gallery_rules::explained;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn catalog() -> Catalog {
    let folder = examples().join("catalogs/observability");
    let source = FolderSource::open(folder).unwrap();
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    loaded.into_catalog()
}

/// What users read where `wanted` is asked for on a cluster, if one is named.
#[track_caller]
fn gallery(cluster: Option<&str>, wanted: &[&str]) -> String {
    told(cluster, request(wanted))
}

/// The same beside what the file of installed releases has.
#[track_caller]
fn beside_installed(wanted: &[&str], change: impl Fn(Request) -> Request) -> String {
    let file = examples().join("installed/staging.json");
    let file = SourceFile::new("staging.json", fs::read_to_string(file).unwrap());
    let (records, diagnostics) = InstalledRelease::read(&file, &Limits::default());
    assert!(diagnostics.is_empty());
    let request = records
        .into_iter()
        .fold(request(wanted), Request::installed);
    told(None, change(request))
}

fn request(wanted: &[&str]) -> Request {
    wanted.iter().fold(Request::new(), |request, wanted| {
        let (name, range) = wanted.split_once('@').unwrap_or((wanted, "*"));
        request.install(name, range).unwrap()
    })
}

#[track_caller]
fn told(cluster: Option<&str>, request: Request) -> String {
    let catalog = catalog();
    let view = match cluster {
        None => ClusterView::without_cluster(&catalog),
        Some(name) => {
            let file = examples().join("clusters").join(name);
            let file = SourceFile::new(name, fs::read_to_string(file).unwrap());
            let snapshot = Snapshot::builder().read(&file, &Limits::snapshot()).build();
            ClusterView::on(&catalog, &snapshot, "default")
        }
    };
    explained(view.universe(), &view.request(request))
}

const PRODUCTION: Option<&str> = Some("production.yaml");
const STAGING: Option<&str> = Some("staging.yaml");

#[test]
fn a_bundle_whose_parts_ask_too_much_of_a_cluster() {
    insta::assert_snapshot!(gallery(PRODUCTION, &["full-observability@>=2"]), @r#"
    cannot install full-observability >=2
      full-observability 2.1.0 needs loki >=3.4, <4, full-observability 2.0.0 needs loki >=3.3 <4
      loki >=3.3.2 is excluded: condition "gp3 is the default storage class" is not satisfied (expected eq "true" (string), actual "false" (string))
    these changes would help, cheapest first
      1. ask for full-observability 1.2.0 instead of >=2
      2. allow loki 3.x all the same
    "#);
}

#[test]
fn a_release_for_newer_clusters() {
    insta::assert_snapshot!(gallery(PRODUCTION, &["cert-manager@>=1.19"]), @r#"
    cannot install cert-manager >=1.19
      cert-manager v1.19.1 is excluded: condition "system.kubernetes" is not satisfied (expected range ">=1.31" (kubeVersion), actual "v1.30.14-eks-3abbec1")
    these changes would help, cheapest first
      1. ask for cert-manager v1.18.2 instead of >=1.19
      2. allow cert-manager v1.19.1 all the same
    "#);
}

#[test]
fn the_newest_of_everything() {
    insta::assert_snapshot!(gallery(STAGING, &["full-observability@2.1.0", "grafana@12.2.0"]), @r"
    cannot install full-observability 2.1.0 and grafana 12.2.0 together
      full-observability 2.1.0 needs jaeger ~> 2.9
      jaeger >=2.9.0 needs the API opentelemetry.io/v1beta1/OpenTelemetryCollector, which only opentelemetry-operator provides
      grafana 12.2.0 needs the API grafana.integreatly.org/v1beta1/GrafanaServiceAccount, which only grafana-operator >=5.20.0 provides
      grafana-operator >=5.20.0 needs cert-manager >=1.18, <2
      cert-manager >=v1.18.2 conflicts with opentelemetry-operator <0.139
    these changes would help, cheapest first
      1. ask for grafana 12.1.1 instead of 12.2.0
      2. do without full-observability
      3. do without grafana
    ");
}

#[test]
fn two_collectors_with_one_definition() {
    insta::assert_snapshot!(gallery(None, &["alloy", "agent-operator"]), @r"
    cannot install alloy and agent-operator together
      every alloy ships CustomResourceDefinition.apiextensions.k8s.io/podlogs.monitoring.grafana.com with other content than agent-operator
    these changes would help, cheapest first
      1. do without alloy
      2. do without agent-operator
    ");
}

#[test]
fn a_line_of_versions_of_which_the_newest_was_taken_back() {
    insta::assert_snapshot!(gallery(None, &["kube-state-metrics@>=2.17"]), @r"
    cannot install kube-state-metrics >=2.17
      kube-state-metrics 2.17.0 is yanked: our values pin the image of 2.16.0 by digest, a package of 2.17.1 will follow
    these changes would help, cheapest first
      1. ask for kube-state-metrics 2.16.0 instead of >=2.17
      2. ask for exactly kube-state-metrics 2.17.0, though it was yanked
    ");
}

#[test]
fn a_release_candidate() {
    insta::assert_snapshot!(gallery(None, &["prometheus@>3.7.3"]), @r"
    cannot install prometheus >3.7.3
      prometheus 3.8.0-rc.0 is a prerelease, which >3.7.3 of the request does not name
    these changes would help, cheapest first
      1. ask for prometheus 3.7.3 instead of >3.7.3
      2. allow prereleases of prometheus
    ");
}

#[test]
fn an_old_bundle_with_a_new_part() {
    insta::assert_snapshot!(gallery(None, &["full-observability@1.x", "loki@>=3.3"]), @r"
    cannot install full-observability 1.x and loki >=3.3 together
      full-observability 1.2.0 needs loki 2.9 - 3.1, full-observability 1.1 needs loki ~2.9 || ~3.1
      full-observability 1.0 needs loki ~2.9
    these changes would help, cheapest first
      1. ask for full-observability 2.1.0 instead of 1.x
      2. ask for loki 3.1.1 instead of >=3.3
      3. do without full-observability
      4. do without loki
    ");
    insta::assert_snapshot!(gallery(None, &["full-observability@1.x", "jaeger@2.x"]), @r"
    cannot install full-observability 1.x and jaeger 2.x together
      full-observability 1.2.0 needs jaeger ~1.57 || ~1.61, full-observability <=1.1 needs jaeger 1.x
    these changes would help, cheapest first
      1. ask for full-observability 2.1.0 instead of 1.x
      2. ask for jaeger 1.61.0 instead of 2.x
      3. do without full-observability
      4. do without jaeger
    ");
}

#[test]
fn a_name_that_is_nearly_right() {
    insta::assert_snapshot!(gallery(None, &["full-observabilty@2"]), @r"
    cannot install full-observabilty 2
      the request asks for full-observabilty 2, which is in no catalog (did you mean full-observability?)
    this change would help: ask for full-observability instead of full-observabilty
    ");
}

#[test]
fn a_part_that_the_installed_bundle_does_not_take() {
    insta::assert_snapshot!(beside_installed(&["grafana@12.x"], |request| request), @r"
    cannot install grafana 12.x
      full-observability 1.2.0 is installed
      full-observability <=1.1 is not above full-observability 1.2.0, which is installed
      full-observability 1.2.0 needs grafana ^11.2
      full-observability 2.1.0 needs prometheus ^3.5, full-observability 2.0.0 needs prometheus >=3.0, <4
      prometheus 2.54.1 is pinned
    these changes would help, cheapest first
      1. ask for grafana 11.2.2 instead of 12.x
      2. let prometheus move: it is pinned
      3. remove full-observability
    ");
}

#[test]
fn something_pinned_that_is_to_be_newer() {
    insta::assert_snapshot!(beside_installed(&["prometheus@^3"], |request| request), @r"
    cannot install prometheus ^3
      prometheus 2.54.1 is pinned
    these changes would help, cheapest first
      1. ask for prometheus 2.54.1 instead of ^3
      2. let prometheus move: it is pinned
    ");
}

#[test]
fn a_removal_of_what_the_bundle_needs() {
    insta::assert_snapshot!(beside_installed(&[], |request| request.remove("loki")), @r"
    cannot remove loki
      the request asks for the removal of loki
      full-observability 1.2.0 is installed
      full-observability <=1.1 is not above full-observability 1.2.0, which is installed
      full-observability 1.2.0 needs loki 2.9 - 3.1, full-observability 2.1.0 needs loki >=3.4, <4
      full-observability 2.0.0 needs loki >=3.3 <4
    these changes would help, cheapest first
      1. keep loki
      2. remove full-observability
    ");
}

#[test]
fn something_older_than_what_is_installed() {
    insta::assert_snapshot!(beside_installed(&["alloy@<1.5"], |request| request), @r"
    cannot install alloy <1.5
      the request asks for alloy <1.5, but there are only 1.5.1, 1.8.3 and 1.11.3
    this change would help: ask for alloy 1.5.1 instead of <1.5
    ");
}
