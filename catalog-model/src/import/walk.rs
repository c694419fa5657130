//! The folders of a source.

use catalog_conditions::Diagnostic;

use super::ImportOptions;
use super::file_name::is_segment;
use super::outcome::Report;
use crate::source::{Entry, EntryKind, Source, SourceError, join};

/// Folders inside each other that are looked into.
const DEPTH: usize = 32;
/// Folders that are looked into.
const FOLDERS: usize = 100_000;

/// What a folder holds, by name.
pub(super) struct Folder {
    pub(super) path: String,
    pub(super) entries: Vec<Entry>,
}

impl Folder {
    /// Whether there is a file of this name.
    pub(super) fn has_file(&self, name: &str) -> bool {
        self.has(name, EntryKind::File)
    }

    /// Whether there is a folder of this name.
    pub(super) fn has_folder(&self, name: &str) -> bool {
        self.has(name, EntryKind::Folder)
    }

    fn has(&self, name: &str, kind: EntryKind) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.kind == kind && entry.name == name)
    }
}

/// Goes through the folders below the root, in order, and calls `visit` with each; it says whether those inside are to be visited too.
///
/// # Errors
///
/// The root cannot be listed. What is below it and cannot be listed is an error of the report.
pub(super) fn folders(
    source: &dyn Source,
    format: &'static str,
    report: &mut Report,
    visit: &mut dyn FnMut(&Folder, &mut Report) -> bool,
) -> Result<(), SourceError> {
    let mut open = vec![(String::new(), 0, Some(source.list("")?))];
    let mut seen = 0;
    while let Some((path, depth, listed)) = open.pop() {
        seen += 1;
        if seen > FOLDERS || depth > DEPTH {
            report.diagnostic(too_much(source, format, &path, seen > FOLDERS));
            if seen > FOLDERS {
                return Ok(());
            }
            continue;
        }
        let listed = listed.map_or_else(|| source.list(&path), Ok);
        let mut entries = match listed {
            Ok(entries) => entries,
            Err(error) => {
                report.diagnostic(unreadable(&error));
                continue;
            }
        };
        entries.sort();
        let folder = Folder { path, entries };
        if !visit(&folder, report) {
            continue;
        }
        // The last one put there is the next one visited.
        for entry in folder.entries.iter().rev() {
            if entry.kind == EntryKind::Folder
                && !entry.name.starts_with('.')
                && is_segment(&entry.name)
            {
                open.push((join(&folder.path, &entry.name), depth + 1, None));
            }
        }
    }
    Ok(())
}

/// The files below a folder, by path in it; `None`, with an error, if there are more than one package may have.
pub(super) fn files(
    source: &dyn Source,
    folder: &str,
    options: &ImportOptions,
    format: &'static str,
    report: &mut Report,
) -> Option<Vec<String>> {
    let (mut paths, mut open) = (Vec::new(), vec![String::new()]);
    // Links between folders can make a small package endless: every entry met counts, whatever it is.
    let mut seen = 0;
    while let Some(inside) = open.pop() {
        let entries = match source.list(&below(folder, &inside)) {
            Ok(entries) => entries,
            Err(error) => {
                report.diagnostic(unreadable(&error));
                continue;
            }
        };
        seen += entries.len();
        if seen > options.files_per_package {
            let message = format!(
                "this package has more than the {} files allowed",
                options.files_per_package
            );
            let diagnostic = Diagnostic::error(format!("{format}.limit"), message);
            report.diagnostic(diagnostic.at_path(source.display(folder)));
            return None;
        }
        for entry in entries {
            let path = join(&inside, &entry.name);
            let shown = || source.display(&below(folder, &path));
            match entry.kind {
                _ if !is_segment(&entry.name) => stray(
                    shown(),
                    "its name cannot be that of a file of a catalog",
                    report,
                ),
                EntryKind::File => paths.push(path),
                EntryKind::Folder => open.push(path),
                EntryKind::Link => stray(
                    shown(),
                    "this link leads out of the catalog, to nothing, or in a circle",
                    report,
                ),
                EntryKind::Other => stray(shown(), "this is not a file", report),
            }
        }
    }
    paths.sort();
    Some(paths)
}

/// A path in a folder, which may be the root.
pub(super) fn below(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, path) => join(folder, path),
    }
}

fn stray(path: String, why: &str, report: &mut Report) {
    let diagnostic = Diagnostic::warning("file.ignored", format!("{why}: it is not imported"));
    report.diagnostic(diagnostic.at_path(&path));
    report.lost_file(path, "file", why);
}

fn too_much(source: &dyn Source, format: &str, path: &str, folders: bool) -> Diagnostic {
    let message = if folders {
        format!("there are more than {FOLDERS} folders: those from here on are not looked into")
    } else {
        format!("folders nest deeper than {DEPTH}: what is in here is not looked at")
    };
    Diagnostic::error(format!("{format}.limit"), message).at_path(source.display(path))
}

/// What a source could not read.
pub(super) fn unreadable(error: &SourceError) -> Diagnostic {
    Diagnostic::error("file.unreadable", error.message()).at_path(error.path())
}
