//! What is to be written, with keys in the order in which they are written.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// A value to be written.
pub(super) enum Tree<'a> {
    /// A text, whatever it looks like.
    Text(Cow<'a, str>),
    /// Any JSON value; the keys of its maps are sorted.
    Value(&'a Value),
    /// A list.
    List(Vec<Tree<'a>>),
    /// A map in its own order.
    Fields(Fields<'a>),
}

/// A map that is put together key by key, without those that say nothing.
#[derive(Default)]
pub(super) struct Fields<'a> {
    pub(super) entries: Vec<(Cow<'a, str>, Tree<'a>)>,
}

impl<'a> Fields<'a> {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn put(&mut self, key: &'a str, value: Tree<'a>) {
        self.entries.push((Cow::Borrowed(key), value));
    }

    pub(super) fn text(&mut self, key: &'a str, text: impl Into<Cow<'a, str>>) {
        self.put(key, Tree::Text(text.into()));
    }

    pub(super) fn optional(&mut self, key: &'a str, text: Option<&'a str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    pub(super) fn list(&mut self, key: &'a str, items: Vec<Tree<'a>>) {
        if !items.is_empty() {
            self.put(key, Tree::List(items));
        }
    }

    pub(super) fn texts(&mut self, key: &'a str, items: &'a [String]) {
        self.list(
            key,
            items.iter().map(|item| Tree::from(item.as_str())).collect(),
        );
    }

    pub(super) fn values(&mut self, key: &'a str, values: &'a Map<String, Value>) {
        if !values.is_empty() {
            self.put(key, Tree::Fields(sorted(values)));
        }
    }

    pub(super) fn fields(&mut self, key: &'a str, fields: Fields<'a>) {
        if !fields.entries.is_empty() {
            self.put(key, Tree::Fields(fields));
        }
    }
}

impl<'a> From<&'a str> for Tree<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// The entries of a JSON map by key: a feature of serde_json that others may switch on would keep them in another order.
pub(super) fn sorted(map: &Map<String, Value>) -> Fields<'_> {
    let mut entries: Vec<_> = map
        .iter()
        .map(|(key, value)| (Cow::Borrowed(key.as_str()), Tree::Value(value)))
        .collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    Fields { entries }
}
