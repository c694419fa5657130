//! The text of a scalar.

use std::fmt;
use std::sync::Arc;

use crate::source::SourceFile;

/// A text: a place in its file where it stands there as it is, which most do, else one of its own.
///
/// Nine of ten texts of real files need no memory of their own so, and reading them costs no allocation.
#[derive(Clone)]
pub(super) enum Text {
    Place {
        file: Arc<SourceFile>,
        start: u32,
        end: u32,
    },
    Own(String),
}

impl Text {
    /// The text at `start..` of a file, if `slice` is that very part of it and no copy; else a copy.
    pub(super) fn at(file: &Arc<SourceFile>, start: usize, slice: &str) -> Self {
        let end = start + slice.len();
        let stands_there = file
            .text()
            .get(start..end)
            .is_some_and(|there| std::ptr::eq(there, slice));
        match (stands_there, u32::try_from(start), u32::try_from(end)) {
            (true, Ok(start), Ok(end)) => Self::Place {
                file: Arc::clone(file),
                start,
                end,
            },
            _ => Self::Own(slice.to_owned()),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Place { file, start, end } => file
                .text()
                .get(*start as usize..*end as usize)
                .unwrap_or_default(),
            Self::Own(text) => text,
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}
