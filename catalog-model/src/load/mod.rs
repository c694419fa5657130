//! Reads a tree of files into a [`Catalog`], and says all that is wrong with it.

mod address;
mod chart;
mod choice;
mod definitions;
mod folder;
mod hooks;
mod license;
mod metadata;
mod modules;
mod package;
mod relations;
mod release;
mod system;
mod upgrades;
mod values;

use std::collections::BTreeMap;

use catalog_conditions::document::Limits;
use catalog_conditions::suggest::near;
use catalog_conditions::version::Version;
use catalog_conditions::{Diagnostic, Severity};

use self::folder::VersionFolder;
use self::package::Siblings;
use self::release::{Found, ReleaseLoader};
use crate::catalog::{Catalog, Package, UnusableRelease};
use crate::name::PackageName;
use crate::release::Release;
use crate::source::{Entry, EntryKind, Source, SourceError, join};

/// How a catalog is read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadOptions {
    /// What one file may cost.
    pub limits: Limits,
    /// Files in the folders of one version: 10,000.
    pub files_per_version: usize,
    /// Whether unknown keys in `metadata.yaml` and `modules.yaml` are errors instead of warnings.
    pub strict: bool,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            files_per_version: 10_000,
            strict: false,
        }
    }
}

/// A catalog as far as it can be used, and the diagnostics of the rest.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    catalog: Catalog,
    diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// The usable packages.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The usable packages, without the diagnostics.
    #[must_use]
    pub fn into_catalog(self) -> Catalog {
        self.catalog
    }

    /// All that was found wrong or worth knowing, by file and place.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether a diagnostic is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity() == Severity::Error)
    }
}

/// Loads a catalog: the root itself, or its `catalog/` folder if the root holds no package.
///
/// One broken file never hides the rest: a release with errors is left out and listed in [`Package::unusable`], and every problem of
/// every file is a diagnostic. Cost: each file below the version folders is read and parsed once; nothing else is.
///
/// # Errors
///
/// The root cannot be listed. Whatever is wrong below it is a diagnostic.
pub fn load(source: &dyn Source, options: &LoadOptions) -> Result<Loaded, SourceError> {
    let root = root(source)?;
    let mut loader = Loader {
        source,
        options,
        diagnostics: Vec::new(),
        packages: BTreeMap::new(),
    };
    loader.packages_below(&root)?;
    loader.diagnostics.sort();
    Ok(Loaded {
        catalog: Catalog {
            packages: loader.packages,
        },
        diagnostics: loader.diagnostics,
    })
}

/// `catalog` if only that holds packages, else the root.
fn root(source: &dyn Source) -> Result<String, SourceError> {
    let entries = source.list("")?;
    let nested = entries
        .iter()
        .any(|entry| entry.name == "catalog" && entry.kind == EntryKind::Folder);
    if !nested
        || entries
            .iter()
            .any(|entry| entry.kind == EntryKind::Folder && is_package(source, &entry.name))
    {
        return Ok(String::new());
    }
    Ok("catalog".to_owned())
}

/// Whether a folder has a folder with a `metadata.yaml`.
fn is_package(source: &dyn Source, folder: &str) -> bool {
    let folders = source
        .list(folder)
        .unwrap_or_default()
        .into_iter()
        .filter(|entry| entry.kind == EntryKind::Folder);
    folders.into_iter().any(|version| {
        has_metadata(
            &source
                .list(&join(folder, &version.name))
                .unwrap_or_default(),
        )
    })
}

fn has_metadata(entries: &[Entry]) -> bool {
    entries
        .iter()
        .any(|entry| matches!(entry.name.as_str(), "metadata.yaml" | "metadata.yml"))
}

struct Loader<'a> {
    source: &'a dyn Source,
    options: &'a LoadOptions,
    diagnostics: Vec<Diagnostic>,
    packages: BTreeMap<PackageName, Package>,
}

impl Loader<'_> {
    fn packages_below(&mut self, root: &str) -> Result<(), SourceError> {
        let mut folders = self.source.list(root)?;
        folders.sort();
        for entry in folders {
            let path = join(root, &entry.name);
            match entry.kind {
                _ if entry.name.starts_with('.') => {}
                EntryKind::Folder => self.package(&path, &entry.name),
                EntryKind::Link => self.diagnostics.push(link(self.source, &path)),
                EntryKind::File | EntryKind::Other => {}
            }
        }
        if self.packages.is_empty() {
            let diagnostic =
                Diagnostic::error("catalog.empty", "there is no package in this folder")
                    .at_path(self.source.display(root));
            self.diagnostics.push(diagnostic.help("a catalog holds a folder for each package, and in it one for each version, with a `metadata.yaml`"));
        }
        Ok(())
    }

    fn package(&mut self, path: &str, folder: &str) {
        let mut entries = match self.source.list(path) {
            Ok(entries) => entries,
            Err(error) => return self.diagnostics.push(unreadable(&error)),
        };
        if has_metadata(&entries) {
            let diagnostic = Diagnostic::error(
                "package.no-version-folder",
                "`metadata.yaml` stands in the package folder, and belongs into a folder of its version",
            );
            let diagnostic = diagnostic
                .at_path(self.source.display(path))
                .about(folder, None);
            return self.diagnostics.push(diagnostic.help("move the files to a folder such as `1.0.0/`; a KubeVela addon must be imported first"));
        }
        entries.sort();
        let before = self.diagnostics.len();
        let found: Vec<_> = entries
            .into_iter()
            .filter_map(|entry| self.version(path, folder, &entry))
            .collect();
        if found.is_empty() {
            // One note is enough for a folder of something else.
            self.diagnostics.truncate(before);
            let diagnostic = Diagnostic::note(
                "package.empty",
                "this folder has no version and is no package",
            )
            .at_path(self.source.display(path));
            return self.diagnostics.push(diagnostic);
        }
        match PackageName::parse(folder) {
            Ok(name) => self.add(name, found),
            Err(error) => {
                let diagnostic = Diagnostic::error("package.name", error.to_string())
                    .at_path(self.source.display(path))
                    .about(folder, None);
                self.diagnostics
                    .push(diagnostic.did_you_mean(error.suggestion()));
            }
        }
    }

    fn version(&mut self, package_path: &str, package: &str, entry: &Entry) -> Option<Found> {
        let path = join(package_path, &entry.name);
        match entry.kind {
            EntryKind::Folder => {}
            EntryKind::Link => {
                self.diagnostics.push(link(self.source, &path));
                return None;
            }
            EntryKind::File | EntryKind::Other => return None,
        }
        let entries = match self.source.list(&path) {
            Ok(entries) => entries,
            Err(error) => {
                self.diagnostics
                    .push(unreadable(&error).about(package, Some(&entry.name)));
                return None;
            }
        };
        if !has_metadata(&entries) && Version::parse(&entry.name).is_err() {
            let note = Diagnostic::note(
                "version.skipped",
                "this folder has no `metadata.yaml`, and its name is no version: it is skipped",
            );
            self.diagnostics.push(
                note.at_path(self.source.display(&path))
                    .about(package, None),
            );
            return None;
        }
        let version_folder = VersionFolder::new(self.source, self.options, &path, entries);
        let (found, diagnostics) = ReleaseLoader::new(package, &entry.name, version_folder).load();
        self.diagnostics.extend(
            diagnostics
                .into_iter()
                .map(|diagnostic| diagnostic.about(package, Some(&entry.name))),
        );
        Some(found)
    }

    fn add(&mut self, name: PackageName, found: Vec<Found>) {
        let (mut releases, mut unusable): (Vec<Release>, Vec<UnusableRelease>) =
            (Vec::new(), Vec::new());
        for found in found {
            match found {
                Found::Usable(release) => releases.push(*release),
                Found::Unusable(release) => unusable.push(release),
            }
        }
        let siblings = Siblings::new(self.source, name.clone(), &mut self.diagnostics);
        self.packages
            .insert(name, siblings.package(releases, unusable));
    }
}

fn link(source: &dyn Source, path: &str) -> Diagnostic {
    let diagnostic = Diagnostic::warning(
        "file.link",
        "this link leads out of the catalog, to nothing or in a circle: it is not followed",
    );
    diagnostic.at_path(source.display(path))
}

fn unreadable(error: &SourceError) -> Diagnostic {
    let code = match error.kind() {
        crate::source::SourceErrorKind::TooLarge => "file.too-large",
        _ => "file.unreadable",
    };
    Diagnostic::error(code, error.message()).at_path(error.path())
}

/// Warns of a name that is nearly one of `known`.
fn near_name(name: &str, known: &[&'static str]) -> Option<&'static str> {
    near(name, known.iter().copied())
}
