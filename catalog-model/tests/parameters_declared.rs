//! Schemas that authors wrote: what is wrong with them, where they lead, and what they hide.
#![cfg(feature = "parameters")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::parameters::{ChartFiles, ParameterLimits, ParameterSchema, SchemaOrigin};
use catalog_model::{Diagnostic, LoadOptions, MemorySource, SourceFile, load};
use serde_json::{Value, json};

fn declared(schema: &str) -> (ParameterSchema, Vec<Diagnostic>) {
    let mut files = ChartFiles::default();
    files.schema = Some(SourceFile::new("values.schema.json", schema));
    ParameterSchema::of_chart(&files, &ParameterLimits::default())
}

fn usable(schema: &Value) -> ParameterSchema {
    let (parameters, diagnostics) = declared(&schema.to_string());
    assert!(diagnostics.is_empty(), "{schema}: {diagnostics:?}");
    assert_eq!(parameters.origin(), SchemaOrigin::Declared);
    assert_eq!(parameters.json(), schema);
    parameters
}

/// The lines that people see, and that nothing is known of the parameters then.
fn check_refused(schema: &str, expected: &[&str]) {
    let (parameters, diagnostics) = declared(schema);
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(lines, expected, "{schema}");
    assert!(
        diagnostics
            .iter()
            .all(|diagnostic| !diagnostic.help_lines().is_empty()
                || diagnostic.code().starts_with("yaml.")),
        "{schema}"
    );
    assert_eq!(parameters.origin(), SchemaOrigin::Unknown, "{schema}");
    assert!(parameters.is_sensitive("/a"), "{schema}");
    assert!(parameters.accepts(&json!({"a": 1})), "{schema}");
}

#[test]
fn what_is_no_schema_is_said_with_its_place() {
    check_refused(
        "{\n  \"properties\": {\n    \"a\": {\"type\": \"strin\"},\n    \"b\": {\"required\": \"a\"}\n  }\n}\n",
        &[
            "values.schema.json:3:19: error[values-schema.keyword]: `type` cannot be `\"strin\"` in a JSON Schema of draft-07",
            "values.schema.json:4:23: error[values-schema.keyword]: `required` cannot be `\"a\"` in a JSON Schema of draft-07",
        ],
    );
    check_refused(
        "[1]",
        &[
            "values.schema.json:1:1: error[values-schema.type]: a schema is a map, `true` or `false`",
        ],
    );
    check_refused(
        "type: object\n",
        &["values.schema.json:1:2: error[values-schema.json]: this is not JSON"],
    );
    check_refused(
        "{\n  \"a\": 1,\n}\n",
        &["values.schema.json:3:1: error[values-schema.json]: this is not JSON"],
    );
    check_refused(
        "",
        &["values.schema.json:1:1: error[values-schema.json]: this is not JSON"],
    );
    check_refused(
        "{\n  \"type\": \"object\",\n  \"type\": \"string\"\n}",
        &[
            "values.schema.json:3:3: error[yaml.duplicate-key]: the key `type` stands here again, first in line 2",
        ],
    );
    check_refused(
        r#"{"properties": {"a": {"pattern": "(?=x)y"}}}"#,
        &[
            "values.schema.json:1:34: error[values-schema.pattern]: `(?=x)y` is no regular expression that can be matched in linear time and bounded space",
        ],
    );
}

#[test]
fn nothing_is_downloaded() {
    for reference in [
        "https://example.com/schema.json",
        "https://example.com/schema.json#/definitions/a",
        "http://json-schema.org/draft-07/schema#",
        "other.json",
        "file:///etc/passwd",
        "//example.com/x",
        "urn:example:x",
    ] {
        let message = format!(
            "values.schema.json:1:32: error[values-schema.ref.remote]: `{reference}` leads out of this file, and nothing is downloaded"
        );
        check_refused(
            &format!(r#"{{"properties": {{"a": {{ "$ref": "{reference}"}}}}}}"#),
            &[&message],
        );
    }
}

#[test]
fn references_lead_to_schemas_of_the_file() {
    for (reference, what) in [
        (
            "#/definitions/b",
            "`#/definitions/b` leads to nothing in this file",
        ),
        ("#b", "`#b` leads to nothing in this file"),
        (
            "#/definitions/a/type",
            "what `#/definitions/a/type` leads to is no schema",
        ),
        (
            "#/definitions/%ff",
            "`#/definitions/%ff` leads to nothing in this file",
        ),
        ("#/%", "`#/%` leads to nothing in this file"),
    ] {
        let before = r#"{"definitions":{"a":{"type":"string"},"r":{"$ref":"#;
        let column = before.len() + 1;
        check_refused(
            &format!("{before}\"{reference}\"}}}}}}"),
            &[&format!(
                "values.schema.json:1:{column}: error[values-schema.ref.missing]: {what}"
            )],
        );
    }
    for (reference, definitions) in [
        ("#/definitions/a", json!({"a": {"type": "string"}})),
        (
            "#/definitions/a~1b~0%20c",
            json!({"a/b~ c": {"type": "string"}}),
        ),
        (
            "#/definitions/config/name",
            json!({"config": {"name": {"type": "string"}}}),
        ),
        (
            "#/definitions/config/list/0",
            json!({"config": {"list": [{"type": "string"}]}}),
        ),
        ("#word", json!({"a": {"$id": "#word", "type": "string"}})),
        (
            "part.json",
            json!({"a": {"$id": "part.json", "type": "string"}}),
        ),
        (
            "https://example.com/part.json#/definitions/x",
            json!({"a": {"$id": "https://example.com/part.json", "definitions": {"x": {"type": "string"}}}}),
        ),
    ] {
        let parameters =
            usable(&json!({"definitions": definitions, "properties": {"k": {"$ref": reference}}}));
        assert!(parameters.accepts(&json!({"k": "x"})), "{reference}");
        assert!(!parameters.accepts(&json!({"k": 1})), "{reference}");
    }
    let own = json!({"$id": "https://example.com/values.json", "definitions": {"a": {"type": "string"}}, "properties": {"k": {"$ref": "values.json#/definitions/a"}}});
    assert!(!usable(&own).accepts(&json!({"k": 1})));
}

#[test]
fn the_dialect_is_draft_07_where_none_is_said() {
    let tuple = |dialect: Option<&str>| {
        let mut schema = json!({"properties": {"a": {"items": [{"type": "string"}]}, "b": {"prefixItems": [{"type": "string"}]}}});
        if let Some(dialect) = dialect {
            schema["$schema"] = dialect.into();
        }
        schema
    };
    for dialect in [
        None,
        Some("http://json-schema.org/draft-07/schema#"),
        Some("https://json-schema.org/draft-07/schema"),
        Some("http://json-schema.org/draft-04/schema#"),
    ] {
        let parameters = usable(&tuple(dialect));
        assert!(!parameters.accepts(&json!({"a": [1]})), "{dialect:?}");
        assert!(parameters.accepts(&json!({"b": [1]})), "{dialect:?}");
    }
    let modern = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"b": {"prefixItems": [{"type": "string"}]}}});
    assert!(!usable(&modern).accepts(&json!({"b": [1]})));
    let (_, diagnostics) = declared(r#"{"$schema": "https://example.com/mine"}"#);
    assert_eq!(diagnostics[0].code(), "values-schema.dialect");
    let dynamic = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"a": {"$dynamicRef": "#x"}}});
    assert_eq!(
        declared(&dynamic.to_string()).1[0].code(),
        "values-schema.ref.dynamic"
    );
}

/// Ways to be secret, each below `definitions/s` where it is reached by reference.
#[test]
fn what_a_schema_hides_is_found_wherever_it_says_so() {
    let secret = json!({"type": "string", "format": "password"});
    let cases = [
        (json!({"properties": {"a": secret}}), "/a"),
        (json!({"properties": {"a": {"writeOnly": true}}}), "/a"),
        (json!({"properties": {"a": {"writeOnly": true}}}), "/a/b/c"),
        (
            json!({"properties": {"a": {"$ref": "#/definitions/s"}}}),
            "/a",
        ),
        (
            json!({"properties": {"a": {"$ref": "#/definitions/t"}}}),
            "/a",
        ),
        (json!({"properties": {"a": {"items": secret}}}), "/a/7"),
        (
            json!({"properties": {"a": {"items": [true, secret]}}}),
            "/a/1",
        ),
        (
            json!({"properties": {"a": {"items": [true], "additionalItems": secret}}}),
            "/a/3",
        ),
        (json!({"properties": {"a": {"contains": secret}}}), "/a/0"),
        (json!({"additionalProperties": secret}), "/anything"),
        (json!({"patternProperties": {"^x": secret}}), "/xy"),
        (
            json!({"properties": {"a": {"additionalProperties": {"properties": {"b": secret}}}}}),
            "/a/some/b",
        ),
        (json!({"allOf": [{"properties": {"a": secret}}]}), "/a"),
        (
            json!({"anyOf": [{"properties": {"a": secret}}, true]}),
            "/a",
        ),
        (
            json!({"oneOf": [true, {"properties": {"a": secret}}]}),
            "/a",
        ),
        (
            json!({"if": {"required": ["x"]}, "then": {"properties": {"a": secret}}}),
            "/a",
        ),
        (
            json!({"if": true, "else": {"properties": {"a": secret}}}),
            "/a",
        ),
        (json!({"not": {"properties": {"a": secret}}}), "/a"),
        (
            json!({"dependencies": {"x": {"properties": {"a": secret}}}}),
            "/a",
        ),
        (json!({"properties": {"a~b/c": secret}}), "/a~0b~1c"),
        (
            json!({"properties": {"a": {"$ref": "#/definitions/tree"}}}),
            "/a/next/next/secret",
        ),
        (json!({"writeOnly": true}), ""),
        (json!({"writeOnly": true}), "/a"),
        // What is forbidden was meant for something that nobody knows.
        (
            json!({"properties": {"password": secret}, "additionalProperties": false}),
            "/pasword",
        ),
    ];
    for (mut schema, pointer) in cases {
        schema["definitions"] = json!({
            "s": secret,
            "t": {"allOf": [{"$ref": "#/definitions/s"}]},
            "tree": {"properties": {"next": {"$ref": "#/definitions/tree"}, "secret": secret}},
        });
        let parameters = usable(&schema);
        assert!(parameters.is_sensitive(pointer), "{schema} {pointer}");
        assert!(
            !parameters.is_sensitive("/nothing/said")
                || schema.get("additionalProperties").is_some()
                || schema.get("patternProperties").is_some()
                || schema.get("writeOnly").is_some(),
            "{schema}"
        );
    }
    let plain = usable(
        &json!({"properties": {"a": {"type": "string"}, "b": {"properties": {"c": secret}}}, "additionalProperties": false}),
    );
    for (pointer, is_sensitive) in [
        ("", false),
        ("/a", false),
        ("/b", false),
        ("/b/c", true),
        ("/b/d", false),
    ] {
        assert_eq!(plain.is_sensitive(pointer), is_sensitive, "{pointer}");
    }
}

#[test]
fn a_broken_schema_or_broken_values_do_not_pass_for_none() {
    let limits = ParameterLimits::default();
    let read = |files: &[(&str, &str)]| {
        let mut source = MemorySource::from_iter([
            ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
            ("p/1.0.0/modules.yaml", "modules:\n- chart: {path: ./c}\n"),
            (
                "p/1.0.0/c/Chart.yaml",
                "name: c\nversion: 1.0.0\ndependencies:\n- {name: redis, alias: cache}\n- name: common\n",
            ),
        ]);
        files
            .iter()
            .for_each(|(name, text)| source.insert(format!("p/1.0.0/c/{name}"), *text));
        let loaded = load(&source, &LoadOptions::default()).unwrap();
        let release = &loaded.catalog().package("p").unwrap().releases()[0];
        ParameterSchema::read(&source, release, &release.modules()[0], &limits)
    };
    let (inferred, diagnostics) = read(&[("values.yaml", "a: 1\n")]);
    assert!(diagnostics.is_empty());
    assert_eq!(inferred.origin(), SchemaOrigin::Inferred);
    let keys: Vec<_> = inferred.json()["properties"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(keys, ["a", "cache", "common", "global"]);
    let (file, span) = inferred.default_place("/a").unwrap();
    assert_eq!(
        (file.path(), file.position(span.start).to_string().as_str()),
        ("p/1.0.0/c/values.yaml", "1:4")
    );

    let (broken, diagnostics) = read(&[("values.yaml", "a: 1\nb: [\n")]);
    assert_eq!(
        (broken.origin(), diagnostics[0].code()),
        (SchemaOrigin::Unknown, "yaml.syntax")
    );
    assert_eq!(
        (diagnostics[0].package(), diagnostics[0].version()),
        (Some("p"), Some("1.0.0"))
    );
    let (broken, diagnostics) = read(&[("values.yaml", "- a\n")]);
    assert_eq!(
        (broken.origin(), diagnostics[0].code()),
        (SchemaOrigin::Unknown, "values.type")
    );
    let (broken, diagnostics) = read(&[("values.yaml", "a: 1\n"), ("values.schema.json", "{")]);
    assert_eq!(
        (broken.origin(), diagnostics[0].code()),
        (SchemaOrigin::Unknown, "yaml.syntax")
    );
    assert_eq!(
        broken.defaults(),
        &json!({"a": 1}),
        "the defaults are there all the same"
    );
    let (first, diagnostics) = read(&[("values.yaml", "a: 1\n---\nb: 2\n")]);
    assert_eq!(
        (first.defaults(), diagnostics[0].code()),
        (&json!({"a": 1}), "values.second-document")
    );
    let (empty, diagnostics) = read(&[("values.yaml", "# nothing yet\n")]);
    assert!(
        diagnostics.is_empty()
            && empty.defaults() == &json!({})
            && empty.accepts(&json!({"any": 1}))
    );
}
