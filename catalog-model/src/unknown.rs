//! What stands in a file and is no part of the format.

use catalog_conditions::document::{Entry, Kind, Node, ScalarStyle};
use serde_json::{Map, Value};

/// The keys of a map that the format does not know, in the order written.
///
/// Loading warns of them and goes on. They are kept, numbers with their source text, so that writing the file again loses none of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnknownFields {
    entries: Vec<(String, Kept)>,
}

/// A value as it was written, as far as its meaning goes: quotes, comments and layout are gone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kept {
    /// A text.
    Text(String),
    /// A plain scalar that is no text to somebody (`1.10`, `on`, `0x10`), and what Kubernetes' tools read in it.
    Plain(String, Value),
    /// A list.
    List(Vec<Kept>),
    /// A map; its keys are those of the JSON that Kubernetes' tools make of it.
    Map(Vec<(String, Kept)>),
}

impl UnknownFields {
    pub(crate) fn of<'n>(entries: impl Iterator<Item = &'n Entry>) -> Self {
        let kept =
            entries.filter_map(|entry| Some((entry.name()?.to_owned(), Kept::of(entry.value()))));
        Self {
            entries: kept.collect(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The keys, in the order written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// The values as Kubernetes' tools read them.
    ///
    /// ```
    /// use catalog_model::{LoadOptions, MemorySource, load};
    ///
    /// let file = "name: p\nversion: 1.0.0\nappVersion: 1.10\n";
    /// let loaded = load(&MemorySource::from_iter([("p/1.0.0/metadata.yaml", file)]), &LoadOptions::default())?;
    /// let metadata = loaded.catalog().package("p").ok_or("it is there")?.releases()[0].metadata();
    /// assert_eq!(metadata.unknown().to_json()["appVersion"], 1.1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let entries = self.entries.iter();
        entries
            .map(|(name, kept)| (name.clone(), kept.to_json()))
            .collect()
    }

    #[cfg(feature = "write")]
    pub(crate) fn entries(&self) -> &[(String, Kept)] {
        &self.entries
    }
}

impl Kept {
    /// No deeper than the limit on a document's depth allows.
    fn of(node: &Node) -> Self {
        match node.kind() {
            Kind::Sequence(items) => Self::List(items.iter().map(Self::of).collect()),
            Kind::Mapping(mapping) => {
                let entries = mapping.entries().iter();
                Self::Map(
                    entries
                        .filter_map(|entry| Some((entry.json_name()?, Self::of(entry.value()))))
                        .collect(),
                )
            }
            Kind::Scalar(scalar) => match node.to_json() {
                Value::String(text) => Self::Text(text),
                value if node.tag().is_some() || scalar.style() != ScalarStyle::Plain => {
                    Self::Plain(value.to_string(), value)
                }
                Value::Null => Self::Plain("null".to_owned(), Value::Null),
                value => Self::Plain(scalar.text().to_owned(), value),
            },
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::Plain(_, value) => value.clone(),
            Self::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(entries) => {
                let entries = entries.iter();
                Value::Object(
                    entries
                        .map(|(key, kept)| (key.clone(), kept.to_json()))
                        .collect(),
                )
            }
        }
    }
}
