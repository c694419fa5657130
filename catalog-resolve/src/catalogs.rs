//! One catalog or several, as a resolution sees them.

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::version::Version;
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
///
/// Releases of two catalogs are two to choose from, unless it is [said](Self::uniting) that they are the same.
#[derive(Clone, Debug, Default)]
pub struct Catalogs<'c> {
    list: Vec<(Option<&'c str>, &'c Catalog)>,
    /// Releases that a catalog of the same name has before, under the same version.
    hidden: BTreeSet<Place<'c>>,
    /// The names of catalogs that have a release too, and come later.
    also_in: BTreeMap<Place<'c>, Vec<&'c str>>,
    /// Those of the others.
    repeated: BTreeSet<Place<'c>>,
    /// Of releases that are not what another catalog has under their version.
    digests: BTreeMap<Place<'c>, String>,
}

/// One of several catalogs. Two may have one name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'c> {
    position: usize,
    pub(crate) name: Option<&'c str>,
}

/// Where a release is: the position of its catalog, package and version.
type Place<'c> = (usize, &'c str, &'c Version);

fn place(position: usize, release: &Release) -> Place<'_> {
    (position, release.package().as_str(), release.version())
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

    /// The catalogs, each with where it is.
    fn origins(&self) -> impl Iterator<Item = (Origin<'c>, &'c Catalog)> {
        let list = self.list.iter().enumerate();
        list.map(|(position, (name, catalog))| {
            let name = *name;
            (Origin { position, name }, *catalog)
        })
    }

    /// The packages of all catalogs, each with its catalog.
    pub(crate) fn packages(&self) -> impl Iterator<Item = (Origin<'c>, &'c Package)> {
        let origins = self.origins();
        origins.flat_map(|(origin, catalog)| catalog.packages().map(move |one| (origin, one)))
    }

    /// The same catalogs, where releases of one package and one version are one release if `are_same` says so of them and of their catalogs: the
    /// release of the catalog that comes first, which will do for whoever asks for that of another one. Those with equal digests are: with a registry,
    /// `RegistryView::are_same` knows.
    ///
    /// Cost: one call for each release of a catalog, and each other one before it with the same version; and a look for each release into each of the
    /// catalogs before. Catalogs that were united once can be cloned and used again.
    ///
    /// ```
    /// use catalog_model::source::Source;
    /// use catalog_model::{LoadOptions, MemorySource, load};
    /// use catalog_resolve::{Catalogs, ClusterView, Item, Outcome, Request, resolve};
    ///
    /// let source = MemorySource::from_iter([("loki/2.9.0/metadata.yaml", "name: loki\nversion: 2.9.0\n")]);
    /// let catalog = load(&source, &LoadOptions::default())?.into_catalog();
    /// let catalogs = Catalogs::from_iter([("ours", &catalog), ("mirror", &catalog)]);
    /// // Here there is but one file; else digests of all files are compared (`ReleaseContent`, feature `digest` of catalog-model).
    /// let file = |folder| source.read(&format!("{folder}/metadata.yaml"), 1024).ok();
    /// let catalogs = catalogs.uniting(|(_, one), (_, other)| {
    ///     file(one.folder()).is_some_and(|ours| Some(ours) == file(other.folder()))
    /// });
    /// let view = ClusterView::without_cluster(catalogs);
    /// let request = Request::new().item(Item::new("loki", "*".parse()?).catalog("mirror"));
    /// let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else { panic!("there is an answer") };
    /// let loki = &resolution.releases()[0];
    /// assert_eq!(loki.catalog(), Some("ours"));
    /// assert_eq!(Vec::from_iter(loki.also_in()), ["mirror"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn uniting(
        mut self,
        are_same: impl Fn((&'c str, &'c Release), (&'c str, &'c Release)) -> bool,
    ) -> Self {
        let mut also_in = self.also_in.clone();
        let mut repeated = self.repeated.clone();
        for (origin, release) in self.releases() {
            let Some(name) = origin.name else { continue };
            let before = self.namesakes(origin, release);
            let mut before = before.take_while(|(other, _)| other.position < origin.position);
            let first = before.find_map(|(other, theirs)| {
                let place = place(other.position, theirs);
                let is_first = !repeated.contains(&place);
                let is_same = is_first && are_same((other.name?, theirs), (name, release));
                is_same.then_some(place)
            });
            if let Some(first) = first {
                also_in.entry(first).or_default().push(name);
                repeated.insert(place(origin.position, release));
            }
        }
        (self.also_in, self.repeated) = (also_in, repeated);
        self
    }

    /// The same catalogs, where of releases that differ between catalogs a digest is known, as `digest` says it of a release and of the name of its
    /// catalog: what was [locked](crate::LockedRelease::digest) or installed with one is then found again in whichever catalog still holds it, be it one that
    /// it was not in, though the others have something else under its version by now. With a registry, `RegistryView::digest` knows it. To be said after
    /// [`uniting`](Self::uniting).
    ///
    /// Cost: one call for each release that is in another catalog too under its version, and is not the same there. What only one catalog has is found by
    /// the name of that, and nothing is asked of it.
    ///
    /// ```
    /// use catalog_model::{LoadOptions, MemorySource, Release, load};
    /// use catalog_resolve::{Catalogs, ClusterView, LockedRelease, Outcome, Request, resolve};
    ///
    /// let catalog = |description: &str| {
    ///     let text = format!("name: loki\nversion: 2.9.0\ndescription: {description}\n");
    ///     let source = MemorySource::from_iter([("loki/2.9.0/metadata.yaml", text)]);
    ///     load(&source, &LoadOptions::default()).map(|loaded| loaded.into_catalog())
    /// };
    /// let (ours, mirror) = (catalog("published again")?, catalog("as released")?);
    /// let catalogs = Catalogs::from_iter([("ours", &ours), ("mirror", &mirror)]);
    /// // Here the description is all there is; else digests of all files are taken (`ReleaseContent`, feature `digest` of catalog-model).
    /// let catalogs = catalogs.with_digests(|_, release: &Release| release.metadata().description().map(str::to_owned));
    /// let view = ClusterView::without_cluster(catalogs);
    /// let locked = LockedRelease::new("loki", "2.9.0").catalog("ours");
    /// let request = Request::new().install("loki", "*")?.locked(locked.digest("as released"));
    /// let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else { panic!("there is an answer") };
    /// assert_eq!(resolution.releases()[0].catalog(), Some("mirror"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_digests(mut self, digest: impl Fn(&'c str, &'c Release) -> Option<String>) -> Self {
        let mut digests = BTreeMap::new();
        for (origin, release) in self.releases() {
            let Some(name) = origin.name else { continue };
            let also_in = self.also_in(origin, release);
            let mut namesakes = self.namesakes(origin, release);
            if namesakes.any(|(other, _)| other.name.is_some_and(|name| !also_in.contains(&name)))
                && let Some(digest) = digest(name, release)
            {
                digests.insert(place(origin.position, release), digest);
            }
        }
        self.digests = digests;
        self
    }

    /// What the catalogs of other names have of the very version of a release, in order.
    fn namesakes(
        &self,
        origin: Origin<'c>,
        release: &'c Release,
    ) -> impl Iterator<Item = (Origin<'c>, &'c Release)> {
        let others = self
            .origins()
            .filter(move |(other, _)| other.name != origin.name);
        others.filter_map(move |(other, catalog)| {
            let theirs = namesake(catalog, release)?;
            let is_hidden = self.hidden.contains(&place(other.position, theirs));
            (!is_hidden).then_some((other, theirs))
        })
    }

    /// The releases that a catalog has of a package, but for those that are the same in one before it, or that one of its name has before.
    pub(crate) fn releases_of(
        &self,
        origin: Origin<'c>,
        package: &'c Package,
    ) -> impl Iterator<Item = &'c Release> {
        let releases = package.releases().iter();
        releases.filter(move |release| {
            let is_known = |places: &BTreeSet<Place<'c>>| {
                !places.is_empty() && places.contains(&place(origin.position, release))
            };
            !is_known(&self.repeated) && !is_known(&self.hidden)
        })
    }

    /// Releases that a catalog of the same name has before, under the same version, each with that name.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = (&'c str, &'c str, &'c Version)> {
        self.hidden
            .iter()
            .filter_map(|(position, package, version)| {
                let (name, _) = self.list.get(*position)?;
                Some(((*name)?, *package, *version))
            })
    }

    /// The digest of a release, where it was asked for and there is one.
    pub(crate) fn digest(&self, origin: Origin<'c>, release: &'c Release) -> Option<&str> {
        let digest = self.digests.get(&place(origin.position, release));
        digest.map(String::as_str)
    }

    /// The catalogs that have the same release as one of these, and come later.
    pub(crate) fn also_in(&self, origin: Origin<'c>, release: &'c Release) -> &[&'c str] {
        let others = self.also_in.get(&place(origin.position, release));
        others.map_or(&[], Vec::as_slice)
    }

    /// The releases of all catalogs, each once.
    pub(crate) fn releases(&self) -> impl Iterator<Item = (Origin<'c>, &'c Release)> {
        self.packages().flat_map(|(origin, package)| {
            let releases = self.releases_of(origin, package);
            releases.map(move |release| (origin, release))
        })
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
        Self {
            list: vec![(None, catalog)],
            ..Self::default()
        }
    }
}

impl<'c> FromIterator<(&'c str, &'c Catalog)> for Catalogs<'c> {
    /// Several catalogs with their names: those that come first have priority. Of two with one name, the second adds to the first what that has not: of a
    /// version that both have, the first's counts, and a diagnostic of the universe says so. Those of a registry have different names each.
    fn from_iter<I: IntoIterator<Item = (&'c str, &'c Catalog)>>(catalogs: I) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&'c Catalog>> = BTreeMap::new();
        let mut hidden = BTreeSet::new();
        let mut list = Vec::new();
        for (position, (name, catalog)) in catalogs.into_iter().enumerate() {
            let before = by_name.entry(name).or_default();
            if !before.is_empty() {
                let releases = catalog.packages().flat_map(Package::releases);
                let hiding =
                    |release: &&Release| before.iter().any(|one| namesake(one, release).is_some());
                hidden.extend(releases.filter(hiding).map(|one| place(position, one)));
            }
            before.push(catalog);
            list.push((Some(name), catalog));
        }
        Self {
            list,
            hidden,
            ..Self::default()
        }
    }
}

/// The release of this very version that a catalog has.
fn namesake<'c>(catalog: &'c Catalog, release: &Release) -> Option<&'c Release> {
    let releases = catalog.package(release.package().as_str())?.releases();
    let at = releases.binary_search_by(|one| one.version().cmp(release.version()));
    releases.get(at.ok()?)
}
