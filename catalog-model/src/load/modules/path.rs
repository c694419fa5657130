//! Paths of modules: inside the version folder, or none.

use catalog_conditions::Severity;
use catalog_conditions::document::{Node, Reader};

use crate::load::folder::VersionFolder;

/// A path that stays inside the version folder, without `.` and `..`.
pub(super) fn path(
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
