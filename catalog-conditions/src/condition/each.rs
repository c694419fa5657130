//! How many members of a set must be satisfied.

use std::fmt;

/// Which members of a set decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Each {
    All,
    Any,
    None,
    AtLeast(u64),
    AtMost(u64),
    Exactly(u64),
}

impl fmt::Display for Each {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Any => f.write_str("any"),
            Self::None => f.write_str("none"),
            Self::AtLeast(count) => write!(f, "at least {count}"),
            Self::AtMost(count) => write!(f, "at most {count}"),
            Self::Exactly(count) => write!(f, "exactly {count}"),
        }
    }
}
