//! What stands at a JSON pointer.

use serde_json::Value;

/// Finds what stands at a JSON pointer.
pub(crate) trait At {
    /// What stands at a JSON pointer into maps and lists. Where no key of it is escaped, it is found without writing one down, which
    /// [`Value::pointer`] does for each.
    fn at(&self, pointer: &str) -> Option<&Value>;
}

impl At for Value {
    fn at(&self, pointer: &str) -> Option<&Value> {
        if pointer.as_bytes().contains(&b'~') {
            return self.pointer(pointer);
        }
        let mut keys = pointer.split('/').skip(1);
        keys.try_fold(self, |value, key| match value {
            Self::Object(map) => map.get(key),
            Self::Array(items) => items.get(key.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::At;

    #[test]
    fn finds_what_a_pointer_finds() {
        let value = json!({"a": [{"b": 1}, [2]], "c/d": {"~": 3}, "": {"": 4}, "e": null});
        for pointer in [
            "", "/", "//", "/a", "/a/0/b", "/a/1/0", "/a/2", "/a/x", "/c~1d/~0", "/e", "/e/f",
            "/c", "/a/0/b/c",
        ] {
            assert_eq!(value.at(pointer), value.pointer(pointer), "{pointer}");
        }
    }
}
