//! What a bundle is upgraded from.

use catalog_conditions::document::{Entry, Node};
use catalog_conditions::version::{Version, VersionRange};

use super::names::{Meant, Names};
use crate::import::outcome::{Place, Report};
use crate::import::reading::{Reading, brief};
use crate::write::MetadataFile;

/// The bundles that a bundle replaces or skips, of one channel or of the bundle itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Edges {
    pub(super) replaces: Option<Edge>,
    pub(super) skips: Vec<Edge>,
    pub(super) skip_range: Option<String>,
}

/// The name of a bundle that is upgraded from, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    name: String,
    place: Place,
}

impl Edge {
    /// What is replaced.
    pub(super) fn read(reading: &mut Reading<'_>, entry: &Entry) -> Option<Self> {
        let name = reading.text(entry)?;
        Some(Self::new(reading, entry.value(), name))
    }

    /// What is skipped.
    pub(super) fn read_all(reading: &mut Reading<'_>, entry: &Entry) -> Vec<Self> {
        let names = reading.texts(entry);
        let names = names.into_iter();
        names
            .map(|name| Self::new(reading, entry.value(), name))
            .collect()
    }

    fn new(reading: &Reading<'_>, node: &Node, name: String) -> Self {
        let place = Place::line(reading.file.path(), reading.file.line(node.span().start));
        Self { name, place }
    }
}

/// What makes versions of names, for one bundle.
pub(super) struct Resolver<'a> {
    pub(super) names: &'a Names,
    /// The bundle's own name.
    pub(super) own: &'a str,
    pub(super) report: &'a mut Report,
}

impl Resolver<'_> {
    /// The version that is upgraded from; `None`, reported, if it is not known.
    fn version(&mut self, metadata: &MetadataFile, edge: &Edge, key: &str) -> Option<String> {
        let own = (self.own, metadata.version.as_str());
        let (version, why) = match self.names.meant(&metadata.name, own, &edge.name) {
            Ok(Meant::Bundle(version)) => return Some(version.to_owned()),
            Ok(Meant::Absent(version)) => {
                let why = format!(
                    "no bundle of the package has the name `{}`; it is kept as the version that the name says, which is not in the catalog",
                    brief(&edge.name)
                );
                (Some(version.to_owned()), why)
            }
            Err(why) => (None, why),
        };
        (self.report).lost_place(edge.place.clone(), format!("`{key}`"), why);
        version
    }
}

impl Edges {
    /// Adds these to what a release has. One version is replaced: what further channels replace may be upgraded directly too, which is
    /// what skipping says.
    pub(super) fn add_to(&self, metadata: &mut MetadataFile, resolver: &mut Resolver<'_>) {
        let replaced =
            (self.replaces.as_ref()).and_then(|edge| resolver.version(metadata, edge, "replaces"));
        match (replaced, &metadata.replaces) {
            (Some(version), None) => metadata.replaces = Some(version),
            (Some(version), Some(first)) if version != *first => skip(metadata, &version),
            _ => {}
        }
        for edge in &self.skips {
            if let Some(version) = resolver.version(metadata, edge, "skips") {
                skip(metadata, &version);
            }
        }
        let Some(range) = &self.skip_range else {
            return;
        };
        let joined = match &metadata.skip_range {
            Some(first) if first == range => return,
            Some(first) => format!("{first} || {range}"),
            None => range.clone(),
        };
        if VersionRange::parse(&joined).is_ok() {
            metadata.skip_range = Some(joined);
        }
    }
}

fn skip(metadata: &mut MetadataFile, version: &str) {
    let is_known = metadata.replaces.as_deref() == Some(version)
        || metadata.skips.iter().any(|known| known == version);
    if !is_known {
        metadata.skips.push(version.to_owned());
    }
}

/// The version in the name of a bundle: `etcdoperator.v0.9.4` is of 0.9.4.
pub(super) fn version_of(name: &str) -> Option<&str> {
    let at_mark = name.split_once(".v").map(|(_, version)| version);
    let at_dot = name.split_once('.').map(|(_, version)| version);
    let mut versions = [at_mark, at_dot].into_iter().flatten();
    versions.find(|version| Version::parse(version).is_ok())
}

#[cfg(test)]
mod tests {
    use super::version_of;

    #[test]
    fn versions_in_names() {
        assert_eq!(version_of("etcdoperator.v0.9.4"), Some("0.9.4"));
        assert_eq!(version_of("my-operator.1.2.0-rc.1"), Some("1.2.0-rc.1"));
        assert_eq!(version_of("kuadrant.v1"), Some("1"));
        assert_eq!(version_of("operator"), None);
    }
}
