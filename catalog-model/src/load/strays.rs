//! What stands in a version folder and is none of the files and folders that are read.

use catalog_conditions::Diagnostic;

use super::near_name;
use crate::source::{Entry, EntryKind};

const PARTS: [&str; 3] = ["definitions", "conditions", "hooks"];
const FILES: [&str; 2] = ["metadata.yaml", "modules.yaml"];

/// What is to be said of something in a version folder; nothing of what is read, and of what a version may hold beside.
pub(super) fn diagnostic(entry: &Entry) -> Option<Diagnostic> {
    let known: Vec<&'static str> = match entry.kind {
        EntryKind::Folder => PARTS.to_vec(),
        EntryKind::Other => [&PARTS[..], &FILES].concat(),
        _ => FILES.to_vec(),
    };
    let name = entry.name.as_str();
    if known.contains(&name) || is_yml_of(name, &FILES) {
        return None;
    }
    let part = PARTS.iter().find(|part| stem_of(name) == **part);
    if let Some(part) = part.filter(|_| entry.kind != EntryKind::Folder) {
        let message = format!("`{name}` is not read: files of this kind stand in a folder");
        let diagnostic = Diagnostic::error("file.misplaced", message);
        return Some(diagnostic.help(format!("move it to `{part}/`")));
    }
    let near = near_name(name, &known);
    match (entry.kind, near) {
        (EntryKind::Other, _) => Some(other(near)),
        (_, Some(near)) => {
            let message = format!("`{name}` is not part of the format and is not read");
            Some(Diagnostic::warning("file.near", message).did_you_mean(Some(near)))
        }
        (_, None) => None,
    }
}

/// What is said of something that is neither a file nor a folder, as far as its name tells. What it holds is not known: where it may be a
/// part of a version, the version is not used.
pub(super) fn other(near: Option<&'static str>) -> Diagnostic {
    let message = "this is neither a file nor a folder (a device, a submodule of git), or its name is not UTF-8: nobody can read it";
    match near {
        Some(_) => Diagnostic::error("file.unreadable", message).did_you_mean(near),
        None => Diagnostic::warning("file.other", message),
    }
}

/// Whether a name is one of these with the other ending of YAML files.
fn is_yml_of(name: &str, files: &[&str]) -> bool {
    let stem = name.strip_suffix(".yml");
    stem.is_some_and(|stem| {
        let mut stems = files.iter().map(|file| stem_of(file));
        stems.any(|known| known == stem)
    })
}

/// A file's name without the ending of YAML files.
fn stem_of(name: &str) -> &str {
    let stem = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"));
    stem.unwrap_or_default()
}
