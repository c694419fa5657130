//! Merged values held against schemas: what is said, where, of whom.
#![cfg(all(feature = "parameters", feature = "render"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::document::Limits;
use catalog_model::parameters::{
    Askers, Layer, LayerOrigin, ParameterLimits, ReleaseParameters, Violation, ViolationKind,
};
use catalog_model::render::Colour;
use catalog_model::{LoadOptions, MemorySource, Package, SourceFile, load};
use serde_json::json;

/// The parameters of a package `web` whose one module is a chart.
fn chart(schema: &str, values: &str, modules: &str) -> ReleaseParameters {
    let source = MemorySource::from_iter([
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        ("web/1.0.0/modules.yaml", modules),
        (
            "web/1.0.0/chart/Chart.yaml",
            "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
        ),
        ("web/1.0.0/chart/values.yaml", values),
        ("web/1.0.0/chart/values.schema.json", schema),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let release = loaded.catalog().package("web").unwrap().newest().unwrap();
    let (parameters, diagnostics) =
        ReleaseParameters::read(&source, release, &ParameterLimits::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    parameters
}

const CHART: &str = "modules:\n- chart: {path: ./chart}\n";

fn user(text: &str) -> Layer {
    let file = SourceFile::new("mine.yaml", text);
    let (layer, diagnostics) = Layer::parse(LayerOrigin::User, &file, &Limits::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    layer.unwrap()
}

fn violations(parameters: &ReleaseParameters, layers: Vec<Layer>) -> Vec<Violation> {
    let (values, diagnostics) = parameters.merge(layers);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    values.validate()
}

/// What is wrong with the values of a user, each in a line with the help below.
fn check(schema: &str, text: &str) -> String {
    let parameters = chart(schema, "{}\n", CHART);
    let lines = violations(&parameters, vec![user(text)]);
    let lines = lines.iter().map(|violation| {
        let help = violation.diagnostic().help_lines().iter();
        let help: String = help.map(|line| format!("  {line}\n")).collect();
        format!("{violation}\n{help}")
    });
    lines.collect()
}

#[test]
fn every_keyword_has_its_words() {
    let properties = |schema: &str| format!(r#"{{"properties": {{"a": {schema}}}}}"#);
    let of =
        |schema: &str, value: &str| check(&properties(schema), &format!("chart:\n  a: {value}\n"));
    let said = [
        of(r#"{"type": "integer"}"#, "'3'"),
        of(r#"{"type": "integer"}"#, "1.5"),
        of(r#"{"type": ["string", "null"]}"#, "[1]"),
        of(r#"{"type": "object"}"#, "true"),
        of(r#"{"enum": ["ClusterIP", "NodePort"]}"#, "ClusterIp"),
        of(r#"{"enum": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}"#, "0"),
        of(r#"{"const": true}"#, "false"),
        of(r#"{"minimum": 1}"#, "0"),
        of(r#"{"exclusiveMaximum": 10}"#, "10"),
        of(r#"{"multipleOf": 5}"#, "7"),
        of(r#"{"minLength": 2}"#, "x"),
        of(r#"{"maxItems": 1}"#, "[1, 2]"),
        of(r#"{"minProperties": 1}"#, "{}"),
        of(r#"{"uniqueItems": true}"#, "[1, 1]"),
        of(r#"{"contains": {"const": 1}}"#, "[2]"),
        of(r#"{"pattern": "^[a-z]+$"}"#, "Up"),
        of(r#"{"format": "ipv4"}"#, "300.1.1.1"),
        of(r#"{"propertyNames": {"pattern": "^[a-z]+$"}}"#, "{Up: 1}"),
        of(r#"{"not": {"type": "string"}}"#, "x"),
        of(r#"{"additionalProperties": false}"#, "{b: 1}"),
        of("false", "1"),
    ];
    insta::assert_snapshot!(said.concat(), @r"
    mine.yaml:2:6: error[parameters.value.type]: `/chart/a` must be a whole number, not the text `3` (set by the user)
    mine.yaml:2:6: error[parameters.value.type]: `/chart/a` must be a whole number, not the number `1.5` (set by the user)
    mine.yaml:2:6: error[parameters.value.type]: `/chart/a` must be a text or null, not a list (set by the user)
    mine.yaml:2:6: error[parameters.value.type]: `/chart/a` must be a map, not `true` (set by the user)
    mine.yaml:2:6: error[parameters.value.choice]: `/chart/a` must be one of `ClusterIP`, `NodePort`, not the text `ClusterIp` (set by the user)
      did you mean `ClusterIP`?
    mine.yaml:2:6: error[parameters.value.choice]: `/chart/a` must be one of `1`, `2`, `3`, `4`, `5`, `6`, `7`, `8`, 2 more, not the number `0` (set by the user)
    mine.yaml:2:6: error[parameters.value.choice]: `/chart/a` must be `true`, not `false` (set by the user)
    mine.yaml:2:6: error[parameters.value.bound]: `/chart/a` must be at least 1, not the number `0` (set by the user)
    mine.yaml:2:6: error[parameters.value.bound]: `/chart/a` must be less than 10, not the number `10` (set by the user)
    mine.yaml:2:6: error[parameters.value.bound]: `/chart/a` must be a multiple of 5, not the number `7` (set by the user)
    mine.yaml:2:6: error[parameters.value.size]: `/chart/a` must have at least 2 characters (set by the user)
    mine.yaml:2:6: error[parameters.value.size]: `/chart/a` must have at most 1 item (set by the user)
    mine.yaml:2:3: error[parameters.value.size]: `/chart/a` must have at least 1 key (set by the user)
    mine.yaml:2:6: error[parameters.value.size]: `/chart/a` must not have the same item twice (set by the user)
    mine.yaml:2:6: error[parameters.value.size]: `/chart/a` lacks an item that the schema wants under `contains` (set by the user)
    mine.yaml:2:6: error[parameters.value.pattern]: `/chart/a` must match `^[a-z]+$`, not the text `Up` (set by the user)
    mine.yaml:2:6: error[parameters.value.pattern]: `/chart/a` must have the format `ipv4`, not the text `300.1.1.1` (set by the user)
    mine.yaml:2:3: error[parameters.value.pattern]: `/chart/a` has the key `Up`, which must match `^[a-z]+$`, not the text `Up` (set by the user)
    mine.yaml:2:6: error[parameters.value.alternative]: `/chart/a` is what the schema rules out with `not` (set by the user)
    mine.yaml:2:7: error[parameters.value.unknown-key]: `/chart/a/b` is no key that the schema knows (set by the user)
      remove it: no key is allowed here
    mine.yaml:2:6: error[parameters.value.forbidden]: `/chart/a` is not allowed here (set by the user)
      remove it
    ");
}

#[test]
fn alternatives_say_what_the_nearest_one_lacks() {
    let types = r#"{"properties": {"port": {"anyOf": [{"type": "integer"}, {"type": "string"}]}}}"#;
    let kinds = r##"{"properties": {"storage": {"oneOf": [{"$ref": "#/definitions/s3"}, {"$ref": "#/definitions/disk"}]}},
        "definitions": {
          "s3": {"required": ["bucket"], "properties": {"bucket": {"type": "string"}}, "additionalProperties": false},
          "disk": {"required": ["size"], "properties": {"size": {"type": "object", "properties": {"gib": {"minimum": 1}}}}, "additionalProperties": false}}}"##;
    let both = r#"{"properties": {"a": {"oneOf": [{"type": "integer"}, {"minimum": 1}]}}}"#;
    let said = [
        check(types, "chart: {port: [80]}\n"),
        check(kinds, "chart: {storage: {bucket: 5}}\n"),
        check(kinds, "chart: {storage: {size: {gib: 0}}}\n"),
        check(kinds, "chart: {storage: {}}\n"),
        check(both, "chart: {a: 2}\n"),
    ];
    insta::assert_snapshot!(said.concat(), @r"
    mine.yaml:1:15: error[parameters.value.type]: `/chart/port` must be a whole number or a text, not a list (set by the user)
    mine.yaml:1:9: error[parameters.value.alternative]: `/chart/storage` fits none of the 2 alternatives of the schema (set by the user)
      of the nearest one, `bucket` must be a text, not the number `5`
    mine.yaml:1:9: error[parameters.value.alternative]: `/chart/storage` fits none of the 2 alternatives of the schema (set by the user)
      of the nearest one, `gib` must be at least 1, not the number `0`
    mine.yaml:1:9: error[parameters.value.alternative]: `/chart/storage` fits none of the 2 alternatives of the schema (set by the user)
      of the nearest one, `storage` lacks `size`
    mine.yaml:1:12: error[parameters.value.alternative]: `/chart/a` fits more than one alternative of the schema, of which exactly one must fit (set by the user)
      leave out what belongs to another alternative
    ");
}

const SERVICE: &str = r##"{
  "type": "object",
  "additionalProperties": false,
  "required": ["image", "service"],
  "properties": {
    "replicaCount": {"type": "integer"},
    "image": {"$ref": "#/definitions/image"},
    "service": {"type": "object", "required": ["port"], "properties": {"port": {"type": "integer"}}},
    "global": {"type": "object"}
  },
  "definitions": {"image": {"type": "object", "additionalProperties": false, "properties": {"repository": {"type": "string"}, "tag": {"type": "string"}}}}
}"##;

#[test]
fn unknown_keys_are_compared_with_known_ones() {
    insta::assert_snapshot!(
        check(SERVICE, "chart:\n  replicaCont: 3\n  image:\n    tg: v1\n    zebra: 1\n  service:\n    port: 80\n"),
        @r"
    mine.yaml:4:5: error[parameters.value.unknown-key]: `/chart/image/tg` is no key that the schema knows (set by the user)
      did you mean `tag`?
    mine.yaml:5:5: error[parameters.value.unknown-key]: `/chart/image/zebra` is no key that the schema knows (set by the user)
      known keys: repository, tag
    mine.yaml:2:3: error[parameters.value.unknown-key]: `/chart/replicaCont` is no key that the schema knows (set by the user)
      did you mean `replicaCount`?
    "
    );
}

#[test]
fn what_is_missing_is_said_of_the_map_it_belongs_to() {
    let values = "image: {tag: v1}\nservice: {port: 80}\nreplicaCount: 1\n";
    let parameters = chart(SERVICE, values, CHART);
    let deleting = user("chart:\n  image: null\n  service:\n    port:\n");
    let found = violations(&parameters, vec![deleting]);
    let rendered = found
        .iter()
        .map(|violation| violation.diagnostic().render(Colour::Never));
    insta::assert_snapshot!(rendered.collect::<Vec<_>>().join("\n"), @r"
    error[parameters.value.missing]: `/chart` lacks `image`, which must be set
     --> mine.yaml:2:3
      |
    2 |   image: null
      |   ^^^^^
      |
      = help: the user deletes it: leave that out, or set it in a layer above
    error[parameters.value.missing]: `/chart/service` lacks `port`, which must be set
     --> mine.yaml:4:5
      |
    4 |     port:
      |     ^^^^
      |
      = help: the user deletes it: leave that out, or set it in a layer above
    ");
    assert!(
        found
            .iter()
            .all(|violation| violation.kind() == ViolationKind::Missing)
    );
    assert!(
        found
            .iter()
            .all(|violation| violation.origin() == Some(&LayerOrigin::User))
    );
    let pointers: Vec<&str> = found.iter().map(Violation::pointer).collect();
    assert_eq!(pointers, ["/chart", "/chart/service"]);

    let bare = chart(SERVICE, "{}\n", CHART);
    let found = violations(&bare, Vec::new());
    insta::assert_snapshot!(found[0], @"error[parameters.value.missing]: `/chart` lacks `image`, which must be set");
    assert_eq!(found[0].origin(), None);
}

#[test]
fn every_layer_is_blamed_for_its_own() {
    let modules = "modules:\n- chart:\n    path: ./chart\n  values:\n    image:\n      tag: 2\n";
    let values = "replicaCount: one\nimage: {repository: nginx}\nservice: {port: http}\n";
    let parameters = chart(SERVICE, values, modules);
    let environment = SourceFile::new(
        "environment.yaml",
        "chart: {service: {port: 0x50, name: web}}\n",
    );
    let (environment, _) = Layer::parse(LayerOrigin::Environment, &environment, &Limits::default());
    let found = violations(&parameters, environment.into_iter().collect());
    let rendered = found
        .iter()
        .map(|violation| violation.diagnostic().render(Colour::Never));
    insta::assert_snapshot!(rendered.collect::<Vec<_>>().join("\n"), @r"
    error[parameters.value.type]: `/chart/image/tag` must be a text, not the number `2` (set by `modules.yaml`)
     --> web/1.0.0/modules.yaml:6:12
      |
    6 |       tag: 2
      |            ^
    error[parameters.value.type]: `/chart/replicaCount` must be a whole number, not the text `one` (set by the module's defaults)
     --> web/1.0.0/chart/values.yaml:1:15
      |
    1 | replicaCount: one
      |               ^^^
    ");
}

#[test]
fn askers_are_blamed_in_their_own_file() {
    let source = MemorySource::from_iter([
        (
            "shop/2.0.0/metadata.yaml",
            "name: shop\nversion: 2.0.0\ndependencies:\n- name: web\n  values:\n    chart:\n      replicaCount: two\n",
        ),
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        ("web/1.0.0/modules.yaml", CHART),
        (
            "web/1.0.0/chart/Chart.yaml",
            "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
        ),
        (
            "web/1.0.0/chart/values.yaml",
            "image: {}\nservice: {port: 80}\n",
        ),
        ("web/1.0.0/chart/values.schema.json", SERVICE),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let web = loaded.catalog().package("web").unwrap().newest().unwrap();
    let (parameters, _) = ReleaseParameters::read(&source, web, &ParameterLimits::default());
    let chosen = loaded.catalog().packages().filter_map(Package::newest);
    let layers = Askers::new(chosen, ["shop"]).layers(&source, "web", &Limits::default());
    let found = violations(&parameters, layers);
    insta::assert_snapshot!(found[0].diagnostic().render(Colour::Never), @r"
    error[parameters.value.type]: `/chart/replicaCount` must be a whole number, not the text `two` (set by the dependency of shop 2.0.0)
     --> shop/2.0.0/metadata.yaml:7:21
      |
    7 |       replicaCount: two
      |                     ^^^
    ");
    assert_eq!(
        found[0].to_json(),
        json!({
            "code": "parameters.value.type", "severity": "error",
            "message": "`/chart/replicaCount` must be a whole number, not the text `two` (set by the dependency of shop 2.0.0)",
            "file": "shop/2.0.0/metadata.yaml", "line": 7, "column": 21, "endLine": 7, "endColumn": 24,
            "package": "web", "version": "1.0.0", "module": "chart", "pointer": "/chart/replicaCount",
            "layer": "dependency", "asker": {"package": "shop", "version": "2.0.0"},
        })
    );
}

#[test]
fn what_would_cost_too_much_is_not_checked_and_says_so() {
    let source = MemorySource::from_iter([
        (
            "web/1.0.0/metadata.yaml",
            "name: web\nversion: 1.0.0\n".to_owned(),
        ),
        ("web/1.0.0/modules.yaml", CHART.to_owned()),
        (
            "web/1.0.0/chart/Chart.yaml",
            "apiVersion: v2\nname: chart\nversion: 1.0.0\n".to_owned(),
        ),
        ("web/1.0.0/chart/values.yaml", "{}\n".to_owned()),
        (
            "web/1.0.0/chart/values.schema.json",
            r#"{"additionalProperties": {"type": "integer"}}"#.to_owned(),
        ),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let web = loaded.catalog().package("web").unwrap().newest().unwrap();
    let mut limits = ParameterLimits::default();
    limits.applications = 100;
    let (parameters, diagnostics) = ReleaseParameters::read(&source, web, &limits);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let text: String = (0..200).map(|n| format!("  k{n}: 1\n")).collect();
    let found = violations(&parameters, vec![user(&format!("chart:\n{text}"))]);
    assert_eq!(found.len(), 1);
    insta::assert_snapshot!(found[0], @"mine.yaml:1:1: error[parameters.value.not-checked]: the values of `chart` were not checked: the schema asks more than the 100 questions allowed about these values");
    assert_eq!(found[0].kind(), ViolationKind::NotChecked);
}

#[test]
fn a_thousand_violations_are_enough() {
    let schema = r#"{"additionalProperties": {"type": "integer"}}"#;
    let parameters = chart(schema, "{}\n", CHART);
    let text: String = (0..5000).map(|n| format!("  k{n}: x\n")).collect();
    let found = violations(&parameters, vec![user(&format!("chart:\n{text}"))]);
    assert_eq!(found.len(), 1000);
}

#[test]
fn numbers_stay_exact() {
    let schema = r#"{"properties": {"big": {"maximum": 9007199254740993}, "bigger": {"const": 18446744073709551615}}}"#;
    let parameters = chart(schema, "{}\n", CHART);
    let found = violations(
        &parameters,
        vec![user(
            "chart: {big: 9007199254740993, bigger: 18446744073709551615}\n",
        )],
    );
    assert!(found.is_empty(), "{found:?}");
    insta::assert_snapshot!(check(schema, "chart: {big: 9007199254740994, bigger: 18446744073709551614}\n"), @r"
    mine.yaml:1:14: error[parameters.value.bound]: `/chart/big` must be at most 9007199254740993, not the number `9007199254740994` (set by the user)
    mine.yaml:1:40: error[parameters.value.choice]: `/chart/bigger` must be `18446744073709551615`, not the number `18446744073709551614` (set by the user)
    ");
}
