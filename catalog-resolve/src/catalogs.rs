//! One catalog or several, as a resolution sees them.

use catalog_model::{Catalog, Package, Release};

/// The catalogs that there are to choose from: one that needs no name, or several with names, by falling priority.
///
/// ```
/// use catalog_model::{LoadOptions, MemorySource, load};
/// use catalog_resolve::{Catalogs, ClusterView, Outcome, Request, resolve};
///
/// let catalog = |version: &str| {
///     let text = format!("name: loki\nversion: {version}\n");
///     let source = MemorySource::from_iter([(format!("loki/{version}/metadata.yaml"), text)]);
///     load(&source, &LoadOptions::default()).map(|loaded| loaded.into_catalog())
/// };
/// let (ours, community) = (catalog("2.9.0")?, catalog("3.0.0")?);
/// let view = ClusterView::without_cluster(Catalogs::from_iter([("ours", &ours), ("community", &community)]));
/// let chosen = |range| {
///     let request = Request::new().install("loki", range).unwrap();
///     let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else { panic!("there is an answer") };
///     let loki = &resolution.releases()[0];
///     (loki.version().to_owned(), loki.catalog().map(str::to_owned))
/// };
/// assert_eq!(chosen("*"), ("2.9.0".to_owned(), Some("ours".to_owned())));
/// assert_eq!(chosen(">=3"), ("3.0.0".to_owned(), Some("community".to_owned())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Catalogs<'c> {
    list: Vec<(Option<&'c str>, &'c Catalog)>,
}

/// What a release is known by among several catalogs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ReleaseKey {
    pub(crate) catalog: Option<String>,
    pub(crate) package: String,
    pub(crate) version: String,
}

impl ReleaseKey {
    pub(crate) fn new(catalog: Option<&str>, release: &Release) -> Self {
        Self {
            catalog: catalog.map(str::to_owned),
            package: release.package().as_str().to_owned(),
            version: release.version().as_str().to_owned(),
        }
    }
}

impl<'c> Catalogs<'c> {
    /// The names, by falling priority.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'c str> {
        self.list.iter().filter_map(|(name, _)| *name)
    }

    /// The packages of all catalogs, each with the name of its catalog.
    pub(crate) fn packages(&self) -> impl Iterator<Item = (Option<&'c str>, &'c Package)> {
        let list = self.list.iter();
        list.flat_map(|(name, catalog)| catalog.packages().map(|package| (*name, package)))
    }

    /// The releases of all catalogs.
    pub(crate) fn releases(&self) -> impl Iterator<Item = (Option<&'c str>, &'c Release)> {
        self.packages()
            .flat_map(|(name, package)| package.releases().iter().map(move |one| (name, one)))
    }

    /// The package that speaks for all of its name: that of the first catalog that has a release of it.
    pub(crate) fn leading(&self, name: &str) -> Option<&'c Package> {
        let mut packages = self.list.iter().filter_map(|(_, one)| one.package(name));
        packages.find(|package| !package.releases().is_empty())
    }
}

impl<'c> From<&'c Catalog> for Catalogs<'c> {
    /// One catalog, whose name nobody needs.
    fn from(catalog: &'c Catalog) -> Self {
        let list = vec![(None, catalog)];
        Self { list }
    }
}

impl<'c> FromIterator<(&'c str, &'c Catalog)> for Catalogs<'c> {
    /// Several catalogs with their names: those that come first have priority. Of two with one name, the second adds to the first.
    fn from_iter<I: IntoIterator<Item = (&'c str, &'c Catalog)>>(catalogs: I) -> Self {
        let list = catalogs.into_iter();
        let list = list.map(|(name, catalog)| (Some(name), catalog)).collect();
        Self { list }
    }
}
