//! A chart in the version folder, beside where it is said to come from.

use catalog_conditions::document::{Node, Reader};
use catalog_conditions::version::{Prereleases, Version, VersionRange};

use super::folder::VersionFolder;
use crate::module::ChartRemote;

/// Warns where the chart at `path` is of another version than `remote` says: the one at `path` is installed.
pub(super) fn compare(
    reader: &mut Reader<'_>,
    node: &Node,
    folder: &VersionFolder<'_>,
    path: &str,
    remote: &ChartRemote,
) {
    let Some(said) = &remote.version else { return };
    let Some(there) = folder.chart_version(path) else {
        return;
    };
    if agree(&there, said) {
        return;
    }
    let written = node
        .value("remote")
        .and_then(|remote| remote.value("version"));
    let shown: String = there.chars().take(64).collect();
    let message = format!("the chart at `path` has version `{shown}`, and `remote` names another");
    let diagnostic = reader.warning("remote.version", written.unwrap_or(node).span(), message);
    reader.report(diagnostic.help(format!(
        "the chart at `path` is what is installed: write `version: {shown}`, or put that version there"
    )));
}

fn agree(there: &str, said: &str) -> bool {
    let Ok(version) = Version::parse(there) else {
        return there == said;
    };
    match (Version::parse(said), VersionRange::parse(said)) {
        (Ok(said), _) => said.same_precedence_and_build(&version),
        (_, Ok(range)) => range.matches(&version, Prereleases::Allowed),
        _ => false,
    }
}
