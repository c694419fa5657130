//! From the root of a source to its packages and their versions.

use catalog_conditions::version::Version;
use catalog_conditions::{Diagnostic, Severity};

use super::folder::VersionFolder;
use super::in_order::in_order;
use super::package::Siblings;
use super::release::{Found, Kept, Parts, ReleaseLoader, VersionRead};
use super::shared::{Shared, SharedDocuments};
use super::unread::unreadable;
use super::{LoadOptions, has_metadata, link, strays};
use crate::catalog::{Package, UnusableRelease};
use crate::definition::Definition;
use crate::name::PackageName;
use crate::release::Release;
use crate::source::{Entry, EntryKind, Source, SourceError, join};

/// Reads all packages of a source.
pub(crate) struct Walk<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) options: &'a LoadOptions,
    pub(crate) shared: &'a Shared,
    pub(crate) parts: Parts,
}

/// What was kept of each package, by name, and the diagnostics in the order of reading.
pub(crate) struct Walked<T> {
    pub(crate) packages: Vec<T>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A folder of the root or of a package.
struct Folder<'a> {
    path: String,
    entry: &'a Entry,
}

/// A package folder, when all its versions are read.
pub(crate) struct Closed {
    pub(crate) package: Option<Package>,
    /// What is told of the folder, and of its versions side by side.
    pub(crate) told: Vec<Diagnostic>,
    /// Whether notes about what is in the folder are passed over.
    pub(crate) hides_notes: bool,
}

/// What a folder held, if it is what it should be, and what is wrong with it.
pub(crate) type Read<T> = (Option<T>, Vec<Diagnostic>);

impl Walk<'_> {
    /// Reads the packages and keeps of each what `keep` makes of it, before the next is read (or, in parallel, beside a few others).
    pub(crate) fn packages<T: Send>(
        &self,
        keep: impl Fn(Package) -> T + Sync + Send,
    ) -> Result<Walked<T>, SourceError> {
        let root = self.root()?;
        let mut entries = self.source.list(&root)?;
        entries.retain(|entry| !entry.name.starts_with('.'));
        entries.sort();
        let folders = entries.iter().map(|entry| Folder {
            path: join(&root, &entry.name),
            entry,
        });
        let read = in_order(self.options.parallel, folders.collect(), |folder| {
            let (package, diagnostics) = self.root_entry(&folder);
            (package.map(&keep), diagnostics)
        });
        let mut walked = Walked {
            packages: Vec::new(),
            diagnostics: Vec::new(),
        };
        for (package, diagnostics) in read {
            walked.packages.extend(package);
            walked.diagnostics.extend(diagnostics);
        }
        if walked.packages.is_empty() {
            walked.diagnostics.push(self.no_package(&root));
        }
        Ok(walked)
    }

    /// What is said of a root without any package.
    pub(crate) fn no_package(&self, root: &str) -> Diagnostic {
        let diagnostic = Diagnostic::error("catalog.empty", "there is no package in this folder")
            .at_path(self.source.display(root));
        diagnostic.help("a catalog holds a folder for each package, and in it one for each version, with a `metadata.yaml`")
    }

    /// `catalog` if only that holds packages, else the root.
    pub(crate) fn root(&self) -> Result<String, SourceError> {
        Ok(self.root_among(&self.source.list("")?).to_owned())
    }

    /// The same, of what the root of the source lists.
    pub(crate) fn root_among(&self, entries: &[Entry]) -> &'static str {
        let nested = entries
            .iter()
            .any(|entry| entry.name == "catalog" && entry.kind == EntryKind::Folder);
        let holds_packages = || {
            entries
                .iter()
                .any(|entry| entry.kind == EntryKind::Folder && self.is_package(&entry.name))
        };
        if !nested || holds_packages() {
            return "";
        }
        "catalog"
    }

    /// Whether a folder has a folder with a `metadata.yaml`.
    fn is_package(&self, folder: &str) -> bool {
        let list = |path: &str| self.source.list(path).unwrap_or_default();
        let folders = list(folder)
            .into_iter()
            .filter(|entry| entry.kind == EntryKind::Folder);
        folders
            .into_iter()
            .any(|version| has_metadata(&list(&join(folder, &version.name))))
    }

    /// A warning or note about a folder as the options take it. Those about files are settled with their release.
    fn taken(&self, diagnostic: Diagnostic) -> Diagnostic {
        self.options.levels.apply(diagnostic)
    }

    /// What is said of something that stands among folders and is none. Files are for whoever looks into the folder.
    pub(crate) fn no_folder(&self, kind: EntryKind, path: &str) -> Vec<Diagnostic> {
        let said = match kind {
            EntryKind::File | EntryKind::Folder => return Vec::new(),
            EntryKind::Link => link(self.source, path),
            EntryKind::Other => strays::other(None).at_path(self.source.display(path)),
        };
        vec![self.taken(said)]
    }

    fn root_entry(&self, folder: &Folder<'_>) -> Read<Package> {
        match folder.entry.kind {
            EntryKind::Folder => self.package(&folder.path, &folder.entry.name),
            kind => (None, self.no_folder(kind, &folder.path)),
        }
    }

    fn package(&self, path: &str, folder: &str) -> Read<Package> {
        let mut entries = match self.source.list(path) {
            Ok(entries) => entries,
            Err(error) => return (None, vec![unreadable(&error)]),
        };
        if let Some(said) = self.no_version_folder((path, folder), &entries) {
            return (None, vec![said]);
        }
        entries.sort();
        let folders = entries.iter().map(|entry| Folder {
            path: join(path, &entry.name),
            entry,
        });
        let documents = SharedDocuments::new();
        let read = in_order(self.options.parallel, folders.collect(), |version| {
            let kept = Kept::default();
            self.version(folder, (&version.path, version.entry), &documents, kept)
        });
        let (mut found, mut diagnostics) = (Vec::new(), Vec::new());
        for version in read {
            found.extend(version.found);
            diagnostics.extend(version.told);
        }
        let closed = self.close((path, folder), found);
        if closed.hides_notes {
            diagnostics.retain(|diagnostic| diagnostic.severity() > Severity::Note);
        }
        diagnostics.extend(closed.told);
        (closed.package, diagnostics)
    }

    /// What is said of a package folder that holds the files of a version.
    pub(crate) fn no_version_folder(
        &self,
        (path, folder): (&str, &str),
        entries: &[Entry],
    ) -> Option<Diagnostic> {
        if !has_metadata(entries) {
            return None;
        }
        let diagnostic = Diagnostic::error(
            "package.no-version-folder",
            "`metadata.yaml` stands in the package folder, and belongs into a folder of its version",
        );
        let diagnostic = diagnostic
            .at_path(self.source.display(path))
            .about(folder, None);
        Some(diagnostic.help(
            "move the files to a folder such as `1.0.0/`; a KubeVela addon must be imported first",
        ))
    }

    /// What a folder turned out to be by the versions that were found in it.
    pub(crate) fn close(&self, (path, folder): (&str, &str), found: Vec<Found>) -> Closed {
        let mut told = Vec::new();
        if found.is_empty() {
            let diagnostic = Diagnostic::note(
                "package.empty",
                "this folder has no version and is no package",
            );
            told.push(self.taken(diagnostic.at_path(self.source.display(path))));
            return Closed {
                package: None,
                told,
                // One note is enough for a folder of something else; what could not be read might have been a version.
                hides_notes: true,
            };
        }
        let package = match PackageName::parse(folder) {
            Ok(name) => Some(self.siblings(name, found, &mut told)),
            Err(error) => {
                let diagnostic = Diagnostic::error("package.name", error.to_string())
                    .at_path(self.source.display(path))
                    .about(folder, None);
                told.push(diagnostic.did_you_mean(error.suggestion()));
                None
            }
        };
        Closed {
            package,
            told,
            hides_notes: false,
        }
    }

    /// What stands in the folder of a package, if it is a version. What is kept of it is not read again.
    pub(crate) fn version(
        &self,
        package: &str,
        (path, entry): (&str, &Entry),
        documents: &SharedDocuments,
        kept: Kept<'_>,
    ) -> VersionRead {
        let no_version = |told| VersionRead {
            told,
            ..VersionRead::default()
        };
        if entry.kind != EntryKind::Folder {
            return no_version(self.no_folder(entry.kind, path));
        }
        let entries = match self.source.list(path) {
            Ok(entries) => entries,
            Err(error) => {
                let diagnostic = unreadable(&error).about(package, Some(&entry.name));
                return no_version(vec![diagnostic]);
            }
        };
        if !has_metadata(&entries) && Version::parse(&entry.name).is_err() {
            let note = Diagnostic::note(
                "version.skipped",
                "this folder has no `metadata.yaml`, and its name is no version: it is skipped",
            );
            let note = note.at_path(self.source.display(path));
            return no_version(vec![self.taken(note.about(package, None))]);
        }
        let loader = self.loader(package, path, entries, documents);
        let read = loader.keeping(kept).load();
        VersionRead {
            found: Some(read.0),
            #[cfg(feature = "sync")]
            files: read.1,
            told: about(read.2, package, path),
        }
    }

    /// One version by its folder, alone.
    pub(crate) fn one(
        &self,
        package: &str,
        folder: &str,
    ) -> Result<(Found, Vec<Diagnostic>), SourceError> {
        let entries = self.source.list(folder)?;
        let documents = SharedDocuments::new();
        let loader = self.loader(package, folder, entries, &documents);
        let (found, _, diagnostics) = loader.load();
        Ok((found, about(diagnostics, package, folder)))
    }

    /// The definitions of one version by its folder.
    pub(crate) fn definitions(
        &self,
        package: &str,
        folder: &str,
    ) -> (Vec<Definition>, Vec<Diagnostic>) {
        let documents = SharedDocuments::new();
        let (definitions, diagnostics) = match self.source.list(folder) {
            Ok(entries) => self
                .loader(package, folder, entries, &documents)
                .load_definitions(),
            Err(error) => (Vec::new(), vec![unreadable(&error)]),
        };
        (definitions, about(diagnostics, package, folder))
    }

    fn loader<'f>(
        &'f self,
        package: &'f str,
        folder: &'f str,
        entries: Vec<Entry>,
        documents: &'f SharedDocuments,
    ) -> ReleaseLoader<'f> {
        let files = VersionFolder::new(self.source, self.options, folder, entries, documents);
        // Nobody comes back for the definitions of a package that is none.
        let parts = match PackageName::parse(package) {
            Ok(_) => self.parts,
            Err(_) => Parts::All,
        };
        let reading = (self.shared, parts);
        ReleaseLoader::new(package, last(folder), files, reading)
    }

    /// A package of the versions found, those that contradict each other refused.
    fn siblings(
        &self,
        name: PackageName,
        found: Vec<Found>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Package {
        let (mut releases, mut unusable): (Vec<Release>, Vec<UnusableRelease>) =
            (Vec::new(), Vec::new());
        for found in found {
            match found {
                Found::Usable(release) => releases.push(release),
                Found::Unusable(release) => unusable.push(release),
            }
        }
        Siblings::new(self.source, name, diagnostics).package(releases, unusable, self.parts)
    }
}

/// The name of a folder.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Diagnostics said to concern the version that a folder holds.
fn about(diagnostics: Vec<Diagnostic>, package: &str, folder: &str) -> Vec<Diagnostic> {
    let about = |diagnostic: Diagnostic| diagnostic.about(package, Some(last(folder)));
    diagnostics.into_iter().map(about).collect()
}
