//! The gallery: requests that cannot be met, and all that users read of them. Here: cases from charts, and cases that were made.
//!
//! Each is a universe of a few lines. Those from charts have the versions and ranges of one large repository, and nothing else of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test may fail loudly, and needs only a part of what tests share"
)]

mod gallery_rules;
mod scenario;

use gallery_rules::explained;
use scenario::{request, universe};

#[track_caller]
fn gallery(releases: &str, wanted: &str) -> String {
    explained(&universe(releases), &request(wanted))
}

/// One library of templates for all charts, and two charts of different ages.
#[test]
fn two_charts_of_different_ages() {
    let releases = "
        haproxy 0.8.6: likes common 2.x.x
        metallb 2.0.1: needs common 1.x.x
        metallb 6.4.23: needs common 2.x.x
        common 1.17.1
        common 2.31.4
    ";
    insta::assert_snapshot!(gallery(releases, "haproxy 0.8.6, metallb 2.0.1"), @r"
    cannot install haproxy 0.8.6 and metallb 2.0.1 together
      haproxy 0.8.6 only works with common 2.x.x
      metallb 2.0.1 needs common 1.x.x
    these changes would help, cheapest first
      1. ask for metallb 6.4.23 instead of 2.0.1
      2. do without haproxy
      3. do without metallb
    ");
}

#[test]
fn a_chart_that_brings_an_older_one() {
    let releases = "
        fluent-bit 2.3.7: likes common 2.x.x
        kubeapps 6.1.2: needs postgresql 10.X.X
        kubeapps 18.0.1: needs postgresql 16.x.x
        postgresql 10.1.0: needs common 1.x.x
        postgresql 10.16.2: needs common 1.x.x
        postgresql 16.7.4: needs common 2.x.x
        common 1.17.1
        common 2.31.4
    ";
    insta::assert_snapshot!(gallery(releases, "fluent-bit 2.3.7, kubeapps 6.1.2"), @r"
    cannot install fluent-bit 2.3.7 and kubeapps 6.1.2 together
      fluent-bit 2.3.7 only works with common 2.x.x
      kubeapps 6.1.2 needs postgresql 10.X.X
      postgresql 10.x needs common 1.x.x
    these changes would help, cheapest first
      1. ask for kubeapps 18.0.1 instead of 6.1.2
      2. do without fluent-bit
      3. do without kubeapps
    ");
}

#[test]
fn two_charts_and_one_database() {
    let releases = "
        airflow 24.3.3: needs postgresql 16.x.x; needs redis 21.x.x
        airflow 14.0.1: needs postgresql 12.x.x; needs redis 17.x.x
        kubeapps 5.3.4: needs postgresql 10.X.X
        kubeapps 18.0.1: needs postgresql 16.x.x
        postgresql 10.16.2
        postgresql 12.12.10
        postgresql 16.7.4
        redis 17.15.6
        redis 21.1.3
    ";
    insta::assert_snapshot!(gallery(releases, "airflow 24.3.3, kubeapps 5.3.4"), @r"
    cannot install airflow 24.3.3 and kubeapps 5.3.4 together
      airflow 24.3.3 needs postgresql 16.x.x
      kubeapps 5.3.4 needs postgresql 10.X.X
    these changes would help, cheapest first
      1. ask for kubeapps 18.0.1 instead of 5.3.4
      2. do without airflow
      3. do without kubeapps
    ");
    insta::assert_snapshot!(gallery(releases, "airflow, kubeapps, postgresql 12.x"), @r"
    cannot install kubeapps and postgresql 12.x together
      kubeapps 18.0.1 needs postgresql 16.x.x, kubeapps 5.3.4 needs postgresql 10.X.X
    these changes would help, cheapest first
      1. ask for postgresql 16.7.4 instead of 12.x
      2. do without kubeapps
      3. do without postgresql
    ");
}

#[test]
fn three_who_cannot_agree_though_any_two_could() {
    let releases = "
        front 1.0.0: needs proto 1 || 2
        back 1.0.0: needs proto 2 || 3
        batch 1.0.0: needs proto 1 || 3
        proto 1.0.0
        proto 2.0.0
        proto 3.0.0
    ";
    insta::assert_snapshot!(gallery(releases, "front, back, batch"), @r"
    cannot install front, back and batch together
      front 1.0.0 needs proto 1 || 2
      back 1.0.0 needs proto 2 || 3
      batch 1.0.0 needs proto 1 || 3
      no version of proto is in all 3 ranges, though any two of them share one
    these changes would help, cheapest first
      1. do without front
      2. do without back
      3. do without batch
    ");
}

/// Two of the three do not go together already, though the third is part of the reason that comes up first.
#[test]
fn someone_who_is_asked_for_besides() {
    let releases = "
        zipkin 1.0.0: needs common 2
        thanos 3.0.0: needs minio 4
        thanos 3.3.0: needs common 1
        mlflow 1.0.0: needs minio 14; needs common 2
        mlflow 2.0.0: needs minio 15; needs common 2
        common 1.0.0
        common 2.0.0
        minio 4.0.0
        minio 14.0.0
        minio 15.0.0
    ";
    insta::assert_snapshot!(gallery(releases, "zipkin, thanos, mlflow"), @r"
    cannot install thanos and mlflow together
      thanos 3.3.0 needs common 1
      thanos 3.0.0 needs minio 4
      every mlflow needs common 2
      mlflow 2.0.0 needs minio 15, mlflow 1.0.0 needs minio 14
    these changes would help, cheapest first
      1. do without thanos
      2. do without mlflow
    ");
}

#[test]
fn a_diamond_with_old_and_new_sides() {
    let releases = "
        platform 2.0.0: needs mesh ^2; needs gateway ^5
        mesh 2.0.0: needs crds ~3.1
        mesh 2.1.0: needs crds ~3.1
        mesh 2.2.0: needs crds ~3.2
        gateway 5.0.0: needs crds ^4
        gateway 5.1.0: needs crds ^4
        crds 3.1.0
        crds 3.2.0
        crds 4.0.0
    ";
    insta::assert_snapshot!(gallery(releases, "platform"), @r"
    cannot install platform
      platform 2.0.0 needs gateway ^5 and mesh ^2
      every gateway needs crds ^4
      mesh 2.2.0 needs crds ~3.2, mesh <=2.1.0 needs crds ~3.1
    ");
}

#[test]
fn every_provider_is_ruled_out_for_its_own_reason() {
    let releases = "
        web 1.0.0: requires ingress-controller
        nginx 1.0.0: provides ingress-controller
        traefik 2.0.0: provides ingress-controller; yanked loses routes
        haproxy 3.0.0: provides ingress-controller; needs node-agent >=2
        node-agent 1.0.0
    ";
    let wanted =
        "web | exclude nginx 1.0.0: condition \"one default ingress class\" is not satisfied";
    insta::assert_snapshot!(gallery(releases, wanted), @r#"
    cannot install web
      web 1.0.0 needs the capability ingress-controller, which only haproxy 3.0.0, nginx 1.0.0 and traefik 2.0.0 provide
      haproxy 3.0.0 needs node-agent >=2, but there is only 1.0.0
      nginx 1.0.0 is excluded: condition "one default ingress class" is not satisfied
      traefik 2.0.0 is yanked: loses routes
    these changes would help, cheapest first
      1. allow nginx 1.0.0 all the same
      2. ask for exactly traefik 2.0.0, though it was yanked
    "#);
}

#[test]
fn two_providers_of_one_thing_that_exclude_each_other() {
    let releases = "
        logs 1.0.0: needs fluent
        metrics 1.0.0: needs vector
        fluent 1.0.0: provides log-collector; conflicts vector
        vector 0.40.0: provides log-collector
    ";
    insta::assert_snapshot!(gallery(releases, "logs, metrics"), @r"
    cannot install logs and metrics together
      logs 1.0.0 needs fluent
      fluent 1.0.0 conflicts with vector
      metrics 1.0.0 needs vector
    these changes would help, cheapest first
      1. do without logs
      2. do without metrics
    ");
}

#[test]
fn a_conflict_that_only_one_line_of_versions_has() {
    let releases = "
        operator 2.0.0: conflicts legacy-crds
        operator 2.1.0: conflicts legacy-crds
        operator 1.9.0
        app 1.0.0: needs operator >=2; needs legacy-crds
        legacy-crds 0.9.0
    ";
    insta::assert_snapshot!(gallery(releases, "app"), @r"
    cannot install app
      app 1.0.0 needs legacy-crds and operator >=2
      operator 2.x conflicts with legacy-crds
    ");
}

#[test]
fn definitions_that_two_operators_bring() {
    let releases = "
        suite 1.0.0: needs agent-operator; needs alloy
        agent-operator 0.44.0: ships podlogs.monitoring.grafana.com a
        agent-operator 0.44.2: ships podlogs.monitoring.grafana.com a
        alloy 1.5.1: ships podlogs.monitoring.grafana.com b
    ";
    insta::assert_snapshot!(gallery(releases, "suite"), @r"
    cannot install suite
      suite 1.0.0 needs agent-operator and alloy
      every agent-operator ships podlogs.monitoring.grafana.com with other content than alloy 1.5.1
    ");
}

#[test]
fn a_catalog_that_is_asked_for_and_has_only_old_ones() {
    let releases = "
        catalogs main community
        app 1.0.0: from main; needs cache >=7 from main
        cache 6.2.0: from main
        cache 7.4.0: from community
    ";
    insta::assert_snapshot!(gallery(releases, "app (from main)"), @r"
    cannot install app
      app 1.0.0 needs cache >=7 from the catalog main, but there is only 6.2.0
    ");
}

#[test]
fn something_wrong_in_one_namespace_only() {
    let releases = "
        database 1.0.0: namespaced
        database 2.0.0: namespaced
        shop 1.0.0: namespaced; needs database <2
        audit 1.0.0: namespaced; needs database >=2
    ";
    insta::assert_snapshot!(gallery(releases, "shop (in blue), audit (in green), audit (in blue)"), @r"
    cannot install shop in blue and audit in blue together
      shop 1.0.0 in blue needs database <2
      audit 1.0.0 in blue needs database >=2
    these changes would help, cheapest first
      1. do without shop in blue
      2. do without audit in blue
    ");
}

#[test]
fn a_cycle_beyond_a_group() {
    let releases = "
        stack 1.0.0: needs control; group stack
        control 1.0.0: needs agent; group stack
        agent 1.0.0: needs stack
    ";
    insta::assert_snapshot!(gallery(releases, "stack"), @r"
    cannot install stack
      stack 1.0.0 needs control, which needs agent, which needs stack: none of them can be installed first
    ");
}

#[test]
fn prereleases_on_both_ends() {
    let releases = "
        portal 1.0.0: needs api >=3
        api 2.4.0
        api 3.0.0-beta.1: needs store >=5
        api 3.0.0-beta.2: needs store >=5
        store 4.0.0
        store 5.0.0-rc.1
    ";
    insta::assert_snapshot!(gallery(releases, "portal"), @r"
    cannot install portal
      portal 1.0.0 needs api >=3, but the versions nearest to it are 3.0.0-beta.1 and 3.0.0-beta.2
    ");
    insta::assert_snapshot!(gallery(releases, "portal | prereleases of api"), @r"
    cannot install portal
      portal 1.0.0 needs api >=3, but the versions nearest to it are 3.0.0-beta.1 and 3.0.0-beta.2
    ");
}

#[test]
fn a_range_between_two_versions() {
    let releases = "app 1.0.0: needs lib >1.4.2 <1.5\n lib 1.4.0\n lib 1.4.2\n lib 1.5.0\n lib 1.5.1\n lib 2.0.0";
    insta::assert_snapshot!(gallery(releases, "app"), @r"
    cannot install app
      app 1.0.0 needs lib >1.4.2 <1.5, but the versions nearest to it are 1.4.0, 1.4.2, 1.5.0 and 1.5.1
    ");
}

#[test]
fn names_that_are_nearly_right() {
    let releases = "cert-manager 1.17.2\n app 1.0.0: needs certmanager >=1.15";
    insta::assert_snapshot!(gallery(releases, "cert-manger"), @r"
    cannot install cert-manger
      the request asks for cert-manger, which is in no catalog (did you mean cert-manager?)
    this change would help: ask for cert-manager instead of cert-manger
    ");
    insta::assert_snapshot!(gallery(releases, "app"), @r"
    cannot install app
      app 1.0.0 needs certmanager >=1.15, which is in no catalog (did you mean cert-manager?)
    ");
}

#[test]
fn an_upgrade_that_another_installed_one_forbids() {
    let releases = "
        grafana 10.4.0
        grafana 11.2.0
        dashboards 1.0.0: needs grafana <11
        dashboards 2.0.0: needs grafana >=11; replaces 1.5.0
    ";
    let wanted =
        "grafana >=11 | installed grafana 10.4.0 requested | installed dashboards 1.0.0 requested";
    insta::assert_snapshot!(gallery(releases, wanted), @r"
    cannot install grafana >=11
      dashboards 1.0.0 is installed, dashboards 2.0.0 is out of reach: no upgrade leads there from dashboards 1.0.0
      dashboards 1.0.0 needs grafana <11
    these changes would help, cheapest first
      1. ask for grafana 10.4.0 instead of >=11
      2. remove dashboards
    ");
}

#[test]
fn an_upgrade_that_has_to_go_by_way_of_another() {
    let releases = "
        postgres 14.0.0
        postgres 15.0.0: skips >=14 <15; yanked corrupts indexes
        postgres 16.0.0: skips >=15 <16
        app 2.0.0: needs postgres >=16
    ";
    insta::assert_snapshot!(gallery(releases, "app | installed postgres 14.0.0"), @r"
    cannot install app
      app 2.0.0 needs postgres >=16
      postgres 16.0.0 is out of reach: no upgrade leads there from postgres 14.0.0
    ");
}

#[test]
fn going_back_further_than_history() {
    let releases = "api 1.0.0\n api 1.1.0\n api 2.0.0";
    let wanted = "api <1.1 (rollback) | installed api 2.0.0 was 1.1.0";
    insta::assert_snapshot!(gallery(releases, wanted), @r"
    cannot install api <1.1
      api 1.0.0 is below api 2.0.0, which is installed, and not in its history
    this change would help: ask for api 2.0.0 instead of <1.1
    ");
}

#[test]
fn a_removal_that_two_need() {
    let releases = "
        base 1.0.0
        left 1.0.0: needs base
        right 1.0.0: requires storage
        disk 1.0.0: provides storage; needs base
    ";
    let wanted = "| installed base 1.0.0 | installed right 1.0.0 requested | installed disk 1.0.0 | remove base";
    insta::assert_snapshot!(gallery(releases, wanted), @r"
    cannot remove base
      the request asks for the removal of base
      disk 1.0.0 is installed
      disk 1.0.0 needs base
    this change would help: keep base
    ");
}

#[test]
fn something_installed_and_pinned_in_the_way() {
    let releases = "
        mesh 1.0.0: needs crds ^1
        mesh 2.0.0: needs crds ^2
        gateway 3.0.0: needs crds ^2
        crds 1.4.0
        crds 2.0.0
    ";
    let wanted = "gateway | installed mesh 1.0.0 pinned | installed crds 1.4.0";
    insta::assert_snapshot!(gallery(releases, wanted), @r"
    cannot install gateway
      gateway 3.0.0 needs crds ^2
      mesh 1.0.0 is pinned
      mesh 1.0.0 needs crds ^1
    this change would help: let mesh move: it is pinned
    ");
}

#[test]
fn something_installed_that_no_catalog_has() {
    let releases = "app 1.0.0: needs driver >=3\n driver 3.0.0: conflicts oldkit";
    insta::assert_snapshot!(gallery(releases, "app | installed oldkit 0.3-custom requested"), @r"
    cannot install app
      app 1.0.0 needs driver >=3
      driver 3.0.0 conflicts with oldkit
      oldkit 0.3-custom is installed
    this change would help: remove oldkit
    ");
}

#[test]
fn a_policy_against_what_is_installed() {
    let releases = "
        agent 1.0.0
        agent 1.1.0: needs kernel-module >=2
        kernel-module 1.0.0
    ";
    let reason = "policy: agent below 1.1 is not allowed";
    insta::assert_snapshot!(gallery(releases, &format!("agent | exclude agent 1.0.0: {reason}")), @r"
    cannot install agent
      agent 1.0.0 is excluded: policy: agent below 1.1 is not allowed
      agent 1.1.0 needs kernel-module >=2, but there is only 1.0.0
    this change would help: allow agent 1.0.0 all the same
    ");
}

#[test]
fn releases_that_fail_one_by_one() {
    let releases = "
        suite 1.0.0: needs ui
        suite 2.0.0: needs ui; needs auth >=3
        suite 3.0.0: needs ui; requires gpu
        ui 1.0.0: conflicts suite <2
        auth 2.0.0
    ";
    insta::assert_snapshot!(gallery(releases, "suite"), @r"
    cannot install suite
      every suite needs ui
      suite 3.0.0 needs the capability gpu, which nothing provides
      suite 2.0.0 needs auth >=3, but there is only 2.0.0
      ui 1.0.0 conflicts with suite <2
    ");
}
