//! Whether what was made can be loaded.

use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::document::Limits;
use catalog_conditions::{Diagnostic, Severity};

use super::made::Made;
use super::outcome::Report;
use crate::load::{LoadOptions, load};
use crate::source::MemorySource;

/// A release that loads without errors: files that have some are set aside, so that the loader's rules need not be known here twice.
pub(super) fn loadable(
    mut made: Made,
    origins: &BTreeMap<String, String>,
    limits: &Limits,
    report: &mut Report,
) -> Option<Made> {
    loop {
        let errors = errors(&made, limits);
        if errors.is_empty() {
            return Some(made);
        }
        let broken: BTreeSet<&str> = errors
            .iter()
            .filter_map(|(path, _)| path.as_deref())
            .collect();
        let aside: Vec<String> = broken
            .into_iter()
            .filter(|path| origins.contains_key(*path) && made.files.contains_key(*path))
            .map(str::to_owned)
            .collect();
        for (path, error) in &errors {
            let shown = path
                .as_ref()
                .and_then(|path| origins.get(path))
                .unwrap_or(&made.place.file);
            let diagnostic =
                Diagnostic::error(error.code().to_owned(), error.message()).at_path(shown);
            report.diagnostic(diagnostic.about(&made.name, Some(&made.version)));
        }
        if aside.is_empty() {
            return None;
        }
        for path in aside {
            set_aside(&mut made, origins, &path, report);
        }
    }
}

/// The loader's errors, each with the path in the version folder that it is about.
fn errors(made: &Made, limits: &Limits) -> Vec<(Option<String>, Diagnostic)> {
    let folder = format!("{}/{}/", made.name, made.version);
    let files = made
        .files
        .iter()
        .map(|(path, bytes)| (format!("{folder}{path}"), bytes.clone()));
    let source = MemorySource::from_iter(files);
    let options = LoadOptions {
        limits: limits.clone(),
        files_per_version: usize::MAX,
        ..LoadOptions::default()
    };
    let Ok(loaded) = load(&source, &options) else {
        return Vec::new();
    };
    let errors = loaded
        .diagnostics()
        .iter()
        .filter(|found| found.severity() == Severity::Error);
    errors
        .map(|error| {
            let path = error
                .location()
                .and_then(|location| location.file().path().strip_prefix(&folder));
            (path.map(str::to_owned), error.clone())
        })
        .collect()
}

fn set_aside(made: &mut Made, origins: &BTreeMap<String, String>, path: &str, report: &mut Report) {
    let Some(bytes) = made.files.remove(path) else {
        return;
    };
    let kept = format!("set-aside/{path}");
    let origin = origins
        .get(path)
        .cloned()
        .unwrap_or_else(|| path.to_owned());
    let why = format!("it cannot be a part of a release; it is kept as text in `{kept}`");
    report.lost_file(origin, "file", why);
    made.files.insert(kept, bytes);
}
