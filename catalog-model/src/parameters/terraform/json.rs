//! Variables in Terraform's JSON (`*.tf.json`).

use std::sync::Arc;

use catalog_conditions::document::{Node, parse};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};
use serde_json::{Map, Value};

use super::hcl::{TYPES, constraint_of};
use super::variable::{Default, Validation, Variable};
use crate::parameters::limits::ParameterLimits;

/// The variables of a file. What else the file declares is not looked at.
pub(super) fn variables(
    file: &Arc<SourceFile>,
    limits: &ParameterLimits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(String, Variable)> {
    let parsed = parse(file, &limits.document);
    let errors = parsed
        .diagnostics
        .into_iter()
        .filter(|diagnostic| diagnostic.severity() == Severity::Error);
    let before = diagnostics.len();
    diagnostics.extend(errors.map(Diagnostic::withholding_source));
    if diagnostics.len() > before {
        return Vec::new();
    }
    if serde_json::from_str::<Value>(file.text()).is_err() {
        diagnostics.push(
            Diagnostic::error("terraform.syntax", "this is not JSON").at(file, Span::default()),
        );
        return Vec::new();
    }
    let mut found = Vec::new();
    for block in parsed
        .documents
        .first()
        .and_then(|root| root.value("variable"))
        .map(blocks)
        .unwrap_or_default()
    {
        for entry in block
            .as_mapping()
            .into_iter()
            .flat_map(|mapping| mapping.entries())
        {
            let Some(name) = entry.name() else { continue };
            for body in blocks(entry.value()) {
                let mut variable = Variable::new(file, entry.key().span());
                if let Value::Object(attributes) = body.to_json() {
                    read(&mut variable, attributes, body, diagnostics);
                }
                found.push((name.to_owned(), variable));
            }
        }
    }
    found
}

/// Where a block may stand, a list of blocks may too.
fn blocks(node: &Node) -> Vec<&Node> {
    match node.as_sequence() {
        Some(items) => items.iter().collect(),
        None => vec![node],
    }
}

fn read(
    variable: &mut Variable,
    attributes: Map<String, Value>,
    body: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let span = |key: &str| body.value(key).map(Node::span).unwrap_or_default();
    for (key, value) in attributes {
        match (key.as_str(), value) {
            ("description", Value::String(text)) => variable.description = Some(text),
            ("type", value) => {
                variable.constraint = value.as_str().and_then(constraint_of);
                if variable.constraint.is_none() {
                    let shown: String = value.to_string().chars().take(64).collect();
                    let diagnostic =
                        Diagnostic::error("terraform.type", format!("`{shown}` is no type"));
                    let diagnostic = diagnostic.at(&variable.place.0, span("type"));
                    diagnostics.push(diagnostic.help(TYPES));
                }
            }
            ("default", value) => {
                let text = value.to_string();
                variable.default = Some(Default {
                    value: Some(value),
                    text,
                    span: span("default"),
                });
            }
            ("sensitive" | "ephemeral", value) => {
                let is_secret = !matches!(&value, Value::Bool(false)) && value != "false";
                variable.is_secret = Some(variable.is_secret.unwrap_or_default() || is_secret);
            }
            ("nullable", value) => variable.is_nullable = value.as_bool(),
            ("validation", value) => variable.validations = validations(&value),
            _ => {}
        }
    }
}

fn validations(value: &Value) -> Vec<Validation> {
    let one = |block: &Value| {
        let text = |key: &str| {
            block
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Validation {
            condition: text("condition"),
            message: text("error_message"),
        }
    };
    match value {
        Value::Array(blocks) => blocks.iter().map(one).collect(),
        block => vec![one(block)],
    }
}
