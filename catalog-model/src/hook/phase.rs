//! When a hook runs.

use std::fmt;

/// When a hook runs, relative to the operation it belongs to.
///
/// The design has the phases of install and uninstall; whoever upgrades needs the others too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Before an install.
    PreInstall,
    /// After an install.
    PostInstall,
    /// Before an upgrade.
    PreUpgrade,
    /// After an upgrade.
    PostUpgrade,
    /// Before a rollback; taken from the version being left.
    PreRollback,
    /// After a rollback.
    PostRollback,
    /// Before an uninstall.
    PreUninstall,
    /// After an uninstall.
    PostUninstall,
}

impl Phase {
    /// All phases.
    pub const ALL: [Self; 8] = [
        Self::PreInstall,
        Self::PostInstall,
        Self::PreUpgrade,
        Self::PostUpgrade,
        Self::PreRollback,
        Self::PostRollback,
        Self::PreUninstall,
        Self::PostUninstall,
    ];

    /// As files write it: `pre-install`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreInstall => "pre-install",
            Self::PostInstall => "post-install",
            Self::PreUpgrade => "pre-upgrade",
            Self::PostUpgrade => "post-upgrade",
            Self::PreRollback => "pre-rollback",
            Self::PostRollback => "post-rollback",
            Self::PreUninstall => "pre-uninstall",
            Self::PostUninstall => "post-uninstall",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
