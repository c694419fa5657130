//! The one place that knows the YAML parser: its events become calls on a [`Builder`].

use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle as Style, ScanError};

use super::builder::{Builder, Stop};
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
    let text = file.text();
    if text.len() > limits.file_bytes {
        let message = format!(
            "the file has {} bytes, more than the {} allowed",
            text.len(),
            limits.file_bytes
        );
        let diagnostic =
            Diagnostic::error("yaml.limit.file-bytes", message).at(file, Span::default());
        return Documents {
            documents: Vec::new(),
            diagnostics: vec![diagnostic.help("split the file, or raise the limit")],
        };
    }
    // A byte order mark is no content; spans count it all the same.
    let start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let mut builder = Builder::new(file, limits);
    let result = feed(&mut builder, text.get(start..).unwrap_or_default(), start);
    if let Err(Stop(diagnostic)) = result {
        builder.report(*diagnostic);
    }
    builder.finish()
}

fn feed(builder: &mut Builder<'_>, text: &str, base: usize) -> Result<(), Stop> {
    let depth = builder.limits().depth;
    let options = granit_parser::options! { flow_nesting_limit: depth, block_nesting_limit: depth, emit_comments: false, emit_unresolved_aliases: true };
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| syntax(builder, &error, base))?;
        let range = span.byte_range().unwrap_or_default();
        let span = Span::new(base + range.start, base + range.end);
        match event {
            Event::DocumentStart(..) => builder.document_start(span),
            Event::DocumentEnd => builder.document_end(span)?,
            Event::Scalar(text, style, anchor, tag) => {
                builder.scalar(
                    span,
                    text.into_owned(),
                    scalar_style(style),
                    anchor,
                    tag_name(tag.as_deref()),
                )?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                builder.sequence_start(span, anchor, tag_name(tag.as_deref()))?
            }
            Event::MappingStart(_, anchor, tag) => {
                builder.mapping_start(span, anchor, tag_name(tag.as_deref()))?
            }
            Event::SequenceEnd | Event::MappingEnd => builder.collection_end(span)?,
            Event::Alias(anchor) => builder.alias(span, anchor)?,
            Event::UnresolvedAlias(name) => builder.unresolved_alias(span, &name)?,
            // The stream's ends, and events that later versions of the parser may add, carry no data.
            _ => {}
        }
    }
    Ok(())
}

fn tag_name(tag: Option<&granit_parser::Tag>) -> Option<Box<str>> {
    tag.map(|tag| format!("{}{}", tag.handle(), tag.suffix()).into_boxed_str())
}

fn scalar_style(style: Style) -> ScalarStyle {
    match style {
        Style::Plain => ScalarStyle::Plain,
        Style::SingleQuoted | Style::DoubleQuoted => ScalarStyle::Quoted,
        Style::Literal | Style::Folded => ScalarStyle::Block,
    }
}

fn syntax(builder: &Builder<'_>, error: &ScanError, base: usize) -> Stop {
    let at = base + error.marker().byte_offset().unwrap_or_default();
    let span = Span::new(at, at);
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
