//! Objects that a package adds to the platform: CRDs, OAM definitions, and others.

mod crd;
mod identity;
mod manifests;
mod oam;

use std::fmt;
use std::sync::Arc;

use catalog_conditions::document::Limits;
use serde_json::Value;

pub use self::crd::{Conversion, Crd, CrdVersion, ResourceScope};
pub use self::identity::ObjectIdentity;
pub(crate) use self::identity::{CRD, CRDS, OAM};
pub(crate) use self::manifests::{Manifests, expand};
pub use self::oam::{OamDefinition, OamKind, Schematic};
use crate::capability::Capability;
use crate::origin::Origin;

/// One object of `definitions/`.
///
/// Releases whose files are equal share it, and a copy costs a counter. What it is and what it provides is known from loading; its
/// object is made when it is first asked for.
#[derive(Clone)]
pub struct Definition {
    written: Arc<Written>,
}

/// What is read of a definition once, for all releases that have it.
struct Written {
    identity: ObjectIdentity,
    origin: Origin,
    /// Itself, if that is something to others, and what it serves.
    provides: Vec<Capability>,
    manifests: Arc<Manifests>,
    index: usize,
}

impl Definition {
    /// The object at `index` among the manifests of its file, and the APIs that it serves.
    pub(crate) fn new(
        identity: ObjectIdentity,
        origin: Origin,
        served: Vec<Capability>,
        (manifests, index): (&Arc<Manifests>, usize),
    ) -> Self {
        let itself = identity.is_definition().then(|| Capability::Definition {
            group: identity.group.clone(),
            kind: identity.kind.clone(),
            name: identity.name.clone(),
        });
        let written = Written {
            provides: itself.into_iter().chain(served).collect(),
            identity,
            origin,
            manifests: Arc::clone(manifests),
            index,
        };
        Self {
            written: Arc::new(written),
        }
    }

    /// Which object it is.
    #[must_use]
    pub fn identity(&self) -> &ObjectIdentity {
        &self.written.identity
    }

    /// The file it stands in, relative to the version folder.
    #[must_use]
    pub fn file(&self) -> &str {
        self.written.origin.file()
    }

    /// Where it is written.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.written.origin
    }

    /// The object, as kubectl would send it.
    ///
    /// Cost: the first asking for any object of a file parses the file once more and makes all its objects, for all releases that
    /// have an equal file; they are kept as long as one of their definitions is, and are several times as large as their text, which
    /// is all that is kept before. Later askings cost nothing.
    #[must_use]
    pub fn object(&self) -> &Value {
        self.written.manifests.object(self.written.index)
    }

    /// What it says as a CustomResourceDefinition; `None` if it is something else. Costs what [`object`](Self::object) does.
    #[must_use]
    pub fn crd(&self) -> Option<Crd<'_>> {
        let is_crd = self.identity().is_crd();
        is_crd.then(|| Crd::new(self.object()))
    }

    /// What it says as a definition of KubeVela's; `None` if it is something else. Costs what [`object`](Self::object) does.
    #[must_use]
    pub fn oam(&self) -> Option<OamDefinition<'_>> {
        let kind = OamKind::of(self.identity())?;
        Some(OamDefinition::new(kind, self.object()))
    }

    /// What it provides by being there: itself, for OAM definitions and CRDs, and each API version that a CRD serves. Known
    /// without the object.
    pub fn provides(&self) -> impl Iterator<Item = Capability> + '_ {
        self.provided().iter().cloned()
    }

    /// The same, lent.
    pub(crate) fn provided(&self) -> &[Capability] {
        &self.written.provides
    }

    /// What it cannot do without, as far as it says so: the workload that an OAM definition makes, and the resource or definition that
    /// it refers to. Kinds that Kubernetes itself brings are left out, and nothing is asked for by this alone: what a release requires
    /// stands in its metadata.
    pub fn requires(&self) -> impl Iterator<Item = Capability> + '_ {
        self.oam().into_iter().flat_map(OamDefinition::requires)
    }
}

impl Definition {
    /// What tells it from others as long as both are there.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.written) as usize
    }

    /// Whether both stand at one place of equal texts; `false` where only their objects could tell.
    pub(crate) fn is_same_text(&self, other: &Self) -> bool {
        let (mine, theirs) = (&*self.written, &*other.written);
        Arc::ptr_eq(&self.written, &other.written)
            || (mine.index == theirs.index && mine.manifests.is_same_text(&theirs.manifests))
    }

    /// Reads the text of its file once more: the limits of reading, and its place among the objects, go with it.
    pub(crate) fn reread<T>(&self, read: impl FnOnce(&str, &Limits, usize) -> T) -> T {
        let manifests = &self.written.manifests;
        read(manifests.text(), manifests.limits(), self.written.index)
    }
}

impl PartialEq for Definition {
    /// Whether both are the same object and say the same, wherever they are written. Texts that are equal are not read for it.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.written, &other.written)
            || (self.identity() == other.identity()
                && (self.is_same_text(other) || self.object() == other.object()))
    }
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition")
            .field("identity", self.identity())
            .field("origin", self.origin())
            .field("object", self.object())
            .finish()
    }
}
