//! What a cause does to a gate.

/// What a cause does to the gate of the set that asks.
///
/// Exhaustive: what does neither is no cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It keeps the gate shut.
    Shuts,
    /// The gate is open with a warning.
    Warns,
}

impl Effect {
    /// `shuts` or `warns`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shuts => "shuts",
            Self::Warns => "warns",
        }
    }
}
