//! Lists of positions, some for each release of an answer.

#![expect(
    clippy::indexing_slicing,
    reason = "a list ends where the next one begins, within all of them"
)]

/// So many lists for the first release, for the second, and so on, one after the other.
pub(super) struct Rows<const LISTS: usize> {
    all: Vec<usize>,
    /// Where the lists of each release end.
    ends: Vec<[usize; LISTS]>,
}

impl<const LISTS: usize> Rows<LISTS> {
    /// With room for so many releases.
    pub(super) fn with_room(releases: usize) -> Self {
        Self {
            all: Vec::with_capacity(releases * 4),
            ends: Vec::with_capacity(releases),
        }
    }

    /// Adds the lists of the next release.
    pub(super) fn push(&mut self, lists: [&[usize]; LISTS]) {
        let ends = lists.map(|list| {
            self.all.extend_from_slice(list);
            self.all.len()
        });
        self.ends.push(ends);
    }

    /// A list of a release.
    pub(super) fn of<const LIST: usize>(&self, position: usize) -> &[usize] {
        const { assert!(LIST < LISTS) };
        let start = match (LIST.checked_sub(1), position.checked_sub(1)) {
            (Some(before), _) => self.ends[position][before],
            (None, Some(before)) => self.ends[before][LISTS - 1],
            (None, None) => 0,
        };
        &self.all[start..self.ends[position][LIST]]
    }
}
