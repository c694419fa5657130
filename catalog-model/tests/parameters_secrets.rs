//! Sensitive values are shown nowhere, wherever they stand and whatever is wrong around them.
#![cfg(all(feature = "parameters", feature = "render"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::conditions::Context;
use catalog_model::document::Limits;
use catalog_model::parameters::{
    Asker, Layer, LayerOrigin, LayeredValues, ParameterLimits, ParameterSchema, ReleaseParameters,
};
use catalog_model::render::Colour;
use catalog_model::{Diagnostic, LoadOptions, MemorySource, SourceFile, load};
use serde_json::{Value, json};

/// What must not be seen. It is no word of any message, and reads as itself in YAML.
const SECRET: &str = "hunter2";

const SCHEMA: &str = r##"{
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "user": {"type": "string", "maxLength": 8},
    "password": {"$ref": "#/definitions/password"},
    "token": {"writeOnly": true, "enum": ["a", "b"]},
    "pin": {"type": "integer", "minimum": 100000, "format": "password"},
    "pair": {"writeOnly": true, "type": "object", "required": ["key"], "properties": {"key": {"type": "integer"}}},
    "accounts": {"type": "array", "minItems": 5, "items": {"type": "object", "properties": {
      "name": {"type": "string"}, "password": {"$ref": "#/definitions/password"}}}},
    "by-name": {"type": "object", "maxProperties": 1, "additionalProperties": {"$ref": "#/definitions/password"}},
    "auth": {"oneOf": [
      {"type": "object", "required": ["login"], "properties": {"login": {"type": "integer", "writeOnly": true}}, "additionalProperties": false},
      {"type": "object", "required": ["key"], "properties": {"key": {"const": "x", "format": "password"}}, "additionalProperties": false}]},
    "either": {"anyOf": [{"type": "integer"}, {"type": "string", "format": "password", "pattern": "^[0-9]+$"}]},
    "nothing": {"type": "object", "additionalProperties": false},
    "unique": {"type": "array", "uniqueItems": true, "items": {"writeOnly": true}}
  },
  "definitions": {"password": {"type": "string", "minLength": 20, "writeOnly": true}}
}"##;

const TERRAFORM: &str = "variable \"password\" {\n  type = number\n  sensitive = true\n}\nvariable \"size\" { type = number }\n";

fn parameters() -> ReleaseParameters {
    let source = MemorySource::from_iter([
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        (
            "web/1.0.0/modules.yaml",
            "modules:\n- chart: {path: ./chart}\n- terraform: {path: ./rds}\n- chart: {remote: {repo: 'https://example.com', name: far, version: 1.0.0}}\n",
        ),
        (
            "web/1.0.0/chart/Chart.yaml",
            "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
        ),
        ("web/1.0.0/chart/values.yaml", "user: nobody\n"),
        ("web/1.0.0/chart/values.schema.json", SCHEMA),
        ("web/1.0.0/rds/variables.tf", TERRAFORM),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let release = loaded.catalog().package("web").unwrap().newest().unwrap();
    let (parameters, diagnostics) =
        ReleaseParameters::read(&source, release, &ParameterLimits::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    parameters
}

/// Everything that is ever shown of a diagnostic. `Debug` is for us, and shows no text of files.
fn shown_of(diagnostic: &Diagnostic) -> String {
    format!(
        "{diagnostic}\n{diagnostic:?}\n{}\n{}\n",
        diagnostic.to_json(),
        diagnostic.render(Colour::Never)
    )
}

/// Everything that is ever shown of values.
fn shown_of_values(values: &LayeredValues<'_>) -> String {
    let mut shown = format!("{values:?}\n{}\n{:?}\n", values.to_json(), values.leaves());
    for leaf in values.leaves() {
        shown += &format!("{} {:?} {}\n", leaf.pointer, leaf.value, leaf.provenance);
    }
    for violation in values.validate() {
        shown += &format!("{violation}\n{violation:?}\n{}\n", violation.to_json());
        shown += &shown_of(violation.diagnostic());
    }
    for layer in values.layers() {
        shown += &format!("{layer:?}\n");
    }
    shown + &format!("{:?}", values.context(Context::new()))
}

fn check(parameters: &ReleaseParameters, secret: &str, text: &str) {
    for origin in [LayerOrigin::User, LayerOrigin::Environment] {
        let file = SourceFile::new("mine.yaml", text);
        let (layer, diagnostics) = Layer::parse(origin, &file, &Limits::default());
        let mut shown: String = diagnostics.iter().map(shown_of).collect();
        let is_read = layer.is_some();
        let (values, diagnostics) = parameters.merge(layer);
        shown.extend(diagnostics.iter().map(shown_of));
        shown += &shown_of_values(&values);
        assert!(!shown.contains(secret), "{text}\nshows it:\n{shown}");
        assert!(
            is_read || !diagnostics.is_empty() || !shown.is_empty(),
            "{text}"
        );
    }
}

#[test]
fn no_placement_shows_a_secret() {
    let parameters = parameters();
    let placements = [
        // What fits, and what does not.
        "chart: {password: hunter2}",
        "chart: {user: 5, password: hunter2}",
        "chart: {user: far too long a name, password: hunter2-and-some-more-to-be-long}",
        "chart:\n  user: 5\n  password: hunter2",
        "chart: {token: hunter2}",
        "chart: {pair: hunter2}",
        "chart: {pair: {key: hunter2}}",
        "chart: {pair: {other: hunter2}}",
        "chart: {password: {deep: hunter2}}",
        "chart: {password: [hunter2]}",
        "chart: {password: [{a: [hunter2]}]}",
        // Inside of lists and maps, beside other mistakes on their lines.
        "chart: {accounts: [{name: 5, password: hunter2}]}",
        "chart:\n  accounts:\n  - {name: a, password: hunter2}\n  - {name: b, password: hunter2}",
        "chart:\n  accounts:\n  - name: 7\n    password: hunter2\n",
        "chart: {by-name: {a: hunter2, b: hunter2}}",
        "chart:\n  by-name:\n    a: hunter2\n    b: hunter2\n",
        "chart: {unique: [hunter2, hunter2]}",
        // In alternatives, of which none fits.
        "chart: {auth: {login: hunter2}}",
        "chart: {auth: {key: hunter2}}",
        "chart: {auth: {key: hunter2, login: 5}}",
        "chart: {auth: {login: 5, keey: hunter2}}",
        "chart: {either: hunter2}",
        // In the place of the map or list that has the secret.
        "chart: {auth: hunter2}",
        "chart: {accounts: hunter2}",
        "chart:\n  accounts:\n    a: hunter2\n",
        "chart: {accounts: [hunter2]}",
        "chart: {by-name: hunter2}",
        "chart: {by-name: [hunter2]}",
        "chart: {user: 5, by-name: hunter2}",
        // Under keys that nobody knows: a misspelt one may be a secret's.
        "chart: {pasword: hunter2}",
        "chart:\n  pasword: hunter2\n  user: 5\n",
        "chart: {nothing: {password: hunter2}}",
        "chrat: {password: hunter2}",
        "chrat:\n  password: hunter2\n",
        "password: hunter2",
        "chart: hunter2",
        "rds: {password: hunter2, size: x}",
        "rds: {pasword: hunter2}",
        "rds:\n  size: x\n  password: hunter2\n",
        "rds: {password: {a: {b: hunter2}}}",
        // Of a module about which nothing is known.
        "far: {anything: {goes: hunter2}}",
        "far: {list: [hunter2, {a: hunter2}]}",
        "far: hunter2",
        // Texts that are no YAML, or odd in it.
        "chart: {password: hunter2",
        "chart:\n  password: 'hunter2\n",
        "chart:\n  password: hunter2\n  password: hunter2\n",
        "chart:\n  password: \"hunter2\n  more\"\n",
        "chart:\n  password: !secret hunter2\n",
        "chart:\n  password: !hunter2 x\n  pin: *hunter2\n",
        "chart:\n  user: &a [5]\n  password: &p hunter2\n  token: *p\n",
        "chart:\n\tpassword: hunter2\n",
        "chart: {password: hunter2}\n---\nchart: {password: hunter2}\n",
        "- password: hunter2\n",
        "hunter2\n",
        "chart:\n  password: |\n    hunter2\n    more\n  user: 5\n",
        "chart:\n  <<: {password: hunter2}\n  user: 5\n",
    ];
    for text in placements {
        check(&parameters, SECRET, text);
    }
}

#[test]
fn scalars_that_are_read_in_two_ways_are_not_quoted() {
    let parameters = parameters();
    for (secret, text) in [
        ("0o17735", "chart: {pin: 0o17735}"),
        ("017735", "chart: {pin: 017735}"),
        ("8157", "chart: {pin: 017735}"),
        ("81_23_9", "chart:\n  pin: 81_23_9\n"),
        ("81239", "chart:\n  pin: 81_23_9\n"),
        ("81239", "chart: {pin: 81239}"),
        ("81239", "chart: {pin: '81239'}"),
        ("81239", "rds: {password: '81239'}"),
        (".inf", "chart: {pin: .inf}"),
        ("12:34:56", "chart: {pin: 12:34:56}"),
        ("017735", "chrat: {pin: 017735}"),
        ("017735", "far: {pin: 017735}"),
    ] {
        check(&parameters, secret, text);
    }
}

#[test]
fn other_layers_show_none_either() {
    let parameters = parameters();
    let asker = |name| LayerOrigin::Dependency(Asker::new(name, "1.0.0", 0));
    let values = |secret: &str| json!({"chart": {"password": secret, "by-name": {"a": secret}}, "rds": {"password": secret}});
    let layer = |origin, secret| Layer::from_json(origin, &values(secret), &Limits::default());
    let (merged, diagnostics) = parameters.merge([
        layer(LayerOrigin::Module, "hunter2-module").unwrap(),
        layer(asker("alpha"), "hunter2-alpha").unwrap(),
        layer(asker("beta"), "hunter2-beta").unwrap(),
    ]);
    assert!(!diagnostics.is_empty(), "alpha and beta differ");
    let shown: String = diagnostics.iter().map(shown_of).collect();
    let shown = shown + &shown_of_values(&merged);
    assert!(!shown.contains(SECRET), "{shown}");
    assert_eq!(merged.reveal()["rds"]["password"], "hunter2-alpha");

    let text = |secret: &str| format!("chart:\n  password: {secret}\n");
    let parse = |name, secret: &str| {
        let file = SourceFile::new(format!("{name}.yaml"), text(secret));
        Layer::parse(asker(name), &file, &Limits::default())
            .0
            .unwrap()
    };
    let (_, diagnostics) =
        parameters.merge([parse("alpha", "hunter2-a"), parse("beta", "hunter2-b")]);
    let shown: String = diagnostics.iter().map(shown_of).collect();
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(
        shown.contains("alpha.yaml:2"),
        "the place is said all the same: {shown}"
    );
}

#[test]
fn what_is_open_is_shown() {
    let parameters = parameters();
    let file = SourceFile::new("mine.yaml", "chart:\n  user: 5\n  password: hunter2\n");
    let (layer, _) = Layer::parse(LayerOrigin::User, &file, &Limits::default());
    let (values, _) = parameters.merge(layer);
    assert_eq!(
        values.to_json(),
        json!({"chart": {"password": "(sensitive)", "user": 5}})
    );
    assert!(values.has_secrets());
    assert!(values.is_sensitive("/chart/password") && !values.is_sensitive("/chart/user"));
    let rendered: Vec<String> = values
        .validate()
        .iter()
        .map(|violation| violation.diagnostic().render(Colour::Never))
        .collect();
    insta::assert_snapshot!(rendered.join("\n"), @r"
    error[parameters.value.size]: `/chart/password` must have at least 20 characters (set by the user)
    --> mine.yaml:3:13
    error[parameters.value.type]: `/chart/user` must be a text, not the number `5` (set by the user)
     --> mine.yaml:2:9
      |
    2 |   user: 5
      |         ^
    error[parameters.value.missing]: `/rds` lacks `password`, which must be set
     |
     = help: set it in any layer: the `values` of `modules.yaml` or of a dependency, the environment, or the user's
    error[parameters.value.missing]: `/rds` lacks `size`, which must be set
     |
     = help: set it in any layer: the `values` of `modules.yaml` or of a dependency, the environment, or the user's
    ");

    // The catalog itself is open to all who can read it, but for what a schema says is secret.
    let module = json!({"far": {"replicas": 3}, "chart": {"password": "x"}});
    let module = Layer::from_json(LayerOrigin::Module, &module, &Limits::default()).unwrap();
    let (values, _) = parameters.merge([module]);
    assert_eq!(values.to_json()["far"], json!({"replicas": 3}));
    assert_eq!(values.to_json()["chart"]["password"], "(sensitive)");
    let open: Value = json!({"chart": {"user": "a"}});
    let open = Layer::from_json(LayerOrigin::User, &open, &Limits::default()).unwrap();
    let (values, _) = parameters.merge([open]);
    assert!(!values.has_secrets());
}

/// What is shown while the files of a module are read, and of what was read.
fn shown_of_reading(module: &str, files: &[(&str, &str)]) -> String {
    let modules = format!("modules:\n- {module}: {{path: ./it}}\n");
    let written = [
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        ("web/1.0.0/modules.yaml", &modules),
    ];
    let below = files.iter();
    let below = below.map(|(name, text)| (format!("web/1.0.0/it/{name}"), (*text).to_owned()));
    let written = written.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let source = MemorySource::from_iter(written.into_iter().chain(below));
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let release = loaded.catalog().package("web").unwrap().newest().unwrap();
    let (parameters, diagnostics) =
        ReleaseParameters::read(&source, release, &ParameterLimits::default());
    let shown: String = diagnostics.iter().map(shown_of).collect();
    let (values, diagnostics) = parameters.merge([]);
    let shown = diagnostics.iter().map(shown_of).fold(shown, |a, b| a + &b);
    format!("{shown}{parameters:?}\n{}", shown_of_values(&values))
}

const CHART: (&str, &str) = ("Chart.yaml", "apiVersion: v2\nname: it\nversion: 1.0.0\n");

#[test]
fn reading_a_module_shows_none_of_its_secrets() {
    let secret_variable = "variable \"p\" {\n  type = string\n  sensitive = true\n}\n";
    let schema = r#"{"properties": {"auth": {"properties": {"password": {"writeOnly": true}}}}}"#;
    let broken =
        r#"{"properties": {"p": {"writeOnly": true, "default": "hunter2"}, "q": {"type": 5}}}"#;
    let cases: [(&str, &[(&str, &str)]); 7] = [
        (
            "terraform",
            &[(
                "a.tf.json",
                r#"{"variable": {"p": {"type": "bogus", "default": "hunter2", "sensitive": true}}}"#,
            )],
        ),
        (
            "terraform",
            &[(
                "a.tf.json",
                r#"{"variable": {"p": {"default": "hunter2", "sensitive": true}}, # no comment
            }"#,
            )],
        ),
        (
            "terraform",
            &[
                ("a.tf", secret_variable),
                (
                    "override.tf",
                    "variable \"p\" {\n  default = \"hunter2${local.x}\"\n}\n",
                ),
            ],
        ),
        (
            "terraform",
            &[
                ("a.tf", secret_variable),
                ("b.tf", "variable \"p\" { default = \"hunter2\" }\n"),
            ],
        ),
        (
            "terraform",
            &[
                ("a.tf", secret_variable),
                (
                    "override.tf",
                    "variable \"p\" {\n  default = \"hunter2\"\n}\n",
                ),
            ],
        ),
        (
            "chart",
            &[
                CHART,
                (
                    "values.yaml",
                    "auth: {password: hunter2}\nauth: {password: hunter2}\n",
                ),
                ("values.schema.json", schema),
            ],
        ),
        ("chart", &[CHART, ("values.schema.json", broken)]),
    ];
    for (module, files) in cases {
        let shown = shown_of_reading(module, files);
        assert!(!shown.contains(SECRET), "{files:?}\nshows it:\n{shown}");
    }
    let open = [CHART, ("values.yaml", "a: 1\na: 2\n")];
    let shown = shown_of_reading("chart", &open);
    assert!(
        shown.contains("2 | a: 2"),
        "nothing is secret here: {shown}"
    );
}

#[test]
fn a_schema_shows_values_without_their_secrets() {
    let parameters = parameters();
    let chart = parameters.schema("chart").unwrap();
    let cases = [
        (
            "/by-name",
            json!({"a": "hunter2"}),
            json!({"a": "(sensitive)"}),
        ),
        (
            "/accounts",
            json!([{"name": "a", "password": "hunter2"}]),
            json!([{"name": "a", "password": "(sensitive)"}]),
        ),
        ("/accounts", json!({"a": "hunter2"}), json!("(sensitive)")),
        ("/accounts", json!([["hunter2"]]), json!(["(sensitive)"])),
        ("/by-name", json!("hunter2"), json!("(sensitive)")),
        ("/by-name", json!(null), json!(null)),
        ("/password", json!(null), json!("(sensitive)")),
        ("/user", json!("a"), json!("a")),
        ("/nobody-knows", json!("hunter2"), json!("(sensitive)")),
    ];
    for (pointer, value, shown) in cases {
        assert_eq!(chart.shown(pointer, &value), shown, "{pointer} {value}");
    }
    let far = parameters.schema("far").unwrap();
    assert_eq!(far.shown("/a", &json!("hunter2")), "(sensitive)");
}

/// A secret variable's default is not all that can hold its value.
#[test]
fn the_schema_of_a_secret_variable_holds_no_value() {
    let text = "variable \"db\" {\n  type = list(object({user = string, password = optional(string, \"hunter2\"), more = optional(tuple([object({\"a b\" = optional(map(any), {x = \"hunter2\"})})]))}))\n  sensitive = true\n  validation {\n    condition = var.db.password != \"hunter2\"\n    error_message = \"not hunter2\"\n  }\n}\nvariable \"open\" {\n  type = object({a = optional(string, \"shown\")})\n}\n";
    for (path, text) in [
        ("a.tf", text.to_owned()),
        (
            "a.tf.json",
            json!({"variable": {"db": {"type": "object({password = optional(string, \"hunter2\")})", "default": {"password": "hunter2"}, "ephemeral": true, "validation": {"condition": "hunter2"}}}})
                .to_string(),
        ),
    ] {
        let file = SourceFile::new(path, text);
        let (schema, diagnostics) =
            ParameterSchema::of_terraform(&[file], &ParameterLimits::default());
        assert_eq!(diagnostics, []);
        assert!(!schema.json().to_string().contains(SECRET), "{}", schema.json());
        if path == "a.tf" {
            let properties = &schema.json()["properties"];
            assert_eq!(
                properties["db"]["x-terraform-type"],
                "list(object({user = string, password = optional(string), more = optional(tuple([object({\"a b\" = optional(map(any))})]))}))"
            );
            assert_eq!(properties["open"]["properties"]["a"]["default"], "shown");
        }
    }
}

/// What is wrong with a type or an argument is said without the default beside it.
#[test]
fn mistakes_in_a_variable_show_none_of_its_values() {
    for (path, text) in [
        (
            "a.tf",
            "variable \"db\" {\n  type = object({password = optional(string, \"hunter2\"), u = strin})\n  sensitive = true\n}\n",
        ),
        (
            "a.tf",
            "variable \"db\" {\n  type = object({password = optional(number, \"hunter2\")})\n  sensitive = true\n}\n",
        ),
        (
            "a.tf.json",
            r#"{"variable": {"db": {"type": "object({p = optional(string, \"hunter2\"), u = strin})", "sensitive": true}}}"#,
        ),
        (
            "a.tf.json",
            r#"{"variable": {"db": {"default": "hunter2", "sensetive": true}}}"#,
        ),
        (
            "a.tf.json",
            r#"{"variable": {"db": {"default": {"a": "hunter2", "a": "hunter2"}, "sensitive": true}}}"#,
        ),
        (
            "a.tf.json",
            r#"{"variable": {"db": {"default": "hunter2", "sensitive": true}, 5}"#,
        ),
    ] {
        let file = SourceFile::new(path, text);
        let (schema, diagnostics) =
            ParameterSchema::of_terraform(&[file], &ParameterLimits::default());
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        let shown = shown_of(&diagnostics[0]);
        assert!(!shown.contains(SECRET), "{shown}");
        assert!(schema.is_sensitive("/db"));
    }
}
