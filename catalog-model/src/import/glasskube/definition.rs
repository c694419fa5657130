//! `valueDefinitions`: what users can set, and where that goes.

use catalog_conditions::document::{Entry, Node};
use serde_json::{Map, Value};

use super::manifest::Package;
use super::schema::{Schemas, Type};
use super::template::is_plain;
use crate::import::reading::{entries, shown, string};
use crate::pointer::unescaped;

/// A definition that is being read.
struct Definition<'n> {
    name: String,
    kind: Type,
    /// What the schema says of the value, whatever it is in.
    says: Map<String, Value>,
    required: bool,
    node: &'n Node,
}

/// Reads the definitions into schemas of the charts.
pub(super) fn read(package: &mut Package<'_>, entry: &Entry) {
    let mut schemas = Schemas::default();
    for definition in package.reading.entries(entry) {
        let Some(read) = definition_of(package, definition) else {
            continue;
        };
        let mut reached = 0;
        let targets = list(read.node, "targets");
        for target in targets {
            let known = ["chartName", "patch", "valueTemplate", "resource"];
            package
                .reading
                .only(target, &known, "a schema cannot say it");
            if let Some(patch) = target.value("patch") {
                let why = "a patch is an operation and a path";
                package.reading.only(patch, &["op", "path"], why);
            }
            match place(package, &read, target, &mut schemas) {
                Ok(()) => reached += 1,
                Err(why) => {
                    let what = format!("target of `{}`", read.name);
                    package.unsaid(target.span(), what, why);
                }
            }
        }
        if reached == 0 {
            let why = "none of its targets can be said, so that nothing can be set";
            package.reading.lost(definition, why);
        }
    }
    for (module, schema) in schemas.into_files() {
        let origin = package.reading.file.path().to_owned();
        let path = format!("parameters/{module}/values.schema.json");
        package.draft.keep(path, &origin, schema.into_bytes());
    }
}

fn definition_of<'n>(package: &mut Package<'_>, entry: &'n Entry) -> Option<Definition<'n>> {
    let node = entry.value();
    let kind = match string(node, "type") {
        Some("boolean") => Type::Boolean,
        Some("number") => Type::Number,
        Some("text") => Type::Text,
        Some("options") => Type::Options(
            list(node, "options")
                .iter()
                .filter_map(|option| Some(option.as_scalar()?.text().to_owned()))
                .collect(),
        ),
        _ => {
            package
                .reading
                .wrong(entry, "is of no type that Glasskube knows");
            return None;
        }
    };
    let mut definition = Definition {
        name: shown(entry),
        kind,
        says: Map::new(),
        required: false,
        node,
    };
    for entry in entries(node) {
        match entry.name() {
            Some("type" | "targets" | "options") => {}
            Some("metadata") => metadata(package, entry, &mut definition),
            Some("constraints") => constraints(package, entry, &mut definition),
            Some("defaultValue") => default(package, entry, &mut definition),
            _ => package.reading.lost(entry, "a schema cannot say it"),
        }
    }
    Some(definition)
}

fn metadata(package: &mut Package<'_>, entry: &Entry, definition: &mut Definition<'_>) {
    for entry in package.reading.entries(entry) {
        let key = match entry.name() {
            Some("label") => "title",
            Some("description") => "description",
            _ => {
                package.reading.lost(entry, "a schema cannot say it");
                continue;
            }
        };
        if let Some(text) = package.reading.text(entry) {
            definition.says.insert(key.to_owned(), text.into());
        }
    }
}

fn constraints(package: &mut Package<'_>, entry: &Entry, definition: &mut Definition<'_>) {
    for entry in package.reading.entries(entry) {
        let value = entry.value().to_json();
        let is_number = matches!(definition.kind, Type::Number);
        let (key, fits) = match entry.name() {
            Some("required") => {
                definition.required = value == true;
                if !value.is_boolean() {
                    package.reading.wrong(entry, "is neither true nor false");
                }
                continue;
            }
            Some("min") => ("minimum", is_number && value.is_number()),
            Some("max") => ("maximum", is_number && value.is_number()),
            Some("minLength") => ("minLength", !is_number && value.as_u64().is_some()),
            Some("maxLength") => ("maxLength", !is_number && value.as_u64().is_some()),
            Some("pattern") => ("pattern", !is_number && value.is_string()),
            _ => ("", false),
        };
        if fits {
            definition.says.insert(key.to_owned(), value);
        } else {
            package.reading.lost(entry, "a schema cannot say it");
        }
    }
}

/// Glasskube writes every default as a text; a schema has it in the type of the value.
fn default(package: &mut Package<'_>, entry: &Entry, definition: &mut Definition<'_>) {
    let Some(text) = entry
        .value()
        .as_scalar()
        .map(|scalar| scalar.text().to_owned())
    else {
        return package.reading.wrong(entry, "is not a text");
    };
    match definition.kind.read(&text) {
        Some(value) => drop(definition.says.insert("default".to_owned(), value)),
        // An empty text is how nothing is written.
        None if text.is_empty() => {}
        None => package
            .reading
            .wrong(entry, "is not a value of the definition's type"),
    }
}

/// Puts a value where a target has it.
///
/// # Errors
///
/// Why a schema cannot say it.
fn place(
    package: &Package<'_>,
    definition: &Definition<'_>,
    target: &Node,
    schemas: &mut Schemas,
) -> Result<(), &'static str> {
    if target.value("resource").is_some_and(|node| !node.is_null()) {
        return Err("it patches an object, and schemas are about the values of modules");
    }
    let chart = string(target, "chartName").ok_or("it names no chart")?;
    let (module, own) = package
        .charts
        .get(chart)
        .ok_or("it names a chart that the package does not have")?;
    if !is_plain(string(target, "valueTemplate"), &definition.kind) {
        return Err("its template makes another text of the value, which no schema says");
    }
    let patch = target.value("patch").ok_or("it has no patch")?;
    if !matches!(string(patch, "op"), Some("add" | "replace")) {
        return Err("its patch neither adds nor replaces");
    }
    let path = string(patch, "path").ok_or("its patch has no path")?;
    let steps = steps(path).ok_or(
        "its path is not a JSON pointer to a key of maps: an item of a list cannot be set alone",
    )?;
    let own = own.pointer(path);
    let mut schema = definition.kind.schema(own);
    schema.extend(definition.says.clone());
    schemas.put(module, &steps, schema, definition.required)
}

/// The keys of a JSON pointer (RFC 6901); `None` where it leads into a list, which values replace as a whole.
fn steps(pointer: &str) -> Option<Vec<String>> {
    let steps: Vec<String> = pointer
        .strip_prefix('/')?
        .split('/')
        .map(|step| unescaped(step).into_owned())
        .collect();
    let is_item = |step: &String| step == "-" || step.bytes().all(|byte| byte.is_ascii_digit());
    (!steps.iter().any(is_item) && steps.len() <= 32).then_some(steps)
}

fn list<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.value(key)
        .and_then(Node::as_sequence)
        .unwrap_or_default()
}
