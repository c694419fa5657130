//! Changes of a file's text that mend what a diagnostic says.
//!
//! A [`Fix`] is a few [`Edit`]s of the one file that its diagnostic points at. [`apply`] makes those of many fixes and leaves every other
//! byte as it is: comments, layout, byte order mark and line endings.
//!
//! Whether a program may make a fix by itself is its [`Applicability`], a distinction that rustc's "machine applicable" made usual.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::source::{SourceFile, Span};

/// Whether a fix needs somebody to look at it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Applicability {
    /// The file then says the same as before, only in a way that nobody can misread; or it was in error, and there is one thing that
    /// it can have meant. Programs may make it unasked.
    Safe,
    /// There is one thing that the file can have meant, but it was ignored with a warning, and counts from then on: `name-space` becomes
    /// the namespace of a release that others may have installed without it. Programs may make it for whoever wrote the file.
    TakesEffect,
    /// One of several things that can have been meant: a person has to choose.
    Choice,
}

impl Applicability {
    /// `safe`, `takes-effect` or `choice`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::TakesEffect => "takes-effect",
            Self::Choice => "choice",
        }
    }
}

/// A change of one file that mends what a diagnostic says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    title: String,
    applicability: Applicability,
    edits: Vec<Edit>,
}

/// A range of bytes, and what is to stand there instead. An empty range is a place to insert at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What is to stand there.
    pub replacement: String,
}

impl Fix {
    /// A fix that programs may make unasked, said in the imperative ("rename it to `license`"), without edits yet.
    pub fn safe(title: impl Into<String>) -> Self {
        Self::new(Applicability::Safe, title)
    }

    /// A fix that a person has to choose, without edits yet.
    pub fn choice(title: impl Into<String>) -> Self {
        Self::new(Applicability::Choice, title)
    }

    fn new(applicability: Applicability, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            applicability,
            edits: Vec::new(),
        }
    }

    /// The same, of something that was ignored and counts from then on.
    #[must_use]
    pub fn taking_effect(mut self) -> Self {
        self.applicability = self.applicability.max(Applicability::TakesEffect);
        self
    }

    /// The same, replacing `span` too. Edits of one fix must not overlap: [`apply`] leaves one whose edits do.
    #[must_use]
    pub fn replace(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.edits.push(Edit {
            span,
            replacement: replacement.into(),
        });
        self.edits.sort();
        self
    }

    /// The same, inserting at a byte too.
    #[must_use]
    pub fn insert(self, at: usize, text: impl Into<String>) -> Self {
        self.replace(Span::new(at, at), text)
    }

    /// What it does, in the imperative.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether somebody must look at it first.
    #[must_use]
    pub fn applicability(&self) -> Applicability {
        self.applicability
    }

    /// Whether programs may make it unasked.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.applicability == Applicability::Safe
    }

    /// The edits, in the order of the file.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// The same as JSON: `title`, `applicability`, and `edits`, each with `line`, `column`, `endLine`, `endColumn` (from 1), the bytes
    /// `start` and `end`, and `replacement`.
    #[must_use]
    pub fn to_json(&self, file: &SourceFile) -> Value {
        let edits = self.edits.iter().map(|edit| {
            let (start, end) = (file.position(edit.span.start), file.position(edit.span.end));
            json!({
                "line": start.line, "column": start.column, "endLine": end.line, "endColumn": end.column,
                "start": edit.span.start, "end": edit.span.end, "replacement": edit.replacement,
            })
        });
        let object = [
            ("title", self.title.as_str().into()),
            ("applicability", self.applicability.as_str().into()),
            ("edits", edits.collect()),
        ];
        Value::Object(
            object
                .into_iter()
                .map(|(key, value): (&str, Value)| (key.to_owned(), value))
                .collect::<Map<_, _>>(),
        )
    }
}

/// A text with fixes made in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied<'f> {
    /// The new text.
    pub text: String,
    /// The fixes made.
    pub made: Vec<&'f Fix>,
    /// Those that touch a place that an earlier one changes: for a next round, on what is then still wrong.
    pub left: Vec<&'f Fix>,
}

/// A fix that was made for another text: one of its edits is no range of this one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the fix \"{title}\" is for another text: bytes {start} to {end} are no range of this one")]
pub struct FixError {
    title: String,
    start: usize,
    end: usize,
}

/// Makes fixes in a text, all edits of a fix or none. Where two touch, the earlier in `fixes` is made; a fix that is there twice is made
/// once. Cost: `n log n` in the edits, and one copy of the text.
///
/// ```
/// use catalog_conditions::Span;
/// use catalog_conditions::fix::{Fix, apply};
///
/// let text = "licence: MIT # as upstream\r\nversion: 1.10\r\n";
/// let rename = Fix::safe("rename it to `license`").replace(Span::new(0, 7), "license");
/// let quote = Fix::safe("quote it").replace(Span::new(37, 41), "\"1.10\"");
/// let again = Fix::choice("remove it").replace(Span::new(0, 12), "");
/// let applied = apply(text, [&rename, &quote, &again])?;
/// assert_eq!(applied.text, "license: MIT # as upstream\r\nversion: \"1.10\"\r\n");
/// assert_eq!(applied.left, [&again]);
/// # Ok::<(), catalog_conditions::fix::FixError>(())
/// ```
///
/// # Errors
///
/// A fix is not for this text.
pub fn apply<'f>(
    text: &str,
    fixes: impl IntoIterator<Item = &'f Fix>,
) -> Result<Applied<'f>, FixError> {
    let mut accepted = BTreeMap::new();
    let (mut made, mut left) = (Vec::new(), Vec::new());
    for fix in fixes {
        for edit in &fix.edits {
            check(text, fix, edit)?;
        }
        if is_made(&accepted, fix) || accept(&mut accepted, fix) {
            made.push(fix);
        } else {
            left.push(fix);
        }
    }
    Ok(Applied {
        text: splice(text, &accepted),
        made,
        left,
    })
}

fn check(text: &str, fix: &Fix, edit: &Edit) -> Result<(), FixError> {
    let Span { start, end } = edit.span;
    match text.get(start..end) {
        Some(_) => Ok(()),
        None => Err(FixError {
            title: fix.title.clone(),
            start,
            end,
        }),
    }
}

/// Edits by where they start: none of them touches another.
type Accepted<'f> = BTreeMap<usize, &'f Edit>;

/// Whether all that a fix changes is changed like that already.
fn is_made(accepted: &Accepted<'_>, fix: &Fix) -> bool {
    let made = |edit: &Edit| {
        accepted
            .get(&edit.span.start)
            .is_some_and(|&one| one == edit)
    };
    fix.edits.iter().all(made)
}

fn accept<'f>(accepted: &mut Accepted<'f>, fix: &'f Fix) -> bool {
    let alone = fix
        .edits
        .iter()
        .zip(fix.edits.iter().skip(1))
        .all(|(edit, next)| !touch(edit.span, next.span));
    let free = alone && fix.edits.iter().all(|edit| is_free(accepted, edit.span));
    if free {
        accepted.extend(fix.edits.iter().map(|edit| (edit.span.start, edit)));
    }
    free
}

fn is_free(accepted: &Accepted<'_>, span: Span) -> bool {
    let before = accepted.range(..=span.start).next_back();
    let after = accepted.range(span.start..).next();
    before
        .into_iter()
        .chain(after)
        .all(|(_, edit)| !touch(edit.span, span))
}

/// Whether two edits have a byte in common, or one inserts at an end of the other: which text comes first would be chance.
fn touch(a: Span, b: Span) -> bool {
    let inserts = a.start == a.end || b.start == b.end;
    if inserts {
        a.start <= b.end && b.start <= a.end
    } else {
        a.start < b.end && b.start < a.end
    }
}

fn splice(text: &str, accepted: &Accepted<'_>) -> String {
    let mut new = String::with_capacity(text.len() + 16 * accepted.len());
    let mut from = 0;
    for edit in accepted.values() {
        new.push_str(text.get(from..edit.span.start).unwrap_or_default());
        new.push_str(&edit.replacement);
        from = edit.span.end;
    }
    new.push_str(text.get(from..).unwrap_or_default());
    new
}
