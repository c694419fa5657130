//! Parameters for people and for scripts.

use catalog_examples::{Format, Output, diagnostics_json};
use catalog_model::Diagnostic;
use catalog_model::parameters::{Effect, LayeredValues, Leaf, SchemaOrigin, Violation};
use serde_json::{Value, json};

use crate::tree::{Key, keys};

/// Prints all that is known.
pub(crate) fn print(
    values: &LayeredValues<'_>,
    diagnostics: &[Diagnostic],
    violations: &[Violation],
    format: Format,
    output: &mut Output,
) {
    if format == Format::Json {
        output.json(&to_json(values, diagnostics, violations));
        return;
    }
    output.diagnostics(diagnostics);
    output.diagnostics(violations.iter().map(Violation::diagnostic));
    let parameters = values.parameters();
    output.line(format!("{} {}", parameters.package(), parameters.version()));
    for (module, schema) in parameters.modules() {
        let from = match schema.origin() {
            SchemaOrigin::Declared => "values.schema.json",
            SchemaOrigin::Inferred => "inferred from values.yaml",
            SchemaOrigin::Terraform => "Terraform variables",
            _ => "no schema: anything can be set",
        };
        output.line("");
        output.line(format!("{module} ({from})"));
        for key in keys(schema) {
            output.line(line(&key));
        }
    }
    output.lines("\nvalues");
    let leaves = values.leaves();
    if leaves.is_empty() {
        output.line("  none");
    }
    for leaf in leaves {
        let value = leaf.value.as_ref();
        let value = value.map(|value| format!(" = {value}")).unwrap_or_default();
        output.line(format!("  {}{value}", leaf.pointer));
        output.line(format!("    {}", leaf.provenance));
    }
    let wrong = violations.len();
    output.lines(match wrong {
        0 => "\nthe values fit".to_owned(),
        1 => "\n1 value does not fit".to_owned(),
        _ => format!("\n{wrong} values do not fit"),
    });
}

fn line(key: &Key) -> String {
    let indent = "  ".repeat(key.depth + 1);
    let default = key.default.as_ref();
    let default = default.map(|default| match default {
        Value::String(text) if key.is_sensitive => format!(" = {text}"),
        default => format!(" = {default}"),
    });
    let required = if key.is_required { ", required" } else { "" };
    let sensitive = if key.is_sensitive { ", sensitive" } else { "" };
    let description = key.description.as_deref().unwrap_or_default();
    let description = match description.is_empty() {
        true => String::new(),
        false => format!("  # {description}"),
    };
    format!(
        "{indent}{}: {}{required}{sensitive}{}{description}",
        key.name,
        key.kind,
        default.unwrap_or_default()
    )
}

fn to_json(
    values: &LayeredValues<'_>,
    diagnostics: &[Diagnostic],
    violations: &[Violation],
) -> Value {
    let parameters = values.parameters();
    let modules = parameters.modules().map(|(name, schema)| {
        let keys: Vec<Value> = keys(schema).iter().map(key_json).collect();
        json!({"name": name, "schema": schema.origin().as_str(), "keys": keys})
    });
    json!({
        "package": parameters.package(),
        "version": parameters.version(),
        "modules": modules.collect::<Vec<_>>(),
        "values": values.to_json(),
        "provenance": values.leaves().iter().map(leaf_json).collect::<Vec<_>>(),
        "violations": violations.iter().map(Violation::to_json).collect::<Vec<_>>(),
        "diagnostics": diagnostics_json(diagnostics),
    })
}

fn key_json(key: &Key) -> Value {
    let mut json = json!({
        "pointer": key.pointer,
        "type": key.kind,
        "required": key.is_required,
        "sensitive": key.is_sensitive,
    });
    insert(&mut json, "default", key.default.clone());
    insert(
        &mut json,
        "description",
        key.description.as_deref().map(Value::from),
    );
    json
}

fn leaf_json(leaf: &Leaf<'_>) -> Value {
    let by = &leaf.provenance;
    let effect = match by.effect() {
        Effect::Set => "set",
        Effect::Deleted => "deleted",
    };
    let mut json = json!({"pointer": leaf.pointer, "effect": effect, "layer": by.origin().kind()});
    insert(&mut json, "value", leaf.value.clone());
    let asker = by.origin().asker();
    let asker = asker.map(|asker| json!({"package": asker.package(), "version": asker.version()}));
    insert(&mut json, "asker", asker);
    if let (Some(file), Some(start)) = (by.file(), by.start()) {
        insert(&mut json, "file", Some(file.path().into()));
        insert(&mut json, "line", Some(start.line.into()));
        insert(&mut json, "column", Some(start.column.into()));
    }
    json
}

fn insert(json: &mut Value, key: &str, value: Option<Value>) {
    if let (Value::Object(object), Some(value)) = (json, value) {
        object.insert(key.to_owned(), value);
    }
}
