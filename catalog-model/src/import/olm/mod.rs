//! OLM bundles and file-based catalogs.
//!
//! The rules are those of the Operator Lifecycle Manager (`operator-framework/api`, `operator-registry`): what makes a bundle, which properties there
//! are, and what a ClusterServiceVersion installs.

mod bundle;
mod catalog;
mod channels;
mod constraint;
mod csv;
mod documents;
mod edges;
mod folder;
mod icon;
mod install;
mod names;
mod property;

use std::cell::RefCell;
use std::io::{Cursor, Read};

use catalog_conditions::Diagnostic;

use super::ImportOptions;
use super::outcome::{Import, Report};
use super::releases::Releases;
use super::walk::{self, Folder, below};
use crate::source::{EntryKind, MemorySource, Source, SourceError};

/// The first word of the codes of diagnostics.
const FORMAT: &str = "bundle";

/// Where catalogs are read from and releases are put that are too large for memory.
pub trait Streams {
    /// A file of the source that is imported, from its beginning. It is opened twice.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    fn open(&self, path: &str) -> Result<Box<dyn Read + '_>, SourceError>;

    /// Takes a file of the catalog that is made, `<package>/<version>/…`, while another is being read.
    ///
    /// # Errors
    ///
    /// It cannot be put where it goes, which ends the import.
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), SourceError>;
}

/// Imports all OLM bundles and file-based catalogs below the root of a source, into memory.
///
/// Bundles are folders with `metadata/annotations.yaml`; catalogs are YAML and JSON files with documents of a `schema` of OLM's. A bundle
/// becomes one release, `<package>/<version>/`; one that is there itself counts before what a catalog says of it.
///
/// | bundle, or `olm.bundle` of a catalog | release |
/// |---|---|
/// | the annotation `description` and, behind it, `spec.description` | `description` |
/// | `keywords`, the annotation `categories`, channels | `tags`, and labels `tag.catalog/…` |
/// | `maintainers`; the annotation `repository`, or the first of `links`; `icon` | `maintainers`; `url`; a file, `icon` |
/// | labels and annotations that are labels | labels |
/// | `minKubeVersion` | a condition (`system`) |
/// | `replaces`, `skips`, `skipRange`, of all channels | the same, names as versions; what is replaced in further channels is skipped too |
/// | `olm.package` and `olm.package.required`; `olm.constraint` | `dependencies`; what of it can be said (`all`, `any` of one package, `not` of one) |
/// | `olm.gvk`; `olm.gvk.required`, required CRDs and API services | `provides`; `requires` |
/// | CRDs | `definitions/` |
/// | other objects; the deployments and permissions that the CSV installs | `manifests/`, a module |
/// | `relatedImages`, the bundle's own image | `images.yaml` |
/// | the image of a bundle in a catalog | a module of the kind `bundle` |
/// | `olm.deprecations` | `deprecated` |
/// | being in no channel of a package that a catalog describes | `yanked`, and reported |
/// | the ClusterServiceVersion itself | `other/`, as text |
/// | anything else | reported |
///
/// `replaces` and `skips` name bundles, and mean the version of the bundle of the same package that has the name, whatever the name looks like. A
/// name that no bundle has is reported. It is kept as the version that it says only where the bundle itself is named after its version in the same
/// way (`op.v1.2.0` replaces `op.v1.1.0`) and that version is of no other bundle, so that a cluster that has it can go on; any other is left out.
///
/// A bundle that is in no channel cannot be installed by OLM. It is imported, since others may replace it, and yanked, so that nobody is offered it.
/// Bundles of packages of which catalogs have neither the package nor a channel, as `opm render` writes a single bundle, are like folders.
/// Reported as well: entries of channels and deprecations whose bundle is not there, and packages and channels without any bundle.
///
/// One bad bundle never hides the rest: it is left out with an error.
///
/// # Errors
///
/// The root cannot be listed. Whatever is wrong below it is a diagnostic.
pub fn olm(source: &dyn Source, options: &ImportOptions) -> Result<Import, SourceError> {
    let memory = Memory {
        source,
        limit: options.catalog_bytes,
        files: RefCell::default(),
    };
    let mut import = olm_streamed(source, &memory, options)?;
    import.files = memory.files.into_inner();
    Ok(import)
}

/// The same as [`olm()`] for catalogs of any size: files of catalogs are read as streams, twice, and releases are put away one by one.
///
/// Memory: that of one document (16 MiB at most), of the channels and the names of bundles, and of the report. [`Import::files`] holds nothing. The program `import`
/// took 48 MB for a catalog of 316 MB with 8,896 bundles (`/usr/bin/time -f %M`, the report printed as text).
///
/// # Errors
///
/// The root cannot be listed, or a file cannot be put where it goes. Whatever else is wrong is a diagnostic.
pub fn olm_streamed(
    source: &dyn Source,
    streams: &dyn Streams,
    options: &ImportOptions,
) -> Result<Import, SourceError> {
    let mut report = Report::default();
    let mut found = Found::default();
    walk::folders(source, FORMAT, &mut report, &mut |folder, report| {
        found.visit(source, folder, report)
    })?;
    let mut catalogs = channels::Catalogs::default();
    for path in &found.bundles {
        folder::name(source, options, path, &mut catalogs.names);
    }
    for path in &found.catalogs {
        catalogs.read(source, streams, path, options, &mut report);
    }
    catalogs.report_absent(&mut report);
    if found.bundles.is_empty() && catalogs.files.is_empty() {
        let diagnostic = Diagnostic::error(
            "bundle.empty",
            "there is no bundle and no catalog in this folder",
        );
        report.diagnostic(
            diagnostic
                .at_path(source.display(""))
                .help("a bundle is a folder with `metadata/annotations.yaml` and `manifests/`; a catalog is a file of documents with a `schema`"),
        );
    }
    let mut put = |path: &str, bytes: Vec<u8>| streams.put(path, bytes);
    let mut releases = Releases::new(&mut put, "bundle", "bundle.duplicate");
    for path in &found.bundles {
        folder::read(
            source,
            options,
            path,
            &catalogs.names,
            &mut releases,
            &mut report,
        )?;
    }
    for path in &catalogs.files {
        let file = catalog::File {
            shown: source.display(path),
            catalogs: &catalogs,
            options,
        };
        file.read(streams, path, &mut releases, &mut report)?;
    }
    let (packages, versions) = releases.count();
    Ok(report.into_import(MemorySource::new(), packages, versions))
}

/// What there is to be read.
#[derive(Default)]
struct Found {
    bundles: Vec<String>,
    catalogs: Vec<String>,
}

impl Found {
    /// Whether folders inside are to be visited too: what is inside of a bundle belongs to it.
    fn visit(&mut self, source: &dyn Source, folder: &Folder, report: &mut Report) -> bool {
        if folder.has_folder("metadata") && folder::annotations(source, &folder.path).is_some() {
            self.bundles.push(folder.path.clone());
            return false;
        }
        for entry in &folder.entries {
            let path = below(&folder.path, &entry.name);
            let name = entry.name.as_str();
            let is_document = [".yaml", ".yml", ".json"]
                .iter()
                .any(|end| name.ends_with(end));
            match entry.kind {
                EntryKind::Folder if !name.starts_with('.') => {}
                EntryKind::File if is_document && !name.starts_with('.') => {
                    self.catalogs.push(path);
                }
                _ => report.lost_file(
                    source.display(&path),
                    "file",
                    "it belongs to no bundle and to no catalog",
                ),
            }
        }
        true
    }
}

/// A source and a catalog in memory.
struct Memory<'a> {
    source: &'a dyn Source,
    limit: usize,
    files: RefCell<MemorySource>,
}

impl Streams for Memory<'_> {
    fn open(&self, path: &str) -> Result<Box<dyn Read + '_>, SourceError> {
        let bytes = self.source.read(path, self.limit)?;
        Ok(Box::new(Cursor::new(bytes)))
    }

    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), SourceError> {
        self.files.borrow_mut().insert(path, bytes);
        Ok(())
    }
}
