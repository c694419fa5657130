//! What a module holds.

use catalog_conditions::document::{Entry, Node, Reader, UnknownKey};
use catalog_conditions::{Fix, Severity};

use super::kind::{BESIDE, KINDS};
use super::path::path;
use super::remote::{chart_remote, manifests_remote, terraform_remote};
use crate::load::chart;
use crate::load::folder::VersionFolder;
use crate::load::values::finish;
use crate::module::ModuleContent;
use crate::unknown::UnknownFields;

/// The keys of what one module holds that the format does not know.
#[derive(Default)]
pub(super) struct Unknown {
    pub(super) content: UnknownFields,
    pub(super) remote: UnknownFields,
}

/// What stands under the kind key of a module, which is one of the keys of `item`.
pub(super) fn content(
    reader: &mut Reader<'_>,
    (item, entry): (&Node, &Entry),
    unknown: &mut Unknown,
    folder: &VersionFolder<'_>,
) -> Option<ModuleContent> {
    let kind = entry.name()?;
    if !KINDS.contains(&kind) {
        return Some(opaque(reader, item, (entry, kind)));
    }
    let mut fields = reader.fields(entry.value(), kind)?;
    let remote = fields.take("remote");
    let path = fields
        .take("path")
        .and_then(|node| path(reader, node, remote.is_some(), folder));
    // A path that is no good is reported already; one without a value is none.
    let written = entry
        .value()
        .value("path")
        .is_some_and(|node| !node.is_null());
    if path.is_none() && remote.is_none() && !written {
        let diagnostic = reader.error(
            "content",
            entry.value().span(),
            format!("this {kind} module has neither `path` nor `remote`"),
        );
        reader.report(diagnostic.help(
            "say where its content is: `path: ./…` inside this version folder, or `remote: {…}`",
        ));
    }
    unknown.content = finish(reader, fields);
    let unknown = &mut unknown.remote;
    Some(match kind {
        "chart" => {
            let remote = remote.and_then(|node| chart_remote(reader, node, unknown));
            if let (Some(path), Some(remote)) = (&path, &remote) {
                chart::compare(reader, entry.value(), folder, path, remote);
            }
            ModuleContent::Chart { path, remote }
        }
        "terraform" => ModuleContent::Terraform {
            path,
            remote: remote.and_then(|node| terraform_remote(reader, node, unknown)),
        },
        _ => ModuleContent::Manifests {
            path,
            remote: remote.and_then(|node| manifests_remote(reader, node, unknown)),
        },
    })
}

/// A kind that a service may know although this library does not.
fn opaque(reader: &mut Reader<'_>, item: &Node, (entry, kind): (&Entry, &str)) -> ModuleContent {
    let slip = slip(reader, item, entry);
    let near = slip.as_ref().and_then(UnknownKey::near);
    let shown: String = kind.chars().take(64).collect();
    // What is nearly a key of ours was hardly meant for somebody else.
    let severity = match near {
        Some(_) => Severity::Warning,
        None => Severity::Note,
    };
    let diagnostic = reader.diagnostic(
        severity,
        "kind.opaque",
        entry.key().span(),
        format!("`{shown}` is a kind of module that is passed on as it is"),
    );
    let fix = slip.and_then(UnknownKey::into_fix);
    reader.report(
        diagnostic
            .did_you_mean(near)
            .fix(fix.map(Fix::taking_effect)),
    );
    ModuleContent::Opaque {
        kind: kind.to_owned(),
        value: entry.value().to_json(),
    }
}

/// The kind among the keys of a module that the format does not know.
fn slip<'n>(reader: &mut Reader<'_>, item: &'n Node, kind: &Entry) -> Option<UnknownKey<'n>> {
    let mut fields = reader.fields(item, "module")?;
    for key in KINDS.into_iter().chain(BESIDE) {
        fields.take(key);
    }
    let mut unknown = reader.unknown_keys(&fields).into_iter();
    unknown.find(|unknown| unknown.entry().key().span() == kind.key().span())
}
