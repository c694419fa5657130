//! Paths as `selectableFields` and `fieldPath` have them: `.spec.size`, `['a.b']`.

use super::super::schema::Keywords;
use super::map;

/// The schema that a path leads to; nothing where it leads nowhere.
pub(super) fn find<'a>(path: &str, schema: &'a Keywords) -> Option<&'a Keywords> {
    let mut schema = schema;
    let mut rest = path;
    while !rest.is_empty() {
        let (name, after) = step(rest)?;
        schema = match map(schema, "properties").filter(|fields| !fields.is_empty()) {
            Some(fields) => fields.get(name.as_str())?.as_object()?,
            None => map(schema, "additionalProperties")?,
        };
        rest = after;
    }
    (!path.is_empty()).then_some(schema)
}

/// The first name of a path, and what follows it.
fn step(path: &str) -> Option<(String, &str)> {
    if let Some(quoted) = path.strip_prefix("['") {
        let mut is_escaped = false;
        let is_end = |(_, c): &(usize, char)| {
            let ends = *c == '\'' && !is_escaped;
            is_escaped = *c == '\\' && !is_escaped;
            ends
        };
        let (end, _) = quoted.char_indices().find(is_end)?;
        let (name, after) = quoted.split_at_checked(end)?;
        let name = name.replace("\\'", "'").replace("\\\\", "\\");
        return Some((name, after.strip_prefix("']")?));
    }
    let named = path.strip_prefix('.')?;
    let end = named.find(['.', '[', ']']).unwrap_or(named.len());
    let (name, after) = named.split_at_checked(end)?;
    (!name.is_empty()).then(|| (name.to_owned(), after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::find;

    #[test]
    fn paths_lead_to_fields_and_keys() {
        let schema = json!({"properties": {
            "a": {"properties": {"b.c": {"type": "string"}}},
            "m": {"additionalProperties": {"type": "integer"}},
        }});
        let schema = schema.as_object().unwrap();
        let cases = [
            (".a", true),
            (".a['b.c']", true),
            (".m.x", true),
            (".m['x']", true),
            (".a.b", false),
            (".a.", false),
            ("a", false),
            (".a['b.c'", false),
            (".m.x.y", false),
            ("", false),
        ];
        for (path, is_there) in cases {
            assert_eq!(find(path, schema).is_some(), is_there, "{path}");
        }
    }
}
