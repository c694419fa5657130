//! Why parts cannot be put together.

use thiserror::Error;

use super::tree::{MAX_DEPTH, MAX_LEAVES};

/// Parts that make no expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(transparent)]
pub struct ExpressionError(#[from] Limit);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Limit {
    #[error(
        "`all` and `any` need at least one part: an empty one would be decided without asking anything"
    )]
    Empty,
    #[error("`all`, `any` and `not` nest deeper than {}", MAX_DEPTH)]
    Depth,
    #[error("one condition asks more than {} questions: split it", MAX_LEAVES)]
    Leaves,
}
