//! From a source to an index, and from an entry to its whole release.

use catalog_conditions::{Diagnostic, Severity};

use super::definitions::Definitions;
use super::summary::{Summary, defined};
use super::{Entry, Index, IndexError, IndexErrorKind};
use crate::load::{Found, LoadOptions, Parts, Shared, Walk, in_order};
use crate::release::Release;
use crate::source::{Source, SourceError};

/// A release that was read whole, and what is worth knowing of it.
#[derive(Clone, Debug)]
pub struct LoadedRelease {
    release: Box<Release>,
    diagnostics: Vec<Diagnostic>,
}

impl LoadedRelease {
    /// The release.
    #[must_use]
    pub fn release(&self) -> &Release {
        &self.release
    }

    /// The release, without the diagnostics.
    #[must_use]
    pub fn into_release(self) -> Release {
        *self.release
    }

    /// Warnings and notes.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl Index {
    /// Reads a catalog but for `definitions/`: metadata, conditions, hooks and modules are read, typed and checked as
    /// [`load`](crate::load()) does, and of them the index keeps what it needs. Gives the index and all that is wrong with what was
    /// read, by file and place; what is kept back is among it, and says so by [`Diagnostic::suppression`].
    ///
    /// A version whose definitions have errors counts as usable until [`read_definitions`](Self::read_definitions).
    ///
    /// # Errors
    ///
    /// The root cannot be listed. Whatever is wrong below it is a diagnostic.
    pub fn read(
        source: &dyn Source,
        options: &LoadOptions,
    ) -> Result<(Self, Vec<Diagnostic>), SourceError> {
        let shared = Shared::new();
        let walk = Walk {
            source,
            options,
            shared: &shared,
            parts: Parts::WithoutDefinitions,
        };
        let mut walked = walk.packages(|package| Summary::of(&package))?;
        walked.diagnostics.sort();
        // Folders are read in order of their names, which is that of the packages.
        Ok((
            Self::without_definitions(walked.packages),
            walked.diagnostics,
        ))
    }

    /// Whether what definitions provide is known.
    #[must_use]
    pub fn has_definitions(&self) -> bool {
        self.definitions.get().is_some()
    }

    /// Reads the definitions of all versions, unless that was done before, and keeps what they provide. Versions whose definitions have
    /// errors are usable no more. Gives all that is wrong with definitions, by file and place.
    ///
    /// `source` must be the one that the index was read from. Cost: that of the definitions alone; later calls cost nothing. Several
    /// threads may ask at once: one reads.
    pub fn read_definitions(&self, source: &dyn Source, options: &LoadOptions) -> &[Diagnostic] {
        let definitions = self
            .definitions
            .get_or_init(|| self.definitions_in(source, options));
        &definitions.diagnostics
    }

    fn definitions_in(&self, source: &dyn Source, options: &LoadOptions) -> Definitions {
        let shared = Shared::new();
        let walk = Walk {
            source,
            options,
            shared: &shared,
            parts: Parts::All,
        };
        let entries: Vec<Entry<'_>> = (0..super::column::row(self.versions.len()))
            .filter_map(|at| self.entry_at(at))
            .collect();
        let read = in_order(options.parallel, entries, |entry| {
            let (definitions, diagnostics) = walk.definitions(entry.package(), entry.folder());
            let broken = diagnostics
                .iter()
                .any(|diagnostic| diagnostic.severity() == Severity::Error);
            ((!broken).then(|| defined(&definitions)), diagnostics)
        });
        let (defines, diagnostics): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        let mut diagnostics: Vec<Diagnostic> = diagnostics.into_iter().flatten().collect();
        diagnostics.sort();
        Definitions::read(defines, diagnostics)
    }

    /// Reads the whole release of an entry, with its definitions.
    ///
    /// `source` must be the one that the index was made from. Cost: that of the one version folder.
    ///
    /// # Errors
    ///
    /// The folder cannot be listed, or the release has errors (in its definitions, or because it changed since).
    pub fn load_release(
        &self,
        entry: Entry<'_>,
        source: &dyn Source,
        options: &LoadOptions,
    ) -> Result<LoadedRelease, IndexError> {
        let shared = Shared::new();
        let walk = Walk {
            source,
            options,
            shared: &shared,
            parts: Parts::All,
        };
        let (found, mut diagnostics) = walk
            .one(entry.package(), entry.folder())
            .map_err(IndexError::of_source)?;
        diagnostics.sort();
        match found {
            Found::Usable(release) => Ok(LoadedRelease {
                release,
                diagnostics,
            }),
            Found::Unusable(_) => {
                let message = format!("{entry} has errors and cannot be used");
                let error = IndexError::new(IndexErrorKind::Unusable, message);
                Err(error.with_diagnostics(diagnostics))
            }
        }
    }
}
