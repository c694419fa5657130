//! `range`: whether a version lies in a range of versions.

use std::fmt;

use serde_json::Value;

use super::kube_comparison::KubeComparison;
use super::reading::{Read, Reading};
use crate::version::{KubeVersionRange, Prereleases, VersionRange};

/// A range of versions, and how a value is read to be asked whether it is in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Range {
    Semver(VersionRange),
    Image(VersionRange),
    Kube(KubeVersionRange),
    /// A comparison with a cluster version.
    KubeCompared(KubeComparison),
}

impl Range {
    pub(crate) fn reading(&self) -> Reading {
        match self {
            Self::Semver(_) => Reading::Semver,
            Self::Image(_) => Reading::ImageVersion,
            Self::Kube(_) | Self::KubeCompared(_) => Reading::KubeVersion,
        }
    }

    /// `None` if the value does not read as such a version.
    pub(crate) fn contains(&self, actual: &Value) -> Option<bool> {
        match (self, self.reading().read(actual)?) {
            (Self::Semver(range) | Self::Image(range), Read::Version(version)) => {
                Some(range.matches(&version, Prereleases::Named))
            }
            (Self::Kube(range), Read::KubeVersion(version)) => Some(range.matches(&version)),
            (Self::KubeCompared(compared), Read::KubeVersion(version)) => {
                Some(compared.holds(&version))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Semver(range) | Self::Image(range) => range.as_str(),
            Self::Kube(range) => range.as_str(),
            Self::KubeCompared(compared) => return compared.fmt(f),
        };
        let reading = self.reading().as_str();
        write!(f, "range {} ({reading})", crate::show::text(text))
    }
}
