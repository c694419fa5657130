//! Which fields of a map have to be there.

use std::cell::OnceCell;
use std::collections::HashSet;

use serde_json::Value;

use super::schema::Pair;

/// The fields that have to be there, put in order when one with a default asks for them.
pub(super) struct Required<'a> {
    lists: (&'a [Value], &'a [Value]),
    sets: OnceCell<[HashSet<&'a str>; 2]>,
}

impl<'a> Required<'a> {
    pub(super) fn new(pair: Pair<'a>) -> Self {
        Self {
            lists: pair.lists("required"),
            sets: OnceCell::new(),
        }
    }

    /// Whether a field had to be there, and has to be, whose default changes or whether it may be null.
    pub(super) fn of(&self, name: &str, old: &Value, new: &Value) -> (bool, bool) {
        let is_same = |keyword: &str| old.get(keyword) == new.get(keyword);
        if is_same("default") && is_same("nullable") {
            return (false, false);
        }
        let set = |list: &'a [Value]| list.iter().filter_map(Value::as_str).collect();
        let [before, now] = self
            .sets
            .get_or_init(|| [set(self.lists.0), set(self.lists.1)]);
        (before.contains(name), now.contains(name))
    }
}
