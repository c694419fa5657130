//! The programs as scripts see them: exit codes, JSON shapes, messages.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod running;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use self::running::{json, program, run};

const OBSERVABILITY: &str = "catalogs/observability";
const STAGING: &str = "clusters/staging.yaml";
const FLEET: &str = "clusters/fleet";
const PRODUCTION: &str = "clusters/production.yaml";

/// The versions of a resolved answer, by package.
fn versions(answer: &Value) -> Vec<String> {
    let releases = answer["releases"].as_array().unwrap().iter();
    releases
        .map(|release| {
            format!(
                "{} {}",
                release["name"].as_str().unwrap(),
                release["version"].as_str().unwrap()
            )
        })
        .collect()
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("programs")
        .join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn quickstart_prints_what_the_repository_shows() {
    let output = run("quickstart", &[]);
    assert_eq!(output.status.code(), Some(0));
    let expected =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/quickstart.out")).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

#[test]
fn validate_counts_and_reports() {
    let good = json("validate", &[OBSERVABILITY], 0);
    assert_eq!(
        (&good["packages"], &good["versions"], &good["usable"]),
        (&json!(18), &json!(72), &json!(72))
    );
    assert_eq!(good["diagnostics"], json!([]));

    let broken = json("validate", &["catalogs/broken"], 1);
    assert_eq!(
        (&broken["versions"], &broken["usable"]),
        (&json!(7), &json!(6))
    );
    let range = broken["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|d| d["code"] == "metadata.range")
        .unwrap();
    assert_eq!(
        (
            &range["line"],
            &range["column"],
            &range["endLine"],
            &range["endColumn"]
        ),
        (&json!(15), &json!(12), &json!(15), &json!(23))
    );
    assert_eq!(
        (&range["package"], &range["version"], &range["severity"]),
        (&json!("vector"), &json!("0.47.0"), &json!("error"))
    );
}

#[test]
fn a_cluster_is_a_file_or_a_folder() {
    let whole = json("check", &[OBSERVABILITY, "loki", "--cluster", STAGING], 0);
    let saved = folder("a-cluster");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(STAGING)).unwrap();
    for (at, document) in text.split("\n---\n").enumerate().skip(1) {
        fs::write(saved.join(format!("{at:02}.yaml")), document).unwrap();
    }
    let path = saved.to_str().unwrap();
    let parts = json("check", &[OBSERVABILITY, "loki", "--cluster", path], 0);
    assert_eq!(parts, whole);
    fs::create_dir(saved.join("99.yaml")).unwrap();
    let refused = run("check", &[OBSERVABILITY, "loki", "--cluster", path]);
    assert_eq!(refused.status.code(), Some(2));
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(message.contains("99.yaml"), "{message}");
    assert!(
        message.contains("this is a folder, not a file"),
        "{message}"
    );
}

#[test]
fn check_answers_for_a_cluster() {
    let open = json("check", &[OBSERVABILITY, "loki", "--cluster", STAGING], 0);
    assert_eq!(
        (&open["package"], &open["version"], &open["gate"]),
        (&json!("loki"), &json!("3.5.7"), &json!("pass"))
    );
    let closed = json(
        "check",
        &[OBSERVABILITY, "loki@3.5.7", "--cluster", PRODUCTION],
        1,
    );
    assert_eq!(closed["gate"], "fail");
    let failed = closed["conditions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["outcome"] == "notSatisfied")
        .unwrap();
    assert_eq!(failed["code"], "condition.not-satisfied.value");
    assert_eq!(failed["actual"], "\"false\" (string)");
    let deferred = json("check", &[OBSERVABILITY, "jaeger", "--cluster", STAGING], 0);
    assert!(
        deferred["conditions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|c| c["outcome"] == "deferred")
    );
}

#[test]
fn check_prints_what_it_would_read_without_a_cluster() {
    let printed = |arguments: &[&str], code: i32| {
        let output = run("check", arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let prometheus = [OBSERVABILITY, "prometheus@3.7.3"];
    let roles = printed(&[prometheus[0], prometheus[1], "--print-rbac"], 0);
    assert!(roles.starts_with("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: \"prometheus-conditions\"\n"));
    assert_eq!(roles.matches("\nkind: Role\n").count(), 2, "{roles}");
    assert!(roles.contains("  namespace: \"monitoring\"\n"), "{roles}");
    let script = printed(&[prometheus[0], prometheus[1], "--print-reads"], 0);
    assert!(script.starts_with("#!/bin/sh\n") && script.ends_with("\nfinish\n"));
    assert!(
        script.contains("-o json --namespace=monitoring -- Deployment.v1.apps prometheus-server\n")
    );

    // A plural that nobody knows is a finding, until a file says it.
    let catalog = folder("print-rbac");
    let release = catalog.join("widgets/1.0.0");
    fs::create_dir_all(release.join("conditions")).unwrap();
    fs::write(
        release.join("metadata.yaml"),
        "name: widgets\nversion: 1.0.0\n",
    )
    .unwrap();
    let conditions = "conditions:\n- { target: { apiVersion: example.com/v1, kind: Mouse, name: m }, op: exists }\n";
    fs::write(release.join("conditions/mice.yaml"), conditions).unwrap();
    let saved = catalog.join("cluster.json");
    let mice = json!({"kind": "APIResourceList", "groupVersion": "example.com/v1", "resources": [{"name": "mice", "kind": "Mouse", "namespaced": true}]});
    fs::write(&saved, mice.to_string()).unwrap();
    let catalog = catalog.to_str().unwrap();
    let roles = printed(&[catalog, "widgets", "--print-rbac"], 1);
    assert_eq!(
        roles,
        "# Not granted, since nothing says the plural of the kind: Mouse of example.com\n"
    );
    let known = [
        catalog,
        "widgets",
        "--print-rbac",
        "--cluster",
        saved.to_str().unwrap(),
    ];
    let roles = printed(&known, 0);
    assert!(
        roles.contains("  namespace: \"widgets\"\n") && roles.contains("  resources: [\"mice\"]\n"),
        "{roles}"
    );
}

#[test]
fn preflight_says_of_each_cluster_what_check_says() {
    let matrix = json("preflight", &[OBSERVABILITY, "--clusters", FLEET], 1);
    assert_eq!(matrix["sets"].as_array().unwrap().len(), 18);
    let clusters = matrix["clusters"].as_array().unwrap();
    let names: Vec<&str> = clusters
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["berlin", "dublin", "lisbon", "oslo", "paris", "vienna"]
    );
    for cluster in clusters {
        let file = format!("{FLEET}/{}.yaml", cluster["name"].as_str().unwrap());
        for (set, gate) in matrix["sets"]
            .as_array()
            .unwrap()
            .iter()
            .zip(cluster["gates"].as_array().unwrap())
        {
            let package = set.as_str().unwrap().replace(' ', "@");
            let code = i32::from(gate == "fail" || gate == "indeterminate");
            let single = json(
                "check",
                &[OBSERVABILITY, &package, "--cluster", &file],
                code,
            );
            assert_eq!(&single["gate"], gate, "{package} in {file}");
        }
    }
}

#[test]
fn preflight_names_the_best_single_change() {
    let matrix = json(
        "preflight",
        &[OBSERVABILITY, "loki", "alloy", "--clusters", FLEET],
        1,
    );
    let best = &matrix["changes"][0];
    assert_eq!(best["kind"], "setField");
    assert_eq!(best["object"]["name"], "gp3");
    assert_eq!(best["fields"][0]["value"], "true");
    assert_eq!(best["turnsGreen"], json!([1, 2, 3]));
    let text = run(
        "preflight",
        &[OBSERVABILITY, "loki", "alloy", "--clusters", FLEET],
    );
    let text = String::from_utf8(text.stdout).unwrap();
    let shown = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/preflight.out")).unwrap();
    assert_eq!(text, shown);
}

#[test]
fn preflight_asks_a_cluster_that_cannot_be_read_as_one_of_which_nothing_is_known() {
    let folder = folder("preflight");
    fs::write(
        folder.join("a.yaml"),
        "serverVersion: {gitVersion: v1.33.0}\n---\nkind: SnapshotCoverage\ncovers: everything\n",
    )
    .unwrap();
    fs::write(folder.join("b.yaml"), "a: [").unwrap();
    fs::write(folder.join("notes.txt"), "no cluster").unwrap();
    let output = run(
        "preflight",
        &[
            OBSERVABILITY,
            "traefik",
            "--clusters",
            folder.to_str().unwrap(),
            "--format",
            "json",
        ],
    );
    assert_eq!(output.status.code(), Some(2));
    let matrix: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(matrix["unreadable"], json!(["b"]));
    assert_eq!(matrix["clusters"][0]["gates"], json!(["pass"]));
    assert_eq!(matrix["clusters"][1]["gates"], json!(["indeterminate"]));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.starts_with("cluster b: "), "{errors}");
    assert_eq!(errors.lines().count(), 1);
}

#[test]
fn resolve_answers_for_a_cluster() {
    let staging = json(
        "resolve",
        &[OBSERVABILITY, "full-observability", "--cluster", STAGING],
        0,
    );
    assert_eq!(staging["status"], "resolved");
    assert_eq!(
        versions(&staging),
        [
            "alloy 1.11.3",
            "cert-manager 1.17.2",
            "full-observability 2.1.0",
            "grafana 12.1.1",
            "grafana-operator 5.18.0",
            "ingress-nginx 1.13.3",
            "jaeger 2.11.0",
            "kube-state-metrics 2.16.0",
            "loki 3.5.7",
            "loki-bucket 2.0.0",
            "opentelemetry-operator 0.138.0",
            "prometheus 3.7.3",
            "prometheus-operator 0.86.1",
        ]
    );
    let production = json(
        "resolve",
        &[OBSERVABILITY, "full-observability", "--cluster", PRODUCTION],
        0,
    );
    assert!(versions(&production).contains(&"full-observability 1.2.0".to_owned()));
    let conflict = json(
        "resolve",
        &[
            OBSERVABILITY,
            "full-observability@^2",
            "--cluster",
            PRODUCTION,
        ],
        1,
    );
    assert_eq!(conflict["status"], "conflict");
    assert!(
        conflict["explanation"]
            .as_str()
            .unwrap()
            .contains("gp3 is the default storage class")
    );
    assert!(
        conflict["facts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|fact| fact["kind"].is_string() && fact["packages"].is_array())
    );
    assert!(!conflict["repairs"].as_array().unwrap().is_empty());
}

#[test]
fn resolve_starts_from_what_is_installed() {
    const INSTALLED: &str = "installed/staging.json";
    let steps = |arguments: &[&str]| -> Vec<String> {
        let all = [&[OBSERVABILITY, "--installed", INSTALLED], arguments].concat();
        let answer = json("resolve", &all, 0);
        let steps = answer["plan"]["steps"].as_array().unwrap().clone();
        let moving = steps.iter().filter(|step| step["action"] != "keep");
        let text = |step: &Value, key: &str| step[key].as_str().unwrap_or("-").to_owned();
        moving
            .map(|step| {
                ["action", "package", "from", "to"]
                    .map(|key| text(step, key))
                    .join(" ")
            })
            .collect()
    };
    assert_eq!(steps(&["grafana"]), [""; 0]);
    assert_eq!(
        steps(&["--upgrade", "loki"]),
        ["install loki-bucket - 2.0.0", "upgrade loki 2.9.6 3.1.1"]
    );
    assert_eq!(
        steps(&["--remove", "full-observability", "--autoremove"]),
        [
            "uninstall full-observability 1.2.0 -",
            "uninstall grafana 11.2.2 -",
            "uninstall loki 2.9.6 -",
            "uninstall alloy 1.5.1 -",
        ]
    );
    let pinned = [
        OBSERVABILITY,
        "full-observability@>=2",
        "--installed",
        INSTALLED,
    ];
    let conflict = json("resolve", &pinned, 1);
    let kinds: Vec<_> = conflict["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["kind"])
        .collect();
    assert!(kinds.contains(&&json!("pin")), "{conflict}");
}

/// Every step comes after what it needs, and before what needs it.
#[test]
fn plans_put_everything_after_what_it_needs() {
    let answer = json(
        "resolve",
        &[OBSERVABILITY, "full-observability", "--cluster", STAGING],
        0,
    );
    let steps = answer["plan"]["steps"].as_array().unwrap();
    let level = |name: &str| {
        steps.iter().find(|step| step["package"] == name).unwrap()["level"]
            .as_u64()
            .unwrap()
    };
    for release in answer["releases"].as_array().unwrap() {
        for asker in release["neededBy"].as_array().unwrap() {
            assert!(
                level(release["name"].as_str().unwrap()) < level(asker.as_str().unwrap()),
                "{release}"
            );
        }
    }
}

#[test]
fn each_release_alone() {
    let newest = json("resolve", &[OBSERVABILITY, "--each", "newest"], 0);
    assert_eq!(
        (&newest["requests"], &newest["resolved"]),
        (&json!(18), &json!(18))
    );
    let folder = folder("universe");
    let universe = folder.join("universe.json");
    fs::write(&universe, r#"{"a": {"1.0.0": {"dependencies": [{"name": "b", "version": ">=2"}]}, "latest": {}}, "b": {"1.0.0": {}}, "c": {"one": {}}}"#).unwrap();
    let every = json(
        "resolve",
        &[universe.to_str().unwrap(), "--each", "every"],
        1,
    );
    assert_eq!(
        (
            &every["requests"],
            &every["resolved"],
            &every["conflicts"],
            &every["unreadable"]
        ),
        (&json!(4), &json!(1), &json!(1), &json!(2))
    );
    assert_eq!(every["conflicted"][0]["name"], "a");
    let unusable = every["unusable"].as_array().unwrap().iter();
    let unusable: Vec<_> = unusable
        .map(|one| (&one["name"], &one["version"]))
        .collect();
    assert_eq!(
        unusable,
        [
            (&json!("a"), &json!("latest")),
            (&json!("c"), &json!("one"))
        ]
    );
    // A package of which no release can be read has no newest one, and its request no answer.
    let newest = folder.join("newest");
    for (release, version) in [
        ("spark/v1beta2-1.3", "v1beta2-1.3"),
        ("spark/v1beta2-1.4", "v1beta2-1.4"),
        ("ok/1.0.0", "1.0.0"),
    ] {
        let folder = newest.join(release);
        fs::create_dir_all(&folder).unwrap();
        let (name, _) = release.split_once('/').unwrap();
        let metadata = format!("name: {name}\nversion: {version}\n");
        fs::write(folder.join("metadata.yaml"), metadata).unwrap();
    }
    let arguments = [newest.to_str().unwrap(), "--each", "newest"];
    let answer = json("resolve", &arguments, 1);
    assert_eq!(
        [
            &answer["requests"],
            &answer["resolved"],
            &answer["unreadable"]
        ],
        [2, 1, 1]
    );
    assert_eq!(answer["unusable"].as_array().unwrap().len(), 2);
    let why = answer["unusable"][0]["why"].as_str().unwrap();
    assert!(why.contains("spark/v1beta2-1.3"), "{why}");
    let output = run("resolve", &arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    let told = format!("spark v1beta2-1.3 cannot be chosen: {why}\n");
    assert!(text.contains(&told), "{text}");
    let named = run("resolve", &[newest.to_str().unwrap(), "spark"]);
    let named = String::from_utf8(named.stderr).unwrap();
    assert!(named.contains(why), "{named}");
}

#[test]
fn import_writes_a_catalog_that_validates() {
    let (addons, out) = (folder("addons"), folder("imported"));
    let addon = addons.join("addons/mysql");
    fs::create_dir_all(addon.join("definitions")).unwrap();
    fs::write(addon.join("metadata.yaml"), "name: mysql\nversion: v1.2.0\ndescription: on\ninvisible: false\ndependencies:\n- name: fluxcd\nsystem:\n  vela: \">=v1.5.0\"\n").unwrap();
    fs::write(addon.join("definitions/mysql.yaml"), "apiVersion: core.oam.dev/v1beta1\nkind: ComponentDefinition\nmetadata:\n  name: mysql\nspec: {}\n").unwrap();
    let imported = json(
        "import",
        &[
            "kubevela",
            addons.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ],
        0,
    );
    assert_eq!(
        (&imported["packages"], &imported["versions"]),
        (&json!(1), &json!(1))
    );
    let lost = imported["notCarriedOver"].as_array().unwrap();
    assert!(
        lost.iter()
            .any(|lost| lost["what"].as_str().unwrap().contains("invisible") && lost["line"] == 4),
        "{lost:?}"
    );
    assert_eq!(json("validate", &[out.to_str().unwrap()], 0)["usable"], 1);
    let again = run(
        "import",
        &[
            "kubevela",
            addons.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ],
    );
    assert_eq!(
        again.status.code(),
        Some(2),
        "nothing that is there is overwritten"
    );
}

#[test]
fn wrong_usage_is_one_line() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    for (name, arguments, expected) in [
        ("validate", &[][..], "CATALOG is missing"),
        ("validate", &["nowhere"], "there is no such file or folder"),
        (
            "validate",
            &[file],
            "this is a file, and a catalog is a folder, or an archive (`.tar`, `.tar.gz`, `.tgz`)",
        ),
        ("validate", &["a", "b"], "`b` is one argument too many"),
        (
            "preflight",
            &[OBSERVABILITY, "loki"],
            "--clusters FOLDER is missing",
        ),
        (
            "preflight",
            &[OBSERVABILITY, "lokki", "--clusters", FLEET],
            "did you mean `loki`?",
        ),
        (
            "preflight",
            &[OBSERVABILITY, "--clusters", "src"],
            "there is no saved cluster in this folder",
        ),
        (
            "validate",
            &[OBSERVABILITY, "--fromat", "json"],
            "did you mean `--format`?",
        ),
        (
            "validate",
            &[OBSERVABILITY, "--format", "xml"],
            "`xml` is no format",
        ),
        (
            "validate",
            &[OBSERVABILITY, "--format"],
            "missing argument for option '--format'",
        ),
        (
            "check",
            &[OBSERVABILITY, "loki"],
            "--cluster FILE is missing",
        ),
        (
            "check",
            &[OBSERVABILITY, "loki", "--print-reads", "--print-rbac"],
            "choose one",
        ),
        (
            "check",
            &[OBSERVABILITY, "loki", "--print-rbac", "--format", "json"],
            "--format has no place",
        ),
        (
            "check",
            &[OBSERVABILITY, "lokki", "--cluster", STAGING],
            "did you mean `loki`?",
        ),
        (
            "check",
            &[OBSERVABILITY, "loki@9.9.9", "--cluster", STAGING],
            "there is no usable `loki` 9.9.9",
        ),
        (
            "check",
            &[OBSERVABILITY, "loki@x", "--cluster", STAGING],
            "`x` is not a version",
        ),
        (
            "check",
            &[OBSERVABILITY, "loki", "--cluster", "nowhere"],
            "nowhere: No such file",
        ),
        (
            "check",
            &[OBSERVABILITY, "loki", "--cluster", file],
            "Cargo.toml",
        ),
        ("resolve", &[], "CATALOG or UNIVERSE.json is missing"),
        ("resolve", &[OBSERVABILITY], "PACKAGE is missing"),
        (
            "resolve",
            &[OBSERVABILITY, "loki@not a range"],
            "is not a version range",
        ),
        ("resolve", &[OBSERVABILITY, "@1"], "names no package"),
        (
            "resolve",
            &[OBSERVABILITY, "--each", "oldest"],
            "newest or every",
        ),
        ("resolve", &[file, "x"], "Cargo.toml"),
        (
            "import",
            &["apt", ".", "--out", "x"],
            "`apt` is not a kind of catalog",
        ),
        ("import", &["kubevela", "."], "--out FOLDER is missing"),
        ("quickstart", &["x"], "`x` is one argument too many"),
    ] {
        let output = run(name, arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            output.status.code(),
            Some(2),
            "{name} {arguments:?}: {errors}"
        );
        assert!(errors.contains(expected), "{name} {arguments:?}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{name} {arguments:?}: {errors}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn help_is_everywhere() {
    for name in [
        "quickstart",
        "validate",
        "check",
        "preflight",
        "resolve",
        "import",
        "sync",
    ] {
        let output = run(name, &["--help"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(
            String::from_utf8(output.stdout)
                .unwrap()
                .contains(&format!("usage: {name}"))
        );
    }
}

#[test]
fn what_cannot_be_answered_is_a_finding() {
    for (arguments, expected) in [
        (&[OBSERVABILITY, "grafan"][..], "grafana"),
        (&[OBSERVABILITY, "loki@>=4"], "3.5.7"),
        (&[OBSERVABILITY, "loki@3.x", "loki@2.x"], "loki"),
    ] {
        let output = run("resolve", arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(
            String::from_utf8(output.stdout).unwrap().contains(expected),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = program("validate")
        .arg("catalogs/broken")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "the answer's code");
    assert_eq!(errors, "");
}

/// `/dev/full` takes nothing, as a full disk.
#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_cannot_be_written_is_none() {
    let folder = folder("full");
    fs::create_dir_all(folder.join("c/web/1.0.0")).unwrap();
    fs::write(
        folder.join("c/web/1.0.0/metadata.yaml"),
        "name: web\nversion: 1.0.0\n",
    )
    .unwrap();
    let fine = folder.join("c");
    let fine = fine.to_str().unwrap();
    let full = || {
        fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    for arguments in [
        &["validate", "--help"][..],
        &["validate", "--explain", "yaml.ambiguous"],
        &["validate", fine],
        &["validate", fine, "--format", "json"],
        &["validate", fine, "--format", "sarif"],
        // These have findings.
        &["validate", "catalogs/broken"],
        &["validate", "catalogs/broken", "--format", "github"],
        &["query", fine],
        &["query", fine, "--format", "json"],
        &["query", fine, "web@1.0.0"],
        &["parameters", OBSERVABILITY, "full-observability"],
        &["resolve", OBSERVABILITY, "full-observability"],
        &["check", OBSERVABILITY, "grafana", "--cluster", STAGING],
        &["preflight", OBSERVABILITY, "--clusters", FLEET],
        &["quickstart"],
        &["schemas"],
    ] {
        let mut command = program(arguments[0]);
        let output = command
            .args(&arguments[1..])
            .stdout(full())
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        let last = errors.lines().last().unwrap_or_default();
        let expected = "error: standard output cannot be written: No space left on device";
        assert!(last.starts_with(expected), "{arguments:?}: {errors}");
        // With nowhere to say it, the code is left.
        let mut command = program(arguments[0]);
        let mut child = command
            .args(&arguments[1..])
            .stdout(full())
            .stderr(full())
            .spawn()
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for arguments in [
        &["validate", "catalogs/broken", "--format", "json"][..],
        &["preflight", OBSERVABILITY, "--clusters", FLEET],
        &[
            "resolve",
            OBSERVABILITY,
            "full-observability",
            "--cluster",
            STAGING,
            "--format",
            "json",
        ],
    ] {
        assert_eq!(
            run(arguments[0], &arguments[1..]).stdout,
            run(arguments[0], &arguments[1..]).stdout
        );
    }
}

#[test]
fn uninstall_refuses_and_names_who_is_in_the_way() {
    let installed = "installed/staging.json";
    let refused = json(
        "uninstall",
        &[OBSERVABILITY, "loki", "--installed", installed],
        1,
    );
    assert_eq!(refused["status"], "refused");
    assert_eq!(refused["neededBy"][0]["package"], "full-observability");
    assert_eq!(
        refused["repairs"],
        json!(["uninstall full-observability too"])
    );

    let together = [
        OBSERVABILITY,
        "loki",
        "--installed",
        installed,
        "--with-dependants",
        "--autoremove",
    ];
    let planned = json("uninstall", &together, 0);
    assert_eq!(planned["status"], "planned");
    let steps = planned["plan"]["steps"].as_array().unwrap();
    let gone: Vec<&Value> = steps
        .iter()
        .filter(|step| step["action"] == "uninstall")
        .map(|step| &step["package"])
        .collect();
    assert_eq!(gone, ["full-observability", "grafana", "loki", "alloy"]);

    let output = run(
        "uninstall",
        &[OBSERVABILITY, "nothing", "--installed", installed],
    );
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text,
        "cannot uninstall nothing\n  nothing is not installed\n"
    );
    for wrong in [&[OBSERVABILITY, "loki"][..], &[OBSERVABILITY]] {
        assert_eq!(run("uninstall", wrong).status.code(), Some(2));
    }
}

#[test]
fn uninstall_says_in_which_namespaces_a_package_is() {
    let root = folder("namespaces");
    let catalog = root.join("catalog");
    for (name, more) in [
        (
            "agent",
            "scope: namespace\ndependencies: [{name: lib, version: '*'}]\n",
        ),
        ("lib", "scope: namespace\n"),
    ] {
        let release = catalog.join(name).join("1.0.0");
        fs::create_dir_all(&release).unwrap();
        let metadata = format!("name: {name}\nversion: 1.0.0\n{more}");
        fs::write(release.join("metadata.yaml"), metadata).unwrap();
    }
    let installed = root.join("installed.yaml");
    let record = |name: &str, place: &str| {
        format!("- {{package: {name}, version: 1.0.0, namespace: {place}}}\n")
    };
    let records = [("agent", "x"), ("agent", "y"), ("lib", "x"), ("lib", "y")];
    let records: String = records
        .iter()
        .map(|(name, place)| record(name, place))
        .collect();
    fs::write(&installed, records).unwrap();
    let files = [catalog.to_str().unwrap(), installed.to_str().unwrap()];
    let text = |more: &[&str]| {
        let arguments = [&[files[0], "agent", "--installed", files[1]], more].concat();
        String::from_utf8(run("uninstall", &arguments).stdout).unwrap()
    };
    assert_eq!(
        text(&[]),
        "cannot uninstall agent in default\n  agent is not installed in default: it is in x, y\n"
    );
    let gone = text(&["--namespace", "x"]);
    assert!(
        gone.ends_with("gone with --autoremove: agent in y, lib in x\n"),
        "{gone}"
    );
}

/// Why a release is not chosen that is there.
#[test]
fn resolve_warns_of_releases_that_cannot_be_used() {
    let root = folder("unusable");
    let release = |name: &str, version: &str, more: &str| {
        let folder = root.join("catalog").join(name).join(version);
        fs::create_dir_all(&folder).unwrap();
        let metadata = format!("name: {name}\nversion: {version}\n{more}");
        fs::write(folder.join("metadata.yaml"), metadata).unwrap();
    };
    release("app", "1.0.0", "");
    release("app", "2.0.0", "dependencies: 7\n");
    release("other", "1.0.0", "dependencies: 7\n");
    let catalog = root.join("catalog");
    let warned = run("resolve", &[catalog.to_str().unwrap(), "app"]);
    assert_eq!(warned.status.code(), Some(0));
    let warned = String::from_utf8(warned.stderr).unwrap();
    assert!(
        warned.contains("metadata.yaml:3:15: error[metadata.type]: `dependencies` must be"),
        "{warned}"
    );
    assert!(!warned.contains("other"), "{warned}");

    let universe = root.join("universe.json");
    let text =
        r#"{"app": {"1.0.0": {}, "2.0.0": {"dependencies": [{"name": "b", "version": ">>1"}]}}}"#;
    fs::write(&universe, text).unwrap();
    let warned = run("resolve", &[universe.to_str().unwrap(), "app"]);
    let warned = String::from_utf8(warned.stderr).unwrap();
    assert!(
        warned.contains("error[universe.range.unreadable]"),
        "{warned}"
    );
}

/// What keeps a version out is its error, or that it is no version, and no warning that it has besides.
#[test]
fn resolve_says_what_keeps_a_version_out() {
    let root = folder("kept-out");
    for (release, more) in [
        ("ours/app/1.0.0", "scope: namespace\nkeyword: [a]\n"),
        ("ours/app/latest", "keyword: [a]\n"),
        ("other/app/2.0.0", ""),
    ] {
        let folder = root.join(release);
        fs::create_dir_all(&folder).unwrap();
        let (_, version) = release.rsplit_once('/').unwrap();
        let metadata = format!("{more}name: app\nversion: {version}\n");
        fs::write(folder.join("metadata.yaml"), metadata).unwrap();
    }
    let [ours, other] =
        ["ours", "other"].map(|name| format!("{name}={}", root.join(name).to_str().unwrap()));
    let warned = run("resolve", &[&ours, &other, "app"]);
    assert_eq!(warned.status.code(), Some(0));
    let warned = String::from_utf8(warned.stderr).unwrap();
    for (version, code) in [
        ("1.0.0", "error[universe.scope.differs]"),
        ("latest", "warning[metadata.version.unreadable]"),
    ] {
        let line = warned.lines().find(|line| line.contains(version));
        assert!(line.is_some_and(|line| line.contains(code)), "{warned}");
    }
}

#[test]
fn resolve_draws_plans() {
    let output = run("resolve", &[OBSERVABILITY, "prometheus", "--format", "dot"]);
    let dot = String::from_utf8(output.stdout).unwrap();
    assert!(
        dot.starts_with("digraph plan {\n") && dot.ends_with("}\n"),
        "{dot}"
    );
    assert!(dot.contains("  s0 -> s2;\n  s1 -> s2;\n"), "{dot}");
    let output = run(
        "resolve",
        &[OBSERVABILITY, "prometheus", "--format", "mermaid"],
    );
    let chart = String::from_utf8(output.stdout).unwrap();
    assert!(chart.starts_with("flowchart LR\n") && chart.contains("  s0 --> s2\n"));

    // Why there is no picture is no picture.
    let output = run(
        "resolve",
        &[OBSERVABILITY, "prometheus@9", "--format", "dot"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(why.starts_with("cannot install prometheus 9\n"), "{why}");
    let other = run("check", &[OBSERVABILITY, "loki", "--format", "dot"]);
    assert_eq!(other.status.code(), Some(2));
}

#[test]
fn resolve_lists_what_steps_add() {
    let answer = json("resolve", &[OBSERVABILITY, "prometheus", "--ledger"], 0);
    let ledger = answer["ledger"].as_array().unwrap();
    assert_eq!(ledger.len(), 3);
    let last = ledger.last().unwrap();
    assert_eq!(
        (&last["package"], &last["step"]),
        (&json!("prometheus"), &json!(2))
    );
    let entries = last["entries"].as_array().unwrap();
    let image = entries
        .iter()
        .find(|entry| entry["kind"] == "image")
        .unwrap();
    assert_eq!(image["image"], "quay.io/prometheus/prometheus:v3.7.3");
    let charts = ledger[0]["unexamined"].as_array().unwrap();
    assert_eq!(charts.len(), 1);
    assert_eq!(last["conditions"][0]["state"], "notEvaluated");

    let output = run("resolve", &[OBSERVABILITY, "prometheus", "--ledger"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\ninstall prometheus 3.7.3 in monitoring\n  + object"));

    let folder = folder("ledger");
    let universe = folder.join("u.json");
    fs::write(&universe, r#"{"a": {"1.0.0": {}}}"#).unwrap();
    let output = run("resolve", &[universe.to_str().unwrap(), "a", "--ledger"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn plans_say_what_comes_after_what() {
    let answer = json("resolve", &[OBSERVABILITY, "prometheus"], 0);
    let plan = &answer["plan"];
    assert_eq!(plan["steps"][2]["after"], json!([0, 1]));
    assert_eq!(
        (&plan["cycles"], &plan["orphans"]),
        (&json!([]), &json!([]))
    );
}

#[test]
fn upgrades_go_where_no_crd_breaks() {
    let root = folder("safe-ways");
    let crd = |versions: &str| {
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: things.example.com}}\nspec: {{group: example.com, scope: Namespaced, names: {{kind: Thing, plural: things}}, versions: [{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {{type: object, properties: {{size: {{{versions}}}}}}}}}}}]}}\n"
        )
    };
    let releases = [
        ("1.0.0", "type: string, maxLength: 10", ""),
        ("1.1.0", "type: string, maxLength: 10", "replaces: 1.0.0\n"),
        ("1.2.0", "type: integer", "replaces: 1.0.0\n"),
        (
            "2.0.0",
            "type: string, maxLength: 20",
            "replaces: 1.1.0\nskips: [1.2.0]\n",
        ),
        ("3.0.0", "type: integer", "replaces: 2.0.0\n"),
    ];
    for (version, size, edges) in releases {
        let release = root.join("p").join(version);
        fs::create_dir_all(release.join("definitions")).unwrap();
        let metadata = format!("name: p\nversion: {version}\n{edges}");
        fs::write(release.join("metadata.yaml"), metadata).unwrap();
        fs::write(release.join("definitions/crd.yaml"), crd(size)).unwrap();
    }
    let installed = root.join("installed.json");
    fs::write(
        &installed,
        r#"[{"package": "p", "version": "1.0.0", "namespace": "p"}]"#,
    )
    .unwrap();
    let (catalog, installed) = (root.to_str().unwrap(), installed.to_str().unwrap());
    let step = |wanted: &str| {
        let answer = json("resolve", &[catalog, wanted, "--installed", installed], 0);
        answer["plan"]["steps"][0].clone()
    };
    let safe = step("p@=2.0.0");
    assert_eq!(
        (&safe["hops"], &safe["breaks"]),
        (&json!(["1.1.0"]), &Value::Null)
    );
    let avoided = &safe["avoided"][0];
    assert_eq!(
        (&avoided["from"], &avoided["to"]),
        (&json!("1.0.0"), &json!("1.2.0"))
    );
    let outdated = json("outdated", &[catalog, "--installed", installed], 0);
    let row = &outdated["packages"][0];
    assert_eq!(row["reachable"], "3.0.0");
    assert_eq!(
        row["breaks"][0]["reason"],
        step("p@=3.0.0")["breaks"][0]["reason"]
    );
    let told = run("outdated", &[catalog, "--installed", installed]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("\n    warning: from "), "{told}");
    let broken = step("p@=3.0.0");
    assert_eq!(broken["avoided"], Value::Null);
    let last = broken["breaks"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["from"], &last["to"]),
        (&json!("2.0.0"), &json!("3.0.0"))
    );
    let told = run("resolve", &[catalog, "p@=2.0.0", "--installed", installed]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.contains("upgrade p from 1.0.0 by 1.1.0 to 2.0.0 in p"),
        "{told}"
    );
    assert!(told.contains("note: not at once, as from 1.0.0 to 1.2.0 it breaks: CRD things.example.com: v1: `size` was `string`"), "{told}");
}

/// Whether a version of a CRD that goes is stored is known where the cluster is.
#[test]
fn what_a_cluster_has_stored_is_no_guess() {
    let root = folder("stored-versions");
    let version = |name: &str, is_last: bool| {
        format!(
            "{{name: {name}, served: {is_last}, storage: {is_last}, schema: {{openAPIV3Schema: {{type: object}}}}}}"
        )
    };
    let crd = |versions: &str, status: &str| {
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: things.example.com}}\nspec: {{group: example.com, scope: Namespaced, names: {{kind: Thing, plural: things}}, versions: [{versions}]}}\n{status}"
        )
    };
    let (v0, v1) = (version("v0", false), version("v1", true));
    let both = format!("{v0}, {v1}");
    for (version, versions) in [("1.0.0", &both), ("2.0.0", &v1)] {
        let release = root.join("catalog/p").join(version);
        fs::create_dir_all(release.join("definitions")).unwrap();
        let metadata = format!("name: p\nversion: {version}\n");
        fs::write(release.join("metadata.yaml"), metadata).unwrap();
        fs::write(release.join("definitions/crd.yaml"), crd(versions, "")).unwrap();
    }
    let at = |file: &str, text: &str| {
        fs::write(root.join(file), text).unwrap();
        root.join(file).to_str().unwrap().to_owned()
    };
    let installed = at(
        "installed.yaml",
        "- {package: p, version: 1.0.0, namespace: p}\n",
    );
    let catalog = root.join("catalog");
    let catalog = catalog.to_str().unwrap();
    for (stored, reason) in [
        (
            "[v0, v1]",
            Some("is gone while `status.storedVersions` has it"),
        ),
        ("[v1]", None),
    ] {
        let status = format!("status: {{storedVersions: {stored}}}\n");
        let cluster = at("cluster.yaml", &crd(&both, &status));
        let arguments = [
            catalog,
            "p",
            "--upgrade",
            "p",
            "--installed",
            &installed,
            "--cluster",
            &cluster,
        ];
        let answer = json("resolve", &arguments, 0);
        let breaks = &answer["plan"]["steps"][0]["breaks"];
        match reason {
            Some(reason) => {
                let told = breaks[0]["reason"].as_str().unwrap();
                assert!(told.contains(reason), "{told}");
            }
            None => assert!(breaks.is_null(), "{breaks}"),
        }
    }
}
