//! What a request can choose from: a catalog, or a universe.

use std::path::Path;

use catalog_model::{AddressKind, Catalog, CatalogAddress, Diagnostic, Severity};
use catalog_resolve::{ClusterView, Request, Universe};

use crate::arguments::Arguments;
use crate::input::{catalog, snapshot, text_or_gzip};
use crate::parameters::Parameters;
use crate::program::{Failure, note};

/// Versions of a package that are told of when they cannot be chosen; how many more there are is said.
const TOLD: usize = 5;

/// What there is to choose from.
pub enum Offer {
    /// A catalog, as a cluster sees it or without one.
    Catalog {
        /// How the solver sees it.
        view: Box<ClusterView>,
        /// What lies in it.
        catalog: Catalog,
        /// Why some of what lies in it cannot be chosen.
        errors: Vec<Diagnostic>,
    },
    /// Dependency data in its barest form.
    Universe(Universe),
}

impl Offer {
    /// Reads a catalog, or a universe from a file, packed or not. A catalog is seen as the cluster of `--cluster FILE` does, if that
    /// is given, with `--complete`, `--namespace NS` and `--parameters [PACKAGE=]FILE`.
    ///
    /// # Errors
    ///
    /// Something cannot be read, or a universe is to be seen by a cluster.
    pub fn read(path: &str, arguments: &Arguments) -> Result<Self, Failure> {
        let cluster = arguments.option("cluster");
        // An archive is a file as well.
        let address = CatalogAddress::parse(path);
        let is_folder = address.is_ok_and(|address| address.kind() == AddressKind::Folder);
        if !is_folder || !Path::new(path).is_file() {
            let loaded = catalog(path)?;
            let home = arguments.option("namespace").unwrap_or("default");
            let parameters = Parameters::read(loaded.catalog(), arguments)?;
            let view = match cluster {
                Some(file) => ClusterView::on_with(
                    loaded.catalog(),
                    &snapshot(file, arguments.switch("complete"))?,
                    home,
                    &|release, context| parameters.laid(release, context),
                ),
                None => ClusterView::without_cluster(loaded.catalog()),
            };
            let errors = loaded.diagnostics().iter();
            let errors = errors.filter(|one| one.severity() == Severity::Error);
            return Ok(Self::Catalog {
                errors: errors.cloned().collect(),
                view: Box::new(view),
                catalog: loaded.into_catalog(),
            });
        }
        if cluster.is_some() || arguments.option("parameters").is_some() {
            return Err(Failure::new(
                "--cluster and --parameters need a catalog: a universe has no conditions",
            ));
        }
        let universe = Universe::from_json(&text_or_gzip(path)?);
        universe
            .map(Self::Universe)
            .map_err(|error| Failure::new(format!("{path}: {error}")))
    }

    /// The releases, compiled.
    #[must_use]
    pub fn universe(&self) -> &Universe {
        match self {
            Self::Catalog { view, .. } => view.universe(),
            Self::Universe(universe) => universe,
        }
    }

    /// The catalog, if it is one.
    #[must_use]
    pub fn catalog(&self) -> Option<&Catalog> {
        match self {
            Self::Catalog { catalog, .. } => Some(catalog),
            Self::Universe(_) => None,
        }
    }

    /// Says on standard error which versions of a package cannot be chosen, and the first reason of each.
    pub fn tell_of_unusable(&self, package: &str) {
        let universe = self.universe();
        let errors = match self {
            Self::Catalog { errors, .. } => errors.as_slice(),
            Self::Universe(_) => universe.diagnostics(),
        };
        let versions = universe.unusable_versions(package);
        for version in versions.iter().take(TOLD) {
            let is_of = |one: &&Diagnostic| {
                (one.package(), one.version()) == (Some(package), Some(version.as_str()))
            };
            let why = errors.iter().find(is_of);
            let why = why.map_or_else(String::new, |error| format!(": {error}"));
            note(format!(
                "warning: {package} {version} cannot be chosen{why}"
            ));
        }
        if let Some(more) = versions.len().checked_sub(TOLD).filter(|more| *more > 0) {
            note(format!(
                "warning: nor can {more} more versions of {package}"
            ));
        }
    }

    /// A request with what the cluster says.
    #[must_use]
    pub fn request(&self, request: Request) -> Request {
        match self {
            Self::Catalog { view, .. } => view.request(request),
            Self::Universe(_) => request,
        }
    }
}
