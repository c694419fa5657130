//! The one place that knows the YAML parser: its events become calls on a [`Builder`].

use std::ops::Range;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle as Style, ScanError, StructureStyle};

use super::builder::{Builder, Stop};
use super::comment::Comments;
use super::lenient::{Indented, is_refused, lines};
use super::node::Tag;
use super::receiver::{Receiver, Shape};
use super::{Limits, Node, ScalarStyle};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};

/// What a file holds, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Documents {
    /// The documents up to the first error of syntax, comment-only ones left out.
    pub documents: Vec<Node>,
    /// Errors and warnings, in the order met.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads all documents of a file. JSON is read too, being YAML.
///
/// Never fails and never panics: problems are diagnostics `yaml.syntax`, `yaml.duplicate-key`, `yaml.key`, `yaml.alias` and `yaml.limit.…`.
/// Maps named by `<<` are merged in. Cost: linear in the text and in what its aliases expand to, both within `limits`.
///
/// ```
/// use catalog_conditions::document::{Limits, parse};
/// use catalog_conditions::SourceFile;
///
/// let file = SourceFile::new("metadata.yaml", "name: grafana\nversion: 1.10\n");
/// let parsed = parse(&file, &Limits::default());
/// assert!(parsed.diagnostics.is_empty());
/// let version = parsed.documents[0].value("version").unwrap();
/// assert_eq!(version.as_scalar().unwrap().text(), "1.10");
/// assert_eq!(file.position(version.span().start).to_string(), "2:10");
/// ```
#[must_use]
pub fn parse(file: &Arc<SourceFile>, limits: &Limits) -> Documents {
    read(file, limits, None)
}

/// Reads all documents, and the comments if somebody wants them.
pub(super) fn read(
    file: &Arc<SourceFile>,
    limits: &Limits,
    mut comments: Option<&mut Comments>,
) -> Documents {
    let text = file.text();
    let allowed = allowed_bytes(limits);
    if text.len() > allowed {
        let message = format!(
            "the file has {} bytes, more than the {allowed} allowed",
            text.len()
        );
        let diagnostic =
            Diagnostic::error("yaml.limit.file-bytes", message).at(file, Span::default());
        return Documents {
            documents: Vec::new(),
            diagnostics: vec![diagnostic.help("split the file, or raise the limit")],
        };
    }
    let mark = mark_bytes(text);
    let mut reading = Reading {
        indented: Indented::new(text.len()),
        mark,
        rounds: 0,
    };
    loop {
        let mut builder = Builder::new(file, limits);
        let mut check = Check::default();
        let fed = reading.feed(&mut builder, &mut check, comments.as_deref_mut());
        let stop = match fed {
            Ok(()) => None,
            Err(failure) if reading.goes_on_after(&failure, text) => continue,
            Err(Failure::Stop(Stop(diagnostic))) => Some(*diagnostic),
            Err(
                Failure::QuotedIndent(start) | Failure::Guess(start) | Failure::Misplaced(start),
            ) => Some(unindented(file, start)),
        };
        let Documents {
            documents,
            mut diagnostics,
        } = builder.finish();
        diagnostics.extend(quoted_indent(file, &check.repaired).into_iter().chain(stop));
        return Documents {
            documents,
            diagnostics,
        };
    }
}

/// Hands the events of a text to `receiver`, within the limits; `None` where the text is no YAML, or too long, or where that stops.
pub(super) fn events<'t>(
    text: &'t str,
    limits: &Limits,
    receiver: &mut impl Receiver<'t>,
) -> Option<()> {
    let mark = mark_bytes(text);
    let text = text.get(mark..)?;
    if mark + text.len() > allowed_bytes(limits) {
        return None;
    }
    for next in Parser::new_from_str_with_options(text, options(limits)) {
        let (event, span) = next.ok()?;
        let range = span.byte_range().unwrap_or_default();
        let span = Span::new(mark + range.start, mark + range.end);
        dispatch(receiver, event, span).ok()?;
    }
    Some(())
}

fn options(limits: &Limits) -> granit_parser::Options {
    granit_parser::options! { flow_nesting_limit: limits.depth, block_nesting_limit: limits.depth, emit_comments: false, emit_unresolved_aliases: true }
}

/// Nodes keep where they stand in 32 bits.
fn allowed_bytes(limits: &Limits) -> usize {
    limits.file_bytes.min(u32::MAX as usize)
}

/// A byte order mark is no content; spans count it all the same.
fn mark_bytes(text: &str) -> usize {
    let mark = '\u{feff}';
    if text.starts_with(mark) {
        mark.len_utf8()
    } else {
        0
    }
}

/// Each wrong guess at where texts are to be indented reads the file again: this bounds the work on a file made to be guessed wrong.
const ROUNDS: usize = 512;

/// How many bytes may be read so, in all.
const ROUND_BYTES: usize = 64 << 20;

/// One warning for all such texts of a file, at the first: generated files have dozens.
fn quoted_indent(file: &Arc<SourceFile>, lines: &[usize]) -> Option<Diagnostic> {
    let line = lines.first().copied()?;
    let rest = file.text().get(line..).unwrap_or_default();
    let start = line + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let end = start + rest.trim_start().lines().next().map_or(0, str::len);
    let others = match lines.len() {
        1 => String::new(),
        more => format!(" ({} more like it in this file)", more - 1),
    };
    let message = format!(
        "this quoted text goes on at its parent's column, which YAML forbids; it was read all the same{others}"
    );
    let diagnostic =
        Diagnostic::warning("yaml.quoted-indent", message).at(file, Span::new(start, end));
    Some(diagnostic.help("indent its lines deeper than the key it belongs to"))
}

fn unindented(file: &Arc<SourceFile>, start: usize) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "yaml.syntax",
        "this is not YAML: the lines of this quoted text are not indented",
    );
    diagnostic.at(file, Span::new(start, start)).help(
        "indent its lines deeper than the key it belongs to, and see that its quote is closed",
    )
}

enum Failure {
    Stop(Stop),
    /// A quoted scalar goes on at this byte, which is not indented.
    QuotedIndent(usize),
    /// A line was indented as a guess, here, that is none of a quoted scalar, or may be none.
    Guess(usize),
    /// A line was indented, here, for the sake of a quoted scalar that it is none of.
    Misplaced(usize),
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// Holds what was put in to the parser's events.
#[derive(Default)]
struct Check {
    /// Of each list or map that is open, the column of its entries; none of one in brackets.
    parents: Vec<Option<usize>>,
    /// What stands before this byte of the original is right.
    confirmed: usize,
    /// Of each scalar that had to be indented, its second line.
    repaired: Vec<usize>,
}

impl Check {
    /// Takes in an event, unless something was put in before or in it where nothing may be.
    fn event(
        &mut self,
        indented: &Indented,
        file: &SourceFile,
        (event, span, column): (&Event<'_>, Span, usize),
    ) -> Result<(), Failure> {
        let is_quoted = match event {
            Event::Scalar(_, style, ..) => scalar_style(*style) == ScalarStyle::Quoted,
            _ => false,
        };
        let sure_up_to = if is_quoted { span.start } else { span.end };
        self.nothing_before(indented, sure_up_to)?;
        match event {
            Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                let is_block = matches!(style, StructureStyle::Block);
                self.parents.push(is_block.then_some(column));
            }
            Event::SequenceEnd | Event::MappingEnd => drop(self.parents.pop()),
            _ => {}
        }
        if is_quoted {
            self.quoted(indented, file.text(), span.start..span.end);
        }
        Ok(())
    }

    /// Refuses what was put in before an offset, in no quoted scalar.
    fn nothing_before(&self, indented: &Indented, offset: usize) -> Result<(), Failure> {
        match indented.put_in_from(self.confirmed) {
            Some((line, true)) if line < offset => Err(Failure::Guess(line)),
            Some((line, false)) if line < offset => Err(Failure::Misplaced(line)),
            _ => Ok(()),
        }
    }

    fn quoted(&mut self, indented: &Indented, text: &str, scalar: Range<usize>) {
        let (places, is_asked_for) = indented.within(&scalar);
        let parent = self.parents.last().copied().flatten();
        let is_refused = |parent| {
            let mut places = places.iter();
            places.any(|place| is_refused(text, &scalar, place.line, parent))
        };
        if !places.is_empty() && (is_asked_for || parent.is_some_and(is_refused)) {
            self.repaired.extend(lines(text, &scalar).next());
        }
        self.confirmed = scalar.end;
    }
}

/// The text that the parser gets, and the way back to the author's.
struct Reading {
    indented: Indented,
    mark: usize,
    /// How often the text was read again.
    rounds: usize,
}

impl Reading {
    /// Whether the text can be read further after this, from its beginning.
    fn goes_on_after(&mut self, failure: &Failure, text: &str) -> bool {
        if self.rounds >= ROUNDS || self.rounds.saturating_mul(text.len()) > ROUND_BYTES {
            return false;
        }
        self.rounds += 1;
        match failure {
            Failure::Stop(_) | Failure::Misplaced(_) => false,
            Failure::QuotedIndent(at) => self.indented.indent(text, *at),
            Failure::Guess(line) => {
                self.indented.doubt(text, *line);
                true
            }
        }
    }

    fn span(&self, span: granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or_default();
        Span::new(
            self.indented.original(self.mark + range.start),
            self.indented.original(self.mark + range.end),
        )
    }

    fn feed(
        &self,
        builder: &mut Builder<'_>,
        check: &mut Check,
        mut comments: Option<&mut Comments>,
    ) -> Result<(), Failure> {
        if let Some(comments) = comments.as_deref_mut() {
            comments.restart();
        }
        let text = self.indented.text(builder.file().text());
        let text = text.get(self.mark..).unwrap_or_default();
        for next in Parser::new_from_str_with_options(text, options(builder.limits())) {
            let (event, place) = next.map_err(|error| self.failure(builder, check, &error))?;
            let span = self.span(place);
            if !self.indented.is_empty() {
                let column = place.start.col();
                check.event(&self.indented, builder.file(), (&event, span, column))?;
            }
            if let (Some(comments), Event::Scalar(text, ..)) = (comments.as_deref_mut(), &event) {
                comments.scalar(builder.file(), span, text);
            }
            dispatch(builder, event, span)?;
        }
        check.nothing_before(&self.indented, usize::MAX)?;
        if let Some(comments) = comments {
            comments.search_up_to(builder.file(), builder.file().text().len());
        }
        Ok(())
    }

    fn failure(&self, builder: &Builder<'_>, check: &Check, error: &ScanError) -> Failure {
        let at = self
            .indented
            .original(self.mark + error.marker().byte_offset().unwrap_or_default());
        // What is wrong may be wrong for the guess that stands before it.
        if let Some(line) = self.indented.guess_from(check.confirmed)
            && line <= at
        {
            return Failure::Guess(line);
        }
        if matches!(error.kind(), ErrorKind::InvalidQuotedScalarIndent) {
            return Failure::QuotedIndent(at);
        }
        syntax(builder, error, Span::new(at, at)).into()
    }
}

/// Hands an event on.
fn dispatch<'t, R: Receiver<'t>>(
    receiver: &mut R,
    event: Event<'t>,
    span: Span,
) -> Result<(), R::Stop> {
    match event {
        Event::DocumentStart(..) => receiver.document_start(span),
        Event::DocumentEnd => receiver.document_end(span)?,
        Event::Scalar(text, style, anchor, tag) => {
            let style = scalar_style(style);
            receiver.scalar(span, text, style, (anchor, tag_of(tag.as_deref())))?;
        }
        Event::SequenceStart(_, anchor, tag) => {
            let mark = (anchor, tag_of(tag.as_deref()));
            receiver.collection_start(span, Shape::Sequence, mark)?;
        }
        Event::MappingStart(_, anchor, tag) => {
            let mark = (anchor, tag_of(tag.as_deref()));
            receiver.collection_start(span, Shape::Mapping, mark)?;
        }
        Event::SequenceEnd | Event::MappingEnd => receiver.collection_end(span)?,
        Event::Alias(anchor) => receiver.alias(span, anchor)?,
        Event::UnresolvedAlias(name) => receiver.unresolved_alias(span, &name)?,
        // The stream's ends, and events that later versions of the parser may add, carry no data.
        _ => {}
    }
    Ok(())
}

fn tag_of(tag: Option<&granit_parser::Tag>) -> Option<Box<Tag>> {
    tag.map(|tag| Box::new(Tag(format!("{}{}", tag.handle(), tag.suffix()))))
}

fn scalar_style(style: Style) -> ScalarStyle {
    match style {
        Style::Plain => ScalarStyle::Plain,
        Style::SingleQuoted | Style::DoubleQuoted => ScalarStyle::Quoted,
        Style::Literal | Style::Folded => ScalarStyle::Block,
    }
}

fn syntax(builder: &Builder<'_>, error: &ScanError, span: Span) -> Stop {
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return builder.too_deep(span);
    }
    let diagnostic =
        Diagnostic::error("yaml.syntax", format!("this is not YAML: {}", error.info()))
            .at(builder.file(), span);
    Stop(Box::new(match error.kind() {
        ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            diagnostic.help("indent with spaces")
        }
        _ => diagnostic,
    }))
}
