//! When to start over, and when to forget.

/// Conflicts in the shortest run. Tests of the engine have small problems, which are to see restarts as well.
const UNIT: u64 = if cfg!(test) { 3 } else { 100 };
/// Learnt clauses kept at first; likewise.
const LEARNT_AT_FIRST: usize = if cfg!(test) { 4 } else { 2_000 };

/// Restarts after runs of Luby's sequence (1 1 2 1 1 2 4 …), which is within a constant factor of the best sequence for
/// any distribution of run lengths.
pub(super) struct Restarts {
    conflicts: u64,
    runs: u64,
    keep: usize,
}

impl Default for Restarts {
    fn default() -> Self {
        Self {
            conflicts: 0,
            runs: 0,
            keep: LEARNT_AT_FIRST,
        }
    }
}

impl Restarts {
    pub(super) fn conflict(&mut self) {
        self.conflicts += 1;
    }

    /// Whether the present run is over; if so the next one begins.
    pub(super) fn is_due(&mut self) -> bool {
        let due = self.conflicts >= luby(self.runs) * UNIT;
        if due {
            self.conflicts = 0;
            self.runs += 1;
        }
        due
    }

    /// Whether so many learnt clauses are too many; if so more are allowed from now on.
    pub(super) fn is_too_many(&mut self, learnt: usize) -> bool {
        let many = learnt > self.keep;
        if many {
            self.keep += self.keep / 10;
        }
        many
    }
}

/// The `n`th member of Luby's sequence, counted from 0.
fn luby(n: u64) -> u64 {
    let mut at = n + 1;
    loop {
        let size = (at + 1).next_power_of_two();
        if at + 1 == size {
            return size / 2;
        }
        at -= size / 2 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::luby;

    #[test]
    fn luby_s_sequence() {
        let first: Vec<u64> = (0..15).map(luby).collect();
        assert_eq!(first, [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]);
    }
}
