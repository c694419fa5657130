//! The upgrade edges of a release: `replaces`, `skips`, `skipRange`.

use catalog_conditions::document::{Fields, Node, Reader};
use catalog_conditions::version::{Version, VersionRange};

use super::values::{parse_range, version};
use crate::metadata::Metadata;

/// Reads the edges; `own` is the release's version, where it can be read.
pub(super) fn read(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    metadata: &mut Metadata,
    own: Option<&Version>,
) {
    if let Some(node) = fields.take("replaces") {
        metadata.replaces = edge(reader, node, "replaces", own);
    }
    if let Some(node) = fields.take("skips") {
        let items = reader.items(node, "skips").unwrap_or_default();
        metadata.skips = items
            .iter()
            .filter_map(|item| edge(reader, item, "skips", own))
            .collect();
    }
    if let Some(node) = fields.take("skipRange") {
        metadata.skip_range = parse_range(reader, node, "skipRange");
        if let (Some(range), Some(own)) = (&metadata.skip_range, own) {
            warn_of_range(reader, node, range, own);
        }
    }
}

/// An installed package moves only up: an edge from the release itself or from a higher one is never taken.
fn edge(reader: &mut Reader<'_>, node: &Node, key: &str, own: Option<&Version>) -> Option<Version> {
    let from = version(reader, node, key)?;
    if let Some(own) = own.filter(|own| from >= **own || from.same_precedence_and_build(own)) {
        let message = format!(
            "`{key}` names {from}, which is not below this release, {own}: nothing is upgraded downwards"
        );
        let diagnostic = reader.warning("upgrade.down", node.span(), message);
        reader.report(diagnostic.help("name the versions that are upgraded to this one"));
    }
    Some(from)
}

fn warn_of_range(reader: &mut Reader<'_>, node: &Node, range: &VersionRange, own: &Version) {
    let Ok(below) = VersionRange::parse(&format!("<{own}")) else {
        return;
    };
    if range.set().is_subset(below.set()) {
        return;
    }
    let message = if range.set().is_disjoint(below.set()) {
        format!(
            "`skipRange` takes no version below this release, {own}: nothing is upgraded downwards"
        )
    } else {
        format!(
            "`skipRange` takes versions that are not below this release, {own}: nothing is upgraded downwards"
        )
    };
    let diagnostic = reader.warning("upgrade.down", node.span(), message);
    reader.report(diagnostic.help(format!("end the range below this release: `<{own}`")));
}
