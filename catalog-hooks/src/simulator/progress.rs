//! How far an exploration is.

use std::sync::{Mutex, PoisonError};

/// How far an exploration is. Of pairs it is not known beforehand how many there are, as the second fault may be in a recovery: what is told is an
/// estimate, which gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many runs are over.
    pub runs: usize,
    /// How many there will be in the end, or about as many.
    pub expected: usize,
    /// How many there would be, or about as many, if not only [some](super::Scenario::at_most) were explored.
    pub all: usize,
}

/// Counts the runs that are over, and tells of them.
pub(super) struct Meter<'t> {
    tell: &'t (dyn Fn(Progress) + Sync),
    counts: Mutex<Counts>,
}

#[derive(Clone, Copy)]
struct Counts {
    runs: usize,
    /// How many of them there were to be.
    of: usize,
    /// How many more are to be.
    left: usize,
    all: usize,
}

impl<'t> Meter<'t> {
    /// Tells that so many runs are to be, of so many.
    pub(super) fn new(
        tell: &'t (dyn Fn(Progress) + Sync),
        (expected, all): (usize, usize),
    ) -> Self {
        let counts = Counts {
            runs: 0,
            of: 0,
            left: expected,
            all,
        };
        tell(counts.progress());
        Self {
            tell,
            counts: Mutex::new(counts),
        }
    }

    /// So many runs are over, of which it was expected that they would be `expected`.
    pub(super) fn over(&self, runs: usize, expected: usize) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.runs += runs;
        counts.of += expected;
        counts.left = counts.left.saturating_sub(expected);
        (self.tell)(counts.progress());
    }
}

impl Counts {
    /// What is left is taken to be as much more or less than was expected as what is over.
    fn progress(self) -> Progress {
        let Self {
            runs,
            of,
            left,
            all,
        } = self;
        let more = match of {
            0 => left,
            of => left.saturating_mul(runs) / of,
        };
        Progress {
            runs,
            expected: runs + more,
            all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_expected_to_be_as_what_is_over() {
        let told = Mutex::new(Vec::new());
        let tell = |progress: Progress| {
            let mut told = told.lock().expect("no panic");
            told.push((progress.runs, progress.expected));
        };
        let meter = Meter::new(&tell, (100, 100));
        meter.over(20, 10);
        meter.over(80, 90);
        let told = told.into_inner().expect("no panic");
        assert_eq!(told, [(0, 100), (20, 200), (100, 100)]);
    }
}
