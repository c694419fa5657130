//! Universes in JSON: dependency data in its barest form.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use catalog_model::Capability;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
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

/// A map of which no key may be there twice: whoever reads the last one alone passes over what the others say.
struct Once<V>(BTreeMap<String, V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Once<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OnceVisitor(PhantomData))
    }
}

struct OnceVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for OnceVisitor<V> {
    type Value = Once<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut read = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if read.contains_key(&key) {
                let message = format!("`{key}` is there twice: remove one of them");
                return Err(A::Error::custom(message));
            }
            read.insert(key, map.next_value()?);
        }
        Ok(Once(read))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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
#[serde(deny_unknown_fields)]
struct RawDependency {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    optional: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// If the text is not JSON, or not of that shape: a key that is not known, and one that is there twice, are errors, as what they say would
    /// be passed over. A version or range that cannot be read is a [diagnostic](Self::diagnostics), and leaves its release out.
    pub fn from_json(text: &str) -> Result<Self, UniverseError> {
        let packages: Once<Once<RawRelease>> =
            serde_json::from_str(text).map_err(|source| UniverseError { source })?;
        let mut builder = Self::builder();
        for (package, releases) in packages.0 {
            for (version, release) in releases.0 {
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
