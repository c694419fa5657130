//! What packages provide for each other, whoever does.

use std::fmt;

use thiserror::Error;

/// Something that one package requires and another, or the cluster, provides. Equal capabilities match; nothing else does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// An API that is served: `monitoring.coreos.com/v1/ServiceMonitor`; the core group is empty.
    Api {
        /// The API group; empty for the core group.
        group: String,
        /// The version.
        version: String,
        /// The kind.
        kind: String,
    },
    /// An object that extends the platform: `core.oam.dev/TraitDefinition/autoscaler`.
    Definition {
        /// The API group of the definition.
        group: String,
        /// The kind of definition.
        kind: String,
        /// Its name.
        name: String,
    },
    /// A free name that packages agree on: `ingress-controller`.
    Name(String),
}

/// Why a text is no [`Capability`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not {expected}")]
pub struct CapabilityError {
    text: String,
    expected: &'static str,
}

impl Capability {
    /// The bytes of its texts.
    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::Api {
                group,
                version,
                kind,
            } => group.capacity() + version.capacity() + kind.capacity(),
            Self::Definition { group, kind, name } => {
                group.capacity() + kind.capacity() + name.capacity()
            }
            Self::Name(name) => name.capacity(),
        }
    }

    /// Reads `group/version/Kind`, or `version/Kind` for the core group.
    ///
    /// # Errors
    ///
    /// Any other number of parts, or an empty one.
    pub fn parse_api(text: &str) -> Result<Self, CapabilityError> {
        let parts: Vec<&str> = text.split('/').collect();
        let (group, version, kind) = match parts[..] {
            [group, version, kind] if !group.is_empty() => (group, version, kind),
            [version, kind] => ("", version, kind),
            _ => ("", "", ""),
        };
        if version.is_empty() || kind.is_empty() || is_unfit(text) {
            return Err(error(
                text,
                "an API: write `group/version/Kind`, as `monitoring.coreos.com/v1/ServiceMonitor`",
            ));
        }
        Ok(Self::Api {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
        })
    }

    /// Reads `group/Kind/name`.
    ///
    /// # Errors
    ///
    /// Any other number of parts, or an empty one.
    pub fn parse_definition(text: &str) -> Result<Self, CapabilityError> {
        match text.split('/').collect::<Vec<_>>()[..] {
            [group, kind, name]
                if !group.is_empty() && !kind.is_empty() && !name.is_empty() && !is_unfit(text) =>
            {
                Ok(Self::Definition {
                    group: group.into(),
                    kind: kind.into(),
                    name: name.into(),
                })
            }
            _ => Err(error(
                text,
                "a definition: write `group/Kind/name`, as `core.oam.dev/TraitDefinition/autoscaler`",
            )),
        }
    }

    /// Reads a free name: any text without `/` or white space.
    ///
    /// # Errors
    ///
    /// An empty text, or one with `/` or white space.
    pub fn parse_name(text: &str) -> Result<Self, CapabilityError> {
        if text.is_empty() || text.contains('/') || is_unfit(text) {
            return Err(error(
                text,
                "a capability's name: write one word, as `ingress-controller`",
            ));
        }
        Ok(Self::Name(text.into()))
    }
}

/// White space, or the `*` that a reader would take for "any": a capability is one thing.
fn is_unfit(text: &str) -> bool {
    text.contains(|c: char| c.is_whitespace() || c == '*')
}

fn error(text: &str, expected: &'static str) -> CapabilityError {
    CapabilityError {
        text: text.chars().take(128).collect(),
        expected,
    }
}

impl fmt::Display for Capability {
    /// As the format writes it, without the key: `monitoring.coreos.com/v1/ServiceMonitor`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api {
                group,
                version,
                kind,
            } if group.is_empty() => write!(f, "{version}/{kind}"),
            Self::Api {
                group,
                version,
                kind,
            } => write!(f, "{group}/{version}/{kind}"),
            Self::Definition { group, kind, name } => write!(f, "{group}/{kind}/{name}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}
