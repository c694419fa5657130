//! Edits that mend what a reader reports, and change nothing else of the file.
//!
//! A fix is refused where an alias repeats the place: what mends it there could spoil it elsewhere.

use std::collections::BTreeSet;

use super::fields::Fields;
use super::node::{Kind, Node, Scalar, ScalarStyle};
use super::reader::Reader;
use super::{Limits, parse, scalar};
use crate::fix::Fix;
use crate::source::{SourceFile, Span};

impl Reader<'_> {
    /// Writes another word for a key or a value, in the quotes that it has. `None` where that cannot be done safely.
    ///
    /// `to` must be a word that needs no quotes, such as a key of the format.
    #[must_use]
    pub fn renamed(&self, node: &Node, to: &str) -> Option<Fix> {
        let text = node.as_scalar()?.text();
        let written = self.file().slice(node.span());
        let quote = match node.as_scalar()?.style() {
            ScalarStyle::Plain => (written == text && !text.is_empty()).then_some("")?,
            ScalarStyle::Quoted => written.get(..1)?,
            ScalarStyle::Block => return None,
        };
        let fix =
            Fix::safe(format!("write `{to}`")).replace(node.span(), format!("{quote}{to}{quote}"));
        self.unless_repeated(fix, node.span())
    }

    /// Quotes a plain value that is meant as a text. `None` where that cannot be done safely, or is done.
    #[must_use]
    pub fn quoted(&self, node: &Node) -> Option<Fix> {
        let quoted = quoted(self.file(), node)?;
        let fix = Fix::safe(format!("write {quoted}")).replace(node.span(), quoted);
        self.unless_repeated(fix, node.span())
    }

    /// Writes a word for a value that says the same in other words, as `true` for `yes`. `None` where that cannot be done safely.
    pub(super) fn rewritten(&self, node: &Node, to: &str) -> Option<Fix> {
        let style = node.as_scalar()?.style();
        if style == ScalarStyle::Block
            || node.tag().is_some()
            || node.span().start == node.span().end
        {
            return None;
        }
        let fix = Fix::safe(format!("write `{to}`")).replace(node.span(), to);
        self.unless_repeated(fix, node.span())
    }

    /// Adds a key whose value is known from elsewhere: behind the key `after` where that has a line of its own, else as the first.
    /// A key that is there without a value gets it. `None` where that cannot be done safely.
    #[must_use]
    pub fn added(
        &self,
        fields: &Fields<'_>,
        (key, value): (&str, &str),
        after: Option<&str>,
    ) -> Option<Fix> {
        let (file, value) = (self.file(), written(value)?);
        let title = format!("add `{key}: {value}`");
        let (at, text) = match fields.mapping.entry(key) {
            Some(entry) => filled(file, entry.key(), entry.value(), &value)?,
            None => after
                .and_then(|after| behind(file, fields, after, &format!("{key}: {value}")))
                .or_else(|| first(file, fields, (key, &value)))?,
        };
        self.unless_repeated(
            Fix::safe(title).replace(at, text),
            Span::new(at.start, at.start + 1),
        )
    }

    /// Adds entries to a file that holds none, behind its comments. `None` where that cannot be done safely.
    #[must_use]
    pub fn appended(&self, entries: &[(&str, &str)]) -> Option<Fix> {
        let text = self.file().text();
        let newline = newline(text);
        let begun = text.trim_start_matches('\u{feff}').is_empty() || text.ends_with(BREAKS);
        let mut added = String::from(if begun { "" } else { newline });
        let mut keys = Vec::new();
        for (key, value) in entries {
            let value = written(value)?;
            added.push_str(&format!("{key}: {value}{newline}"));
            keys.push(format!("`{key}: {value}`"));
        }
        let title = format!("add {}", keys.join(" and "));
        Some(Fix::safe(title).insert(text.len(), added))
    }

    fn unless_repeated(&self, fix: Fix, span: Span) -> Option<Fix> {
        let repeated = self.repeated.get_or_init(|| repeated(self.file()));
        (!repeated.touch(span)).then_some(fix)
    }
}

/// What ends a line of YAML: a carriage return alone does it, too.
const BREAKS: [char; 2] = ['\n', '\r'];

/// A plain value in double quotes; `None` if it is anything else, or holds what would have to be escaped.
pub(super) fn quoted(file: &SourceFile, node: &Node) -> Option<String> {
    let scalar = node.as_scalar()?;
    let simple = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
    let fits = scalar.style() == ScalarStyle::Plain
        && node.tag().is_none()
        && !scalar.text().is_empty()
        && scalar.text().chars().all(simple)
        && file.slice(node.span()) == scalar.text();
    fits.then(|| format!("\"{}\"", scalar.text()))
}

/// A name or version as a value: in quotes where some reader would take it for something else.
fn written(text: &str) -> Option<String> {
    let simple = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_');
    if text.is_empty() || !text.chars().all(simple) {
        return None;
    }
    let plain = scalar::is_text(text) && !text.starts_with(['-', '.', '+']);
    Some(if plain {
        text.to_owned()
    } else {
        format!("\"{text}\"")
    })
}

/// The value of a key that has none.
fn filled(file: &SourceFile, key: &Node, nothing: &Node, value: &str) -> Option<(Span, String)> {
    let span = nothing.span();
    if nothing.tag().is_some() || !nothing.is_null() {
        return None;
    }
    if span.start < span.end {
        return Some((span, value.to_owned()));
    }
    let rest = file.text().get(key.span().end..)?;
    let colon = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let behind = rest.get(colon..)?.strip_prefix(':')?;
    let at = key.span().end + colon + 1;
    let blanks = behind.len() - behind.trim_start_matches(' ').len();
    Some(match behind.get(blanks..)?.starts_with(',') && blanks > 0 {
        true => (Span::new(at + blanks, at + blanks), value.to_owned()),
        false => is_over(behind).then(|| (Span::new(at, at), format!(" {value}")))?,
    })
}

/// The text up to the end of its line.
fn line(text: &str) -> &str {
    text.split(BREAKS).next().unwrap_or_default()
}

/// Whether nothing of a value follows in this line.
fn is_over(rest: &str) -> bool {
    let line = line(rest);
    let text = line.trim_start_matches([' ', '\t']);
    let comment = text.starts_with('#') && text.len() < line.len();
    text.is_empty() || comment || text.starts_with([',', '}'])
}

/// A line behind that of an entry which is one line.
fn behind(
    file: &SourceFile,
    fields: &Fields<'_>,
    after: &str,
    new: &str,
) -> Option<(Span, String)> {
    let text = file.text();
    let entry = fields.mapping.entry(after)?;
    let (key, value) = (entry.key().span(), entry.value().span());
    let own = fields.span.start <= key.start && value.end <= fields.span.end;
    let block = !text.get(fields.span.start..)?.starts_with('{');
    let one_line = !text.get(key.start..value.end)?.contains(BREAKS);
    if !(own && block && one_line && value.start < value.end) {
        return None;
    }
    let indent = indent(text, key.start)?;
    let rest = text.get(value.end..)?;
    let (rest_of_line, newline) = (line(rest), newline(text));
    let over = rest_of_line.trim();
    if !(over.is_empty() || over.starts_with('#')) {
        return None;
    }
    let at = value.end + rest_of_line.len();
    let next = match text.get(at..)? {
        rest if rest.starts_with("\r\n") => at + 2,
        rest => at + usize::from(!rest.is_empty()),
    };
    Some(match next == at {
        true => (Span::new(at, at), format!("{newline}{indent}{new}")),
        false => (Span::new(next, next), format!("{indent}{new}{newline}")),
    })
}

/// The first entry of a map.
fn first(
    file: &SourceFile,
    fields: &Fields<'_>,
    (key, value): (&str, &str),
) -> Option<(Span, String)> {
    let (text, start) = (file.text(), fields.span.start);
    if text.get(start..)?.starts_with('{') {
        return first_in_flow(text, start + 1, (key, value));
    }
    let indent = indent(text, start)?;
    Some((
        Span::new(start, start),
        format!("{key}: {value}{}{indent}", newline(text)),
    ))
}

/// The first entry of a map in braces, in the place and the layout of the one that was the first.
fn first_in_flow(text: &str, open: usize, (key, value): (&str, &str)) -> Option<(Span, String)> {
    let at = open + gap(text.get(open..)?)?;
    let (gap, next) = (text.get(open..at)?, text.get(at..)?);
    // JSON stays JSON.
    let entry = match next.starts_with('"') {
        true => format!("\"{key}\": \"{}\"", value.trim_matches('"')),
        false => format!("{key}: {value}"),
    };
    // What stands in a line of its own gets a line of its own before it.
    let own_line = indent(text, at).filter(|_| gap.contains(BREAKS));
    let entry = match (next.starts_with('}'), own_line) {
        (true, Some(indent)) => format!("  {entry}{}{indent}", newline(text)),
        (true, None) => format!("{entry}{gap}"),
        (false, Some(indent)) => format!("{entry},{}{indent}", newline(text)),
        (false, None) => format!("{entry}, "),
    };
    Some((Span::new(at, at), entry))
}

/// The length of what is nothing before the first entry of a map in braces, or their end: blanks, line breaks and comments. `None` where a
/// comment cannot be told from a key.
fn gap(inside: &str) -> Option<usize> {
    let mut rest = inside.trim_start();
    if inside.starts_with('#') {
        return None;
    }
    while rest.starts_with('#') {
        rest = rest.get(line(rest).len()..)?.trim_start();
    }
    Some(inside.len() - rest.len())
}

/// The blanks before a byte, if nothing else is before it in its line.
fn indent(text: &str, at: usize) -> Option<&str> {
    let line = text.get(..at)?.rsplit(BREAKS).next()?;
    let indent = line.trim_start_matches('\u{feff}');
    indent.chars().all(|c| c == ' ').then_some(indent)
}

/// How the lines of a file end.
pub(super) fn newline(text: &str) -> &'static str {
    match text.get(line(text).len()..) {
        Some(end) if end.starts_with("\r\n") => "\r\n",
        Some(end) if end.starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// The places of a file that aliases repeat.
pub(super) enum Repeated {
    /// Ranges in order, none of which touches another.
    Places(Vec<Span>),
    /// The file cannot be read to its end: it may be any.
    Unknown,
}

impl Repeated {
    fn touch(&self, span: Span) -> bool {
        match self {
            Self::Unknown => true,
            Self::Places(places) => {
                let next = places.partition_point(|place| place.end <= span.start);
                places.get(next).is_some_and(|place| place.start < span.end)
            }
        }
    }
}

/// Cost: nothing in files without anchors and aliases; in others, reading it once more.
fn repeated(file: &std::sync::Arc<SourceFile>) -> Repeated {
    if !(file.text().contains('&') && file.text().contains('*')) {
        return Repeated::Places(Vec::new());
    }
    let parsed = parse(file, &Limits::snapshot());
    let cut = parsed.diagnostics.iter().any(|diagnostic| {
        let code = diagnostic.code();
        code.starts_with("yaml.limit.") || code == "yaml.syntax"
    });
    if cut {
        return Repeated::Unknown;
    }
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for document in &parsed.documents {
        visit(document, &mut seen, &mut twice);
    }
    let mut places: Vec<Span> = Vec::new();
    for span in twice {
        match places.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => places.push(span),
        }
    }
    Repeated::Places(places)
}

/// What an alias repeats stands in the tree twice, with one span.
fn visit(node: &Node, seen: &mut BTreeSet<Span>, twice: &mut BTreeSet<Span>) {
    let span = node.span();
    if span.start < span.end && !seen.insert(span) {
        twice.insert(span);
    }
    match node.kind() {
        Kind::Scalar(_) => {}
        Kind::Sequence(items) => items.iter().for_each(|item| visit(item, seen, twice)),
        Kind::Mapping(mapping) => {
            for entry in mapping.entries().iter().chain(mapping.duplicates()) {
                visit(entry.key(), seen, twice);
                visit(entry.value(), seen, twice);
            }
        }
    }
}

/// Whether a plain scalar is something else than a text to some reader of YAML.
pub(super) fn is_retyped(scalar: &Scalar) -> bool {
    scalar.style() == ScalarStyle::Plain && !scalar.is_null() && !scalar::is_text(scalar.text())
}
