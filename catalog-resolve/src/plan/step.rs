//! One step of a plan.

use std::collections::BTreeSet;
use std::fmt;

use catalog_model::conditions::show::one_line;
use catalog_model::version::Version;

use crate::resolution::{Hop, RemovedRelease, Resolution, ResolvedRelease, UnmetNeed};
use crate::safety::UpgradeBreak;

/// What is done to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Action {
    /// A release comes where none is.
    Install,
    /// A release gives way to a higher one.
    Upgrade,
    /// What is installed stays as it is: nothing is done.
    Keep,
    /// A release gives way to a lower one.
    Rollback,
    /// What is installed goes.
    Uninstall,
}

impl Action {
    /// A stable name, as `install`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Upgrade => "upgrade",
            Self::Keep => "keep",
            Self::Rollback => "rollback",
            Self::Uninstall => "uninstall",
        }
    }

    fn of(release: &ResolvedRelease) -> Self {
        match release.installed() {
            None => Self::Install,
            Some(_) if release.is_kept() => Self::Keep,
            Some(_) if release.is_downwards => Self::Rollback,
            Some(_) => Self::Upgrade,
        }
    }
}

/// One step of a [`Plan`](super::Plan).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    package: String,
    action: Action,
    from: Option<String>,
    to: Option<String>,
    hops: Vec<Hop>,
    breaks: Vec<UpgradeBreak>,
    avoided: Vec<UpgradeBreak>,
    /// What `to` names, unless no catalog has it.
    pub(crate) release: Option<Version>,
    catalog: Option<String>,
    namespace: String,
    level: usize,
    after: Vec<usize>,
}

impl Step {
    /// The step at a position: those of the releases come first, then those of what is removed. `before` is what is done before what.
    pub(super) fn at(
        resolution: &Resolution,
        position: usize,
        level: usize,
        before: &BTreeSet<(usize, usize)>,
    ) -> Option<Self> {
        match resolution.releases.get(position) {
            Some(release) => {
                let mut step = Self::to_release(release, level);
                for awaited in release.awaited() {
                    let is_met = awaited.edges(position).any(|edge| before.contains(&edge));
                    if !is_met && let Some(hop) = step.hops.get_mut(awaited.hop) {
                        hop.unmet.push(awaited.otherwise.clone());
                    }
                }
                Some(step)
            }
            None => {
                let position = position - resolution.releases.len();
                let removed = resolution.removed.get(position);
                removed.map(|removed| Self::uninstall(removed, level))
            }
        }
    }

    fn to_release(release: &ResolvedRelease, level: usize) -> Self {
        Self {
            package: release.package().to_owned(),
            action: Action::of(release),
            from: release.installed().map(str::to_owned),
            to: Some(release.version().to_owned()),
            hops: release.hops().to_vec(),
            breaks: release.breaks().to_vec(),
            avoided: release.avoided().to_vec(),
            release: release.release.clone(),
            catalog: release.catalog().map(str::to_owned),
            namespace: release.namespace().to_owned(),
            level,
            after: Vec::new(),
        }
    }

    fn uninstall(removed: &RemovedRelease, level: usize) -> Self {
        Self {
            package: removed.package().to_owned(),
            action: Action::Uninstall,
            from: Some(removed.version().to_owned()),
            to: None,
            hops: Vec::new(),
            breaks: Vec::new(),
            avoided: Vec::new(),
            release: None,
            catalog: None,
            namespace: removed.namespace().to_owned(),
            level,
            after: Vec::new(),
        }
    }

    /// What steps are ordered by.
    pub(super) fn place(&self) -> (usize, &str, &str) {
        (self.level, &self.package, &self.namespace)
    }

    pub(super) fn come_after(&mut self, position: usize) {
        self.after.push(position);
    }

    pub(super) fn sort_after(&mut self) {
        self.after.sort_unstable();
        self.after.dedup();
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// What is done.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// The version that is installed, as it was recorded; none for an install.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// The version that is there afterwards, as its author wrote it; none for an uninstall.
    #[must_use]
    pub fn to(&self) -> Option<&str> {
        self.to.as_deref()
    }

    /// The releases that an upgrade passes through, in order.
    #[must_use]
    pub fn hops(&self) -> &[Hop] {
        &self.hops
    }

    /// What its hops lack when they are passed, hop by hop.
    pub fn unmet(&self) -> impl Iterator<Item = &UnmetNeed> {
        self.hops.iter().flat_map(Hop::unmet)
    }

    /// What breaks on the way, edge by edge, where no way is known on which nothing does.
    #[must_use]
    pub fn breaks(&self) -> &[UpgradeBreak] {
        &self.breaks
    }

    /// What would break on the shorter way, which is why this one is taken.
    #[must_use]
    pub fn avoided(&self) -> &[UpgradeBreak] {
        &self.avoided
    }

    /// The catalog that the release comes from, if that has a name.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// Where it goes, or is.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// How many steps must be done one after the other before this one.
    #[must_use]
    pub fn level(&self) -> usize {
        self.level
    }

    /// The steps that must be done before this one, as positions among [`Plan::steps`](super::Plan::steps), ascending. What is done before
    /// those is not always repeated here. A step that needs another and is needed by it has it in no list: see
    /// [`Plan::cycles`](super::Plan::cycles).
    ///
    /// ```
    /// use catalog_resolve::{Outcome, Request, Universe, resolve};
    ///
    /// let universe = Universe::from_json(r#"{"app": {"1.0.0": {"dependencies": [{"name": "db"}]}}, "db": {"1.0.0": {}}, "ui": {"1.0.0": {}}}"#)?;
    /// let Outcome::Resolved(resolution) = resolve(&universe, &Request::new().install("app", "*")?.install("ui", "*")?) else { panic!() };
    /// let plan = resolution.plan();
    /// let steps: Vec<_> = plan.steps().iter().map(|step| (step.package(), step.after())).collect();
    /// assert_eq!(steps, [("db", &[][..]), ("ui", &[]), ("app", &[0])]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn after(&self) -> &[usize] {
        &self.after
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Step {
    /// As `install loki 3.2.0 in loki`, or `upgrade loki from 2.9.0 by 3.0.0 to 3.2.0 in loki`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.action, one_line(&self.package))?;
        match (self.action, self.from(), self.to()) {
            (Action::Upgrade | Action::Rollback, Some(from), Some(to)) => {
                write!(f, " from {}", one_line(from))?;
                for hop in &self.hops {
                    write!(f, " by {}", hop.version())?;
                }
                write!(f, " to {}", one_line(to))?;
            }
            (_, from, to) => {
                if let Some(version) = to.or(from) {
                    write!(f, " {}", one_line(version))?;
                }
            }
        }
        write!(f, " in {}", one_line(&self.namespace))
    }
}
