//! Lists of positions, one for each release of an answer.

#![expect(
    clippy::indexing_slicing,
    reason = "a row ends where the next one begins, within all of them"
)]

/// What belongs to the first release, to the second, and so on, one after the other.
pub(super) struct Rows {
    all: Vec<usize>,
    /// Where the row of each release ends.
    ends: Vec<usize>,
}

impl Rows {
    /// With room for so many rows.
    pub(super) fn with_room(rows: usize) -> Self {
        Self {
            all: Vec::new(),
            ends: Vec::with_capacity(rows),
        }
    }

    /// Adds to the row that has begun.
    pub(super) fn extend(&mut self, positions: impl IntoIterator<Item = usize>) {
        self.all.extend(positions);
    }

    /// Ends the row: ascending, each once, and of them only these.
    pub(super) fn end(&mut self, keep: impl Fn(usize) -> bool) {
        let start = self.ends.last().copied().unwrap_or_default();
        let row = &mut self.all[start..];
        if row.len() > 1 {
            row.sort_unstable();
        }
        let (mut kept, mut last) = (0, None);
        for at in 0..row.len() {
            let position = row[at];
            if last.replace(position) != Some(position) && keep(position) {
                row[kept] = position;
                kept += 1;
            }
        }
        self.all.truncate(start + kept);
        self.ends.push(self.all.len());
    }

    /// The row of a release.
    pub(super) fn of(&self, position: usize) -> &[usize] {
        let start = match position.checked_sub(1) {
            Some(before) => self.ends[before],
            None => 0,
        };
        &self.all[start..self.ends[position]]
    }
}
