//! Who sets values.

use std::cmp::Reverse;
use std::fmt;

/// Who sets values, weakest first: what stands further down overrides what stands further up.
///
/// ```
/// use catalog_model::parameters::{Asker, LayerOrigin};
///
/// let near = LayerOrigin::Dependency(Asker::new("full-observability", "2.1.0", 0));
/// let far = LayerOrigin::Dependency(Asker::new("grafana", "12.1.0", 1));
/// assert!(near.overrides(&far) && far.overrides(&LayerOrigin::Module));
/// assert_eq!(near.to_string(), "the dependency of full-observability 2.1.0");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayerOrigin {
    /// A module's own defaults: the `values.yaml` of a chart, the defaults of Terraform variables. Here, null is a value.
    Defaults,
    /// The `values` of the module in `modules.yaml`.
    Module,
    /// The `values` under `dependencies` of another package, which asked for this one.
    Dependency(Asker),
    /// What is common to all packages of an installation.
    Environment,
    /// Whoever installs the package.
    User,
}

/// A package that asks for another one and sets values in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asker {
    package: String,
    version: String,
    distance: usize,
}

impl Asker {
    /// A package version that is `distance` dependencies away from what the user asked for: 0 is what the user asked for itself.
    pub fn new(package: impl Into<String>, version: impl Into<String>, distance: usize) -> Self {
        Self {
            package: package.into(),
            version: version.into(),
            distance,
        }
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many dependencies it is away from what the user asked for.
    #[must_use]
    pub fn distance(&self) -> usize {
        self.distance
    }
}

impl fmt::Display for Asker {
    /// Package and version.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.package, self.version)
    }
}

impl LayerOrigin {
    /// Whether what it sets stands against what `other` sets.
    ///
    /// Of two packages that ask from the same distance neither overrides the other by right; [`LayeredValues`](super::LayeredValues)
    /// lets the one whose name is first win, and reports where they differ.
    #[must_use]
    pub fn overrides(&self, other: &Self) -> bool {
        self.rank() > other.rank()
    }

    /// `defaults`, `module`, `dependency`, `environment` or `user`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Defaults => "defaults",
            Self::Module => "module",
            Self::Dependency(_) => "dependency",
            Self::Environment => "environment",
            Self::User => "user",
        }
    }

    /// The package that asked, if one did.
    #[must_use]
    pub fn asker(&self) -> Option<&Asker> {
        match self {
            Self::Dependency(asker) => Some(asker),
            _ => None,
        }
    }

    /// The order in which layers are laid: equal ranks differ in nothing but the asker.
    pub(super) fn rank(&self) -> (u8, Reverse<usize>) {
        let (kind, distance) = match self {
            Self::Defaults => (0, 0),
            Self::Module => (1, 0),
            Self::Dependency(asker) => (2, asker.distance),
            Self::Environment => (3, 0),
            Self::User => (4, 0),
        };
        (kind, Reverse(distance))
    }
}

impl fmt::Display for LayerOrigin {
    /// As in "set by …".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Defaults => f.write_str("the module's defaults"),
            Self::Module => f.write_str("`modules.yaml`"),
            Self::Dependency(asker) => write!(f, "the dependency of {asker}"),
            Self::Environment => f.write_str("the environment"),
            Self::User => f.write_str("the user"),
        }
    }
}
