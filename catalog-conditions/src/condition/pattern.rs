//! Regular expressions that say both their ends.

use std::fmt;

use regex_syntax::ast::{Assertion, AssertionKind, Ast, Flag, Flags, RepetitionKind, RepetitionOp};
use thiserror::Error;

use crate::regex::{Regex, RegexError};

/// A regular expression as the `regex` crate reads it: matching takes time linear in the text.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: String,
    regex: Regex,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum PatternError {
    #[error("the regular expression has {0} bytes, more than the {max} allowed", max = Pattern::MAX_BYTES)]
    TooLong(usize),
    #[error("this is no regular expression: {0}")]
    Syntax(String),
    #[error("the regular expression is too large: its repetitions multiply")]
    TooLarge,
    #[error(
        "the regular expression does not say {0}: whether it must match all of the text, or a part of it"
    )]
    OpenEnd(&'static str),
    #[error(
        "with the flag `m`, `^` and `$` are the ends of a line, and the rest of the text may be anything"
    )]
    MultiLine,
}

impl Pattern {
    /// The longest pattern in bytes.
    pub(crate) const MAX_BYTES: usize = 4096;
    /// How large a compiled pattern may be, in bytes: enough for any class of characters a few hundred times.
    const MAX_COMPILED: usize = 1 << 20;

    pub(crate) fn new(text: &str) -> Result<Self, PatternError> {
        if text.len() > Self::MAX_BYTES {
            return Err(PatternError::TooLong(text.len()));
        }
        let ast = Regex::parse(text).map_err(|error| PatternError::Syntax(error.to_string()))?;
        if is_multi_line(&ast) {
            return Err(PatternError::MultiLine);
        }
        match (begins(&ast), ends(&ast)) {
            (true, true) => {}
            (false, true) => return Err(PatternError::OpenEnd("how it begins")),
            (true, false) => return Err(PatternError::OpenEnd("how it ends")),
            (false, false) => return Err(PatternError::OpenEnd("how it begins and ends")),
        }
        match Regex::compile(text, &ast, Self::MAX_COMPILED) {
            Ok(regex) => Ok(Self {
                text: text.to_owned(),
                regex,
            }),
            Err(RegexError::TooLarge) => Err(PatternError::TooLarge),
            Err(RegexError::Syntax(reason)) => Err(PatternError::Syntax(reason)),
        }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::show::text(self.as_str()))
    }
}

/// Whether the flag `m` is on anywhere. Recursion is bounded by the parser's limit.
fn is_multi_line(ast: &Ast) -> bool {
    let says = |flags: &Flags| flags.flag_state(Flag::MultiLine) == Some(true);
    match ast {
        Ast::Flags(set) => says(&set.flags),
        Ast::Group(group) => group.flags().is_some_and(says) || is_multi_line(&group.ast),
        Ast::Repetition(repetition) => is_multi_line(&repetition.ast),
        Ast::Concat(concat) => concat.asts.iter().any(is_multi_line),
        Ast::Alternation(alternation) => alternation.asts.iter().any(is_multi_line),
        _ => false,
    }
}

/// Whether every way to match begins with `^` or `.*`. Recursion is bounded by the parser's limit.
fn begins(ast: &Ast) -> bool {
    match ast {
        Ast::Concat(concat) => concat
            .asts
            .iter()
            .find(|ast| !matches!(ast, Ast::Flags(_)))
            .is_some_and(begins),
        Ast::Alternation(alternation) => alternation.asts.iter().all(begins),
        Ast::Group(group) => begins(&group.ast),
        Ast::Assertion(assertion) => says_end(
            assertion,
            AssertionKind::StartLine,
            AssertionKind::StartText,
        ),
        other => is_anything(other),
    }
}

/// Whether every way to match ends with `$` or `.*`.
fn ends(ast: &Ast) -> bool {
    match ast {
        Ast::Concat(concat) => concat.asts.last().is_some_and(ends),
        Ast::Alternation(alternation) => alternation.asts.iter().all(ends),
        Ast::Group(group) => ends(&group.ast),
        Ast::Assertion(assertion) => {
            says_end(assertion, AssertionKind::EndLine, AssertionKind::EndText)
        }
        other => is_anything(other),
    }
}

fn says_end(assertion: &Assertion, line: AssertionKind, text: AssertionKind) -> bool {
    assertion.kind == line || assertion.kind == text
}

/// `.*`, greedy or not.
fn is_anything(ast: &Ast) -> bool {
    let Ast::Repetition(repetition) = ast else {
        return false;
    };
    let RepetitionOp { kind, .. } = &repetition.op;
    *kind == RepetitionKind::ZeroOrMore && matches!(*repetition.ast, Ast::Dot(_))
}
