//! What a release on the way of an upgrade lacks.

use std::fmt;

use catalog_model::conditions::show::one_line;

/// Something that a release on the way of an upgrade asks for, and that is not there when it is passed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnmetNeed {
    pub(super) kind: NeedKind,
    pub(super) package: Option<String>,
    pub(super) text: String,
}

/// What kind of need it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NeedKind {
    /// A package that must be there within a range, or, if it is optional, must not be there outside of it.
    Dependency,
    /// A capability that the cluster or a release must provide.
    Requirement,
    /// A package that cannot be there at the same time: one of the two says so, or both ship an object with contents of their own.
    Conflict,
}

impl NeedKind {
    /// A stable name, as `dependency`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dependency => "dependency",
            Self::Requirement => "requirement",
            Self::Conflict => "conflict",
        }
    }
}

impl UnmetNeed {
    /// What kind of need it is.
    #[must_use]
    pub fn kind(&self) -> NeedKind {
        self.kind
    }

    /// The package that it is about; none for a capability that no package of the answer provides.
    #[must_use]
    pub fn package(&self) -> Option<&str> {
        self.package.as_deref()
    }

    /// A sentence without a full stop, as `db 1.5.0 needs lib >=2, and lib 1.0.0 is there`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for UnmetNeed {
    /// Its [text](Self::text), on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.text))
    }
}
