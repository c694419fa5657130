//! Objects that a package adds to the platform: CRDs, OAM definitions, and others.

mod crd;
mod identity;
mod oam;

use std::sync::Arc;

use serde_json::Value;

pub use self::crd::{Conversion, Crd, CrdVersion, ResourceScope};
pub use self::identity::ObjectIdentity;
pub use self::oam::{OamDefinition, OamKind, Schematic};
use crate::capability::Capability;
use crate::origin::Origin;

/// One object of `definitions/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    pub(crate) identity: ObjectIdentity,
    pub(crate) origin: Origin,
    pub(crate) object: Arc<Value>,
}

impl Definition {
    /// Which object it is.
    #[must_use]
    pub fn identity(&self) -> &ObjectIdentity {
        &self.identity
    }

    /// The file it stands in, relative to the version folder.
    #[must_use]
    pub fn file(&self) -> &str {
        self.origin.file()
    }

    /// Where it is written.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The object, as kubectl would send it.
    #[must_use]
    pub fn object(&self) -> &Value {
        &self.object
    }

    /// What it says as a CustomResourceDefinition; `None` if it is something else.
    #[must_use]
    pub fn crd(&self) -> Option<Crd<'_>> {
        self.identity.is_crd().then(|| Crd::new(&self.object))
    }

    /// What it says as a definition of KubeVela's; `None` if it is something else.
    #[must_use]
    pub fn oam(&self) -> Option<OamDefinition<'_>> {
        let kind = OamKind::of(&self.identity)?;
        Some(OamDefinition::new(kind, &self.object))
    }

    /// What it provides by being there: itself, for OAM definitions and CRDs, and each API version that a CRD serves.
    pub fn provides(&self) -> impl Iterator<Item = Capability> + '_ {
        let identity = &self.identity;
        let itself = identity.is_definition().then(|| Capability::Definition {
            group: identity.group.clone(),
            kind: identity.kind.clone(),
            name: identity.name.clone(),
        });
        let served = self.crd().map(Crd::served).into_iter().flatten();
        itself.into_iter().chain(served)
    }

    /// What it cannot do without, as far as it says so: the workload that an OAM definition makes, and the resource or definition that
    /// it refers to. Kinds that Kubernetes itself brings are left out, and nothing is asked for by this alone: what a release requires
    /// stands in its metadata.
    pub fn requires(&self) -> impl Iterator<Item = Capability> + '_ {
        self.oam().into_iter().flat_map(OamDefinition::requires)
    }
}
