//! `simulate`: what can be tried in it, and what it says of that.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod running;

use serde_json::Value;

use self::running::{answer, json, refusal, run};

const CATALOG: &str = "catalogs/observability";
const LIKE: [&str; 2] = ["--like", "clusters/staging.yaml"];

/// Standard error of a run of the program with these arguments.
fn told(arguments: &[&str]) -> String {
    String::from_utf8(run("simulate", arguments).stderr).unwrap()
}

#[test]
fn packages_are_tried_with_what_they_need() {
    // The kinds that `grafana` makes objects of come with what it needs.
    let said = answer("simulate", &[CATALOG, "grafana", "--most", "50"], 0);
    let needed = "install grafana-operator 5.21.2 in grafana  (needed by grafana)";
    assert!(said.contains(needed), "{said}");
    assert!(
        said.contains("install grafana 12.2.0 in grafana\n"),
        "{said}"
    );
    assert!(
        said.contains("no fault was found after which it could not go on"),
        "{said}"
    );
    let alone = answer("simulate", &[CATALOG, "grafana", "--no-dependencies"], 1);
    assert!(alone.contains("the server knows no "), "{alone}");
}

#[test]
fn several_packages_are_one_run() {
    let both = [CATALOG, "loki-bucket", "ingress-nginx"];
    let found = json("simulate", &both, 0);
    assert_eq!(found["findings"], Value::Array(Vec::new()));
    assert!(found["runs"].as_u64().unwrap() > 200, "{found}");
    let gone = [&both[..], &["--operation", "uninstall", "--from"]].concat();
    let of_each = [
        &gone[..],
        &["loki-bucket@2.0.0", "--from", "ingress-nginx@1.13.3"],
    ]
    .concat();
    assert!(answer("simulate", &of_each, 0).contains("uninstall loki-bucket 2.0.0 in loki"));
    let of_which = refusal("simulate", &[&gone[..], &["2.0.0"]].concat());
    assert!(
        of_which.contains("`--from 2.0.0`: say of which package, as PACKAGE@2.0.0"),
        "{of_which}"
    );
}

/// A definition that a server says wrongly is not there goes with no uninstall that was not asked to delete it.
#[test]
fn no_fault_has_a_definition_deleted_unasked() {
    let gone = ["traefik", "--operation", "uninstall", "--from", "3.5.3"];
    let found = json("simulate", &[&[CATALOG], &gone[..]].concat(), 0);
    assert_eq!(found["findings"], Value::Array(Vec::new()));
}

/// Each package that the catalog has can be installed, beside what a real cluster has and on an empty one.
#[test]
fn every_package_can_be_simulated() {
    let mut packages: Vec<String> = std::fs::read_dir(CATALOG)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.contains('.'))
        .collect();
    packages.sort();
    assert!(packages.len() > 15, "{packages:?}");
    for package in &packages {
        let arguments = [&[CATALOG, package, "--most", "10"], &LIKE[..]].concat();
        let said = answer("simulate", &arguments, 0);
        assert!(said.contains("no fault was found"), "{package}: {said}");
    }
}

#[test]
fn what_it_will_try_is_said_first() {
    let told = told(&[CATALOG, "traefik", "--pairs", "--most", "20"]);
    assert!(
        told.starts_with("about 19 runs to try, of about "),
        "{told}"
    );
}
