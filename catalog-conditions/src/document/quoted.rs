//! Quoted texts of more than one line, found without the parser.
//!
//! This tells only where such texts are likely to stand: what it finds is held to what the parser says (see [`super::lenient`]), so that
//! a mistake here costs time and nothing else.

use std::ops::Range;

/// A quoted scalar in block context that goes on over several lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// From its opening quote to behind its closing one.
    pub(super) range: Range<usize>,
    /// The column, from 0, of the entry that it belongs to: its lines must be indented deeper.
    pub(super) parent: usize,
}

/// The quoted scalars of several lines, in order, from a byte on that lies in no scalar. Cost: linear in the text, taken together.
pub(super) struct QuotedTexts<'t> {
    text: &'t str,
    at: usize,
    line_start: usize,
    /// The column of the latest key or dash; none at the top of a document.
    entry: Option<usize>,
    /// The column where the node that is being read begins, properties included.
    node: Option<usize>,
    /// Whether nothing of this line was read yet but white space.
    line_begins: bool,
    /// How many flow lists and maps are open.
    flow: usize,
}

impl<'t> QuotedTexts<'t> {
    pub(super) fn from(text: &'t str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or_default();
        Self {
            text,
            at,
            line_start: before.rfind('\n').map_or(0, |newline| newline + 1),
            entry: None,
            node: None,
            line_begins: false,
            flow: 0,
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn column(&self) -> usize {
        self.at - self.line_start
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// Behind a line break. A marker of documents may stand there.
    fn begin_line(&mut self) {
        self.line_start = self.at;
        self.node = None;
        self.line_begins = true;
        if is_document_marker(self.rest()) {
            self.at += 3;
            (self.entry, self.flow) = (None, 0);
        }
    }

    /// Skips the lines that are blank or deeper than the entry: the rest of a block or of a plain scalar.
    fn skip_deeper_lines(&mut self, stops_at_comments: bool) {
        loop {
            self.skip_line();
            let mut next = self.at + 1;
            let line = loop {
                let Some(line) = self.text.get(next..).filter(|rest| !rest.is_empty()) else {
                    return;
                };
                let length = line.find('\n').unwrap_or(line.len());
                let line = line.get(..length).unwrap_or_default();
                if !line.trim().is_empty() {
                    break line;
                }
                next += length + 1;
            };
            let spaces = leading_spaces(line);
            let is_deeper = self.entry.is_none_or(|entry| spaces > entry);
            let is_comment = stops_at_comments && line.trim_start().starts_with('#');
            if !is_deeper || is_comment || is_document_marker(line) {
                return;
            }
            (self.at, self.line_start) = (next, next);
            if stops_at_comments && line.contains(" #") {
                return self.skip_line();
            }
        }
    }

    /// A plain scalar, up to the colon that makes it a key.
    fn plain(&mut self) {
        let in_flow = self.flow > 0;
        let mut before = ' ';
        let mut chars = self.rest().char_indices().peekable();
        let mut length = self.rest().len();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            let is_colon = c == ':' && next.is_none_or(|next| ends_indicator(next, in_flow));
            let is_comment = c == '#' && before == ' ' && at > 0;
            let is_over = c == '\n' || (in_flow && matches!(c, ',' | '[' | ']' | '{' | '}'));
            if is_colon || is_comment || is_over {
                length = at;
                break;
            }
            before = if c == '\t' { ' ' } else { c };
        }
        self.at += length;
        if in_flow {
            return;
        }
        match self.rest().starts_with(':') {
            true => self.entry = self.node.or(self.entry),
            false if self.rest().starts_with('#') => self.skip_line(),
            false => self.skip_deeper_lines(true),
        }
    }

    /// A quoted scalar; what is returned goes on over several lines. `None` inside where it is never closed.
    fn quoted(&mut self) -> Option<Option<Quoted>> {
        let length = quoted_length(self.rest())?;
        let range = self.at..self.at + length;
        let scalar = self.rest().get(..length)?;
        self.at = range.end;
        if let Some(newline) = scalar.rfind('\n') {
            self.line_start = range.start + newline + 1;
            let parent = self.entry.filter(|_| self.flow == 0);
            return Some(parent.map(|parent| Quoted { range, parent }));
        }
        let is_key = self.rest().trim_start_matches([' ', '\t']).starts_with(':');
        if is_key && self.flow == 0 {
            self.entry = self.node;
        }
        Some(None)
    }

    /// An anchor, an alias or a tag.
    fn property(&mut self) {
        let in_flow = self.flow > 0;
        let is_over = |c: char| c.is_ascii_whitespace() || (in_flow && ends_indicator(c, in_flow));
        self.at += self.rest().find(is_over).unwrap_or(self.rest().len());
    }

    /// An indicator of structure; false if what stands here is none.
    fn indicator(&mut self, c: char) -> bool {
        let next = self.rest().chars().nth(1);
        let stands_alone = next.is_none_or(|next| ends_indicator(next, self.flow > 0));
        match c {
            '[' | '{' => self.flow += 1,
            ']' | '}' | ',' if self.flow > 0 => self.flow -= usize::from(c != ','),
            '-' | '?' if self.flow == 0 && stands_alone => self.entry = Some(self.column()),
            ':' if self.flow > 0 => {}
            ':' if stands_alone => {
                // At the start of a line it is the value of a key that a `?` began.
                if self.line_begins {
                    self.entry = Some(self.column());
                }
            }
            _ => return false,
        }
        self.at += 1;
        self.node = None;
        self.line_begins = false;
        true
    }
}

impl Iterator for QuotedTexts<'_> {
    type Item = Quoted;

    fn next(&mut self) -> Option<Quoted> {
        if self.at == self.line_start {
            self.begin_line();
        }
        loop {
            let c = self.rest().chars().next()?;
            match c {
                '\n' => {
                    self.at += 1;
                    self.begin_line();
                    continue;
                }
                ' ' | '\t' | '\r' => {
                    self.at += 1;
                    continue;
                }
                '#' => {
                    self.skip_line();
                    continue;
                }
                _ if self.indicator(c) => continue,
                _ => {}
            }
            self.node = self.node.or(Some(self.column()));
            self.line_begins = false;
            match c {
                '&' | '!' | '*' => self.property(),
                '|' | '>' if self.flow == 0 => self.skip_deeper_lines(false),
                '\'' | '"' => {
                    if let Some(quoted) = self.quoted()? {
                        return Some(quoted);
                    }
                }
                _ => self.plain(),
            }
        }
    }
}

/// Whether an indicator before this character is one.
fn ends_indicator(next: char, in_flow: bool) -> bool {
    next.is_ascii_whitespace() || (in_flow && matches!(next, ',' | '[' | ']' | '{' | '}'))
}

/// Whether a line is one that begins or ends a document.
pub(super) fn is_document_marker(line: &str) -> bool {
    let rest = line
        .strip_prefix("---")
        .or_else(|| line.strip_prefix("..."));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

pub(super) fn leading_spaces(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

/// The length in bytes of the quoted scalar that `text` begins with, quotes included.
pub(super) fn quoted_length(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().peekable();
    let (_, quote) = bytes
        .next()
        .filter(|(_, byte)| matches!(byte, b'\'' | b'"'))?;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if quote == b'"' => {
                bytes.next();
            }
            b'\'' if quote == b'\'' && bytes.peek().is_some_and(|(_, next)| *next == b'\'') => {
                bytes.next();
            }
            _ if byte == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}
