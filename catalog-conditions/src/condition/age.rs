//! `olderThan`, `newerThan`: how long before the snapshot a time lies.

use std::fmt;

use serde_json::Value;

use super::test::Doubt;
use crate::timestamp::Timestamp;

/// A bound on the time that has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Age {
    pub(crate) side: Side,
    /// As the author wrote it.
    pub(crate) text: String,
    pub(crate) nanoseconds: i64,
}

/// On which side of the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Older,
    Newer,
}

impl Age {
    /// Whether a time lies so. A time that is still to come is newer than anything.
    pub(crate) fn holds(&self, actual: &Value, now: Option<Timestamp>) -> Result<bool, Doubt> {
        let time = actual.as_str().and_then(|text| Timestamp::parse(text).ok());
        let time = time.ok_or(Doubt::Misfit)?;
        let passed = now.ok_or(Doubt::NoTime)?.nanoseconds_since(&time);
        let bound = i128::from(self.nanoseconds);
        Ok(match self.side {
            Side::Older => passed > bound,
            Side::Newer => passed < bound,
        })
    }
}

impl Side {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Older => "olderThan",
            Self::Newer => "newerThan",
        }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.side.as_str(), self.text)
    }
}
