//! Writing the call of a module.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::variables::is_name;

/// HCL that calls a module with every variable as argument of the same name, and passes outputs on.
pub(super) fn call(
    (name, source, version): (&str, &str, Option<&str>),
    variables: &Map<String, Value>,
    outputs: &[String],
) -> Result<String, String> {
    let name = identifier(name);
    let mut arguments = vec![("source", quoted(source))];
    arguments.extend(version.map(|version| ("version", quoted(version))));
    let references = variables
        .keys()
        .map(|key| (key.as_str(), format!("var.{key}")));
    arguments.extend(references);
    let mut text = format!("module \"{name}\" {{\n");
    for (key, value) in arguments {
        line(&mut text, format_args!("  {key} = {value}"));
    }
    text.push_str("}\n");
    for (key, value) in variables {
        line(
            &mut text,
            format_args!("\nvariable \"{key}\" {{\n  type = {}\n}}", kind(value)),
        );
    }
    for output in outputs {
        if !is_name(output) {
            return Err(format!(
                "`{output}` is not the name of an output: use letters, digits and `_`"
            ));
        }
        line(
            &mut text,
            format_args!("\noutput \"{output}\" {{\n  value = module.{name}.{output}\n}}"),
        );
    }
    Ok(text)
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a text does not fail.
    let _ = writeln!(text, "{line}");
}

/// Terraform takes the texts of primitive types as they are, and reads all else as HCL, of which JSON is a part.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "string",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        _ => "any",
    }
}

/// A name as HCL takes it: a letter or `_` first.
fn identifier(name: &str) -> String {
    let fit = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(fit).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name
    } else {
        format!("_{name}")
    }
}

/// A text in which nothing is a template.
fn quoted(text: &str) -> String {
    let text = super::variables::untemplated(text);
    Value::from(text).to_string()
}
