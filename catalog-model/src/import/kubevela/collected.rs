//! The releases made so far.

use std::collections::BTreeMap;

use catalog_conditions::Diagnostic;
use catalog_conditions::version::Version;

use crate::import::made::Made;
use crate::import::outcome::{Mark, Report};
use crate::source::MemorySource;

/// The releases by package. No package has two that a loader would take for the same version.
#[derive(Default)]
pub(super) struct Collected {
    files: MemorySource,
    /// The versions of a package, each with the folder of the addon it comes from.
    packages: BTreeMap<String, Vec<(String, String)>>,
}

impl Collected {
    /// Adds a release, unless there is one of its name and version. What the report says of it begins at `mark`.
    pub(super) fn add(&mut self, made: Made, mark: Mark, report: &mut Report) {
        let versions = self.packages.entry(made.name.clone()).or_default();
        if let Some((_, first)) = versions
            .iter()
            .find(|(version, _)| is_same(version, &made.version))
        {
            let message = format!(
                "another addon is `{}` {} too: `{first}`, which is the one that is imported",
                made.name, made.version
            );
            let diagnostic =
                Diagnostic::error("kubevela.addon.duplicate", message).at_path(&made.place.file);
            report.diagnostic(
                diagnostic
                    .about(&made.name, Some(&made.version))
                    .help("give one of the two another name or version"),
            );
            report.lost_since(
                mark,
                made.place,
                "addon",
                "another addon has the same name and version",
            );
            return;
        }
        if let Some((version, first)) = versions.first() {
            let message = format!(
                "another addon is named `{}` too: `{first}`, of version {version}; both become versions of one package",
                made.name
            );
            let diagnostic =
                Diagnostic::warning("kubevela.addon.name", message).at_path(&made.place.file);
            report.diagnostic(diagnostic.about(&made.name, Some(&made.version)));
        }
        for (path, bytes) in made.files {
            self.files
                .insert(format!("{}/{}/{path}", made.name, made.version), bytes);
        }
        versions.push((made.version, made.place.file));
    }

    /// The files, and the numbers of packages and versions.
    pub(super) fn into_parts(self) -> (MemorySource, usize, usize) {
        let versions = self.packages.values().map(Vec::len).sum();
        (self.files, self.packages.len(), versions)
    }
}

/// Whether a loader takes two texts for one version.
fn is_same(a: &str, b: &str) -> bool {
    match (Version::parse(a), Version::parse(b)) {
        (Ok(a), Ok(b)) => a.same_precedence_and_build(&b),
        _ => a == b,
    }
}
