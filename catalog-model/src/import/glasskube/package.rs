//! One package: `versions.yaml` and what it lists.

use std::collections::BTreeSet;

use catalog_conditions::Diagnostic;
use catalog_conditions::version::Version;

use super::{FORMAT, manifest};
use crate::import::ImportOptions;
use crate::import::file_name::is_segment;
use crate::import::made::Draft;
use crate::import::outcome::Report;
use crate::import::reading::{Reading, entries};
use crate::import::releases::Releases;
use crate::import::walk::{Folder, below, unreadable};
use crate::import::yaml::YamlFile;
use crate::metadata::Scope;
use crate::name::PackageName;
use crate::source::{EntryKind, Source, SourceError};

/// The file that makes a folder a package.
pub(super) const VERSIONS: &str = "versions.yaml";

/// A version that was read.
struct Read {
    draft: Draft,
    report: Report,
}

/// Reads a package and adds its releases.
///
/// # Errors
///
/// What is made cannot be put where it goes.
pub(super) fn read(
    source: &dyn Source,
    options: &ImportOptions,
    folder: &str,
    releases: &mut Releases<'_>,
    report: &mut Report,
) -> Result<(), SourceError> {
    let Some(name) = name(source, folder, report) else {
        return Ok(());
    };
    let Some(listed) = listed(source, options, folder, report) else {
        let shown = source.display(folder);
        let why = "its `versions.yaml` could not be read; the diagnostics say why";
        report.lost_file(shown, "package", why);
        return Ok(());
    };
    unlisted(source, folder, &listed, report);
    let mut drafts = Vec::new();
    for version in &listed {
        let path = below(folder, version);
        let mut own = Report::default();
        match manifest::read(source, options, (&name, version), &path, &mut own) {
            Some(draft) => drafts.push(Read { draft, report: own }),
            None => left_out(source.display(&path), own, report),
        }
    }
    one_scope(&mut drafts);
    for Read {
        draft,
        report: mut own,
    } in drafts
    {
        let path = draft.place.file.clone();
        match draft.finish(options, &mut own) {
            Some(made) => {
                let mark = report.mark();
                report.join(own);
                releases.add(made, mark, report)?;
            }
            None => left_out(path, own, report),
        }
    }
    Ok(())
}

/// The package's name, which is that of its folder.
fn name(source: &dyn Source, folder: &str, report: &mut Report) -> Option<String> {
    let name = folder.rsplit('/').next().unwrap_or_default();
    let Err(error) = PackageName::parse(name) else {
        return Some(name.to_owned());
    };
    let shown = source.display(folder);
    let diagnostic = Diagnostic::error("glasskube.name", error.to_string()).at_path(&shown);
    report.diagnostic(diagnostic.did_you_mean(error.suggestion()));
    report.lost_file(shown, "package", "its name is not that of a package");
    None
}

/// The versions that `versions.yaml` lists, in its order.
fn listed(
    source: &dyn Source,
    options: &ImportOptions,
    folder: &str,
    report: &mut Report,
) -> Option<Vec<String>> {
    let path = below(folder, VERSIONS);
    let bytes = match source.read(&path, options.limits.file_bytes) {
        Ok(bytes) => bytes,
        Err(error) => {
            report.diagnostic(unreadable(&error));
            return None;
        }
    };
    let shown = source.display(&path);
    let yaml = YamlFile::read(VERSIONS, &shown, bytes, &options.limits, report)?;
    let mut reading = Reading {
        file: &yaml.file,
        report,
        format: FORMAT,
    };
    let node = reading.first_map(&yaml.documents, "versions", "it lists no version")?;
    let mut versions = Vec::new();
    let mut latest = None;
    for entry in entries(node) {
        match entry.name() {
            Some("versions") => {
                for item in reading.items(entry) {
                    version_of(&mut reading, item, &mut versions);
                }
            }
            Some("latestVersion") => latest = reading.text(entry).map(|text| (text, entry)),
            _ => reading.lost(entry, "the format has no such key"),
        }
    }
    if let Some((text, entry)) = latest
        && Some(text.as_str()) != newest(versions.iter().map(String::as_str))
    {
        reading.lost(
            entry,
            "the newest version is the highest stable one that is not yanked, and this is another",
        );
    }
    Some(versions)
}

fn version_of(
    reading: &mut Reading<'_>,
    item: &catalog_conditions::document::Node,
    versions: &mut Vec<String>,
) {
    for entry in reading.entries_of(item, "version") {
        match entry.name() {
            Some("version") => {
                let Some(version) = reading.text(entry) else {
                    continue;
                };
                if versions.contains(&version) {
                    reading.lose(item.span(), "version", "is listed twice");
                } else if is_segment(&version) {
                    versions.push(version);
                } else {
                    reading.lose(item.span(), "version", "cannot be the name of a folder");
                }
            }
            _ => reading.lost(entry, "the format has no such key"),
        }
    }
}

/// The highest of several versions, a stable one if there is any.
fn newest<'v>(versions: impl Iterator<Item = &'v str>) -> Option<&'v str> {
    let read = versions.filter_map(|text| Some((Version::parse(text).ok()?, text)));
    let newest =
        read.max_by(|(a, _), (b, _)| (!a.is_prerelease(), a).cmp(&(!b.is_prerelease(), b)));
    newest.map(|(_, text)| text)
}

/// All versions of a package have one scope, and a loader takes the newest one's: the rest follow it.
fn one_scope(drafts: &mut [Read]) {
    let newest = newest(
        drafts
            .iter()
            .map(|read| read.draft.metadata.version.as_str()),
    );
    let scope = drafts
        .iter()
        .find(|read| Some(read.draft.metadata.version.as_str()) == newest)
        .map(|read| read.draft.metadata.scope);
    let Some(scope) = scope else { return };
    for read in drafts {
        let metadata = &mut read.draft.metadata;
        if metadata.scope == scope {
            continue;
        }
        metadata.scope = scope;
        if scope == Scope::Namespace {
            metadata.namespace = None;
        }
        let path = below(&read.draft.place.file, manifest::FILE);
        let why = "all versions of a package have one scope, and the newest has another";
        read.report.lost_file(path, "`scope`", why);
    }
}

/// A version that could not be read: what was to be said of its parts is one thing now.
fn left_out(path: String, own: Report, report: &mut Report) {
    let mark = report.mark();
    report.join(own);
    let why = "it could not be made into a release; the diagnostics say why";
    report.lost_since(mark, path, "version", why);
}

/// Folders and files beside the versions.
fn unlisted(source: &dyn Source, folder: &str, listed: &[String], report: &mut Report) {
    let listed: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    let entries = source.list(folder).unwrap_or_default();
    for entry in entries {
        let (what, why) = match entry.kind {
            EntryKind::Folder if listed.contains(entry.name.as_str()) => continue,
            EntryKind::File if entry.name == VERSIONS => continue,
            EntryKind::Folder => ("folder", "`versions.yaml` does not list it"),
            _ => ("file", "it belongs to no version"),
        };
        report.lost_file(source.display(&below(folder, &entry.name)), what, why);
    }
}

/// Files outside of packages.
pub(super) fn strays(source: &dyn Source, folder: &Folder, report: &mut Report) {
    for entry in &folder.entries {
        let is_visited = entry.kind == EntryKind::Folder && !entry.name.starts_with('.');
        if is_visited {
            continue;
        }
        let why = match entry.name.as_str() {
            "index.yaml" => "it repeats what the packages say",
            _ => "it belongs to no package",
        };
        let path = source.display(&below(&folder.path, &entry.name));
        report.lost_file(path, "file", why);
    }
}

/// There is no package at all.
pub(super) fn none(source: &dyn Source, report: &mut Report) {
    let diagnostic = Diagnostic::error("glasskube.empty", "there is no package in this folder");
    report.diagnostic(
        diagnostic
            .at_path(source.display(""))
            .help("a package is a folder with a `versions.yaml` and, for each version, a folder with a `package.yaml`"),
    );
}
