//! Flags of stored values that are left out where they say nothing.

/// Whether a flag is not to be written.
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}
