//! What a catalog could bring.

use std::fmt;

/// Something that a condition misses and that a release can bring, so that the condition can be asked again once it is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Missing {
    /// A kind that the cluster does not serve.
    Api {
        /// The API group; empty for the core group.
        group: String,
        /// The version, if the condition asks for one.
        version: Option<String>,
        /// The kind.
        kind: String,
    },
    /// A CustomResourceDefinition.
    Crd {
        /// Its name, such as `widgets.example.com`.
        name: String,
    },
    /// An OAM definition (`core.oam.dev`).
    Definition {
        /// Its kind, such as `TraitDefinition`.
        kind: String,
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api {
                group,
                version,
                kind,
            } => {
                f.write_str("API ")?;
                for part in [Some(group), version.as_ref()]
                    .into_iter()
                    .flatten()
                    .filter(|part| !part.is_empty())
                {
                    write!(f, "{part}/")?;
                }
                f.write_str(kind)
            }
            Self::Crd { name } => write!(f, "CRD {name}"),
            Self::Definition { kind, name } => write!(f, "{kind} {name}"),
        }
    }
}
