//! Problems of many kinds, the same for the same numbers.

mod backtracking;
mod bundle;
mod charts;
mod hard;
mod installed;
mod mixed;
mod puzzles;

pub use self::backtracking::{disjoint, ranges, singletons};
pub use self::bundle::{Bundle, bundle};
pub use self::charts::{chart_requests, charts, each_release};
pub use self::hard::hard;
pub use self::installed::one_more;
pub use self::mixed::mixed;
pub use self::puzzles::{pigeons, sudoku};
