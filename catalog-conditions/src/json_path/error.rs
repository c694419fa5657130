//! What is wrong with the text of a query, in words that say what to write; and the query that visits too much.

use thiserror::Error;

use super::find::JsonPath;

/// A text that is no query, or one that is not taken: `Display` says what is wrong and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", crate::show::one_line(&refusal.to_string()))]
pub struct JsonPathError {
    offset: Option<usize>,
    refusal: Refusal,
}

impl JsonPathError {
    pub(super) fn at(offset: usize, refusal: Refusal) -> Self {
        Self {
            offset: Some(offset),
            refusal,
        }
    }

    /// The byte at which the text leaves the grammar, where one byte can be named.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }
}

impl From<Refusal> for JsonPathError {
    fn from(refusal: Refusal) -> Self {
        Self {
            offset: None,
            refusal,
        }
    }
}

/// The reasons, each with its own advice.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    #[cfg(not(feature = "json-path"))]
    #[error(
        "this program was built without the feature `json-path` of catalog-conditions, which reads JSONPath: write a field path (`path:`)"
    )]
    NotBuilt,
    #[error("the query is empty: write `$` and the way from the root, such as `$.spec.replicas`")]
    Empty,
    #[error("the query has {0} bytes, more than the {max} allowed", max = JsonPath::MAX_BYTES)]
    TooLong(usize),
    #[error(
        "brackets and parentheses are nested more than {} deep",
        JsonPath::MAX_NESTING
    )]
    Nesting,
    #[error("functions are nested more than {} deep", JsonPath::MAX_CALLS)]
    Calls,
    #[error(
        "the query has more than {} descendant segments (`..`), each of which visits everything below: name the keys on the way",
        JsonPath::MAX_DESCENDANTS
    )]
    Descendants,
    #[error("a query begins with `$`: write `{0}`")]
    NoRoot(String),
    #[error(
        "`{}` is white space or invisible; in a quoted name or text write it as an escape, and remove it elsewhere",
        .0.escape_unicode()
    )]
    Invisible(char),
    #[error("white space cannot stand at the end: remove it")]
    SpaceAtEnd,
    #[error("white space cannot follow a dot: remove it")]
    SpaceAfterDot,
    #[error(
        "white space cannot stand between `{0}` and what follows: remove it, or quote a name that holds it: `['a name']`"
    )]
    SpaceAfterWord(String),
    #[error("from `{rest}` on this is no JSONPath of RFC 9535: {advice}")]
    Grammar { rest: String, advice: &'static str },
    #[error("`{0}` ends too early: close what is open, and name what follows a dot or an operator")]
    Unfinished(String),
    /// What the library sees after its grammar: a function's arguments, a character or escape in quotes.
    #[error("the JSONPath library refuses it: {0}")]
    Library(String),
    #[error("`{0}` is no function of RFC 9535, which has length, count, value, match and search")]
    UnknownFunction(String),
    #[error("`{0}` gives a value, which must be compared: write `{0}(…) == …`")]
    NotCompared(&'static str),
    #[error("`{0}` is a test, not a value: it stands alone or after `!`")]
    NotAValue(&'static str),
    #[error("`{0}` takes a query, such as `{0}(@.*)`")]
    WantsQuery(&'static str),
    #[error(
        "`{0}` takes a value: a literal, a query that leads to one node at most (names and indexes only), `length`, `count` or `value`"
    )]
    WantsValue(&'static str),
    #[error("the number is beyond what a JSON number can hold")]
    Number,
    #[error("`{pattern}` is no regular expression of RFC 9485: {reason}")]
    Pattern { pattern: String, reason: String },
}

/// A query that visits more than [`JsonPath::MAX_VISITS`] nodes of the object: what it would lead to is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the query visits more than {} nodes: name the keys on the way instead of `..` and `*`",
    JsonPath::MAX_VISITS
)]
#[non_exhaustive]
pub struct TooManyNodes {}
