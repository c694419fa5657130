//! The version of a cluster.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use super::error::{Fault, Problem, VersionError};
use super::identifier;
use super::package_version::Version;
use super::read::{self, LeadingZeros, Parts};

/// The version of a cluster, as its API server or its vendor states it.
///
/// Reading is lenient: `v1.28.3`, `1.28` and the `1.28+` of a server's minor version. A prerelease counts only if its
/// first identifier is alpha, beta or rc, the ones that Kubernetes itself publishes; anything else (`-gke.100`,
/// `-eks-abc`, `+k3s1`) is the vendor's build and never decides: it is kept in the text, and `v1.28.3-gke.100` equals,
/// orders and hashes as `1.28.3`.
///
/// ```
/// use catalog_conditions::version::KubeVersion;
///
/// let of_vendor = KubeVersion::parse("v1.28.3-gke.100")?;
/// assert_eq!(of_vendor, KubeVersion::parse("1.28.3")?);
/// assert!(of_vendor > KubeVersion::parse("v1.28.3-rc.1")?);
/// assert_eq!(of_vendor.as_str(), "v1.28.3-gke.100");
/// # Ok::<(), catalog_conditions::version::VersionError>(())
/// ```
#[derive(Clone)]
pub struct KubeVersion {
    text: Arc<str>,
    /// What the text means, in canonical text and without build metadata: its equality is the equality of meanings.
    release: Version,
}

impl KubeVersion {
    /// Reads a cluster's version.
    ///
    /// # Errors
    ///
    /// If the text does not begin with one to three numbers, with or without a leading `v`, or a prerelease that counts is
    /// not one that SemVer knows, or the text is longer than 4096 bytes. Leading zeros are read.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let read = || {
            let parts = read::cut(text)?;
            if let Some(offset) = parts.wildcard {
                return Err(Fault::new(offset, Problem::WildcardInVersion));
            }
            let (prerelease, _) = split_vendor_build(&parts)?;
            Ok(Self {
                text: text.into(),
                release: Version::from_parts(parts.core, &prerelease, ""),
            })
        };
        read().map_err(|fault| VersionError::new(text, fault))
    }

    /// The text the cluster gave, with the vendor's build.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first number.
    #[must_use]
    pub fn major(&self) -> u64 {
        self.release.major()
    }

    /// The second number; 0 if there is none.
    #[must_use]
    pub fn minor(&self) -> u64 {
        self.release.minor()
    }

    /// The third number; 0 if there is none.
    #[must_use]
    pub fn patch(&self) -> u64 {
        self.release.patch()
    }

    /// The prerelease if Kubernetes published one, as in `rc.1`; empty otherwise, whatever the vendor appended.
    #[must_use]
    pub fn prerelease(&self) -> &str {
        self.release.prerelease()
    }

    /// The version without the vendor's build, which is what orders it.
    pub(super) fn release(&self) -> &Version {
        &self.release
    }
}

/// The prerelease that counts, without leading zeros, and whether there is one that is the vendor's instead.
pub(super) fn split_vendor_build(parts: &Parts<'_>) -> Result<(String, bool), Fault> {
    let Some(piece) = parts.prerelease else {
        return Ok((String::new(), false));
    };
    let first = identifier::split(piece.text).next().unwrap_or_default();
    if !matches!(first, "alpha" | "beta" | "rc") {
        return Ok((String::new(), true));
    }
    read::check_identifiers(piece, LeadingZeros::Allowed)?;
    Ok((identifier::canonical(piece.text), false))
}

impl FromStr for KubeVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        Self::parse(text)
    }
}

impl Ord for KubeVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.release.cmp(&other.release)
    }
}

impl PartialOrd for KubeVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for KubeVersion {
    fn eq(&self, other: &Self) -> bool {
        self.release == other.release
    }
}

impl Eq for KubeVersion {}

impl Hash for KubeVersion {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.release.hash(state);
    }
}

impl fmt::Display for KubeVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

impl fmt::Debug for KubeVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KubeVersion({})", self.text)
    }
}
