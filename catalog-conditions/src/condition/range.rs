//! `range`: whether a version lies in a range of versions.

use serde_json::Value;

use super::reading::{Read, Reading};
use crate::version::{KubeVersionRange, Prereleases, VersionRange};

/// A range of versions, and how a value is read to be asked whether it is in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Range {
    Semver(VersionRange),
    Image(VersionRange),
    Kube(KubeVersionRange),
}

impl Range {
    pub(crate) fn reading(&self) -> Reading {
        match self {
            Self::Semver(_) => Reading::Semver,
            Self::Image(_) => Reading::ImageVersion,
            Self::Kube(_) => Reading::KubeVersion,
        }
    }

    /// `None` if the value does not read as such a version.
    pub(crate) fn contains(&self, actual: &Value) -> Option<bool> {
        match (self, self.reading().read(actual)?) {
            (Self::Semver(range) | Self::Image(range), Read::Version(version)) => {
                Some(range.matches(&version, Prereleases::Named))
            }
            (Self::Kube(range), Read::KubeVersion(version)) => Some(range.matches(&version)),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Semver(range) | Self::Image(range) => range.as_str(),
            Self::Kube(range) => range.as_str(),
        }
    }
}
