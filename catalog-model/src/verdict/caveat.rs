//! What a verdict does not see.

use std::fmt;

use catalog_conditions::show::one_line;

/// Something that a verdict could not look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Caveat {
    /// The snapshot was saved without `--show-managed-fields`: a field that the document states no more is not seen to go.
    RemovalsUnseen,
    /// The same of a CRD, whose `spec` is compared whole: a label, annotation or owner that the document does not state is not seen to go.
    MetadataRemovalsUnseen,
    /// What stands at this JSON pointer is a program or template, or was one of another kind: it is compared as a text.
    ComparedAsText(String),
    /// Our field manager has the object, and no label says for which package.
    PackageUnknown,
    /// No CRD in the snapshot says how objects of the kind are merged: lists are compared as a whole, and defaults count as changes.
    SchemaUnknown,
    /// The snapshot was saved without `--show-managed-fields`: who owns the fields that change, and whether an apply has to be forced, is not known.
    ConflictsUnseen,
    /// Somebody wrote the object in this version of its API: which of the fields that change are theirs is not known.
    OwnedInAnotherVersion(String),
}

impl Caveat {
    /// A stable name, as `removalsUnseen`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::RemovalsUnseen => "removalsUnseen",
            Self::MetadataRemovalsUnseen => "metadataRemovalsUnseen",
            Self::ComparedAsText(_) => "comparedAsText",
            Self::PackageUnknown => "packageUnknown",
            Self::SchemaUnknown => "schemaUnknown",
            Self::ConflictsUnseen => "conflictsUnseen",
            Self::OwnedInAnotherVersion(_) => "ownedInAnotherVersion",
        }
    }
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RemovalsUnseen => f.write_str(
                "what the document states no more is not seen: save the cluster with `--show-managed-fields`",
            ),
            Self::MetadataRemovalsUnseen => f.write_str(
                "labels, annotations and owners that the document states no more are not seen: save the cluster with `--show-managed-fields`",
            ),
            Self::ComparedAsText(pointer) => {
                write!(f, "`{}` is compared as a text", one_line(pointer))
            }
            Self::PackageUnknown => {
                f.write_str("our field manager has it, and no label says for which package")
            }
            Self::SchemaUnknown => {
                f.write_str("the snapshot has no CRD of the kind: lists are compared as a whole")
            }
            Self::ConflictsUnseen => f.write_str(
                "whether others own what changes is not seen: save the cluster with `--show-managed-fields`",
            ),
            Self::OwnedInAnotherVersion(version) => write!(
                f,
                "somebody wrote it in `{}`: whether what changes is theirs is not seen",
                one_line(version)
            ),
        }
    }
}
