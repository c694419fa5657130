//! Values out of a short list.

use schemars::Schema;
use serde_json::Value;

/// Makes of an enum's alternatives one list of words, of which an editor can say which are valid; what each means stays beside it, as
/// editors look for it.
pub(super) fn list(schema: &mut Schema) {
    let Some(Value::Array(alternatives)) = schema.remove("oneOf") else {
        return;
    };
    let part = |key: &'static str| {
        let alternatives = alternatives.iter();
        alternatives
            .map(|one| one.get(key).cloned().unwrap_or_default())
            .collect::<Value>()
    };
    schema.insert("type".to_owned(), "string".into());
    schema.insert("enum".to_owned(), part("const"));
    schema.insert("markdownEnumDescriptions".to_owned(), part("description"));
}
