//! A parsed path.

use std::str::FromStr;

use super::error::PathError;
use super::parse;

/// A path to a field, parsed once and followed as often as wanted.
///
/// Two spellings of one path are equal: `a['b']` is `a.b`. `Display` writes the canonical spelling, which parses back to an equal path.
///
/// ```
/// use catalog_conditions::path::FieldPath;
///
/// let path = FieldPath::parse(r#"metadata["labels"]["app.kubernetes.io/name"]"#)?;
/// assert_eq!(path.to_string(), "metadata.labels['app.kubernetes.io/name']");
///
/// let refused = FieldPath::parse("spec.containers.0.image").unwrap_err();
/// assert_eq!(refused.to_string(), "`0` outside brackets is no index: write `[0]`, or `['0']` for a key of that name");
/// # Ok::<(), catalog_conditions::path::PathError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldPath {
    pub(super) segments: Vec<Segment>,
}

/// One step of a [`FieldPath`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Segment {
    /// The value of a key: `name`, `['name']`.
    Key(String),
    /// An element by position, from 0: `[0]`.
    Index(u32),
    /// Every element of a list, or every value of an object: `*`, `[*]`.
    Every,
    /// The one element of a list that matches every pair: `[name=v1]`.
    Select(Vec<Pair>),
}

/// A key and the value that a selected element must have there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    /// The key.
    pub key: String,
    /// Its value.
    pub wanted: Wanted,
}

/// The value in a [`Pair`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wanted {
    /// Written bare: equals a string, or a number or boolean that is written so.
    Text(String),
    /// Written in quotes: equals a string only.
    Quoted(String),
}

impl Segment {
    /// The selection of the element whose `key` is a text.
    pub(crate) fn select(key: &str, text: &str) -> Self {
        Self::Select(vec![Pair {
            key: key.to_owned(),
            wanted: Wanted::Text(text.to_owned()),
        }])
    }
}

impl FieldPath {
    /// The longest path in bytes.
    pub const MAX_BYTES: usize = 1024;
    /// The most steps in a path.
    pub const MAX_SEGMENTS: usize = 64;

    /// Reads a path.
    ///
    /// # Errors
    ///
    /// A [`PathError`] that says where the text leaves the grammar and what to write instead. Cost: linear, and at most 1024 bytes are read.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        parse::parse(text)
    }

    /// A path made in code of steps that are known to be within the grammar.
    pub(crate) fn of(segments: impl IntoIterator<Item = Segment>) -> Self {
        Self {
            segments: segments.into_iter().collect(),
        }
    }

    /// The steps, at least one.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether a `*` makes it a path to several values.
    #[must_use]
    pub fn is_many(&self) -> bool {
        self.segments.contains(&Segment::Every)
    }

    /// This path, and from where it leads another.
    pub(crate) fn join(&self, below: &Self) -> Self {
        Self::of(self.segments.iter().chain(&below.segments).cloned())
    }

    /// Whether it is these keys and nothing else.
    pub(crate) fn is(&self, keys: &[&str]) -> bool {
        self.segments.len() == keys.len() && self.begins_with(keys)
    }

    /// Whether it begins with these keys, as `metadata.labels.x` begins with `["metadata", "labels"]`.
    #[must_use]
    pub fn begins_with(&self, keys: &[&str]) -> bool {
        self.segments.len() >= keys.len()
            && self
                .segments
                .iter()
                .zip(keys)
                .all(|(segment, key)| matches!(segment, Segment::Key(name) if name == key))
    }
}

impl FromStr for FieldPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}
