//! What is wrong with the text of a path, in words that say what to write.

use thiserror::Error;

/// A text that is no field path.
///
/// `Display` says what is wrong and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{refusal}")]
pub struct PathError {
    offset: usize,
    refusal: Refusal,
}

impl PathError {
    pub(super) fn new(offset: usize, refusal: Refusal) -> Self {
        Self { offset, refusal }
    }

    /// The byte at which the text leaves the grammar.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// The ways in which people miss the grammar, each with its own advice.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    #[error(
        "the path is empty: write the keys from the root of the object, such as `spec.replicas`"
    )]
    Empty,
    #[error("the path has {0} bytes, more than the 1024 allowed")]
    TooLong(usize),
    #[error("the path has more than 64 steps")]
    TooManySegments,
    #[error("this is not JSONPath: write `{0}`, or use `jsonPath:`")]
    JsonPath(String),
    #[error("no dot stands before a bracket: write `a[0]`, not `a.[0]`")]
    DotBracket,
    #[error("`..` is not part of a path: name every key on the way")]
    DoubleDot,
    #[error("the path ends with a dot: remove it, or name the key that follows")]
    TrailingDot,
    #[error(
        "`{0}` outside brackets is no index: write `[{0}]`, or `['{0}']` for a key of that name"
    )]
    DottedIndex(String),
    #[error("a backslash escapes nothing in an unquoted key; quote the whole key: `{0}`")]
    Backslash(String),
    #[error("`{0}` cannot stand in an unquoted key; quote the whole key: `{1}`")]
    QuoteWholeKey(char, String),
    #[error("a quoted key stands in brackets: `['key']`")]
    QuoteOutsideBracket,
    #[error("`{0}` cannot stand in an unquoted key; quote the key: `['key']`")]
    Character(char),
    #[error("`{}` is invisible or a control character, and cannot stand in a path: remove it", .0.escape_unicode())]
    Invisible(char),
    #[error(
        "`*` stands alone: write `[*]` for every element, or quote a key that holds one: `['{0}']`"
    )]
    Star(String),
    #[error("`]` has no `[` before it: remove it, or quote the key that holds it")]
    Unopened,
    #[error("`[` has no `]` after it: close the bracket")]
    Unclosed,
    #[error("the quote {0} is not closed: end the key with {0}]")]
    UnclosedQuote(char),
    #[error("`\\{0}` is no escape: in quotes, only the quote itself and `\\\\` are escaped")]
    Escape(String),
    #[error(
        "the bracket is empty: write an index `[0]`, `[*]`, a key `['key']` or a selection `[name=x]`"
    )]
    EmptyBracket,
    #[error("white space has no place in a bracket: write `{0}`")]
    Space(String),
    #[error(
        "`[{0}]` counts from the end, and an index counts from 0: select the element by its key, such as `[name=x]`"
    )]
    NegativeIndex(String),
    #[error("an index has no leading zeros: write `[{0}]`")]
    LeadingZero(String),
    #[error("the index `{0}` is beyond 2147483647")]
    IndexTooLarge(String),
    #[error(
        "`[{0}]` is a slice, which a path has not: write `[*]` for every element, or one index"
    )]
    Slice(String),
    #[error("`[{0}]` names several elements: write one index or key, or `[*]` for every element")]
    Several(String),
    #[error("a filter is written as a selection: `[name=x]`, or `[name=x,key=y]`")]
    Filter,
    #[error("a selection has one `=`: write `[{0}=x]`")]
    DoubleEquals(String),
    #[error("`{0}` is no pair: a selection is written `[key=value]`, or `[key=value,other=value]`")]
    NoPair(String),
    #[error("a pair is missing: remove the comma, or write `key=value` after it")]
    MissingPair,
    #[error(
        "white space cannot stand in an unquoted key; remove it, or quote the key: `['a key']`"
    )]
    SpaceInKey,
    #[error("the value of `{0}` is empty: write `[{0}='']` for the empty text")]
    EmptyWanted(String),
    #[error("`*` is no key of a selection: write `['*'=x]` for a key of that name")]
    SelectStar,
    #[error("`{found}` cannot stand in an unquoted value; quote the value: `[{key}='…']`")]
    WantedCharacter { found: char, key: String },
    #[error("`[{0}]` is neither an index nor a key nor a selection; quote a key: `['{0}']`")]
    Bracket(String),
    #[error("after `]` comes a dot, a bracket or the end: write `].{0}`")]
    AfterBracket(String),
}
