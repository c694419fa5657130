//! From an entry to its whole release.

use catalog_conditions::Diagnostic;

use super::{Entry, IndexError, LoadedRelease};
use crate::load::{Found, Parts, Shared, Told, Walk};
use crate::source::Source;

#[cfg(doc)]
use super::Index;

impl<'a> Entry<'a> {
    /// Reads the whole release, with its definitions and with the options of the index.
    ///
    /// `source` must be the one that the index was made from. Cost: that of the one version folder.
    ///
    /// # Errors
    ///
    /// The folder cannot be listed, or the release has errors (in its definitions, or because it changed since), or its scope was refused
    /// when the [definitions of all](Index::read_definitions) were read. Scope is a matter of all versions of a package: before that, one
    /// whose scope will be refused is given.
    pub fn load(self, source: &dyn Source) -> Result<LoadedRelease, IndexError> {
        let shared = Shared::new();
        let walk = Walk {
            source,
            options: &self.index.options,
            shared: &shared,
            parts: Parts::All,
        };
        let (found, mut diagnostics) = walk
            .one(self.package(), self.folder())
            .map_err(IndexError::of_source)?;
        let release = match found {
            Found::Usable(release) if !self.is_refused() => Some(release),
            Found::Usable(_) => {
                diagnostics.extend(self.told().cloned());
                None
            }
            Found::Unusable(_) => None,
        };
        let told = Told::new(diagnostics);
        match release {
            Some(release) => Ok(LoadedRelease { release, told }),
            None => Err(IndexError::unusable(self, told.reported)),
        }
    }

    /// Whether it turned out to be unusable when definitions were read.
    fn is_refused(self) -> bool {
        let definitions = self.layer.definitions.get();
        definitions.is_some_and(|definitions| definitions.is_broken(self.at))
    }

    /// What was told of it when definitions were read.
    fn told(self) -> impl Iterator<Item = &'a Diagnostic> {
        let told = self.layer.definitions.get().into_iter();
        let folder = self.folder().rsplit('/').next();
        told.flat_map(|definitions| &definitions.told.reported)
            .filter(move |one| one.package() == Some(self.package()) && one.version() == folder)
    }
}
