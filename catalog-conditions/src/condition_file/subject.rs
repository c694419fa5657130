//! What a question is about, as far as its operators and values depend on that.

use crate::condition::{Measure, ObjectTarget, Reading, Target};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The cluster's version.
    KubeVersion,
    /// Something that is there or not, and has no value.
    Presence,
    NodeCount,
    NodeQuantity,
    /// An object as a whole, or a selection of objects.
    Object,
    /// A field.
    Field,
}

impl Subject {
    pub(super) fn of(target: &Target) -> Self {
        match target {
            Target::KubeVersion => Self::KubeVersion,
            Target::Api(_) | Target::Crd(_) | Target::DefaultStorageClass | Target::Access(_) => {
                Self::Presence
            }
            Target::Nodes(nodes) if nodes.measure == Measure::Count => Self::NodeCount,
            Target::Nodes(_) => Self::NodeQuantity,
            Target::Object(ObjectTarget { field: None, .. }) => Self::Object,
            Target::Object(_) => Self::Field,
        }
    }

    /// How values are read without `as`, which then can say nothing else.
    pub(super) fn implied_reading(self) -> Option<Reading> {
        match self {
            Self::KubeVersion => Some(Reading::KubeVersion),
            Self::NodeCount => Some(Reading::Number),
            Self::NodeQuantity => Some(Reading::Quantity),
            _ => None,
        }
    }
}
