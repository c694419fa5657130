//! Quoted texts that go on at their parent's column.
//!
//! YAML wants every further line of a quoted scalar indented deeper than its parent; generated CRDs in real catalogs ignore that, and
//! the libraries behind kubectl read them all the same. White space at the start of such a line is no content, so indenting it changes
//! nothing but makes it valid: the parser reads an indented copy, and [`Indented::original`] leads back to the author's bytes.

use std::ops::Range;

/// A text with white space put in at the start of some lines.
pub(super) struct Indented {
    text: String,
    /// Offsets into the original, in order, each followed by [`Indented::WIDTH`] added bytes.
    places: Vec<usize>,
}

impl Indented {
    /// More than a limit of nesting can ask for is not needed: the parent's column is below it in all real files.
    const WIDTH: usize = 64;

    /// The text with nothing put in yet.
    pub(super) fn new() -> Self {
        Self {
            text: String::new(),
            places: Vec::new(),
        }
    }

    /// Indents the continuation lines of the quoted scalar around `at`, a byte of the original in one of them.
    /// Returns the first of those lines' offsets; `None` if there is nothing (more) to indent.
    pub(super) fn indent(&mut self, original: &str, at: usize) -> Option<usize> {
        let scalar = quoted_around(original, at)?;
        let (start, text) = (scalar.start, original.get(scalar)?);
        let lines: Vec<usize> = line_starts(text)
            .map(|line| start + line)
            .filter(|line| self.places.binary_search(line).is_err())
            .collect();
        let first = lines.first().copied()?;
        self.places.extend(lines);
        self.places.sort_unstable();
        self.text = self.build(original);
        Some(first)
    }

    fn build(&self, original: &str) -> String {
        let mut text = String::with_capacity(original.len() + self.places.len() * Self::WIDTH);
        let mut from = 0;
        for &place in &self.places {
            text.push_str(original.get(from..place).unwrap_or_default());
            text.extend(std::iter::repeat_n(' ', Self::WIDTH));
            from = place;
        }
        text.push_str(original.get(from..).unwrap_or_default());
        text
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
        // The k-th insertion (from 0) begins in the indented text at `places[k] + k * WIDTH`.
        let (mut low, mut high) = (0, self.places.len());
        while low < high {
            let middle = low.midpoint(high);
            let begins = self
                .places
                .get(middle)
                .map_or(usize::MAX, |place| place + middle * Self::WIDTH);
            if begins < offset {
                low = middle + 1
            } else {
                high = middle
            }
        }
        let shifted = offset - (low * Self::WIDTH).min(offset);
        // Inside the inserted blanks: the start of the line.
        low.checked_sub(1)
            .and_then(|last| self.places.get(last))
            .map_or(shifted, |&place| shifted.max(place))
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

/// The length in bytes of the quoted scalar that `text` begins with, quotes included.
fn quoted_length(text: &str) -> Option<usize> {
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

/// Offsets of the starts of the second and further lines that are not blank.
fn line_starts(text: &str) -> impl Iterator<Item = usize> {
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    text.bytes()
        .enumerate()
        .filter(|(_, byte)| *byte == b'\n')
        .map(|(at, _)| at + 1)
        .filter(move |&at| {
            !rest(at)
                .trim_start_matches([' ', '\t'])
                .starts_with(['\n', '\r'])
        })
}

#[cfg(test)]
mod tests {
    use super::Indented;

    #[test]
    fn offsets_lead_back() {
        let original = "a:\n  b: 'x\n  y'\n  c: \"z\n\n  \\\" w\"\n";
        let mut indented = Indented::new();
        let (first, second) = (
            original.find("y'").unwrap(),
            original.find("\\\" w").unwrap(),
        );
        assert_eq!(indented.indent(original, first), Some(first - 2));
        assert_eq!(indented.indent(original, second), Some(second - 2));
        assert_eq!(
            indented.indent(original, second),
            None,
            "nothing more to do"
        );
        let text = indented.text(original);
        assert_eq!(text.len(), original.len() + 2 * Indented::WIDTH);
        for needle in ["a:", "b:", "'x", "y'", "c:", "\"z", "\\\"", "w\""] {
            let (there, here) = (text.find(needle).unwrap(), original.find(needle).unwrap());
            assert_eq!(indented.original(there), here, "{needle}");
        }
        assert_eq!(indented.original(text.len()), original.len());
    }
}
