//! The options of `validate`: formats, levels of rules, explanations.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// Runs `validate` on a folder and gives its exit code, standard output and standard error.
fn validate(folder: &Path, options: &[&str]) -> (i32, String, String) {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples/validate");
    assert!(
        path.exists(),
        "build the examples: `cargo test` without `--test`"
    );
    let output = Command::new(path)
        .current_dir(folder)
        .args(options)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// A folder with a catalog `c` of one release that has one warning, and the lines given.
fn catalog(name: &str, lines: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("validate")
        .join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("c/web/1.0.0")).unwrap();
    let text = format!("name: web\nversion: 1.0.0\nlicence: MIT\n{lines}");
    fs::write(root.join("c/web/1.0.0/metadata.yaml"), text).unwrap();
    root
}

#[test]
fn levels_are_those_of_the_last_option() {
    let root = catalog("levels", "");
    let key = "metadata.unknown-key";
    for (options, code, last) in [
        (
            &[][..],
            0,
            "1 packages, 1 versions, 1 usable: 0 errors, 1 warnings, 0 notes",
        ),
        (
            &["--allow", key],
            0,
            "1 packages, 1 versions, 1 usable: 0 errors, 0 warnings, 0 notes, 1 kept back",
        ),
        (
            &["--deny", key],
            1,
            "1 packages, 1 versions, 0 usable: 1 errors, 0 warnings, 0 notes",
        ),
        (
            &["--deny", "warnings"],
            1,
            "1 packages, 1 versions, 0 usable: 1 errors, 0 warnings, 0 notes",
        ),
        (
            &["--deny", "warnings", "--warn", key],
            0,
            "1 packages, 1 versions, 1 usable: 0 errors, 1 warnings, 0 notes",
        ),
        (
            &["--deny", key, "--allow", key],
            0,
            "1 packages, 1 versions, 1 usable: 0 errors, 0 warnings, 0 notes, 1 kept back",
        ),
        (
            &["--allow", key, "--deny", key],
            1,
            "1 packages, 1 versions, 0 usable: 1 errors, 0 warnings, 0 notes",
        ),
        (
            &["--strict"],
            1,
            "1 packages, 1 versions, 0 usable: 1 errors, 0 warnings, 0 notes",
        ),
    ] {
        let (exit, out, error) = validate(&root, &[&["c"], options].concat());
        assert_eq!(
            (exit, out.lines().last(), error.as_str()),
            (code, Some(last), ""),
            "{options:?}"
        );
    }
    let (_, out, _) = validate(&root, &["c", "--allow", key, "--suppressed"]);
    assert!(
        out.contains("kept back:\n\nwarning[metadata.unknown-key]"),
        "{out}"
    );
}

#[test]
fn rules_that_cannot_be_set_are_wrong_usage() {
    let root = catalog("usage", "");
    for (options, message) in [
        (
            ["--deny", "metadata.unknown-kye"],
            "error: --deny: there is no rule `metadata.unknown-kye`; did you mean `metadata.unknown-key`?\n",
        ),
        (
            ["--allow", "metadata.url"],
            "error: --allow: `metadata.url` is an error, and can be neither allowed nor made milder: what it stands in cannot be used\n",
        ),
        (
            ["--format", "xml"],
            "error: `xml` is no format: text, json, sarif or github\n",
        ),
    ] {
        let (exit, out, error) = validate(&root, &[&["c"], options.as_slice()].concat());
        assert_eq!((exit, out.as_str(), error.as_str()), (2, "", message));
    }
}

#[test]
fn rules_are_explained() {
    let root = catalog("explain", "");
    let (exit, out, _) = validate(&root, &["--explain", "metadata.unknown-key"]);
    assert_eq!(exit, 0);
    assert!(
        out.starts_with("## metadata.unknown-key\n\nWarning: a key is not known.\n"),
        "{out}"
    );
    let (exit, _, error) = validate(&root, &["--explain", "metadata.unknown-kye"]);
    assert_eq!(
        (exit, error.as_str()),
        (
            2,
            "error: there is no rule `metadata.unknown-kye`; did you mean `metadata.unknown-key`?\n"
        )
    );
}

#[test]
fn formats_for_code_hosts() {
    let root = catalog(
        "hosts",
        "label: {tier: 1} # catalog: allow(metadata.label.unquoted, it is a tier)\n",
    );
    let (exit, out, _) = validate(&root, &["c", "--format", "github"]);
    assert_eq!(
        (exit, out.as_str()),
        (
            0,
            "::warning file=c/web/1.0.0/metadata.yaml,line=3,col=1,endLine=3,endColumn=8,title=metadata.unknown-key::`licence` is not a key of this map%0Ahelp: did you mean `license`?\n"
        )
    );
    let (exit, out, _) = validate(&root, &["c", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&out).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let told: Vec<(&Value, usize)> = results
        .iter()
        .map(|result| {
            (
                &result["ruleId"],
                result["suppressions"].as_array().unwrap().len(),
            )
        })
        .collect();
    assert_eq!(exit, 0);
    assert_eq!(
        told,
        [
            (&json!("metadata.unknown-key"), 0),
            (&json!("metadata.label.unquoted"), 1)
        ]
    );
    let place = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(place["uri"], "c/web/1.0.0/metadata.yaml");
    let (_, out, _) = validate(&root, &["c", "--format", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["suppressed"][0]["code"], "metadata.label.unquoted");
}

#[test]
fn a_run_without_findings_has_results_and_annotates_nothing() {
    let root = catalog("clean", "");
    fs::write(
        root.join("c/web/1.0.0/metadata.yaml"),
        "name: web\nversion: 1.0.0\n",
    )
    .unwrap();
    let (exit, out, _) = validate(&root, &["c", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((exit, &log["runs"][0]["results"]), (0, &json!([])));
    assert_eq!(
        validate(&root, &["c", "--format", "github"]),
        (0, String::new(), String::new())
    );
}

/// Whoever changes the text writes the file anew: `validate --help > validate/help.txt`.
#[test]
fn help_says_what_levels_mean() {
    let (exit, out, error) = validate(Path::new("."), &["--help"]);
    assert_eq!((exit, error.as_str()), (0, ""));
    assert_eq!(out, include_str!("../validate/help.txt"));
}

#[test]
fn levels_and_comments_overrule_each_other_as_help_says() {
    let root = catalog(
        "order",
        "# catalog: allow(metadata.unknown-key, our portal reads it)\n",
    );
    let key = "metadata.unknown-key";
    for (options, code) in [
        (&[][..], 0),
        (&["--deny", "warnings"], 0),
        (&["--deny", key], 1),
        (&["--deny", key, "--allow", "warnings"], 1),
        (&["--strict"], 1),
        (&["--strict", "--allow", key], 1),
    ] {
        let (exit, out, _) = validate(&root, &[&["c"], options].concat());
        assert_eq!(exit, code, "{options:?}: {out}");
    }
}

#[test]
fn modules_are_looked_into_and_what_is_wrong_there_counts() {
    let root = catalog("modules", "");
    let files = [
        ("metadata.yaml", "name: web\nversion: 1.0.0\n"),
        (
            "modules.yaml",
            "modules:\n- chart: {path: ./chart}\n- terraform: {path: ./db}\n",
        ),
        (
            "chart/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        ),
        (
            "chart/values.schema.json",
            "{\"$ref\": \"https://example.com/web.json\"}\n",
        ),
        ("db/main.tf", "variable \"name\" {\n"),
    ];
    for (path, text) in files {
        let path = root.join("c/web/1.0.0").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (exit, out, _) = validate(&root, &["c", "--format", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (exit, &report["versions"], &report["usable"]),
        (1, &json!(1), &json!(0))
    );
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let told: Vec<_> = diagnostics
        .iter()
        .map(|one| (&one["file"], &one["code"], &one["version"]))
        .collect();
    let (schema, main) = (
        json!("c/web/1.0.0/chart/values.schema.json"),
        json!("c/web/1.0.0/db/main.tf"),
    );
    let (remote, syntax, version) = (
        json!("values-schema.ref.remote"),
        json!("terraform.syntax"),
        json!("1.0.0"),
    );
    assert_eq!(
        told,
        [(&schema, &remote, &version), (&main, &syntax, &version)]
    );
    let (_, out, _) = validate(&root, &["c", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 2);
    let (_, out, _) = validate(&root, &["c", "--format", "github"]);
    assert_eq!(
        out.lines()
            .filter(|line| line.starts_with("::error "))
            .count(),
        2,
        "{out}"
    );
}
