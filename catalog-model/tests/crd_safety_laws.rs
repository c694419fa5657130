//! Laws of comparing CRDs, and CRDs that mean harm.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "../../catalog-conditions/tests/cost/mod.rs"]
mod cost;

use std::time::Duration;

use catalog_model::crd_safety::compare;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use self::cost::computed;

fn crd(spec: &Value) -> Value {
    versions(&[("v1", spec.clone())])
}

fn versions(schemas: &[(&str, Value)]) -> Value {
    let versions = schemas.iter().enumerate().map(|(at, (name, spec))| {
        let schema = json!({"type": "object", "properties": {"spec": spec}});
        json!({"name": name, "served": true, "storage": at == 0, "schema": {"openAPIV3Schema": schema}})
    });
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced", "names": {"kind": "Thing", "plural": "things"},
            "versions": versions.collect::<Vec<_>>(),
        },
    })
}

/// Schemas with values that every widening below can widen.
fn schema() -> impl Strategy<Value = Value> {
    let text = (1_u64..9, any::<bool>()).prop_map(|(length, is_listed)| {
        let mut schema = json!({"type": "string", "minLength": length, "maxLength": length + 9, "pattern": "^[a-z]+$"});
        if is_listed {
            schema["enum"] = json!(["ab", "cd"]);
        }
        schema
    });
    let number = (-9_i64..9).prop_map(
        |least| json!({"type": "integer", "minimum": least, "maximum": least + 9, "multipleOf": 2}),
    );
    let leaf = prop_oneof![text, number, Just(json!({"type": "boolean"}))];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let object = prop::collection::btree_map("[a-d]{1,2}", inner.clone(), 1..4).prop_map(|fields| {
            let first = fields.keys().next().unwrap().clone();
            let rules = json!([{"rule": format!("has(self.{first}) || true")}]);
            json!({"type": "object", "properties": fields, "required": [first], "x-kubernetes-validations": rules})
        });
        let list = (inner.clone(), 1_u64..3)
            .prop_map(|(items, least)| json!({"type": "array", "items": items, "minItems": least, "maxItems": least + 5}));
        let map = (inner, 1_u64..3)
            .prop_map(|(values, least)| json!({"type": "object", "additionalProperties": values, "minProperties": least}));
        prop_oneof![object, list, map]
    })
    .prop_map(|field| json!({"type": "object", "properties": {"field": field}}))
}

/// Each schema below a schema, by pointer.
fn places(schema: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    for (name, below) in schema["properties"].as_object().into_iter().flatten() {
        places(below, &format!("{pointer}/properties/{name}"), found);
    }
    for key in ["items", "additionalProperties"] {
        if schema[key].is_object() {
            places(&schema[key], &format!("{pointer}/{key}"), found);
        }
    }
}

/// The schema with one keyword taking more than before; `None` where this schema has none to widen.
fn widened(schema: &Value, place: usize, choice: usize) -> Option<Value> {
    let mut found = Vec::new();
    places(schema, "", &mut found);
    let pointer = &found[place % found.len()];
    let mut wider = schema.clone();
    let map = wider.pointer_mut(pointer)?.as_object_mut()?;
    let keys: Vec<String> = map
        .keys()
        .filter(|key| WIDENED.contains(&key.as_str()))
        .cloned()
        .collect();
    let key = keys.get(choice % keys.len().max(1))?;
    let value = map[key].clone();
    match key.as_str() {
        "enum" => {
            let mut values = value.as_array()?.clone();
            values.push("ef".into());
            map.insert(key.clone(), values.into());
        }
        least if least.starts_with("min") => {
            map.insert(key.clone(), (value.as_i64()? - 1).into());
        }
        most if most.starts_with("max") => {
            map.insert(key.clone(), (value.as_i64()? + 1).into());
        }
        _ => {
            map.remove(key);
        }
    }
    Some(wider)
}

const WIDENED: [&str; 13] = [
    "enum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "required",
    "x-kubernetes-validations",
    "maxProperties",
];

proptest! {
    #[test]
    fn nothing_breaks_between_a_crd_and_itself(schema in schema()) {
        prop_assert_eq!(compare(&crd(&schema), &crd(&schema)), []);
    }

    #[test]
    fn an_optional_field_more_never_breaks(schema in schema(), place in 0_usize..64, field in schema()) {
        let mut found = Vec::new();
        places(&schema, "", &mut found);
        found.retain(|pointer| schema.pointer(pointer).is_some_and(|schema| schema["properties"].is_object()));
        let mut more = schema.clone();
        let map = more.pointer_mut(&found[place % found.len()]).unwrap();
        map["properties"]["fresh"] = field;
        prop_assert_eq!(compare(&crd(&schema), &crd(&more)), []);
        let back = compare(&crd(&more), &crd(&schema));
        prop_assert_eq!(back.len(), 1);
        prop_assert_eq!(back[0].code(), "crd.field.removed");
    }

    #[test]
    fn a_safe_widening_breaks_the_other_way_round(schema in schema(), place in 0_usize..64, choice in 0_usize..16) {
        let Some(wider) = widened(&schema, place, choice) else { return Ok(()) };
        // A bound of one widens to none where there can be no less.
        prop_assert_eq!(compare(&crd(&schema), &crd(&wider)), []);
        let back = compare(&crd(&wider), &crd(&schema));
        prop_assert!(!back.is_empty(), "{}", wider);
        prop_assert!(back.iter().all(|found| !found.hits().is_empty()));
    }

    #[test]
    fn a_schema_that_is_sound_is_not_refused(schema in schema()) {
        let mut before = crd(&schema);
        before["spec"]["versions"] = json!([]);
        let breaks = compare(&before, &crd(&schema));
        prop_assert!(!breaks.iter().any(|found| found.code() == "crd.invalid.schema" || found.code() == "crd.invalid.rule"), "{:?}", breaks);
    }

    #[test]
    fn the_same_input_gives_the_same_breaks(old in schema(), new in schema()) {
        let (old, new) = (crd(&old), crd(&new));
        let once = compare(&old, &new);
        prop_assert_eq!(&once, &compare(&old, &new));
        let told = once.iter().map(ToString::to_string).collect::<Vec<_>>();
        let again = compare(&old, &new).iter().map(ToString::to_string).collect::<Vec<_>>();
        prop_assert_eq!(told, again);
    }
}

/// Two CRDs are compared within a time that only what grows faster than they do would take.
fn quick(old: &Value, new: &Value) -> usize {
    let started = computed();
    let found = compare(old, new).len();
    let took = computed() - started;
    assert!(took < Duration::from_secs(20), "{took:?}");
    found
}

const MANY: usize = 100_000;

fn fields(schema: impl Fn(usize) -> Value) -> Map<String, Value> {
    (0..MANY)
        .map(|at| (format!("field{at}"), schema(at)))
        .collect()
}

#[test]
fn very_many_fields() {
    let object = |fields: Map<String, Value>| crd(&json!({"type": "object", "properties": fields}));
    let texts = object(fields(|_| json!({"type": "string"})));
    assert_eq!(quick(&texts, &texts), 0);
    assert_eq!(
        quick(&texts, &object(fields(|_| json!({"type": "integer"})))),
        MANY
    );
    assert_eq!(quick(&texts, &object(Map::new())), MANY);
    assert_eq!(quick(&object(Map::new()), &texts), 0);
}

#[test]
fn very_many_values_and_names() {
    let names: Vec<String> = (0..MANY).map(|at| format!("name{at}")).collect();
    let with = |key: &str, value: Value| {
        let mut schema = json!({"type": "object", "properties": {"field": {"type": "string"}}});
        let target = if key == "enum" {
            &mut schema["properties"]["field"]
        } else {
            &mut schema
        };
        target[key] = value;
        crd(&schema)
    };
    let reversed: Vec<&String> = names.iter().rev().collect();
    assert_eq!(
        quick(&with("enum", json!(names)), &with("enum", json!(reversed))),
        0
    );
    assert_eq!(
        quick(
            &with("enum", json!(names)),
            &with("enum", json!(&names[1..]))
        ),
        1
    );
    assert_eq!(
        quick(
            &with("required", json!([])),
            &with("required", json!(names))
        ),
        MANY
    );
    let parts: Vec<Value> = names
        .iter()
        .map(|name| json!({"required": [name]}))
        .collect();
    assert_eq!(
        quick(
            &with("anyOf", json!(parts)),
            &with("anyOf", json!(&parts[1..]))
        ),
        1
    );
}

#[test]
fn very_many_defaults_of_required_fields() {
    let names: Vec<String> = (0..MANY / 10).map(|at| format!("field{at}")).collect();
    let of = |default: u64| {
        let fields: Map<String, Value> = (names.iter())
            .map(|name| (name.clone(), json!({"type": "integer", "default": default})))
            .collect();
        crd(&json!({"type": "object", "properties": fields, "required": names}))
    };
    assert_eq!(quick(&of(1), &of(2)), names.len());
}

#[test]
fn very_much_to_refuse() {
    let sound = crd(&json!({"type": "object", "properties": {"old": {"type": "string"}}}));
    let many = |with: &dyn Fn(usize) -> Value| (0..MANY).map(with).collect::<Vec<Value>>();
    let field = |schema: Value| {
        crd(&json!({"type": "object", "properties": {"old": {"type": "string"}, "field": schema}}))
    };
    let list = json!({"type": "array", "items": {"type": "string", "pattern": "^([a-z]{20}){0,9}$"}, "default": many(&|_| json!("a"))});
    assert_eq!(quick(&sound, &field(list)), 1);
    let open = json!({"type": "string", "pattern": "[[:".repeat(20_000)});
    assert_eq!(quick(&sound, &field(open)), 1);
    let braces = json!({"type": "string", "pattern": "a{1,".repeat(15_000)});
    assert_eq!(quick(&sound, &field(braces)), 0);
    let rule = json!({"type": "string", "x-kubernetes-validations": [{"rule": "self == x && ".repeat(4_000)}]});
    assert_eq!(quick(&sound, &field(rule)), 1);
    let keys = many(&|at| json!(format!("key{at}")));
    let keyed = json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys, "items": {"type": "object", "required": keys}});
    assert_eq!(quick(&sound, &field(keyed)), MANY);
    let dear =
        |at: usize| json!({"rule": format!("self.all(a, self.all(b, a.key{at} != b.key{at}))")});
    let keys: Map<String, Value> = (0..2_000)
        .map(|at| (format!("key{at}"), json!({"type": "string"})))
        .collect();
    let names: Vec<&String> = keys.keys().collect();
    let items = json!({"type": "object", "required": names, "properties": keys});
    let rules: Vec<Value> = (0..2_000).map(dear).collect();
    let dear = json!({"type": "array", "items": items, "x-kubernetes-validations": rules});
    assert_eq!(quick(&sound, &field(dear)), 2_000);
    let odd = object_of(fields(
        |_| json!({"type": "text", "default": 3, "pattern": "("}),
    ));
    assert_eq!(quick(&sound, &odd), 3 * MANY + 1);
}

fn object_of(fields: Map<String, Value>) -> Value {
    crd(&json!({"type": "object", "properties": fields}))
}

#[test]
fn very_many_conditions_around_very_many_fields() {
    const SOME: usize = 2_000;
    let names: Vec<String> = (0..SOME).map(|at| format!("field{at}")).collect();
    let rules: Vec<Value> = names
        .iter()
        .map(|name| json!({"rule": format!("self.{name}.startsWith('a')")}))
        .collect();
    let required: Vec<Value> = names
        .iter()
        .map(|name| json!({"required": [name]}))
        .collect();
    let of = |field: Value| {
        let fields: Map<String, Value> = (names.iter())
            .map(|name| (name.clone(), field.clone()))
            .collect();
        crd(
            &json!({"type": "object", "properties": fields, "x-kubernetes-validations": rules, "oneOf": required}),
        )
    };
    let bounded = of(json!({"type": "string", "maxLength": 9, "default": "ab"}));
    // Each field loses its bound, and has another default, which is read and which the rule may refuse.
    let found = quick(&bounded, &of(json!({"type": "string", "default": "ac"})));
    assert!((2 * SOME..=3 * SOME).contains(&found), "{found}");
}

#[test]
fn very_many_versions() {
    let schema = |at: usize| json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string", "maxLength": at}}});
    let names: Vec<String> = (1..=500).map(|at| format!("v{at}")).collect();
    let all: Vec<(&str, Value)> = names
        .iter()
        .enumerate()
        .map(|(at, name)| (name.as_str(), schema(at + 9)))
        .collect();
    assert_eq!(quick(&versions(&all), &versions(&all)), 0);
    assert!(quick(&versions(&all[..1]), &versions(&all)) >= 499);
}

#[test]
fn very_deep_schemas() {
    let deep = |leaf: Value, levels: usize| {
        (0..levels).fold(
            leaf,
            |inner, _| json!({"type": "object", "properties": {"a": inner}}),
        )
    };
    let (text, number) = (json!({"type": "string"}), json!({"type": "integer"}));
    let found = |levels| {
        compare(
            &crd(&deep(text.clone(), levels)),
            &crd(&deep(number.clone(), levels)),
        )
    };
    assert_eq!(found(150)[0].code(), "crd.field.type");
    let limit = found(800);
    assert_eq!((limit.len(), limit[0].code()), (1, "crd.limit"));
    let same = crd(&deep(text.clone(), 800));
    assert!(compare(&same, &same).is_empty());
}

#[test]
fn what_is_no_crd_breaks_nothing_it_does_not_have() {
    let odd = [
        json!(null),
        json!([]),
        json!({"spec": 1}),
        json!({"spec": {"versions": {"v1": {}}}}),
        json!({"spec": {"versions": [1, null, {"name": 3}, {"name": "v1", "served": "yes", "schema": []}]}}),
        json!({"spec": {"versions": [{"name": "v1", "served": true, "schema": {"openAPIV3Schema": {
            "type": ["string"], "properties": [], "required": {"a": 1}, "enum": 3, "minimum": "x", "x-kubernetes-validations": {"rule": 1},
            "items": [], "additionalProperties": 7, "anyOf": {"a": []}, "not": 3, "default": null, "x-kubernetes-list-map-keys": 1,
        }}}]}, "status": {"storedVersions": 3}}),
    ];
    let sound = crd(&json!({"type": "object", "properties": {"a": {"type": "string"}}}));
    for one in &odd {
        assert_eq!(compare(one, one), [], "{one}");
        for other in odd.iter().chain([&sound]) {
            // It ends, and says the same each time.
            assert_eq!(compare(one, other), compare(one, other));
            assert_eq!(compare(other, one), compare(other, one));
        }
    }
}
