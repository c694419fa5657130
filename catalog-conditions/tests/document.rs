//! YAML as trees: what scalars mean, what limits hold, what lenient parsers read.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::document::{Limits, Node, parse};
use catalog_conditions::{Diagnostic, SourceFile};
use proptest::prelude::*;
use serde_json::{Value, json};

fn lines(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(ToString::to_string).collect()
}

fn read(text: &str) -> (Vec<Node>, Vec<String>) {
    let parsed = parse(&SourceFile::new("f", text), &Limits::default());
    (parsed.documents, lines(&parsed.diagnostics))
}

/// The JSON of a value and whether a warning says that YAML 1.1 and 1.2 read it differently.
fn scalar(text: &str) -> (Value, bool) {
    let file = SourceFile::new("f", format!("k: {text}\n"));
    let parsed = parse(&file, &Limits::default());
    assert!(
        parsed.diagnostics.is_empty(),
        "{text}: {:?}",
        parsed.diagnostics
    );
    let mut warnings = Vec::new();
    parsed.documents[0].check_scalars(&file, &mut warnings);
    (
        parsed.documents[0].to_json()["k"].clone(),
        warnings.iter().any(|d| d.code() == "yaml.ambiguous"),
    )
}

#[test]
fn scalars_as_kubernetes_tools_read_them() {
    // What `sigs.k8s.io/yaml` (YAML 1.1 in Go's number syntax) makes of each, and whether YAML 1.2 sees something else.
    for (text, expected, ambiguous) in [
        ("a", json!("a"), false),
        ("", json!(null), false),
        ("~", json!(null), false),
        ("null", json!(null), false),
        ("\"\"", json!(""), false),
        ("'null'", json!("null"), false),
        ("true", json!(true), false),
        ("on", json!(true), true),
        ("y", json!(true), true),
        ("No", json!(false), true),
        ("oFF", json!("oFF"), false),
        ("0", json!(0), false),
        ("-17", json!(-17), false),
        ("+17", json!(17), false),
        ("0644", json!(420), true),
        ("0o644", json!(420), false),
        ("0x1F", json!(31), false),
        ("0X1F", json!(31), true),
        ("0b101", json!(5), true),
        ("-0b101", json!(-5), true),
        ("08", json!(8), false),
        ("1_000", json!(1000), true),
        ("1e3", json!(1000), false),
        ("1.0", json!(1), false),
        ("1.5", json!(1.5), false),
        (".5", json!(0.5), false),
        ("1.", json!(1), false),
        ("1.10", json!(1.1), false),
        ("1.2.3", json!("1.2.3"), false),
        ("9007199254740993", json!(9_007_199_254_740_993_u64), false),
        (
            "18446744073709551615",
            json!(18_446_744_073_709_551_615_u64),
            false,
        ),
        ("-9223372036854775808", json!(i64::MIN), false),
        (
            "18446744073709551616",
            json!(18_446_744_073_709_551_616.0),
            false,
        ),
        ("12:30", json!("12:30"), false),
        ("2024-01-01", json!("2024-01-01"), false),
        ("!!str 12", json!("12"), false),
        ("!!int '12'", json!(12), false),
        ("e3", json!("e3"), false),
        ("0x", json!("0x"), false),
        ("1e", json!("1e"), false),
        ("=", json!("="), false),
    ] {
        assert_eq!(scalar(text), (expected, ambiguous), "{text}");
    }
}

#[test]
fn what_nests_expands_or_weighs_too_much() {
    let bomb = (b'b'..=b'j').fold("a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, letter| {
        let (this, before) = (char::from(letter), char::from(letter - 1));
        format!(
            "{text}{this}: &{this} [{}]\n",
            vec![format!("*{before}"); 9].join(",")
        )
    });
    for (name, text, code) in [
        ("flow", "[".repeat(100_000), "depth"),
        ("block", "- ".repeat(100_000), "depth"),
        ("keys", "? ".repeat(5_000), "depth"),
        ("maps", "{a: ".repeat(100_000), "depth"),
        ("bomb", bomb, "alias-expansion"),
        ("nodes", format!("[{}]", "a,".repeat(100_001)), "nodes"),
        (
            "document",
            format!("a: |\n{}", " x\n".repeat(1_100_000)),
            "document-bytes",
        ),
        ("file", "#\n".repeat(5 << 20), "file-bytes"),
    ] {
        let (documents, diagnostics) = read(&text);
        assert!(documents.is_empty(), "{name}");
        assert!(
            diagnostics[0].contains(&format!("yaml.limit.{code}")),
            "{name}: {diagnostics:?}"
        );
    }
    let nested = (0..127).fold("x".to_owned(), |inner, _| format!("[{inner}]"));
    assert!(read(&nested).1.is_empty(), "within the limit");
}

#[test]
fn aliases_of_nothing_and_of_themselves() {
    assert_eq!(
        read("a: *b\n").1,
        ["f:1:4: error[yaml.alias]: no anchor of its name comes before this alias"]
    );
    assert_eq!(
        read("a: &a [*a]\n").1,
        ["f:1:8: error[yaml.alias]: this alias stands inside what it names"]
    );
    assert_eq!(
        read("a: &x 1\n---\nb: *x\n").1,
        ["f:3:4: error[yaml.alias]: no anchor of its name comes before this alias"]
    );
}

#[test]
fn merges() {
    let (documents, diagnostics) = read(
        "base: &b {x: 1, z: 2}\none: {<<: *b, z: 3}\ntwo: {<<: [{x: 4}, *b]}\ntext: {\"<<\": 1}\n",
    );
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(
        documents[0].to_json(),
        json!({"base": {"x": 1, "z": 2}, "one": {"x": 1, "z": 3}, "two": {"x": 4, "z": 2}, "text": {"<<": 1}})
    );
    assert_eq!(
        read("<<: 1\n").1,
        ["f:1:5: error[yaml.merge]: `<<` merges a map or a list of maps, and this is neither"]
    );
}

#[test]
fn keys_are_texts_that_stand_once() {
    assert_eq!(
        read("? [a]\n: b\n").1,
        ["f:1:3: error[yaml.key]: a key must be a text, not a list"]
    );
    let (documents, diagnostics) = read("a: 1\n\"a\": 2\n");
    assert_eq!(
        diagnostics,
        ["f:2:1: error[yaml.duplicate-key]: the key `a` stands here again, first in line 1"]
    );
    let mapping = documents[0].as_mapping().unwrap();
    assert_eq!(mapping.entries().len(), 1);
    assert_eq!(
        mapping.duplicates()[0].value().to_json(),
        json!(2),
        "nothing is lost"
    );
}

#[test]
fn keys_as_kubernetes_tools_read_them() {
    let file = SourceFile::new(
        "f",
        "{on: 1, 0644: 2, 1.0: 3, \"y\": 4, null: 5, plain: 6}\n",
    );
    let parsed = parse(&file, &Limits::default());
    let json = json!({"true": 1, "420": 2, "1": 3, "y": 4, "null": 5, "plain": 6});
    assert_eq!(parsed.documents[0].to_json(), json);
    let mut warnings = Vec::new();
    parsed.documents[0].check_scalars(&file, &mut warnings);
    assert_eq!(
        lines(&warnings),
        [
            "f:1:2: warning[yaml.ambiguous]: `on` is true to kubectl and Helm, and a text to YAML 1.2",
            "f:1:9: warning[yaml.ambiguous]: `0644` is 420 to kubectl and Helm, and 644 to YAML 1.2",
        ]
    );
}

#[test]
fn blocks_at_the_end_of_a_file() {
    for (text, expected) in [
        ("a: |\n  x\n", "x\n"),
        ("a: |\n  x", "x"),
        ("a: |-\n  x", "x"),
        ("a: >\n  x\n  y", "x y"),
        ("a: |+\n  x\n\n", "x\n\n"),
    ] {
        assert_eq!(
            read(text).0[0].to_json(),
            json!({ "a": expected }),
            "{text:?}"
        );
    }
}

#[test]
fn quoted_texts_at_their_parents_column() {
    let text =
        "a:\n  b:\n    description: 'one\n    two\n    three'\n    type: \"x\n    y\"\nc: d\n";
    let (documents, diagnostics) = read(text);
    assert_eq!(
        documents[0].to_json(),
        json!({"a": {"b": {"description": "one two three", "type": "x y"}}, "c": "d"})
    );
    assert_eq!(
        diagnostics,
        [
            "f:4:5: warning[yaml.quoted-indent]: this quoted text goes on at its parent's column, which YAML forbids; it was read all the same (1 more like it in this file)"
        ]
    );
    let span = documents[0].value("c").unwrap().span();
    assert_eq!(
        text.get(span.start..span.end),
        Some("d"),
        "spans are those of the author's text"
    );
    assert_eq!(
        read("a:\n  b: 'one\ntwo\n").1.len(),
        1,
        "a quote that is never closed stays an error"
    );
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~äöü\u{3b1}\n\t]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z0-9./-]{1,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect()))
        ]
    })
}

proptest! {
    /// JSON is YAML: what serde_json writes is read as what it was.
    #[test]
    fn json_is_read_as_itself(value in json_value()) {
        for text in [value.to_string(), format!("{value:#}")] {
            let (documents, diagnostics) = read(&text);
            prop_assert!(diagnostics.is_empty(), "{:?}", diagnostics);
            prop_assert_eq!(documents.first().map(Node::to_json), Some(value.clone()));
        }
    }

    /// Whatever comes in, nothing panics and every span is a range of the text.
    #[test]
    fn any_text_is_read_or_refused(text in "[-a-c:\\[\\]{},?&*!|>'\"#\\n 01~<.]{0,80}") {
        let (documents, _) = read(&text);
        for document in documents {
            let span = document.span();
            prop_assert!(text.get(span.start..span.end).is_some());
        }
    }

    /// A key is reported once for each time it stands there again, however many keys a map has, and its first value counts.
    #[test]
    fn keys_that_stand_twice_are_found(keys in prop::collection::vec("[a-e]{1,2}", 0..24)) {
        let text: String = keys.iter().enumerate().map(|(at, key)| format!("{key}: {at}\n")).collect();
        let (documents, diagnostics) = read(&text);
        let again = |at: usize| keys.get(..at).unwrap().contains(&keys[at]);
        let lines: Vec<String> = (0..keys.len()).filter(|&at| again(at)).map(|at| format!("f:{}:1:", at + 1)).collect();
        prop_assert_eq!(diagnostics.len(), lines.len());
        prop_assert!(diagnostics.iter().zip(&lines).all(|(found, line)| found.starts_with(line.as_str())));
        for (at, key) in keys.iter().enumerate().filter(|&(at, _)| !again(at)) {
            prop_assert_eq!(documents[0].value(key).map(Node::to_json), Some(json!(at)));
        }
    }

    /// A text is what stands at its span, whether it is kept there or was unescaped.
    #[test]
    fn texts_are_what_stands_at_their_spans(texts in prop::collection::vec("[ -~äö€]{0,8}", 1..6)) {
        let quoted: Vec<String> = texts.iter().map(|text| Value::from(text.as_str()).to_string()).collect();
        let single: Vec<String> = texts.iter().map(|text| format!("'{}'", text.replace('\'', "''"))).collect();
        for written in [quoted, single] {
            let source = format!("\u{feff}é: [{}]\n", written.join(", "));
            let (documents, diagnostics) = read(&source);
            prop_assert!(diagnostics.is_empty(), "{:?}", diagnostics);
            let items = documents[0].value("é").unwrap().as_sequence().unwrap();
            prop_assert_eq!(items.len(), texts.len());
            for ((item, text), written) in items.iter().zip(&texts).zip(&written) {
                prop_assert_eq!(item.as_scalar().unwrap().text(), text);
                let span = item.span();
                prop_assert_eq!(source.get(span.start..span.end), Some(written.as_str()));
            }
        }
    }
}
