//! Reads a path: one pass over at most 1024 bytes.

use super::error::{PathError, Refusal};
use super::segment::{FieldPath, Pair, Segment, Wanted};

pub(super) fn parse(text: &str) -> Result<FieldPath, PathError> {
    if text.len() > FieldPath::MAX_BYTES {
        return Err(PathError::new(0, Refusal::TooLong(text.len())));
    }
    if let Some((at, c)) = text.char_indices().find(|&(_, c)| is_invisible(c)) {
        return Err(PathError::new(at, Refusal::Invisible(c)));
    }
    match text.chars().next() {
        None => return Err(PathError::new(0, Refusal::Empty)),
        Some('.' | '$' | '{') => {
            return Err(PathError::new(
                0,
                Refusal::JsonPath(without_json_path(text)),
            ));
        }
        Some(_) => {}
    }
    let mut parser = Parser {
        text,
        at: 0,
        segments: Vec::new(),
    };
    parser.path()?;
    let path = FieldPath {
        segments: parser.segments,
    };
    within_limit_when_written_out(path)
}

/// A canonical text can be longer than what was written (`[.a]` is `['.a']`), and must still parse.
fn within_limit_when_written_out(path: FieldPath) -> Result<FieldPath, PathError> {
    let length = path.to_string().len();
    if length > FieldPath::MAX_BYTES {
        return Err(PathError::new(0, Refusal::TooLong(length)));
    }
    Ok(path)
}

/// What somebody who wrote `{.spec.x}` or `$.spec.x` meant, where that can be said.
fn without_json_path(text: &str) -> String {
    let inner = text
        .strip_prefix('{')
        .map_or(text, |rest| rest.strip_suffix('}').unwrap_or(rest));
    let inner = inner.strip_prefix('$').unwrap_or(inner);
    let inner = inner.strip_prefix('.').unwrap_or(inner);
    let is_path = !inner.starts_with(['.', '$', '{']) && parse(inner).is_ok();
    if is_path { inner } else { "spec.x" }.to_owned()
}

/// Whether a key can stand without quotes.
pub(super) fn is_ident(key: &str) -> bool {
    !key.is_empty() && key.chars().all(is_ident_char) && !key.contains('*') && !is_digits(key)
}

/// Whether a value of a selection can stand without quotes.
pub(super) fn is_select_text(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_select_char)
}

fn is_ident_char(c: char) -> bool {
    !matches!(
        c,
        '.' | '['
            | ']'
            | '\''
            | '"'
            | '\\'
            | '{'
            | '}'
            | '$'
            | '@'
            | '/'
            | '='
            | ','
            | '?'
            | '('
            | ')'
    ) && !c.is_whitespace()
        && !is_invisible(c)
}

fn is_select_char(c: char) -> bool {
    !matches!(c, ',' | '=' | '[' | ']' | '\'' | '"') && !c.is_whitespace() && !is_invisible(c)
}

fn is_bare_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_invisible(c: char) -> bool {
    c.is_control() || is_bidi(c)
}

/// Characters that make a text look other than it is (Unicode's `Bidi_Control`).
pub(crate) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Maps whose keys people choose: what follows such a name is one key, dots and all.
const FREE_KEYS: [&str; 6] = [
    "labels",
    "annotations",
    "matchLabels",
    "nodeSelector",
    "data",
    "binaryData",
];

struct Parser<'a> {
    text: &'a str,
    at: usize,
    segments: Vec<Segment>,
}

impl<'a> Parser<'a> {
    fn path(&mut self) -> Result<(), PathError> {
        if self.peek() != Some('[') {
            self.ident()?;
        }
        while let Some(next) = self.peek() {
            if self.segments.len() > FieldPath::MAX_SEGMENTS {
                break;
            }
            match next {
                '.' => self.dotted()?,
                '[' => self.bracket()?,
                _ => return Err(self.after_bracket()),
            }
        }
        if self.segments.len() > FieldPath::MAX_SEGMENTS {
            return Err(self.refuse(Refusal::TooManySegments));
        }
        Ok(())
    }

    fn dotted(&mut self) -> Result<(), PathError> {
        self.at += 1;
        match self.peek() {
            None => Err(self.refuse(Refusal::TrailingDot)),
            Some('.') => Err(self.refuse(Refusal::DoubleDot)),
            Some('[') => Err(self.refuse(Refusal::DotBracket)),
            Some(_) => self.ident(),
        }
    }

    fn ident(&mut self) -> Result<(), PathError> {
        let start = self.at;
        let key = self.take_while(is_ident_char);
        if let Some(c) = self.peek().filter(|c| !matches!(c, '.' | '[')) {
            return Err(self.bad_ident(start, c));
        }
        self.segments.push(match key {
            "*" => Segment::Every,
            _ if key.contains('*') => {
                return Err(PathError::new(start, Refusal::Star(key.to_owned())));
            }
            _ if is_digits(key) => {
                return Err(PathError::new(start, Refusal::DottedIndex(key.to_owned())));
            }
            _ => Segment::Key(key.to_owned()),
        });
        Ok(())
    }

    fn bad_ident(&self, start: usize, c: char) -> PathError {
        self.refuse(match c {
            '\\' => Refusal::Backslash(self.whole_key_quoted(start)),
            '/' | '=' => Refusal::QuoteWholeKey(c, self.whole_key_quoted(start)),
            '\'' | '"' => Refusal::QuoteOutsideBracket,
            ']' => Refusal::Unopened,
            c if c.is_whitespace() => Refusal::SpaceInKey,
            _ => Refusal::Character(c),
        })
    }

    /// The path as it should be written when a key holds dots: below a map of free keys everything is one key, elsewhere a
    /// backslash says which dots belong to a key.
    fn whole_key_quoted(&self, start: usize) -> String {
        let rest = self.rest_from(start);
        let map = self.segments.iter().position(
            |segment| matches!(segment, Segment::Key(key) if FREE_KEYS.contains(&key.as_str())),
        );
        let mut segments = self.segments.clone();
        match map {
            Some(map) => {
                let parts = segments
                    .drain(map + 1..)
                    .filter_map(|segment| match segment {
                        Segment::Key(part) => Some(part + "."),
                        _ => None,
                    });
                let key: String = parts.collect();
                segments.push(Segment::Key(key + &rest.replace('\\', "")));
            }
            None if rest.contains("\\.") => {
                let keys = rest.replace("\\.", "\0");
                let keys = keys
                    .split('.')
                    .map(|key| Segment::Key(key.replace('\0', ".")));
                segments.extend(keys);
            }
            None => return "['app.kubernetes.io/name']".to_owned(),
        }
        if rest.contains(['[', ']', '\'', '"']) {
            return "['app.kubernetes.io/name']".to_owned();
        }
        FieldPath { segments }.to_string()
    }

    fn bracket(&mut self) -> Result<(), PathError> {
        let open = self.at;
        self.at += 1;
        let segment = match self.peek() {
            Some(quote @ ('\'' | '"')) => self.quoted_bracket(quote)?,
            Some('?' | '(') => return Err(self.refuse(Refusal::Filter)),
            _ => {
                let end = self.rest().find(']');
                let raw = end.and_then(|end| self.rest().get(..end));
                let raw = raw.ok_or_else(|| PathError::new(open, Refusal::Unclosed))?;
                if raw.contains('=') {
                    Segment::Select(self.pairs(None)?)
                } else {
                    self.unquoted_bracket(raw)?
                }
            }
        };
        self.at += 1;
        self.segments.push(segment);
        if self.peek().is_some_and(|c| !matches!(c, '.' | '[')) {
            return Err(self.after_bracket());
        }
        Ok(())
    }

    fn unquoted_bracket(&mut self, raw: &str) -> Result<Segment, PathError> {
        let segment = match raw {
            "*" => Segment::Every,
            _ if is_digits(raw) => Segment::Index(self.index(raw)?),
            _ if is_bare(raw) => Segment::Key(raw.to_owned()),
            _ => return Err(self.refuse(bad_bracket(raw))),
        };
        self.at += raw.len();
        Ok(segment)
    }

    fn index(&self, digits: &str) -> Result<u32, PathError> {
        if digits.len() > 1 && digits.starts_with('0') {
            let number = digits.trim_start_matches('0');
            let number = if number.is_empty() { "0" } else { number };
            return Err(self.refuse(Refusal::LeadingZero(number.to_owned())));
        }
        let index = digits
            .parse()
            .ok()
            .filter(|&index: &u32| index <= i32::MAX.unsigned_abs());
        index.ok_or_else(|| self.refuse(Refusal::IndexTooLarge(digits.to_owned())))
    }

    fn quoted_bracket(&mut self, quote: char) -> Result<Segment, PathError> {
        let start = self.at;
        let key = self.quoted()?;
        match self.peek() {
            Some(']') => Ok(Segment::Key(key)),
            Some('=') => Ok(Segment::Select(self.pairs(Some(key))?)),
            Some(',') => {
                let raw: String = self
                    .text
                    .get(start..)
                    .unwrap_or_default()
                    .chars()
                    .take_while(|&c| c != ']')
                    .collect();
                Err(self.refuse(Refusal::Several(raw)))
            }
            Some(c) if c.is_whitespace() => {
                Err(self.refuse(Refusal::Space(format!("[{quote}{key}{quote}]"))))
            }
            Some(_) => Err(self.refuse(Refusal::UnclosedQuote(quote))),
            None => Err(self.refuse(Refusal::Unclosed)),
        }
    }

    /// The pairs of a selection, up to its `]`; of the first the key may be read already.
    fn pairs(&mut self, mut key: Option<String>) -> Result<Vec<Pair>, PathError> {
        let mut pairs = Vec::new();
        loop {
            let key = match key.take() {
                Some(key) => key,
                None => self.pair_key()?,
            };
            self.at += 1;
            let wanted = self.wanted(&key)?;
            pairs.push(Pair { key, wanted });
            match self.peek() {
                Some(',') => self.at += 1,
                Some(']') => return Ok(pairs),
                _ => return Err(self.refuse(Refusal::Unclosed)),
            }
        }
    }

    /// A key up to its `=`.
    fn pair_key(&mut self) -> Result<String, PathError> {
        let start = self.at;
        let key = match self.peek() {
            Some('\'' | '"') => self.quoted()?,
            _ => match self.take_while(is_ident_char) {
                "*" => return Err(PathError::new(start, Refusal::SelectStar)),
                key if key.contains('*') => {
                    return Err(PathError::new(start, Refusal::Star(key.to_owned())));
                }
                key => key.to_owned(),
            },
        };
        match self.peek() {
            Some('=') if self.at > start => Ok(key),
            Some(c) if c.is_whitespace() => {
                let raw: String = self
                    .rest_from(start)
                    .chars()
                    .take_while(|&c| c != ']')
                    .filter(|c| !c.is_whitespace())
                    .collect();
                Err(self.refuse(Refusal::Space(format!("[{raw}]"))))
            }
            _ => {
                let raw: String = self
                    .rest_from(start)
                    .chars()
                    .take_while(|c| !matches!(c, ',' | ']'))
                    .collect();
                let refusal = if raw.is_empty() {
                    Refusal::MissingPair
                } else {
                    Refusal::NoPair(raw)
                };
                Err(PathError::new(start, refusal))
            }
        }
    }

    fn wanted(&mut self, key: &str) -> Result<Wanted, PathError> {
        if let Some('\'' | '"') = self.peek() {
            let text = self.quoted()?;
            return match self.peek() {
                None | Some(',' | ']') => Ok(Wanted::Quoted(text)),
                Some(c) => Err(self.refuse(Refusal::WantedCharacter {
                    found: c,
                    key: key.to_owned(),
                })),
            };
        }
        let text = self.take_while(is_select_char);
        match self.peek() {
            None => Err(self.refuse(Refusal::Unclosed)),
            Some('=') if text.is_empty() => Err(self.refuse(Refusal::DoubleEquals(key.to_owned()))),
            Some(',' | ']') if text.is_empty() => {
                Err(self.refuse(Refusal::EmptyWanted(key.to_owned())))
            }
            Some(',' | ']') => Ok(Wanted::Text(text.to_owned())),
            Some(c) => Err(self.refuse(Refusal::WantedCharacter {
                found: c,
                key: key.to_owned(),
            })),
        }
    }

    /// A quoted text, its quotes and escapes taken away.
    fn quoted(&mut self) -> Result<String, PathError> {
        let open = self.at;
        let Some(quote) = self.peek() else {
            return Err(self.refuse(Refusal::Unclosed));
        };
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                _ if c == quote => return Ok(text),
                '\\' => match self.peek() {
                    Some(escaped) if escaped == quote || escaped == '\\' => {
                        text.push(escaped);
                        self.at += 1;
                    }
                    other => {
                        let shown = other.map(String::from).unwrap_or_default();
                        return Err(PathError::new(self.at - 1, Refusal::Escape(shown)));
                    }
                },
                _ => text.push(c),
            }
        }
        Err(PathError::new(open, Refusal::UnclosedQuote(quote)))
    }

    fn after_bracket(&self) -> PathError {
        if self.peek() == Some(']') {
            return self.refuse(Refusal::Unopened);
        }
        let next: String = self
            .rest()
            .chars()
            .take_while(|&c| is_ident_char(c))
            .collect();
        self.refuse(Refusal::AfterBracket(if next.is_empty() {
            "key".to_owned()
        } else {
            next
        }))
    }

    fn take_while(&mut self, accept: fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        self.rest_from(self.at)
    }

    fn rest_from(&self, start: usize) -> &'a str {
        self.text.get(start..).unwrap_or_default()
    }

    fn refuse(&self, refusal: Refusal) -> PathError {
        PathError::new(self.at, refusal)
    }
}

/// A key in brackets without quotes, as Crossplane writes it: `[.config.yml]`.
fn is_bare(raw: &str) -> bool {
    raw.chars().all(is_bare_char)
        && raw.chars().any(|c| c.is_ascii_alphabetic())
        && !raw.starts_with('-')
}

fn bad_bracket(raw: &str) -> Refusal {
    let shown = || raw.to_owned();
    let signless = raw.strip_prefix('-').unwrap_or(raw);
    if raw.is_empty() {
        Refusal::EmptyBracket
    } else if raw.contains(char::is_whitespace) {
        let packed: String = raw.chars().filter(|c| !c.is_whitespace()).collect();
        Refusal::Space(format!("[{packed}]"))
    } else if raw.starts_with('-') && is_digits(signless) {
        Refusal::NegativeIndex(shown())
    } else if raw.contains(':') && raw.chars().all(|c| matches!(c, '0'..='9' | ':' | '-')) {
        Refusal::Slice(shown())
    } else if raw.contains(',') {
        Refusal::Several(shown())
    } else if raw.starts_with(['@', '?', '(']) {
        Refusal::Filter
    } else {
        Refusal::Bracket(raw.replace('\\', "\\\\").replace('\'', "\\'"))
    }
}
