//! Universes in JSON: dependency data in its barest form.

use std::collections::BTreeMap;

use catalog_model::Capability;
use serde::Deserialize;
use thiserror::Error;

use super::Universe;
use super::spec::ReleaseSpec;

/// Why a text is no universe.
#[derive(Debug, Error)]
#[error("not a universe, at line {} column {}: {}", .source.line(), .source.column(), plain(.source))]
pub struct UniverseError {
    source: serde_json::Error,
}

impl UniverseError {
    /// The line of the text, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.source.line()
    }

    /// The column of the text, in bytes, counted from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.source.column()
    }
}

/// The message without the place, which is said already.
fn plain(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((before, _)) => before.to_owned(),
        None => message,
    }
}

#[derive(Deserialize)]
struct RawRelease {
    #[serde(default)]
    dependencies: Vec<RawDependency>,
    #[serde(default)]
    conflicts: Vec<RawConflict>,
    #[serde(default)]
    provides: Vec<String>,
    #[serde(default)]
    requires: Vec<String>,
}

#[derive(Deserialize)]
struct RawDependency {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    optional: bool,
}

#[derive(Deserialize)]
struct RawConflict {
    name: String,
    #[serde(default)]
    version: String,
}

impl Universe {
    /// Reads `{package: {version: {"dependencies": [{"name", "version", "optional"}], "conflicts": [{"name", "version"}],
    /// "provides": [text], "requires": [text]}}}`. All keys of a release may be missing, and so may a `version` in a list,
    /// which then is any. Every release is cluster-wide; a capability is a free name.
    ///
    /// # Errors
    ///
    /// If the text is not JSON, or not of that shape. A version or range that cannot be read is a
    /// [diagnostic](Self::diagnostics), and leaves its release out.
    pub fn from_json(text: &str) -> Result<Self, UniverseError> {
        let packages: BTreeMap<String, BTreeMap<String, RawRelease>> =
            serde_json::from_str(text).map_err(|source| UniverseError { source })?;
        let mut builder = Self::builder();
        for (package, releases) in packages {
            for (version, release) in releases {
                builder.add(release.into_spec(&package, &version));
            }
        }
        Ok(builder.build())
    }
}

impl RawRelease {
    fn into_spec(self, package: &str, version: &str) -> ReleaseSpec {
        let mut spec = ReleaseSpec::new(package, version);
        for dependency in self.dependencies {
            let (name, range) = (dependency.name, dependency.version);
            spec = if dependency.optional {
                spec.optional_dependency(name, range)
            } else {
                spec.dependency(name, range)
            };
        }
        for conflict in self.conflicts {
            spec = spec.conflict(conflict.name, conflict.version);
        }
        spec.provides = self.provides.into_iter().map(Capability::Name).collect();
        spec.requires = self.requires.into_iter().map(Capability::Name).collect();
        spec
    }
}
