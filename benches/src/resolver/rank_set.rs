//! What pubgrub's provider asks of a set of ranks.

use std::ops::Bound;

use pubgrub::{Ranges, VersionSet};

use super::ranks::Ranks;

/// A set of ranks that pubgrub can work with, and that can be counted run by run.
pub(super) trait RankSet: VersionSet<V = u32> {
    /// These ranks of a package with `count` versions, open to a side on which no version follows.
    fn of(ranks: &Ranks, count: u32) -> Self;

    /// A rank and all above.
    fn from(rank: u32) -> Self;

    /// How many ranks below `count` are in the set.
    fn size(&self, count: u32) -> u32;

    /// The highest rank below `count` that is in the set.
    fn last(&self, count: u32) -> Option<u32>;
}

/// The sets that come with pubgrub. They know nothing of there being no rank between two, so each bound is a rank that is in the set, and
/// an exact version is what pubgrub itself takes for one.
impl RankSet for Ranges<u32> {
    fn of(ranks: &Ranks, count: u32) -> Self {
        let runs = ranks.runs().iter();
        runs.map(|(low, high)| match (*low == 0, *high == count) {
            (true, true) => (Bound::Unbounded, Bound::Unbounded),
            _ if low + 1 == *high => (Bound::Included(*low), Bound::Included(*low)),
            (true, false) => (Bound::Unbounded, Bound::Included(high - 1)),
            (false, true) => (Bound::Included(*low), Bound::Unbounded),
            (false, false) => (Bound::Included(*low), Bound::Included(high - 1)),
        })
        .collect()
    }

    fn from(rank: u32) -> Self {
        Self::higher_than(rank)
    }

    fn size(&self, count: u32) -> u32 {
        runs(self, count)
            .map(|(low, high)| high.saturating_sub(low))
            .sum()
    }

    fn last(&self, count: u32) -> Option<u32> {
        let runs = runs(self, count).filter(|(low, high)| low < high);
        runs.last().map(|(_, high)| high - 1)
    }
}

/// The intervals as runs of ranks below `count`, each with its end left out.
fn runs(ranges: &Ranges<u32>, count: u32) -> impl Iterator<Item = (u32, u32)> {
    ranges.iter().map(move |(low, high)| {
        let low = match low {
            Bound::Included(low) => *low,
            Bound::Excluded(low) => *low + 1,
            Bound::Unbounded => 0,
        };
        let high = match high {
            Bound::Included(high) => *high + 1,
            Bound::Excluded(high) => *high,
            Bound::Unbounded => count,
        };
        (low, high.min(count))
    })
}
