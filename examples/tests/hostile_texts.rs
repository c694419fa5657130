//! Texts of catalogs and clusters, in what programs print for people: one record stays one line, and nothing of it acts on a terminal.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use catalog_conditions::show::is_hidden;
use serde_json::json;

/// What an author may write for a name: it ends the line, begins another, colours, rings, and turns the direction of writing.
const HOSTILE: &str = "x\nFAKE: fine\r\u{1b}[32m\u{7}\u{9b}31m\u{202e}\u{2028}\tz";

/// The same as part of a file's name.
const NAME: &str = "x\nFAKE: fine\r\u{1b}[32m\u{7}\u{202e}z";

/// Runs a program and asserts that nothing it prints is hostile. Gives what it printed.
fn run(name: &str, arguments: &[&str]) -> String {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(name);
    let output = Command::new(path).args(arguments).output().unwrap();
    let mut all = String::from_utf8(output.stdout).unwrap();
    all.push_str(&String::from_utf8(output.stderr).unwrap());
    let acting = all.chars().find(|c| *c != '\n' && is_hidden(*c));
    assert_eq!(acting, None, "{name} {arguments:?}: {all}");
    let is_fake = |line: &&str| line.trim_start().starts_with("FAKE");
    assert_eq!(
        all.lines().find(is_fake),
        None,
        "{name} {arguments:?}: {all}"
    );
    all
}

/// The same of a program that has a text of the catalog to print.
fn shows(name: &str, arguments: &[&str]) {
    let all = run(name, arguments);
    assert!(all.contains("FAKE"), "{name} {arguments:?}: {all}");
}

fn folder(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("hostile-texts")
        .join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).unwrap();
    root
}

/// Files of JSON, without what YAML takes in no file.
fn write(root: &Path, files: &[(&str, String)]) {
    let escaped = |c: char| match c.is_ascii() {
        true => c.to_string(),
        false => format!("\\u{:04x}", u32::from(c)),
    };
    for (name, text) in files {
        let text: String = text.chars().map(escaped).collect();
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// A catalog that can be used, with such a text wherever one is taken.
fn usable(test: &str) -> PathBuf {
    let root = folder(&format!("{test}-usable"));
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": {"containers": [{"name": "c", "image": HOSTILE}]}}}});
    let metadata = json!({
        "name": "web", "version": "1.0.0", "description": HOSTILE, "maintainer": [HOSTILE], "license": HOSTILE, "icon": HOSTILE,
        "tags": [HOSTILE], "deprecated": HOSTILE, HOSTILE: HOSTILE, "nme": HOSTILE,
    });
    let condition = |name: &str, target| json!({"name": name, "target": target, "message": HOSTILE, "op": "eq", "value": HOSTILE});
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "name": "settings", "namespace": "web", "fieldPath": "data.mode"});
    let values = json!({"plain": HOSTILE, HOSTILE: {HOSTILE: HOSTILE}});
    let schema = json!({
        "properties": {HOSTILE: {"type": "string", "description": HOSTILE, "default": HOSTILE}, "few": {"enum": [HOSTILE]}},
        "required": [HOSTILE, "few"],
    });
    write(&root, &[
        ("web/1.0.0/metadata.yaml", metadata.to_string()),
        ("web/1.0.0/conditions/c.yaml", json!({"conditions": [condition("a mode", map)]}).to_string()),
        ("web/1.0.0/hooks/h.yaml", json!({"pre-install": [{"name": HOSTILE, "job": job}]}).to_string()),
        ("web/1.0.0/modules.yaml", json!({"modules": [
            {"chart": {"path": "./charts/plain"}, "values": {HOSTILE: {HOSTILE: HOSTILE}}},
            {"chart": {"path": "./charts/schema"}},
            {"terraform": {"path": "./tf"}},
            {"other": {HOSTILE: HOSTILE}, "name": "other"},
        ]}).to_string()),
        ("web/1.0.0/charts/plain/Chart.yaml", json!({"apiVersion": "v2", "name": HOSTILE, "version": "1.0.0"}).to_string()),
        ("web/1.0.0/charts/plain/values.yaml", values.to_string()),
        ("web/1.0.0/charts/schema/Chart.yaml", json!({"apiVersion": "v2", "name": "schema", "version": HOSTILE}).to_string()),
        ("web/1.0.0/charts/schema/values.yaml", "{}\n".to_owned()),
        ("web/1.0.0/charts/schema/values.schema.json", schema.to_string()),
        ("web/1.0.0/tf/main.tf", "variable \"size\" {\n  description = \"x\\nFAKE: fine\\u001b[32m\\u202e\"\n  default = \"x\\nFAKE: fine\\u001b[32m\"\n}\n".to_owned()),
        (&format!("web/1.0.0/definitions/{NAME}.yaml"), json!({"apiVersion": "e.com/v1", "kind": HOSTILE, "metadata": {"name": HOSTILE}}).to_string()),
        ("old/1.0.0/metadata.yaml", json!({"name": "old", "version": "1.0.0", "yanked": HOSTILE}).to_string()),
        ("needs/1.0.0/metadata.yaml", json!({"name": "needs", "version": "1.0.0", "dependencies": [
            {"name": "old", "version": ">=1\n\t, <2"}, {"name": "web", "catalog": HOSTILE},
        ], "requires": [{"name": "gone"}]}).to_string()),
    ]);
    root
}

/// A catalog in which much is wrong, and every message has something to repeat.
fn broken(test: &str) -> PathBuf {
    let root = folder(&format!("{test}-broken"));
    let head = |name: &str| json!({"name": name, "version": "1.0.0"}).to_string();
    let object = |kind: &str, name: &str| {
        json!({"apiVersion": kind, "kind": kind, "metadata": {"name": name, "namespace": HOSTILE}})
            .to_string()
    };
    write(&root, &[
        ("a/1.0.0/metadata.yaml", json!({
            "name": HOSTILE, "version": HOSTILE, "url": HOSTILE, "license": HOSTILE, "label": {HOSTILE: HOSTILE}, "scope": HOSTILE, "plane": HOSTILE,
            "namespace": HOSTILE, "group": HOSTILE, "dependencies": [{"name": HOSTILE, "version": HOSTILE, HOSTILE: 1}],
            "requires": [{"api": HOSTILE}, {"definition": HOSTILE}, {"name": HOSTILE}], "conflicts": [{"name": HOSTILE}],
            "system": {HOSTILE: HOSTILE, "kubernetes": HOSTILE}, "replaces": HOSTILE, "skips": [HOSTILE], "skipRange": HOSTILE, HOSTILE: 1,
        }).to_string()),
        ("b/1.0.0/metadata.yaml", head("b")),
        ("b/1.0.0/conditions/c.yaml", json!({"conditions": [
            {"name": HOSTILE, "target": {HOSTILE: HOSTILE}, "op": HOSTILE, HOSTILE: HOSTILE},
            {"name": "b", "target": {"apiVersion": HOSTILE, "kind": HOSTILE, "name": HOSTILE, "fieldPath": HOSTILE}, "op": "range", "value": HOSTILE},
            {"name": "c", "target": {"apiVersion": "v1", "kind": "Pod", "name": "x", "fieldPath": "a"}, "op": "matches", "value": format!("({HOSTILE}")},
        ]}).to_string()),
        ("b/1.0.0/hooks/h.yaml", json!({
            HOSTILE: [], "pre-install": [{"name": HOSTILE, "after": [HOSTILE], "timeout": HOSTILE, "onFailure": HOSTILE, HOSTILE: 1, "job": {"kind": HOSTILE},
                "resources": [{"apiVersion": HOSTILE, "kind": HOSTILE}]}],
            "actions": [{"name": HOSTILE, "job": HOSTILE}],
        }).to_string()),
        ("b/1.0.0/modules.yaml", json!({"modules": [
            {"chart": {"path": HOSTILE, "remote": {"repo": HOSTILE, "version": HOSTILE}, HOSTILE: 1}, "name": HOSTILE, "namespace": HOSTILE},
            {HOSTILE: {}, "name": "x"}, {"chart": {"path": "../x"}}, {"manifests": {"remote": {"url": HOSTILE, "sha256": HOSTILE}}},
        ]}).to_string()),
        ("b/1.0.0/definitions/a.yaml", object("core.oam.dev/v1beta1", HOSTILE)),
        ("b/1.0.0/definitions/b.yaml", json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": HOSTILE},
            "spec": {"group": HOSTILE, "scope": HOSTILE, "names": {"kind": HOSTILE, "plural": HOSTILE, "shortNames": [HOSTILE]}, "versions": [{"name": HOSTILE}, {"name": HOSTILE}]}}).to_string()),
        ("b/1.0.0/definitions/c.yaml", object("v1", HOSTILE)),
        ("b/1.0.0/definitions/d.yaml", object("v1", HOSTILE)),
        (&format!("b/1.0.0/definitions/{NAME}.txt"), String::new()),
        (&format!("b/1.0.0/hooks/{NAME}.yaml"), format!("# catalog: allow({HOSTILE}, why)\nx: [\n")),
        (&format!("b/1.0.0/{NAME}/x.yaml"), String::new()),
        (&format!("c/{NAME}/metadata.yaml"), head("c")),
        (&format!("{NAME}/1.0.0/metadata.yaml"), head("c")),
        ("d/1.0.0/metadata.yaml", format!("name: d\nversion: 1.0.0\nlicence: MIT\n\"{}\": 1\n", "descripton")),
        (&format!("e/1.0.0/hooks/{NAME}.yaml"), "pre_install: []\n".to_owned()),
        ("e/1.0.0/metadata.yaml", head("e")),
    ]);
    root
}

#[test]
fn validate_and_query() {
    for root in [usable("validate_and_query"), broken("validate_and_query")] {
        let root = root.to_str().unwrap();
        shows("validate", &[root]);
        shows(
            "validate",
            &[
                root,
                "--suppressed",
                "--allow",
                "warnings",
                "--allow",
                "notes",
            ],
        );
        shows("validate", &[root, "--format", "github"]);
        shows("validate", &[root, "--format", "json"]);
        run("validate", &[root, "--fix", "--dry-run"]);
        run("query", &[root]);
        for package in ["web", "old", "a", "b", "c", "d", "e", NAME] {
            run("query", &[root, package]);
            run("query", &[root, &format!("{package}@1.0.0")]);
        }
        shows("query", &[root, HOSTILE]);
        shows("query", &[root, "--provides", HOSTILE]);
        shows("query", &[root, "--label", HOSTILE]);
    }
    let root = usable("validate_and_query");
    let root = root.to_str().unwrap();
    shows("query", &[root]);
    shows("query", &[root, "web"]);
    shows("query", &[root, "web@1.0.0"]);
    run("validate", &[root, HOSTILE]);
    let root = broken("validate_and_query");
    shows("validate", &[root.to_str().unwrap(), "--fix"]);
}

#[test]
fn what_is_asked_of_clusters() {
    let root = usable("what_is_asked_of_clusters");
    let clusters = folder("clusters");
    let saved = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "web"}, "data": {"mode": HOSTILE.replace('z', "y")}});
    let odd = json!({"apiVersion": "v1", "kind": HOSTILE, "metadata": {"name": HOSTILE, "namespace": HOSTILE}});
    write(
        &clusters,
        &[
            ("plain.yaml", saved.to_string()),
            (&format!("{NAME}.yaml"), format!("{saved}\n---\n{odd}\n")),
            (&format!("{NAME}2.yaml"), "a: [".to_owned()),
        ],
    );
    let cluster = |name: &str| clusters.join(name).to_str().unwrap().to_owned();
    let policies = folder("policies");
    let rule = json!({"name": HOSTILE, "deny": "objects", "reason": HOSTILE});
    write(
        &policies,
        &[("p.json", json!({ "rules": [rule] }).to_string())],
    );
    let policy = policies.join("p.json").to_str().unwrap().to_owned();
    let root = root.to_str().unwrap();
    for file in [
        "plain.yaml",
        &format!("{NAME}.yaml"),
        &format!("{NAME}2.yaml"),
    ] {
        shows("check", &[root, "web", "--cluster", &cluster(file)]);
        run(
            "check",
            &[root, "web", "--explain", "--cluster", &cluster(file)],
        );
        run("resolve", &[root, "web", "--cluster", &cluster(file)]);
        for format in ["text", "json", "sarif"] {
            let cluster = cluster(file);
            let arguments = [root, "web", "--cluster", &cluster, "--policy", &policy];
            run("impact", &[&arguments[..], &["--format", format]].concat());
        }
    }
    shows(
        "impact",
        &[root, HOSTILE, "--cluster", &cluster("plain.yaml")],
    );
    run("check", &[root, "web", "--print-reads"]);
    run("check", &[root, "web", "--print-rbac"]);
    shows(
        "preflight",
        &[root, "--clusters", clusters.to_str().unwrap()],
    );
    shows(
        "check",
        &[root, HOSTILE, "--cluster", &cluster("plain.yaml")],
    );
}

#[test]
fn answers_and_conflicts() {
    let root = usable("answers_and_conflicts");
    let root = root.to_str().unwrap();
    shows("resolve", &[root, "old"]);
    shows("resolve", &[root, "needs"]);
    shows("resolve", &[root, HOSTILE]);
    run("resolve", &[root, "web", "--namespace", HOSTILE]);
    shows("resolve", &[root, "--each", "every"]);
    shows("resolve", &[root, "web", "--ledger"]);
    run("resolve", &[root, "web", "--ledger", "--format", "json"]);
    for format in ["dot", "mermaid"] {
        run(
            "resolve",
            &[root, "web", "--namespace", HOSTILE, "--format", format],
        );
        shows("resolve", &[root, HOSTILE, "--format", format]);
    }
    let universes = folder("universes");
    let universe = json!({
        "a": {"1.0.0": {"dependencies": [{"name": HOSTILE, "version": ">=1\n, <2"}], "yanked": HOSTILE}},
        HOSTILE: {"2.0.0": {}, HOSTILE: {}},
        "b": {"1.0.0": {"dependencies": [{"name": HOSTILE}], "requires": [HOSTILE], "excluded": HOSTILE}},
        "c": {"1.0.0": {"dependencies": [{"name": HOSTILE}]}},
    });
    write(&universes, &[("u.json", universe.to_string())]);
    let path = universes.join("u.json");
    for package in ["a", "b", "c", HOSTILE] {
        run("resolve", &[path.to_str().unwrap(), package, "--explain"]);
    }
}

#[test]
fn what_is_installed() {
    let root = usable("what_is_installed");
    let root = root.to_str().unwrap();
    let files = folder("installed");
    let record = |package: &str, version: &str| json!({"package": package, "version": version, "namespace": HOSTILE});
    let records = json!([
        record("web", HOSTILE),
        record("needs", "1.0.0"),
        record(HOSTILE, HOSTILE),
        record("old", "0.1")
    ]);
    let universe = json!({
        "web": {"1.0.0": {}, "2.0.0": {"dependencies": [{"name": HOSTILE, "version": ">9"}], "requires": [HOSTILE]}},
        HOSTILE: {"1.0.0": {"dependencies": [{"name": "web", "version": "<2\n"}], "provides": [HOSTILE]}, "8.0.0": {}},
        "needs": {"1.0.0": {"dependencies": [{"name": HOSTILE, "version": "*"}], "requires": [HOSTILE]}},
    });
    let known = json!([
        record("web", "1.0.0"),
        record("needs", "1.0.0"),
        record(HOSTILE, "1.0.0")
    ]);
    write(
        &files,
        &[
            ("i.json", records.to_string()),
            ("u.json", universe.to_string()),
            ("k.json", known.to_string()),
        ],
    );
    let file = |name: &str| files.join(name).to_str().unwrap().to_owned();
    let (universe, known) = (file("u.json"), file("k.json"));
    for (offer, installed) in [(root, file("i.json")), (&universe, known)] {
        shows("outdated", &[offer, "--installed", &installed]);
        for package in ["web", "needs", HOSTILE] {
            run("why", &[offer, package, "--installed", &installed]);
            run(
                "resolve",
                &[offer, package, "--installed", &installed, "--explain"],
            );
        }
        shows("why", &[offer, "gone", "--installed", HOSTILE]);
    }
}

#[test]
fn parameters() {
    let root = usable("parameters");
    let root = root.to_str().unwrap();
    let values = folder("values");
    let name = format!("{NAME}.yaml");
    write(&values, &[(&name, json!({"plain": {"plain": [HOSTILE], HOSTILE: HOSTILE}, "schema": {HOSTILE: 1, "few": HOSTILE}, HOSTILE: 1}).to_string())]);
    let path = values.join(&name);
    shows("parameters", &[root, "web"]);
    shows(
        "parameters",
        &[root, "web", "--values", path.to_str().unwrap()],
    );
    shows(
        "parameters",
        &[root, "web", "--set", &format!("plain.{HOSTILE}={HOSTILE}")],
    );
    shows("parameters", &[root, "web", "--asked-by", HOSTILE]);
}

#[test]
fn crds_and_differences() {
    let files = folder("crds");
    let crd = |field: &str, kind: &str| {
        json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": format!("things.{HOSTILE}")},
            "spec": {"group": HOSTILE, "scope": "Namespaced", "names": {"kind": HOSTILE, "plural": "things", "shortNames": [HOSTILE]}, "versions": [
                {"name": HOSTILE, "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                    field: {"type": kind, "pattern": HOSTILE, "enum": [HOSTILE]}}}}}]}})
    };
    let object = json!({"apiVersion": format!("{HOSTILE}/{HOSTILE}"), "kind": HOSTILE, "metadata": {"name": HOSTILE, "namespace": HOSTILE}, HOSTILE: HOSTILE});
    write(
        &files,
        &[
            ("old.json", crd(HOSTILE, "string").to_string()),
            ("new.json", crd(HOSTILE, "integer").to_string()),
            ("without.json", crd("plain", "string").to_string()),
            ("objects.json", object.to_string()),
        ],
    );
    let file = |name: &str| files.join(name).to_str().unwrap().to_owned();
    for (old, new) in [("old.json", "new.json"), ("old.json", "without.json")] {
        let (old, new) = (file(old), file(new));
        shows("crd-safety", &[&old, &new]);
        shows(
            "crd-safety",
            &[&old, &new, "--objects", &file("objects.json")],
        );
        for format in ["json", "sarif"] {
            shows("crd-safety", &[&old, &new, "--format", format]);
        }
    }
    run("crd-safety", &[HOSTILE, HOSTILE]);
    run("crd-safety", &["--explain", HOSTILE]);
    let (one, other, empty) = (
        usable("crds-one"),
        broken("crds-other"),
        folder("crds-empty"),
    );
    let roots = [&one, &other, &empty].map(|root| root.to_str().unwrap());
    for (old, new) in [(0, 1), (1, 0), (0, 2), (2, 0)] {
        for format in ["text", "json", "sarif"] {
            run("diff", &[roots[old], roots[new], "--format", format]);
        }
    }
    let changed = usable("crds-changed");
    write(&changed, &[("web/1.0.0/metadata.yaml", json!({"name": "web", "version": "1.0.0", "description": format!("{HOSTILE}2"), HOSTILE: 2}).to_string())]);
    for format in ["text", "json", "sarif"] {
        shows(
            "diff",
            &[roots[0], changed.to_str().unwrap(), "--format", format],
        );
    }
    run("diff", &[HOSTILE, HOSTILE]);
}

#[test]
fn imports() {
    let (root, out) = (folder("addons"), folder("imported"));
    let addon = json!({
        "name": HOSTILE, "version": HOSTILE, "description": HOSTILE, "tags": [HOSTILE], "url": HOSTILE, "icon": HOSTILE, HOSTILE: HOSTILE, "invisible": true,
        "dependencies": [{"name": HOSTILE, "version": HOSTILE}], "system": {"vela": HOSTILE, HOSTILE: HOSTILE},
        "deployTo": {"runtimeCluster": true}, "needNamespace": [HOSTILE],
    });
    let plain = json!({"name": "plain", "version": "1.0.0", "description": HOSTILE, "system": {"vela": HOSTILE}, HOSTILE: 1});
    write(
        &root,
        &[
            ("odd/metadata.yaml", addon.to_string()),
            ("plain/metadata.yaml", plain.to_string()),
            (&format!("plain/definitions/{NAME}.cue"), HOSTILE.to_owned()),
            (&format!("plain/resources/{NAME}.yaml"), "a: [".to_owned()),
            (&format!("{NAME}/metadata.yaml"), plain.to_string()),
        ],
    );
    shows(
        "import",
        &[
            "kubevela",
            root.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ],
    );
    run("validate", &[out.to_str().unwrap()]);
    shows("import", &[HOSTILE, root.to_str().unwrap(), "--out", "x"]);
}
