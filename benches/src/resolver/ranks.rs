//! Sets of versions of one package, each version as its rank in rising order.

/// A set of ranks: disjoint runs that do not touch, rising, each with its end left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ranks(Vec<(u32, u32)>);

impl Ranks {
    /// From `low` to `high`, without `high`.
    #[must_use]
    pub fn run(low: u32, high: u32) -> Self {
        Self(if low < high {
            vec![(low, high)]
        } else {
            Vec::new()
        })
    }

    /// The ranks, given in rising order.
    #[must_use]
    pub fn rising(ranks: impl IntoIterator<Item = u32>) -> Self {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for rank in ranks {
            match runs.last_mut() {
                Some((_, end)) if *end == rank => *end += 1,
                _ => runs.push((rank, rank + 1)),
            }
        }
        Self(runs)
    }

    /// The runs, rising, each with its end left out.
    #[must_use]
    pub fn runs(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// Whether a rank is in the set. Takes time logarithmic in the number of runs.
    #[must_use]
    pub fn contains(&self, rank: u32) -> bool {
        let after = self.0.partition_point(|(low, _)| *low <= rank);
        after.checked_sub(1).is_some_and(|at| rank < self.0[at].1)
    }

    /// What of `0..count` is not in the set.
    #[must_use]
    pub fn complement(&self, count: u32) -> Self {
        let mut runs = Vec::new();
        let mut from = 0;
        for (low, high) in &self.0 {
            runs.extend((from < *low).then_some((from, *low)));
            from = *high;
        }
        runs.extend((from < count).then_some((from, count)));
        Self(runs)
    }
}
