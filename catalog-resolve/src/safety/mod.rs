//! Upgrades that break something, so that a plan can go another way.

mod crds;
mod storage;

use std::collections::BTreeMap;
use std::fmt::{self, Debug};

use catalog_model::conditions::show::one_line;
use catalog_model::version::Version;

pub use self::crds::CrdBreaks;
use crate::stated::StatedVersion;

/// What whoever asks knows of upgrades: which of them break something. It decides no release, only by which others an upgrade goes.
///
/// [`CrdBreaks`] compares the CRDs of a catalog, and [`KnownBreaks`] is a list. Answers are to be the same whenever they are asked, or plans are not.
pub trait UpgradeSafety: Debug + Send + Sync {
    /// Why the upgrade of a package from one version to a higher one breaks something, as a phrase; `None` if it does not, as far as is known.
    fn breaks(&self, package: &str, from: &Version, to: &Version) -> Option<String>;
}

/// An upgrade from one release to another that breaks something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UpgradeBreak {
    from: String,
    to: String,
    reason: String,
}

/// Upgrades that are known to break something.
///
/// ```
/// use std::sync::Arc;
///
/// use catalog_model::InstalledRelease;
/// use catalog_resolve::{KnownBreaks, Outcome, Request, Universe, resolve};
///
/// let universe = Universe::from_json(r#"{"db": {"1.0.0": {}, "1.5.0": {}, "2.0.0": {}}}"#)?;
/// let breaks = KnownBreaks::new().with("db", "1.0.0", "2.0.0", "it cannot read files of 1.0");
/// let request = Request::new().installed(InstalledRelease::new("db", "1.0.0", "db")).upgrade("db");
/// let Outcome::Resolved(answer) = resolve(&universe, &request.upgrade_safety(Arc::new(breaks))) else { panic!("there is a way") };
/// let plan = answer.plan();
/// assert_eq!(plan.steps()[0].hops()[0].version().as_str(), "1.5.0");
/// assert_eq!(plan.steps()[0].avoided()[0].to_string(), "from 1.0.0 to 2.0.0 it breaks: it cannot read files of 1.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct KnownBreaks {
    by_package: BTreeMap<String, Vec<(StatedVersion, StatedVersion, String)>>,
}

impl UpgradeBreak {
    pub(crate) fn new(from: &str, to: &str, reason: String) -> Self {
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            reason,
        }
    }

    /// The version that is left.
    #[must_use]
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The version that is come to.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }

    /// What breaks.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for UpgradeBreak {
    /// `from 1.0.0 to 2.0.0 it breaks: …`, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to, reason] = [&self.from, &self.to, &self.reason].map(|text| one_line(text));
        write!(f, "from {from} to {to} it breaks: {reason}")
    }
}

impl KnownBreaks {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more. The versions need not be spelled as their authors do.
    #[must_use]
    pub fn with(
        mut self,
        package: impl Into<String>,
        from: &str,
        to: &str,
        reason: impl Into<String>,
    ) -> Self {
        let known = self.by_package.entry(package.into()).or_default();
        let (from, to) = (StatedVersion::new(from), StatedVersion::new(to));
        known.push((from, to, reason.into()));
        self
    }
}

impl UpgradeSafety for KnownBreaks {
    fn breaks(&self, package: &str, from: &Version, to: &Version) -> Option<String> {
        let mut known = self.by_package.get(package)?.iter();
        let (_, _, reason) = known.find(|(one, other, _)| one.is(from) && other.is(to))?;
        Some(reason.clone())
    }
}
