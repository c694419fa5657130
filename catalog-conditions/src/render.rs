//! Diagnostics as people read them: with the source lines they point at.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::show::{is_hidden, one_line};
use crate::source::Span;

/// At most this many lines of a span are shown, and this many bytes of a line.
const LINES: usize = 6;
const LINE_BYTES: usize = 400;

/// Whether a rendered diagnostic has colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Text alone.
    #[default]
    Never,
    /// ANSI escapes, for terminals.
    Always,
}

impl Diagnostic {
    /// The diagnostic with the lines it points at, its further places and its help, ending without a newline.
    ///
    /// One that [withholds its source](Self::withholding_source) names the place alone.
    ///
    /// What can be mended unasked has a line `fix` with what will be done.
    ///
    /// Only the lines shown are looked at, so the cost does not depend on the size of the file.
    ///
    /// ```
    /// use catalog_conditions::{Diagnostic, SourceFile, Span, render::Colour};
    /// let file = SourceFile::new("metadata.yaml", "name: grafana\nlicence: MIT\n");
    /// let diagnostic = Diagnostic::warning("metadata.unknown-key", "`licence` is not a key of this map")
    ///     .at(&file, Span::new(14, 21))
    ///     .help("did you mean `license`?");
    /// assert_eq!(diagnostic.render(Colour::Never), "\
    /// warning[metadata.unknown-key]: `licence` is not a key of this map
    ///  --> metadata.yaml:2:1
    ///   |
    /// 2 | licence: MIT
    ///   | ^^^^^^^
    ///   |
    ///   = help: did you mean `license`?");
    /// ```
    #[must_use]
    pub fn render(&self, colour: Colour) -> String {
        let level = match self.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let mut group: Group<'_> = Group::with_title(
            level
                .primary_title(one_line(self.message()))
                .id(self.code()),
        );
        if self.withholds_source() {
            // A label belongs to a line, so that further places would only repeat the first.
            group = group.elements(self.location().map(origin));
        } else {
            if let Some(location) = self.location() {
                group = place(group, location, AnnotationKind::Primary, None);
            }
            for (location, label) in self.related_locations() {
                group = place(group, location, AnnotationKind::Context, Some(label));
            }
        }
        let help = self
            .help_lines()
            .iter()
            .map(|line| Level::HELP.message(one_line(line)));
        let fix = self
            .clear_fix()
            .map(|fix| Level::HELP.with_name("fix").message(one_line(fix.title())));
        let renderer = match colour {
            Colour::Never => Renderer::plain(),
            Colour::Always => Renderer::styled(),
        };
        renderer.render(&[group.elements(help).elements(fix)])
    }
}

/// A place without its text.
fn origin(location: &Location) -> Origin<'_> {
    let origin = Origin::path(one_line(location.file().path()));
    if location.file().text().is_empty() {
        return origin;
    }
    let start = location.start();
    origin.line(start.line).char_column(start.column)
}

fn place<'a>(
    group: Group<'a>,
    location: &'a Location,
    kind: AnnotationKind,
    label: Option<&'a str>,
) -> Group<'a> {
    let file = location.file();
    if file.text().is_empty() {
        return group.element(origin(location));
    }
    let (shown, span) = window(file.text(), location.span());
    let line = file.line(shown.start);
    let annotation = kind
        .span(span.start - shown.start..span.end - shown.start)
        .label(label.map(one_line));
    let text = harmless(file.text().get(shown).unwrap_or_default());
    group.element(
        Snippet::source(text)
            .path(one_line(file.path()))
            .line_start(line)
            .annotation(annotation),
    )
}

/// Source lines without characters that a terminal acts on. The renderer replaces those of ASCII; each of the others is replaced by one
/// with as many bytes, so that spans stay where they are.
fn harmless(text: &str) -> Cow<'_, str> {
    let acts = |c: char| is_hidden(c) && !c.is_ascii();
    if !text.contains(acts) {
        return text.into();
    }
    let replaced = text.chars().map(|c| match (acts(c), c.len_utf8()) {
        (true, 2) => '¿',
        (true, 3) => '\u{fffd}',
        _ => c,
    });
    replaced.collect()
}

/// The lines around a span, and the part of the span in them. All ends are character boundaries.
fn window(text: &str, span: Span) -> (Range<usize>, Range<usize>) {
    let start = floor(text, span.start);
    let line_start = text
        .get(..start)
        .and_then(|before| before.rfind('\n'))
        .map_or(begin(text), |newline| newline + 1);
    let start = start.max(line_start);
    let first = if start - line_start > LINE_BYTES {
        floor(text, start - LINE_BYTES / 2)
    } else {
        line_start
    };
    let mut end = start;
    for _ in 0..LINES {
        end = text
            .get(end..)
            .and_then(|rest| rest.find('\n'))
            .map_or(text.len(), |newline| end + newline + 1);
        if end >= span.end || end - first > LINE_BYTES {
            break;
        }
    }
    let end = floor(text, end.min(first + 2 * LINE_BYTES).max(start));
    let span_end = floor(text, span.end.clamp(start, end.max(start)));
    (first..end, start..trim(text, start, span_end))
}

/// Where the text begins: a byte order mark has no width.
fn begin(text: &str) -> usize {
    let mark = '\u{feff}';
    if text.starts_with(mark) {
        mark.len_utf8()
    } else {
        0
    }
}

/// A span that runs over a line break ends before it: a marker below nothing helps nobody.
fn trim(text: &str, start: usize, end: usize) -> usize {
    text.get(start..end).map_or(end, |shown| {
        start + shown.trim_end_matches(['\n', '\r', ' ']).len()
    })
}

fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or_default()
}
