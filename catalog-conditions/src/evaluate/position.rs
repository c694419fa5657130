//! Where a question stands in its condition.

use std::fmt;

/// A way down from the condition: `any[1].not`. Written out only where somebody reads it.
pub(crate) enum Position<'p> {
    Root,
    Of(&'p Position<'p>, &'static str, usize),
    Not(&'p Position<'p>),
}

impl Position<'_> {
    fn above(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            below => write!(f, "{below}."),
        }
    }
}

impl fmt::Display for Position<'_> {
    /// Recursion is bounded by the depth of a condition.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Of(above, name, index) => {
                above.above(f)?;
                write!(f, "{name}[{index}]")
            }
            Self::Not(above) => {
                above.above(f)?;
                f.write_str("not")
            }
        }
    }
}
