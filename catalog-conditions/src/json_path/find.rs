//! A parsed query, and what it leads to.

use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde_json::Value;

#[cfg(not(feature = "json-path"))]
use super::error::Refusal;
use super::error::{JsonPathError, TooManyNodes};
use super::evaluate::Evaluation;
use super::query::{Query, Segment};
use crate::path::{Finding, Members, Place};

/// A JSONPath query, parsed once and followed as often as wanted. `Display` writes the author's text, and two are equal if their
/// texts are.
///
/// ```
/// # #[cfg(feature = "json-path")] {
/// use catalog_conditions::json_path::JsonPath;
///
/// let refused = JsonPath::parse("$.metadata.annotations.my-key").unwrap_err();
/// assert_eq!(refused.to_string(), "from `-key` on this is no JSONPath of RFC 9535: \
///     quote a name that holds more than letters, digits and `_`: `['a-name']`");
/// assert_eq!(refused.offset(), Some(25));
/// # }
/// ```
#[derive(Clone)]
pub struct JsonPath {
    text: String,
    query: Query,
}

impl JsonPath {
    /// The longest query in bytes.
    pub const MAX_BYTES: usize = 1024;
    /// How deep brackets and parentheses nest.
    pub const MAX_NESTING: usize = 16;
    /// How deep functions nest. The library's time to read a query grows threefold with each.
    pub const MAX_CALLS: usize = 4;
    /// The most descendant segments, those in filters included. Each multiplies the visits by the depth of the object at least.
    pub const MAX_DESCENDANTS: usize = 4;
    /// The most visits of one evaluation: some 50 ms of work. The largest object that a cluster holds (1.5 MB) has a tenth of that many
    /// nodes.
    pub const MAX_VISITS: usize = 1_000_000;

    /// Reads a query.
    ///
    /// # Errors
    ///
    /// A [`JsonPathError`] that says where the text leaves RFC 9535 and what to write instead, or which bound it passes. Refused though
    /// the RFC allows it: what passes a bound, unescaped bidi controls and Unicode's white space in names, whole numbers beyond
    /// 2^53-1, and a pattern for `match` or `search` that is not of RFC 9485, which would match nothing. Without the feature
    /// `json-path`, every text.
    pub fn parse(text: &str) -> Result<Self, JsonPathError> {
        Ok(Self {
            text: text.to_owned(),
            query: Self::read(text)?,
        })
    }

    #[cfg(feature = "json-path")]
    fn read(text: &str) -> Result<Query, JsonPathError> {
        super::read::read(text)
    }

    #[cfg(not(feature = "json-path"))]
    fn read(_: &str) -> Result<Query, JsonPathError> {
        Err(Refusal::NotBuilt.into())
    }

    /// The nodes that the query leads to and their places, in the RFC's order: lists by index, objects by key. A query that names a
    /// node twice leads to it twice.
    ///
    /// ```
    /// # #[cfg(feature = "json-path")] {
    /// use catalog_conditions::json_path::JsonPath;
    /// use serde_json::json;
    ///
    /// let object = json!({"spec": {"containers": [{"name": "web"}, {"name": "log"}]}});
    /// let nodes = JsonPath::parse("$..name")?.nodes(&object)?;
    /// let told: Vec<String> = nodes.iter().map(|(place, value)| format!("{place}: {value}")).collect();
    /// assert_eq!(told, [r#"spec.containers[0].name: "web""#, r#"spec.containers[1].name: "log""#]);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TooManyNodes`] after [`JsonPath::MAX_VISITS`] visits. A visit is a node that a selector looks at, a pair of values compared,
    /// or a byte searched. Also when the places have as many steps in all.
    pub fn nodes<'v>(&self, root: &'v Value) -> Result<Vec<(Place<'v>, &'v Value)>, TooManyNodes> {
        let (nodes, trail) = Evaluation::run(&self.query, root)?;
        let mut steps = 0;
        let mut placed = Vec::with_capacity(nodes.len());
        for node in nodes {
            let place = trail.place(node.link);
            // Many deep nodes must not fill the memory with their places.
            steps += place.steps().len();
            if steps > Self::MAX_VISITS {
                return Err(TooManyNodes {});
            }
            placed.push((place, node.value));
        }
        Ok(placed)
    }

    /// What the query leads to, as a path would say it. With `many`, each node is a member. Without, one node is found, none is
    /// [`Finding::Absent`] and several are [`Finding::Ambiguous`], both at the root, since a query has no prefix to show. A node that the
    /// query names twice is one.
    ///
    /// # Errors
    ///
    /// [`TooManyNodes`], as [`JsonPath::nodes`].
    pub fn find<'v>(&self, root: &'v Value, many: bool) -> Result<Finding<'v>, TooManyNodes> {
        let (mut nodes, trail) = Evaluation::run(&self.query, root)?;
        let mut seen = HashSet::new();
        nodes.retain(|node| seen.insert(std::ptr::from_ref(node.value)));
        if many {
            let ends = nodes.into_iter().map(|node| (node.link, node.value));
            return Ok(Finding::Many(Members::at(trail, ends)));
        }
        Ok(match nodes.as_slice() {
            [] => Finding::Absent(Place::default()),
            [node] if node.value.is_null() => Finding::Null,
            [node] => Finding::Found(node.value),
            _ => Finding::Ambiguous(Place::default()),
        })
    }

    /// Whether the query leads to one node at most, whatever the object: it has names and indexes only.
    #[must_use]
    pub fn is_singular(&self) -> bool {
        self.query.is_singular()
    }

    /// Whether `each: all` of it would not see a member that lacks what is asked: a name or index stands behind something that leads
    /// to several nodes (`[*].ready`, `..ready`), or beside another (`['a', 'b']`).
    ///
    /// ```
    /// # #[cfg(feature = "json-path")] {
    /// use catalog_conditions::json_path::JsonPath;
    ///
    /// let blind = |text: &str| JsonPath::parse(text).map(|query| query.each_all_is_blind());
    /// assert_eq!(blind("$.status.conditions[*].status"), Ok(true));
    /// assert_eq!(blind("$.status.conditions[?@.type == 'Ready']"), Ok(false));
    /// # }
    /// ```
    #[must_use]
    pub fn each_all_is_blind(&self) -> bool {
        let segments = &self.query.segments;
        let plural = segments.iter().position(Segment::is_plural);
        let from_plural = plural.and_then(|plural| segments.get(plural..));
        from_plural.is_some_and(|rest| rest.iter().any(Segment::is_named))
    }

    /// The text as the author wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for JsonPath {
    type Err = JsonPathError;

    fn from_str(text: &str) -> Result<Self, JsonPathError> {
        Self::parse(text)
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JsonPath").field(&self.text).finish()
    }
}

impl PartialEq for JsonPath {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for JsonPath {}

impl Hash for JsonPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}
