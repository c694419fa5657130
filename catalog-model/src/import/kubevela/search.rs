//! Where addons are.

use catalog_conditions::Diagnostic;

use crate::import::file_name::is_segment;
use crate::import::outcome::Report;
use crate::source::{Entry, EntryKind, Source, SourceError, join};

/// Folders inside each other that are looked into.
const DEPTH: usize = 32;
/// Folders that are looked into.
const FOLDERS: usize = 100_000;

/// The folders of addons below the root, in order.
pub(super) fn addons(source: &dyn Source, report: &mut Report) -> Result<Vec<String>, SourceError> {
    let (mut found, mut seen) = (Vec::new(), 1);
    let mut open = vec![(String::new(), 0, source.list("")?)];
    while let Some((folder, depth, entries)) = open.pop() {
        if is_addon(&entries) {
            found.push(folder);
            continue;
        }
        tell_why_not(source, &folder, &entries, report);
        let folders = entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Folder);
        for entry in folders.filter(|entry| !entry.name.starts_with('.') && is_segment(&entry.name))
        {
            let path = join(&folder, &entry.name);
            seen += 1;
            if seen > FOLDERS || depth == DEPTH {
                report.diagnostic(too_much(source, &path, seen > FOLDERS));
                if seen > FOLDERS {
                    found.sort();
                    return Ok(found);
                }
                continue;
            }
            match source.list(&path) {
                Ok(entries) => open.push((path, depth + 1, entries)),
                Err(error) => report.diagnostic(unreadable(&error)),
            }
        }
    }
    if found.is_empty() {
        let diagnostic = Diagnostic::error("kubevela.empty", "there is no addon in this folder");
        report.diagnostic(
            diagnostic
                .at_path(source.display(""))
                .help("an addon is a folder with a `metadata.yaml` and, beside it, `template.yaml`, `template.cue`, `resources/` or `definitions/`"),
        );
    }
    found.sort();
    Ok(found)
}

/// A `metadata.yaml`, something else that KubeVela knows, and nothing that only our format has.
fn is_addon(entries: &[Entry]) -> bool {
    let has = |name: &str| entries.iter().any(|entry| entry.name == name);
    has_metadata(entries) && entries.iter().any(is_part) && !is_ours(&has)
}

fn is_ours(has: &dyn Fn(&str) -> bool) -> bool {
    ["modules.yaml", "modules.yml", "conditions", "hooks"]
        .into_iter()
        .any(has)
}

fn has_metadata(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| {
        entry.kind == EntryKind::File
            && matches!(entry.name.as_str(), "metadata.yaml" | "metadata.yml")
    })
}

fn is_part(entry: &Entry) -> bool {
    let name = entry.name.to_ascii_lowercase();
    match entry.kind {
        EntryKind::Folder => matches!(
            name.as_str(),
            "resources" | "definitions" | "schemas" | "views" | "config-templates"
        ),
        _ => {
            matches!(
                name.as_str(),
                "template.yaml" | "template.yml" | "template.cue" | "parameter.cue" | "notes.cue"
            ) || (name.starts_with("readme") && name.ends_with(".md"))
        }
    }
}

/// A `metadata.yaml` that makes no addon is worth a word.
fn tell_why_not(source: &dyn Source, folder: &str, entries: &[Entry], report: &mut Report) {
    if !has_metadata(entries) {
        return;
    }
    let has = |name: &str| entries.iter().any(|entry| entry.name == name);
    let message = if is_ours(&has) {
        "this folder is a release of our own format and no addon: it is skipped"
    } else {
        "this folder has a `metadata.yaml` and nothing else of an addon: it is skipped"
    };
    report
        .diagnostic(Diagnostic::note("kubevela.no-addon", message).at_path(source.display(folder)));
}

fn too_much(source: &dyn Source, path: &str, folders: bool) -> Diagnostic {
    let message = if folders {
        format!("there are more than {FOLDERS} folders: addons from here on are not looked for")
    } else {
        format!("folders nest deeper than {DEPTH}: addons in here are not looked for")
    };
    Diagnostic::error("kubevela.limit", message).at_path(source.display(path))
}

/// What a source could not read.
pub(super) fn unreadable(error: &SourceError) -> Diagnostic {
    Diagnostic::error("file.unreadable", error.message()).at_path(error.path())
}
