//! The variables of Terraform modules as schemas.
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
use catalog_model::{Diagnostic, LoadOptions, MemorySource, SourceFile, load};
use serde_json::{Value, json};

fn module(files: &[(&str, &str)]) -> (ParameterSchema, Vec<Diagnostic>) {
    let files: Vec<Arc<SourceFile>> = files
        .iter()
        .map(|(path, text)| SourceFile::new(*path, *text))
        .collect();
    ParameterSchema::of_terraform(&files, &ParameterLimits::default())
}

fn usable(text: &str) -> ParameterSchema {
    let (parameters, diagnostics) = module(&[("main.tf", text)]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(parameters.origin(), SchemaOrigin::Terraform);
    parameters
}

#[test]
fn a_variable_says_all_it_is() {
    let parameters = usable(
        r#"
# what else a module has is not looked at
resource "aws_db_instance" "main" {
  name = var.name
}

variable "name" {
  type        = string
  description = "The database's name."
  default     = "main"
  nullable    = false

  validation {
    condition     = length(var.name) < 64 && !startswith(var.name, "-")
    error_message = "At most 63 characters."
  }
}

variable "password" {
  description = <<-EOT
    Never shown.
    Not even here.
  EOT
  type      = string
  default   = "hunter2"
  sensitive = true
}

variable "size" { type = number }
"#,
    );
    assert_eq!(
        parameters.json(),
        &json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": {
                "name": {
                    "type": ["string", "number", "boolean"],
                    "description": "The database's name.",
                    "default": "main",
                    "x-terraform-type": "string",
                    "x-validation": [{
                        "condition": "length(var.name) < 64 && !startswith(var.name, \"-\")",
                        "error_message": "At most 63 characters.",
                    }],
                },
                "password": {
                    "type": ["string", "number", "boolean", "null"],
                    "description": "Never shown.\nNot even here.",
                    "writeOnly": true,
                    "x-terraform-type": "string",
                },
                "size": {
                    "type": ["number", "string", "null"],
                    "pattern": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$",
                    "x-terraform-type": "number",
                },
            },
            "required": ["size"],
            "additionalProperties": false,
        })
    );
    assert!(!parameters.json().to_string().contains("hunter2"));
    assert_eq!(
        parameters.defaults(),
        &json!({"name": "main", "password": "hunter2"})
    );
    assert!(parameters.is_sensitive("/password") && parameters.is_sensitive("/pasword"));
    assert!(!parameters.is_sensitive("/name"));
    let (file, span) = parameters.default_place("/name").unwrap();
    assert_eq!(file.slice(span), "\"main\"");
}

/// What fits a type and what does not.
#[test]
fn types_are_what_terraform_converts() {
    let cases: &[(&str, Value, Value)] = &[
        ("string", json!(["x", 1, true, null]), json!([[], {}])),
        (
            "number",
            json!([1, -1.5, "2", "1e3", null]),
            json!(["x", true, [], "0x10"]),
        ),
        (
            "bool",
            json!([true, "false", "1", null]),
            json!(["yes", 1, []]),
        ),
        ("any", json!([1, "x", [], {}, null]), json!([])),
        (
            "list(string)",
            json!([[], ["a", 1], [null], null]),
            json!(["a", [[]], {}]),
        ),
        ("set(number)", json!([[1, 1], ["2"]]), json!([["x"], 1])),
        ("map(bool)", json!([{}, {"a": true}]), json!([{"a": 1}, []])),
        (
            "object({ a = string, b = optional(number), c = optional(bool, true) })",
            json!([{"a": "x"}, {"a": null}, {"a": "x", "b": 1, "c": false, "more": 1}, {"a": "x", "b": null}]),
            json!([{}, {"a": []}, {"a": "x", "b": "y"}, "x"]),
        ),
        (
            "tuple([string, number])",
            json!([["a", 1]]),
            json!([["a"], ["a", 1, 2], ["a", "b"]]),
        ),
        ("tuple([])", json!([[]]), json!([[1]])),
        (
            "list(object({ ports = map(list(number)) }))",
            json!([[{"ports": {"a": [1]}}]]),
            json!([[{"ports": {"a": ["x"]}}], [{}]]),
        ),
        ("list", json!([[1]]), json!(["x"])),
        ("\"map\"", json!([{}]), json!([[]])),
    ];
    for (constraint, fitting, others) in cases {
        let parameters = usable(&format!("variable \"v\" {{\n  type = {constraint}\n}}\n"));
        for value in fitting.as_array().unwrap() {
            assert!(
                parameters.accepts(&json!({"v": value})),
                "{constraint} {value}"
            );
        }
        for value in others.as_array().unwrap() {
            assert!(
                !parameters.accepts(&json!({"v": value})),
                "{constraint} {value}"
            );
        }
        assert!(
            !parameters.accepts(&json!({})),
            "{constraint}: it has no default"
        );
    }
    let optional = usable("variable \"v\" {\n  type = object({ c = optional(bool, true) })\n}\n");
    assert_eq!(
        optional.json()["properties"]["v"]["properties"]["c"]["default"],
        true
    );
}

#[test]
fn defaults_are_plain_values() {
    let parameters = usable(
        "variable \"v\" {\n  default = {\n    list = [1, -2, 1.5, (3)]\n    \"quoted\" = \"a\\n$${x}\"\n    none = null\n    yes = true\n    huge = 18446744073709551615\n    text = <<EOT\nline\nEOT\n  }\n}\n",
    );
    assert_eq!(
        parameters.defaults()["v"],
        json!({"list": [1, -2, 1.5, 3], "quoted": "a\n${x}", "none": null, "yes": true, "huge": u64::MAX, "text": "line\n"})
    );
    let (parameters, diagnostics) = module(&[(
        "main.tf",
        "variable \"v\" {\n  default = upper(\"x\")\n}\nvariable \"s\" {\n  sensitive = true\n  default   = \"${local.secret}\"\n}\n",
    )]);
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "main.tf:2:13: warning[terraform.default]: the default of `v` is no plain value: it is kept as text",
            "main.tf:6:15: warning[terraform.default]: the default of `s` is no plain value: it is kept as text",
        ]
    );
    // One variable is secret, and its default may stand on any line.
    assert!(diagnostics.iter().all(Diagnostic::withholds_source));
    assert_eq!(
        parameters.json()["properties"]["v"]["x-default"],
        "upper(\"x\")"
    );
    assert_eq!(
        parameters.json()["properties"]["s"],
        json!({"writeOnly": true})
    );
    assert_eq!(
        parameters.json()["required"],
        json!([]),
        "they have a default, if not a known one"
    );
}

#[test]
fn what_may_be_secret_is() {
    let secret =
        |line: &str| usable(&format!("variable \"v\" {{\n  {line}\n}}\n")).is_sensitive("/v/deep");
    for line in [
        "sensitive = true",
        "ephemeral = true",
        "sensitive = local.x",
        "sensitive = \"true\"",
        "sensitive = null",
    ] {
        assert!(secret(line), "{line}");
    }
    for line in ["sensitive = false", "type = any", "ephemeral = false"] {
        assert!(!secret(line), "{line}");
    }
}

/// Nothing is known of a module with a file that cannot be read: it may declare what is secret.
#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, expected) in [
        (
            "variable \"a\" {\n  default = [1,\n}\n",
            "main.tf:3:1: error[terraform.syntax]: this is not Terraform's language: ",
        ),
        (
            "variable \"a\" {\n  type = strin\n}\n",
            "main.tf:2:10: error[terraform.type]: `strin` is no type",
        ),
        (
            "variable \"a\" {\n  type = list(string, number)\n}\n",
            "main.tf:2:10: error[terraform.type]: `list(…)` holds one type",
        ),
        (
            "variable {}\n",
            "main.tf:1:1: error[terraform.variable.name]: a `variable` block has one name",
        ),
        (
            "variable \"a\" {}\nvariable \"a\" {}\n",
            "main.tf:2:10: error[terraform.variable.duplicate]: the variable `a` is declared twice",
        ),
        (
            "\u{feff}variable \"a\" {\n  type = x\n}\n",
            "main.tf:2:10: error[terraform.type]: `x` is no type",
        ),
    ] {
        let (parameters, diagnostics) = module(&[("main.tf", text)]);
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        let line = diagnostics[0].to_string();
        assert!(line.starts_with(expected), "{line}");
        assert_eq!(parameters.origin(), SchemaOrigin::Unknown);
        assert!(parameters.is_sensitive("/a"));
    }
}

#[test]
fn files_are_read_as_terraform_does() {
    let (parameters, diagnostics) = module(&[
        ("m/override.tf", "variable \"a\" {\n  default = 2\n}\n"),
        (
            "m/a.tf",
            "variable \"a\" {\n  type    = number\n  default = 1\n}\n",
        ),
        (
            "m/b.tf.json",
            r#"{"variable": {"b": {"type": "list(string)", "default": ["x"], "description": "in JSON", "sensitive": true}, "c": [{"type": "string"}]}}"#,
        ),
        (
            "m/z_override.tf.json",
            r#"{"variable": [{"c": {"default": "from above"}}]}"#,
        ),
    ]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(
        parameters.defaults(),
        &json!({"a": 2, "b": ["x"], "c": "from above"})
    );
    assert_eq!(
        parameters.json()["properties"]["a"]["x-terraform-type"],
        "number"
    );
    assert_eq!(
        parameters.json()["properties"]["b"]["description"],
        "in JSON"
    );
    assert!(parameters.is_sensitive("/b"));
    let place = |pointer| parameters.default_place(pointer).unwrap();
    assert_eq!(
        (place("/a").0.path(), place("/a").0.slice(place("/a").1)),
        ("m/override.tf", "2")
    );
    assert_eq!(place("/c").0.path(), "m/z_override.tf.json");
}

#[test]
fn a_module_of_a_catalog_is_read_from_its_folder() {
    let source = MemorySource::from_iter([
        ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
        (
            "p/1.0.0/modules.yaml",
            "modules:\n- terraform: {path: ./rds}\n- terraform: {path: ./docs}\n- terraform: {remote: {source: a/b/c, version: 1.0.0}}\n- manifests: {path: ./docs}\n  name: plain\n",
        ),
        ("p/1.0.0/rds/main.tf", "variable \"name\" {}\n"),
        ("p/1.0.0/rds/README.md", "variable \"no\" {}\n"),
        ("p/1.0.0/docs/README.md", ""),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let release = &loaded.catalog().package("p").unwrap().releases()[0];
    let read = |index: usize| {
        ParameterSchema::read(
            &source,
            release,
            &release.modules()[index],
            &ParameterLimits::default(),
        )
    };
    let (rds, diagnostics) = read(0);
    assert!(diagnostics.is_empty());
    assert_eq!(rds.json()["properties"], json!({"name": {}}));
    let (docs, diagnostics) = read(1);
    assert_eq!(
        (docs.origin(), diagnostics[0].code()),
        (SchemaOrigin::Unknown, "terraform.missing")
    );
    for index in [2, 3] {
        let (parameters, diagnostics) = read(index);
        assert_eq!(
            (parameters.origin(), diagnostics.len()),
            (SchemaOrigin::Unknown, 0)
        );
    }
}

/// Of each row: the module's files, a value of the variable `v` and whether Terraform takes it. The rows are the statements of its
/// documentation on input variables, type constraints, override files and JSON syntax.
#[test]
fn values_are_taken_as_the_documentation_says() {
    let of = |body: &str| format!("variable \"v\" {{\n{body}\n}}\n");
    let object = "type = object({name = string, size = optional(number, 3), tags = optional(map(string)), inner = optional(object({on = bool}), {on = true})})";
    for (body, value, taken) in [
        ("type = string", json!(5), true),
        ("type = string", json!(true), true),
        ("type = string", json!(["a"]), false),
        ("type = number", json!("5.5"), true),
        ("type = number", json!("five"), false),
        ("type = number", json!(true), false),
        ("type = bool", json!("true"), true),
        ("type = bool", json!("yes"), false),
        ("type = list(string)", json!(["a", 1]), true),
        ("type = list(string)", json!({"a": 1}), false),
        ("type = set(number)", json!([1, "2"]), true),
        ("type = set(number)", json!(["x"]), false),
        ("type = map(bool)", json!({"a": true}), true),
        ("type = map(bool)", json!({"a": "maybe"}), false),
        ("type = tuple([string, number])", json!(["a", 1]), true),
        ("type = tuple([string, number])", json!(["a"]), false),
        ("type = tuple([string, number])", json!(["a", 1, 2]), false),
        ("type = any", json!({"a": [1]}), true),
        ("", json!([null]), true),
        (object, json!({"name": "a"}), true),
        (
            object,
            json!({"name": "a", "size": "7", "tags": {"a": 1}, "inner": {"on": false}}),
            true,
        ),
        (object, json!({"name": "a", "size": null}), true),
        (object, json!({"name": "a", "more": "is dropped"}), true),
        (object, json!({"size": 1}), false),
        (object, json!({"name": "a", "inner": {}}), false),
        (
            "type = list(object({port = number, name = optional(string)}))",
            json!([{"port": 80}]),
            true,
        ),
        (
            "type = list(object({port = number, name = optional(string)}))",
            json!([{"name": "a"}]),
            false,
        ),
        ("type = string", json!(null), true),
        ("type = string\n nullable = true", json!(null), true),
        ("type = string\n nullable = false", json!(null), false),
        (
            "type = list(string)\n nullable = false",
            json!([null]),
            true,
        ),
        ("type = string\n ephemeral = true", json!("a"), true),
        ("type = string\n sensitive = true", json!(["a"]), false),
        // Conditions need Terraform: they are kept as text.
        (
            "type = number\n validation {\n condition = var.v > 5\n error_message = \"more\"\n }",
            json!(1),
            true,
        ),
    ] {
        let parameters = usable(&of(body));
        assert_eq!(
            parameters.accepts(&json!({ "v": value })),
            taken,
            "{body}: {value}"
        );
        assert!(
            !parameters.accepts(&json!({"v": value, "w": 1})),
            "no file declares w"
        );
    }
}

/// Terraform passes over hidden files: editors keep the last state of a file in one, and macOS what else it knows of it.
#[test]
fn hidden_files_are_not_read() {
    let module = |files: &[(&str, &str)]| {
        let own = [
            ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
            (
                "p/1.0.0/modules.yaml",
                "modules:\n- terraform: {path: ./rds}\n",
            ),
        ];
        let source = MemorySource::from_iter(own.iter().chain(files).copied());
        let loaded = load(&source, &LoadOptions::default()).unwrap();
        let release = &loaded.catalog().package("p").unwrap().releases()[0];
        let limits = ParameterLimits::default();
        let (parameters, diagnostics) =
            ParameterSchema::read(&source, release, &release.modules()[0], &limits);
        let codes = diagnostics.iter().map(|one| one.code().to_owned());
        (parameters.origin(), codes.collect::<Vec<_>>())
    };
    let declared = ("p/1.0.0/rds/variables.tf", "variable \"a\" {}\n");
    for hidden in [
        ("p/1.0.0/rds/.variables.tf", "variable \"a\" {}\n"),
        ("p/1.0.0/rds/._variables.tf", "\u{0}\u{5}\u{16}Mac OS X"),
        ("p/1.0.0/rds/.#variables.tf.json", "{"),
        ("p/1.0.0/rds/variables.tf~", "{"),
        ("p/1.0.0/rds/#variables.tf#", "{"),
    ] {
        let (origin, codes) = module(&[declared, hidden]);
        assert_eq!(
            (origin, codes),
            (SchemaOrigin::Terraform, vec![]),
            "{hidden:?}"
        );
        let (origin, codes) = module(&[hidden]);
        assert_eq!(
            (origin, codes),
            (SchemaOrigin::Unknown, vec!["terraform.missing".to_owned()]),
            "{hidden:?}"
        );
    }
}

/// Terraform reckons with 512 bits, of which no digit may be lost on the way.
#[test]
fn numbers_keep_their_digits() {
    for (written, value) in [
        ("5", json!(5)),
        ("-5", json!(-5)),
        ("- 5", json!(-5)),
        ("-(-5)", json!(5)),
        ("1.50", json!(1.5)),
        ("0.1", json!(0.1)),
        ("2.5e-3", json!(0.0025)),
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("100000000000000000000", json!(1e20)),
        (
            "123456789012345678901234567890",
            json!("123456789012345678901234567890"),
        ),
        ("-18446744073709551616", json!("-18446744073709551616")),
        ("-(-18446744073709551617)", json!("18446744073709551617")),
        ("3.14159265358979323846", json!("3.14159265358979323846")),
        (
            "[0.30000000000000000001]",
            json!(["0.30000000000000000001"]),
        ),
    ] {
        let parameters = usable(&format!("variable \"v\" {{\n  default = {written}\n}}\n"));
        assert_eq!(parameters.defaults()["v"], value, "{written}");
    }
    let huge = "123456789012345678901234567890";
    for of in ["number", "string", "any"] {
        let parameters = usable(&format!(
            "variable \"v\" {{\n  type = {of}\n  default = {huge}\n}}\n"
        ));
        assert!(parameters.accepts(parameters.defaults()));
        assert_eq!(parameters.json()["properties"]["v"]["default"], huge);
    }
}

/// What a variable that may not be null takes is said in its schema, with a type or without.
#[test]
fn null_is_refused_where_it_may_not_be() {
    for of in ["type = any", "", "type = list(any)"] {
        let parameters = usable(&format!("variable \"v\" {{\n{of}\nnullable = false\n}}\n"));
        assert!(!parameters.accepts(&json!({ "v": null })), "{of}");
        assert!(parameters.accepts(&json!({"v": [1, null]})), "{of}");
    }
    let parameters = usable("variable \"v\" {\n  nullable = \"false\"\n}\n");
    assert!(!parameters.accepts(&json!({ "v": null })));
}
