//! Whatever is written as YAML reads back as it was meant.
#![cfg(feature = "write")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::SourceFile;
use catalog_model::document::{Limits, Node, parse};
use catalog_model::write::{MetadataFile, document, documents};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

/// The documents of a text that must be flawless YAML, without a scalar that anybody could misread.
fn read(text: &str) -> Vec<Node> {
    let file = SourceFile::new("written.yaml", text);
    let parsed = parse(&file, &Limits::default());
    let mut diagnostics = parsed.diagnostics;
    for node in &parsed.documents {
        node.check_scalars(&file, &mut diagnostics);
    }
    assert!(diagnostics.is_empty(), "{diagnostics:#?}\n{text}");
    parsed.documents
}

/// Texts that readers of YAML disagree about or that its syntax is made of, and arbitrary ones.
fn text() -> impl Strategy<Value = String> {
    let words = [
        "",
        "~",
        "null",
        "on",
        "yes",
        "Y",
        "n",
        "off",
        "true",
        "0644",
        "0o17",
        "0x1F",
        "0b1",
        "1_000",
        "1e3",
        "1.10",
        "1.",
        ".5",
        "+1",
        "-1",
        "12:30",
        "1:20:30",
        "2024-01-01",
        ".inf",
        "-.Inf",
        ".NaN",
        "<<",
        "=",
        "- a",
        "a: b",
        "a #b",
        "a:",
        "? a",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "{a}",
        "[a]",
        "---",
        "...",
        "| ",
        ">=1.2, <2",
        "v1.0",
        "1.2.3",
        "1.2.3.4",
        "a\nb",
        "a\nb\n",
        "a\n\nb\n\n",
        "\na",
        " a\nb",
        "a \nb",
        "a\n b",
        "a\n  ",
        "\t",
        "a\tb",
        "a\r\nb",
        "\r",
        "\n",
        "\n\n",
        "---\na",
        "a\n---\nb\n",
        "# a\nb",
        "a\n...\n",
        "\u{feff}a",
        "\u{85}",
        "a\u{2028}b",
        "\u{0}",
        "\u{7f}",
        "\u{a0}",
        "é\n日本",
        "\u{fffe}",
        "\u{1f600}",
        "it's",
        "\"",
        "\\",
        "'a'",
        "a\u{feff}\nb",
    ];
    prop_oneof![
        3 => prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        2 => any::<String>(),
        2 => "[a-zA-Z0-9 .:#'\"\\\\\n\t+_-]{0,12}",
        1 => "[0-9a-fA-FxXoObB_.eE:+-]{1,8}",
    ]
}

/// Numbers that Kubernetes' tools give back as they are: a float that is whole and small comes back as an integer.
fn number() -> impl Strategy<Value = Number> {
    let float =
        any::<f64>().prop_filter_map("no JSON number, or an integer to Kubernetes", |float| {
            let whole = float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0;
            Number::from_f64(float).filter(|_| !whole)
        });
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        float
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number().prop_map(Value::Number),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            btree_map(text(), inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = Value> {
    btree_map(text(), value(), 1..5).prop_map(|map| Value::Object(map.into_iter().collect()))
}

proptest! {
    #[test]
    fn objects_read_back(object in object()) {
        let text = document(&object);
        let read = read(&text);
        prop_assert_eq!(read.len(), 1, "{}", text);
        prop_assert_eq!(read[0].to_json(), object, "{}", text);
    }

    #[test]
    fn several_objects_read_back(objects in vec(object(), 1..4)) {
        let text = documents(&objects);
        let read: Vec<Value> = read(&text).iter().map(Node::to_json).collect();
        prop_assert_eq!(read, objects, "{}", text);
    }

    #[test]
    fn texts_of_fields_read_back(text in text()) {
        let mut file = MetadataFile::new("a", "1.0.0");
        file.description = Some(text.clone());
        file.tags = vec![text.clone()];
        let written = file.to_yaml();
        let read = read(&written);
        let field = |node: &Node| node.as_scalar().unwrap().text().to_owned();
        prop_assert_eq!(&field(read[0].value("description").unwrap()), &text, "{}", &written);
        prop_assert_eq!(&field(&read[0].value("tags").unwrap().as_sequence().unwrap()[0]), &text, "{}", &written);
    }

    #[test]
    fn canonical_text_stays_as_it_is(object in object()) {
        let once = document(&object);
        prop_assert_eq!(document(&read(&once)[0].to_json()), once);
    }
}

#[test]
fn whole_floats_read_back_as_kubernetes_has_them() {
    for (written, read_back) in [
        (json!({"a": 1.0}), json!({"a": 1})),
        (json!({"a": -0.0}), json!({"a": 0})),
    ] {
        assert_eq!(read(&document(&written))[0].to_json(), read_back);
    }
}

#[test]
fn layout() {
    let value = json!({
        "spec": {"lists": [[1, [2]], [], {}], "empty": {}, "none": null, "script": "set -e\n\nrun \"it\"\n", "cut": "a\nb"},
        "kind": "X", "apiVersion": "v1",
        "items": [{"name": "a", "ports": [{"port": 80}]}, "12:30"],
        "on": "yes",
    });
    insta::assert_snapshot!(document(&value), @r#"
apiVersion: v1
items:
- name: a
  ports:
  - port: 80
- "12:30"
kind: X
"on": "yes"
spec:
  cut: |-
    a
    b
  empty: {}
  lists:
  - - 1
    - - 2
  - []
  - {}
  none: null
  script: |
    set -e

    run "it"
"#);
}

#[test]
fn documents_are_parted() {
    assert_eq!(
        documents(&[json!({"a": 1}), json!({"b": 2})]),
        "a: 1\n---\nb: 2\n"
    );
    assert_eq!(documents(&[]), "");
}

#[test]
fn long_keys_read_back() {
    let key = "k".repeat(5000);
    for inner in [
        json!("v"),
        json!([1, {"a": 2}]),
        json!({"a": {"b": 1}}),
        json!("x\ny\n"),
        json!([]),
    ] {
        let mut map = Map::new();
        map.insert(key.clone(), inner);
        map.insert("z".to_owned(), json!(1));
        let value = Value::Object(map);
        assert_eq!(read(&document(&value))[0].to_json(), value);
    }
}

#[test]
fn depth_is_no_matter() {
    let mut value = json!(1);
    for _ in 0..5_000 {
        value = Value::Array(vec![value]);
    }
    let text = document(&value);
    assert_eq!(text.matches("- ").count(), 5_000);
    assert!(text.ends_with("- 1\n"));
}
