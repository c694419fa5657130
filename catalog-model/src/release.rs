//! One version of a package.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_conditions::condition::ConditionSet;
use catalog_conditions::version::Version;

use crate::capability::Capability;
use crate::definition::Definition;
use crate::hook::{Action, Hook, Phase};
use crate::metadata::Metadata;
use crate::module::Module;
use crate::name::PackageName;
use crate::unknown::UnknownFields;

/// One version of a package, read whole and without errors. Equal are two that say the same, wherever in their files they say it. Cheap to
/// clone: clones share what was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Release(Arc<Content>);

/// What was read of a version folder.
#[derive(Debug, PartialEq)]
pub(crate) struct Content {
    pub(crate) package: PackageName,
    pub(crate) version: Version,
    pub(crate) folder: String,
    pub(crate) metadata: Metadata,
    pub(crate) conditions: ConditionSet,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) actions: Vec<Action>,
    pub(crate) modules: Vec<Module>,
    pub(crate) unknown_in_modules: UnknownFields,
}

impl Release {
    pub(crate) fn new(content: Content) -> Self {
        Self(Arc::new(content))
    }

    /// Whether both are clones of one: they are equal then, and nothing is compared to find out.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn content(&self) -> &Content {
        &self.0
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &PackageName {
        &self.0.package
    }

    /// The version, with the text that `metadata.yaml` gives it.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.0.version
    }

    /// The version folder, relative to the catalog.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.0.folder
    }

    /// What `metadata.yaml` says.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.0.metadata
    }

    /// What must hold on a cluster: `conditions/` and the `system` entries of the metadata.
    #[must_use]
    pub fn conditions(&self) -> &ConditionSet {
        &self.0.conditions
    }

    /// The objects of `definitions/`, by file and place in it.
    #[must_use]
    pub fn definitions(&self) -> &[Definition] {
        &self.0.definitions
    }

    /// The hooks of a phase in the order they run: after what `after` names, then by weight, file name and place in the file.
    pub fn hooks(&self, phase: Phase) -> impl Iterator<Item = &Hook> {
        self.0.hooks.iter().filter(move |hook| hook.phase == phase)
    }

    /// The operations that a user may start.
    #[must_use]
    pub fn actions(&self) -> &[Action] {
        &self.0.actions
    }

    /// What it deploys, in order.
    #[must_use]
    pub fn modules(&self) -> &[Module] {
        &self.0.modules
    }

    /// The keys of `modules.yaml` beside `modules` that the format does not know.
    #[must_use]
    pub fn unknown_in_modules(&self) -> &UnknownFields {
        &self.0.unknown_in_modules
    }

    /// All it provides: what the metadata says, and what its definitions provide by being there.
    #[must_use]
    pub fn provides(&self) -> BTreeSet<Capability> {
        let said = self.0.metadata.provides().iter().cloned();
        said.chain(self.0.definitions.iter().flat_map(Definition::provides))
            .collect()
    }
}
