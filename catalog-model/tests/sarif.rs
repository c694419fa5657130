//! Diagnostics as SARIF: valid against the published schema, and saying what the diagnostics say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::Path;

use catalog_model::rule::rules;
use catalog_model::sarif::{Tool, log};
use catalog_model::{
    Diagnostic, Level, LoadOptions, Loaded, MemorySource, SourceFile, Span, Suppression, load,
};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

fn schema() -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sarif/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    // The published pattern has a bracket too many, and is no regular expression. No log of ours says its language.
    let definitions = schema["definitions"].as_object_mut().unwrap();
    for definition in definitions.values_mut() {
        if let Some(language) = definition.pointer_mut("/properties/language") {
            language.as_object_mut().unwrap().remove("pattern");
        }
    }
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

fn assert_valid(schema: &Validator, log: &Value) {
    let problems: Vec<String> = schema
        .iter_errors(log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}\n{log:#}");
}

fn tool() -> Tool<'static> {
    Tool::new("catalog")
        .with_version("0.1.0")
        .with_information("https://example.com/catalog")
        .with_rules(rules())
}

fn loaded(files: &[(&str, &str)]) -> Loaded {
    let source: MemorySource = files.iter().map(|(path, text)| (*path, *text)).collect();
    load(&source, &LoadOptions::default()).unwrap()
}

#[test]
fn a_log_without_results_has_them_all_the_same() {
    let log = log(&tool(), []);
    assert_valid(&schema(), &log);
    assert_eq!(log["runs"][0]["results"], json!([]));
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], json!([]));
}

#[test]
fn a_result_says_what_its_diagnostic_says() {
    let loaded = loaded(&[(
        "web/1.0.0/metadata.yaml",
        "name: web\nversion: 1.0.0\nurl: \"{0} [x](y)\"\nicon: a\nicon: b\n",
    )]);
    let log = log(&tool(), loaded.diagnostics());
    assert_valid(&schema(), &log);
    let results = &log["runs"][0]["results"];
    insta::assert_snapshot!(format!("{results:#}"), @r#"
    [
      {
        "level": "error",
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "web/1.0.0/metadata.yaml",
                "uriBaseId": "%SRCROOT%"
              },
              "region": {
                "byteLength": 12,
                "byteOffset": 30,
                "endColumn": 18,
                "endLine": 3,
                "startColumn": 6,
                "startLine": 3
              }
            }
          }
        ],
        "message": {
          "text": "`{{0}} \\[x\\](y)` is not an address\nhelp: write it whole, as `https://example.com/`"
        },
        "properties": {
          "package": "web",
          "version": "1.0.0"
        },
        "ruleId": "metadata.url",
        "ruleIndex": 0,
        "suppressions": []
      },
      {
        "level": "error",
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "web/1.0.0/metadata.yaml",
                "uriBaseId": "%SRCROOT%"
              },
              "region": {
                "byteLength": 4,
                "byteOffset": 51,
                "endColumn": 5,
                "endLine": 5,
                "startColumn": 1,
                "startLine": 5
              }
            }
          }
        ],
        "message": {
          "text": "the key `icon` stands here again, first in line 4\nhelp: keep one of the two: which of them counts depends on the reader"
        },
        "properties": {
          "package": "web",
          "version": "1.0.0"
        },
        "relatedLocations": [
          {
            "id": 1,
            "message": {
              "text": "first defined here"
            },
            "physicalLocation": {
              "artifactLocation": {
                "uri": "web/1.0.0/metadata.yaml",
                "uriBaseId": "%SRCROOT%"
              },
              "region": {
                "byteLength": 4,
                "byteOffset": 43,
                "endColumn": 5,
                "endLine": 4,
                "startColumn": 1,
                "startLine": 4
              }
            }
          }
        ],
        "ruleId": "yaml.duplicate-key",
        "ruleIndex": 1,
        "suppressions": []
      }
    ]
    "#);
    let of = |code: &str| {
        let results = results.as_array().unwrap();
        results
            .iter()
            .find(|result| result["ruleId"] == code)
            .unwrap()
    };
    let twice = of("yaml.duplicate-key");
    let index = usize::try_from(twice["ruleIndex"].as_u64().unwrap()).unwrap();
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][index];
    assert_eq!(rule["id"], "yaml.duplicate-key");
    assert_eq!(rule["shortDescription"]["text"], "A map has a key twice.");
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    assert!(
        rule["help"]["markdown"]
            .as_str()
            .unwrap()
            .starts_with("## yaml.duplicate-key\n")
    );
    assert_eq!(log["runs"][0]["columnKind"], "unicodeCodePoints");
}

#[test]
fn a_fix_is_one_of_the_file_in_lines_and_columns() {
    let loaded = loaded(&[(
        "web/1.0.0/metadata.yaml",
        "name: web\nversion: 1.0.0\nlicence: MIT\n",
    )]);
    let log = log(&tool(), loaded.diagnostics());
    assert_valid(&schema(), &log);
    let fix = &log["runs"][0]["results"][0]["fixes"][0];
    assert_eq!(fix["description"]["text"], "write `license`");
    let change = &fix["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "web/1.0.0/metadata.yaml");
    assert_eq!(
        change["replacements"],
        json!([{
            "deletedRegion": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 8},
            "insertedContent": {"text": "license"},
        }])
    );
}

#[test]
fn paths_are_escaped() {
    for (path, artifact) in [
        (
            "web/1.0.0+1/metadata.yaml",
            json!({"uri": "web/1.0.0+1/metadata.yaml", "uriBaseId": "%SRCROOT%"}),
        ),
        (
            "./a//./b.yaml",
            json!({"uri": "a/b.yaml", "uriBaseId": "%SRCROOT%"}),
        ),
        (
            "a b/ü%.yaml",
            json!({"uri": "a%20b/%C3%BC%25.yaml", "uriBaseId": "%SRCROOT%"}),
        ),
        (
            "a:b/c?d#e.yaml",
            json!({"uri": "a%3Ab/c%3Fd%23e.yaml", "uriBaseId": "%SRCROOT%"}),
        ),
        ("../other/a.yaml", json!({"uri": "../other/a.yaml"})),
        ("/srv/a b.yaml", json!({"uri": "file:///srv/a%20b.yaml"})),
        (
            "web/a\\b.yaml",
            json!({"uri": "web/a%5Cb.yaml", "uriBaseId": "%SRCROOT%"}),
        ),
        ("C:\\srv\\a.yaml", json!({"uri": "file:///C:/srv/a.yaml"})),
        (
            "\\\\host\\share\\a.yaml",
            json!({"uri": "file://host/share/a.yaml"}),
        ),
        ("", json!({"uri": "."})),
    ] {
        let diagnostic = Diagnostic::note("package.empty", "x").at_path(path);
        let log = log(&tool(), [&diagnostic]);
        assert_valid(&schema(), &log);
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"], artifact, "{path}");
        assert!(
            place.get("region").is_none(),
            "a file without a text has no lines"
        );
    }
}

#[test]
fn columns_count_code_points_and_offsets_count_bytes() {
    let file = SourceFile::new("a.yaml", "\u{feff}a: ü\r\n\tb: 𝄞 c\r\n");
    let start = file.text().find('c').unwrap();
    let diagnostic = Diagnostic::note("yaml.tag", "x").at(&file, Span::new(start, start + 1));
    let log = log(&tool(), [&diagnostic]);
    let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        *region,
        json!({"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 8, "byteOffset": start, "byteLength": 1})
    );
}

#[test]
fn what_is_kept_back_is_in_the_log_and_says_why() {
    let text = "name: web\nversion: 1.0.0\nteam: shop # catalog: allow(metadata.unknown-key, our portal reads it)\nlabel: {tier: 1}\nurl: none\n";
    let source = MemorySource::from_iter([("web/1.0.0/metadata.yaml", text)]);
    let mut options = LoadOptions::default();
    options
        .levels
        .set("metadata.label.unquoted", Level::Allow)
        .unwrap();
    let loaded = load(&source, &options).unwrap();
    let log = log(
        &tool(),
        loaded.diagnostics().iter().chain(loaded.suppressed()),
    );
    assert_valid(&schema(), &log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let told: Vec<(&str, &Value)> = results
        .iter()
        .map(|result| (result["ruleId"].as_str().unwrap(), &result["suppressions"]))
        .collect();
    let comment = json!([{
        "kind": "inSource",
        "status": "accepted",
        "justification": "our portal reads it",
        "location": {"physicalLocation": {
            "artifactLocation": {"uri": "web/1.0.0/metadata.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 3, "startColumn": 12, "endLine": 3, "endColumn": 71, "byteOffset": 36, "byteLength": 59},
        }},
    }]);
    let allowed = json!([{"kind": "external", "status": "accepted", "justification": "the rule is allowed by whoever ran the check"}]);
    assert_eq!(
        told,
        [
            ("metadata.url", &json!([])),
            ("metadata.unknown-key", &comment),
            ("metadata.label.unquoted", &allowed),
        ]
    );
}

#[test]
fn every_example_of_a_rule_gives_a_valid_log() {
    let schema = schema();
    let mut results = 0;
    for rule in rules() {
        let Some(catalog_model::rule::Example::File { path, wrong, .. }) = rule.shown() else {
            continue;
        };
        let path = format!("web/1.0.0/{path}");
        let loaded = loaded(&[
            ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
            (&path, wrong),
        ]);
        let log = log(&tool(), loaded.diagnostics());
        assert_valid(&schema, &log);
        results += log["runs"][0]["results"].as_array().unwrap().len();
    }
    assert!(results > 100, "{results}");
}

fn diagnostic() -> impl Strategy<Value = Diagnostic> {
    let place = (
        "\\PC{0,12}",
        "[a-zü\\r\\n\\t {}\\[\\]()]{0,40}",
        0usize..50,
        0usize..50,
    );
    let made = (
        place,
        "\\PC{0,30}",
        prop::collection::vec("\\PC{0,20}", 0..3),
        "[a-z]{1,8}\\.[a-z]{1,8}",
        0u8..3,
    );
    made.prop_map(|((path, text, start, length), message, help, code, kind)| {
        let file = SourceFile::new(path, text);
        let span = Span::new(start, start + length);
        let mut diagnostic = match kind {
            0 => Diagnostic::error(code, message),
            1 => Diagnostic::warning(code, message).at(&file, span),
            _ => Diagnostic::note(code, message)
                .at(&file, span)
                .related(&file, span, "first [here](1) {0}")
                .about("web", Some("1.0.0"))
                .suppressed(Suppression::comment(&file, span, "a reason")),
        };
        for line in help {
            diagnostic = diagnostic.help(line);
        }
        diagnostic
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_diagnosed_gives_a_valid_log(diagnostics in prop::collection::vec(diagnostic(), 0..4)) {
        let log = log(&tool(), &diagnostics);
        let results = log["runs"][0]["results"].as_array().unwrap();
        prop_assert_eq!(results.len(), diagnostics.len());
        thread_local!(static SCHEMA: Validator = schema());
        SCHEMA.with(|schema| assert_valid(schema, &log));
        for (result, diagnostic) in results.iter().zip(&diagnostics) {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            prop_assert_eq!(&log["runs"][0]["tool"]["driver"]["rules"][index]["id"], diagnostic.code());
        }
    }
}
