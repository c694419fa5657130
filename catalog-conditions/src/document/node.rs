//! The tree of a document.

use super::text::Text;
use crate::source::Span;

/// A value in a document, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    place: Place,
    tag: Option<Box<Tag>>,
    kind: Kind,
}

/// A [`Span`] in half the memory: a file of more than 4 GiB is over the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    start: u32,
    end: u32,
}

/// The name of a tag. Few nodes have one, and all have room for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tag(pub(super) String);

/// What a [`Node`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A text, number, boolean or null: not told apart until somebody asks.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values.
    Mapping(Mapping),
}

/// A scalar as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    pub(super) text: Text,
    pub(super) style: ScalarStyle,
}

/// How a scalar was written. Only a plain one can be anything but a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// A literal (`|`) or folded (`>`) block.
    Block,
}

/// The entries of a map, in the order written; keys merged in through `<<` come last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// First those that count, then those whose key had been there before.
    all: Vec<Entry>,
    counting: usize,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub(super) key: Node,
    pub(super) value: Node,
}

impl Node {
    pub(super) fn new(span: Span, tag: Option<Box<Tag>>, kind: Kind) -> Self {
        let offset = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        let place = Place {
            start: offset(span.start),
            end: offset(span.end),
        };
        Self { place, tag, kind }
    }

    pub(super) fn into_kind(self) -> Kind {
        self.kind
    }

    /// Where it stands: for a scalar its text with quotes, for a list or map from its first to its last item.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.place.start as usize, self.place.end as usize)
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The explicit tag (`!!str` as `tag:yaml.org,2002:str`), if any.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref().map(|tag| tag.0.as_str())
    }

    /// The scalar, if it is one.
    #[must_use]
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if it is a map.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.kind {
            Kind::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The value of a key, if it is a map that has it. Cost: linear in the number of keys.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&Node> {
        self.as_mapping()?.value(key)
    }

    /// Whether it is a plain scalar that YAML reads as null (nothing, `~`, `null`).
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.tag.is_none() && self.as_scalar().is_some_and(Scalar::is_null)
    }

    /// "a text", "a list", … for messages.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(_) if self.is_null() => "nothing",
            Kind::Scalar(_) => "a single value",
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a map",
        }
    }
}

impl Scalar {
    /// The text: unquoted and unescaped, never reinterpreted.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// How it was written.
    #[must_use]
    pub fn style(&self) -> ScalarStyle {
        self.style
    }

    /// Whether it is plain and reads as null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.style == ScalarStyle::Plain
            && matches!(self.text(), "" | "~" | "null" | "Null" | "NULL")
    }
}

impl Mapping {
    pub(super) fn new(mut entries: Vec<Entry>, duplicates: Vec<Entry>) -> Self {
        let counting = entries.len();
        entries.extend(duplicates);
        Self {
            all: entries,
            counting,
        }
    }

    /// The entries that count.
    pub(super) fn into_entries(mut self) -> Vec<Entry> {
        self.all.truncate(self.counting);
        self.all
    }

    /// The entries in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        self.all.get(..self.counting).unwrap_or_default()
    }

    /// Entries whose key had been there before: each was reported, and none is among [`entries`](Self::entries).
    #[must_use]
    pub fn duplicates(&self) -> &[Entry] {
        self.all.get(self.counting..).unwrap_or_default()
    }

    /// The value of the first entry with this key.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(Entry::value)
    }

    /// The first entry with this key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()
            .iter()
            .find(|entry| entry.name() == Some(key))
    }
}

impl Entry {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &Node {
        &self.key
    }

    /// The key's text; `None` for a list or map as a key.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.key.as_scalar().map(Scalar::text)
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &Node {
        &self.value
    }
}
