//! How long a solver may take for one question.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// A limit that a solver asks often: most times it only counts.
#[derive(Debug)]
pub(super) struct Patience {
    asked: Cell<u32>,
    end: Instant,
}

/// How often it is asked before the clock is.
const BETWEEN: u32 = 512;

impl Patience {
    /// From now.
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            asked: Cell::new(0),
            end: Instant::now() + patience,
        }
    }

    /// Whether the time is over.
    pub(super) fn is_over(&self) -> bool {
        let asked = self.asked.get().wrapping_add(1);
        self.asked.set(asked);
        asked.is_multiple_of(BETWEEN) && Instant::now() > self.end
    }
}
