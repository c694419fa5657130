//! `modules.yaml`.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::document::{Entry, Fields, Node, Reader};
use catalog_conditions::{Severity, Span};

use super::folder::VersionFolder;
use super::values::{finish, foreign_version, namespace, object};
use super::{chart, near_name};
use crate::module::{ChartRemote, ManifestsRemote, Module, ModuleContent, TerraformRemote};
use crate::origin::Origin;
use crate::unknown::UnknownFields;

const KINDS: [&str; 3] = ["chart", "terraform", "manifests"];

/// A read `modules.yaml`.
#[derive(Default)]
pub(super) struct ModulesFile {
    pub(super) modules: Vec<Module>,
    pub(super) unknown: UnknownFields,
}

/// The modules of the file `name` in a version folder.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: &Node,
    name: &str,
    folder: &VersionFolder<'_>,
) -> ModulesFile {
    let Some(mut fields) = reader.fields(node, "modules.yaml") else {
        return ModulesFile::default();
    };
    let items = fields
        .required(reader, "modules")
        .and_then(|node| reader.items(node, "modules"))
        .unwrap_or_default();
    let unknown = finish(reader, fields);
    let file: Arc<str> = name.into();
    let modules = items
        .iter()
        .filter_map(|item| module(reader, item, &file, folder));
    let modules: Vec<Module> = modules.collect();
    refuse_same_names(reader, &modules);
    ModulesFile { modules, unknown }
}

fn refuse_same_names(reader: &mut Reader<'_>, modules: &[Module]) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for module in modules {
        let here = module.origin.span();
        let Some(&first) = seen.get(module.name.as_str()) else {
            seen.insert(&module.name, here);
            continue;
        };
        let message = format!(
            "two modules are named `{}`, the first in line {}",
            module.name,
            reader.line(first)
        );
        let diagnostic = reader.error("name.duplicate", here, message).related(
            reader.file(),
            first,
            "first defined here",
        );
        reader.report(diagnostic.help("give one of them another `name:`"));
    }
}

/// A module's name, which other files and users write: one word, and no path.
fn own_name(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = reader.text(node, "name")?;
    if !is_name(text) {
        let message = format!("`{}` is not the name of a module", shown(text));
        let diagnostic = reader.error("name", node.span(), message);
        reader.report(diagnostic.help("write one word without `/`, as `ingress`"));
        return None;
    }
    Some(text.to_owned())
}

/// The name of a module that has none of its own: as good as a written one, so that what is loaded can be written again.
fn given_name(reader: &mut Reader<'_>, item: &Node, content: &ModuleContent) -> Option<String> {
    let name = default_name(content)?;
    if is_name(&name) {
        return Some(name);
    }
    let message = format!(
        "this module needs a `name`: the one it would be given, `{}`, is not the name of a module",
        shown(&name)
    );
    let diagnostic = reader.error("name", item.span(), message);
    reader.report(diagnostic.help("add `name:` with one word without `/`, as `ingress`"));
    None
}

fn is_name(text: &str) -> bool {
    let unfit = |c: char| c.is_whitespace() || c.is_control() || c == '/';
    !text.is_empty() && !text.contains(unfit)
}

/// A name that is no good as messages show it: in one line, and not longer than that.
fn shown(text: &str) -> String {
    let shown = text.chars().take(64);
    shown
        .flat_map(|c| {
            if c.is_control() {
                c.escape_debug().collect()
            } else {
                vec![c]
            }
        })
        .collect()
}

fn module(
    reader: &mut Reader<'_>,
    item: &Node,
    file: &Arc<str>,
    folder: &VersionFolder<'_>,
) -> Option<Module> {
    let mut fields = reader.fields(item, "module")?;
    let errors = reader.error_count();
    let name = fields.take("name").and_then(|node| own_name(reader, node));
    let own_namespace = fields
        .take("namespace")
        .and_then(|node| namespace(reader, node));
    let values = fields
        .take("values")
        .and_then(|node| object(reader, node, "values"))
        .unwrap_or_default();
    let kinds: Vec<&Entry> = item
        .as_mapping()?
        .entries()
        .iter()
        .filter(|entry| !matches!(entry.name(), Some("name" | "namespace" | "values")))
        .collect();
    let &[entry] = kinds.as_slice() else {
        let found: Vec<_> = kinds.iter().filter_map(|entry| entry.name()).collect();
        let message = match found.as_slice() {
            [] => "this module says nothing of what it is".to_owned(),
            found => format!(
                "a module is of one kind, and this has several keys: {}",
                found.join(", ")
            ),
        };
        let diagnostic = reader.error("kind", item.span(), message);
        let near = found
            .iter()
            .find_map(|name| near_name(name, &["name", "namespace", "values"]));
        reader.report(diagnostic.did_you_mean(near).help("write one of `chart:`, `terraform:` and `manifests:`, and beside it only `name`, `namespace` and `values`"));
        return None;
    };
    let mut unknown = Unknown::default();
    let content = content(reader, entry, &mut unknown, folder)?;
    let name = match name {
        Some(name) => Some(name),
        // A written name that is no good is reported, and is not to be replaced in silence.
        None if item.value("name").is_some_and(|node| !node.is_null()) => None,
        None => given_name(reader, item, &content),
    };
    // Whoever gave a name or path that is no good has heard of it already.
    if name.is_none() && reader.error_count() == errors {
        let diagnostic = reader.error(
            "name.missing",
            item.span(),
            "this module needs a `name`: there is no remote name and no path to take one from",
        );
        reader.report(diagnostic);
    }
    let name = name?;
    Some(Module {
        name,
        namespace: own_namespace,
        values,
        content,
        unknown_in_content: unknown.content,
        unknown_in_remote: unknown.remote,
        origin: Origin::new(file, item.span()),
    })
}

/// The keys of one module that the format does not know.
#[derive(Default)]
struct Unknown {
    content: UnknownFields,
    remote: UnknownFields,
}

fn content(
    reader: &mut Reader<'_>,
    entry: &Entry,
    unknown: &mut Unknown,
    folder: &VersionFolder<'_>,
) -> Option<ModuleContent> {
    let kind = entry.name()?;
    if !KINDS.contains(&kind) {
        return Some(opaque(reader, entry, kind));
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
fn opaque(reader: &mut Reader<'_>, entry: &Entry, kind: &str) -> ModuleContent {
    let near = near_name(kind, &KINDS);
    let shown: String = kind.chars().take(64).collect();
    // What is nearly one of ours was hardly meant for somebody else.
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
    reader.report(diagnostic.did_you_mean(near));
    ModuleContent::Opaque {
        kind: kind.to_owned(),
        value: entry.value().to_json(),
    }
}

/// A path that stays inside the version folder, without `.` and `..`.
fn path(
    reader: &mut Reader<'_>,
    node: &Node,
    has_remote: bool,
    folder: &VersionFolder<'_>,
) -> Option<String> {
    let text = reader.text(node, "path")?;
    let Some(path) = normalise(text).filter(|path| !folder.leads_out(path)) else {
        let diagnostic = reader.error(
            "path",
            node.span(),
            format!("`{text}` leads out of the version folder"),
        );
        reader
            .report(diagnostic.help("write a path inside the version folder, as `./charts/name/`"));
        return None;
    };
    if !folder.exists(&path) {
        let severity = if has_remote {
            Severity::Warning
        } else {
            Severity::Error
        };
        let diagnostic = reader.diagnostic(
            severity,
            "path.missing",
            node.span(),
            format!("there is nothing at `{text}` in this version folder"),
        );
        reader.report(if has_remote {
            diagnostic.help("`remote` is used instead")
        } else {
            diagnostic.help("add the files, or say where they are with `remote`")
        });
        return None;
    }
    Some(path)
}

fn normalise(text: &str) -> Option<String> {
    if text.starts_with('/') || text.contains(['\\', '\0']) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn chart_remote(
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

fn terraform_remote(
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

fn manifests_remote(
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

/// The remote's name, else the last segment of the path or the address.
fn default_name(content: &ModuleContent) -> Option<String> {
    let last = |text: &str| {
        text.trim_end_matches('/')
            .rsplit('/')
            .next()
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
    };
    // What follows `?` or `#` says which of it is meant, and may hold a `/`: `?ref=feature/x`.
    let last_of_address = |text: &str| text.split(['?', '#']).next().and_then(last);
    match content {
        ModuleContent::Chart {
            remote: Some(remote),
            ..
        } => Some(remote.name.clone()),
        ModuleContent::Chart { path, .. } => path.as_deref().and_then(last),
        ModuleContent::Terraform { path, remote } => path
            .as_deref()
            .and_then(last)
            .or_else(|| last_of_address(&remote.as_ref()?.source)),
        ModuleContent::Manifests { path, remote } => path
            .as_deref()
            .and_then(last)
            .or_else(|| last_of_address(&remote.as_ref()?.url)),
        ModuleContent::Opaque { kind, .. } => Some(kind.clone()),
    }
}
