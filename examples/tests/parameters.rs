//! The program `parameters` as scripts see it, and what other programs make of parameters.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

const OBSERVABILITY: &str = "catalogs/observability";

fn run(program: &str, arguments: &[&str]) -> Output {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(program);
    let mut command = Command::new(path);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(arguments).output().unwrap()
}

fn text(arguments: &[&str], code: i32) -> String {
    let output = run("parameters", arguments);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str], code: i32) -> Value {
    serde_json::from_str(&text(&[arguments, &["--format", "json"]].concat(), code)).unwrap()
}

/// A folder of these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("parameters")
        .join(name);
    let _ = fs::remove_dir_all(&root);
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

#[test]
fn a_chart_shows_its_schema_its_values_and_who_set_them() {
    let shown = text(&[OBSERVABILITY, "full-observability@2.1.0"], 0);
    assert_eq!(
        shown,
        "\
full-observability 2.1.0

overview (values.schema.json)
  global: map
  overview: map
    refresh: text = \"30s\"  # How often the page asks again.
    window: text = \"6h\"  # Where the page begins, back from now.

rules (no schema: anything can be set)

values
  /overview/overview/refresh = \"1m\"
    set by `modules.yaml`, catalogs/observability/full-observability/2.1.0/modules.yaml:10:16
  /overview/overview/window = \"6h\"
    set by the module's defaults, catalogs/observability/full-observability/2.1.0/charts/overview/values.yaml:5:11

the values fit
"
    );
}

#[test]
fn what_does_not_fit_is_a_finding_with_its_line() {
    let root = folder(
        "wrong",
        &[(
            "mine.yaml",
            "overview:\n  overview:\n    refresh: often\n    windw: 1h\n",
        )],
    );
    let mine = root.join("mine.yaml");
    let arguments = [
        OBSERVABILITY,
        "full-observability",
        "--values",
        mine.to_str().unwrap(),
    ];
    let shown = text(&arguments, 1);
    assert!(shown.contains("3 |     refresh: often"), "{shown}");
    assert!(shown.contains("did you mean `window`?"), "{shown}");
    assert!(shown.ends_with("2 values do not fit\n"), "{shown}");
    let answer = json(&arguments, 1);
    let violations = answer["violations"].as_array().unwrap();
    let found: Vec<_> = violations
        .iter()
        .map(|violation| {
            (
                &violation["pointer"],
                &violation["layer"],
                &violation["line"],
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (
                &json!("/overview/overview/refresh"),
                &json!("user"),
                &json!(3)
            ),
            (
                &json!("/overview/overview/windw"),
                &json!("user"),
                &json!(4)
            ),
        ]
    );
    let unknown = text(
        &[OBSERVABILITY, "full-observability", "--set", "overwiew.a=1"],
        1,
    );
    assert!(unknown.contains("did you mean `overview`?"), "{unknown}");
}

#[test]
fn terraform_variables_are_shown_and_secrets_are_not() {
    let package = [OBSERVABILITY, "grafana-database@2.0.0"];
    let missing = json(&package, 1);
    assert_eq!(missing["violations"][0]["pointer"], "/rds");
    assert_eq!(missing["violations"][0]["code"], "parameters.value.missing");
    let set = ["--set", "rds.password=hunter2"];
    let arguments = [&package[..], &set].concat();
    let shown = text(&arguments, 0);
    assert!(
        shown.contains("required, sensitive  # Password of the user grafana."),
        "{shown}"
    );
    assert!(
        shown.contains("/rds/password = \"(sensitive)\"\n    set by the user"),
        "{shown}"
    );
    let answer = json(&arguments, 0);
    assert_eq!(answer["values"]["rds"]["password"], "(sensitive)");
    assert_eq!(answer["values"]["rds"]["allocated_storage"], 20);
    assert_eq!(answer["modules"][0]["schema"], "terraform");
    let keys = answer["modules"][0]["keys"].as_array().unwrap();
    let password = keys
        .iter()
        .find(|key| key["pointer"] == "/password")
        .unwrap();
    assert_eq!(
        (&password["required"], &password["sensitive"]),
        (&json!(true), &json!(true))
    );
    for output in [shown, answer.to_string()] {
        assert!(!output.contains("hunter2"), "{output}");
    }
}

#[test]
fn layers_of_askers_environment_and_user_override_each_other() {
    let root = folder(
        "environment",
        &[("all.json", r#"{"loki": {"loki": {"auth_enabled": false}}}"#)],
    );
    let all = root.join("all.json");
    let answer = json(
        &[
            OBSERVABILITY,
            "loki@3.4.2",
            "--asked-by",
            "full-observability",
            "--environment",
            all.to_str().unwrap(),
            "--set",
            "loki.gateway\\.x=[1, 2]",
        ],
        0,
    );
    let mut provenance = answer["provenance"].as_array().unwrap().iter();
    let mut by = |pointer: &str| {
        let leaf = provenance.find(|leaf| leaf["pointer"] == pointer).unwrap();
        (
            leaf["layer"].as_str().unwrap().to_owned(),
            leaf["value"].clone(),
        )
    };
    // Of a chart in a repository nobody knows what is secret: what the catalog itself says is shown, and nothing else.
    let sensitive = json!("(sensitive)");
    assert_eq!(
        by("/loki/gateway.x"),
        ("user".to_owned(), sensitive.clone())
    );
    assert_eq!(
        by("/loki/loki/auth_enabled"),
        ("environment".to_owned(), sensitive)
    );
    assert_eq!(
        by("/loki/loki/limits_config/retention_period"),
        ("dependency".to_owned(), json!("2160h"))
    );
}

#[test]
fn wrong_usage_is_one_line() {
    for (arguments, expected) in [
        (
            vec!["--set", "overview=1"],
            "error: --set takes MODULE.KEY=VALUE; see --help",
        ),
        (
            vec!["--set", "hunter2"],
            "error: --set takes MODULE.KEY=VALUE; see --help",
        ),
        (
            vec!["--asked-by", "lokki"],
            "error: there is no package `lokki` in this catalog; did you mean `loki`?",
        ),
        (
            vec!["--valeus", "x"],
            "error: there is no option `--valeus`; did you mean `--values`?",
        ),
    ] {
        let all = [&[OBSERVABILITY, "full-observability"], arguments.as_slice()].concat();
        let output = run("parameters", &all);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(String::from_utf8_lossy(&output.stderr).trim_end(), expected);
    }
}

#[test]
fn resolve_asks_conditions_with_the_parameters_of_their_package() {
    let root = folder(
        "resolve",
        &[
            (
                "catalog/web/1.0.0/metadata.yaml",
                "name: web\nversion: 1.0.0\n",
            ),
            (
                "catalog/web/2.0.0/metadata.yaml",
                "name: web\nversion: 2.0.0\n",
            ),
            (
                "catalog/web/2.0.0/conditions/tls.yaml",
                "conditions:\n- when: { parameter: web.tls, op: eq, value: true }\n  target: { kubeVersion: {} }\n  op: range\n  value: '>=1.31'\n",
            ),
            ("cluster.yaml", "serverVersion: {gitVersion: v1.30.0}\n"),
            ("with.yaml", "web: {tls: true}\n"),
            ("without.yaml", "web: {tls: false}\n"),
        ],
    );
    let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let version = |parameters: &[&str]| {
        let (catalog, cluster) = (path("catalog"), path("cluster.yaml"));
        let fixed = [
            catalog.as_str(),
            "web",
            "--cluster",
            &cluster,
            "--format",
            "json",
        ];
        let output = run("resolve", &[&fixed, parameters].concat());
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        answer["releases"][0]["version"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (with, without) = (path("with.yaml"), path("without.yaml"));
    assert_eq!(version(&[]), "1.0.0", "nobody said the parameters");
    assert_eq!(version(&["--parameters", &with]), "1.0.0");
    assert_eq!(version(&["--parameters", &without]), "2.0.0");
    let own = format!("web={without}");
    assert_eq!(
        version(&["--parameters", &with, "--parameters", &own]),
        "2.0.0"
    );
}

#[test]
fn the_tree_of_a_schema_shows_no_secret() {
    let schema = r#"{"properties": {
        "auth": {"type": "object", "additionalProperties": {"type": "string", "writeOnly": true}},
        "users": {"type": "array", "items": {"properties": {"pw": {"format": "password"}}}},
        "token": {"type": "string", "writeOnly": true, "enum": ["hunter2"], "default": "hunter2"},
        "tokens": {"type": "array", "items": {"type": "string", "writeOnly": true, "enum": ["hunter2"]}}
    }}"#;
    let chart = "apiVersion: v2\nname: w\nversion: 1.0.0\n";
    let values = "auth: {password: hunter2}\nusers: [{pw: hunter2}]\ntokens: [hunter2]\n";
    let root = folder(
        "secrets",
        &[
            ("w/1.0.0/metadata.yaml", "name: w\nversion: 1.0.0\n"),
            (
                "w/1.0.0/modules.yaml",
                "modules:\n- chart: {path: ./chart}\n",
            ),
            ("w/1.0.0/chart/Chart.yaml", chart),
            ("w/1.0.0/chart/values.yaml", values),
            ("w/1.0.0/chart/values.schema.json", schema),
        ],
    );
    let arguments = [root.to_str().unwrap(), "w"];
    let shown = text(&arguments, 0);
    assert!(
        shown.contains(r#"auth: map = {"password":"(sensitive)"}"#),
        "{shown}"
    );
    assert!(!shown.contains("hunter2"), "{shown}");
    let answer = json(&arguments, 0).to_string();
    assert!(!answer.contains("hunter2"), "{answer}");
}

/// A file that cannot be read, or not as values, is no finding: what would be shown is not what was asked for.
#[test]
fn what_cannot_be_read_is_one_line_and_no_answer() {
    let root = folder(
        "unreadable",
        &[
            ("folder/a.yaml", ""),
            ("syntax.yaml", "overview: [\n"),
            ("list.yaml", "- overview\n"),
            ("two.yaml", "overview: {}\n---\nrules: {}\n"),
            ("twice.yaml", "overview: {a: hunter2, a: hunter2}\n"),
            ("empty.yaml", ""),
            ("comment.yaml", "# nothing yet\n"),
        ],
    );
    fs::write(root.join("latin.yaml"), b"overview: \xe9\n").unwrap();
    fs::write(root.join("packed.gz"), b"\x1f\x8bno").unwrap();
    for (name, expected) in [
        ("folder", "error: folder: Is a directory (os error 21)"),
        (
            "none.yaml",
            "error: none.yaml: No such file or directory (os error 2)",
        ),
        ("latin.yaml", "error: latin.yaml: byte 10 is not UTF-8"),
        ("packed.gz", "error: packed.gz: unexpected end of file"),
        (
            "syntax.yaml",
            "syntax.yaml:1:11: error[yaml.syntax]: this is not YAML: unclosed bracket '['",
        ),
        (
            "list.yaml",
            "list.yaml:1:1: error[parameters.values.type]: values are a map `{module: {…}}`, not a list",
        ),
        (
            "two.yaml",
            "two.yaml:3:1: error[parameters.values.documents]: a file of values is one document, and here a second one begins",
        ),
        (
            "twice.yaml",
            "twice.yaml:1:24: error[yaml.duplicate-key]: the key `a` stands here again, first in line 1",
        ),
    ] {
        for option in ["--values", "--environment"] {
            let path = root.join(name);
            let path = path.to_str().unwrap();
            let output = run(
                "parameters",
                &[OBSERVABILITY, "full-observability", option, path],
            );
            let error = String::from_utf8(output.stderr).unwrap();
            let error = error.replace(root.to_str().unwrap(), "").replace("/", "");
            assert_eq!(
                (output.status.code(), error.trim_end()),
                (Some(2), expected)
            );
            assert!(output.stdout.is_empty(), "{name}");
        }
    }
    for name in ["empty.yaml", "comment.yaml"] {
        let path = root.join(name);
        text(
            &[
                OBSERVABILITY,
                "full-observability",
                "--values",
                path.to_str().unwrap(),
            ],
            0,
        );
    }
    let output = run(
        "parameters",
        &[
            OBSERVABILITY,
            "full-observability",
            "--set",
            "overview.a=[hunter2",
        ],
    );
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), error.lines().count()), (Some(2), 1));
    assert!(!error.contains("hunter2"), "{error}");
}
