//! Looks over a query before the library reads it: what would take long to read, and what the library lets pass.
//!
//! The library skips white space between any two parts of a token, so that it reads `a b` as one name, and it tries up to three ways
//! to read a function, each of which tries three for a function inside. Both are seen without knowing the grammar.

use super::error::{JsonPathError, Refusal};
use super::find::JsonPath;
use crate::path::is_bidi;

pub(super) fn check(text: &str) -> Result<(), JsonPathError> {
    if text.len() > JsonPath::MAX_BYTES {
        return Err(Refusal::TooLong(text.len()).into());
    }
    if text.trim().is_empty() {
        return Err(Refusal::Empty.into());
    }
    if !text.starts_with('$') {
        return Err(JsonPathError::at(0, Refusal::NoRoot(with_root(text))));
    }
    let mut guard = Guard::new(text);
    for (at, c) in text.char_indices() {
        guard.pass(at, c)?;
    }
    match text.ends_with(char::is_whitespace) {
        true => Err(JsonPathError::at(
            text.trim_end().len(),
            Refusal::SpaceAtEnd,
        )),
        false => Ok(()),
    }
}

/// The query as it was probably meant: `.spec.x`, `{.spec.x}`, `@.spec.x` and `spec.x` are `$.spec.x`.
fn with_root(text: &str) -> String {
    let inner = text.trim();
    let inner = inner
        .strip_prefix('{')
        .map_or(inner, |rest| rest.strip_suffix('}').unwrap_or(rest));
    let inner = inner.trim().trim_start_matches(['$', '@']);
    match inner.chars().next() {
        None => "$".to_owned(),
        Some('.' | '[') => format!("${inner}"),
        Some(_) => format!("$.{inner}"),
    }
}

struct Guard<'a> {
    text: &'a str,
    /// The quote that a string began with, and whether the next character is escaped.
    quote: Option<(char, bool)>,
    /// What is open, outermost first: whether it is a function's parenthesis.
    open: Vec<bool>,
    /// Where the word began that ends right before this character.
    word: Option<usize>,
    /// The word before the white space that ends right before this character.
    word_and_space: Option<(usize, usize)>,
    after_dot: bool,
}

impl<'a> Guard<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            quote: None,
            open: Vec::new(),
            word: None,
            word_and_space: None,
            after_dot: false,
        }
    }

    fn pass(&mut self, at: usize, c: char) -> Result<(), JsonPathError> {
        if is_bidi(c) || (self.quote.is_none() && c.is_whitespace() && !c.is_ascii()) {
            return Err(JsonPathError::at(at, Refusal::Invisible(c)));
        }
        if let Some((quote, escaped)) = self.quote {
            self.quote = (escaped || c != quote).then_some((quote, !escaped && c == '\\'));
            return Ok(());
        }
        if c.is_whitespace() {
            return self.space(at);
        }
        let is_word = c == '_' || c.is_ascii_alphanumeric() || !c.is_ascii();
        if let Some((start, end)) = self.word_and_space.take()
            && (is_word || c == '(')
        {
            let word = self.text.get(start..end).unwrap_or_default().to_owned();
            return Err(JsonPathError::at(end, Refusal::SpaceAfterWord(word)));
        }
        let is_call = self.word.is_some() && c == '(';
        self.word = is_word.then(|| self.word.unwrap_or(at));
        self.after_dot = c == '.';
        match c {
            '\'' | '"' => self.quote = Some((c, false)),
            '(' | '[' => self.opened(at, is_call)?,
            ')' | ']' => drop(self.open.pop()),
            _ => {}
        }
        Ok(())
    }

    fn space(&mut self, at: usize) -> Result<(), JsonPathError> {
        if self.after_dot {
            return Err(JsonPathError::at(at, Refusal::SpaceAfterDot));
        }
        if let Some(start) = self.word.take() {
            self.word_and_space = Some((start, at));
        }
        Ok(())
    }

    fn opened(&mut self, at: usize, is_call: bool) -> Result<(), JsonPathError> {
        self.open.push(is_call);
        if self.open.len() > JsonPath::MAX_NESTING {
            return Err(JsonPathError::at(at, Refusal::Nesting));
        }
        if self.open.iter().filter(|&&is_call| is_call).count() > JsonPath::MAX_CALLS {
            return Err(JsonPathError::at(at, Refusal::Calls));
        }
        Ok(())
    }
}
