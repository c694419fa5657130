//! Paths into objects: columns of tables, and fields by which objects are selected.

use std::collections::HashSet;

use serde_json::Value;

use super::super::view::VersionView;
use super::field_path;
use super::{Acceptance, text};

impl<'a> Acceptance<'a> {
    pub(super) fn columns(&mut self, version: &VersionView<'a>) {
        let pointer = "/additionalPrinterColumns";
        let columns = version.at(pointer).and_then(Value::as_array);
        for (at, column) in columns.into_iter().flatten().enumerate() {
            let of = |key: &str| column.get(key).and_then(Value::as_str).unwrap_or_default();
            let (name, kind, format, path) = (of("name"), of("type"), of("format"), of("jsonPath"));
            let mut told = |key: &str, reason: String| {
                self.refuse_part(format!("{pointer}/{at}/{key}"), reason);
            };
            if name.is_empty() {
                told("name", "a printer column has no name".to_owned());
            }
            if !matches!(kind, "integer" | "number" | "string" | "boolean" | "date") {
                let reason = format!(
                    "the printer column `{name}` has the type `{kind}`: only `boolean`, `date`, `integer`, `number` and `string` are some"
                );
                told("type", reason);
            }
            if !is_format(format) {
                let reason =
                    format!("the printer column `{name}` has the format `{format}`, which is none");
                told("format", reason);
            }
            if !path.starts_with('.') {
                let reason = format!(
                    "the path `{path}` of the printer column `{name}` does not begin with `.`"
                );
                told("jsonPath", reason);
            }
        }
    }

    pub(super) fn selectable(&mut self, version: &VersionView<'a>) {
        const MOST: usize = 8;
        let pointer = "/selectableFields";
        let fields = version.at(pointer).and_then(Value::as_array);
        let mut seen = HashSet::new();
        for (at, field) in fields.into_iter().flatten().enumerate() {
            let path = field.get("jsonPath").and_then(Value::as_str);
            let path = path.unwrap_or_default();
            let why = not_selectable(path, version.schema)
                .or_else(|| (!seen.insert(path)).then_some("is there twice"));
            if let Some(why) = why {
                let reason = format!("the selectable field `{path}` {why}");
                self.refuse_part(format!("{pointer}/{at}/jsonPath"), reason);
            }
        }
        if seen.len() > MOST {
            let reason = format!("there are more than {MOST} selectable fields");
            self.refuse_part(pointer, reason);
        }
    }
}

fn not_selectable(path: &str, schema: &Value) -> Option<&'static str> {
    let schema = schema.as_object()?;
    if path.contains('[') {
        return Some("goes into a list or a key");
    }
    if path == ".metadata" || path.starts_with(".metadata.") {
        return Some("is one of `metadata`");
    }
    match field_path::find(path, schema) {
        None => Some("is none of the schema"),
        Some(found) if matches!(text(found, "type"), Some("string" | "boolean" | "integer")) => {
            None
        }
        Some(_) => Some("is no text, no whole number and no boolean"),
    }
}

fn is_format(format: &str) -> bool {
    matches!(
        format,
        "" | "int32" | "int64" | "float" | "double" | "byte" | "date" | "date-time" | "password"
    )
}
