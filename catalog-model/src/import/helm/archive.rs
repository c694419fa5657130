//! Packaged charts.

use super::chart::{self, NOT_MADE};
use crate::import::ImportOptions;
use crate::import::outcome::Report;
use crate::import::releases::Releases;
use crate::import::walk::unreadable;
use crate::source::{
    ArchiveOptions, ArchiveSource, EntryKind, Source, SourceError, SourceErrorKind,
};

/// Reads a packaged chart.
///
/// # Errors
///
/// What is made cannot be put where it goes.
pub(super) fn read(
    source: &dyn Source,
    options: &ImportOptions,
    path: &str,
    releases: &mut Releases<'_>,
    report: &mut Report,
) -> Result<(), SourceError> {
    let mark = report.mark();
    let shown = source.display(path);
    let unpacked = source
        .read(path, options.archive_bytes)
        .and_then(|bytes| unpack(&bytes, &shown, options));
    match unpacked {
        Ok((archive, folder)) => chart::folder(&archive, options, &folder, releases, report),
        Err(error) => {
            report.diagnostic(unreadable(&error));
            report.lost_since(mark, shown, "chart", NOT_MADE);
            Ok(())
        }
    }
}

/// An archive and the folder of the chart in it.
fn unpack(
    bytes: &[u8],
    shown: &str,
    options: &ImportOptions,
) -> Result<(ArchiveSource, String), SourceError> {
    let mut limits = ArchiveOptions::default();
    limits.members = options.files_per_package;
    limits.file_bytes = limits.file_bytes.min(options.archive_bytes);
    limits.kept_bytes = options.archive_bytes;
    limits.unpacked_bytes = options.archive_bytes as u64;
    let archive = ArchiveSource::read(bytes, shown, &limits)?.shown_below(shown);
    let entries = archive.list("")?;
    let is_chart = |name: &str| entries.iter().any(|entry| entry.name == name);
    if is_chart(chart::FILE) {
        return Ok((archive, String::new()));
    }
    let mut folders = entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::Folder);
    match (folders.next(), entries.len()) {
        (Some(folder), 1) => {
            let folder = folder.name.clone();
            Ok((archive, folder))
        }
        _ => {
            let message = "this is no packaged chart: a chart is one folder in its archive";
            Err(SourceError::new(SourceErrorKind::WrongKind, shown, message))
        }
    }
}
