//! What an unanswered condition does to the gate.

/// What becomes of a condition whose answer is unknown.
///
/// Exhaustive: the three columns of the gate's table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnUnknown {
    /// The gate is indeterminate, and does not open.
    #[default]
    Fail,
    /// The gate passes with a warning.
    Warn,
    /// The gate passes, and the report says so.
    Pass,
}
