//! Two values side by side.

use serde_json::Value;

use super::change::Detail;
use crate::pointer::escaped;

/// After so many details the rest of a value is told as one.
const DETAILS: usize = 100;

/// The values that are otherwise, by JSON pointer. Lists of one length are compared item by item, others as a whole.
///
/// `may_be_shown` says so of a value at a pointer.
pub(super) fn details(
    before: &Value,
    after: &Value,
    may_be_shown: impl Fn(&str, &Value) -> bool,
) -> Vec<Detail> {
    let mut details = Vec::new();
    // No recursion: how deep values are is up to who wrote them.
    let mut open = vec![(String::new(), Some(before), Some(after))];
    while let Some((pointer, old, new)) = open.pop() {
        match (old, new) {
            (Some(old), Some(new)) if old == new => {}
            (Some(Value::Object(old)), Some(Value::Object(new))) if details.len() < DETAILS => {
                let both = old
                    .keys()
                    .chain(new.keys().filter(|key| !old.contains_key(*key)));
                let mut keys: Vec<&String> = both.collect();
                keys.sort_unstable();
                for key in keys.into_iter().rev() {
                    let below = format!("{pointer}/{}", escaped(key));
                    open.push((below, old.get(key), new.get(key)));
                }
            }
            (Some(Value::Array(old)), Some(Value::Array(new)))
                if old.len() == new.len() && details.len() < DETAILS =>
            {
                for (at, (old, new)) in old.iter().zip(new).enumerate().rev() {
                    open.push((format!("{pointer}/{at}"), Some(old), Some(new)));
                }
            }
            sides => details.push(Detail::new(pointer, sides, &may_be_shown)),
        }
    }
    details
}
