//! A text with the name it was read under, and places in it.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::diagnostic::Diagnostic;

/// A range of bytes in a [`SourceFile`]: `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The range `start..end`; an `end` before `start` gives an empty span at `start`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }
}

/// A line and a column, both counted from 1; the column counts Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A file's text under the path that diagnostics name.
///
/// Shared through [`Arc`]: diagnostics keep the text they point into alive, and nothing else does.
pub struct SourceFile {
    path: String,
    text: String,
    /// The lines of the whole file that are before an excerpt.
    lines_before: usize,
    index: OnceLock<Index>,
}

impl SourceFile {
    /// A file of `text`, named `path` in diagnostics.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Self::excerpt(path, text, 0)
    }

    /// Whole lines of a file too large to be kept, named `path` in diagnostics, with the number of lines before them: places are those in
    /// the whole file.
    ///
    /// ```
    /// use catalog_conditions::SourceFile;
    ///
    /// let third = SourceFile::excerpt("index.yaml", "name: grafana\n", 2);
    /// assert_eq!(third.position(6).to_string(), "3:7");
    /// ```
    #[must_use]
    pub fn excerpt(
        path: impl Into<String>,
        text: impl Into<String>,
        lines_before: usize,
    ) -> Arc<Self> {
        Arc::new(Self {
            path: path.into(),
            text: text.into(),
            lines_before,
            index: OnceLock::new(),
        })
    }

    /// A file of bytes.
    ///
    /// # Errors
    ///
    /// A diagnostic `file.not-utf8` at the first byte that is not UTF-8.
    pub fn from_bytes(
        path: impl Into<String>,
        bytes: Vec<u8>,
    ) -> Result<Arc<Self>, Box<Diagnostic>> {
        let path = path.into();
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(path, text)),
            Err(error) => {
                let valid_up_to = error.utf8_error().valid_up_to();
                let mut bytes = error.into_bytes();
                let bad = bytes.get(valid_up_to).copied().unwrap_or_default();
                bytes.truncate(valid_up_to);
                let file = Self::new(path, String::from_utf8(bytes).unwrap_or_default());
                Err(Box::new(
                    Diagnostic::error("file.not-utf8", format!("byte 0x{bad:02x} is not UTF-8"))
                        .at(&file, Span::new(valid_up_to, valid_up_to))
                        .help("save the file as UTF-8"),
                ))
            }
        }
    }

    /// The path as given.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of `span`; empty where the span does not fit the text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// The line and column of a byte; past the end, that of the end.
    ///
    /// The first call on a file indexes its lines; each further one costs a binary search, however long the line is.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let index = self.index();
        let offset = offset.min(self.text.len());
        let (line, start) = index.line(offset);
        // A byte order mark has no width in an editor.
        let marked = self
            .text
            .get(start..)
            .is_some_and(|rest| rest.starts_with('\u{feff}'));
        let start = if marked {
            start + '\u{feff}'.len_utf8()
        } else {
            start
        };
        let characters = index.characters(&self.text, offset);
        let column = characters.saturating_sub(index.characters(&self.text, start)) + 1;
        Position {
            line: self.lines_before + line,
            column,
        }
    }

    /// The line of a byte, from 1; past the end, that of the end. Costs what [`position`](Self::position) does, without the column.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.lines_before + self.index().line(offset.min(self.text.len())).0
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.text))
    }
}

/// Where lines begin, and how many characters are before each block of bytes.
struct Index {
    line_starts: Vec<usize>,
    /// Characters that begin before the byte `BLOCK * index`.
    characters: Vec<usize>,
}

/// So many bytes are counted for a column at most; 0.8 % of the text's size are kept to know the rest.
const BLOCK: usize = 1024;

impl Index {
    fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        let mut before = 0;
        let characters = text.as_bytes().chunks(BLOCK).map(|block| {
            let here = before;
            before += begun(block);
            here
        });
        Self {
            line_starts: line_starts.collect(),
            characters: characters.collect(),
        }
    }

    /// The line of a byte, from 1, and where that begins.
    fn line(&self, offset: usize) -> (usize, usize) {
        let starts = &self.line_starts;
        let line = starts.partition_point(|&start| start <= offset).max(1);
        (line, starts.get(line - 1).copied().unwrap_or_default())
    }

    /// How many characters begin before a byte.
    fn characters(&self, text: &str, offset: usize) -> usize {
        let block = (offset / BLOCK).min(self.characters.len().saturating_sub(1));
        let before = self.characters.get(block).copied().unwrap_or_default();
        let rest = text.as_bytes().get(block * BLOCK..offset);
        before + begun(rest.unwrap_or_default())
    }
}

/// How many characters of UTF-8 begin in these bytes.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceFile")
            .field("path", &self.path)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

impl PartialEq for SourceFile {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for SourceFile {}

impl PartialOrd for SourceFile {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SourceFile {
    /// By path, then by place, then by text.
    fn cmp(&self, other: &Self) -> Ordering {
        if std::ptr::eq(self, other) {
            return Ordering::Equal;
        }

        (&self.path, self.lines_before, &self.text).cmp(&(
            &other.path,
            other.lines_before,
            &other.text,
        ))
    }
}
