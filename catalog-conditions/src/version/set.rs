//! Sets of versions, and their algebra.

use std::fmt;
use std::iter::Peekable;
use std::ops::Range;
use std::slice;

use super::cut::{Cut, Place, Side};
use super::package_version::Version;

/// A set of versions: a union of intervals over the total order of [`Version`].
///
/// A set is held in one normal form, so two sets are equal exactly if they have the same members. No prerelease rule is
/// applied here: `VersionRange::parse("<2.0.0")?.set()` contains 2.0.0-rc.1, which orders below 2.0.0.
///
/// `Display` gives a range that parses back to the same set.
///
/// ```
/// use catalog_conditions::version::{Version, VersionRange};
///
/// let old = VersionRange::parse("<1.5.0")?.set().clone();
/// let new = VersionRange::parse(">=2.0.0")?.set().clone();
/// let between = old.union(&new).complement();
/// assert_eq!(between.to_string(), ">=1.5.0, <2.0.0");
/// assert!(between.contains(&Version::parse("1.7.3")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionSet {
    /// Strictly increasing, and even in number: each odd one begins an interval, each even one ends it.
    cuts: Vec<Cut>,
}

impl VersionSet {
    /// No version.
    #[must_use]
    pub fn none() -> Self {
        Self { cuts: Vec::new() }
    }

    /// Every version.
    #[must_use]
    pub fn all() -> Self {
        Self::between(Cut::Start, Cut::End)
    }

    /// The versions that mean the same as one: all of its precedence, and if it has build metadata only those with the
    /// same. This is what the range `=v` takes.
    #[must_use]
    pub fn exactly(version: &Version) -> Self {
        Self::between(Cut::before(version), Cut::behind(version))
    }

    /// What lies between two places; nothing if they are in the wrong order.
    pub(super) fn between(low: Cut, high: Cut) -> Self {
        if low < high {
            Self {
                cuts: vec![low, high],
            }
        } else {
            Self::none()
        }
    }

    /// Whether the set has no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cuts.is_empty()
    }

    /// Whether a version is a member. Takes time logarithmic in the number of intervals.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        self.cuts.partition_point(|cut| cut.is_before(version)) % 2 == 1
    }

    /// Which of some versions are members: runs of positions in a list of `len` versions in rising order, of which `version` gives the one at a
    /// position. Takes time logarithmic in `len` for each interval, so less than asking for each version.
    ///
    /// ```
    /// use catalog_conditions::version::{Version, VersionRange};
    ///
    /// let versions = ["1.0.0", "1.5.0", "2.0.0", "2.1.0"].map(|text| Version::parse(text).unwrap());
    /// let range = VersionRange::parse("<1.5 || 2.1")?;
    /// let runs = range.set().runs(versions.len(), |at| &versions[at]);
    /// assert_eq!(runs.collect::<Vec<_>>(), [0..1, 3..4]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn runs<'v>(
        &self,
        len: usize,
        version: impl Fn(usize) -> &'v Version,
    ) -> impl Iterator<Item = Range<usize>> {
        let first_behind = move |cut: &Cut, from: usize| {
            let (mut low, mut high) = (from, len);
            while low < high {
                let middle = low + (high - low) / 2;
                match cut.is_before(version(middle)) {
                    true => high = middle,
                    false => low = middle + 1,
                }
            }
            low
        };
        let mut from = 0;
        let runs = self.cuts.chunks_exact(2).filter_map(move |cuts| {
            let [low, high] = cuts else {
                return None;
            };
            let start = first_behind(low, from);
            from = first_behind(high, start);
            Some(start..from)
        });
        runs.filter(|run| !run.is_empty())
    }

    /// The versions at which its intervals begin, in order: each is the first of its interval, or the last before it. An interval
    /// that begins with the lowest version there is has none.
    pub(crate) fn beginnings(&self) -> impl Iterator<Item = &Version> {
        self.cuts.iter().step_by(2).filter_map(|cut| match cut {
            Cut::At(place) => Some(&place.version),
            _ => None,
        })
    }

    /// The versions that are in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.merge(other, |mine, others| mine || others)
    }

    /// The versions that are in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.merge(other, |mine, others| mine && others)
    }

    /// The versions that are in this set and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.merge(other, |mine, others| mine && !others)
    }

    /// The versions that are not in the set.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self::all().difference(self)
    }

    /// Whether the two have no member in common.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.intersection(other).is_empty()
    }

    /// Whether every member is also one of the other set.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// Walks along both sets and keeps what `keep` says of being in the one and in the other. `keep` must refuse what is
    /// in neither: nothing lies before [`Cut::Start`].
    fn merge(&self, other: &Self, keep: impl Fn(bool, bool) -> bool) -> Self {
        let (mut mine, mut others) = (Walk::along(self), Walk::along(other));
        let mut cuts = Vec::new();
        while let Some(next) = least(mine.next_cut(), others.next_cut()) {
            let was_kept = keep(mine.inside, others.inside);
            mine.step_over(next);
            others.step_over(next);
            if keep(mine.inside, others.inside) != was_kept {
                cuts.push(next.clone());
            }
        }
        Self { cuts }
    }

    /// Joins many sets two by two, which keeps the work for n intervals at n log n.
    pub(super) fn reduce(mut sets: Vec<Self>, join: impl Fn(&Self, &Self) -> Self) -> Option<Self> {
        while sets.len() > 1 {
            sets = sets
                .chunks(2)
                .filter_map(|pair| match pair {
                    [one, other] => Some(join(one, other)),
                    [one] => Some(one.clone()),
                    _ => None,
                })
                .collect();
        }
        sets.pop()
    }
}

/// A position on the way along a set.
struct Walk<'a> {
    cuts: Peekable<slice::Iter<'a, Cut>>,
    inside: bool,
}

impl<'a> Walk<'a> {
    fn along(set: &'a VersionSet) -> Self {
        Self {
            cuts: set.cuts.iter().peekable(),
            inside: false,
        }
    }

    fn next_cut(&mut self) -> Option<&'a Cut> {
        self.cuts.peek().copied()
    }

    fn step_over(&mut self, cut: &Cut) {
        if self.cuts.next_if(|mine| *mine == cut).is_some() {
            self.inside = !self.inside;
        }
    }
}

fn least<'a>(one: Option<&'a Cut>, other: Option<&'a Cut>) -> Option<&'a Cut> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl fmt::Display for VersionSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            // The lowest version that there can be is 0.0.0-0.
            return formatter.write_str("<0.0.0-0");
        }
        for (index, interval) in self.cuts.chunks(2).enumerate() {
            if index > 0 {
                formatter.write_str(" || ")?;
            }
            if let [low, high] = interval {
                write_interval(formatter, low, high)?;
            }
        }
        Ok(())
    }
}

fn write_interval(formatter: &mut fmt::Formatter<'_>, low: &Cut, high: &Cut) -> fmt::Result {
    match (low, high) {
        (Cut::At(low), Cut::At(high)) if low.version == high.version && low.among == high.among => {
            write!(formatter, "={}", low.version)
        }
        (Cut::At(low), Cut::At(high)) => {
            write_place(formatter, low, [">=", ">"])?;
            formatter.write_str(", ")?;
            write_place(formatter, high, ["<", "<="])
        }
        (Cut::At(low), _) => write_place(formatter, low, [">=", ">"]),
        (_, Cut::At(high)) => write_place(formatter, high, ["<", "<="]),
        _ => formatter.write_str("*"),
    }
}

/// Writes the comparator that has its end at this place, with the operator for a place before or behind a version.
fn write_place(
    formatter: &mut fmt::Formatter<'_>,
    place: &Place,
    [before, behind]: [&str; 2],
) -> fmt::Result {
    match place.side {
        Side::Before => write!(formatter, "{before}{}", place.version),
        Side::Behind => write!(formatter, "{behind}{}", place.version),
    }
}
