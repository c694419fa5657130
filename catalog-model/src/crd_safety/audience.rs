//! Whom a break hits.

use std::fmt;

/// One of the four things that a break can spoil.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Hit {
    /// The API server refuses the new CRD.
    Apply,
    /// What clients read is not what it was: a version is not served, a field is dropped or comes out with another value, a value has a
    /// type that clients do not expect.
    Read,
    /// A manifest that was valid is refused, or (where fields are not validated) loses what it says.
    Create,
    /// An object that is stored, and valid when it was stored, can no longer be changed elsewhere.
    Update,
}

/// The set of what a break spoils.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Audience {
    bits: u8,
}

impl Hit {
    /// All of them, in the order in which an upgrade comes across them.
    pub const ALL: [Self; 4] = [Self::Apply, Self::Read, Self::Create, Self::Update];

    /// `apply`, `read`, `create` or `update`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Audience {
    /// Whether it has one of the four.
    #[must_use]
    pub fn contains(self, hit: Hit) -> bool {
        self.bits & hit.bit() != 0
    }

    /// Whether nobody is hit.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Those that are hit, in the order of [`Hit::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Hit> {
        Hit::ALL.into_iter().filter(move |hit| self.contains(*hit))
    }

    /// The same with one more, if it is hit.
    #[must_use]
    pub(super) fn and(self, hit: Hit, is_hit: bool) -> Self {
        let more = if is_hit { hit.bit() } else { 0 };
        Self {
            bits: self.bits | more,
        }
    }
}

impl FromIterator<Hit> for Audience {
    fn from_iter<I: IntoIterator<Item = Hit>>(hits: I) -> Self {
        hits.into_iter()
            .fold(Self::default(), |set, hit| set.and(hit, true))
    }
}

impl<const N: usize> From<[Hit; N]> for Audience {
    fn from(hits: [Hit; N]) -> Self {
        hits.into_iter().collect()
    }
}

impl fmt::Display for Audience {
    /// `read, create`; nothing for nobody.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, hit) in self.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{hit}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{self}}}")
    }
}
