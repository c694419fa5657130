//! Values that a schema refuses.

use std::fmt;

use catalog_conditions::Diagnostic;
use serde_json::{Value, json};

use super::origin::LayerOrigin;

/// A value that the schema of its module refuses, or one that is missing. Made by [`LayeredValues::validate`](super::LayeredValues::validate).
///
/// Nothing of it shows a secret: neither `Debug` and [`to_json`](Self::to_json) nor the [`diagnostic`](Self::diagnostic), which
/// withholds source lines that a secret stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub(super) module: String,
    pub(super) pointer: String,
    pub(super) kind: ViolationKind,
    pub(super) origin: Option<LayerOrigin>,
    /// Whether it is wrong only while other values are what they are.
    pub(super) is_conditional: bool,
    pub(super) diagnostic: Diagnostic,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ViolationKind {
    /// A key that the schema does not know, where it allows no others.
    UnknownKey,
    /// A key that must be there is not.
    Missing,
    /// A text where a number should be, and the like.
    Type,
    /// None of the values that the schema lists.
    Choice,
    /// A number out of bounds, or no multiple of what it should be.
    Bound,
    /// A text, list or map that is too long or too short, or a list with equal items.
    Size,
    /// A text that does not match a regular expression or a format.
    Pattern,
    /// No alternative of the schema fits, or more than one does, or one that must not.
    Alternative,
    /// A value where the schema allows none.
    Forbidden,
    /// Something else that the schema asks for.
    Other,
    /// The values were not held against the schema: it asks too much about them.
    NotChecked,
}

impl ViolationKind {
    /// The last part of the diagnostic's code: `unknown-key`, `missing`, `type`, `choice`, `bound`, `size`, `pattern`, `alternative`,
    /// `forbidden`, `other` or `not-checked`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown-key",
            Self::Missing => "missing",
            Self::Type => "type",
            Self::Choice => "choice",
            Self::Bound => "bound",
            Self::Size => "size",
            Self::Pattern => "pattern",
            Self::Alternative => "alternative",
            Self::Forbidden => "forbidden",
            Self::Other => "other",
            Self::NotChecked => "not-checked",
        }
    }

    /// The code of its diagnostics.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::UnknownKey => "parameters.value.unknown-key",
            Self::Missing => "parameters.value.missing",
            Self::Type => "parameters.value.type",
            Self::Choice => "parameters.value.choice",
            Self::Bound => "parameters.value.bound",
            Self::Size => "parameters.value.size",
            Self::Pattern => "parameters.value.pattern",
            Self::Alternative => "parameters.value.alternative",
            Self::Forbidden => "parameters.value.forbidden",
            Self::Other => "parameters.value.other",
            Self::NotChecked => "parameters.value.not-checked",
        }
    }
}

impl Violation {
    /// The module.
    #[must_use]
    pub fn module(&self) -> &str {
        &self.module
    }

    /// The JSON pointer of the value, beginning with the module; of a missing one, that of the map it belongs to.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ViolationKind {
        self.kind
    }

    /// Whose layer set the value; of a missing one, whose layer deleted it, or else spoke last of the map it belongs to. `None` where
    /// no layer does.
    #[must_use]
    pub fn origin(&self) -> Option<&LayerOrigin> {
        self.origin.as_ref()
    }

    /// The same for people: with the place where the value was set, and what to do.
    #[must_use]
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.diagnostic
    }

    /// The diagnostic as JSON, and beside its keys `module`, `pointer`, and where known `layer`, and `asker` (package and version).
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = self.diagnostic.to_json();
        if let Value::Object(object) = &mut json {
            object.insert("module".into(), self.module.as_str().into());
            object.insert("pointer".into(), self.pointer.as_str().into());
            if let Some(origin) = &self.origin {
                object.insert("layer".into(), origin.kind().into());
                if let Some(asker) = origin.asker() {
                    let asker = json!({"package": asker.package(), "version": asker.version()});
                    object.insert("asker".into(), asker);
                }
            }
        }
        json
    }
}

impl fmt::Display for Violation {
    /// The diagnostic on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostic.fmt(f)
    }
}
