//! A build that reads no JSONPath refuses what asks for it, and says which feature does.
#![cfg(not(feature = "json-path"))]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::json_path::JsonPath;
use catalog_conditions::{Severity, SourceFile};

#[test]
fn a_query_is_refused_and_its_condition_with_it() {
    let refused = JsonPath::parse("$.spec.replicas").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "this program was built without the feature `json-path` of catalog-conditions, which reads JSONPath: write a field path (`path:`)"
    );
    let text = "conditions:\n- target: {apiVersion: apps/v1, kind: Deployment, name: web, jsonPath: $.spec.replicas}\n  op: exists\n";
    let file = SourceFile::new("conditions.yaml", text);
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert!(
        set.conditions()
            .iter()
            .all(|condition| condition.expression().is_none())
    );
    let told = diagnostics.first().unwrap();
    assert_eq!(told.severity(), Severity::Error);
    assert!(told.message().contains("feature `json-path`"), "{told}");
}
