//! One field that an apply would change.

use std::fmt;

use catalog_conditions::show::one_line;
use serde_json::Value;

use crate::sensitive::in_both;

/// How much of a value is shown.
const SHOWN: usize = 60;

/// A field that is otherwise in the cluster than in the document.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    pub(super) pointer: String,
    pub(super) kind: ChangeKind,
    pub(super) old: Option<Value>,
    pub(super) new: Option<Value>,
}

/// What becomes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// The cluster has no such field.
    Added,
    /// It has another value.
    Changed,
    /// The document does not state it, and it goes.
    Removed,
}

impl ChangeKind {
    /// A stable name, as `added`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

impl FieldChange {
    /// Where, as a JSON pointer: into the document, or into the cluster's object for what goes.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What becomes of it.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// The value in the cluster; none where there is none, and none that [may be secret](crate::sensitive).
    #[must_use]
    pub fn old(&self) -> Option<&Value> {
        self.old.as_ref()
    }

    /// The value in the document; none where there is none, and none that [may be secret](crate::sensitive).
    #[must_use]
    pub fn new_value(&self) -> Option<&Value> {
        self.new.as_ref()
    }

    /// The keys and indices that lead there, as they stand in the pointer.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &str> {
        self.pointer.split('/').skip(1)
    }

    /// Whether it is at a place, or below it.
    pub(super) fn is_in(&self, pointer: &str) -> bool {
        let below = self.pointer.strip_prefix(pointer);
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }

    /// The same without its values, if one of them may be secret.
    pub(super) fn without_secrets(self, (document, live): (&Value, &Value)) -> Self {
        let may_be_shown = in_both(document, live);
        let mut values = self.old.iter().chain(&self.new);
        if values.all(|value| may_be_shown(&self.pointer, value)) {
            return self;
        }
        Self {
            old: None,
            new: None,
            ..self
        }
    }
}

impl fmt::Display for FieldChange {
    /// `/spec/replicas: 2 -> 3`; of lists and maps the place alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.pointer))?;
        let (old, new) = (shown(self.old.as_ref()), shown(self.new.as_ref()));
        match (self.kind, old, new) {
            (ChangeKind::Changed, Some(old), Some(new)) => write!(f, ": {old} -> {new}"),
            (ChangeKind::Changed, ..) => f.write_str(" changes"),
            (ChangeKind::Added, _, Some(new)) => write!(f, " comes: {new}"),
            (ChangeKind::Added, ..) => f.write_str(" comes"),
            (ChangeKind::Removed, Some(old), _) => write!(f, " goes: {old}"),
            (ChangeKind::Removed, ..) => f.write_str(" goes"),
        }
    }
}

/// A scalar that is short enough for a line.
fn shown(value: Option<&Value>) -> Option<String> {
    let value = value.filter(|value| !value.is_array() && !value.is_object())?;
    let text = value.to_string();
    (text.chars().count() <= SHOWN).then(|| one_line(&text))
}
