//! Schemas and modules made to cost more than any answer is worth.
#![cfg(feature = "parameters")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

use std::fmt::Write;
use std::time::{Duration, Instant};

use catalog_model::parameters::{
    ChartFiles, ParameterLimits, ParameterSchema, ReleaseParameters, SchemaOrigin,
};
use catalog_model::{Diagnostic, LoadOptions, MemorySource, Severity, SourceFile, load};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Far more than any of these takes, in a build without optimisation on a busy machine.
const BOUND: Duration = Duration::from_secs(20);

fn within_bounds<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    let taken = start.elapsed();
    eprintln!("{what}: {taken:?}");
    assert!(taken < BOUND, "{what}: {taken:?}");
    result
}

fn declared(schema: &str) -> (ParameterSchema, Vec<Diagnostic>) {
    declared_within(schema, &ParameterLimits::default())
}

fn declared_within(schema: &str, limits: &ParameterLimits) -> (ParameterSchema, Vec<Diagnostic>) {
    let mut files = ChartFiles::default();
    files.schema = Some(SourceFile::new("values.schema.json", schema));
    ParameterSchema::of_chart(&files, limits)
}

/// The schema is refused, for this reason, soon; and nothing about it is known then.
fn check_refused(what: &str, schema: &str, code: &str) {
    let (parameters, diagnostics) = within_bounds(what, || declared(schema));
    let codes: Vec<&str> = diagnostics.iter().map(Diagnostic::code).collect();
    assert!(codes.contains(&code), "{what}: {diagnostics:#?}");
    assert_eq!(parameters.origin(), SchemaOrigin::Unknown, "{what}");
    assert!(parameters.is_sensitive("/anything"), "{what}");
}

fn chain(length: usize, last: &Value, link: impl Fn(usize) -> Value) -> Value {
    let mut definitions = Map::new();
    for number in 0..length {
        definitions.insert(format!("d{number}"), link(number + 1));
    }
    definitions.insert(format!("d{length}"), last.clone());
    json!({"definitions": definitions, "properties": {"a": {"$ref": "#/definitions/d0"}}})
}

fn to(number: usize) -> Value {
    json!({"$ref": format!("#/definitions/d{number}")})
}

#[test]
fn references_that_double_are_refused() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let schema = chain(
            40,
            &json!({"type": "string"}),
            |next| json!({keyword: [to(next), to(next)]}),
        );
        check_refused(
            keyword,
            &schema.to_string(),
            "values-schema.limit.expansion",
        );
    }
    let schema = chain(
        12,
        &json!({"type": "string"}),
        |next| json!({"allOf": [to(next), to(next), to(next), to(next), to(next), to(next), to(next), to(next)]}),
    );
    check_refused(
        "eightfold",
        &schema.to_string(),
        "values-schema.limit.expansion",
    );
}

#[test]
fn schemas_that_look_again_at_each_level_are_refused() {
    let schema = chain(
        40,
        &json!({"type": "object"}),
        |next| json!({"allOf": [to(next)], "unevaluatedProperties": false}),
    );
    check_refused(
        "unevaluated",
        &schema.to_string(),
        "values-schema.limit.expansion",
    );
}

#[test]
fn references_without_end_are_refused() {
    for schema in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"not": {"$ref": "#"}}),
        json!({"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"anyOf": [true, {"$ref": "#/definitions/a"}]}}, "properties": {"x": {"$ref": "#/definitions/a"}}}),
    ] {
        check_refused("endless", &schema.to_string(), "values-schema.ref.endless");
    }
}

#[test]
fn recursion_below_properties_is_fine_and_bounded_by_the_values() {
    let tree = json!({
        "definitions": {"tree": {"type": "object", "properties": {"left": {"$ref": "#/definitions/tree"}, "right": {"$ref": "#/definitions/tree"}}, "additionalProperties": false}},
        "$ref": "#/definitions/tree",
    });
    let (parameters, diagnostics) = declared(&tree.to_string());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert!(parameters.accepts(&json!({"left": {"right": {}}})));
    assert!(!parameters.accepts(&json!({"left": {"middle": {}}})));

    // Each level asks twice about the next: 2^100 questions about 100 levels.
    let twice = json!({"allOf": [{"properties": {"a": {"$ref": "#"}}}, {"properties": {"a": {"$ref": "#"}}}]});
    let (parameters, diagnostics) = declared(&twice.to_string());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let nested = |depth: usize| (0..depth).fold(json!({}), |value, _| json!({"a": value}));
    assert!(parameters.accepts(&nested(10)));
    within_bounds("twice a level", || {
        assert!(!parameters.accepts(&nested(100)))
    });
}

/// The stack of a test's thread has 2 MiB, and frames are large without optimisation.
#[test]
fn the_deepest_schemas_and_values_allowed_fit_the_stack() {
    let limits = ParameterLimits::default();
    let deep = (0..limits.schema_depth).fold(json!({}), |schema, _| json!({"items": schema}));
    let (parameters, diagnostics) = declared(&deep.to_string());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert!(parameters.accepts(&json!({})));

    let line =
        json!({"properties": {"a": {"allOf": [{"$ref": "#"}]}}, "additionalProperties": false});
    let (parameters, diagnostics) = declared(&line.to_string());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let nested = |depth: usize, last: Value| (0..depth).fold(last, |value, _| json!({"a": value}));
    for depth in [100, 120, 125] {
        assert!(parameters.accepts(&nested(depth, json!({}))), "{depth}");
        assert!(
            !parameters.accepts(&nested(depth, json!({"b": 1}))),
            "{depth}"
        );
    }

    let long = chain(160, &json!({"type": "string"}), to);
    let (parameters, diagnostics) = declared(&long.to_string());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert!(parameters.accepts(&json!({"a": "x"})) && !parameters.accepts(&json!({"a": 1})));

    let longest = chain(9000, &json!({"type": "string"}), to);
    let (parameters, _) = within_bounds("a long chain", || declared(&longest.to_string()));
    assert!(
        !parameters.accepts(&json!({"a": "x"})),
        "too many wait for the answer"
    );
}

#[test]
fn large_schemas_are_refused_before_they_are_walked() {
    let deep = (0..120).fold("{}".to_owned(), |schema, _| {
        format!(r#"{{"not":{schema}}}"#)
    });
    check_refused("deep", &deep, "values-schema.limit.depth");
    let deeper = (0..10_000).fold("{}".to_owned(), |schema, _| {
        format!(r#"{{"not":{schema}}}"#)
    });
    check_refused("deeper", &deeper, "yaml.limit.depth");
    let wide: String = (0..30_000).fold(String::new(), |mut text, number| {
        write!(text, "\"p{number}\":{{}},").unwrap();
        text
    });
    check_refused(
        "wide",
        &format!("{{\"properties\":{{{wide}\"last\":{{}}}}}}"),
        "values-schema.limit.subschemas",
    );
    let values: Vec<usize> = (0..20_000).collect();
    check_refused(
        "enum",
        &json!({"properties": {"a": {"enum": values}}}).to_string(),
        "values-schema.limit.enum",
    );
    // Long names before ten thousand short ones are written out ten thousand times by a validator.
    let many: Map<String, Value> = (0..10_000)
        .map(|number| (format!("p{number}"), json!({})))
        .collect();
    let name = "x".repeat(1000);
    let long = (0..40).fold(
        json!({"properties": many}),
        |schema, _| json!({"properties": {&name: schema}}),
    );
    check_refused("paths", &long.to_string(), "yaml.limit.path-expansion");
}

#[test]
fn patterns_are_matched_in_linear_time_or_not_at_all() {
    for pattern in [
        "(?=a)b",
        r"(a)\1",
        "(((a{1,100}){1,100}){1,100}){1,100}",
        "(",
    ] {
        check_refused(
            pattern,
            &json!({"properties": {"a": {"pattern": pattern}}}).to_string(),
            "values-schema.pattern",
        );
        check_refused(
            pattern,
            &json!({"patternProperties": {pattern: {}}}).to_string(),
            "values-schema.pattern",
        );
    }
    check_refused(
        "a long pattern",
        &json!({"properties": {"a": {"pattern": "a".repeat(5000)}}}).to_string(),
        "values-schema.limit.pattern",
    );
    let many: Map<String, Value> = (0..2000)
        .map(|number| (format!("^p{number}$"), json!({})))
        .collect();
    check_refused(
        "many patterns",
        &json!({"patternProperties": many}).to_string(),
        "values-schema.limit.patterns",
    );
    let classes: Map<String, Value> = (0..100)
        .map(|number| {
            (
                format!("p{number}"),
                json!({"pattern": format!("{}{number}", r"\d".repeat(1000))}),
            )
        })
        .collect();
    check_refused(
        "translated patterns",
        &json!({"properties": classes}).to_string(),
        "values-schema.limit.pattern-work",
    );

    // The classic of engines that go back: linear here.
    let (parameters, diagnostics) =
        declared(&json!({"properties": {"a": {"pattern": "^(a+)+$"}}}).to_string());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let text = format!("{}b", "a".repeat(50_000));
    within_bounds("nested repetition", || {
        assert!(!parameters.accepts(&json!({"a": text})))
    });
    let (parameters, diagnostics) =
        declared(&json!({"properties": {"a": {"pattern": "[ab]*a[ab]{150}c"}}}).to_string());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let text: String = (0..1_200_000_u32)
        .map(|n| {
            if n.wrapping_mul(2_654_435_761) >> 31 == 0 {
                'a'
            } else {
                'b'
            }
        })
        .collect();
    within_bounds("a large automaton", || {
        assert!(!parameters.accepts(&json!({"a": text})))
    });
    let text = text.repeat(3);
    within_bounds("a text too long to match", || {
        assert!(!parameters.accepts(&json!({"a": text})))
    });
}

#[test]
fn alternatives_that_copy_large_values_are_refused() {
    let alternatives = vec![json!({"type": "string"}); 5000];
    let (parameters, diagnostics) =
        declared(&json!({"properties": {"a": {"anyOf": alternatives}}}).to_string());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let large: Vec<usize> = (0..50_000).collect();
    within_bounds("copies", || {
        assert!(!parameters.accepts(&json!({"a": large})))
    });
    assert!(parameters.accepts(&json!({"a": "x"})));
}

#[test]
fn keywords_about_whole_values_take_no_longer_than_the_values() {
    let (parameters, diagnostics) =
        declared(r#"{"properties": {"a": {"uniqueItems": true}, "b": {"multipleOf": 1e-300}}}"#);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let many: Vec<Value> = (0..50_000).map(|number| json!({"n": number})).collect();
    within_bounds("unique items", || {
        assert!(parameters.accepts(&json!({"a": many})))
    });
    within_bounds("multiples", || parameters.accepts(&json!({"b": 1e308})));
}

type Change = fn(&mut ParameterLimits);

#[test]
fn every_limit_can_be_set() {
    let small = |change: Change| {
        let mut limits = ParameterLimits::default();
        change(&mut limits);
        limits
    };
    let schema = json!({
        "properties": {"a": {"enum": ["x", "y"], "pattern": "^[xy]$"}, "b": {"patternProperties": {"^x": {"type": "string"}}}},
    })
    .to_string();
    let cases: [(Change, &str); 9] = [
        (
            |limits| limits.subschemas = 2,
            "values-schema.limit.subschemas",
        ),
        (
            |limits| limits.schema_depth = 1,
            "values-schema.limit.depth",
        ),
        (|limits| limits.enum_values = 1, "values-schema.limit.enum"),
        (
            |limits| limits.pattern_bytes = 3,
            "values-schema.limit.pattern",
        ),
        (|limits| limits.patterns = 1, "values-schema.limit.patterns"),
        (
            |limits| limits.pattern_work = 3,
            "values-schema.limit.pattern-work",
        ),
        (|limits| limits.path_bytes = 10, "values-schema.limit.paths"),
        (
            |limits| limits.compiled_pattern_bytes = 10,
            "values-schema.pattern",
        ),
        (|limits| limits.document.depth = 3, "yaml.limit.depth"),
    ];
    for (change, code) in cases {
        let (_, diagnostics) = declared_within(&schema, &small(change));
        let codes: Vec<&str> = diagnostics.iter().map(Diagnostic::code).collect();
        assert!(codes.contains(&code), "{code}: {diagnostics:?}");
    }
    for change in [(|limits| limits.applications = 5) as Change, |limits| {
        limits.waiting = 1
    }] {
        let (parameters, diagnostics) = declared_within(&schema, &small(change));
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert!(parameters.accepts(&json!({})));
        assert!(!parameters.accepts(&json!({"a": "x", "b": {"x": "y"}})));
    }
}

fn terraform(text: &str) -> (ParameterSchema, Vec<Diagnostic>) {
    ParameterSchema::of_terraform(
        &[SourceFile::new("main.tf", text)],
        &ParameterLimits::default(),
    )
}

#[test]
fn terraform_that_nests_is_refused() {
    let open = [
        ("(", ")"),
        ("[", "]"),
        ("{a=", "}"),
        ("list(", ")"),
        ("!", ""),
        ("-", ""),
        ("\"${", "}\""),
        ("[for x in ", ": x]"),
        ("a ? b : ", ""),
        ("f(g, ", ")"),
        ("{(", ")=1}"),
        ("\"${[for x in f({a=!(", ")}): x]}\""),
    ];
    for (open, close) in open {
        for depth in [10, 20, 60, 63, 64, 70, 2000, 50_000] {
            let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let text = format!("variable \"a\" {{\n  default = {value}\n}}\n");
            let (parameters, _) = within_bounds(&format!("{open} {depth}"), || terraform(&text));
            assert!(
                depth < 70 || parameters.origin() == SchemaOrigin::Unknown,
                "{open} {depth}"
            );
        }
    }
    let blocks = format!("{}{}", "a {\n".repeat(50_000), "}\n".repeat(50_000));
    let (parameters, diagnostics) = within_bounds("blocks", || terraform(&blocks));
    assert_eq!(parameters.origin(), SchemaOrigin::Unknown);
    assert_eq!(diagnostics[0].code(), "terraform.syntax");
}

#[test]
fn terraform_that_is_large_is_bounded() {
    let numbered =
        |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<String>();
    let attributes = numbered(50_000, &|number| format!("a{number} = 1\n"));
    within_bounds("attributes", || {
        terraform(&format!("variable \"a\" {{\n{attributes}}}\n"))
    });
    let object = numbered(50_000, &|number| format!("a{number} = 1\n"));
    within_bounds("an object", || {
        terraform(&format!(
            "variable \"a\" {{\n  default = {{\n{object}}}\n}}\n"
        ))
    });
    let list = numbered(150_000, &|number| format!("{number},"));
    within_bounds("a list", || {
        terraform(&format!("variable \"a\" {{\n  default = [{list}]\n}}\n"))
    });
    let operators = "1+".repeat(100_000);
    within_bounds("operators", || {
        terraform(&format!(
            "variable \"a\" {{\n  default = {operators}1\n}}\n"
        ))
    });
    let variables = numbered(20_000, &|number| format!("variable \"v{number}\" {{}}\n"));
    let (_, diagnostics) = within_bounds("variables", || terraform(&variables));
    assert_eq!(diagnostics[0].code(), "terraform.limit.variables");
    let (_, diagnostics) = within_bounds("bytes", || terraform(&"#\n".repeat(1 << 20)));
    assert_eq!(diagnostics[0].code(), "terraform.limit.bytes");
}

#[test]
fn terraform_in_json_that_is_large_is_bounded() {
    let json = |what: &str, default: &str| {
        let text = format!("{{\"variable\": {{\"a\": {{\"default\": {default}}}}}}}");
        let file = SourceFile::new("main.tf.json", text);
        let read = || ParameterSchema::of_terraform(&[file], &ParameterLimits::default());
        within_bounds(what, read)
    };
    for (what, default, is_json) in [
        ("lists", format!("[{}1]", "[],".repeat(340_000)), true),
        ("numbers", format!("[{}1]", "1,".repeat(500_000)), true),
        ("a number", "9".repeat(1_000_000), true),
        (
            "a power of ten",
            format!("1e{}", "9".repeat(1_000_000)),
            true,
        ),
        ("escapes", format!("\"{}\"", "\\n".repeat(500_000)), true),
        ("texts", format!("[{}1]", "\"\",".repeat(340_000)), true),
        ("no end", "\"".repeat(1_000_001), false),
        (
            "back slashes",
            format!("\"{}", "\\".repeat(1_000_000)),
            false,
        ),
        ("lists in lists", "[".repeat(1_000_000), false),
    ] {
        let (parameters, diagnostics) = json(what, &default);
        assert_eq!(diagnostics.is_empty(), is_json, "{what}");
        assert_eq!(parameters.origin() == SchemaOrigin::Terraform, is_json);
    }
}

/// A thousand mistakes are said of a module, and no warning takes the place of an error.
#[test]
fn mistakes_in_terraform_are_bounded() {
    let warnings: String = (0..900)
        .map(|number| format!("variable \"v{number}\" {{\n  default = local.x\n}}\n"))
        .collect();
    let keys: String = (0..900)
        .map(|number| format!("  k{number} = 1\n"))
        .collect();
    let files = [
        SourceFile::new("a.tf", warnings),
        SourceFile::new("b.tf", format!("variable \"a\" {{\n{keys}}}\n")),
        SourceFile::new("c.tf", format!("variable \"b\" {{\n{keys}}}\n")),
    ];
    let (parameters, diagnostics) =
        ParameterSchema::of_terraform(&files, &ParameterLimits::default());
    let errors = diagnostics
        .iter()
        .filter(|said| said.severity() == Severity::Error);
    assert_eq!((diagnostics.len(), errors.count()), (1000, 1000));
    assert_eq!(parameters.origin(), SchemaOrigin::Unknown);
}

#[test]
fn many_unknown_keys_beside_many_known_ones_are_bounded() {
    let known: Map<String, Value> = (0..19_000).map(|n| (format!("p{n}"), json!({}))).collect();
    let schema = json!({"properties": known, "additionalProperties": false}).to_string();
    let values: String = (0..5_000).map(|n| format!("    q{n}: 1\n")).collect();
    let modules = format!("modules:\n- chart: {{path: chart}}\n  values:\n{values}");
    let source = MemorySource::from_iter([
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        ("web/1.0.0/modules.yaml", modules.as_str()),
        (
            "web/1.0.0/chart/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        ),
        ("web/1.0.0/chart/values.schema.json", schema.as_str()),
    ]);
    let mut options = LoadOptions::default();
    options.modules = Some(ParameterLimits::default());
    let loaded = within_bounds("unknown keys", || load(&source, &options).unwrap());
    assert_eq!(loaded.diagnostics().len(), 1000);
    assert_eq!(
        loaded.diagnostics()[0].code(),
        "parameters.value.unknown-key"
    );
}

#[test]
fn every_limit_of_terraform_is_named() {
    let file = |name: &str, text: &str| SourceFile::new(name, text);
    let small = |change: fn(&mut ParameterLimits)| {
        let mut limits = ParameterLimits::default();
        change(&mut limits);
        limits
    };
    let numbers = "variable \"a\" {\n  type = object({b = number, c = number})\n}\n";
    let two = [file("a.tf", ""), file("b.tf", "")];
    let one = [file("a.tf", numbers)];
    for (files, limits, said) in [
        (
            &two[..],
            small(|limits| limits.terraform_files = 1),
            "a.tf:1:1: error[terraform.limit.files]: ",
        ),
        (
            &one,
            small(|limits| limits.terraform_bytes = 10),
            "a.tf:1:1: error[terraform.limit.bytes]: ",
        ),
        (
            &one,
            small(|limits| limits.terraform_assignments = 2),
            "a.tf:1:1: error[terraform.limit.assignments]: ",
        ),
        (
            &one,
            small(|limits| limits.variables = 0),
            "a.tf:1:1: error[terraform.limit.variables]: ",
        ),
        (
            &one,
            small(|limits| limits.patterns = 1),
            "a.tf:1:10: error[terraform.limit.schema]: ",
        ),
        (
            &one,
            small(|limits| limits.subschemas = 2),
            "a.tf:1:10: error[terraform.limit.schema]: ",
        ),
    ] {
        let (parameters, diagnostics) = ParameterSchema::of_terraform(files, &limits);
        assert_eq!(parameters.origin(), SchemaOrigin::Unknown);
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        let line = diagnostics[0].to_string();
        assert!(line.starts_with(said), "{line}");
    }
}

/// A module is not to blame for a system that starts no thread, and nothing is known of it then. This test runs itself in a process that
/// has used up what memory it may have.
#[cfg(target_os = "linux")]
#[test]
fn a_module_that_cannot_be_read_is_not_to_blame() {
    const NAME: &str = "a_module_that_cannot_be_read_is_not_to_blame";
    if std::env::var_os("WITHOUT_MEMORY").is_none() {
        let status = std::process::Command::new("sh")
            .args(["-c", "ulimit -v 1000000 && exec \"$0\" --exact \"$1\""])
            .arg(std::env::current_exe().unwrap())
            .arg(NAME)
            .env("WITHOUT_MEMORY", "1")
            .status();
        assert!(status.unwrap().success());
        return;
    }
    let files = [SourceFile::new(
        "db/main.tf",
        "variable \"a\" {\n  type = string\n}\n",
    )];
    let limits = ParameterLimits::default();
    let mut used: Vec<Vec<u8>> = Vec::with_capacity(1000);
    loop {
        let mut more = Vec::new();
        if more.try_reserve_exact(8 << 20).is_err() {
            break;
        }
        used.push(more);
    }
    let (parameters, diagnostics) = ParameterSchema::of_terraform(&files, &limits);
    // To say what is wrong takes memory too.
    drop(used);
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let said = "db/main.tf:1:1: error[module.unread]: this module was not read: the system started no thread for it: ";
    assert!(lines[0].starts_with(said), "{lines:?}");
    assert_eq!(parameters.origin(), SchemaOrigin::Unknown);
    assert!(parameters.is_sensitive("/a"));
}

#[test]
fn a_file_over_its_limit_is_not_read() {
    let mut limits = ParameterLimits::default();
    limits.document.file_bytes = 3;
    let mut files = ChartFiles::default();
    files.values = Some(SourceFile::new("values.yaml", "a: 1\n"));
    let (parameters, diagnostics) = ParameterSchema::of_chart(&files, &limits);
    assert_eq!(parameters.origin(), SchemaOrigin::Unknown);
    assert_eq!(diagnostics[0].code(), "yaml.limit.file-bytes");
}

#[test]
fn values_are_merged_and_shown_in_linear_time() {
    let alike: Vec<Value> = (0..4000).map(|n| json!({"title": n.to_string()})).collect();
    let named: Vec<Value> = (0..4000)
        .map(|n| json!({"properties": {format!("k{n}"): {"title": "x"}}}))
        .collect();
    let values: Map<String, Value> = (0..4000).map(|n| (format!("k{n}"), json!(n))).collect();
    for (what, all, is_shown) in [("alike", alike, true), ("named", named, false)] {
        let schema = json!({"allOf": all, "properties": {"p": {"writeOnly": true}}}).to_string();
        let source = MemorySource::from_iter([
            ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
            (
                "web/1.0.0/modules.yaml",
                "modules:\n- chart: {path: ./chart}\n",
            ),
            (
                "web/1.0.0/chart/Chart.yaml",
                "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
            ),
            (
                "web/1.0.0/chart/values.yaml",
                &Value::Object(values.clone()).to_string(),
            ),
            ("web/1.0.0/chart/values.schema.json", &schema),
        ]);
        let loaded = load(&source, &LoadOptions::default()).unwrap();
        let release = loaded.catalog().package("web").unwrap().newest().unwrap();
        let limits = ParameterLimits::default();
        let (parameters, _) = ReleaseParameters::read(&source, release, &limits);
        let (merged, _) = within_bounds(&format!("merge {what}"), || parameters.merge([]));
        let shown = within_bounds(&format!("show {what}"), || merged.to_json());
        within_bounds(&format!("leaves {what}"), || {
            assert_eq!(merged.leaves().len(), 4000)
        });
        // What would cost more than allowed to tell is taken for secret.
        let last = shown["chart"].get("k999").unwrap_or(&Value::Null);
        assert_eq!(*last == json!(999), is_shown, "{what}: {last}");
        assert_eq!(merged.reveal()["chart"]["k999"], 999);
    }
}

/// A text with some of its bytes replaced, left out or put in twice.
fn mutated(text: &'static str) -> impl Strategy<Value = String> {
    let edit = (
        any::<prop::sample::Index>(),
        0_usize..4,
        prop::sample::select(b"{}[]\"\\:,#/$ \n=()ax0".to_vec()),
    );
    prop::collection::vec(edit, 1..12).prop_map(move |edits| {
        let mut bytes = text.as_bytes().to_vec();
        for (place, act, byte) in edits {
            let at = place.index(bytes.len());
            match act {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 if bytes.len() > 1 => _ = bytes.remove(at),
                _ => bytes.extend_from_within(at..),
            }
            bytes.truncate(20_000);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

const SCHEMA: &str = r##"{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": {"$id": "#a", "type": ["string", "null"], "pattern": "^[a-z]+$"}, "tree": {"properties": {"next": {"$ref": "#/definitions/tree"}}}}, "properties": {"k": {"$ref": "#a"}, "t": {"$ref": "#/definitions/tree"}, "s": {"anyOf": [{"format": "password"}, {"enum": [1, 2]}]}}, "patternProperties": {"^x": {"items": [{"$ref": "#/definitions/a"}]}}, "additionalProperties": false}"##;
const MODULE: &str = "variable \"a\" {\n  type = object({ b = optional(list(string), [\"x\"]) })\n  default = { b = [1, -2], \"c\" = <<EOT\nx\nEOT\n  }\n  sensitive = true\n  validation {\n    condition = var.a != null\n  }\n}\n";

proptest! {
    /// Whatever becomes of a schema, a module or values: an answer or diagnostics, and no panic.
    #[test]
    fn mutations_are_answered(schema in mutated(SCHEMA), module in mutated(MODULE), values in mutated("# -- a\nk: x # b\nt: {next: [1]}\n## @param s c\ns: |\n  x\n")) {
        let mut files = ChartFiles::default();
        files.values = Some(SourceFile::new("values.yaml", values));
        files.schema = Some(SourceFile::new("values.schema.json", schema));
        let limits = ParameterLimits::default();
        let (declared, found) = ParameterSchema::of_chart(&files, &limits);
        files.schema = None;
        let (inferred, _) = ParameterSchema::of_chart(&files, &limits);
        let _ = declared.accepts(inferred.defaults());
        let _ = declared.is_sensitive("/t/next/next");
        prop_assert!(inferred.accepts(inferred.defaults()));
        let is_error = |found: &Diagnostic| found.severity() == Severity::Error;
        prop_assert!(declared.origin() == SchemaOrigin::Declared || found.iter().any(is_error));
        let (variables, found) = terraform(&module);
        let _ = variables.is_sensitive("/a");
        prop_assert!(variables.origin() == SchemaOrigin::Terraform || found.iter().any(is_error));
    }
}
