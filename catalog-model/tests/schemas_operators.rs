//! The table of operators stands twice: where conditions are read, and where their schema is made. Every operator with every reading
//! and every form of value is taken by both or by neither.
#![cfg(all(feature = "schema", feature = "json-path"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly, and say what it counted"
)]

mod editor;

use std::collections::BTreeSet;

use catalog_model::conditions::condition::ConditionSet;
use catalog_model::document::Limits;
use catalog_model::{Severity, SourceFile};
use editor::{EXCEPTIONS, Editor};

const TARGETS: [&str; 4] = [
    "{apiVersion: apps/v1, kind: Deployment, name: web, fieldPath: status.replicas}",
    "{apiVersion: apps/v1, kind: Deployment, name: web}",
    "{kubeVersion: {}}",
    "{nodes: {count: {}}}",
];

/// Each is right for some operator.
const VALUES: [&str; 16] = [
    "",
    "value: 3, ",
    "value: true, ",
    "value: null, ",
    "value: \"500m\", ",
    "value: \"1.2.3\", ",
    "value: \">=1.2, <2\", ",
    "value: \"^a$\", ",
    "value: 90s, ",
    "value: \"2026-01-31T12:00:00Z\", ",
    "value: v1beta1, ",
    "value: [1, 2], ",
    "value: [a, b, c], ",
    "value: {op: ge, value: 1}, ",
    "value: {type: Ready, status: \"True\"}, ",
    "valueFrom: {fieldPath: spec.replicas}, ",
];

/// What an error lists, which names everything that there is.
fn listed(item: &str, code: &str) -> Vec<String> {
    let file = SourceFile::new("a.yaml", format!("conditions:\n- {item}\n"));
    let (_, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    let found = diagnostics.iter().find(|found| found.code() == code);
    let help = found.unwrap().help_lines()[0].to_string();
    let (_, names) = help.split_once(": ").unwrap();
    names
        .split(", ")
        .map(|name| name.trim_matches('`').to_owned())
        .collect()
}

/// The errors of the loader, by code.
fn errors(text: &str) -> BTreeSet<String> {
    let file = SourceFile::new("a.yaml", text);
    let (_, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    let errors = diagnostics
        .iter()
        .filter(|found| found.severity() == Severity::Error);
    errors.map(|error| error.code().to_owned()).collect()
}

#[test]
fn loader_and_schema_know_one_table_of_operators() {
    let target = TARGETS[0];
    let operators = listed(
        &format!("{{target: {target}, op: zzzzzzzz}}"),
        "conditions.op",
    );
    let readings = listed(
        &format!("{{target: {target}, op: eq, value: 1, as: zzzzzzzz}}"),
        "conditions.as",
    );
    assert_eq!(
        (operators.len(), readings.len()),
        (26, 10),
        "{operators:?} {readings:?}"
    );
    let readings = readings.iter().map(|reading| format!("as: {reading}, "));
    let readings: Vec<String> = readings.chain([String::new()]).collect();
    let editor = Editor::new();
    let (mut asked, mut taken, mut wrong) = (0, 0, Vec::new());
    let mut good = BTreeSet::new();
    for target in TARGETS {
        for operator in &operators {
            for reading in &readings {
                for value in VALUES {
                    let text = format!(
                        "conditions:\n- {{{value}{reading}op: {operator}, target: {target}}}\n"
                    );
                    let errors = errors(&text);
                    let is_seen =
                        |code: &String| EXCEPTIONS.iter().all(|(exception, _)| exception != code);
                    let accepts = editor.problems("conditions", &text).is_empty();
                    asked += 1;
                    if errors.is_empty() {
                        taken += 1;
                        good.insert(operator.as_str());
                    }
                    let agree = match accepts {
                        true => !errors.iter().any(is_seen),
                        false => !errors.is_empty(),
                    };
                    if !agree {
                        wrong.push(format!(
                            "{text}  schema accepts: {accepts}, loader: {errors:?}"
                        ));
                    }
                }
            }
        }
    }
    println!("{asked} conditions, {taken} of them good");
    assert!(
        wrong.is_empty(),
        "{} of {asked}:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
    assert!(taken > 300, "{taken}");
    assert_eq!(
        good.len(),
        operators.len(),
        "each is good somewhere: {good:?}"
    );
}
