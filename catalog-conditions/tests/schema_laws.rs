//! Laws of the check against a schema: what valid objects hold is allowed, what is refused no valid object holds, and no schema is
//! too much.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use catalog_conditions::path::{FieldPath, Finding};
use catalog_conditions::schema::Schema;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A schema, and a value that is valid under it.
type Valid = (Value, Value);

fn scalar() -> impl Strategy<Value = Valid> {
    prop_oneof![
        "[ab1]{0,2}".prop_map(|text| (json!({"type": "string"}), json!(text))),
        (0..3).prop_map(|number| (json!({"type": "integer"}), json!(number))),
        (0..3).prop_map(|half| (json!({"type": "number"}), json!(f64::from(half) / 2.0))),
        any::<bool>().prop_map(|boolean| (json!({"type": "boolean"}), json!(boolean))),
        (0..3).prop_map(|number| (json!({"x-kubernetes-int-or-string": true}), json!(number))),
        "[ab1]".prop_map(|text| (json!({"x-kubernetes-int-or-string": true}), json!(text))),
        any::<bool>().prop_map(|_| (json!({"type": "string", "nullable": true}), Value::Null)),
        free().prop_map(|value| (json!({"x-kubernetes-preserve-unknown-fields": true}), value)),
    ]
}

/// Any value at all.
fn free() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(Value::Null), Just(json!(1)), Just(json!("a"))];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            btree_map(key(), inner, 0..3).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Few keys, so that paths and objects often meet; some need quotes.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![Just("a"), Just("b"), Just("name"), Just("x.y/z")].prop_map(str::to_owned)
}

/// Below `depth` levels there are scalars only.
fn valid(depth: usize) -> BoxedStrategy<Valid> {
    if depth == 0 {
        return scalar().boxed();
    }
    let inner = || valid(depth - 1);
    prop_oneof![
        1 => scalar(),
        2 => list(inner()),
        1 => map(inner()),
        3 => object(inner()),
        1 => object(inner()).prop_map(embed),
    ]
    .boxed()
}

fn list(inner: impl Strategy<Value = Valid>) -> impl Strategy<Value = Valid> {
    let kind = prop_oneof![Just("atomic"), Just("set"), Just("map")];
    (inner, 0..3_usize, kind, any::<bool>()).prop_map(|((items, mut value), count, kind, keeps)| {
        let schema = json!({
            "type": "array", "items": items, "x-kubernetes-list-type": kind,
            "x-kubernetes-list-map-keys": ["name"], "x-kubernetes-preserve-unknown-fields": keeps,
        });
        // What a list keeps, its elements keep, unless they are maps.
        let keeps = keeps && items["additionalProperties"].is_null();
        if let (true, Value::Object(item)) = (keeps, &mut value) {
            item.insert("kept".to_owned(), json!([1]));
        }
        (schema, Value::Array(vec![value; count]))
    })
}

fn map(inner: impl Strategy<Value = Valid>) -> impl Strategy<Value = Valid> {
    (inner, vec(key(), 0..3)).prop_map(|((values, value), keys)| {
        let schema = json!({"type": "object", "additionalProperties": values});
        let map = keys.into_iter().map(|key| (key, value.clone())).collect();
        (schema, Value::Object(map))
    })
}

fn object(inner: impl Strategy<Value = Valid>) -> impl Strategy<Value = Valid> {
    let fields = btree_map(key(), (inner, any::<bool>()), 0..4);
    let unknown = proptest::option::of((key(), free()));
    (fields, unknown).prop_map(|(fields, unknown)| with_fields(fields, unknown))
}

fn with_fields(fields: BTreeMap<String, (Valid, bool)>, unknown: Option<(String, Value)>) -> Valid {
    let (mut properties, mut value) = (Map::new(), Map::new());
    let mut schema = json!({"type": "object"});
    if let Some((key, free)) = unknown {
        schema["x-kubernetes-preserve-unknown-fields"] = json!(true);
        value.insert(key, free);
    }
    for (key, ((below, held), is_set)) in fields {
        value.remove(&key);
        if is_set {
            value.insert(key.clone(), held);
        }
        properties.insert(key, below);
    }
    schema["properties"] = Value::Object(properties);
    (schema, Value::Object(value))
}

fn embed((mut schema, mut value): Valid) -> Valid {
    schema["x-kubernetes-embedded-resource"] = json!(true);
    value["kind"] = json!("Pod");
    value["metadata"] = json!({"name": "a", "labels": {"x.y/z": "1"}, "finalizers": ["a"]});
    (schema, value)
}

/// A whole object: the same as an embedded one, which its schema need not say.
fn whole() -> impl Strategy<Value = Valid> {
    object(valid(3)).prop_map(|valid| {
        let (mut schema, value) = embed(valid);
        schema["x-kubernetes-embedded-resource"] = json!(false);
        (schema, value)
    })
}

/// Every path to every value, spelled with indexes and with `[*]`, and selections by what stands beside.
fn paths(value: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    if !path.is_empty() {
        found.push((path.to_owned(), value.clone()));
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                paths(value, &format!("{path}['{key}']"), found);
                paths(value, &format!("{path}[*]"), found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                paths(item, &format!("{path}[{at}]"), found);
                paths(item, &format!("{path}[*]"), found);
                for (key, value) in item.as_object().into_iter().flatten() {
                    match value {
                        Value::String(text) => {
                            paths(item, &format!("{path}['{key}'='{text}']"), found)
                        }
                        Value::Bool(_) | Value::Number(_) => {
                            paths(item, &format!("{path}['{key}'={value}]"), found)
                        }
                        _ => {}
                    }
                }
            }
        }
        _ => {}
    }
}

fn random_path() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        4 => key().prop_map(|key| format!("['{key}']")),
        1 => Just("['metadata']".to_owned()),
        1 => Just("['labels']".to_owned()),
        1 => Just("[0]".to_owned()),
        2 => Just("[*]".to_owned()),
        1 => (key(), prop_oneof![Just("1"), Just("0.5"), Just("a"), Just("true"), Just("'1'")]).prop_map(|(key, text)| format!("['{key}'={text}]")),
    ];
    vec(step, 1..6).prop_map(|steps| steps.concat())
}

/// Whether a path leads to a value. One that ends before, at several entries of which it does not say which, says nothing of what is below.
fn leads_somewhere(finding: &Finding<'_>) -> bool {
    match finding {
        Finding::Found(_) | Finding::Null => true,
        Finding::Many(members) => {
            members
                .iter()
                .any(|member| leads_somewhere(&member.found()))
                || members.uncounted().iter().any(leads_somewhere)
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn what_a_valid_object_holds_is_allowed((schema, value) in whole()) {
        let mut found = Vec::new();
        paths(&value, "", &mut found);
        for (path, value) in found.iter().take(500) {
            let field = Schema::new(&schema).check(&FieldPath::parse(path).unwrap());
            let field = field.map_err(|error| TestCaseError::fail(format!("{path}: {error} in {schema}")))?;
            prop_assert!(field.holds(value), "{path}: {value} is no {field} in {schema}");
        }
    }

    #[test]
    fn what_is_refused_leads_nowhere_in_a_valid_object((schema, value) in whole(), texts in vec(random_path(), 20)) {
        for text in texts {
            let path = FieldPath::parse(&text).unwrap();
            if let Err(error) = Schema::new(&schema).check(&path) {
                let finding = path.find(&value);
                prop_assert!(!leads_somewhere(&finding), "{text}: {error}, but {finding:?} in {value} of {schema}");
                prop_assert!(!error.help().is_empty());
            }
        }
    }

    #[test]
    fn no_json_is_too_odd_for_a_schema(schema in odd(), texts in vec(random_path(), 20)) {
        for text in texts {
            let path = FieldPath::parse(&text).unwrap();
            let crd = json!({"spec": {"versions": [{"name": "v1", "schema": {"openAPIV3Schema": schema.clone()}}]}});
            let told = |schema: Schema<'_>| schema.check(&path).map(|field| field.to_string());
            prop_assert_eq!(told(Schema::new(&schema)), told(Schema::of_crd(&crd, "v1").unwrap()));
        }
    }
}

/// JSON made of the words of schemas, put together anyhow.
fn odd() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("type"),
        Just("properties"),
        Just("items"),
        Just("additionalProperties"),
        Just("enum"),
        Just("nullable"),
        Just("x-kubernetes-list-type"),
        Just("x-kubernetes-list-map-keys"),
        Just("x-kubernetes-embedded-resource"),
        Just("x-kubernetes-preserve-unknown-fields"),
        Just("x-kubernetes-int-or-string"),
        Just("$ref"),
        Just("a"),
        Just("name"),
    ];
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        Just(json!(5)),
        Just(json!("object")),
        Just(json!("array")),
        Just(json!("string")),
        Just(json!("map")),
        Just(json!("set")),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            1 => vec(inner.clone(), 0..3).prop_map(Value::Array),
            4 => btree_map(word.clone().prop_map(str::to_owned), inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn nested(depth: usize) -> Value {
    let mut schema = json!({"type": "string"});
    for _ in 0..depth {
        let mut properties = Map::new();
        properties.insert("a".to_owned(), schema);
        schema = json!({"type": "object"});
        schema["properties"] = Value::Object(properties);
    }
    schema
}

/// Takes a deep value apart one level at a time, since dropping it whole would recurse.
fn unnest(mut schema: Value) {
    while let Some(below) = schema.pointer_mut("/properties/a") {
        schema = below.take();
    }
}

#[test]
fn a_deep_schema_is_walked_no_deeper_than_the_path() {
    let schema = nested(10_000);
    let path = FieldPath::parse(&["a"; 64].join(".")).unwrap();
    assert!(Schema::new(&schema).check(&path).is_ok());
    let every = FieldPath::parse(&"[*]".repeat(64)).unwrap();
    assert!(Schema::new(&schema).check(&every).is_ok());
    unnest(schema);
}

#[test]
fn a_wide_schema_costs_what_the_path_costs() {
    let fields = |count: usize| -> Map<String, Value> {
        let below = json!({"type": "object", "properties": {"x": {"type": "integer"}}});
        (0..count)
            .map(|at| (format!("field{at}"), below.clone()))
            .collect()
    };
    let mut schema = json!({"type": "object", "properties": {}});
    schema["properties"] = Value::Object(fields(300_000));
    let start = Instant::now();
    for path in [
        "[*].x", "field7.x", "field7.y", "feild7", "[*].y", "[*]", "[0]",
    ] {
        let path = FieldPath::parse(path).unwrap();
        for _ in 0..10 {
            // Beyond a thousand alternatives nothing is refused.
            let refused = Schema::new(&schema).check(&path).is_err();
            assert_eq!(
                refused,
                !path.is_many() && path.to_string() != "field7.x",
                "{path}"
            );
        }
    }
    let took = start.elapsed();
    assert!(took < Duration::from_secs(60), "70 checks took {took:?}");
}
