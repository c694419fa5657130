//! A range of package versions, as an author wrote it.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use super::error::RangeError;
use super::note::RangeNote;
use super::operand::Dialect;
use super::package_version::Version;
use super::range_parser::{self, Alternative};
use super::set::VersionSet;

/// Whether prereleases that a range does not name are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Prereleases {
    /// Only those of a version that a bound names a prerelease of, as `>=1.2.0-rc.1` does of 1.2.0.
    Named,
    /// All that the intervals contain: the request allows prereleases of the package.
    Allowed,
}

/// A range of package versions: what an author wrote, and what it means.
///
/// The [module page](super) has the dialect. Two ranges are equal if they are written the same but for spelling (spaces,
/// `v`, wildcards, `~1.2` for `1.2.x`); compare their [sets](Self::set) to ask whether they take the same versions.
/// Cloning costs one reference count. `Display` gives canonical text, which parses back to an equal range (unless it is
/// longer than the limit, which only texts close to it can become).
///
/// A bound without build metadata ignores it: `=1.14.2` takes 1.14.2+1, and `>1.14.2` does not.
///
/// A prerelease is taken only if a bound of the same alternative names a prerelease of the same three numbers, or the
/// caller allows prereleases. `!=` rules out and names nothing. The third way in, `*` for a package that has no stable
/// release, needs to know the package: see [`is_any`](Self::is_any).
///
/// ```
/// use catalog_conditions::version::{Prereleases, Version, VersionRange};
///
/// let range = VersionRange::parse(" ~v1.2 ||=2.0.0-rc.1 ")?;
/// assert_eq!(range.to_string(), "1.2.x || =2.0.0-rc.1");
/// assert!(range.matches(&Version::parse("1.2.9+4")?, Prereleases::Named));
/// assert!(range.asks_exactly(&Version::parse("v2.0-rc.1")?));
/// let candidate = Version::parse("1.2.10-rc.1")?;
/// assert!(!range.matches(&candidate, Prereleases::Named));
/// assert!(range.matches(&candidate, Prereleases::Allowed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct VersionRange {
    read: Arc<Read>,
}

struct Read {
    text: Box<str>,
    alternatives: Vec<Alternative>,
    set: VersionSet,
    /// The alternatives that name prereleases, each with the versions it names prereleases of.
    naming: Vec<(Vec<[u64; 3]>, VersionSet)>,
    notes: Vec<RangeNote>,
}

impl VersionRange {
    /// Reads a range.
    ///
    /// # Errors
    ///
    /// If the text is not in the dialect, or is longer than 64 KiB. A range that takes no version, as `>2 <1` does, is no
    /// error here: its [set](Self::set) is empty.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        let parsed = range_parser::parse(text, Dialect::Package)?;
        Ok(Self::new(text, parsed.alternatives, parsed.notes))
    }

    /// The range `*`.
    #[must_use]
    pub fn any() -> Self {
        Self::new("*", vec![Alternative::new()], Vec::new())
    }

    fn new(text: &str, alternatives: Vec<Alternative>, notes: Vec<RangeNote>) -> Self {
        let sets: Vec<VersionSet> = alternatives
            .iter()
            .map(|all| set_of(all, Dialect::Package))
            .collect();
        let naming = alternatives.iter().zip(&sets).filter_map(|(all, set)| {
            let named: Vec<_> = all
                .iter()
                .filter_map(|one| one.named_prerelease())
                .collect();
            (!named.is_empty()).then(|| (named, set.clone()))
        });
        let naming = naming.collect();
        let set = VersionSet::reduce(sets, VersionSet::union).unwrap_or_else(VersionSet::none);
        Self {
            read: Arc::new(Read {
                text: text.into(),
                alternatives,
                set,
                naming,
                notes,
            }),
        }
    }

    /// The text the author wrote. `Display` gives the canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.read.text
    }

    /// Whether the range is `*`, however it is written, or offers `*` as an alternative.
    ///
    /// A resolver takes prereleases for such a range if the package has no stable release.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.read.alternatives.iter().any(Vec::is_empty)
    }

    /// Whether the range takes a version.
    ///
    /// Takes time logarithmic in the number of intervals; for a prerelease that is not allowed, linear in the number of
    /// alternatives that name one.
    #[must_use]
    pub fn matches(&self, version: &Version, prereleases: Prereleases) -> bool {
        if prereleases == Prereleases::Allowed || !version.is_prerelease() {
            return self.read.set.contains(version);
        }
        let core = version.core();
        self.read
            .naming
            .iter()
            .any(|(named, set)| named.contains(&core) && set.contains(version))
    }

    /// The intervals alone, without the prerelease rule.
    #[must_use]
    pub fn set(&self) -> &VersionSet {
        &self.read.set
    }

    /// The version that the range asks for, if it is `=v` and nothing else. Without build metadata it stands for all
    /// releases of that precedence.
    #[must_use]
    pub fn exact(&self) -> Option<&Version> {
        match self.read.alternatives.as_slice() {
            [alternative] => exact(alternative),
            _ => None,
        }
    }

    /// Whether the range asks for this very version: whether it, or one of its alternatives, is `=v` for it.
    ///
    /// Who names a version exactly gets it though it was yanked.
    #[must_use]
    pub fn asks_exactly(&self, version: &Version) -> bool {
        let mut asked = self
            .read
            .alternatives
            .iter()
            .filter_map(|alternative| exact(alternative));
        asked.any(|bound| VersionSet::exactly(bound).contains(version))
    }

    /// What the author should know.
    #[must_use]
    pub fn notes(&self) -> &[RangeNote] {
        &self.read.notes
    }
}

/// The one version that an alternative asks for.
fn exact(alternative: &Alternative) -> Option<&Version> {
    match alternative.as_slice() {
        [comparator] => comparator.exact(),
        _ => None,
    }
}

/// The versions that an alternative takes.
pub(super) fn set_of(alternative: &Alternative, dialect: Dialect) -> VersionSet {
    let sets = alternative
        .iter()
        .map(|comparator| comparator.set(dialect))
        .collect();
    VersionSet::reduce(sets, VersionSet::intersection).unwrap_or_else(VersionSet::all)
}

/// Writes alternatives canonically.
pub(super) fn write(
    formatter: &mut fmt::Formatter<'_>,
    alternatives: &[Alternative],
) -> fmt::Result {
    for (index, alternative) in alternatives.iter().enumerate() {
        if index > 0 {
            formatter.write_str(" || ")?;
        }
        if alternative.is_empty() {
            formatter.write_str("*")?;
        }
        for (index, comparator) in alternative.iter().enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            write!(formatter, "{separator}{comparator}")?;
        }
    }
    Ok(())
}

impl FromStr for VersionRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        Self::parse(text)
    }
}

impl PartialEq for VersionRange {
    fn eq(&self, other: &Self) -> bool {
        self.read.alternatives == other.read.alternatives
    }
}

impl Eq for VersionRange {}

impl Hash for VersionRange {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.read.alternatives.hash(state);
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(formatter, &self.read.alternatives)
    }
}

impl fmt::Debug for VersionRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "VersionRange({})", self.read.text)
    }
}
