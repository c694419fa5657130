//! Regular expressions of `match` and `search`: I-Regexp (RFC 9485), matched in linear time by the `regex` crate.
//!
//! What is within I-Regexp is rewritten where the crate means something else by it. What is outside is refused: the RFC has such a
//! pattern match nothing, and a test that never holds would go unnoticed. `^` at the very beginning and `$` at the very end are taken as
//! anchors, as the compliance suite has it.

use std::str::Chars;

use crate::regex::{Regex, RegexError};

/// A pattern that is within I-Regexp.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Regex,
}

impl Pattern {
    /// What reading a pattern costs at most, in visits: some 2 ms.
    pub(super) const COST: usize = 20_000;
    const MAX_BYTES: usize = 1024;
    /// The largest program in bytes: it bounds the time to read a pattern, and the time to match by its product with the text.
    const MAX_PROGRAM: usize = 256 << 10;

    /// Reads a pattern that must match the whole of a text, or some part of it. The error says why not.
    pub(super) fn read(pattern: &str, whole: bool) -> Result<Self, String> {
        if pattern.len() > Self::MAX_BYTES {
            return Err(format!("it has more than {} bytes", Self::MAX_BYTES));
        }
        let rewritten = Rewriter::new(pattern).rewrite()?;
        let rewritten = match whole {
            true => format!("^(?:{rewritten})$"),
            false => rewritten,
        };
        let compiled = Regex::parse(&rewritten)
            .and_then(|ast| Regex::compile(&rewritten, &ast, Self::MAX_PROGRAM));
        let regex = compiled.map_err(|error| match error {
            RegexError::TooLarge => error.to_string(),
            RegexError::Syntax(_) => {
                "parentheses do not match, or a range or repetition runs backwards".to_owned()
            }
        })?;
        Ok(Self { regex })
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

type Rewritten = Result<(), String>;

struct Rewriter<'p> {
    rest: Chars<'p>,
    out: String,
}

impl<'p> Rewriter<'p> {
    fn new(pattern: &'p str) -> Self {
        Self {
            rest: pattern.chars(),
            out: String::with_capacity(pattern.len() + 16),
        }
    }

    fn rewrite(mut self) -> Result<String, String> {
        if self.take('^') {
            self.out.push('^');
        }
        // Whether a repetition may follow: it stands behind an atom, and not behind another repetition.
        let mut after_atom = false;
        while let Some(c) = self.rest.next() {
            let is_repetition = matches!(c, '*' | '+' | '?' | '{');
            if is_repetition && !after_atom {
                return Err(format!(
                    "`{c}` repeats nothing here; for the character itself write `\\{c}`"
                ));
            }
            match c {
                '(' if self.rest.as_str().starts_with('?') => {
                    return Err("it has no flags, names or look-around: write no `?` after `(`".to_owned());
                }
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '{' => self.repetition()?,
                '.' => self.out.push_str("[^\\n\\r]"),
                '$' if self.rest.as_str().is_empty() => self.out.push('$'),
                '^' | '$' => return Err(format!("`{c}` is an anchor only at the very beginning or end; for the character itself write `[{c}]`").replace("[^]", "\\^")),
                '}' | ']' => return Err(format!("`{c}` closes nothing; for the character itself write `\\{c}`")),
                _ => self.out.push(c),
            }
            after_atom = !is_repetition && !matches!(c, '(' | '|' | '$');
        }
        Ok(self.out)
    }

    /// What follows a backslash: a character that means something else without it, or a category of Unicode.
    fn escape(&mut self, in_class: bool) -> Rewritten {
        let c = self.rest.next();
        match c {
            Some(
                c @ ('(' | ')' | '*' | '+' | '-' | '.' | '?' | '[' | '\\' | ']' | '^' | '{' | '|'
                | '}' | 'n' | 'r' | 't'),
            ) => {
                self.out.extend(['\\', c]);
                Ok(())
            }
            Some(c @ ('p' | 'P')) => self.category(c),
            Some(c) => Err(match (c, in_class) {
                ('d', false) => "it has no `\\d`: write `[0-9]`".to_owned(),
                ('w', false) => "it has no `\\w`: write `[A-Za-z0-9_]`".to_owned(),
                ('s', false) => "it has no `\\s`: write `[ \\t\\n\\r]`".to_owned(),
                _ => format!("`\\{c}` is no escape in it"),
            }),
            None => {
                Err("it ends with a backslash; for the character itself write `\\\\`".to_owned())
            }
        }
    }

    /// `\p{Lu}`: a general category.
    fn category(&mut self, p: char) -> Rewritten {
        const CATEGORIES: [&str; 7] = [
            "Llmotu", "Mcen", "Ndlo", "Pcdefios", "Zlps", "Sckmo", "Ccfno",
        ];
        let body = self.rest.as_str().strip_prefix('{');
        let name = body
            .and_then(|body| body.split_once('}'))
            .map(|(name, _)| name);
        let name = name.unwrap_or_default();
        let known = CATEGORIES.iter().any(|category| {
            let mut name = name.chars();
            let (first, second, end) = (name.next(), name.next(), name.next());
            let minors = first.and_then(|first| category.strip_prefix(first));
            end.is_none() && minors.is_some_and(|minors| second.is_none_or(|c| minors.contains(c)))
        });
        if !known {
            return Err(format!(
                "`\\{p}{{{name}}}` is no category of Unicode: write one such as `\\p{{L}}` or `\\p{{Lu}}`"
            ));
        }
        self.out.push_str(&format!("\\{p}{{{name}}}"));
        self.skip(name.len() + 2);
        Ok(())
    }

    /// `{2}`, `{2,}`, `{2,3}`, with the `{` read.
    fn repetition(&mut self) -> Rewritten {
        let counts = self.rest.as_str().split_once('}').map(|(counts, _)| counts);
        let counts = counts.unwrap_or_default();
        let (least, most) = counts.split_once(',').unwrap_or((counts, ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if least.is_empty() || !is_number(least) || !is_number(most) {
            return Err("`{` begins a repetition such as `{2}`, `{2,}` or `{2,3}`; for the character itself write `\\{`".to_owned());
        }
        self.out.push_str(&format!("{{{counts}}}"));
        self.skip(counts.len() + 1);
        Ok(())
    }

    /// `[a-z]`, with the `[` read. The crate knows more in brackets than I-Regexp does: `[[:alpha:]]`, `&&`, `~~`, `--`.
    fn class(&mut self) -> Rewritten {
        self.out.push('[');
        if self.take('^') {
            self.out.push('^');
        }
        if self.take('-') {
            self.out.push_str("\\-");
        }
        let mut is_empty = !self.out.ends_with('-');
        loop {
            match self.rest.next() {
                Some(']') if !is_empty => {
                    self.out.push(']');
                    return Ok(());
                }
                Some('-') if self.rest.as_str().starts_with(']') && !is_empty => {
                    self.out.push_str("\\-")
                }
                Some(c @ ('[' | ']' | '-')) => {
                    return Err(format!("`{c}` in brackets is written `\\{c}`"));
                }
                Some('\\') if self.rest.as_str().starts_with(['p', 'P']) => self.escape(true)?,
                Some(c) => {
                    self.member(c)?;
                    if self.rest.as_str().starts_with('-') && !self.rest.as_str().starts_with("-]")
                    {
                        self.skip(1);
                        self.out.push('-');
                        match self.rest.next() {
                            Some(end) if !matches!(end, '[' | ']' | '-') => self.member(end)?,
                            _ => {
                                return Err(
                                    "a range in brackets ends with a character: `[a-z]`".to_owned()
                                );
                            }
                        }
                    }
                }
                None => {
                    return Err(
                        "`[` is not closed; for the character itself write `\\[`".to_owned()
                    );
                }
            }
            is_empty = false;
        }
    }

    /// One character in brackets.
    fn member(&mut self, c: char) -> Rewritten {
        match c {
            '\\' if self.rest.as_str().starts_with(['p', 'P']) => {
                Err("a category ends no range".to_owned())
            }
            '\\' => self.escape(true),
            '&' | '~' | '^' => {
                self.out.extend(['\\', c]);
                Ok(())
            }
            c => {
                self.out.push(c);
                Ok(())
            }
        }
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.rest.as_str().starts_with(c);
        if found {
            self.skip(1);
        }
        found
    }

    fn skip(&mut self, characters: usize) {
        for _ in 0..characters {
            self.rest.next();
        }
    }
}
