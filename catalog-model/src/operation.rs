//! What is done to one instance of a package.

use std::fmt;

use catalog_conditions::version::Version;

use crate::hook::Phase;
use crate::name::PackageName;

/// One thing to do to one instance of a package: what a plan's steps yield and what the lifecycle carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    kind: OperationKind,
    package: PackageName,
    from: Option<Version>,
    to: Option<Version>,
    namespace: String,
    action: Option<String>,
}

/// What kind of operation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OperationKind {
    /// Nothing is there, and a release comes.
    Install,
    /// A release gives way to a higher one.
    Upgrade,
    /// A release gives way to one that was there before.
    Rollback,
    /// A release goes.
    Uninstall,
    /// A release stays, and something is done with it that a user asked for.
    Action,
}

impl Operation {
    /// Puts a release where none is.
    #[must_use]
    pub fn install(package: PackageName, to: Version, namespace: impl Into<String>) -> Self {
        Self {
            kind: OperationKind::Install,
            package,
            from: None,
            to: Some(to),
            namespace: namespace.into(),
            action: None,
        }
    }

    /// Replaces a release by a higher one.
    #[must_use]
    pub fn upgrade(
        package: PackageName,
        from: Version,
        to: Version,
        namespace: impl Into<String>,
    ) -> Self {
        Self {
            kind: OperationKind::Upgrade,
            package,
            from: Some(from),
            to: Some(to),
            namespace: namespace.into(),
            action: None,
        }
    }

    /// Replaces a release by an earlier one.
    #[must_use]
    pub fn rollback(
        package: PackageName,
        from: Version,
        to: Version,
        namespace: impl Into<String>,
    ) -> Self {
        Self {
            kind: OperationKind::Rollback,
            package,
            from: Some(from),
            to: Some(to),
            namespace: namespace.into(),
            action: None,
        }
    }

    /// Takes a release away.
    #[must_use]
    pub fn uninstall(package: PackageName, from: Version, namespace: impl Into<String>) -> Self {
        Self {
            kind: OperationKind::Uninstall,
            package,
            from: Some(from),
            to: None,
            namespace: namespace.into(),
            action: None,
        }
    }

    /// Runs one of the [`actions`](crate::Release::actions) of a release that is there.
    #[must_use]
    pub fn action(
        package: PackageName,
        of: Version,
        namespace: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        Self {
            kind: OperationKind::Action,
            package,
            from: Some(of.clone()),
            to: Some(of),
            namespace: namespace.into(),
            action: Some(action.into()),
        }
    }

    /// What kind of operation it is.
    #[must_use]
    pub fn kind(&self) -> OperationKind {
        self.kind
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &PackageName {
        &self.package
    }

    /// The release that is there before; `None` for an install.
    #[must_use]
    pub fn from(&self) -> Option<&Version> {
        self.from.as_ref()
    }

    /// The release that is there afterwards; `None` for an uninstall.
    #[must_use]
    pub fn to(&self) -> Option<&Version> {
        self.to.as_ref()
    }

    /// The namespace that modules and hooks go to.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name of the action that it runs, if it runs one.
    #[must_use]
    pub fn action_name(&self) -> Option<&str> {
        self.action.as_deref()
    }

    /// The two phases around the operation, `None` of an action, and which release's hooks run in each: its hooks come from what is written here, not
    /// from whatever the catalog's newest release says.
    #[must_use]
    pub fn phases(&self) -> Option<[(Phase, Option<&Version>); 2]> {
        let (from, to) = (self.from(), self.to());
        Some(match self.kind {
            OperationKind::Install => [(Phase::PreInstall, to), (Phase::PostInstall, to)],
            OperationKind::Upgrade => [(Phase::PreUpgrade, to), (Phase::PostUpgrade, to)],
            OperationKind::Rollback => [(Phase::PreRollback, from), (Phase::PostRollback, to)],
            OperationKind::Uninstall => [(Phase::PreUninstall, from), (Phase::PostUninstall, from)],
            OperationKind::Action => return None,
        })
    }
}

impl OperationKind {
    /// `install`, `upgrade`, `rollback`, `uninstall` or `action`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Upgrade => "upgrade",
            Self::Rollback => "rollback",
            Self::Uninstall => "uninstall",
            Self::Action => "action",
        }
    }
}

impl fmt::Display for Operation {
    /// `upgrade grafana 10.4.1 -> 11.0.0 in monitoring`, `action back-up of grafana 10.4.1 in monitoring`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        if let Some(action) = &self.action {
            write!(f, " {action} of")?;
        }
        write!(f, " {}", self.package)?;
        match (&self.from, &self.to) {
            (Some(one), Some(_)) if self.action.is_some() => write!(f, " {one}")?,
            (Some(from), Some(to)) => write!(f, " {from} -> {to}")?,
            (Some(one), None) | (None, Some(one)) => write!(f, " {one}")?,
            (None, None) => {}
        }
        write!(f, " in {}", self.namespace)
    }
}
