//! Regular expressions, compiled within a bound and matched in time linear in the text.
//!
//! This is what the crate `regex` does with the same two crates beneath it; a syntax tree that somebody has looked at already need not
//! be read again.

use regex_automata::meta;
use regex_syntax::ast::{Ast, parse};
use regex_syntax::hir::translate::Translator;
use thiserror::Error;

/// A compiled regular expression. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Regex {
    compiled: meta::Regex,
}

/// Why a text cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RegexError {
    /// It is no regular expression, for this reason.
    #[error("{0}")]
    Syntax(String),
    /// Compiled, it would take more than it may.
    #[error("it is too large when its repetitions are written out")]
    TooLarge,
}

impl Regex {
    /// How deep groups may nest: reading is recursive.
    const MAX_NESTING: u32 = 64;
    /// How large an expression may be that is compiled without a bound of the caller's, in bytes.
    const MAX_COMPILED: usize = 1 << 20;

    /// Compiles a text, which takes 1 MB at most.
    ///
    /// ```
    /// use catalog_conditions::regex::Regex;
    /// assert!(Regex::new("^[a-z]+$").unwrap().is_match("tea"));
    /// assert!(Regex::new("(").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// Where it is none, nests deeper than 64 groups, or is too large.
    pub fn new(text: &str) -> Result<Self, RegexError> {
        let ast = Self::parse(text)?;
        Self::compile(text, &ast, Self::MAX_COMPILED)
    }

    /// The syntax tree of a text.
    pub(crate) fn parse(text: &str) -> Result<Ast, RegexError> {
        let mut parser = parse::ParserBuilder::new()
            .nest_limit(Self::MAX_NESTING)
            .build();
        parser
            .parse(text)
            .map_err(|error| RegexError::Syntax(error.kind().to_string()))
    }

    /// Compiles the syntax tree of `text` into at most `max_bytes`.
    pub(crate) fn compile(text: &str, ast: &Ast, max_bytes: usize) -> Result<Self, RegexError> {
        let hir = Translator::new()
            .translate(text, ast)
            .map_err(|error| RegexError::Syntax(error.kind().to_string()))?;
        let config = meta::Config::new()
            .nfa_size_limit(Some(max_bytes))
            .hybrid_cache_capacity(max_bytes);
        let compiled = meta::Builder::new()
            .configure(config)
            .build_from_hir(&hir)
            .map_err(|error| match error.size_limit() {
                Some(_) => RegexError::TooLarge,
                None => RegexError::Syntax(error.to_string()),
            })?;
        Ok(Self { compiled })
    }

    /// Whether it matches a part of a text. Cost: linear in the text.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.compiled.is_match(text)
    }
}
