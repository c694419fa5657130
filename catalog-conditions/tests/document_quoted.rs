//! Quoted texts that go on at their parent's column: what comes out is what a slow and simple repair gives, in bounded time.
#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod cost;

use std::collections::BTreeSet;
use std::time::Duration;

use catalog_conditions::document::{Kind, Limits, Node, parse};
use catalog_conditions::{Diagnostic, SourceFile, Span};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle};
use proptest::prelude::*;

use self::cost::computed;

/// A text whose quoted scalars are indented one by one, where the parser asks for it; it is read again from its beginning each time.
struct Slow {
    text: String,
    /// Offsets into the original, each followed by [`Slow::WIDTH`] added bytes.
    places: Vec<usize>,
    repaired: Vec<usize>,
}

impl Slow {
    const WIDTH: usize = 64;

    fn new(original: &str) -> Self {
        let mut slow = Self {
            text: original.to_owned(),
            places: Vec::new(),
            repaired: Vec::new(),
        };
        while let Some(at) = slow.refused() {
            if !slow.indent(original, at) {
                break;
            }
        }
        slow.repaired.sort_unstable();
        slow
    }

    /// Where the parser refuses the indentation of a quoted scalar, as an offset into the original.
    fn refused(&self) -> Option<usize> {
        let options = granit_parser::options! { emit_unresolved_aliases: true };
        let error = Parser::new_from_str_with_options(&self.text, options).find_map(Result::err)?;
        matches!(error.kind(), ErrorKind::InvalidQuotedScalarIndent)
            .then(|| self.original(error.marker().byte_offset().unwrap()))
    }

    /// Whether a line was indented that turns out to be in no quoted scalar.
    fn is_misplaced(&self) -> bool {
        let options = granit_parser::options! { emit_unresolved_aliases: true };
        let mut confirmed = 0;
        let first_from = |offset: usize| self.places.iter().find(|place| **place >= offset);
        for next in Parser::new_from_str_with_options(&self.text, options) {
            let Ok((event, span)) = next else {
                return false;
            };
            let range = span.byte_range().unwrap_or_default();
            let range = self.original(range.start)..self.original(range.end);
            let is_quoted = matches!(
                event,
                Event::Scalar(_, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, ..)
            );
            let sure_up_to = if is_quoted { range.start } else { range.end };
            if first_from(confirmed).is_some_and(|place| *place < sure_up_to) {
                return true;
            }
            if is_quoted {
                confirmed = range.end;
            }
        }
        first_from(confirmed).is_some()
    }

    fn indent(&mut self, original: &str, at: usize) -> bool {
        let Some((start, length)) = quoted_around(original, at) else {
            return false;
        };
        let scalar = &original[start..start + length];
        let lines: Vec<usize> = scalar
            .match_indices('\n')
            .map(|(newline, _)| start + newline + 1)
            .filter(|&line| {
                let rest = original[line..].trim_start_matches([' ', '\t']);
                let is_marker = ["---", "..."].iter().any(|marker| {
                    original[line..].strip_prefix(marker).is_some_and(|rest| {
                        rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])
                    })
                });
                !rest.starts_with(['\n', '\r']) && !is_marker && !self.places.contains(&line)
            })
            .collect();
        let Some(&first) = lines.first() else {
            return false;
        };
        self.repaired.push(first);
        self.places.extend(lines);
        self.places.sort_unstable();
        self.text = original.to_owned();
        for &place in self.places.iter().rev() {
            self.text.insert_str(place, &" ".repeat(Self::WIDTH));
        }
        true
    }

    fn original(&self, offset: usize) -> usize {
        let mut shifted = offset;
        for &place in &self.places {
            if shifted <= place {
                break;
            }
            shifted = (shifted.saturating_sub(Self::WIDTH)).max(place);
        }
        shifted
    }
}

/// The nearest quote before a byte that opens a value and closes after it.
fn quoted_around(text: &str, at: usize) -> Option<(usize, usize)> {
    let mut end = at;
    loop {
        let line_start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        for (column, _) in text[line_start..end].match_indices(['\'', '"']) {
            let before = text[line_start..line_start + column].trim_end_matches([' ', '\t']);
            if before.is_empty() || before.ends_with([':', '-', '?', ',', '[', '{']) {
                let start = line_start + column;
                if let Some(length) = quoted_length(&text[start..])
                    && start + length > at
                {
                    return Some((start, length));
                }
            }
        }
        end = line_start.checked_sub(1)?;
    }
}

fn quoted_length(text: &str) -> Option<usize> {
    let quote = text.as_bytes()[0];
    let mut at = 1;
    while let Some(&byte) = text.as_bytes().get(at) {
        let next = text.as_bytes().get(at + 1);
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\'' if quote == b'\'' && next == Some(&b'\'') => at += 1,
            _ if byte == quote => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// All that a tree says and where it stands, in lines.
fn outline(node: &Node, original: &dyn Fn(usize) -> usize, lines: &mut Vec<String>) {
    let span = node.span();
    let place = (original(span.start), original(span.end));
    match node.kind() {
        Kind::Scalar(scalar) => lines.push(format!("{place:?} {:?}", scalar.text())),
        Kind::Sequence(items) => {
            lines.push(format!("{place:?} {} items", items.len()));
            items.iter().for_each(|item| outline(item, original, lines));
        }
        Kind::Mapping(mapping) => {
            lines.push(format!("{place:?} {} entries", mapping.entries().len()));
            for entry in mapping.entries() {
                outline(entry.key(), original, lines);
                outline(entry.value(), original, lines);
            }
        }
    }
}

fn all(text: &str, original: &dyn Fn(usize) -> usize) -> (Vec<String>, Vec<String>) {
    let parsed = parse(&SourceFile::new("f", text), &Limits::default());
    let mut lines = Vec::new();
    for document in &parsed.documents {
        lines.push("---".to_owned());
        outline(document, original, &mut lines);
    }
    let diagnostics = parsed.diagnostics.iter().map(|diagnostic| {
        let span = diagnostic.location().unwrap().span();
        let place = (original(span.start), original(span.end));
        format!("{place:?} {}", diagnostic.code())
    });
    (lines, diagnostics.collect())
}

/// Compares with the slow repair what is read, where it stands, and what is said of it.
fn check(text: &str) {
    let slow = Slow::new(text);
    if slow.is_misplaced() {
        let parsed = parse(&SourceFile::new("f", text), &Limits::default());
        let mut codes = parsed.diagnostics.iter().map(Diagnostic::code);
        assert!(codes.any(|code| code == "yaml.syntax"), "{text:?} is read");
        return;
    }
    let (expected, mut said) = all(&slow.text, &|offset| slow.original(offset));
    let (documents, mut diagnostics) = all(text, &|offset| offset);
    let warning = |said: &String| said.ends_with("yaml.quoted-indent");
    let warnings: Vec<String> = diagnostics
        .iter()
        .filter(|said| warning(said))
        .cloned()
        .collect();
    // What cannot be indented is named with a place of its own.
    diagnostics.retain(|said| !warning(said));
    said.retain(|said| !warning(said));
    // What is not YAML is wrong in many ways, of which either finds its own first.
    let is_refused = |said: &[String]| said.iter().any(|one| one.ends_with(" yaml.syntax"));
    if is_refused(&said) {
        assert!(is_refused(&diagnostics), "{text:?} beside {:?}", slow.text);
        return;
    }
    assert_eq!(documents, expected, "{text:?} beside {:?}", slow.text);
    assert_eq!(diagnostics, said, "{text:?} beside {:?}", slow.text);
    if !said.is_empty() {
        // What is not read to its end gets no warning.
        return;
    }
    let parsed = parse(&SourceFile::new("f", text), &Limits::default());
    let mut scalars = Vec::new();
    for document in &parsed.documents {
        quoted_scalars(document, &mut scalars);
    }
    // Whatever quote the slow repair took for the opening one, the line is in this scalar.
    let indented: BTreeSet<usize> = slow
        .repaired
        .iter()
        .map(|line| {
            let span = scalars
                .iter()
                .find(|span| (span.start..span.end).contains(line));
            second_line(text, *span.unwrap())
        })
        .collect();
    assert_eq!(
        warnings.len(),
        usize::from(!indented.is_empty()),
        "{text:?}"
    );
    if let Some(first) = indented.first() {
        let (warning, place) = (&warnings[0], format!("({first}, "));
        assert!(
            warning.starts_with(&place),
            "{text:?}: {warning}, not {first}"
        );
        let warning = parsed
            .diagnostics
            .iter()
            .find(|one| one.code() == "yaml.quoted-indent");
        let (message, more) = (warning.unwrap().message(), indented.len() - 1);
        assert_eq!(
            message.contains(&format!("({more} more")),
            more > 0,
            "{text:?}: {message}"
        );
    }
}

fn quoted_scalars(node: &Node, found: &mut Vec<Span>) {
    match node.kind() {
        Kind::Scalar(_) => found.push(node.span()),
        Kind::Sequence(items) => items.iter().for_each(|item| quoted_scalars(item, found)),
        Kind::Mapping(mapping) => {
            for entry in mapping.entries().iter().chain(mapping.duplicates()) {
                quoted_scalars(entry.key(), found);
                quoted_scalars(entry.value(), found);
            }
        }
    }
}

/// Where the first further line of a scalar that is not blank has its text.
fn second_line(text: &str, span: Span) -> usize {
    let newline = span.start + text[span.start..span.end].find('\n').unwrap();
    let rest = &text[newline..];
    newline + rest.len() - rest.trim_start().len()
}

/// What looks like a quoted text inside of a block is none: indenting its lines would put them into the block.
#[test]
fn what_is_in_no_quoted_text_is_not_indented() {
    let text = "a: |\n a: 'x''\n? \"\n- *j\na: x\na: 'x\n";
    assert!(Slow::new(text).is_misplaced());
    check(text);
}

#[test]
fn texts_in_every_place() {
    for text in [
        "a: 'x\ny'\n",
        "a: 'x\n\ny\n\n\nz'\nb: \"x\ny\"\n",
        "- 'x\ny'\n- \"x\ny\"\n",
        "a:\n- b: 'x\n  y'\n  c: 'x\n  y'\n- d: \"x\n  y\n  z\"\n",
        "a:\n  'x\ny'\nb:\n  - \"x\n  y\"\n",
        "a:\n  - - - b: 'x\n        y'\n",
        "? 'x\ny'\n: 'x\ny'\n? a\n: \"x\ny\"\n",
        "a: |\n  b: 'x\n  y'\nc: 'x\ny'\n",
        "a: >-\n  it's\n  'twas\nc: 'x\ny'\nd: 'x\ny'\n",
        "a: it's\n  'twas\n  \"so\nc: 'x\ny'\nd: 'x\ny'\n",
        "# it's: 'so\na: 'x\ny' # \"\nb: \"x\ny\" # '\nc: 'x\ny'\n",
        "a: 'x\ny'\nb: [ 'x\ny', \"x\ny\" ]\nc: {d: 'x\ny', e\"f: g}\nh: 'x\ny'\n",
        "a: 'x\ny'\n--- 'x\ny'\n---\nb: 'x\ny'\n...\n--- \nc: \"x\ny\"\n",
        "\u{feff}a: 'x\ny'\nä: 'ö\nü'\n\"ä\": 'ö\nü'\n",
        "a: 'x\r\ny'\r\nb: 'x\r\n\r\ny'\r\n",
        "a: \"x\\\ny\"\nb: \"x\\\\\ny\"\nc: \"x\\\n\ny\"\n",
        "a: 'x\n'\nb: \"x\n\"\nc: 'x\n  y\n'\nd: 'x\ny\n'\n",
        "a: 'x\n\ty'\nb: 'x\n  \ty\nz'\n",
        "a: 'x\ny'\nb: 'x\n\ty'\nc: 'x\ny\n\tz'\n",
        "a: 'x''\ny'\nb: 'x\n''y'\nc: 'x\ny''z'\n",
        "a: 'x\ny'\nb: 'x\n---\ny'\n",
        "a: 'x\ny'\nb: 'x\ny\n",
        "a: 'x\ny' z\nb: 'x\ny'\n",
        "a: 'x\ny'\nb: \"x\n\\q y\"\nc: 'x\ny'\n",
        "a:\n  b: 'x\ny'\n c: d\n",
        "a: 'x\ny'\nb: *c\nd: 'x\ny'\n",
        "'a': 'x\ny'\n\"b\" : 'x\ny'\n",
    ] {
        check(text);
    }
}

#[test]
fn a_marker_of_documents_stays_one() {
    // To indent it would take it for a part of the text, which no other reader does.
    for text in ["a: 'x\n---\ny'\n", "a: 'x\ny\n...\nz'\n"] {
        let parsed = parse(&SourceFile::new("f", text), &Limits::default());
        assert!(parsed.documents.is_empty(), "{text:?}");
        assert_eq!(parsed.diagnostics.last().unwrap().code(), "yaml.syntax");
    }
}

#[test]
fn a_hundred_thousand_such_texts_cost_little() {
    let lines = "- b: 'one text of a few words\n\n  that goes on\nat the column of its parent'\n";
    let text: String = (0..100_000)
        .map(|at| match at % 1_000 {
            0 => format!("---\n{lines}"),
            _ => lines.to_owned(),
        })
        .collect();
    assert!(text.len() < 8 << 20);
    let start = computed();
    let parsed = parse(&SourceFile::new("f", text), &Limits::default());
    let took = computed() - start;
    assert_eq!(parsed.documents.len(), 100);
    let said: Vec<&str> = parsed.diagnostics.iter().map(|one| one.message()).collect();
    assert_eq!(said.len(), 1);
    assert!(
        said[0].contains("(99999 more like it in this file)"),
        "{said:?}"
    );
    println!("{took:?}");
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn what_is_put_in_is_bounded() {
    // Each line needs two hundred bytes, and has two.
    for text in [
        format!("{}a: 'x\n{}'\n", " ".repeat(200), "y\n".repeat(1 << 19)),
        format!("{}a: 'x\ny'\n", " ".repeat(4 << 20)),
        format!(
            "- a: 'x\n  y'\n- {}b: 'x\n{}'\n",
            "- ".repeat(100),
            "y\n".repeat(1 << 19)
        ),
    ] {
        let start = computed();
        let parsed = parse(&SourceFile::new("f", text), &Limits::default());
        let took = computed() - start;
        assert!(!parsed.diagnostics.is_empty());
        assert!(took < Duration::from_secs(20), "{took:?}");
    }
}

#[test]
fn texts_made_to_be_guessed_wrong_cost_a_bounded_time() {
    // The comment makes of the second quote a part of a plain text, which it is not where the first line is deeper.
    for part in [
        "- a: 'x\n  y'\n- b\n  'c\n- 'd\n  e'\n",
        "- a: 'x\n  y'\n- {b: 'c}\n",
        "a: 'x\ny'\n? |\n 'a\n: 'x\ny'\n--- \n",
        "- a: !t 'x\n  y'\n- &b 'x\ny'\n",
    ] {
        let text = part.repeat((2 << 20) / part.len());
        let start = computed();
        let parsed = parse(&SourceFile::new("f", text), &Limits::default());
        let took = computed() - start;
        assert!(!parsed.diagnostics.is_empty());
        println!(
            "{part:?}: {took:?}, {:?}",
            parsed.diagnostics.last().unwrap().code()
        );
        assert!(took < Duration::from_secs(40), "{part:?}: {took:?}");
    }
}

/// A line of a file as they are.
fn line() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "a: ", "b: ", "'c': ", "\"d\" : ", "- ", "- e: ", "- - ", "? ", ": ", "&f g: ", "",
        "!h i: ", "ä: ",
    ]);
    let value = prop::sample::select(vec![
        "'x",
        "y'",
        "'x''",
        "'",
        "\"x",
        "y\"",
        "\"",
        "\"x\\",
        "x",
        "it's",
        "'x' # y'",
        "\"x\" # \"",
        "# 'x",
        "|",
        ">-",
        "[",
        "]",
        "{",
        "}",
        "['x",
        "y'],",
        "{a: 'x",
        "&j 'x",
        "!k \"x",
        "*j",
        "---",
        "...",
        "--- 'x",
        "\tx",
        "",
        "'x\\'",
        "x: 'y",
        "\r",
    ]);
    (0_usize..4, key, value)
        .prop_map(|(indent, key, value)| format!("{}{key}{value}", " ".repeat(indent)))
}

/// A value that is a quoted text, indented too little or enough, or another that may look like one.
fn entry() -> impl Strategy<Value = String> {
    let lines = prop::collection::vec((0_usize..6, "[xy#:'\"\\\\ -]{0,4}"), 0..3);
    let kind = prop::sample::select(vec!["'", "\"", "|", ">", "", "[", "{a: '"]);
    let close = prop::sample::select(vec!["", "]", "}", " # '", "'}"]);
    (0_usize..3, "[a-z]{1,2}", kind, lines, close).prop_map(|(indent, key, kind, lines, close)| {
        let mut text = format!("{}{key}: {kind}x", "  ".repeat(indent));
        let escape = |line: String| match kind {
            "'" => line.replace('\'', "''"),
            "\"" => line.replace(['"', '\\'], ""),
            _ => line,
        };
        for (indent, line) in lines {
            text += &format!("\n{}{}", " ".repeat(indent), escape(line));
        }
        let quote = if matches!(kind, "'" | "\"") { kind } else { "" };
        text + quote + close + "\n"
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn lines_are_read_as_by_the_slow_repair(lines in prop::collection::vec(line(), 1..9)) {
        check(&(lines.join("\n") + "\n"));
    }

    #[test]
    fn entries_are_read_as_by_the_slow_repair(entries in prop::collection::vec(entry(), 1..7)) {
        check(&entries.concat());
    }
}
