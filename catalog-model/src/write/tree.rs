//! What is to be written, with keys in the order in which they are written.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::unknown::{Kept, UnknownFields};

/// A value to be written.
pub(super) enum Tree<'a> {
    /// A text, whatever it looks like.
    Text(Cow<'a, str>),
    /// Any JSON value; the keys of its maps are sorted.
    Value(&'a Value),
    /// A plain scalar that is no text to somebody, as it was written.
    Plain(&'a str),
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

    /// What the format does not know, behind what it knows.
    pub(super) fn unknown(&mut self, unknown: &'a UnknownFields) {
        for (key, kept) in unknown.entries() {
            self.put(key, Tree::from(kept));
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

impl<'a> From<&'a Kept> for Tree<'a> {
    /// No deeper than the document was that it was read from.
    fn from(kept: &'a Kept) -> Self {
        match kept {
            Kept::Text(text) => Self::from(text.as_str()),
            Kept::Plain(text, _) => Self::Plain(text),
            Kept::List(items) => Self::List(items.iter().map(Self::from).collect()),
            Kept::Map(entries) => {
                let entries = entries.iter();
                let entries =
                    entries.map(|(key, kept)| (Cow::Borrowed(key.as_str()), Self::from(kept)));
                Self::Fields(Fields {
                    entries: entries.collect(),
                })
            }
        }
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
