//! Where in an object a question looks.

use std::fmt;

use serde_json::Value;

use crate::json_path::{JsonPath, TooManyNodes};
use crate::path::{FieldPath, Finding};

/// The path of a question, in one of the two languages.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Field {
    /// `fieldPath:`.
    Path(FieldPath),
    /// `jsonPath:`.
    Json(JsonPath),
}

/// Whether a question says by `each` how many of several values must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NeedsEach {
    /// There may be several values.
    Yes,
    /// There is one value.
    No,
    /// There must be exactly one, unless `each` is said.
    Either,
}

impl Field {
    /// What stands there. `many`: the question says by `each` how many must do.
    ///
    /// A query that leads to one value at most gives that value or its absence even so: an object without it must not vanish from a set.
    pub(crate) fn find<'v>(
        &self,
        root: &'v Value,
        many: bool,
    ) -> Result<Finding<'v>, TooManyNodes> {
        match self {
            Self::Path(path) => Ok(path.find(root)),
            Self::Json(query) => query.find(root, many && !query.is_singular()),
        }
    }

    pub(crate) fn needs_each(&self) -> NeedsEach {
        match self {
            Self::Path(path) if path.is_many() => NeedsEach::Yes,
            Self::Path(_) => NeedsEach::No,
            Self::Json(query) if query.is_singular() => NeedsEach::No,
            Self::Json(_) => NeedsEach::Either,
        }
    }

    pub(crate) fn as_path(&self) -> Option<&FieldPath> {
        match self {
            Self::Path(path) => Some(path),
            Self::Json(_) => None,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(f),
            Self::Json(query) => f.write_str(&crate::show::plain(query.as_str())),
        }
    }
}
