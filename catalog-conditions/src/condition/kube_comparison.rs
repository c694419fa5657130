//! Comparisons of cluster versions, by the rules that ranges have for their bounds.

use std::fmt;

use super::comparison::Comparison;
use crate::version::{KubeVersion, KubeVersionRange, RangeNote};

/// A comparison with one cluster version, or with two (`between`).
///
/// It is decided as a range is: a bound that names no prerelease keeps its own out (`v1.29.0-rc.1` is neither `ge` nor `lt` 1.29), and
/// `-0` is the lowest prerelease there is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KubeComparison {
    /// As the author wrote it: `ge "1.28"`.
    shown: String,
    range: KubeVersionRange,
    /// `ne`: what the range does not take.
    negated: bool,
}

impl KubeComparison {
    /// `None` if the bound is no cluster version.
    pub(crate) fn new(comparison: Comparison, bound: &str) -> Option<Self> {
        let (symbol, negated) = match comparison {
            Comparison::Eq => ("=", false),
            Comparison::Ne => ("=", true),
            Comparison::Gt => (">", false),
            Comparison::Ge => (">=", false),
            Comparison::Lt => ("<", false),
            Comparison::Le => ("<=", false),
        };
        Some(Self {
            shown: format!("{} {}", comparison.as_str(), crate::show::text(bound)),
            range: KubeVersionRange::parse(&format!("{symbol}{}", whole(bound)?)).ok()?,
            negated,
        })
    }

    /// `between`; `None` if a bound is no cluster version.
    pub(crate) fn between(low: &str, high: &str) -> Option<Self> {
        let range = format!(">={} <={}", whole(low)?, whole(high)?);
        let (low, high) = (crate::show::text(low), crate::show::text(high));
        Some(Self {
            shown: format!("between {low} and {high}"),
            range: KubeVersionRange::parse(&range).ok()?,
            negated: false,
        })
    }

    pub(crate) fn holds(&self, version: &KubeVersion) -> bool {
        self.range.matches(version) != self.negated
    }

    /// The range that it asks for; `None` for `ne`, which asks for what lies outside.
    pub(crate) fn range(&self) -> Option<&KubeVersionRange> {
        (!self.negated).then_some(&self.range)
    }
}

/// What an author should know of a bound, such as that a vendor's build in it is ignored.
pub(crate) fn notes(bound: &str) -> Vec<RangeNote> {
    let range = KubeVersionRange::parse(&format!("={bound}"));
    range
        .map(|range| range.notes().to_vec())
        .unwrap_or_default()
}

/// A bound with all three numbers, and the prerelease that counts: a range would take `1.28` for every 1.28.
fn whole(bound: &str) -> Option<String> {
    let version = KubeVersion::parse(bound).ok()?;
    let (major, minor, patch) = (version.major(), version.minor(), version.patch());
    let prerelease = match version.prerelease() {
        "" if bound.split('+').next()?.ends_with("-0") => "-0".to_owned(),
        "" => String::new(),
        prerelease => format!("-{prerelease}"),
    };
    Some(format!("{major}.{minor}.{patch}{prerelease}"))
}

impl fmt::Display for KubeComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (kubeVersion)", self.shown)
    }
}
