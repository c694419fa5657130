//! A range of cluster versions, as an author wrote it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::error::RangeError;
use super::kube_version::KubeVersion;
use super::note::RangeNote;
use super::operand::Dialect;
use super::package_range;
use super::range_parser::{self, Alternative};
use super::set::VersionSet;

/// A range of cluster versions. The dialect is that of [package ranges](super); the rule for prereleases is another.
///
/// - A vendor's build in a bound is ignored, with a [note](Self::notes) that callers show as a warning.
/// - Prereleases take part in plain order, but a bound that names none keeps its own out: `v1.29.0-rc.1` satisfies
///   `>=1.28`, and neither `>=1.29` nor `<1.29`.
/// - `-0` in a bound is the lowest prerelease there is: `<1.29.0-0` takes nothing of 1.29 at all, `>=1.29.0-0` everything.
///
/// ```
/// use catalog_conditions::version::{KubeVersion, KubeVersionRange};
///
/// let range = KubeVersionRange::parse(">=1.28")?;
/// assert!(range.matches(&KubeVersion::parse("v1.28.3-gke.100")?));
/// assert!(!range.matches(&KubeVersion::parse("v1.27.9+k3s1")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct KubeVersionRange {
    read: Arc<Read>,
}

struct Read {
    text: Box<str>,
    alternatives: Vec<Alternative>,
    set: VersionSet,
    notes: Vec<RangeNote>,
}

impl KubeVersionRange {
    /// Reads a range.
    ///
    /// # Errors
    ///
    /// If the text is not in the dialect, or is longer than 64 KiB.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        let parsed = range_parser::parse(text, Dialect::Kube)?;
        let sets = parsed
            .alternatives
            .iter()
            .map(|all| package_range::set_of(all, Dialect::Kube))
            .collect();
        let set = VersionSet::reduce(sets, VersionSet::union).unwrap_or_else(VersionSet::none);
        let read = Read {
            text: text.into(),
            alternatives: parsed.alternatives,
            set,
            notes: parsed.notes,
        };
        Ok(Self {
            read: Arc::new(read),
        })
    }

    /// The text the author wrote. `Display` gives the canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.read.text
    }

    /// Whether the range takes a cluster's version.
    #[must_use]
    pub fn matches(&self, version: &KubeVersion) -> bool {
        self.read.set.contains(version.release())
    }

    /// The lowest published version of each part of the range that has a lower end, in order.
    pub(crate) fn least_versions(&self) -> impl Iterator<Item = KubeVersion> {
        let read = |text: String| {
            let version = KubeVersion::parse(&text).ok()?;
            self.matches(&version).then_some(version)
        };
        self.read.set.beginnings().filter_map(move |version| {
            let (major, minor, patch) = (version.major(), version.minor(), version.patch());
            // A bound that is itself left out is followed by the next patch.
            let next = patch.checked_add(1);
            read(format!("v{major}.{minor}.{patch}"))
                .or_else(|| read(format!("v{major}.{minor}.{}", next?)))
        })
    }

    /// Whether no cluster at all can satisfy the range.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read.set.is_empty()
    }

    /// What the author should know.
    #[must_use]
    pub fn notes(&self) -> &[RangeNote] {
        &self.read.notes
    }
}

impl FromStr for KubeVersionRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        Self::parse(text)
    }
}

impl PartialEq for KubeVersionRange {
    fn eq(&self, other: &Self) -> bool {
        self.read.alternatives == other.read.alternatives
    }
}

impl Eq for KubeVersionRange {}

impl fmt::Display for KubeVersionRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        package_range::write(formatter, &self.read.alternatives)
    }
}

impl fmt::Debug for KubeVersionRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KubeVersionRange({})", self.read.text)
    }
}
