//! Quoted texts that go on at their parent's column.
//!
//! YAML wants every further line of a quoted scalar indented deeper than its parent; generated CRDs in real catalogs ignore that, and
//! the libraries behind kubectl read them all the same. White space at the start of such a line is no content, so indenting it changes
//! nothing but makes it valid: the parser reads an indented copy, and [`Indented::original`] leads back to the author's bytes.
//!
//! The parser ends at the first such line. So that a file with many of them is not read once for each, those that probably follow are
//! indented together with it. Each of these guesses must prove right: a line put in place that does not turn out to be one of a quoted
//! scalar is taken back ([`Indented::doubt`]), and the file is read again without the guesses. So must what the parser asked for, as it does
//! not say where the scalar begins: where another quote was taken for its first, the file is not read.

use std::ops::Range;

use super::quoted::{QuotedTexts, is_document_marker, leading_spaces, quoted_length};

/// A text with white space put in at the start of some lines.
pub(super) struct Indented {
    text: String,
    /// In order.
    places: Vec<Place>,
    /// Where the scalars end that the parser itself asked to indent: what is put in before is no guess.
    certain: usize,
    /// The byte that the parser asked for last, and how often.
    asked: (usize, usize),
    /// How many bytes may be put in yet.
    room: usize,
}

/// White space put in at the start of a line.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The offset of the line in the original.
    pub(super) line: usize,
    width: usize,
    /// How much is put in at all places before.
    before: usize,
}

impl Indented {
    /// How many bytes may be put in for each byte of a text, and beyond that. Real lines need one or two in eighty.
    const ROOM: (usize, usize) = (4, 1 << 16);

    /// The parent's column is below it in all real files.
    const DEEP: usize = 63;

    /// A text of so many bytes, with nothing put in yet.
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            text: String::new(),
            places: Vec::new(),
            certain: 0,
            asked: (0, 0),
            room: bytes
                .saturating_mul(Self::ROOM.0)
                .saturating_add(Self::ROOM.1),
        }
    }

    /// Indents the quoted scalar around `at`, a byte of the original in a line of it that the parser refused, and, as a guess, those
    /// further on that look as if they needed it. False if there is nothing (more) to indent.
    pub(super) fn indent(&mut self, original: &str, at: usize) -> bool {
        let Some(scalar) = quoted_around(original, at) else {
            return false;
        };
        let Some(column) = self.column(original, at, scalar.start) else {
            return false;
        };
        let known = self.take_from(scalar.start);
        let certain = self.certain.max(scalar.end);
        let asked_for = known.iter().take_while(|place| place.line < self.certain);
        let before: Vec<Place> = asked_for.copied().collect();
        if !self.put_in(original, &scalar, column, &before) {
            return false;
        }
        for place in before.iter().filter(|place| place.line >= scalar.end) {
            self.push(place.line, place.width);
        }
        self.certain = certain;
        for quoted in QuotedTexts::from(original, certain) {
            let has_tab = has_tab_first(original, &quoted.range, quoted.parent);
            if !has_tab && !self.put_in(original, &quoted.range, quoted.parent, &[]) {
                break;
            }
        }
        self.text = self.build(original);
        true
    }

    /// The column that the lines of a scalar must be deeper than. Its parent stands before its quote; where the parser asks again, what
    /// was taken for its quote is not, and it is deeper than real files are. `None` where the parser asks once more.
    fn column(&mut self, original: &str, at: usize, quote: usize) -> Option<usize> {
        let times = match self.asked {
            (last, times) if last == at => times + 1,
            _ => 1,
        };
        self.asked = (at, times);
        let before = original.get(..quote)?;
        let column = quote - before.rfind('\n').map_or(0, |newline| newline + 1);
        match times {
            1 => Some(column),
            2 => Some(column.max(Self::DEEP)),
            _ => None,
        }
    }

    /// Indents the lines of a scalar that are no deeper than a column, and no less than `known` does; false, and nothing done, where that
    /// takes too much room.
    fn put_in(
        &mut self,
        original: &str,
        scalar: &Range<usize>,
        column: usize,
        known: &[Place],
    ) -> bool {
        let (count, room) = (self.places.len(), self.room);
        for line in lines(original, scalar) {
            let rest = original.get(line..).unwrap_or_default();
            if is_document_marker(rest) {
                continue;
            }
            let there = known.binary_search_by_key(&line, |place| place.line);
            let there = there.ok().and_then(|there| known.get(there));
            let needed = (column + 1).saturating_sub(leading_spaces(rest));
            let width = needed.max(there.map_or(0, |there| there.width));
            if width > self.room {
                self.places.truncate(count);
                self.room = room;
                return false;
            }
            if width > 0 {
                self.push(line, width);
            }
        }
        true
    }

    fn push(&mut self, line: usize, width: usize) {
        self.room = self.room.saturating_sub(width);
        let before = self.width();
        self.places.push(Place {
            line,
            width,
            before,
        });
    }

    /// Takes back, and returns, what was put in from an offset of the original on.
    fn take_from(&mut self, offset: usize) -> Vec<Place> {
        let known = self.places.partition_point(|place| place.line < offset);
        let width = self.width();
        let taken = self.places.split_off(known);
        self.room += width - self.width();
        taken
    }

    /// Takes all guesses back from an offset of the original on.
    pub(super) fn doubt(&mut self, original: &str, offset: usize) {
        self.take_from(offset.max(self.certain));
        self.text = self.build(original);
    }

    /// The first guess at or behind an offset of the original.
    pub(super) fn guess_from(&self, offset: usize) -> Option<usize> {
        let first = self.put_in_from(offset.max(self.certain));
        first.map(|(line, _)| line)
    }

    /// The first line at or behind an offset of the original that something was put in at, and whether that is a guess.
    pub(super) fn put_in_from(&self, offset: usize) -> Option<(usize, bool)> {
        let next = self.places.partition_point(|place| place.line < offset);
        let line = self.places.get(next)?.line;
        Some((line, line >= self.certain))
    }

    /// The lines of a scalar that something was put in at, and whether the parser asked for that.
    pub(super) fn within(&self, scalar: &Range<usize>) -> (&[Place], bool) {
        let first = self
            .places
            .partition_point(|place| place.line < scalar.start);
        let behind = self.places.partition_point(|place| place.line < scalar.end);
        let places = self.places.get(first..behind).unwrap_or_default();
        (places, scalar.start < self.certain)
    }

    /// How much is put in.
    fn width(&self) -> usize {
        self.places
            .last()
            .map_or(0, |place| place.before + place.width)
    }

    fn build(&self, original: &str) -> String {
        let mut text = String::with_capacity(original.len() + self.width());
        let mut from = 0;
        for place in &self.places {
            text.push_str(original.get(from..place.line).unwrap_or_default());
            text.extend(std::iter::repeat_n(' ', place.width));
            from = place.line;
        }
        text.push_str(original.get(from..).unwrap_or_default());
        text
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The indented text; `original` if nothing was put in.
    pub(super) fn text<'t>(&'t self, original: &'t str) -> &'t str {
        if self.places.is_empty() {
            original
        } else {
            &self.text
        }
    }

    /// Where a byte of the indented text stands in the original. Cost: a binary search.
    pub(super) fn original(&self, offset: usize) -> usize {
        let passed = self
            .places
            .partition_point(|place| place.line + place.before < offset);
        let last = passed.checked_sub(1).and_then(|last| self.places.get(last));
        // Inside the inserted blanks: the start of the line.
        last.map_or(offset, |place| {
            offset
                .saturating_sub(place.before + place.width)
                .max(place.line)
        })
    }
}

/// How many lines above a badly indented one its scalar's opening quote is looked for.
const LINES_BACK: usize = 256;

/// The quoted scalar that a byte lies in: the nearest quote before it that opens a value and closes after it.
fn quoted_around(text: &str, at: usize) -> Option<Range<usize>> {
    let mut end = text.get(..at)?.len();
    for _ in 0..LINES_BACK {
        let line_start = text
            .get(..end)?
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        let line = text.get(line_start..end)?;
        let opening = line
            .match_indices(['\'', '"'])
            .map(|(column, _)| column)
            .filter(|&column| opens_value(line.get(..column).unwrap_or_default()));
        for start in opening.map(|column| line_start + column) {
            if let Some(length) =
                quoted_length(text.get(start..)?).filter(|length| start + length > at)
            {
                return Some(start..start + length);
            }
        }
        end = line_start.checked_sub(1)?;
    }
    None
}

/// Whether a value may begin after `before`, the beginning of a line.
fn opens_value(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with([':', '-', '?', ',', '[', '{'])
}

/// Offsets of the starts of the second and further lines of a scalar that are not blank.
pub(super) fn lines<'t>(
    original: &'t str,
    scalar: &Range<usize>,
) -> impl Iterator<Item = usize> + use<'t> {
    let start = scalar.start;
    let text = original.get(scalar.clone()).unwrap_or_default();
    let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
    let is_blank = |at: usize| {
        let line = text.get(at..).unwrap_or_default();
        line.trim_start_matches([' ', '\t'])
            .starts_with(['\n', '\r'])
    };
    let is_content = move |at: &usize| !is_blank(*at);
    breaks.filter(is_content).map(move |at| start + at)
}

/// Whether the parser refuses a line of a scalar, one that is in no deeper than its parent's column.
pub(super) fn is_refused(
    original: &str,
    scalar: &Range<usize>,
    line: usize,
    parent: usize,
) -> bool {
    let before = original.get(scalar.start..line).unwrap_or_default();
    let rest = original.get(line..scalar.end).unwrap_or_default();
    let written = before.trim_end();
    let backslashes = written.len() - written.trim_end_matches('\\').len();
    let is_escaped = before.starts_with('"') && backslashes % 2 == 1;
    // What looks like the closing quote may stand anywhere, and so may what follows a line break that a backslash takes away.
    let is_quote = before.chars().next() == rest.trim_start_matches(' ').chars().next();
    leading_spaces(rest) <= parent && !is_quote && !is_escaped
}

/// Whether the first line that is in no deeper than a column goes on with a tab: the parser has its own words for that.
fn has_tab_first(original: &str, scalar: &Range<usize>, column: usize) -> bool {
    let mut rests = lines(original, scalar).map(|line| original.get(line..).unwrap_or_default());
    let first = rests.find(|rest| leading_spaces(rest) <= column);
    first.is_some_and(|rest| rest.trim_start_matches(' ').starts_with('\t'))
}
