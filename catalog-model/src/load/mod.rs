//! Reads a tree of files into a [`Catalog`], and says all that is wrong with it.

mod address;
mod allow;
mod chart;
mod choice;
mod crd;
mod crowd;
mod definition_kind;
mod definition_version;
mod definitions;
mod folder;
mod hooks;
mod identity;
mod in_order;
mod license;
mod metadata;
#[cfg(feature = "parameters")]
mod module_files;
mod module_places;
mod modules;
mod object_text;
mod package;
mod relations;
mod release;
mod shared;
mod spdx;
mod strays;
mod system;
mod told;
pub(crate) mod unread;
mod upgrades;
mod values;
mod walk;
mod without_schemas;

use std::sync::Arc;

use catalog_conditions::Diagnostic;
use catalog_conditions::document::Limits;
use catalog_conditions::suggest::near;

#[cfg(feature = "write")]
pub(crate) use self::allow::allowing_lines;
pub(crate) use self::crd::is_unapproved;
#[cfg(feature = "sync")]
pub(crate) use self::folder::PartFiles;
pub(crate) use self::in_order::in_order;
pub(crate) use self::package::{Refused, Scoped};
#[cfg(feature = "sync")]
pub(crate) use self::release::Kept;
pub(crate) use self::release::{Found, Parts};
pub(crate) use self::shared::Shared;
#[cfg(feature = "sync")]
pub(crate) use self::shared::SharedDocuments;
pub(crate) use self::told::Told;
pub(crate) use self::walk::Walk;
use self::walk::Walked;
use crate::catalog::Catalog;
use crate::rule::Levels;
use crate::source::{Entry, Source, SourceError};

/// How a catalog is read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadOptions {
    /// What one file may cost.
    pub limits: Limits,
    /// Files in the folders of one version: 10,000.
    pub files_per_version: usize,
    /// Diagnostics of one file that are listed, errors first: 1,000, and never less than one. If there are more, one says how many.
    pub diagnostics_per_file: usize,
    /// Whether unknown keys in `metadata.yaml` and `modules.yaml` are errors instead of warnings.
    pub strict: bool,
    /// What looking into the modules of a release may cost: the charts and Terraform modules that lie in its folder, and what
    /// `modules.yaml` sets in them. `None`, as it is: nobody looks, and what is wrong there is found by whoever installs.
    ///
    /// Where they are looked into, a release with an error in its modules is as little usable as one with an error in `metadata.yaml`:
    /// a chart without `Chart.yaml`, a schema that is none, a file of Terraform that cannot be read, values that the schema of their
    /// module refuses [whoever adds to them](crate::parameters::ReleaseParameters::own_violations). Levels and comments count there as
    /// elsewhere. A comment is looked for in files of YAML that have a diagnostic. [`mend`](crate::mend()) judges its fixes by it, too. Only
    /// then is it known which values of `modules.yaml` are secret, and no diagnostic shows one.
    ///
    /// Cost: that of [`ReleaseParameters::read`](crate::parameters::ReleaseParameters::read) for each release; a module without `path`
    /// costs nothing.
    #[cfg(feature = "parameters")]
    pub modules: Option<crate::parameters::ParameterLimits>,
    /// How bad warnings and notes are to be taken, by rule: as the rules say.
    pub levels: Levels,
    /// Whether packages and versions are read by all threads of the current rayon pool. The result is the same to the last
    /// diagnostic. Without the feature `parallel` this is ignored, and one thread reads all.
    pub parallel: bool,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            files_per_version: 10_000,
            diagnostics_per_file: 1_000,
            strict: false,
            #[cfg(feature = "parameters")]
            modules: None,
            levels: Levels::new(),
            parallel: false,
        }
    }
}

/// A catalog as far as it can be used, and the diagnostics of the rest.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    catalog: Catalog,
    told: Told,
}

impl Loaded {
    #[cfg(feature = "sync")]
    pub(crate) fn new(catalog: Catalog, told: Told) -> Self {
        Self { catalog, told }
    }

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
        &self.told.reported
    }

    /// What is kept back, by file and place: allowed by [`LoadOptions::levels`] or by a comment `# catalog: allow(rule, reason)` in the
    /// file. [`Diagnostic::suppression`] says by which.
    #[must_use]
    pub fn suppressed(&self) -> &[Diagnostic] {
        &self.told.suppressed
    }

    /// Whether a diagnostic is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.told.has_errors()
    }
}

/// Loads a catalog: the root itself, or its `catalog/` folder if the root holds no package.
///
/// One broken file never hides the rest: a release with errors is left out and listed in
/// [`Package::unusable`](crate::Package::unusable), and every problem of
/// every file is a diagnostic. Cost: each file below the version folders is read once; nothing else is. Definitions that are equal byte for
/// byte are parsed once and shared between releases, and so are the other files within a package.
///
/// # Errors
///
/// The root cannot be listed. Whatever is wrong below it is a diagnostic.
pub fn load(source: &dyn Source, options: &LoadOptions) -> Result<Loaded, SourceError> {
    let shared = Shared::new();
    let walk = Walk {
        source,
        options,
        shared: &shared,
        parts: Parts::All,
    };
    let Walked {
        packages,
        diagnostics,
    } = walk.packages(|package| package)?;
    // Folders are read in order of their names, which is that of the packages.
    let packages = packages.into_iter().map(Arc::new);
    Ok(Loaded {
        catalog: Catalog::of(packages.collect()),
        told: Told::new(diagnostics),
    })
}

fn has_metadata(entries: &[Entry]) -> bool {
    entries
        .iter()
        .any(|entry| matches!(entry.name.as_str(), "metadata.yaml" | "metadata.yml"))
}

fn link(source: &dyn Source, path: &str) -> Diagnostic {
    let diagnostic = Diagnostic::warning(
        "file.link",
        "this link leads out of the catalog, to nothing or in a circle: it is not followed",
    );
    diagnostic.at_path(source.display(path))
}

/// Warns of a name that is nearly one of `known`.
fn near_name(name: &str, known: &[&'static str]) -> Option<&'static str> {
    near(name, known.iter().copied())
}
