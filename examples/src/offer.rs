//! What a request can choose from: catalogs, or a universe.

use std::path::Path;
use std::sync::Arc;

use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::{AddressKind, CatalogAddress, InstalledRelease, LoadOptions};
use catalog_resolve::{ClusterView, CrdBreaks, Request, Universe};

use crate::arguments::{Arguments, Given};
use crate::choice::Choice;
use crate::input::{snapshot, text_or_gzip};
use crate::parameters::Parameters;
use crate::program::{Answer, Failure};
use crate::unusable::Unusable;

/// What there is to choose from.
pub enum Offer {
    /// A catalog or several, as a cluster sees them or without one.
    Catalogs {
        /// How the solver sees them.
        view: Box<ClusterView>,
        /// What lies in them.
        choice: Choice,
        /// The cluster, if one is given.
        cluster: Option<Box<Snapshot>>,
    },
    /// Dependency data in its barest form.
    Universe(Universe),
}

impl Offer {
    /// Reads catalogs, or a universe from a file, packed or not. Catalogs are seen as the cluster of `--cluster FILE` does, if that
    /// is given, with `--complete`, `--namespace NS` and `--parameters [PACKAGE=]FILE`.
    ///
    /// # Errors
    ///
    /// Something cannot be read, or a universe is to be seen by a cluster.
    pub fn read(given: &[Given<'_>], arguments: &Arguments) -> Result<Self, Failure> {
        let cluster = arguments.option("cluster");
        let Some(path) = universe(given) else {
            let choice = Choice::read(given, LoadOptions::default())?;
            let home = arguments.option("namespace").unwrap_or("default");
            let parameters = Parameters::read(|name| choice.package(name).is_some(), arguments)?;
            let read = |file: &str| snapshot(file, arguments.switch("complete")).map(Box::new);
            let cluster = cluster.map(read).transpose()?;
            let view = match &cluster {
                Some(cluster) => {
                    ClusterView::on_with(choice.united(), cluster, home, &|release, context| {
                        parameters.laid(release, context)
                    })
                }
                None => ClusterView::without_cluster(choice.united()),
            };
            return Ok(Self::Catalogs {
                view: Box::new(view),
                choice,
                cluster,
            });
        };
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
            Self::Catalogs { view, .. } => view.universe(),
            Self::Universe(universe) => universe,
        }
    }

    /// The catalogs, if they are such.
    #[must_use]
    pub fn choice(&self) -> Option<&Choice> {
        match self {
            Self::Catalogs { choice, .. } => Some(choice),
            Self::Universe(_) => None,
        }
    }

    /// What a program ends with: that a catalog could not be read, be it that others answered, or else the answer.
    ///
    /// # Errors
    ///
    /// A catalog could not be read.
    pub fn end(&self, answer: Answer) -> Result<Answer, Failure> {
        match self.choice() {
            Some(choice) => choice.end(answer),
            None => Ok(answer),
        }
    }

    /// The versions that are there and cannot be chosen.
    ///
    /// Cost: that of sorting what is wrong in the catalogs. What is asked of it afterwards costs nothing of that.
    #[must_use]
    pub fn unusable(&self) -> Unusable<'_> {
        let in_catalogs = self.choice().into_iter().flat_map(Choice::diagnostics);
        Unusable::new(self.universe(), in_catalogs)
    }

    /// A request whose upgrades from what is installed go where no CRD breaks something, by what the cluster has stored.
    #[must_use]
    pub fn safely(&self, request: Request, installed: &[InstalledRelease]) -> Request {
        let Self::Catalogs {
            choice, cluster, ..
        } = self
        else {
            return request;
        };
        let breaks = CrdBreaks::of(choice.loaded().map(|(_, loaded)| loaded.catalog()));
        let breaks = match cluster {
            Some(cluster) => breaks.stored_in(cluster, installed),
            None => breaks,
        };
        request.upgrade_safety(Arc::new(breaks))
    }

    /// A request with what the cluster says.
    #[must_use]
    pub fn request(&self, request: Request) -> Request {
        match self {
            Self::Catalogs { view, .. } => view.request(request),
            Self::Universe(_) => request,
        }
    }
}

/// The one file that is a universe, and no archive.
fn universe<'a>(given: &[Given<'a>]) -> Option<&'a str> {
    let [only] = given else {
        return None;
    };
    let address = CatalogAddress::parse(only.address);
    let is_folder = address.is_ok_and(|address| address.kind() == AddressKind::Folder);
    let is_universe = only.name.is_none() && is_folder && Path::new(only.address).is_file();
    is_universe.then_some(only.address)
}
