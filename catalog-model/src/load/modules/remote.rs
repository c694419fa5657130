//! Where the content of a module comes from, kind by kind.

use catalog_conditions::document::{Fields, Node, Reader};

use crate::load::values::{finish, foreign_version};
use crate::module::{ChartRemote, ManifestsRemote, TerraformRemote};
use crate::unknown::UnknownFields;

pub(super) fn chart_remote(
    reader: &mut Reader<'_>,
    node: &Node,
    unknown: &mut UnknownFields,
) -> Option<ChartRemote> {
    let mut fields = reader.fields(node, "remote")?;
    let repo = required_text(reader, &mut fields, "repo");
    let name = required_text(reader, &mut fields, "name");
    let version = foreign_version(reader, &mut fields);
    *unknown = finish(reader, fields);
    unpinned(reader, node, version.is_some(), "version");
    Some(ChartRemote {
        repo: repo?,
        name: name?,
        version,
    })
}

pub(super) fn terraform_remote(
    reader: &mut Reader<'_>,
    node: &Node,
    unknown: &mut UnknownFields,
) -> Option<TerraformRemote> {
    let mut fields = reader.fields(node, "remote")?;
    let source = required_text(reader, &mut fields, "source");
    let version = foreign_version(reader, &mut fields);
    *unknown = finish(reader, fields);
    // `git::https://…?ref=v1.2.0` names a commit where a registry has a version.
    let by_ref = source.as_deref().is_some_and(|source| {
        let query = source.split_once('?').map(|(_, query)| query);
        query.is_some_and(|query| query.split('&').any(|pair| pair.starts_with("ref=")))
    });
    unpinned(reader, node, version.is_some() || by_ref, "version");
    Some(TerraformRemote {
        source: source?,
        version,
    })
}

pub(super) fn manifests_remote(
    reader: &mut Reader<'_>,
    node: &Node,
    unknown: &mut UnknownFields,
) -> Option<ManifestsRemote> {
    let mut fields = reader.fields(node, "remote")?;
    let url = required_text(reader, &mut fields, "url");
    let sha256 = fields.take("sha256").and_then(|node| sha256(reader, node));
    *unknown = finish(reader, fields);
    // A digest that is no good is reported already; one without a value is none.
    let pinned = node.value("sha256").is_some_and(|node| !node.is_null());
    unpinned(reader, node, pinned, "sha256");
    Some(ManifestsRemote { url: url?, sha256 })
}

fn sha256(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = reader.text(node, "sha256")?;
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(text.to_ascii_lowercase());
    }
    let diagnostic = reader.error(
        "sha256",
        node.span(),
        "a SHA-256 digest has 64 hexadecimal digits",
    );
    reader.report(diagnostic.help("`sha256sum FILE` prints it"));
    None
}

fn unpinned(reader: &mut Reader<'_>, node: &Node, pinned: bool, key: &str) {
    if !pinned {
        let diagnostic = reader.warning(
            "remote.unpinned",
            node.span(),
            format!("without `{key}`, what is installed is not reproducible"),
        );
        reader.report(diagnostic.help(format!("add `{key}:`")));
    }
}

fn required_text(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    key: &'static str,
) -> Option<String> {
    let node = fields.required(reader, key)?;
    reader.text(node, key).map(str::to_owned)
}
