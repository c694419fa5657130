//! What users read when there is no answer, with the changes that would help.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod scenario;

use catalog_model::Scope;
use catalog_model::version::VersionRange;
use catalog_resolve::{Item, Outcome, ReleaseSpec, Request, Universe, resolve};
use scenario::{request, universe};

fn explain(releases: &str, wanted: &str) -> String {
    let (universe, request) = (universe(releases), request(wanted));
    match resolve(&universe, &request) {
        Outcome::Conflict(conflict) => {
            let explanation = conflict.explain();
            assert!(explanation.is_minimal());
            let repairs = conflict.repairs(&explanation);
            let text = explanation.text_with(&repairs);
            assert!(text.lines().count() <= 16, "{text}");
            text
        }
        outcome => panic!("{outcome:?}"),
    }
}

const OBSERVABILITY: &str = "
    full-observability 1.8.3: needs loki ^2; needs grafana ^10
    full-observability 2.0.0: needs loki >=3; needs grafana >=11
    loki 2.9.0
    loki 3.0.0: requires api monitoring.grafana.com/v1/GrafanaAgent
    loki 3.1.0: requires api monitoring.grafana.com/v1/GrafanaAgent
    grafana 10.4.0
    grafana 11.2.0
    agent-operator 0.9.0
    agent-operator 1.3.0: provides api monitoring.grafana.com/v1/GrafanaAgent
    agent-operator 1.4.0: provides api monitoring.grafana.com/v1/GrafanaAgent
";

#[test]
fn a_provider_that_a_condition_rules_out() {
    let reason = "condition \"kubernetes below 1.32\" is not satisfied (cluster is v1.34.1)";
    let request = format!(
        "full-observability 2.0.0 | exclude agent-operator 1.3.0: {reason} | exclude agent-operator 1.4.0: {reason}"
    );
    insta::assert_snapshot!(explain(OBSERVABILITY, &request), @r#"
    cannot install full-observability 2.0.0
      full-observability 2.0.0 needs loki >=3
      loki 3.x needs the API monitoring.grafana.com/v1/GrafanaAgent, which only agent-operator 1.x provides
      agent-operator 1.x is excluded: condition "kubernetes below 1.32" is not satisfied (cluster is v1.34.1)
    these changes would help, cheapest first
      1. ask for full-observability 1.8.3 instead of 2.0.0
      2. allow agent-operator 1.x all the same
    "#);
}

#[test]
fn a_misspelt_package() {
    insta::assert_snapshot!(explain(OBSERVABILITY, "grafanna >=11"), @r#"
    cannot install grafanna >=11
      the request asks for grafanna >=11, which is in no catalog (did you mean grafana?)
    this change would help: ask for grafana instead of grafanna
    "#);
}

#[test]
fn a_package_that_is_nowhere() {
    insta::assert_snapshot!(explain(OBSERVABILITY, "istio"), @r#"
    cannot install istio
      the request asks for istio, which is in no catalog
    "#);
}

#[test]
fn a_dependency_that_is_nowhere() {
    insta::assert_snapshot!(explain("app 1.0.0: needs prometheus-operatr >=1\n prometheus-operator 1.2.0", "app"), @r#"
    cannot install app
      app 1.0.0 needs prometheus-operatr >=1, which is in no catalog (did you mean prometheus-operator?)
    "#);
}

#[test]
fn a_range_without_versions() {
    insta::assert_snapshot!(explain(OBSERVABILITY, "full-observability ^1.9"), @r#"
    cannot install full-observability ^1.9
      the request asks for full-observability ^1.9, but there are only 1.8.3 and 2.0.0
    this change would help: ask for full-observability 2.0.0 instead of ^1.9
    "#);
}

#[test]
fn a_dependency_whose_range_has_no_versions() {
    let releases = "app 1.0.0: needs db ~1.5\n db 1.2.0\n db 1.3.0\n db 1.4.0\n db 1.6.0\n db 2.0.0\n db 2.1.0";
    insta::assert_snapshot!(explain(releases, "app"), @r#"
    cannot install app
      app 1.0.0 needs db ~1.5, but the versions nearest to it are 1.3.0, 1.4.0, 1.6.0 and 2.0.0
    "#);
}

#[test]
fn a_range_that_takes_nothing() {
    insta::assert_snapshot!(explain(OBSERVABILITY, "loki >3 <2"), @r#"
    cannot install loki >3 <2
      the request asks for loki >3 <2, but no version is in that range
    this change would help: ask for loki 3.1.0 instead of >3 <2
    "#);
}

#[test]
fn two_who_disagree() {
    let releases = "shop 1.0.0: needs db ^1\n shop 1.1.0: needs db ^1\n crm 3.0.0: needs db >=2\n db 1.0.0\n db 2.0.0";
    insta::assert_snapshot!(explain(releases, "shop, crm"), @r#"
    cannot install shop and crm together
      every shop needs db ^1
      crm 3.0.0 needs db >=2
    these changes would help, cheapest first
      1. do without shop
      2. do without crm
    "#);
}

#[test]
fn two_deep_down_who_disagree() {
    let releases = "
        suite 1.0.0: needs shop; needs crm
        shop 1.0.0: needs orm 1.x
        crm 3.0.0: needs driver >=2
        orm 1.0.0: needs db <2
        orm 1.1.0: needs db <2
        driver 2.0.0: needs db >=2
        driver 2.1.0: needs db >=2
        db 1.0.0
        db 2.0.0
    ";
    insta::assert_snapshot!(explain(releases, "suite"), @r#"
    cannot install suite
      suite 1.0.0 needs crm and shop
      crm 3.0.0 needs driver >=2
      every driver needs db >=2
      shop 1.0.0 needs orm 1.x
      every orm needs db <2
    "#);
}

#[test]
fn releases_with_different_needs() {
    let releases = "
        p 1.0.0: needs q <3
        p 2.0.0: needs q >=3
        p 2.1.0: needs q >=3
        q 2.0.0: needs base 1
        q 3.0.0: needs base 2
        base 1.0.0
        base 2.0.0
        base 3.0.0
    ";
    insta::assert_snapshot!(explain(releases, "p, base 3"), @r#"
    cannot install p and base 3 together
      p 2.x needs q >=3, p 1.0.0 needs q <3
      q 3.0.0 needs base 2, q 2.0.0 needs base 1
    these changes would help, cheapest first
      1. ask for base 2.0.0 instead of 3
      2. do without p
      3. do without base
    "#);
}

#[test]
fn a_capability_that_nothing_provides() {
    insta::assert_snapshot!(explain("app 1.0.0: requires api cert-manager.io/v1/Certificate", "app"), @r#"
    cannot install app
      app 1.0.0 needs the API cert-manager.io/v1/Certificate, which nothing provides
    "#);
}

#[test]
fn a_capability_whose_providers_are_in_the_way() {
    let releases = "
        app 1.0.0: requires ingress-controller; conflicts nginx
        app 0.9.0: requires ingress-controller; conflicts nginx
        nginx 1.0.0: provides ingress-controller
        traefik 2.0.0: provides ingress-controller; conflicts mesh
        mesh 1.0.0
    ";
    insta::assert_snapshot!(explain(releases, "app, mesh"), @r#"
    cannot install app and mesh together
      every app conflicts with nginx
      every app needs the capability ingress-controller, which only nginx 1.0.0 and traefik 2.0.0 provide
      traefik 2.0.0 conflicts with mesh
    these changes would help, cheapest first
      1. do without app
      2. do without mesh
    "#);
}

#[test]
fn a_capability_that_only_a_prerelease_provides() {
    let releases = "app 1.0.0: requires x\n p 1.0.0\n p 2.0.0-rc.1: provides x";
    insta::assert_snapshot!(explain(releases, "app"), @r#"
    cannot install app
      app 1.0.0 needs the capability x, which only prereleases provide: p 2.0.0-rc.1
    this change would help: allow prereleases of p
    "#);
}

#[test]
fn packages_in_conflict() {
    let releases = "new 2.0.0: conflicts legacy <2\n legacy 1.0.0\n legacy 1.5.0";
    insta::assert_snapshot!(explain(releases, "new, legacy"), @r#"
    cannot install new and legacy together
      new 2.0.0 conflicts with legacy <2
    these changes would help, cheapest first
      1. do without new
      2. do without legacy
    "#);
}

#[test]
fn one_object_with_two_contents() {
    let releases =
        "a 1.0.0: ships widgets.example.com one\n b 1.0.0: ships widgets.example.com two";
    insta::assert_snapshot!(explain(releases, "a, b"), @r#"
    cannot install a and b together
      a 1.0.0 ships widgets.example.com with other content than b 1.0.0
    these changes would help, cheapest first
      1. do without a
      2. do without b
    "#);
}

#[test]
fn a_yanked_release() {
    let releases = "app 1.0.0: needs db >=2\n db 1.0.0\n db 2.0.0: yanked loses data on upgrade, see CVE-2026-1";
    insta::assert_snapshot!(explain(releases, "app"), @r#"
    cannot install app
      app 1.0.0 needs db >=2
      db 2.0.0 is yanked: loses data on upgrade, see CVE-2026-1
    this change would help: ask for exactly db 2.0.0, though it was yanked
    "#);
}

#[test]
fn only_a_prerelease() {
    let releases = "app 1.0.0: needs db >1.0.0\n db 1.0.0\n db 2.0.0-rc.1";
    insta::assert_snapshot!(explain(releases, "app"), @r#"
    cannot install app
      app 1.0.0 needs db >1.0.0
      db 2.0.0-rc.1 is a prerelease, which >1.0.0 of app does not name
    this change would help: allow prereleases of db
    "#);
    insta::assert_snapshot!(explain(releases, "db >1.0.0"), @r#"
    cannot install db >1.0.0
      db 2.0.0-rc.1 is a prerelease, which >1.0.0 of the request does not name
    these changes would help, cheapest first
      1. ask for db 1.0.0 instead of >1.0.0
      2. allow prereleases of db
    "#);
}

#[test]
fn a_cycle() {
    let releases =
        "app 1.0.0: needs a\n a 1.0.0: needs b\n b 1.0.0: needs c\n c 1.0.0: needs a; group g";
    insta::assert_snapshot!(explain(releases, "app"), @r#"
    cannot install app
      app 1.0.0 needs a
      a 1.0.0 needs b, which needs c, which needs a: none of them can be installed first
    "#);
}

#[test]
fn an_optional_dependency_that_is_asked_for() {
    let releases = "app 1.0.0: likes tempo ^2\n tempo 1.0.0\n tempo 2.0.0";
    insta::assert_snapshot!(explain(releases, "app, tempo <2"), @r#"
    cannot install app and tempo <2 together
      app 1.0.0 only works with tempo ^2
    these changes would help, cheapest first
      1. ask for tempo 2.0.0 instead of <2
      2. do without app
      3. do without tempo
    "#);
}

#[test]
fn a_catalog_that_does_not_have_it() {
    let releases = "catalogs main community\n app 1.0.0: from main; needs db >=2 from main\n db 1.0.0: from main\n db 2.0.0: from community";
    insta::assert_snapshot!(explain(releases, "app"), @r"
    cannot install app
      app 1.0.0 needs db >=2 from the catalog main, but there is only 1.0.0
    ");
    insta::assert_snapshot!(explain(releases, "db (from comunity)"), @r#"
    cannot install db
      the request asks for db from the catalog comunity, which is not there (did you mean community?)
    this change would help: take db from another catalog than comunity
    "#);
    insta::assert_snapshot!(explain(releases, "db >=2 (from main)"), @r"
    cannot install db >=2
      the request asks for db >=2 from the catalog main, but there is only 1.0.0
    these changes would help, cheapest first
      1. ask for db 1.0.0 instead of >=2
      2. take db from another catalog than main
    ");
}

#[test]
fn a_namespace_where_it_does_not_fit() {
    let releases = "agent 1.0.0: namespaced\n agent 2.0.0: namespaced\n tool 1.0.0: namespaced; needs agent <2";
    insta::assert_snapshot!(explain(releases, "tool (in dev), agent 2 (in dev)"), @r"
    cannot install tool in dev and agent 2 in dev together
      tool 1.0.0 in dev needs agent <2
    these changes would help, cheapest first
      1. ask for agent 1.0.0 in dev instead of 2
      2. do without tool in dev
      3. do without agent in dev
    ");
}

#[test]
fn a_long_chain() {
    let mut releases: String = (0..40)
        .map(|n| format!("link-{n:02} 1.0.0: needs link-{:02} ^1\n", n + 1))
        .collect();
    releases.push_str("link-40 0.9.0\n");
    insta::assert_snapshot!(explain(&releases, "link-00"), @r#"
    cannot install link-00
      link-00 1.0.0 needs link-01 ^1
      link-01 1.0.0 needs link-02 ^1
      link-02 1.0.0 needs link-03 ^1
      link-03 1.0.0 needs link-04 ^1
      link-04 1.0.0 needs link-05 ^1
      link-05 1.0.0 needs link-06 ^1
      link-06 1.0.0 needs link-07 ^1
      link-07 1.0.0 needs link-08 ^1
      … 28 more steps of this kind …
      link-36 1.0.0 needs link-37 ^1
      link-37 1.0.0 needs link-38 ^1
      link-38 1.0.0 needs link-39 ^1
      link-39 1.0.0 needs link-40 ^1, but there is only 0.9.0
    "#);
}

#[test]
fn a_release_that_cannot_be_read() {
    let releases = "app 1.0.0: needs db >=2\n db 1.0.0\n db 2.0.0: needs base >>1";
    insta::assert_snapshot!(explain(releases, "app"), @r#"
    cannot install app
      app 1.0.0 needs db >=2, but db 2.0.0 cannot be used (see the diagnostics)
    "#);
}

const SHOP: &str = "
    shop 1.0.0: needs db <2
    shop 2.0.0: needs db >=2
    db 1.4.0
    db 2.0.0: replaces 1.9.0
    db 2.1.0: replaces 2.0.0
    audit 1.0.0: needs db <2
";

#[test]
fn something_installed_that_cannot_move() {
    insta::assert_snapshot!(explain(SHOP, "shop 2.0.0 | installed db 1.4.0 requested"), @r"
    cannot install shop 2.0.0
      shop 2.0.0 needs db >=2
      db 2.x is out of reach: no upgrade leads there from db 1.4.0
    this change would help: ask for shop 1.0.0 instead of 2.0.0
    ");
}

#[test]
fn something_pinned() {
    let releases = "shop 2.0.0: needs db >=2\n db 1.4.0\n db 2.0.0";
    insta::assert_snapshot!(explain(releases, "shop | installed db 1.4.0 pinned"), @r"
    cannot install shop
      shop 2.0.0 needs db >=2
      db 1.4.0 is pinned
    this change would help: let db move: it is pinned
    ");
}

#[test]
fn something_else_installed_that_needs_it_as_it_is() {
    let releases = "shop 2.0.0: needs db >=2\n db 1.4.0\n db 2.0.0\n audit 1.0.0: needs db <2";
    insta::assert_snapshot!(explain(releases, "shop | installed db 1.4.0 | installed audit 1.0.0"), @r"
    cannot install shop
      shop 2.0.0 needs db >=2
      audit 1.0.0 is installed
      audit 1.0.0 needs db <2
    this change would help: remove audit
    ");
}

#[test]
fn a_removal_of_what_is_needed() {
    insta::assert_snapshot!(explain(SHOP, "| installed db 1.4.0 | installed audit 1.0.0 requested | remove db"), @r"
    cannot remove db
      the request asks for the removal of db
      audit 1.0.0 is installed
      audit 1.0.0 needs db <2
    these changes would help, cheapest first
      1. keep db
      2. remove audit
    ");
}

#[test]
fn something_lower_than_what_is_installed() {
    insta::assert_snapshot!(explain(SHOP, "db <2 | installed db 2.0.0"), @r"
    cannot install db <2
      db 1.4.0 is not above db 2.0.0, which is installed
    this change would help: ask for db 2.0.0 instead of <2
    ");
}

#[test]
fn a_prerelease_of_what_is_installed() {
    let releases = "app 1.0.0: needs lib >=2.0.0-rc.1\n lib 1.0.0\n lib 2.0.0-rc.1";
    insta::assert_snapshot!(explain(releases, "app | installed lib 1.0.0"), @r"
    cannot install app
      app 1.0.0 needs lib >=2.0.0-rc.1
      lib 2.0.0-rc.1 is a prerelease, to which nothing installed moves unasked
    this change would help: allow prereleases of lib
    ");
}

/// The version that a repair names is the one at the place of its item.
#[test]
fn a_package_in_two_namespaces() {
    let x = |version: &str| ReleaseSpec::new("x", version).scope(Scope::Namespace);
    let y = ReleaseSpec::new("y", "1.0.0").scope(Scope::Namespace);
    let mut builder = Universe::builder();
    for release in [x("1.0.0"), x("2.0.0"), y.dependency("x", ">=2")] {
        builder.add(release);
    }
    let universe = builder.build();
    let item = |package: &str, range: &str, namespace: &str| {
        Item::new(package, VersionRange::parse(range).unwrap()).namespace(namespace)
    };
    let request = Request::new()
        .item(item("x", "=1.0.0", "a"))
        .item(item("x", ">=3", "b"))
        .item(item("y", "*", "b"));
    let Outcome::Conflict(conflict) = resolve(&universe, &request) else {
        panic!("there is no x 3")
    };
    let repairs = conflict.repairs(&conflict.explain());
    let changes: Vec<&str> = repairs.iter().map(|repair| repair.change()).collect();
    assert!(
        changes.contains(&"ask for x 2.0.0 in b instead of >=3"),
        "{changes:?}"
    );
}

/// What is said of a package that may be in several namespaces says in which, and changes nothing in the others.
#[test]
fn an_item_of_one_of_several_namespaces() {
    let releases = "agent 1.0.0: namespaced\n agent 2.0.0: namespaced; requires gpu";
    insta::assert_snapshot!(explain(releases, "agent 1.0.0 (in x), agent >=2 (in y)"), @r"
    cannot install agent >=2 in y
      agent 2.0.0 in y needs the capability gpu, which nothing provides
    these changes would help, cheapest first
      1. ask for agent 1.0.0 in y instead of >=2
      2. do without agent in y
    ");
    let taken_back = "agent 1.0.0: namespaced\n agent 2.0.0: namespaced; yanked it leaks\n app 1.0.0: namespaced; needs agent >=2";
    insta::assert_snapshot!(explain(taken_back, "agent 1.0.0 (in x), agent >=2 (in y)"), @r"
    cannot install agent >=2 in y
      agent 2.0.0 in y is yanked: it leaks
    these changes would help, cheapest first
      1. ask for agent 1.0.0 in y instead of >=2
      2. ask for exactly agent 2.0.0 in y, though it was yanked
      3. do without agent in y
    ");
    insta::assert_snapshot!(explain(taken_back, "agent 1.0.0 (in x), app (in y)"), @r"
    cannot install app in y
      app 1.0.0 in y needs agent >=2
      agent 2.0.0 in y is yanked: it leaks
    these changes would help, cheapest first
      1. ask for exactly agent 2.0.0 in y, though it was yanked
      2. do without app in y
    ");
}
