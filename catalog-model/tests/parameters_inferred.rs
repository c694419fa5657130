//! Schemas inferred from values: what they say, and that they are never too narrow.
#![cfg(feature = "parameters")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::SourceFile;
use catalog_model::parameters::{ChartFiles, ParameterLimits, ParameterSchema, SchemaOrigin};
use proptest::prelude::*;
use serde_json::{Value, json};

fn inferred_within(values: &str, limits: &ParameterLimits) -> (ParameterSchema, Vec<String>) {
    let mut files = ChartFiles::default();
    files.values = Some(SourceFile::new("values.yaml", values));
    let (parameters, diagnostics) = ParameterSchema::of_chart(&files, limits);
    (
        parameters,
        diagnostics.iter().map(ToString::to_string).collect(),
    )
}

fn inferred(values: &str) -> ParameterSchema {
    let (parameters, diagnostics) = inferred_within(values, &ParameterLimits::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(parameters.origin(), SchemaOrigin::Inferred);
    parameters
}

#[test]
fn types_are_as_wide_as_helm_is() {
    let parameters = inferred(
        "replicas: 2\nratio: 0.5\nname: web\non: true\nnothing:\nempty: ''\nlist: [1]\nmap: {}\nnested: {port: 80}\n",
    );
    assert_eq!(parameters.json()["x-inferred"], true);
    let properties = &parameters.json()["properties"];
    let types = |key: &str| properties[key]["type"].clone();
    assert_eq!(
        types("replicas"),
        json!(["integer", "number", "string", "boolean"])
    );
    assert_eq!(types("ratio"), json!(["number", "string", "boolean"]));
    assert_eq!(types("name"), json!(["string", "number", "boolean"]));
    assert_eq!(
        types("true"),
        json!(["boolean", "string", "number"]),
        "`on` is true to Helm, as a key too"
    );
    assert_eq!(
        (types("nothing"), types("empty")),
        (Value::Null, Value::Null)
    );
    assert_eq!(
        (types("list"), types("map"), types("nested")),
        (json!("array"), json!("object"), json!("object"))
    );
    assert_eq!(properties["replicas"]["default"], 2);
    assert_eq!(properties["nothing"].get("default"), Some(&Value::Null));
    assert_eq!(properties["nested"]["properties"]["port"]["default"], 80);

    for (values, fits) in [
        (
            json!({"replicas": "3", "name": 1, "true": "yes", "ratio": 1}),
            true,
        ),
        (
            json!({"nothing": {"a": [1]}, "empty": {"secretRef": "x"}, "unknown": 1}),
            true,
        ),
        (
            json!({"map": {"a": 1}, "list": [{"a": 1}, "b"], "nested": {"port": 81, "more": 1}}),
            true,
        ),
        (json!({"replicas": {"min": 1}}), false),
        (json!({"map": "text"}), false),
        (json!({"nested": [80]}), false),
        (json!({"list": "text"}), false),
    ] {
        assert_eq!(parameters.accepts(&values), fits, "{values}");
    }
}

#[test]
fn comments_become_descriptions() {
    let values = r#"# Copyright

## @param image.tag [string, nullable] Which version
## @param other Text of Bitnami's generator
image:
  tag: ""  # not this
  # -- The name, as helm-docs wants it,
  # on two lines
  # @default -- none
  name: web
# How many pods.
#
# At least one.
replicas: 1
behind: 2   # said behind it
# other.path -- Said elsewhere
other:
  path: 3
resources: {}
  # limits:
  #   cpu: 100m
nodeSelector: {}
## Storage for the data
## ref: https://kubernetes.io/docs
## size: 8Gi
## - one
storage: 1
# pullPolicy: Always
silent: 1
list:
- a # of an item
after: 1
"quoted#": 1
text: |
  # no comment
last: 1
"#;
    let parameters = inferred(values);
    for (pointer, description) in [
        ("/image/tag", Some("Which version")),
        (
            "/image/name",
            Some("The name, as helm-docs wants it,\non two lines"),
        ),
        ("/replicas", Some("How many pods.\nAt least one.")),
        ("/behind", Some("said behind it")),
        ("/other", Some("Text of Bitnami's generator")),
        ("/other/path", Some("Said elsewhere")),
        ("/resources", None),
        ("/nodeSelector", None),
        (
            "/storage",
            Some("Storage for the data\nref: https://kubernetes.io/docs"),
        ),
        ("/silent", None),
        ("/after", None),
        ("/quoted#", None),
        ("/last", None),
    ] {
        let schema = parameters
            .json()
            .pointer(&pointer.replace('/', "/properties/"))
            .unwrap();
        assert_eq!(
            schema.get("description").and_then(Value::as_str),
            description,
            "{pointer}"
        );
    }
}

#[test]
fn beyond_the_limits_anything_is_allowed_and_that_is_said() {
    let mut limits = ParameterLimits::default();
    limits.subschemas = 5;
    let (parameters, diagnostics) = inferred_within("a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n", &limits);
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    assert!(
        diagnostics[0].contains("note[values.limit.inferred]"),
        "{diagnostics:?}"
    );
    assert!(parameters.accepts(parameters.defaults()));
    assert!(!parameters.accepts(&json!({"a": {}})) && parameters.accepts(&json!({"e": {}})));

    let mut limits = ParameterLimits::default();
    limits.schema_depth = 2;
    let (parameters, diagnostics) = inferred_within("a: {b: {c: {d: 1}}}\n", &limits);
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    assert!(parameters.accepts(&json!({"a": {"b": {"c": 1}}})));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e300..1e300).prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            map(inner).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn map(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<(String, Value)>> {
    proptest::collection::vec(("[a-z$~/ .#]{1,6}", value), 0..6)
}

proptest! {
    /// JSON is YAML: whatever the values are, the schema inferred from them accepts them, and them with more beside.
    #[test]
    fn values_satisfy_what_is_inferred_from_them(entries in map(value()), more in value()) {
        let values = Value::Object(entries.into_iter().collect());
        let parameters = inferred(&values.to_string());
        prop_assert!(parameters.accepts(parameters.defaults()), "{}", parameters.json());
        prop_assert!(!parameters.is_sensitive("/a"));
        let mut wider = parameters.defaults().clone();
        wider["never there before"] = more;
        prop_assert!(parameters.accepts(&wider));
    }
}
