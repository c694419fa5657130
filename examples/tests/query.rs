//! The program `query` as scripts see it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const OBSERVABILITY: &str = "catalogs/observability";

fn run(arguments: &[&str]) -> Output {
    run_on(OBSERVABILITY, arguments)
}

fn run_on(catalog: &str, arguments: &[&str]) -> Output {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push("query");
    let mut command = Command::new(path);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.arg(catalog).args(arguments).output().unwrap()
}

/// A catalog of these files, and what a query answers: its exit code and standard output.
fn asked(name: &str, files: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("query")
        .join(name);
    let _ = fs::remove_dir_all(&root);
    for (file, text) in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let output = run_on(root.to_str().unwrap(), arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), text)
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
#[cfg(unix)]
fn a_release_without_digest_is_shown_with_the_reason() {
    let metadata = "name: web\nversion: 1.0.0\nlabel: {tier: web}\n";
    let files = [("web/1.0.0/metadata.yaml", metadata), ("README", "read")];
    asked("no-digest", &files, &[]);
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("query/no-digest");
    std::os::unix::fs::symlink("../../README", root.join("web/1.0.0/README")).unwrap();
    let output = run_on(root.to_str().unwrap(), &["web@1.0.0", "--format", "json"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["labels"]["tier"], "web");
    assert_eq!(answer["location"]["path"], "web/1.0.0");
    assert_eq!(answer["location"].get("digest"), None);
    let why = answer["noDigest"].as_str().unwrap();
    assert!(why.contains("web/1.0.0/README"), "{why}");
    assert_eq!(told, format!("web@1.0.0 has no digest: {why}\n"));
    let output = run_on(root.to_str().unwrap(), &["web@1.0.0"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, "web@1.0.0\n  lies in web/1.0.0\n");
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

/// A package whose newest version has broken definitions, and a folder whose version is none.
const PARTLY_BROKEN: [(&str, &str); 4] = [
    (
        "g/1.0.0/metadata.yaml",
        "name: g\nversion: 1.0.0\nprovides: [{ name: x }]\n",
    ),
    (
        "g/2.0.0/metadata.yaml",
        "name: g\nversion: 2.0.0\nprovides: [{ name: x }]\n",
    ),
    ("g/2.0.0/definitions/d.yaml", "kind: [\n"),
    ("g/latest/metadata.yaml", "name: g\nversion: latest\n"),
];

#[test]
fn a_version_with_broken_definitions_is_never_the_newest() {
    let ask = |arguments: &[&str]| asked("broken", &PARTLY_BROKEN, arguments);
    for options in [&[][..], &["--provides", "x"], &["--text", "g"]] {
        assert_eq!(
            ask(options),
            (Some(0), "g@1.0.0\n".to_owned()),
            "{options:?}"
        );
    }
    let (code, text) = ask(&["g"]);
    assert_eq!(code, Some(0));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "g@1.0.0 (newest)");
    assert!(
        lines[1].starts_with("g/2.0.0 cannot be used: this is not YAML"),
        "{text}"
    );
    assert_eq!(lines[2], "g/latest cannot be used: `latest` is no version");
    let (code, text) = ask(&["g@2.0.0"]);
    assert_eq!(code, Some(1));
    assert!(text.starts_with("error[yaml.syntax]"), "{text}");
    let (code, text) = ask(&["g@2", "--format", "json"]);
    assert_eq!(code, Some(1));
    let answer: Value = serde_json::from_str(&text).unwrap();
    let diagnostics = answer["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), 1, "{answer}");
    assert_eq!(diagnostics[0]["version"], "2.0.0");
}

#[test]
fn a_terminal_gets_no_control_characters_of_a_catalog() {
    let files = [(
        "b/1.0.0/metadata.yaml",
        r#"{name: b, version: 1.0.0, description: "\e[31m\a\r\x9b32m\u202eend", yanked: "one\nb@9.9.9",
            deprecated: "a\tb\u2028c", provides: [{ name: x }]}"#,
    )];
    let acts = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for arguments in [
        &["b"][..],
        &["b@1.0.0"],
        &["b", "--format", "json"],
        &["b@1.0.0", "--format", "json"],
    ] {
        let (code, text) = asked("control", &files, arguments);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("end"), "{text}");
        assert_eq!(text.find(acts), None, "{text:?}");
        assert!(
            !text.lines().any(|line| line.starts_with("b@9.9.9")),
            "{text}"
        );
    }
    let (_, text) = asked("control", &files, &["b@1.0.0", "--format", "json"]);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        answer["description"],
        "\u{1b}[31m\u{7}\r\u{9b}32m\u{202e}end"
    );
}

#[test]
fn what_errors_keep_out_is_not_passed_over_in_silence() {
    let told = |catalog: &str| {
        let output = run_on(catalog, &[]);
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(told(OBSERVABILITY), "");
    let broken = told("catalogs/broken");
    assert!(broken.contains("errors in this catalog"), "{broken}");
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("query/empty");
    fs::create_dir_all(&empty).unwrap();
    let empty = told(empty.to_str().unwrap());
    assert!(empty.contains("catalog.empty"), "{empty}");
}
