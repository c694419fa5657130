//! `crd-safety` as scripts see it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod running;

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

const OLD: &str = "crds/old.yaml";
const NEW: &str = "crds/new.yaml";

fn answer(arguments: &[&str], code: i32) -> String {
    running::answer("crd-safety", arguments, code)
}

fn json_answer(arguments: &[&str], code: i32) -> Value {
    running::json("crd-safety", arguments, code)
}

fn refusal(arguments: &[&str]) -> String {
    running::refusal("crd-safety", arguments)
}

fn with_input(arguments: &[&str], input: &str) -> Output {
    let mut command = running::program("crd-safety");
    let command = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn every_break_has_its_places_and_whom_it_hits() {
    let answer = json_answer(&[OLD, NEW, "--objects", "crds/objects.yaml"], 1);
    assert_eq!(answer["breaks"], 6);
    let crd = &answer["crds"][0];
    assert_eq!(
        (&crd["name"], &crd["state"]),
        (&json!("shops.example.com"), &json!("both"))
    );
    let found: Vec<String> = (crd["breaks"].as_array().unwrap().iter())
        .map(|one| {
            let place = |side: &Value| format!("{}:{}", side["line"], side["column"]);
            format!(
                "{} {} {} {} → {} {}",
                one["code"].as_str().unwrap(),
                one["field"].as_str().unwrap_or("-"),
                one["hits"],
                place(&one["old"]),
                place(&one["new"]),
                one["affected"]
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            r#"crd.field.required spec ["create","update"] 17:11 → 19:13 ["west/tea"]"#,
            r#"crd.field.default spec.replicas ["read"] 27:17 → 28:17 null"#,
            r#"crd.field.pattern spec.rules[*].host ["create","update"] 33:21 → 36:23 null"#,
            r#"crd.field.removed spec.rules[*].port ["read","create"] 34:21 → 33:19 ["west/tea"]"#,
            r#"crd.field.enum spec.size ["create"] 22:17 → 23:17 ["east/books"]"#,
            r#"crd.version.removed - ["read","create","update"] 11:5 → 11:5 ["east/books","west/tea"]"#,
        ]
    );
    let first = &crd["breaks"][0];
    assert_eq!(first["new"]["file"], NEW);
    assert_eq!(
        first["new"]["pointer"],
        "/spec/versions/1/schema/openAPIV3Schema/properties/spec/required"
    );
    assert_eq!(
        answer,
        json_answer(&[OLD, NEW, "--objects", "crds/objects.yaml"], 1)
    );
}

#[test]
fn text_shows_both_lines_and_a_way_around() {
    let text = answer(&[OLD, NEW], 1);
    let part = "\
error[crd.field.enum]: shops.example.com v1: `spec.size` can no longer be `medium` (hits create)
  --> crds/new.yaml:23:17
   |
23 |                 enum: [small, large]
   |                 ^^^^
   |
  ::: crds/old.yaml:22:17
   |
22 |                 enum: [small, medium, large]
   |                 ---- the old one
   |
   = help: keep the value and treat it as what replaces it; say in the description that it is deprecated
";
    assert!(text.contains(part), "{text}");
    assert!(
        text.ends_with("\n1 CRDs compared, 0 new, 0 gone: 6 breaks in 1\n"),
        "{text}"
    );
}

#[test]
fn sarif_has_the_rules_and_the_places() {
    let log: Value = serde_json::from_str(&answer(&[OLD, NEW, "--format", "sarif"], 1)).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 6);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], NEW);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(
            result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            OLD
        );
    }
}

#[test]
fn nothing_breaks_between_a_file_and_itself() {
    let answer = json_answer(&[OLD, OLD], 0);
    assert_eq!(
        (&answer["breaks"], &answer["crds"][0]["breaks"]),
        (&json!(0), &json!([]))
    );
}

#[test]
fn crds_are_matched_by_name_and_a_file_may_be_standard_input() {
    let old =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/crds/old.yaml")).unwrap();
    let other = old.replace("shops", "books");
    let output = with_input(
        &["-", OLD, "--format", "json"],
        &format!("{other}---\n{old}"),
    );
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let states: Vec<(&Value, &Value)> = (answer["crds"].as_array().unwrap().iter())
        .map(|crd| (&crd["name"], &crd["state"]))
        .collect();
    assert_eq!(
        states,
        [
            (&json!("books.example.com"), &json!("gone")),
            (&json!("shops.example.com"), &json!("both"))
        ]
    );
    let output = with_input(&[OLD, "-"], &format!("{other}---\n{old}"));
    assert_eq!(output.status.code(), Some(0), "a CRD more breaks nothing");

    let twice = with_input(&["-", OLD], &format!("{old}---\n{old}"));
    assert_eq!(twice.status.code(), Some(2));
    let message = String::from_utf8(twice.stderr).unwrap();
    assert!(
        message.contains("`shops.example.com` is there twice, first in line 1"),
        "{message}"
    );
}

/// Whoever reads one format alone sees that a CRD is gone.
#[test]
fn a_crd_that_is_gone_is_a_break_in_every_format() {
    let arguments = |format: &'static str| [OLD, "-", "--format", format];
    let old =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/crds/old.yaml")).unwrap();
    let other = old.replace("shops", "books");
    let asked = |format| {
        let output = with_input(&arguments(format), &other);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let text = asked("text");
    assert!(
        text.contains("error[crd.gone]: shops.example.com: the CRD is gone"),
        "{text}"
    );
    assert!(
        text.ends_with("0 CRDs compared, 1 new, 1 gone: 1 breaks in 1\n"),
        "{text}"
    );
    let json: Value = serde_json::from_str(&asked("json")).unwrap();
    assert_eq!(json["breaks"], 1);
    let sarif: Value = serde_json::from_str(&asked("sarif")).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "crd.gone");
    let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, OLD);
}

#[test]
fn what_a_cluster_has_stored_counts() {
    let old = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "a.example.com"},
        "spec": {"group": "example.com", "scope": "Cluster", "names": {"kind": "A", "plural": "a"}, "versions": [
            {"name": "v1alpha1", "served": false, "storage": false},
            {"name": "v1", "served": true, "storage": true},
        ]},
        "status": {"storedVersions": ["v1alpha1", "v1"]},
    });
    let mut new = old.clone();
    new["spec"]["versions"].as_array_mut().unwrap().remove(0);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("stored.json");
    std::fs::write(&path, new.to_string()).unwrap();
    let path = path.to_str().unwrap();
    let first = |old: &Value| {
        let output = with_input(&["-", path, "--format", "json"], &old.to_string());
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = answer["crds"][0]["breaks"][0].clone();
        (
            output.status.code(),
            found["code"].clone(),
            found["certain"].clone(),
            found["hits"].clone(),
        )
    };
    assert_eq!(
        first(&old),
        (
            Some(1),
            json!("crd.version.stored"),
            json!(true),
            json!(["apply"])
        )
    );
    let mut known = old.clone();
    known["status"]["storedVersions"] = json!(["v1"]);
    assert_eq!(
        first(&known),
        (Some(0), Value::Null, Value::Null, Value::Null)
    );
    let mut unknown = old;
    unknown.as_object_mut().unwrap().remove("status");
    assert_eq!(
        first(&unknown),
        (
            Some(1),
            json!("crd.version.stored"),
            json!(false),
            json!(["apply"])
        )
    );
}

#[test]
fn a_catalog_has_all_its_upgrades() {
    let catalog = ["--catalog", "catalogs/observability"];
    let all = json_answer(&catalog, 1);
    let crds = all["crds"].as_array().unwrap();
    assert!(!crds.is_empty());
    for crd in crds {
        for key in ["package", "from", "to", "name"] {
            assert!(crd[key].is_string(), "{crd}");
        }
        for found in crd["breaks"].as_array().unwrap() {
            let file = found["new"]["file"].as_str().unwrap();
            let root = concat!(env!("CARGO_MANIFEST_DIR"), "/catalogs/observability");
            assert!(std::path::Path::new(root).join(file).exists(), "{found}");
        }
    }
    let package = crds[0]["package"].as_str().unwrap();
    let one = json_answer(&[catalog[0], catalog[1], package, "--consecutive"], 1);
    assert!(
        one["crds"]
            .as_array()
            .unwrap()
            .iter()
            .all(|crd| crd["package"] == package)
    );
    let thin = running::run(
        "crd-safety",
        &[catalog[0], catalog[1], package, "--limit", "1"],
    );
    let told = String::from_utf8(thin.stderr).unwrap();
    let wanted = format!("warning: `{package}` has too many upgrades among its ");
    assert!(told.contains(&wanted), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(refusal(&[catalog[0], catalog[1], "grafan"]).contains("did you mean `grafana`?"));
}

#[test]
fn a_wrong_command_line_is_one_line() {
    let cases: [(&[&str], &str); 11] = [
        (&[], "OLD is missing"),
        (&[OLD], "NEW is missing"),
        (&[OLD, NEW, "more"], "`more` is one argument too many"),
        (&["-", "-"], "only one of OLD and NEW can be standard input"),
        (&[OLD, "crds/none.yaml"], "crds/none.yaml"),
        (
            &[OLD, "crds/objects.yaml"],
            "there is no CustomResourceDefinition in it",
        ),
        (
            &[OLD, NEW, "--format", "xml"],
            "`xml` is no format: text, json or sarif",
        ),
        (&[OLD, NEW, "--consecutive"], "--catalog"),
        (&[OLD, NEW, "--limit", "9"], "--catalog"),
        (
            &["--catalog", "catalogs/observability", "--limit", "few"],
            "--limit takes a number, and no `few`",
        ),
        (
            &["--explain", "crd.field.remove"],
            "did you mean `crd.field.removed`?",
        ),
    ];
    for (arguments, expected) in cases {
        let message = refusal(arguments);
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    assert!(answer(&["--explain", "crd.field.removed"], 0).contains("## crd.field.removed"));
    assert!(answer(&["--help"], 0).contains("usage: crd-safety OLD NEW"));
}
