//! OAM definitions: what KubeVela's users write applications with.

use catalog_conditions::snapshot::is_cluster_scoped;
use serde_json::Value;

use super::identity::{CRDS, OAM, ObjectIdentity};
use crate::capability::Capability;

/// What KubeVela calls a workload whose kind the template alone tells.
const DETECTED: &str = "autodetects.core.oam.dev";

/// A definition of `core.oam.dev`, read in place.
#[derive(Clone, Copy, Debug)]
pub struct OamDefinition<'a> {
    kind: OamKind,
    object: &'a Value,
}

/// The kinds of OAM definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OamKind {
    /// What an application is made of.
    Component,
    /// What is added to a component.
    Trait,
    /// The kind of object behind components.
    Workload,
    /// What holds for an application as a whole.
    Policy,
    /// A step of a deployment.
    WorkflowStep,
}

/// How a definition makes objects; what stands under `spec.schematic`, each kept as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Schematic<'a> {
    /// A CUE template.
    Cue(&'a str),
    /// A Helm release.
    Helm(&'a Value),
    /// A Terraform configuration.
    Terraform(&'a Value),
    /// A Kubernetes object with parameters.
    Kube(&'a Value),
    /// A kind of schematic that this library does not know.
    Other(&'a str, &'a Value),
}

impl OamKind {
    pub(crate) const ALL: [Self; 5] = [
        Self::Component,
        Self::Trait,
        Self::Workload,
        Self::Policy,
        Self::WorkflowStep,
    ];

    pub(crate) fn of(identity: &ObjectIdentity) -> Option<Self> {
        if identity.group != OAM {
            return None;
        }
        let mut kinds = Self::ALL.into_iter();
        kinds.find(|kind| kind.as_str() == identity.kind)
    }

    /// The `kind` of such a definition, as `TraitDefinition`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Component => "ComponentDefinition",
            Self::Trait => "TraitDefinition",
            Self::Workload => "WorkloadDefinition",
            Self::Policy => "PolicyDefinition",
            Self::WorkflowStep => "WorkflowStepDefinition",
        }
    }
}

impl<'a> OamDefinition<'a> {
    pub(crate) fn new(kind: OamKind, object: &'a Value) -> Self {
        Self { kind, object }
    }

    /// Which kind of definition it is.
    #[must_use]
    pub fn kind(self) -> OamKind {
        self.kind
    }

    /// How it makes objects; `None` if it says nothing, or has more than one way.
    #[must_use]
    pub fn schematic(self) -> Option<Schematic<'a>> {
        let schematic = self.object.pointer("/spec/schematic")?.as_object()?;
        let mut entries = schematic.iter();
        let (Some((kind, value)), None) = (entries.next(), entries.next()) else {
            return None;
        };
        Some(match (kind.as_str(), value) {
            ("cue", _) => Schematic::Cue(value.get("template")?.as_str()?),
            ("helm", _) => Schematic::Helm(value),
            ("terraform", _) => Schematic::Terraform(value),
            ("kube", _) => Schematic::Kube(value),
            (other, _) => Schematic::Other(other, value),
        })
    }

    /// `apiVersion` and `kind` of the objects that are the workload: `spec.workload.definition`.
    #[must_use]
    pub fn workload(self) -> Option<(&'a str, &'a str)> {
        let definition = self.object.pointer("/spec/workload/definition")?;
        let text = |key: &str| definition.get(key)?.as_str();
        Some((text("apiVersion")?, text("kind")?))
    }

    /// The WorkloadDefinition that it names: `spec.workload.type`, unless the template alone tells the kind.
    #[must_use]
    pub fn workload_type(self) -> Option<&'a str> {
        let name = self.object.pointer("/spec/workload/type")?.as_str()?;
        (name != DETECTED).then_some(name)
    }

    /// The resource that it stands for, as `<plural>.<group>`: `spec.definitionRef.name`.
    #[must_use]
    pub fn definition_ref(self) -> Option<&'a str> {
        let name = self.object.pointer("/spec/definitionRef/name")?.as_str()?;
        (name != DETECTED).then_some(name)
    }

    pub(super) fn requires(self) -> impl Iterator<Item = Capability> + 'a {
        let api = self.workload().and_then(|(version, kind)| {
            let (group, version) = version.split_once('/').unwrap_or(("", version));
            // Terraform configurations and the like are the workload of components that KubeVela itself runs.
            let own = is_cluster_scoped(group, kind).is_some() || group == OAM;
            (!own).then(|| Capability::Api {
                group: group.to_owned(),
                version: version.to_owned(),
                kind: kind.to_owned(),
            })
        });
        let workload = self.workload_type().map(|name| Capability::Definition {
            group: OAM.to_owned(),
            kind: "WorkloadDefinition".to_owned(),
            name: name.to_owned(),
        });
        // A group without a dot, or below `k8s.io`, is Kubernetes' own, and no CRD.
        let group = |name: &'a str| name.split_once('.').map(|(_, group)| group);
        let resource = self.definition_ref().filter(|name| {
            group(name).is_some_and(|group| group.contains('.') && !group.ends_with(".k8s.io"))
        });
        let crd = resource.map(|name| Capability::Definition {
            group: CRDS.to_owned(),
            kind: "CustomResourceDefinition".to_owned(),
            name: name.to_owned(),
        });
        [api, workload, crd].into_iter().flatten()
    }
}
