//! Programs that explain answers: `resolve --explain`, `why`, `outdated`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::process::{Command, Output};

use serde_json::{Value, json};

const OBSERVABILITY: &str = "catalogs/observability";
const INSTALLED: &str = "installed/staging.json";

/// Runs an example program; cargo builds them beside the tests.
fn run(name: &str, arguments: &[&str]) -> Output {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(name);
    let mut command = Command::new(path);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(arguments).output().unwrap()
}

#[track_caller]
fn text(name: &str, arguments: &[&str]) -> String {
    let output = run(name, arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn json(name: &str, arguments: &[&str]) -> Value {
    let text = text(name, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&text).unwrap()
}

/// The one member of a list with a value at a key.
#[track_caller]
fn one<'v>(list: &'v Value, key: &str, value: &str) -> &'v Value {
    let mut members = list.as_array().unwrap().iter();
    members.find(|member| member[key] == value).unwrap()
}

#[test]
fn resolve_explains_each_release() {
    let staging = [
        OBSERVABILITY,
        "full-observability",
        "--cluster",
        "clusters/staging.yaml",
        "--explain",
    ];
    let answer = json("resolve", &staging);
    let metrics = one(&answer["explained"], "package", "kube-state-metrics");
    let links = metrics["chains"][0]["links"].as_array().unwrap();
    let names: Vec<&Value> = links.iter().map(|link| &link["package"]).collect();
    assert_eq!(
        names,
        ["full-observability", "prometheus", "kube-state-metrics"]
    );
    let newer = &metrics["newer"][0];
    assert_eq!(newer["releases"], json!([{ "version": "2.17.0" }]));
    assert_eq!(newer["facts"][0]["kind"], "yanked");
    assert_eq!(newer["ways"][0]["version"], "2.17.0");
    let collector = one(&answer["explained"], "package", "alloy");
    let links = collector["chains"][0]["links"].as_array().unwrap();
    assert_eq!(
        links.last().unwrap()["capabilities"],
        json!(["log-collector"])
    );
    let text = text("resolve", &staging);
    assert!(
        text.contains("\n  not kube-state-metrics 2.17.0: it is yanked: "),
        "{text}"
    );
}

#[test]
fn resolve_says_what_is_worth_knowing_whether_or_not_it_explains() {
    let beside = [OBSERVABILITY, "grafana", "--installed", INSTALLED];
    let answer = json("resolve", &beside);
    assert_eq!(answer["unproven"], Value::Null);
    assert!(answer.get("explained").is_none());
    let note = one(&answer["notes"], "kind", "brokenAlready");
    assert_eq!(note["packages"], json!(["full-observability", "jaeger"]));
    let said = format!("\nnote: {}\n", note["text"].as_str().unwrap());
    assert!(text("resolve", &beside).contains(&said));
}

#[test]
fn why_says_who_needs_a_package_and_what_would_go_with_it() {
    assert_eq!(
        text("why", &[OBSERVABILITY, "loki", "--installed", INSTALLED]),
        "full-observability 1.2.0 (installed because a user wants it) needs loki 2.9.6 (2.9 - 3.1)\n\
         removing it would remove full-observability in full-observability, which cannot be without it\n\
         removing it would remove alloy in alloy, which nothing needs then\n\
         removing it would remove grafana in grafana, which nothing needs then\n"
    );
    let collector = json("why", &[OBSERVABILITY, "alloy", "--installed", INSTALLED]);
    assert_eq!(collector["chains"][0]["root"], "installed");
    assert_eq!(collector["removal"]["needing"], json!([]));
    assert_eq!(
        collector["removal"]["steps"],
        json!(["install agent-operator 0.44.2 in grafana-agent"])
    );
    let stranger = json(
        "why",
        &[OBSERVABILITY, "legacy-dashboards", "--installed", INSTALLED],
    );
    assert_eq!(stranger["chains"][0]["links"].as_array().unwrap().len(), 1);
}

#[test]
fn why_wants_something_that_is_installed() {
    let output = run("why", &[OBSERVABILITY, "loky", "--installed", INSTALLED]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        error,
        "error: `loky` is not installed; did you mean `loki`?\n"
    );
    for (program, arguments) in [
        ("why", [OBSERVABILITY, "loki"].as_slice()),
        ("outdated", &[OBSERVABILITY]),
    ] {
        let output = run(program, arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("--installed FILE is missing"), "{error}");
    }
}

#[test]
fn outdated_lists_what_is_installed_and_what_keeps_it_back() {
    let outdated = json("outdated", &[OBSERVABILITY, "--installed", INSTALLED]);
    let versions = |package: &str| {
        let row = one(&outdated["packages"], "package", package);
        ["installed", "reachable", "newest"].map(|key| row[key].as_str().unwrap_or("-").to_owned())
    };
    assert_eq!(versions("alloy"), ["1.5.1", "1.11.3", "1.11.3"]);
    assert_eq!(versions("loki"), ["2.9.6", "3.1.1", "3.5.7"]);
    assert_eq!(versions("prometheus"), ["2.54.1", "2.54.1", "3.7.3"]);
    assert_eq!(versions("legacy-dashboards"), ["0.3", "0.3", "-"]);
    let pinned = &one(&outdated["packages"], "package", "prometheus")["newer"][0];
    assert_eq!(pinned["facts"][0]["kind"], "pin");
    assert_eq!(pinned["ways"][0]["version"], "3.7.3");
    let text = text("outdated", &[OBSERVABILITY, "--installed", INSTALLED]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "package             namespace           installed  reachable  newest"
    );
    assert!(
        text.contains(
            "legacy-dashboards   grafana             0.3        0.3        in no catalog\n"
        ),
        "{text}"
    );
    // What a cluster rules out is out of reach there, and it is said why.
    let production = json(
        "outdated",
        &[
            OBSERVABILITY,
            "--installed",
            INSTALLED,
            "--cluster",
            "clusters/production.yaml",
        ],
    );
    let loki = one(&production["packages"], "package", "loki");
    let reasons = loki["newer"].to_string();
    assert!(
        reasons.contains("gp3 is the default storage class"),
        "{reasons}"
    );
}
