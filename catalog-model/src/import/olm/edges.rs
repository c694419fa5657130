//! What a bundle is upgraded from.

use catalog_conditions::version::{Version, VersionRange};

use crate::write::MetadataFile;

/// The versions that a bundle replaces or skips, of one channel or of the bundle itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Edges {
    pub(super) replaces: Option<String>,
    pub(super) skips: Vec<String>,
    pub(super) skip_range: Option<String>,
}

impl Edges {
    /// Adds these to what a release has. One version is replaced: what further channels replace may be upgraded directly too, which is
    /// what skipping says.
    pub(super) fn add_to(&self, metadata: &mut MetadataFile) {
        match (&self.replaces, &metadata.replaces) {
            (Some(version), None) => metadata.replaces = Some(version.clone()),
            (Some(version), Some(first)) if version != first => skip(metadata, version),
            _ => {}
        }
        for version in &self.skips {
            skip(metadata, version);
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
