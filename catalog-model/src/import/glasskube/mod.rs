//! Glasskube packages.
//!
//! The rules are those of Glasskube's own code (`pkg/manifest`, `internal/manifestvalues`): a package is a folder with a `versions.yaml`, a
//! version is one that this lists, and values are written into charts by JSON patches.

mod definition;
mod manifest;
mod manifests;
mod package;
mod schema;
mod template;

use super::ImportOptions;
use super::outcome::{Import, Report};
use super::releases::Releases;
use super::walk;
use crate::source::{MemorySource, Source, SourceError};

/// The first word of the codes of diagnostics.
const FORMAT: &str = "glasskube";

/// Imports all Glasskube packages below the root of a source: folders with a `versions.yaml` (`packages/` in Glasskube's repository).
///
/// A version that `versions.yaml` lists becomes one release, `<name>/<version>/`:
///
/// | `package.yaml` | release |
/// |---|---|
/// | `shortDescription` and, behind it, `longDescription` | `description` |
/// | `iconUrl`; the first of `references` | `icon`; `url` |
/// | `scope`; `defaultNamespace` of a package of scope `Cluster` | `scope`; `namespace` |
/// | `dependencies`; `components` | `dependencies` |
/// | `helm` | a chart module with its values |
/// | `manifests` | a manifests module each; files that lie in the version's folder come along |
/// | `valueDefinitions` whose targets set a value of the chart | `parameters/<module>/values.schema.json` |
/// | anything else, and patches that no schema says | reported |
/// | other files of the folder | copied as they are |
///
/// Versions keep their text, `+N` included, which orders them. One bad version never hides the rest: it is left out with an error.
///
/// # Errors
///
/// The root cannot be listed. Whatever is wrong below it is a diagnostic.
pub fn glasskube(source: &dyn Source, options: &ImportOptions) -> Result<Import, SourceError> {
    let mut report = Report::default();
    let mut files = MemorySource::new();
    let mut put = |path: &str, bytes: Vec<u8>| {
        files.insert(path, bytes);
        Ok(())
    };
    let mut releases = Releases::new(&mut put, "version", "glasskube.version.duplicate");
    let mut found = Vec::new();
    walk::folders(source, FORMAT, &mut report, &mut |folder, report| {
        let is_package = folder.has_file(package::VERSIONS);
        if is_package {
            found.push(folder.path.clone());
        } else {
            package::strays(source, folder, report);
        }
        !is_package
    })?;
    for folder in &found {
        package::read(source, options, folder, &mut releases, &mut report)?;
    }
    if found.is_empty() {
        package::none(source, &mut report);
    }
    let (packages, versions) = releases.count();
    Ok(report.into_import(files, packages, versions))
}
