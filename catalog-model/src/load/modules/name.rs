//! The names of modules: those that are written, and those that are given.

use catalog_conditions::document::{Node, Reader};

use crate::module::ModuleContent;

/// A module's name, which other files and users write: one word, and no path.
pub(super) fn own_name(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
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
pub(super) fn given_name(
    reader: &mut Reader<'_>,
    item: &Node,
    content: &ModuleContent,
) -> Option<String> {
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
