//! A query that is read is followed within its bounds, and leads to nodes that stand where it says.
#![no_main]

use catalog_conditions::json_path::JsonPath;
use catalog_conditions::path::Step;
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    let Ok(query) = JsonPath::parse(text) else {
        return;
    };
    assert_eq!(JsonPath::parse(query.as_str()).as_ref(), Ok(&query));
    let object = json!({
        "a": [{"b": 1, "c": "ab"}, {"b": 1.0}, null, [[]]],
        "b": {"a": {"b": {"c": "a.*"}}},
        "c": "ab",
    });
    let Ok(nodes) = query.nodes(&object) else {
        return;
    };
    assert!(nodes.len() <= 1 || !query.is_singular());
    for (place, value) in nodes {
        let taken = place
            .steps()
            .iter()
            .try_fold(&object, |value, step| match step {
                Step::Key(key) => value.get(key),
                Step::Index(index) => value.get(index),
            });
        assert_eq!(taken, Some(value));
    }
});
