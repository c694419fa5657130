//! Catalogs loaded with a look into their charts and Terraform modules.
#![cfg(feature = "parameters")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::parameters::ParameterLimits;
use catalog_model::{Level, Levels, LoadOptions, Loaded, MemorySource, UnusableReason, load};

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
const SCHEMA: &str = r#"{"required": ["host"], "properties": {
    "replicas": {"type": "integer", "minimum": 1},
    "host": {"type": "string", "minLength": 1},
    "auth": {"oneOf": [{"required": ["user"]}, {"required": ["token"]}], "properties": {"ttl": {"type": "integer"}}},
    "ports": {"type": "array", "items": {"required": ["port"]}},
    "token": {"type": "string", "writeOnly": true, "maxLength": 3}
}}"#;

fn options() -> LoadOptions {
    let mut options = LoadOptions::default();
    options.modules = Some(ParameterLimits::default());
    options
}

/// A catalog with a good release 1.0.0, and 2.0.0 with the files given.
fn source(files: &[(&str, &str)]) -> MemorySource {
    let mut source = MemorySource::from_iter([
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        ("web/2.0.0/metadata.yaml", "name: web\nversion: 2.0.0\n"),
    ]);
    for (path, text) in files {
        source.insert(format!("web/2.0.0/{path}"), *text);
    }
    source
}

fn told(loaded: &Loaded) -> Vec<String> {
    let told = loaded.diagnostics().iter();
    told.map(|found| {
        assert_eq!(
            (found.package(), found.version()),
            (Some("web"), Some("2.0.0"))
        );
        found.to_string().replace("web/2.0.0/", "")
    })
    .collect()
}

/// Loads 2.0.0 with a look into its modules and compares what is said, and whether it can be used. Without a look nothing is said.
fn check(files: &[(&str, &str)], usable: bool, expected: &[&str]) {
    let source = source(files);
    assert_eq!(
        told(&load(&source, &LoadOptions::default()).unwrap()),
        [""; 0]
    );
    let loaded = load(&source, &options()).unwrap();
    assert_eq!(told(&loaded), expected, "{files:#?}");
    let web = loaded.catalog().package("web").unwrap();
    let (releases, unusable) = if usable { (2, 0) } else { (1, 1) };
    assert_eq!(
        (web.releases().len(), web.unusable().len()),
        (releases, unusable)
    );
    assert_eq!(loaded.has_errors(), !usable);
}

/// 2.0.0 with the chart and schema of this file, and these lines of values in `modules.yaml`.
fn check_values(values: &str, usable: bool, expected: &[&str]) {
    let modules = format!("modules:\n- chart: {{path: chart}}\n  values: {values}\n");
    let files = [
        ("modules.yaml", modules.as_str()),
        ("chart/Chart.yaml", CHART),
        ("chart/values.schema.json", SCHEMA),
    ];
    check(&files, usable, expected);
}

#[test]
fn a_release_whose_modules_have_errors_cannot_be_used() {
    let chart = ("modules.yaml", "modules:\n- chart: {path: chart}\n");
    let terraform = ("modules.yaml", "modules:\n- terraform: {path: db}\n");
    let own = ("chart/Chart.yaml", CHART);
    check(
        &[chart, ("chart/values.yaml", "a: 1\n")],
        false,
        &["chart:1:1: error[chart.missing]: this folder has no `Chart.yaml` and is no chart"],
    );
    check(
        &[
            chart,
            own,
            ("chart/values.schema.json", "{\"type\": \"objekt\"}"),
        ],
        false,
        &[
            "chart/values.schema.json:1:10: error[values-schema.keyword]: `type` cannot be `\"objekt\"` in a JSON Schema of draft-07",
        ],
    );
    check(
        &[chart, own, ("chart/values.yaml", "a: 1\nb: 2\na: 3\n")],
        false,
        &[
            "chart/values.yaml:3:1: error[yaml.duplicate-key]: the key `a` stands here again, first in line 1",
        ],
    );
    check(
        &[terraform, ("db/main.tf", "variable \"a\" {\n")],
        false,
        &[
            "db/main.tf:1:15: error[terraform.syntax]: this is not Terraform's language: invalid block body; expected `}`, newline or identifier",
        ],
    );
    check(
        &[chart, own, ("chart/values.yaml", "a: 1\n---\nb: 2\n")],
        true,
        &[
            "chart/values.yaml:3:1: warning[values.second-document]: Helm reads the first document of this file only",
        ],
    );
    check(&[chart, own, ("chart/values.yaml", "a: 1\n")], true, &[]);
    check(
        &[terraform, ("db/main.tf", "variable \"a\" {}\n")],
        true,
        &[],
    );
}

/// Whether there is a schema or not, Helm reads `Chart.yaml` first.
#[test]
fn a_chart_says_its_name_and_version() {
    let module = ("modules.yaml", "modules:\n- chart: {path: chart}\n");
    let cases: [(&str, &[&str]); 7] = [
        (
            "}{ not yaml: [",
            &["chart/Chart.yaml:1:1: error[yaml.syntax]: this is not YAML: misplaced bracket"],
        ),
        (
            "",
            &["chart/Chart.yaml:1:1: error[chart.type]: a `Chart.yaml` is a map, not nothing"],
        ),
        (
            "- name: web\n",
            &["chart/Chart.yaml:1:1: error[chart.type]: a `Chart.yaml` is a map, not a list"],
        ),
        (
            "apiVersion: v2\nname: web\n",
            &[
                "chart/Chart.yaml:1:1: error[chart.field.missing]: `version` is missing, without which Helm refuses the chart",
            ],
        ),
        (
            "name:\nversion: {a: 1}\n",
            &[
                "chart/Chart.yaml:1:1: error[chart.field.missing]: `name` is missing, without which Helm refuses the chart",
                "chart/Chart.yaml:2:1: error[chart.field.type]: `version` is no text to Helm, which refuses the chart",
            ],
        ),
        ("name: web\nversion: 1.0.0\n", &[]),
        (CHART, &[]),
    ];
    for (text, expected) in cases {
        let own = ("chart/Chart.yaml", text);
        for more in [
            ("chart/values.schema.json", "{}"),
            ("chart/values.yaml", "a: 1\n"),
        ] {
            check(&[module, own, more], expected.is_empty(), expected);
        }
    }
}

#[test]
fn the_reason_is_the_first_error() {
    let source = source(&[
        ("modules.yaml", "modules:\n- chart: {path: chart}\n"),
        ("chart/a", ""),
    ]);
    let loaded = load(&source, &options()).unwrap();
    let unusable = &loaded.catalog().package("web").unwrap().unusable()[0];
    let reason = "this folder has no `Chart.yaml` and is no chart".to_owned();
    assert_eq!(unusable.reason(), &UnusableReason::Broken(reason));
}

#[test]
fn what_others_may_still_set_is_not_held_against_a_release() {
    check_values("{replicas: 2}", true, &[]);
    check_values("{auth: {ttl: 3}}", true, &[]);
}

/// 2.0.0 with a chart of this schema, whose `mode` is `safe` unless somebody says otherwise, and these values in `modules.yaml`.
fn check_schema(schema: &str, values: &str, usable: bool, expected: &[&str]) {
    let modules = format!("modules:\n- chart: {{path: chart}}\n  values: {values}\n");
    let files = [
        ("modules.yaml", modules.as_str()),
        ("chart/Chart.yaml", CHART),
        ("chart/values.yaml", "mode: safe\n"),
        ("chart/values.schema.json", schema),
    ];
    check(&files, usable, expected);
}

/// A user who sets another mode makes each of these right.
#[test]
fn what_is_wrong_while_another_value_is_what_it_is_is_not_held_against_a_release() {
    let safe = r#""if": {"properties": {"mode": {"const": "safe"}}}"#;
    for (then, values) in [
        (
            r#"{"properties": {"port": {"minimum": 1024}}}"#,
            "{port: 80}",
        ),
        (
            r#"{"properties": {"port": {"type": "null"}}}"#,
            "{port: 80}",
        ),
        (
            r#"{"properties": {"mode": {}}, "additionalProperties": false}"#,
            "{port: 80}",
        ),
        (r##"{"$ref": "#/definitions/large"}"##, "{port: 80}"),
        (
            r#"{"properties": {"tls": {"properties": {"port": false}}}}"#,
            "{tls: {port: 80}}",
        ),
    ] {
        let schema = format!(
            r#"{{{safe}, "then": {then}, "definitions": {{"large": {{"properties": {{"port": {{"minimum": 1024}}}}}}}}}}"#
        );
        check_schema(&schema, values, true, &[]);
        let otherwise = schema
            .replace("\"then\"", "\"else\"")
            .replace("safe", "other");
        check_schema(&otherwise, values, true, &[]);
    }
    for schema in [
        r#"{"dependentSchemas": {"mode": {"properties": {"port": {"minimum": 1024}}}}, "$schema": "https://json-schema.org/draft/2020-12/schema"}"#,
        r#"{"dependencies": {"mode": {"properties": {"port": {"minimum": 1024}}}}}"#,
        r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"mode": {}}, "if": {"properties": {"mode": {"const": "open"}}}, "then": {"properties": {"port": {}}}, "unevaluatedProperties": false}"#,
    ] {
        check_schema(schema, "{port: 80}", true, &[]);
    }
}

#[test]
fn values_named_as_keywords_and_conditions_inside_lists_are_held_against_a_release() {
    check_schema(
        r#"{"properties": {"then": {"properties": {"port": {"minimum": 1024}}}}}"#,
        "{then: {port: 80}}",
        false,
        &[
            "modules.yaml:3:25: error[parameters.value.bound]: `/chart/then/port` must be at least 1024, not the number `80` (set by `modules.yaml`)",
        ],
    );
    check_schema(
        r#"{"properties": {"ports": {"items": {"if": {"required": ["tls"]}, "then": {"properties": {"port": {"minimum": 1024}}}}}}}"#,
        "{ports: [{tls: true, port: 80}]}",
        false,
        &[
            "modules.yaml:3:38: error[parameters.value.bound]: `/chart/ports/0/port` must be at least 1024, not the number `80` (set by `modules.yaml`)",
        ],
    );
}

#[test]
fn what_nobody_can_add_to_is_held_against_a_release() {
    check_values(
        "{replicas: many}",
        false,
        &[
            "modules.yaml:3:22: error[parameters.value.type]: `/chart/replicas` must be a whole number, not the text `many` (set by `modules.yaml`)",
        ],
    );
    check_values(
        "{replicas: 0}",
        false,
        &[
            "modules.yaml:3:22: error[parameters.value.bound]: `/chart/replicas` must be at least 1, not the number `0` (set by `modules.yaml`)",
        ],
    );
    check_values(
        "{ports: [{name: web}]}",
        false,
        &[
            "modules.yaml:3:20: error[parameters.value.missing]: `/chart/ports/0` lacks `port`, which must be set",
        ],
    );
}

#[test]
fn a_secret_in_modules_is_not_shown() {
    let modules = "modules:\n- chart: {path: chart}\n  values: {token: hunter2}\n";
    let source = source(&[
        ("modules.yaml", modules),
        ("chart/Chart.yaml", CHART),
        ("chart/values.schema.json", SCHEMA),
    ]);
    let loaded = load(&source, &options()).unwrap();
    assert_eq!(loaded.diagnostics().len(), 1);
    assert!(
        !format!("{} {}", told(&loaded)[0], loaded.diagnostics()[0].to_json()).contains("hunter2")
    );
}

#[test]
fn levels_and_comments_count_inside_modules() {
    let text =
        "a: 1 # catalog: allow(values.second-document, the rest is documentation)\n---\nb: 2\n";
    let files = |text| {
        source(&[
            ("modules.yaml", "modules:\n- chart: {path: chart}\n"),
            ("chart/Chart.yaml", CHART),
            ("chart/values.yaml", text),
        ])
    };
    let kept = load(&files(text), &options()).unwrap();
    assert_eq!((kept.diagnostics().len(), kept.suppressed().len()), (0, 1));
    let mut denied = options();
    denied.levels = Levels::new()
        .with("values.second-document", Level::Error)
        .unwrap();
    for text in [text, "a: 1\n---\nb: 2\n"] {
        let loaded = load(&files(text), &denied).unwrap();
        assert!(loaded.has_errors());
        assert_eq!(loaded.catalog().package("web").unwrap().unusable().len(), 1);
    }
}

#[test]
fn modules_are_looked_into_where_the_rest_is_broken() {
    let mut source = source(&[
        (
            "modules.yaml",
            "modules:\n- chart: {path: none}\n- name: x\n  chart: {path: chart}\n  values: {replicas: many}\n",
        ),
        ("chart/Chart.yaml", CHART),
        ("chart/values.schema.json", SCHEMA),
    ]);
    source.insert("web/2.0.0/metadata.yaml", "name: web\nversion: none\n");
    let loaded = load(&source, &options()).unwrap();
    let codes: Vec<&str> = loaded
        .diagnostics()
        .iter()
        .map(|found| found.code())
        .collect();
    assert_eq!(
        codes,
        [
            "metadata.version.folder",
            "metadata.version.unreadable",
            "modules.path.missing",
            "parameters.value.type"
        ]
    );
    assert!(
        told(&loaded)[3].starts_with("modules.yaml:5:22:"),
        "{:?}",
        told(&loaded)
    );
}

#[test]
fn the_version_folder_may_be_the_module() {
    let module = (
        "modules.yaml",
        "modules:\n- name: web\n  chart: {path: .}\n",
    );
    check(&[module, ("Chart.yaml", CHART)], true, &[]);
}

#[test]
fn a_fix_is_judged_by_what_the_modules_say() {
    let files = [
        (
            "modules.yaml",
            "modules:\n- chart: {paht: chart, remote: {repo: 'https://charts.example.com', name: web, version: 1.0.0}}\n  values: {replicas: many}\n",
        ),
        ("chart/Chart.yaml", CHART),
        ("chart/values.schema.json", SCHEMA),
    ];
    let fixed = |options: &LoadOptions| {
        catalog_model::mend(&source(&files), options)
            .unwrap()
            .files()
            .len()
    };
    assert_eq!(fixed(&LoadOptions::default()), 1);
    assert_eq!(fixed(&options()), 0, "the values would break the schema");
}
