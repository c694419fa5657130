//! What names and labels an object of `definitions/`: texts, as kubectl reads them, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::{Diagnostic, LoadOptions, Loaded, MemorySource, load};

fn loaded(definition: &str) -> Loaded {
    let source = MemorySource::from_iter([
        ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
        ("p/1.0.0/definitions/d.yaml", definition),
    ]);
    load(&source, &LoadOptions::default()).unwrap()
}

/// A definition with `value` in one of its fields.
fn definition(field: &str, value: &str) -> String {
    let own = |name: &str, otherwise: &str| {
        let value = if name == field { value } else { otherwise };
        value.to_owned()
    };
    format!(
        "apiVersion: {}\nkind: {}\nmetadata:\n  name: {}\n  namespace: {}\n  labels: {{ a: {} }}\n  annotations: {{ a: {} }}\n",
        own("apiVersion", "e.com/v1"),
        own("kind", "Widget"),
        own("metadata.name", "scaler"),
        own("metadata.namespace", "shop"),
        own("metadata.labels", "x"),
        own("metadata.annotations", "x"),
    )
}

const FIELDS: [&str; 6] = [
    "apiVersion",
    "kind",
    "metadata.name",
    "metadata.namespace",
    "metadata.labels",
    "metadata.annotations",
];

/// Scalars that `sigs.k8s.io/yaml` makes something else of than a text: an API server (1.36) answered each with 400, "cannot unmarshal
/// number into Go struct field" or the like.
const NO_TEXTS: [(&str, &str); 12] = [
    ("0644", "the number 420"),
    ("389", "the number 389"),
    ("1.10", "the number 1.1"),
    ("1e3", "the number 1000"),
    ("0x10", "the number 16"),
    ("0o17", "the number 15"),
    ("1_000", "the number 1000"),
    ("y", "true"),
    ("on", "true"),
    ("true", "true"),
    ("No", "false"),
    ("-0", "the number 0"),
];

#[test]
fn what_kubectl_reads_as_no_text_is_refused_with_a_fix_that_quotes() {
    for field in FIELDS {
        for (scalar, meaning) in NO_TEXTS {
            let text = definition(field, scalar);
            let loaded = loaded(&text);
            let errors: Vec<&Diagnostic> = loaded
                .diagnostics()
                .iter()
                .filter(|found| !found.code().starts_with("definition.kind"))
                .collect();
            assert_eq!(errors.len(), 1, "{text}{errors:#?}");
            assert_eq!(errors[0].code(), "definition.text");
            assert_eq!(
                errors[0].message(),
                format!(
                    "`{field}` must be a text, and `{scalar}` is {meaning} to kubectl, which the API server refuses"
                )
            );
            let fix = errors[0].safe_fix().unwrap();
            assert_eq!(fix.edits().len(), 1);
            let quoted = format!("\"{scalar}\"");
            assert_eq!(fix.edits()[0].replacement, quoted);
            assert!(!self::loaded(&definition(field, &quoted)).has_errors());
        }
    }
}

#[test]
fn what_kubectl_reads_as_a_text_is_one() {
    for scalar in [
        "\"0644\"",
        "'y'",
        "!!str 389",
        "2024-01-01",
        "1.2.3",
        "0b2",
        "12:30",
        "maybe",
        "|-\n    1",
    ] {
        for field in FIELDS {
            // A block cannot stand in braces.
            if scalar.starts_with('|') && field.ends_with('s') {
                continue;
            }
            let text = definition(field, scalar);
            let loaded = loaded(&text);
            assert!(!loaded.has_errors(), "{text}{:#?}", loaded.diagnostics());
            let release = &loaded.catalog().package("p").unwrap().releases()[0];
            let definition = &release.definitions()[0];
            let named = definition.object().pointer("/metadata/name").unwrap();
            assert_eq!(named, definition.identity().name());
        }
    }
}

#[test]
fn null_is_nothing() {
    for (field, code) in [
        ("apiVersion", Some("definition.apiVersion.missing")),
        ("kind", Some("definition.kind.missing")),
        ("metadata.name", Some("definition.metadata.name.missing")),
        ("metadata.namespace", None),
        ("metadata.labels", None),
        ("metadata.annotations", None),
    ] {
        for null in ["~", "null", ""] {
            let loaded = loaded(&definition(field, null));
            let errors = loaded.diagnostics().iter().map(Diagnostic::code);
            let errors: Vec<&str> = errors.filter(|code| *code != "definition.kind").collect();
            assert_eq!(errors, Vec::from_iter(code), "{field}: {null:?}");
        }
    }
}

#[test]
fn lists_and_maps_are_no_texts() {
    for field in FIELDS {
        for (value, found) in [("[a]", "a list"), ("{a: b}", "a map")] {
            let loaded = loaded(&definition(field, value));
            let errors: Vec<String> = loaded
                .diagnostics()
                .iter()
                .filter(|found| found.code() != "definition.kind")
                .map(ToString::to_string)
                .collect();
            assert_eq!(errors.len(), 1, "{errors:#?}");
            let said = format!("error[definition.text]: `{field}` must be a text, not {found}");
            assert!(errors[0].contains(&said), "{errors:#?}");
        }
    }
}
