//! What `modules.yaml` sets and a module says is secret is shown by no diagnostic of loading, whatever else is wrong around it.
#![cfg(all(feature = "parameters", feature = "render"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::github::annotation;
use catalog_model::parameters::ParameterLimits;
use catalog_model::render::Colour;
use catalog_model::rule::rules;
use catalog_model::sarif::{Tool, log};
use catalog_model::{LoadOptions, Loaded, MemorySource, load};

const VARIABLES: &str = "variable \"password\" {\n  type = any\n  sensitive = true\n}\nvariable \"size\" {\n  type = any\n}\n";

fn loaded(modules: &str) -> Loaded {
    let source = MemorySource::from_iter([
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        ("web/1.0.0/modules.yaml", modules),
        ("web/1.0.0/db/variables.tf", VARIABLES),
    ]);
    let mut options = LoadOptions::default();
    options.modules = Some(ParameterLimits::default());
    load(&source, &options).unwrap()
}

/// Everything that is ever printed about a catalog.
fn shown(loaded: &Loaded) -> String {
    let each = loaded.diagnostics().iter().map(|found| {
        let rendered = found.render(Colour::Never);
        let (json, annotation) = (found.to_json(), annotation(found));
        format!("{found}\n{found:?}\n{json}\n{rendered}\n{annotation}\n")
    });
    let tool = Tool::new("validate").with_rules(rules());
    let unusable = loaded.catalog().package("web").map(|web| web.unusable());
    let log = log(&tool, loaded.diagnostics());
    format!(
        "{}{}{unusable:?}",
        each.collect::<String>(),
        log["runs"][0]["results"]
    )
}

/// These codes are found, and nothing that is printed has any of the secret texts.
fn check(modules: &str, codes: &[&str], secrets: &[&str]) {
    let loaded = loaded(modules);
    let found: Vec<&str> = loaded
        .diagnostics()
        .iter()
        .map(|found| found.code())
        .collect();
    assert_eq!(found, codes, "{modules}");
    let shown = shown(&loaded);
    for secret in secrets {
        assert!(!shown.contains(secret), "{modules}\n{shown}");
    }
}

#[test]
fn a_scalar_of_two_meanings_is_not_shown() {
    check(
        "modules:\n- terraform: {path: ./db}\n  values: {password: 0644}\n",
        &["yaml.ambiguous"],
        &["0644", "420"],
    );
    check(
        "modules:\n- terraform: {path: ./db}\n  values:\n    password: {deep: [1e3, 0777]}\n",
        &["yaml.ambiguous"],
        &["0777", "511"],
    );
    check(
        "modules:\n- terraform: {path: ./db}\n  values: {password: !odd hunter2}\n",
        &["yaml.tag"],
        &["hunter2"],
    );
}

#[test]
fn a_line_with_a_secret_is_not_shown_for_the_sake_of_something_else() {
    check(
        "modules:\n- {terraform: {path: ./db}, naem: x, values: {password: hunter2}}\n",
        &["modules.unknown-key"],
        &["hunter2"],
    );
    check(
        "modules:\n- {terraform: {path: ./db}, values: {size: 0644, password: hunter2}}\n",
        &["yaml.ambiguous"],
        &["hunter2"],
    );
    check(
        "modules:\n- terraform: {path: ./db}\n  values: {password: hunter2, password: hunter2}\n",
        &["yaml.duplicate-key"],
        &["hunter2"],
    );
    check(
        "modules:\n- terraform: {path: ./db}\n  values: {password: hunter2} # catalog: allow(yaml.ambiguous, it is meant)\n",
        &["suppression.unused"],
        &["hunter2"],
    );
}

#[test]
fn what_stands_where_values_should_is_not_shown() {
    check(
        "modules:\n- terraform: {path: ./db}\n  values: hunter2\n",
        &["modules.type"],
        &["hunter2"],
    );
    check(
        "modules:\n- terraform: {path: ./db}\n  vlaues: {password: hunter2}\n",
        &["modules.unknown-key"],
        &["hunter2"],
    );
}

#[test]
fn values_of_what_is_no_module_are_not_shown() {
    check(
        "modules:\n- {terraform: {path: ./db}, name: A B, values: {password: 0644}}\n",
        &["modules.name", "yaml.ambiguous"],
        &["0644", "420"],
    );
}

#[test]
fn lines_of_a_file_that_is_broken_are_not_shown_from_its_first_values_on() {
    check(
        "modules:\n- terraform: {path: ./db}\n  values: {password: \"hunter2\" x}\n",
        &["yaml.syntax"],
        &["hunter2"],
    );
    let loaded = loaded("modules:\n- terraform: {path: \"./db\" x}\n  values: {a: 1}\n");
    assert!(shown(&loaded).contains("./db"), "{}", shown(&loaded));
}

/// What is no secret is told as ever, and can be mended.
#[test]
fn other_values_are_shown() {
    let loaded = loaded("modules:\n- terraform: {path: ./db}\n  values: {size: 0644}\n");
    let found = &loaded.diagnostics()[0];
    assert!(found.message().contains("`0644`"), "{found}");
    assert!(found.render(Colour::Never).contains("{size: 0644}"));
    assert!(!found.fixes().is_empty());
}
