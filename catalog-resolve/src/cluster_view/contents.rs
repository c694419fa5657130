//! Which definitions have the same content.

use std::collections::BTreeMap;

use catalog_model::{Definition, ObjectIdentity};
use serde_json::{Map, Value};

/// Numbers for the contents of definitions: equal contents of objects of one name have equal numbers, and no others. The namespace that is written on an
/// object is none of its content: where it stands is told apart by other means, and it stands there also if that is not written.
#[derive(Default)]
pub(super) struct Contents<'c> {
    by_name: BTreeMap<String, Vec<&'c Value>>,
}

impl<'c> Contents<'c> {
    /// What an object is called, in whatever namespace, and the number of its content.
    pub(super) fn number(
        &mut self,
        identity: &ObjectIdentity,
        definition: &'c Definition,
    ) -> (String, String) {
        let name = identity.without_namespace().to_string();
        let known = self.by_name.entry(name.clone()).or_default();
        let number = known
            .iter()
            .position(|content| are_same(content, definition.object()))
            .unwrap_or_else(|| {
                known.push(definition.object());
                known.len() - 1
            });
        (name, number.to_string())
    }
}

fn are_same(one: &Value, other: &Value) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else {
        return one == other;
    };
    are_same_but(one, other, "metadata", |one, other| {
        match (one.as_object(), other.as_object()) {
            (Some(one), Some(other)) => are_same_but(one, other, "namespace", |_, _| true),
            _ => one == other,
        }
    })
}

/// Whether two maps are the same, where of one key something else says so, or only one of them has it.
fn are_same_but(
    one: &Map<String, Value>,
    other: &Map<String, Value>,
    key: &str,
    are_same: impl Fn(&Value, &Value) -> bool,
) -> bool {
    let rest = |map: &'_ Map<String, Value>| map.len() - usize::from(map.contains_key(key));
    let mut entries = one.iter().filter(|(name, _)| name.as_str() != key);
    let are_rest_same = rest(one) == rest(other)
        && entries.all(|(name, value)| other.get(name).is_some_and(|there| there == value));
    let is_key_same = match (one.get(key), other.get(key)) {
        (Some(one), Some(other)) => are_same(one, other),
        _ => true,
    };
    are_rest_same && is_key_same
}
