//! Sets of ranks as pubgrub wants them: with complements, and with few allocations.

use std::fmt;

use pubgrub::VersionSet;
use smallvec::SmallVec;

use super::rank_set::RankSet;
use super::ranks::Ranks;

/// Disjoint runs of ranks that do not touch, rising, each with its end left out; the last may be open.
///
/// Unlike `Ranges<u32>` it knows that nothing lies between two ranks: what is left of `1..4` without 1, 2 and 3 is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Runs(SmallVec<[(u32, u32); 2]>);

/// Above every rank.
const END: u32 = u32::MAX;

impl RankSet for Runs {
    fn of(ranks: &Ranks, count: u32) -> Self {
        let runs = ranks.runs().iter();
        let open = |high| if high == count { END } else { high };
        Self(runs.map(|(low, high)| (*low, open(*high))).collect())
    }

    fn from(rank: u32) -> Self {
        Self(SmallVec::from_slice(&[(rank, END)]))
    }

    fn size(&self, count: u32) -> u32 {
        let runs = self.0.iter();
        runs.map(|(low, high)| high.min(&count).saturating_sub(*low))
            .sum()
    }

    fn last(&self, count: u32) -> Option<u32> {
        let (_, high) = self.0.iter().rev().find(|(low, _)| *low < count)?;
        Some(high.min(&count) - 1)
    }
}

impl Runs {
    /// Calls `found` with each run that is in both sets, until it says no.
    fn intersect(&self, other: &Self, mut found: impl FnMut(u32, u32) -> bool) {
        let (mut mine, mut others) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some((low, high)), Some((other_low, other_high))) = (mine.peek(), others.peek())
        {
            let (from, to) = (*low.max(other_low), *high.min(other_high));
            if from < to && !found(from, to) {
                return;
            }
            if high < other_high {
                mine.next();
            } else {
                others.next();
            }
        }
    }
}

impl VersionSet for Runs {
    type V = u32;

    fn empty() -> Self {
        Self(SmallVec::new())
    }

    fn full() -> Self {
        RankSet::from(0)
    }

    fn singleton(rank: u32) -> Self {
        Self(SmallVec::from_slice(&[(rank, rank + 1)]))
    }

    fn complement(&self) -> Self {
        let mut runs = SmallVec::new();
        let mut from = 0;
        for (low, high) in &self.0 {
            if from < *low {
                runs.push((from, *low));
            }
            from = *high;
        }
        if from < END {
            runs.push((from, END));
        }
        Self(runs)
    }

    fn intersection(&self, other: &Self) -> Self {
        let mut runs = SmallVec::new();
        self.intersect(other, |from, to| {
            runs.push((from, to));
            true
        });
        Self(runs)
    }

    fn contains(&self, rank: &u32) -> bool {
        let after = self.0.partition_point(|(low, _)| low <= rank);
        let before = after.checked_sub(1);
        before.is_some_and(|at| *rank < self.0[at].1)
    }

    fn is_disjoint(&self, other: &Self) -> bool {
        let mut is_disjoint = true;
        self.intersect(other, |_, _| {
            is_disjoint = false;
            false
        });
        is_disjoint
    }

    fn subset_of(&self, other: &Self) -> bool {
        let mut others = other.0.iter().peekable();
        self.0.iter().all(|(low, high)| {
            while others.next_if(|(_, end)| end <= low).is_some() {}
            others
                .peek()
                .is_some_and(|(from, to)| from <= low && high <= to)
        })
    }

    fn union(&self, other: &Self) -> Self {
        let (mut mine, mut others) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut runs: SmallVec<[(u32, u32); 2]> = SmallVec::new();
        loop {
            let run = match (mine.peek(), others.peek()) {
                (Some(one), Some(other)) if one.0 <= other.0 => mine.next(),
                (Some(_), None) => mine.next(),
                (_, Some(_)) => others.next(),
                (None, None) => return Self(runs),
            };
            let Some((low, high)) = run.copied() else {
                return Self(runs);
            };
            match runs.last_mut() {
                Some((_, end)) if *end >= low => *end = high.max(*end),
                _ => runs.push((low, high)),
            }
        }
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
