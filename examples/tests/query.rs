//! The program `query` as scripts see it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::process::{Command, Output};

use serde_json::Value;

const OBSERVABILITY: &str = "catalogs/observability";

fn run(arguments: &[&str]) -> Output {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push("query");
    let mut command = Command::new(path);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.arg(OBSERVABILITY).args(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["--format", "json"]].concat());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn names(answer: &Value) -> Vec<&str> {
    let packages = answer["packages"].as_array().unwrap().iter();
    packages.map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn packages_are_listed_and_chosen() {
    let all = json(&[]);
    assert!(names(&all).is_sorted());
    assert!(names(&all).contains(&"cert-manager"));
    let foundation = json(&["--label", "catalog.example.com/tier=foundation"]);
    assert!(names(&foundation).contains(&"cert-manager"));
    assert!(names(&foundation).len() < names(&all).len());
    let both = json(&[
        "--label",
        "catalog.example.com/tier=foundation",
        "--label",
        "!catalog.example.com/tier",
    ]);
    assert!(names(&both).is_empty());
    let api = json(&["--provides", "cert-manager.io/v1/Certificate"]);
    assert_eq!(names(&api), ["cert-manager"]);
    assert_eq!(
        names(&json(&["--text", "X.509 CERTIFICATES"])),
        ["cert-manager"]
    );
}

#[test]
fn versions_are_in_their_order() {
    let answer = json(&["cert-manager"]);
    let versions: Vec<&str> = answer["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["version"].as_str().unwrap())
        .collect();
    assert_eq!(
        versions,
        ["1.15.3", "1.16.2", "1.17.2", "v1.18.2", "v1.19.1"]
    );
    assert_eq!(answer["newest"], "v1.19.1");
}

#[test]
fn a_release_says_what_it_provides_and_where_it_lies() {
    let answer = json(&["cert-manager@1.19.1"]);
    let provides = answer["provides"].as_array().unwrap();
    assert!(provides.contains(&"cert-manager.io/v1/Certificate".into()));
    let location = &answer["location"];
    assert_eq!(location["path"], "cert-manager/v1.19.1");
    assert!(location["digest"].as_str().unwrap().starts_with("sha256:"));
    let text = run(&["cert-manager@1.19.1"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("  lies in cert-manager/v1.19.1\n"), "{text}");
}

#[test]
fn wrong_usage_is_one_line_with_near_names() {
    let cases: [(&[&str], &str); 6] = [
        (&["cert-manger"], "did you mean `cert-manager`?"),
        (
            &["cert-manager@1.19.2"],
            "version 1.19.2 of `cert-manager` is not there; did you mean",
        ),
        (&["cert-manager@x"], "`x`"),
        (&["--label", "a=b=c"], "--label: "),
        (&["--provides", "a b"], "`a b` is no capability"),
        (&["cert-manager", "--text", "x"], "leave PACKAGE out"),
    ];
    for (arguments, expected) in cases {
        let output = run(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(output.stdout.is_empty());
    }
}
