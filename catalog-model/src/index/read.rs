//! From a source to an index.

use catalog_conditions::{Diagnostic, Severity};

use super::column::row;
use super::definitions::{Definitions, PackageDefinitions};
use super::layer::Layer;
use super::order::Place;
use super::summary::{Summary, defined};
use super::{DefinitionsRead, Entry, Index, LoadedIndex, Shown};
use crate::capability::Capability;
use crate::catalog::UnusableRelease;
use crate::load::{LoadOptions, Parts, Refused, Scoped, Shared, Told, Walk, in_order};
use crate::source::{Source, SourceError};

impl Index {
    /// Reads a catalog but for `definitions/`: metadata, conditions, hooks and modules are read, typed and checked as
    /// [`load`](crate::load()) does, and of them the index keeps what it needs. Gives the index with all that is wrong with what was
    /// read. (In a folder that cannot be a package by its name, definitions are read as well: no index holds it, and what is wrong there
    /// is said once.)
    ///
    /// The index keeps the options, and reads [definitions](Self::read_definitions) and [releases](Entry::load) with the same. Until the
    /// former is done, a version that is unusable
    /// by its definitions, or by its scope (which is that of the newest release without errors), counts as usable: a service whose answers
    /// must not change reads definitions before it gives any.
    ///
    /// # Errors
    ///
    /// The root cannot be listed. Whatever is wrong below it is a diagnostic.
    pub fn read(source: &dyn Source, options: &LoadOptions) -> Result<LoadedIndex, SourceError> {
        let shared = Shared::new();
        let walk = Walk {
            source,
            options,
            shared: &shared,
            parts: Parts::WithoutDefinitions,
        };
        let walked = walk.packages(|package| Summary::of(&package).into_owned())?;
        Ok(LoadedIndex {
            // Folders are read in order of their names, which is that of the packages.
            index: Self::without_definitions(walked.packages, options.clone()),
            told: Told::new(walked.diagnostics),
        })
    }

    /// Whether definitions are read: what they provide is known, and no version counts as usable that is not. True of an index that was
    /// made [of a catalog](Self::of).
    #[must_use]
    pub fn definitions_are_read(&self) -> bool {
        let mut layers = self.layers.iter();
        layers.all(|shown| shown.layer.definitions.get().is_some())
    }

    /// Reads the definitions of all versions, with the options that the index was read with, and keeps what they provide. Versions whose
    /// definitions have errors, and those of another scope than the newest version without errors, are usable no more: from here on, the
    /// index has those that [`load`](crate::load()) has, and no answer changes again.
    ///
    /// `source` must be the one that the index was read from. Where definitions are read already, by a call before or because the index was
    /// made [of a catalog](Self::of), nothing is read: what was told then is told again (of a catalog nothing, as
    /// [`Loaded`](crate::Loaded) has told it), and [`DefinitionsRead::happened_now`] is false. Several threads may ask at once, those of a
    /// rayon pool as well: each that finds them unread reads them, none waits for another, and all get the answer of the first that is done.
    ///
    /// Cost: that of the definitions alone, in time; in memory, the definitions of one package (in parallel, of a few).
    pub fn read_definitions(&self, source: &dyn Source) -> DefinitionsRead<'_> {
        // One that was brought up to date has other layers too, whose definitions were there from the beginning.
        let Some(Shown { layer, .. }) = self.layers.first() else {
            return DefinitionsRead {
                told: Told::none(),
                now: false,
            };
        };
        if let Some(known) = layer.definitions.get() {
            return known.told(false);
        }
        // Nothing is read under the lock: a thread of a pool that waits for its own work may take up another call of this.
        let read = self.definitions_in(layer, source);
        let mut now = false;
        let definitions = layer.definitions.get_or_init(|| {
            now = true;
            read
        });
        definitions.told(now)
    }

    fn definitions_in(&self, layer: &Layer, source: &dyn Source) -> Definitions {
        let packages: Vec<u32> = (0..row(layer.packages.len())).collect();
        let read = in_order(self.options.parallel, packages, |at| {
            self.definitions_of(Place { layer, at }, source)
        });
        Definitions::read(layer.versions.len(), read)
    }

    /// Reads the definitions of one package, and judges its versions by them. Equal definitions are read once, and dropped with the
    /// package: those of a whole catalog may be many times the index.
    fn definitions_of(&self, package: Place<'_>, source: &dyn Source) -> PackageDefinitions {
        let options = &self.options;
        let shared = Shared::new();
        let walk = Walk {
            source,
            options,
            shared: &shared,
            parts: Parts::All,
        };
        let Place { layer, at } = package;
        let name = layer.package_name(at);
        let rows = layer.versions_of(at);
        let entries = rows.filter_map(|at| self.entry_at(Place { layer, at }));
        let versions = in_order(options.parallel, entries.collect(), |entry| {
            let (definitions, diagnostics) = walk.definitions(name, entry.folder());
            let defines = defined(&definitions).cloned();
            (entry, defines.collect(), diagnostics)
        });
        let known = layer.unusable_without_definitions(at);
        let folders = known.iter().map(UnusableRelease::folder).collect();
        let of_unusable = in_order(options.parallel, folders, |folder| {
            walk.definitions(name, folder).1
        });
        let mut judged = Judged {
            unusable: known.to_vec(),
            diagnostics: of_unusable.into_iter().flatten().collect(),
            versions: Vec::new(),
        };
        for (entry, defines, diagnostics) in versions {
            judged.judge(entry, defines, diagnostics);
        }
        judged.refuse_other_scopes(source, name);
        judged.finish()
    }
}

/// The versions of a package while their definitions are read.
struct Judged<'a> {
    /// Those without errors in their metadata, oldest first, with what they define; `None` for those with errors in definitions.
    versions: Vec<(Entry<'a>, Option<Vec<Capability>>)>,
    unusable: Vec<UnusableRelease>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Judged<'a> {
    fn judge(&mut self, entry: Entry<'a>, defines: Vec<Capability>, diagnostics: Vec<Diagnostic>) {
        let mut errors = diagnostics.iter();
        let error = errors.find(|diagnostic| diagnostic.severity() == Severity::Error);
        let broken = error.map(|error| unusable(entry, error.message()));
        let defines = broken.is_none().then_some(defines);
        self.unusable.extend(broken);
        self.versions.push((entry, defines));
        self.diagnostics.extend(diagnostics);
    }

    /// As [`load`](crate::load()) does among the releases without errors.
    fn refuse_other_scopes(&mut self, source: &dyn Source, package: &str) {
        let usable = self
            .versions
            .iter()
            .filter(|(_, defines)| defines.is_some());
        let usable = usable.map(|(entry, _)| Scoped {
            version: entry.version(),
            folder: entry.folder(),
            scope: entry.scope(),
        });
        let Some(refused) = Refused::other_scopes(&usable.collect::<Vec<_>>()) else {
            return;
        };
        self.diagnostics
            .extend(refused.diagnostics(source, package));
        for (entry, defines) in &mut self.versions {
            if let Some(message) = refused.message(entry.folder()) {
                *defines = None;
                self.unusable.push(unusable(*entry, message));
            }
        }
    }

    fn finish(mut self) -> PackageDefinitions {
        self.unusable.sort_by(|a, b| a.folder().cmp(b.folder()));
        PackageDefinitions {
            defines: self.versions.into_iter().map(|(_, one)| one).collect(),
            unusable: self.unusable,
            diagnostics: self.diagnostics,
        }
    }
}

fn unusable(entry: Entry<'_>, message: &str) -> UnusableRelease {
    UnusableRelease::broken(entry.version(), entry.folder(), message)
}
