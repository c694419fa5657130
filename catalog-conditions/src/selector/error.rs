//! What is wrong with a selector.

use thiserror::Error;

/// A text that is no label selector, or a requirement that no label can meet.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", crate::show::one_line(&problem.to_string()))]
pub struct SelectorError {
    problem: Problem,
}

impl SelectorError {
    pub(super) fn new(problem: Problem) -> Self {
        Self { problem }
    }
}

/// The rules of Kubernetes' `labels.Parse` and of label syntax.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Problem {
    #[error("the selector has {0} bytes, more than the 4096 allowed")]
    TooLong(usize),
    #[error("a label key is missing before `{0}`")]
    MissingKey(String),
    #[error("a label key is missing at the end: remove the comma")]
    MissingLastKey,
    #[error(
        "`{0}` is no label key: write letters, digits, `-`, `_`, `.`, with an optional DNS name and `/` before them"
    )]
    Key(String),
    #[error(
        "`{0}` is no label value: at most 63 letters, digits, `-`, `_`, `.`, beginning and ending with a letter or digit"
    )]
    Value(String),
    #[error("`{value}` is no whole number, which `{key} >` and `{key} <` compare")]
    Number { key: String, value: String },
    #[error("`{0}` is no operator of a selector: write =, ==, !=, in, notin, > or <")]
    Operator(String),
    #[error("`!{0}` stands alone: write `{0} notin (value)` or `{0}!=value` to refuse a value")]
    NegatedComparison(String),
    #[error("`{0}` stands where a comma or the end should: join requirements with commas")]
    Rest(String),
    #[error("`{0} in` and `{0} notin` take values in parentheses: `{0} in (a, b)`")]
    Parentheses(String),
    #[error("`{0}` needs at least one value")]
    NoValues(String),
    #[error("`{0}` takes no values, since it asks for the key alone")]
    Values(String),
}
