//! Values as the variables of Terraform.

use serde_json::{Map, Value};

/// Arguments that mean something else to Terraform in the call of a module, and so cannot be variables.
const RESERVED: [&str; 8] = [
    "source",
    "version",
    "providers",
    "count",
    "for_each",
    "lifecycle",
    "depends_on",
    "locals",
];

/// The variables that are set. A `null` sets none: the module's default counts.
pub(super) fn of(values: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let mut variables = Map::new();
    for (name, mut value) in values.into_iter().filter(|(_, value)| !value.is_null()) {
        if !is_name(&name) {
            return Err(format!(
                "`{name}` is not the name of a variable: use letters, digits and `_`"
            ));
        }
        if RESERVED.contains(&name.as_str()) {
            return Err(format!(
                "Terraform lets no variable be called `{name}`: take it out of `values`"
            ));
        }
        if !value.is_string() {
            untemplate(&mut value);
        }
        variables.insert(name, value);
    }
    Ok(variables)
}

/// The names that a variable can have in the environment, by which the controller sets it.
pub(super) fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next();
    first.is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Terraform reads lists and maps as HCL, where `${` and `%{` in texts begin templates. A text of its own is taken as it is.
fn untemplate(value: &mut Value) {
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        match value {
            Value::String(text) => *text = untemplated(text),
            Value::Array(items) => rest.extend(items),
            Value::Object(entries) => rest.extend(entries.values_mut()),
            _ => {}
        }
    }
}

/// A text in which HCL sees no template.
pub(super) fn untemplated(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}
