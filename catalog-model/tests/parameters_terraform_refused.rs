//! What Terraform refuses in the variables of a module is refused here, with its place.
#![cfg(feature = "parameters")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::sync::Arc;

use catalog_model::parameters::{ParameterLimits, ParameterSchema, SchemaOrigin};
use catalog_model::{Diagnostic, Severity, SourceFile};
use proptest::prelude::*;
use serde_json::{Value, json};

fn module(files: &[(&str, &str)]) -> (ParameterSchema, Vec<Diagnostic>) {
    let files: Vec<Arc<SourceFile>> = files
        .iter()
        .map(|(path, text)| SourceFile::new(*path, *text))
        .collect();
    ParameterSchema::of_terraform(&files, &ParameterLimits::default())
}

fn said(files: &[(&str, &str)]) -> String {
    let (_, diagnostics) = module(files);
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Of each row: files of a module, and what is said of them.
#[test]
fn declarations_are_refused_as_the_documentation_says() {
    let declared = (
        "a.tf",
        "variable \"v\" {\n  type    = string\n  default = \"a\"\n}\n",
    );
    for (files, expected) in [
        (vec![declared], ""),
        (
            vec![
                declared,
                ("override.tf", "variable \"v\" {\n  type = number\n}\n"),
            ],
            "a.tf:3:13: error[terraform.default.type]: the default of `v` does not fit its type",
        ),
        (
            vec![
                declared,
                (
                    "x_override.tf",
                    "variable \"v\" {\n  type    = number\n  default = 1\n}\n",
                ),
            ],
            "",
        ),
        (
            vec![("x_override.tf", "variable \"v\" {}\n")],
            "x_override.tf:1:10: error[terraform.variable.override]: this overrides the variable `v`, which no file declares",
        ),
        (
            vec![declared, ("b.tf", "variable \"v\" {}\n")],
            "b.tf:1:10: error[terraform.variable.duplicate]: the variable `v` is declared twice",
        ),
        (
            vec![declared, ("b.tf.json", "{\"variable\": {\"v\": {}}}")],
            "b.tf.json:1:15: error[terraform.variable.duplicate]: the variable `v` is declared twice",
        ),
        (
            vec![(
                "a.tf.json",
                "{\"variable\": {\"v\": {\"type\": \"list(string)\", \"default\": \"a\"}}}",
            )],
            "a.tf.json:1:56: error[terraform.default.type]: the default of `v` does not fit its type",
        ),
        (
            vec![(
                "a.tf.json",
                "{\"variable\": [{\"v\": {\"type\": \"list(string)\", \"default\": [\"a\"]}}]}",
            )],
            "",
        ),
        (
            vec![(
                "a.tf",
                "variable \"v\" {\n  type     = string\n  nullable = false\n  default  = null\n}\n",
            )],
            "a.tf:4:14: error[terraform.default.type]: the default of `v` is null, which the variable may not be",
        ),
        (
            vec![(
                "a.tf",
                "variable \"v\" {\n  type    = object({a = string, b = optional(number)})\n  default = {a = \"x\", c = 1}\n}\n",
            )],
            "",
        ),
        (
            vec![(
                "a.tf",
                "variable \"v\" {\n  type    = object({a = string})\n  default = {}\n}\n",
            )],
            "a.tf:3:13: error[terraform.default.type]: the default of `v` does not fit its type",
        ),
        (
            vec![(
                "a.tf",
                "variable \"v\" {\n  type    = map(list(string))\n  default = { a = [\"x\", 1], (\"b\") = [] }\n}\n",
            )],
            "",
        ),
        (
            vec![(
                "a.tf",
                "variable \"v\" {\n  type    = number\n  default = <<-EOT\n    5\n  EOT\n}\n",
            )],
            "a.tf:3:13: error[terraform.default.type]: the default of `v` does not fit its type",
        ),
        (
            vec![("a.tf", "variable \"v\" {\n  default = null\n}\n")],
            "",
        ),
    ] {
        assert_eq!(said(&files), expected, "{files:#?}");
    }
}

#[test]
fn what_is_no_name_argument_or_block_is_refused() {
    for (text, expected) in [
        (
            "variable \"a\" {\n  defualt = 1\n}\n",
            "a.tf:2:3: error[terraform.variable.unknown-key]: `defualt` is no argument of a variable",
        ),
        (
            "variable \"a\" {\n  sensetive = true\n}\n",
            "a.tf:2:3: error[terraform.variable.unknown-key]: `sensetive` is no argument of a variable",
        ),
        (
            "variable \"a\" {\n  validaton {}\n}\n",
            "a.tf:2:3: error[terraform.variable.unknown-key]: `validaton` is no block of a variable",
        ),
        (
            "variable \"a\" {\n  validation {\n    conditon = true\n  }\n}\n",
            "a.tf:3:5: error[terraform.variable.unknown-key]: `conditon` is no argument of a `validation` block",
        ),
        (
            "variable \"source\" {}\n",
            "a.tf:1:10: error[terraform.variable.name]: `source` is no name for a variable: `module` blocks use it for something else",
        ),
        (
            "variable \"1 a\" {}\n",
            "a.tf:1:10: error[terraform.variable.name]: `1 a` is no name for a variable",
        ),
        (
            "variable \"\" {}\n",
            "a.tf:1:10: error[terraform.variable.name]: `` is no name for a variable",
        ),
        ("variable \"_a-1\" {}\nvariable größe {}\n", ""),
        // OpenTofu knows the one, and newer versions of Terraform the other.
        (
            "variable \"a\" {\n  deprecated = \"use b\"\n  const = true\n}\n",
            "",
        ),
        // Other blocks are not looked at.
        ("resource \"x\" \"source\" {\n  defualt = 1\n}\n", ""),
    ] {
        assert_eq!(said(&[("a.tf", text)]), expected, "{text}");
    }
    let (parameters, diagnostics) =
        module(&[("a.tf", "variable \"a\" {\n  sensetive = true\n}\n")]);
    assert!(parameters.is_sensitive("/a"));
    let help = diagnostics[0].help_lines();
    assert!(help.contains(&"did you mean `sensitive`?".to_owned()));
}

#[test]
fn defaults_of_attributes_are_held_to_their_types() {
    for (of, expected) in [
        (
            "object({a = optional(number, \"large\")})",
            "a.tf:2:43: error[terraform.default.type]: the default of the attribute `a` does not fit its type",
        ),
        (
            "list(object({a = optional(object({b = string}), {})}))",
            "a.tf:2:62: error[terraform.default.type]: the default of the attribute `a` does not fit its type",
        ),
        (
            "object({a = optional(string, local.x)})",
            "a.tf:2:43: warning[terraform.default]: the default of the attribute `a` is no plain value: it is left out",
        ),
        (
            "object({a = optional(number, \"5\"), b = optional(bool, null)})",
            "",
        ),
    ] {
        let text = format!("variable \"v\" {{\n  type     = {of}\n}}\n");
        assert_eq!(said(&[("a.tf", &text)]), expected, "{of}");
    }
}

/// A type that is none is not quoted beyond a name, for its defaults may be secret; what is wrong in it is pointed at.
#[test]
fn types_say_what_is_wrong_in_them() {
    for (of, at, message) in [
        ("strin", 10, "`strin` is no type"),
        ("object({a = strin})", 22, "`strin` is no type"),
        ("text(5)", 10, "`text` is no type"),
        ("list(string, number)", 10, "`list(…)` holds one type"),
        ("map()", 10, "`map(…)` holds one type"),
        ("object(string)", 10, "`object({…})` holds a map of types"),
        ("tuple(string)", 10, "`tuple([…])` holds a list of types"),
        (
            "list(optional(string, \"hunter2\"))",
            15,
            "`optional(…)` belongs to an attribute of an `object`",
        ),
        (
            "object({a = optional(string, \"hunter2\", 1)})",
            22,
            "`optional(…)` holds one type, and a default where there is one",
        ),
        ("\"hunter2 is no name\"", 10, "this is no type"),
        ("[\"hunter2\"]", 10, "this is no type"),
    ] {
        let text = format!("variable \"v\" {{\n  type = {of}\n}}\n");
        let expected = format!("a.tf:2:{at}: error[terraform.type]: {message}");
        assert_eq!(said(&[("a.tf", &text)]), expected, "{of}");
        let text = json!({"variable": {"v": {"type": of}}}).to_string();
        let expected = format!("a.tf.json:1:26: error[terraform.type]: {message}");
        let said = said(&[("a.tf.json", &text)]);
        // Terraform 0.11 had types in quotes, and JSON has no others.
        assert!(said == expected || of.starts_with('"'), "{said}");
    }
}

#[test]
fn blocks_in_json_are_maps() {
    for (text, expected) in [
        (
            r#"{"variable": 5}"#,
            "a.tf.json:1:14: error[terraform.variable.type]: `variable` is no map of variables",
        ),
        (
            r#"{"variable": {"a": 5}}"#,
            "a.tf.json:1:20: error[terraform.variable.type]: the variable `a` is no map of arguments",
        ),
        (
            r#"{"variable": {"a": {"validation": [5]}}}"#,
            "a.tf.json:1:36: error[terraform.variable.type]: `validation` is no map of arguments",
        ),
        (
            "5",
            "a.tf.json:1:1: error[terraform.variable.type]: the file is no map of blocks",
        ),
        (
            r#"{"variable": {"a": {"defualt": 5}}}"#,
            "a.tf.json:1:21: error[terraform.variable.unknown-key]: `defualt` is no argument of a variable",
        ),
        (
            r#"{"variable": {"version": {}}}"#,
            "a.tf.json:1:15: error[terraform.variable.name]: `version` is no name for a variable: `module` blocks use it for something else",
        ),
        (
            r#"{"variable": {"a": {"default": 1, "default": 2}}}"#,
            "a.tf.json:1:35: error[terraform.syntax]: this key is in the map already",
        ),
        (
            r#"{"variable": {"a": {"default": {"b": [{"c": 1, "c": 2}]}}}}"#,
            "a.tf.json:1:48: error[terraform.syntax]: this key is in the map already",
        ),
        (
            r#"{"variable": {"a": {}, "a": {}}}"#,
            "a.tf.json:1:24: error[terraform.variable.duplicate]: the variable `a` is declared twice",
        ),
        (
            r#"[{"variable": {"a": {"//": 1, "//": 2}}}, {"variable": [{"b": null}, {"c": [{}]}]}]"#,
            "",
        ),
    ] {
        assert_eq!(said(&[("a.tf.json", text)]), expected, "{text}");
    }
    let (parameters, _) = module(&[("a.tf.json", r#"[{"variable": {"a": {}}}]"#)]);
    assert_eq!(parameters.json()["required"], json!(["a"]));
}

/// What is JSON is read, also where a reader of YAML would not.
#[test]
fn json_is_read_as_json() {
    let long = "k".repeat(1100);
    for (default, value) in [
        (r#""\ud83d\ude00""#, json!("😀")),
        ("\t1\r\n", json!(1)),
        (r#""a\/b""#, json!("a/b")),
        (&format!("{{\"{long}\": 1}}"), json!({long.clone(): 1})),
        ("\"\u{7f}\"", json!("\u{7f}")),
        (r#"{"<<": {"b": 1}}"#, json!({"<<": {"b": 1}})),
        (r#""&x""#, json!("&x")),
        ("1E400", json!("1E400")),
        ("-1.5e+3", json!(-1500.0)),
        (
            "123456789012345678901234567890",
            json!("123456789012345678901234567890"),
        ),
    ] {
        let text = format!("{{\"variable\": {{\"a\": {{\"default\": {default}}}}}}}");
        let (parameters, diagnostics) = module(&[("a.tf.json", &text)]);
        assert_eq!(diagnostics, [], "{default}");
        assert_eq!(parameters.defaults(), &json!({ "a": value }));
        let (file, span) = parameters.default_place("/a").unwrap();
        assert_eq!(file.slice(span), default.trim());
    }
    let deep = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!("{{\"variable\": {{\"a\": {{\"default\": {open}{close}}}}}}}")
    };
    assert_eq!(said(&[("a.tf.json", &deep(61))]), "");
    assert_eq!(
        said(&[("a.tf.json", &deep(62))]),
        "a.tf.json:1:93: error[terraform.syntax]: this nests deeper than the 64 levels allowed"
    );
    assert!(said(&[("a.tf.json", &deep(100_000))]).contains("terraform.syntax"));
}

const JSON: &str = r#"{"variable": {"a": {"type": "list(string)", "default": ["x", -1.5e3, null, true, {"é\u0041": []}], "sensitive": false}}, "x": [0, "\\"]}"#;

/// A value of a few types, as Terraform's JSON has it.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..3).prop_map(Value::from),
        Just(json!(1.5)),
        "(true|1|[+-]?[0-9.e]{0,4}|x)".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn constraint() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec!["any", "string", "number", "bool"]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(3, 12, 2, |inner| {
            prop_oneof![
                inner.clone().prop_map(|of| format!("list({of})")),
                inner.clone().prop_map(|of| format!("map({of})")),
                (inner.clone(), inner.clone())
                    .prop_map(|(a, b)| format!("object({{a = {a}, b = optional({b})}})")),
                (inner.clone(), inner).prop_map(|(a, b)| format!("tuple([{a}, {b}])")),
            ]
        })
}

proptest! {
    /// What a text that is nearly JSON is, serde_json knows too.
    #[test]
    fn a_file_is_read_where_it_is_json(at in 0..JSON.len(), with in "[ \\[\\]{}\",:0-9eE.+tn\\\\\u{1}-]{0,3}", less in 0usize..4) {
        let mut text = JSON.to_owned();
        let start = text.floor_char_boundary(at);
        let end = text.floor_char_boundary((at + less).min(text.len())).max(start);
        text.replace_range(start..end, &with);
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        let (_, diagnostics) = module(&[("a.tf.json", &text)]);
        let refused = diagnostics.iter().any(|one| one.message() == "this is not JSON");
        prop_assert_eq!(refused, !is_json, "{}", text);
    }

    /// The types convert what their schemas take: the one is asked of defaults, the other of what is set.
    #[test]
    fn defaults_fit_where_values_do(of in constraint(), value in value()) {
        let text = json!({"variable": {"v": {"type": of, "default": value}}}).to_string();
        let (parameters, diagnostics) = module(&[("a.tf.json", &text)]);
        prop_assert_eq!(parameters.origin(), SchemaOrigin::Terraform);
        let refused = diagnostics.iter().any(|one| one.severity() == Severity::Error);
        prop_assert_eq!(refused, !parameters.accepts(parameters.defaults()), "{}", text);
    }
}
