//! One break.

use std::fmt;

use catalog_conditions::rule::Rule;

use super::audience::{Audience, Hit};
use super::stored::Affected;

/// Something that worked with the old CRD and does not with the new one.
///
/// Breaks order by where they stand, so that lists of them are stable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Break {
    pub(super) rule: &'static Rule,
    pub(super) version: Option<String>,
    pub(super) other_version: Option<String>,
    pub(super) field: Option<String>,
    pub(super) old_pointer: Option<String>,
    pub(super) new_pointer: Option<String>,
    pub(super) hits: Audience,
    pub(super) is_certain: bool,
    pub(super) affected: Affected,
    pub(super) reason: String,
    pub(super) remedy: &'static str,
}

impl Break {
    /// The stable code: `crd.field.removed`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.rule.code()
    }

    /// What the code means.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// The version of the CRD that it is about; `None` for what concerns all of them.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The other version, where two of the new CRD do not go together.
    #[must_use]
    pub fn other_version(&self) -> Option<&str> {
        self.other_version.as_deref()
    }

    /// The field of objects that it is about, as `spec.rules[*].host`; `None` for what concerns whole objects.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Where it stands in the old CRD, as a JSON pointer; `None` where the old one says nothing.
    #[must_use]
    pub fn old_pointer(&self) -> Option<&str> {
        self.old_pointer.as_deref()
    }

    /// Where it stands in the new CRD, as a JSON pointer: the nearest part that is there, where the new one has dropped it.
    #[must_use]
    pub fn new_pointer(&self) -> Option<&str> {
        self.new_pointer.as_deref()
    }

    /// Whom it hits.
    #[must_use]
    pub fn hits(&self) -> Audience {
        self.hits
    }

    /// Whether it hits one of the four.
    #[must_use]
    pub fn does_hit(&self, hit: Hit) -> bool {
        self.hits.contains(hit)
    }

    /// Whether it is so whatever the cluster holds. What depends on `status.storedVersions` is not, as long as nobody said what they are.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.is_certain
    }

    /// Which of the stored objects it hits, as far as they are known.
    #[must_use]
    pub fn affected(&self) -> &Affected {
        &self.affected
    }

    /// Why, in a sentence without a full stop.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// How the same end is reached without breaking anybody.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        self.remedy
    }

    /// By what breaks are sorted.
    pub(super) fn place(&self) -> impl Ord + '_ {
        (
            (&self.version, &self.other_version, &self.field),
            (self.rule.code(), &self.new_pointer, &self.old_pointer),
            &self.reason,
        )
    }
}

impl fmt::Display for Break {
    /// One line: `crd.field.removed (read, create): v1: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): ", self.code(), self.hits)?;
        if let Some(version) = &self.version {
            write!(f, "{version}: ")?;
        }
        f.write_str(&self.reason)
    }
}
