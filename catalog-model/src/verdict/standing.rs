//! How a definition stands to what is in a cluster.

use std::fmt;

use catalog_conditions::show::one_line;

use super::caveat::Caveat;
use super::change::FieldChange;
use super::conflict::FieldConflict;
use super::immutable::ImmutableField;
use super::oam::ParameterBreak;
use super::owner::Owner;
use crate::crd_safety::{Audience, Break, Hit};
use crate::definition::ObjectIdentity;
use catalog_conditions::version::Version;

/// What applying a definition means to a cluster. Of several that hold, the one that is listed last counts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// It is there, and says the same.
    UpToDate,
    /// It is not there.
    Install,
    /// It is there, ours, and changes.
    Upgrade(Vec<FieldChange>),
    /// It is there, ours, and of a newer release: this one.
    Downgrade(Version),
    /// It is there, and nobody's marks are on it.
    Unowned,
    /// It is somebody else's.
    OwnedByOther(Owner),
    /// What is there is not known, and why.
    Unknown(String),
    /// Something that worked would not any more, or the server would refuse it.
    Incompatible(Vec<Incompatibility>),
}

/// Something that works before an apply and not afterwards, or that keeps the server from taking it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Incompatibility {
    /// In a CRD.
    Crd(Break),
    /// In the parameters of an OAM definition.
    Parameter(ParameterBreak),
    /// In a field that nobody may change: the server refuses the apply.
    Immutable(ImmutableField),
    /// In a field that somebody else owns with another value: the server refuses the apply unless it is forced.
    Conflict(FieldConflict),
}

/// A definition beside a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinitionVerdict {
    pub(super) object: ObjectIdentity,
    pub(super) verdict: Verdict,
    pub(super) owner: Option<Owner>,
    pub(super) changes: Vec<FieldChange>,
    pub(super) breaks: Vec<Incompatibility>,
    pub(super) caveats: Vec<Caveat>,
}

impl Verdict {
    /// A stable name, as `upToDate`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::UpToDate => "upToDate",
            Self::Install => "install",
            Self::Upgrade(_) => "upgrade",
            Self::Downgrade(_) => "downgrade",
            Self::Unowned => "unowned",
            Self::OwnedByOther(_) => "ownedByOther",
            Self::Unknown(_) => "unknown",
            Self::Incompatible(_) => "incompatible",
        }
    }

    /// How bad it is, from 0 for [`UpToDate`](Self::UpToDate) to 7 for [`Incompatible`](Self::Incompatible).
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self {
            Self::UpToDate => 0,
            Self::Install => 1,
            Self::Upgrade(_) => 2,
            Self::Downgrade(_) => 3,
            Self::Unowned => 4,
            Self::OwnedByOther(_) => 5,
            Self::Unknown(_) => 6,
            Self::Incompatible(_) => 7,
        }
    }
}

impl fmt::Display for Verdict {
    /// A few words: `changes in 2 fields`, `is the Helm release monitoring/loki's`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            _ => format!("{count} {what}s"),
        };
        match self {
            Self::UpToDate => f.write_str("up to date"),
            Self::Install => f.write_str("to be installed"),
            Self::Upgrade(changes) => write!(f, "changes in {}", counted(changes.len(), "field")),
            Self::Downgrade(version) => {
                write!(f, "would go back: {} is there", one_line(version.as_str()))
            }
            Self::Unowned => f.write_str("there already, and nobody's"),
            Self::OwnedByOther(owner) => write!(f, "belongs to {owner}"),
            Self::Unknown(reason) => write!(f, "not known: {}", one_line(reason)),
            Self::Incompatible(breaks) => write!(f, "breaks in {}", counted(breaks.len(), "way")),
        }
    }
}

impl fmt::Display for Incompatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crd(found) => found.fmt(f),
            Self::Parameter(found) => found.fmt(f),
            Self::Immutable(found) => found.fmt(f),
            Self::Conflict(found) => found.fmt(f),
        }
    }
}

impl Incompatibility {
    /// The stable code: `crd.field.removed`, `oam.parameter.removed`, `object.immutable`, `object.conflict`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Crd(found) => found.code(),
            Self::Parameter(found) => found.kind().code(),
            Self::Immutable(_) => "object.immutable",
            Self::Conflict(_) => "object.conflict",
        }
    }

    /// Whom it hits.
    #[must_use]
    pub fn hits(&self) -> Audience {
        match self {
            Self::Crd(found) => found.hits(),
            Self::Parameter(_) => Audience::from([Hit::Create]),
            Self::Immutable(_) | Self::Conflict(_) => Audience::from([Hit::Apply]),
        }
    }
}

impl DefinitionVerdict {
    /// The definition, in the namespace where it was looked for.
    #[must_use]
    pub fn object(&self) -> &ObjectIdentity {
        &self.object
    }

    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Whose the object in the cluster is, if it is there and somebody's.
    #[must_use]
    pub fn owner(&self) -> Option<&Owner> {
        self.owner.as_ref()
    }

    /// The fields that change, by their place, whatever the verdict is.
    #[must_use]
    pub fn changes(&self) -> &[FieldChange] {
        &self.changes
    }

    /// What breaks, whatever the verdict is: conflicts too where the object is not ours.
    #[must_use]
    pub fn breaks(&self) -> &[Incompatibility] {
        &self.breaks
    }

    /// What could not be looked at.
    #[must_use]
    pub fn caveats(&self) -> &[Caveat] {
        &self.caveats
    }
}
