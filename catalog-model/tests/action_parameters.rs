//! What a user may set in an action.
#![cfg(feature = "parameters")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::parameters::{ActionParameters, ParameterLimits};
use catalog_model::{LoadOptions, MemorySource, load};
use serde_json::{Value, json};

/// What comes of values, with a schema: all of them with their defaults, or what is wrong.
fn complete(schema: Option<Value>, given: &Value) -> (Vec<String>, Result<Value, Vec<String>>) {
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": {"containers": [{"name": "b", "image": "b:1"}]}}}});
    let mut action = json!({"name": "back-up", "job": job});
    if let Some(schema) = schema {
        action["parameters"] = schema;
    }
    let source = MemorySource::from_iter([
        (
            "db/1.0.0/metadata.yaml",
            "name: db\nversion: 1.0.0\n".to_owned(),
        ),
        (
            "db/1.0.0/hooks/a.yaml",
            json!({"actions": [action]}).to_string(),
        ),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
    let release = loaded.catalog().package("db").unwrap().newest().unwrap();
    let limits = ParameterLimits::default();
    let (parameters, said) = ActionParameters::read(release, &release.actions()[0], &limits);
    let said = said.iter().map(ToString::to_string).collect();
    let all = parameters.complete(given).map(|all| json!(all));
    (
        said,
        all.map_err(|wrong| wrong.iter().map(ToString::to_string).collect()),
    )
}

fn schema() -> Value {
    json!({
        "required": ["target"],
        "properties": {
            "target": {"type": "string"},
            "days": {"type": "integer", "minimum": 1, "default": 7},
            "key": {"type": "string", "writeOnly": true},
        },
    })
}

#[test]
fn defaults_are_filled_in() {
    let (said, all) = complete(Some(schema()), &json!({"target": "b"}));
    assert_eq!((said, all), (vec![], Ok(json!({"target": "b", "days": 7}))));
    let (_, all) = complete(Some(schema()), &json!({"target": "b", "days": 1}));
    assert_eq!(all, Ok(json!({"target": "b", "days": 1})));
}

#[test]
fn what_the_schema_refuses_is_said() {
    let wrong = |given| complete(Some(schema()), &given).1.unwrap_err();
    assert_eq!(
        wrong(json!({"target": 7})),
        [
            "error[parameters.value.type]: `/back-up/target` must be a text, not the number `7` (set by the user)"
        ]
    );
    assert_eq!(wrong(json!({"target": "b", "days": 0})).len(), 1);
    assert_eq!(wrong(json!({})).len(), 1);
    let misspelt = wrong(json!({"target": "b", "tage": 1}));
    assert_eq!(
        misspelt,
        [
            "error[parameters.value.unknown-key]: `/back-up/tage` is no key that the schema knows (set by the user)"
        ]
    );
    let secret = wrong(json!({"target": "b", "key": 4711}));
    assert!(!secret[0].contains("4711"), "{secret:?}");
    assert_eq!(
        wrong(json!([])),
        [
            "error[parameters.values.type]: the parameters of action `back-up` are a map `{name: value}`"
        ]
    );
}

#[test]
fn an_action_without_a_schema_takes_nothing() {
    assert_eq!(complete(None, &json!({})).1, Ok(json!({})));
    assert_eq!(
        complete(None, &json!({"target": "b"})).1.unwrap_err().len(),
        1
    );
}

#[test]
fn a_schema_that_says_what_else_there_may_be_is_taken_at_its_word() {
    let open = json!({"properties": {}, "additionalProperties": {"type": "integer"}});
    assert_eq!(
        complete(Some(open.clone()), &json!({"n": 1})).1,
        Ok(json!({"n": 1}))
    );
    assert!(complete(Some(open), &json!({"n": "1"})).1.is_err());
}

#[test]
fn a_schema_that_is_none_is_told_of() {
    let (said, _) = complete(
        Some(json!({"properties": {"a": {"type": "text"}}})),
        &json!({}),
    );
    assert_eq!(said.len(), 1);
    assert!(
        said[0].contains("db/1.0.0/hooks/a.yaml") && said[0].contains("action `back-up`"),
        "{said:?}"
    );
}

/// Deep or long values are refused, and not looked at.
#[test]
fn values_without_end_are_refused() {
    let mut deep = json!(1);
    for _ in 0..2000 {
        deep = Value::Array(vec![deep]);
    }
    let open = json!({"properties": {}, "additionalProperties": true});
    let given = Value::Object([("a".to_owned(), deep)].into_iter().collect());
    let wrong = complete(Some(open), &given).1;
    assert!(wrong.is_err());
}
