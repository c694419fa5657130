//! What the benchmark of field paths compares is comparable.

use catalog_benches::{crd, questions};
use serde_json::Value;

#[test]
fn all_ways_lead_to_the_same_values() {
    let crd = crd(200);
    for question in questions() {
        let [ours, others @ ..] = question.answers(&crd);
        for other in others {
            assert_eq!(ours, other, "{}", question.text);
        }
    }
}

/// A question that finds nothing by mistake would be answered fast by all.
#[test]
fn the_questions_find_what_they_are_about() {
    let crd = crd(200);
    let found: Vec<String> = questions()
        .iter()
        .map(|question| {
            let [ours, ..] = question.answers(&crd);
            match ours.as_slice() {
                [one] => one.to_string(),
                several => format!("{} values", several.len()),
            }
        })
        .collect();
    let expected = [
        "\"widgets.example.com\"",
        "\"v0.16.1\"",
        "\"v199\"",
        "0 values",
        "\"object\"",
        "0 values",
        "1031",
        "true",
        "\"True\"",
        "200 values",
        "20 values",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_crd_is_as_large_as_promised() {
    let bytes = crd(200).to_string().len();
    assert!((484_000..=504_000).contains(&bytes), "{bytes} bytes");
    assert!(crd(3).pointer("/spec/versions/2/storage") == Some(&Value::Bool(true)));
}
