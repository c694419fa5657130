//! Reaching into Kubernetes objects as authors write them: `null` counts as absent, as it does for an API server.

use serde_json::{Map, Value};

use crate::remarks::Remarks;

/// The map that `path` ends in, which stands in `parent` under the last part of the path; made if it is absent.
pub(crate) fn map<'m>(
    parent: &'m mut Map<String, Value>,
    path: &str,
    remarks: &mut Remarks<'_>,
) -> Option<&'m mut Map<String, Value>> {
    let found = child(parent, last(path));
    if found.is_none() {
        remarks.wrong_type(path, "a map");
    }
    found
}

/// The list under a key; `None` if it is absent.
pub(crate) fn list<'m>(
    parent: &'m mut Map<String, Value>,
    path: &str,
    remarks: &mut Remarks<'_>,
) -> Option<&'m mut Vec<Value>> {
    match parent.get_mut(last(path)) {
        None | Some(Value::Null) => None,
        Some(Value::Array(items)) => Some(items),
        Some(_) => {
            remarks.wrong_type(path, "a list");
            None
        }
    }
}

/// The map under `key`, made if it is absent; `None` if something else stands there.
pub(crate) fn child<'m>(
    parent: &'m mut Map<String, Value>,
    key: &str,
) -> Option<&'m mut Map<String, Value>> {
    let value = parent.entry(key).or_insert(Value::Null);
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut()
}

/// The value under a key, unless it is `null`.
pub(crate) fn value<'m>(parent: &'m Map<String, Value>, key: &str) -> Option<&'m Value> {
    parent.get(key).filter(|value| !value.is_null())
}

/// Puts `new` at `path`, and says so if something else stood there.
pub(crate) fn replace(
    parent: &mut Map<String, Value>,
    path: &str,
    new: impl Into<Value>,
    why: &str,
    remarks: &mut Remarks<'_>,
) {
    let new = new.into();
    if let Some(old) = value(parent, last(path)).filter(|old| **old != new) {
        remarks.replaced(path, (old, &new), why);
    }
    parent.insert(last(path).to_owned(), new);
}

/// Takes out what stands at `path`, and says so if it meant something.
pub(crate) fn remove(
    parent: &mut Map<String, Value>,
    path: &str,
    why: &str,
    remarks: &mut Remarks<'_>,
) {
    if parent.remove(last(path)).is_some_and(|old| !old.is_null()) {
        remarks.removed(path, why);
    }
}

/// The key that a path ends in; keys with dots are not reached this way.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
