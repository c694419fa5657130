//! A stream cut into its documents, none of which is parsed here.

use std::io::{BufRead, BufReader, Read, Result};

/// Bytes that are looked at at once.
const CHUNK: u64 = 64 << 10;

/// A document of a stream.
pub(super) struct Piece {
    /// Its bytes; `None` if it has more than allowed.
    pub(super) bytes: Option<Vec<u8>>,
    /// The lines of the stream before it.
    pub(super) lines_before: usize,
}

/// The documents of a stream: YAML behind `---`, or JSON objects one after the other.
pub(super) struct Documents<R> {
    reader: BufReader<R>,
    limit: usize,
    lines: usize,
    /// Whether the next chunk begins a line.
    at_line: bool,
    is_json: Option<bool>,
    /// What was read last, and how much of it is taken.
    chunk: Vec<u8>,
    at: usize,
}

/// A document that is being read.
#[derive(Default)]
struct Open {
    bytes: Vec<u8>,
    too_large: bool,
    lines_before: usize,
    depth: usize,
    in_text: bool,
    escaped: bool,
}

impl<R: Read> Documents<R> {
    pub(super) fn new(reader: R, limit: usize) -> Self {
        Self {
            reader: BufReader::with_capacity(CHUNK as usize, reader),
            limit,
            lines: 0,
            at_line: true,
            is_json: None,
            chunk: Vec::new(),
            at: 0,
        }
    }

    /// The next document that says something; `None` at the end.
    ///
    /// # Errors
    ///
    /// The stream cannot be read on.
    pub(super) fn next(&mut self) -> Result<Option<Piece>> {
        loop {
            let Some(piece) = self.piece()? else {
                return Ok(None);
            };
            let says_something = |bytes: &Vec<u8>| {
                let mut lines = bytes.split(|byte| *byte == b'\n');
                lines.any(|line| {
                    let line = line.trim_ascii();
                    !line.is_empty() && !line.starts_with(b"#") && line != b"---"
                })
            };
            if piece.bytes.as_ref().is_none_or(says_something) {
                return Ok(Some(piece));
            }
        }
    }

    /// The next document, which may be empty.
    fn piece(&mut self) -> Result<Option<Piece>> {
        let mut open = Open {
            lines_before: self.lines,
            ..Open::default()
        };
        let mut is_first = true;
        loop {
            let begins_line = self.at_line;
            self.fill()?;
            let chunk = self.chunk.get(self.at..).unwrap_or_default();
            if chunk.is_empty() {
                return Ok((!is_first).then(|| open.into_piece()));
            }
            self.is_json = self.is_json.or_else(|| begins_json(chunk));
            let (taken, is_end) = if self.is_json == Some(true) {
                let end = open.json_end(chunk);
                (end.unwrap_or(chunk.len()), end.is_some())
            } else if begins_line && !is_first && chunk.starts_with(b"---") {
                (0, true)
            } else {
                (chunk.len(), false)
            };
            let own = chunk.get(..taken).unwrap_or_default();
            open.push(own, self.limit);
            self.at_line = own.ends_with(b"\n") || (own.is_empty() && begins_line);
            self.lines += own.iter().filter(|byte| **byte == b'\n').count();
            self.at += taken;
            if is_end {
                return Ok(Some(open.into_piece()));
            }
            is_first = false;
        }
    }

    /// Reads up to the end of a line, or a part of a long one, if what was read is taken.
    fn fill(&mut self) -> Result<()> {
        if self.at < self.chunk.len() {
            return Ok(());
        }
        self.chunk.clear();
        self.at = 0;
        let mut reader = self.reader.by_ref().take(CHUNK);
        reader.read_until(b'\n', &mut self.chunk)?;
        Ok(())
    }
}

/// Whether a stream that begins with this is JSON; `None` as long as there is nothing to see.
fn begins_json(chunk: &[u8]) -> Option<bool> {
    let text = chunk.strip_prefix(b"\xef\xbb\xbf").unwrap_or(chunk);
    let first = text.trim_ascii_start().first();
    first.map(|first| *first == b'{')
}

impl Open {
    /// How far the object goes that a chunk ends; `None` if it goes on.
    fn json_end(&mut self, chunk: &[u8]) -> Option<usize> {
        for (at, byte) in chunk.iter().enumerate() {
            match byte {
                _ if std::mem::take(&mut self.escaped) => {}
                b'\\' if self.in_text => self.escaped = true,
                b'"' => self.in_text = !self.in_text,
                _ if self.in_text => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn push(&mut self, bytes: &[u8], limit: usize) {
        if self.too_large || self.bytes.len() + bytes.len() > limit {
            self.too_large = true;
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn into_piece(self) -> Piece {
        Piece {
            bytes: (!self.too_large).then_some(self.bytes),
            lines_before: self.lines_before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Documents;

    fn cut(text: &str) -> Vec<(usize, String)> {
        let mut documents = Documents::new(text.as_bytes(), 40);
        let mut found = Vec::new();
        while let Some(piece) = documents.next().unwrap_or_default() {
            let bytes = piece.bytes.unwrap_or_else(|| b"too large".to_vec());
            let text = String::from_utf8_lossy(&bytes).into_owned();
            found.push((piece.lines_before, text));
        }
        found
    }

    fn check(text: &str, expected: &[(usize, &str)]) {
        let found = cut(text);
        let found: Vec<(usize, &str)> = (found.iter())
            .map(|(at, text)| (*at, text.as_str()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn yaml() {
        check("", &[]);
        check("a: 1\n", &[(0, "a: 1\n")]);
        check(
            "---\na: 1\n---\n# x\n---\nb: |\n  ---\n",
            &[(0, "---\na: 1\n"), (4, "---\nb: |\n  ---\n")],
        );
        let long = format!("a: 1\n---\n{}\n---\nb: 2", "x".repeat(200_000));
        check(&long, &[(0, "a: 1\n"), (1, "too large"), (3, "---\nb: 2")]);
    }

    #[test]
    fn json() {
        check(
            "{\"a\": \"}\\\"\"}\n{\"b\": [{}]} {\"c\":1}\n",
            &[
                (0, "{\"a\": \"}\\\"\"}"),
                (0, "\n{\"b\": [{}]}"),
                (1, " {\"c\":1}"),
            ],
        );
        check("{\"a\": ", &[(0, "{\"a\": ")]);
        let long = format!("{{\"a\": \"{}\"}}{{\"b\": 2}}", "x".repeat(200_000));
        check(&long, &[(0, "too large"), (0, "{\"b\": 2}")]);
        // What comes before the first object does not make it YAML.
        check(
            "\n  \n{\"a\": 1}\n{\"b\": 2}",
            &[(0, "\n  \n{\"a\": 1}"), (2, "\n{\"b\": 2}")],
        );
        check(
            "\u{feff}{\"a\": 1}{\"b\": 2}",
            &[(0, "\u{feff}{\"a\": 1}"), (0, "{\"b\": 2}")],
        );
    }
}
