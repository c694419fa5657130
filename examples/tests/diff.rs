//! `diff` as scripts see it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod running;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

fn answer(arguments: &[&str], code: i32) -> String {
    running::answer("diff", arguments, code)
}

fn json_answer(arguments: &[&str], code: i32) -> Value {
    running::json("diff", arguments, code)
}

fn crd(kind: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.example.com\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {{kind: Thing, plural: things}}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          size: {{type: {kind}}}\n"
    )
}

fn catalog(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("diff")
        .join(name);
    let _ = fs::remove_dir_all(&root);
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

const METADATA: [(&str, &str); 5] = [
    (
        "app/1.0.0/metadata.yaml",
        "name: app\nversion: 1.0.0\ndependencies:\n- {name: db, version: ^1}\n",
    ),
    ("db/1.0.0/metadata.yaml", "name: db\nversion: 1.0.0\n"),
    ("old/1.0.0/metadata.yaml", "name: old\nversion: 1.0.0\n"),
    ("ui/1.0.0/metadata.yaml", "name: ui\nversion: 1.0.0\n"),
    ("ui/1.1.0/metadata.yaml", "name: ui\nversion: 1.1.0\n"),
];

/// A catalog and what became of it.
fn states(test: &str) -> [String; 2] {
    let (text, number) = (crd("string"), crd("integer"));
    let before = [&METADATA[..], &[
        ("ui/1.1.0/definitions/crd.yaml", text.as_str()),
        ("ui/1.1.0/hooks/all.yaml", "pre-install:\n- {name: h, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: h, image: 'h:1'}]}}}}}\n"),
    ]].concat();
    let after = [
        (
            "app/1.0.0/metadata.yaml",
            "name: app\nversion: 1.0.0\ndependencies:\n- {name: db, version: ^1}\n",
        ),
        ("db/2.0.0/metadata.yaml", "name: db\nversion: 2.0.0\n"),
        ("old/1.0.0/metadata.yaml", "name: old\nversion: [1]\n"),
        (
            "ui/1.0.0/metadata.yaml",
            "# nothing new\nname: ui\nversion: 1.0.0\n",
        ),
        (
            "ui/1.1.0/metadata.yaml",
            "name: ui\nversion: 1.1.0\nlicense: MIT\n",
        ),
        ("ui/1.1.0/definitions/crd.yaml", text.as_str()),
        (
            "ui/1.1.0/hooks/all.yaml",
            "pre-install:\n- {name: h, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: h, image: 'h:2'}]}}}}}\n",
        ),
        ("ui/1.2.0/metadata.yaml", "name: ui\nversion: 1.2.0\n"),
        ("ui/1.2.0/definitions/crd.yaml", number.as_str()),
    ];
    [("before", &before[..]), ("after", &after[..])].map(|(name, files)| {
        let root = catalog(&format!("{test}-{name}"), files);
        root.to_str().unwrap().to_owned()
    })
}

#[test]
fn everything_is_told() {
    let [old, new] = states("everything");
    let told = answer(&[&old, &new], 1);
    let told = told.replace(&new, "NEW").replace(&old, "OLD");
    let expected = "\
removed db 1.0.0
added db 2.0.0
broken old 1.0.0: `version` must be a text, not a list
rewritten ui 1.0.0: no change of meaning
  file metadata.yaml changed, no change of meaning
mutated ui 1.1.0
  file hooks/all.yaml changed
  file metadata.yaml changed
  metadata: added license (NEW/ui/1.1.0/metadata.yaml:3:1)
  hooks: changed pre-install/h: job.spec.template.spec.containers.0.image \"h:1\" → \"h:2\" (NEW/ui/1.1.0/hooks/all.yaml:2:3, was OLD/ui/1.1.0/hooks/all.yaml:2:3)
  - image       h:1
  + image       h:2
added ui 1.2.0
newest db 1.0.0 → 2.0.0
  file metadata.yaml changed, no change of meaning
newest ui 1.1.0 → 1.2.0
  file definitions/crd.yaml changed
  file hooks/all.yaml removed
  file metadata.yaml changed, no change of meaning
  definitions: changed CustomResourceDefinition.apiextensions.k8s.io/things.example.com: spec.versions.0.schema.openAPIV3Schema.properties.size.type \"string\" → \"integer\" (NEW/ui/1.2.0/definitions/crd.yaml:1:1, was OLD/ui/1.1.0/definitions/crd.yaml:1:1)
  hooks: removed pre-install/h (OLD/ui/1.1.0/hooks/all.yaml:2:3)
  ~ object      CustomResourceDefinition.apiextensions.k8s.io/things.example.com (cluster-wide)
  - image       h:1
  - hook        pre-install h
  breaks things.example.com: crd.field.type (read, create): v1: `size` was `string` and is `integer`: values of the old type are refused, and stored ones are not what clients expect
app 1.0.0 can no longer be resolved
  app 1.0.0 needs db ^1, but there is only 2.0.0
versions: 2 added, 1 removed, 1 broken, 1 mutated, 1 rewritten; 1 can no longer be resolved (3 asked, 2 out of reach); 4 findings
";
    assert_eq!(told, expected, "\n{told}");
}

#[test]
fn scripts_see_the_same() {
    let [old, new] = states("scripts");
    let found = json_answer(&[&old, &new], 1);
    let releases = found["releases"].as_array().unwrap().iter();
    let releases: Vec<Value> = releases
        .map(|one| json!([one["package"], one["version"], one["change"]]))
        .collect();
    let expected = [
        ["db", "1.0.0", "removed"],
        ["db", "2.0.0", "added"],
        ["old", "1.0.0", "broken"],
        ["ui", "1.0.0", "rewritten"],
        ["ui", "1.1.0", "mutated"],
        ["ui", "1.2.0", "added"],
    ];
    assert_eq!(json!(releases), json!(expected));
    assert_eq!(found["findings"], 4);
    let mutated = &found["releases"][4];
    assert_eq!(mutated["files"].as_array().unwrap().len(), 2);
    let change = &mutated["changes"][0];
    assert_eq!(
        (&change["part"], &change["subject"]),
        (&json!("metadata"), &json!("license"))
    );
    assert_eq!(change["after"]["line"], 3);
    let hook = &mutated["changes"][1];
    assert_eq!(
        hook["details"][0]["pointer"],
        "/job/spec/template/spec/containers/0/image"
    );
    assert_eq!(hook["details"][0]["after"], "h:2");
    let newest = found["newest"].as_array().unwrap();
    let newest = newest.iter().find(|one| one["package"] == "ui").unwrap();
    assert_eq!(
        (&newest["from"], &newest["to"]),
        (&json!("1.1.0"), &json!("1.2.0"))
    );
    assert_eq!(newest["breaks"][0]["code"], "crd.field.type");
    assert_eq!(newest["announced"], false);
    let lost = &found["resolvability"]["lost"];
    assert_eq!(
        (&lost[0]["package"], lost.as_array().unwrap().len()),
        (&json!("app"), 1)
    );
    assert!(
        lost[0]["explanation"]
            .as_str()
            .unwrap()
            .contains("app 1.0.0 needs db ^1")
    );
    assert_eq!(
        answer(&[&old, &new, "--format", "json"], 1),
        answer(&[&old, &new, "--format", "json"], 1)
    );
}

#[test]
fn findings_are_results_of_sarif() {
    let [old, new] = states("sarif");
    let log: Value = serde_json::from_str(&answer(&[&old, &new, "--format", "sarif"], 1)).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap().iter();
    let results: Vec<Value> = results
        .map(|one| json!([one["ruleId"], one["level"]]))
        .collect();
    let expected = [
        ["diff.release.removed", "warning"],
        ["diff.release.broken", "error"],
        ["diff.release.mutated", "error"],
        ["crd.field.type", "error"],
        ["diff.release.unresolvable", "error"],
    ];
    assert_eq!(json!(results), json!(expected));
}

#[test]
fn a_catalog_and_itself() {
    let observability = "catalogs/observability";
    let told = answer(&[observability, observability], 0);
    assert_eq!(
        told,
        "versions: 0 added, 0 removed, 0 broken, 0 mutated, 0 rewritten; 0 can no longer be resolved (0 asked, 72 out of reach); 0 findings\n"
    );
    let found = json_answer(&["catalogs/broken", "catalogs/broken"], 0);
    assert_eq!(found["releases"], json!([]));
}

#[test]
fn what_is_only_removed_or_added_is_no_finding() {
    let one = catalog("one", &METADATA[..2]);
    let more = catalog("more", &METADATA[..4]);
    let (one, more) = (one.to_str().unwrap(), more.to_str().unwrap());
    assert!(answer(&[one, more], 0).starts_with("added old 1.0.0\nadded ui 1.0.0\n"));
    assert!(answer(&[more, one], 0).starts_with("removed old 1.0.0\nremoved ui 1.0.0\n"));
}

#[test]
fn a_folder_without_packages_is_named() {
    let one = catalog("filled", &METADATA[..2]);
    let none = catalog("no-catalog", &[("notes.txt", "nothing")]);
    let (one, none) = (one.to_str().unwrap(), none.to_str().unwrap());
    let output = running::run("diff", &[one, none]);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!("warning: no package is in {none}: is it a catalog?\n")
    );
}

#[test]
fn wrong_usage_is_one_line() {
    for (arguments, expected) in [
        (&[][..], "CATALOG_A is missing; see --help"),
        (
            &["catalogs/observability"],
            "CATALOG_B is missing; see --help",
        ),
        (
            &["catalogs/observability", "catalogs/none"],
            "catalogs/none",
        ),
        (&["a", "b", "c"], "`c` is one argument too many; see --help"),
        (
            &["a", "b", "--format", "yaml"],
            "`yaml` is no format: text, json or sarif",
        ),
    ] {
        let error = running::refusal("diff", arguments);
        assert!(
            error.lines().count() == 1 && error.contains(expected),
            "{error}"
        );
    }
}

#[test]
fn a_new_version_that_cannot_be_used_is_a_finding() {
    let good = ("ui/1.0.0/metadata.yaml", "name: ui\nversion: 1.0.0\n");
    let bad = (
        "ui/1.1.0/metadata.yaml",
        "name: ui\nversion: 1.1.0\nurl: no address\n",
    );
    let [old, new] = [
        ("unusable-old", &[good][..]),
        ("unusable-new", &[good, bad]),
    ]
    .map(|(name, files)| catalog(name, files).to_str().unwrap().to_owned());
    let told = answer(&[&old, &new], 1);
    assert!(told.starts_with("new and unusable ui 1.1.0: "), "{told}");
    assert!(told.ends_with("; 1 findings\n"), "{told}");
    let told = json_answer(&[&old, &new, "--format", "json"], 1);
    assert_eq!(told["unusable"][0]["new"], true);
    let told = answer(&[&new, &new], 0);
    assert!(told.starts_with("unusable as before ui 1.1.0: "), "{told}");
}
