//! Comments, for those who ask.

use std::sync::Arc;

use super::Limits;
use super::yaml::{Documents, read};
use crate::source::{SourceFile, Span};

/// A comment of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    span: Span,
    text: String,
    stands_alone: bool,
}

impl Comment {
    /// Where it stands, from its `#` to the end of its line; the line break is no part of it.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// What stands after its `#`, with the white space there: ` yes` for `# yes`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether its line holds nothing else.
    #[must_use]
    pub fn stands_alone(&self) -> bool {
        self.stands_alone
    }
}

/// Reads all documents of a file as [`parse`](super::parse) does, and its comments, in the order written.
///
/// A `#` inside a quoted text or a block is no comment, nor is one that no white space parts from what stands before it. Like the
/// documents, the comments end at the first error of syntax. Cost beyond `parse`: linear in what is no scalar.
///
/// ```
/// use catalog_conditions::SourceFile;
/// use catalog_conditions::document::{Limits, parse_with_comments};
///
/// let file = SourceFile::new("values.yaml", "# How many.\nreplicas: 2 # at least\nnote: 'no # comment'\n");
/// let (parsed, comments) = parse_with_comments(&file, &Limits::default());
/// assert_eq!(parsed.documents.len(), 1);
/// let texts: Vec<_> = comments.iter().map(|comment| comment.text()).collect();
/// assert_eq!(texts, [" How many.", " at least"]);
/// assert!(comments[0].stands_alone() && !comments[1].stands_alone());
/// assert_eq!(file.position(comments[1].span().start).to_string(), "2:13");
/// ```
#[must_use]
pub fn parse_with_comments(file: &Arc<SourceFile>, limits: &Limits) -> (Documents, Vec<Comment>) {
    let mut comments = Comments::default();
    let documents = read(file, limits, Some(&mut comments));
    (documents, comments.found)
}

/// Collects the comments between the scalars of a file, which come in their order.
#[derive(Default)]
pub(super) struct Comments {
    found: Vec<Comment>,
    /// The text up to here is searched.
    searched: usize,
}

impl Comments {
    /// Forgets all: the file is read again from its beginning.
    pub(super) fn restart(&mut self) {
        *self = Self::default();
    }

    /// Takes in that a scalar stands at `span`: what `#` are in it is content.
    pub(super) fn scalar(&mut self, file: &SourceFile, span: Span, text: &str) {
        self.search_up_to(file, span.start);
        // The span of a block without content may begin at its `|` or `>`, whose line may end in a comment.
        if !text.trim().is_empty() {
            self.searched = self.searched.max(span.end);
        }
    }

    /// Searches what is left before `end`.
    pub(super) fn search_up_to(&mut self, file: &SourceFile, end: usize) {
        let gap = Span::new(self.searched, end);
        let mut rest = file.slice(gap);
        while let Some(found) = rest.find('#') {
            let start = end - rest.len() + found;
            let line = rest.get(found..).unwrap_or_default();
            let length = line.find(['\n', '\r']).unwrap_or(line.len());
            let before = file.slice(Span::new(0, start));
            let begins = before.is_empty() || before.ends_with([' ', '\t', '\n', '\r', '\u{feff}']);
            if begins {
                self.found.push(comment(before, line, length));
            }
            let next = if begins { length } else { 1 };
            rest = line.get(next..).unwrap_or_default();
        }
        self.searched = self.searched.max(end);
    }
}

fn comment(before: &str, line: &str, length: usize) -> Comment {
    let before_in_line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
    Comment {
        span: Span::new(before.len(), before.len() + length),
        text: line.get(1..length).unwrap_or_default().to_owned(),
        stands_alone: before_in_line
            .trim_start_matches(['\u{feff}', ' ', '\t'])
            .is_empty(),
    }
}
