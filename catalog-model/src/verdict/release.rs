//! The definitions of a release beside a cluster.

use super::standing::{DefinitionVerdict, Verdict};

/// What each definition of a release means to a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleaseVerdict {
    definitions: Vec<DefinitionVerdict>,
}

impl ReleaseVerdict {
    pub(super) fn new(definitions: Vec<DefinitionVerdict>) -> Self {
        Self { definitions }
    }

    /// The definitions, in the order of the release.
    #[must_use]
    pub fn definitions(&self) -> &[DefinitionVerdict] {
        &self.definitions
    }

    /// The worst of their verdicts, the first of equally bad ones; a release without definitions is up to date.
    #[must_use]
    pub fn worst(&self) -> &Verdict {
        let verdicts = self.definitions.iter().map(DefinitionVerdict::verdict);
        let worst = verdicts.rev().max_by_key(|verdict| verdict.rank());
        worst.unwrap_or(&Verdict::UpToDate)
    }
}
