//! The releases made so far.

use std::collections::BTreeMap;

use catalog_conditions::Diagnostic;
use catalog_conditions::version::Version;

use super::made::Made;
use super::outcome::{Mark, Place, Report};
use crate::source::SourceError;

/// Where the files of a release go.
pub(super) type Put<'p> = dyn FnMut(&str, Vec<u8>) -> Result<(), SourceError> + 'p;

/// The releases by package. No package has two that a loader would take for the same version.
pub(super) struct Releases<'p> {
    put: &'p mut Put<'p>,
    packages: BTreeMap<String, Versions>,
    /// What the foreign format calls a release.
    what: &'static str,
    /// The code of the diagnostic about two releases of one version.
    duplicate: &'static str,
}

/// The versions of a package, each with the place it comes from.
#[derive(Default)]
struct Versions {
    read: BTreeMap<Version, Place>,
    unread: BTreeMap<String, Place>,
}

impl<'p> Releases<'p> {
    pub(super) fn new(put: &'p mut Put<'p>, what: &'static str, duplicate: &'static str) -> Self {
        Self {
            put,
            packages: BTreeMap::new(),
            what,
            duplicate,
        }
    }

    /// The place of the release that a loader would take for the same version as this one.
    pub(super) fn place(&self, name: &str, version: &str) -> Option<&Place> {
        self.packages.get(name)?.place(version)
    }

    /// Adds a release, unless there is one of its name and version. What the report says of it begins at `mark`.
    ///
    /// # Errors
    ///
    /// Its files cannot be put where they go.
    pub(super) fn add(
        &mut self,
        made: Made,
        mark: Mark,
        report: &mut Report,
    ) -> Result<(), SourceError> {
        report.about_since(mark, &made.name, &made.version);
        let versions = self.packages.entry(made.name.clone()).or_default();
        if let Some(first) = versions.place(&made.version) {
            let message = format!(
                "another {} is `{}` {} too: that of {first}, which is the one that is imported",
                self.what, made.name, made.version
            );
            let diagnostic = Diagnostic::error(self.duplicate, message).at_path(&made.place.file);
            report.diagnostic(diagnostic.about(&made.name, Some(&made.version)));
            let why = format!("another {} has the same name and version", self.what);
            report.lost_since(mark, made.place, self.what, &why);
            return Ok(());
        }
        for (path, bytes) in made.files {
            (self.put)(&format!("{}/{}/{path}", made.name, made.version), bytes)?;
        }
        versions.insert(made.version, made.place);
        Ok(())
    }

    /// The numbers of packages and versions.
    pub(super) fn count(&self) -> (usize, usize) {
        let filled = self.packages.values().filter(|versions| versions.len() > 0);
        let versions = self.packages.values().map(Versions::len).sum();
        (filled.count(), versions)
    }
}

impl Versions {
    fn len(&self) -> usize {
        self.read.len() + self.unread.len()
    }

    /// Versions that mean the same stand beside each other.
    fn place(&self, version: &str) -> Option<&Place> {
        let Ok(version) = Version::parse(version) else {
            return self.unread.get(version);
        };
        let before = self.read.range(..=&version).next_back();
        let after = self.read.range(&version..).next();
        let mut near = [before, after].into_iter().flatten();
        let same = near.find(|(other, _)| other.same_precedence_and_build(&version));
        same.map(|(_, place)| place)
    }

    fn insert(&mut self, version: String, place: Place) {
        match Version::parse(&version) {
            Ok(version) => drop(self.read.insert(version, place)),
            Err(_) => drop(self.unread.insert(version, place)),
        }
    }
}
