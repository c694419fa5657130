//! What is read, and what comes of a plan.

use std::collections::BTreeSet;

use catalog_examples::{
    Answer, Arguments, Choice, Failure, Given, installed, package_and_range, snapshot, source,
};
use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::verdict::{ClusterComparison, ReleaseVerdict};
use catalog_model::version::Version;
use catalog_model::{CatalogSource, InstalledRelease, LoadOptions, Release};
use catalog_resolve::ledger::{Ledger, OperationLedger};
use catalog_resolve::{ClusterView, Item, Plan, Request, Resolution, ResolvedRelease};

/// Catalogs and a cluster.
pub(crate) struct World {
    choice: Choice,
    /// The catalogs again, for files that loading does not keep.
    sources: Vec<(Option<String>, CatalogSource)>,
    snapshot: Snapshot,
    view: ClusterView,
    installed: Vec<InstalledRelease>,
}

/// A release that comes, and what it means to the cluster.
pub(crate) struct Judged<'w> {
    pub(crate) release: &'w Release,
    pub(crate) catalog: Option<&'w str>,
    pub(crate) namespace: String,
    pub(crate) verdict: ReleaseVerdict,
}

/// The request that the arguments make.
pub(crate) fn request(packages: &[String], arguments: &Arguments) -> Result<Request, Failure> {
    if packages.is_empty() {
        return Err(Failure::new("PACKAGE is missing; see --help"));
    }
    let mut request = Request::new().home(arguments.option("namespace").unwrap_or("default"));
    if let Some(path) = arguments.option("installed") {
        request = installed(path)?
            .into_iter()
            .fold(request, Request::installed);
    }
    for package in packages {
        let (name, range) = package_and_range(package)?;
        request = request.item(Item::new(name, range)).upgrade(name);
    }
    Ok(request)
}

impl World {
    pub(crate) fn read(given: &[Given<'_>], arguments: &Arguments) -> Result<Self, Failure> {
        let file = arguments.option("cluster");
        let file = file.ok_or_else(|| Failure::new("--cluster FILE is missing; see --help"))?;
        let snapshot = snapshot(file, arguments.switch("complete"))?;
        let choice = Choice::read(given, LoadOptions::default())?;
        let home = arguments.option("namespace").unwrap_or("default");
        let view = ClusterView::on(choice.united(), &snapshot, home);
        let read = |one: &Given<'_>| Some((one.name.map(str::to_owned), source(one.address).ok()?));
        Ok(Self {
            sources: given.iter().filter_map(read).collect(),
            installed: arguments
                .option("installed")
                .map(installed)
                .transpose()?
                .unwrap_or_default(),
            choice,
            snapshot,
            view,
        })
    }

    pub(crate) fn view(&self) -> &ClusterView {
        &self.view
    }

    pub(crate) fn end(&self, answer: Answer) -> Result<Answer, Failure> {
        self.choice.end(answer)
    }

    /// The names of all packages.
    pub(crate) fn packages(&self) -> BTreeSet<&str> {
        let loaded = self.choice.loaded();
        let packages = loaded.flat_map(|(_, loaded)| loaded.catalog().packages());
        packages.map(|package| package.name().as_str()).collect()
    }

    /// Where the files of a catalog are.
    pub(crate) fn source(&self, catalog: Option<&str>) -> Option<&CatalogSource> {
        let mut sources = self.sources.iter();
        let found = sources.find(|(name, _)| name.as_deref() == catalog);
        found.map(|(_, source)| source)
    }

    /// The verdicts on all releases that come, in the order of the answer.
    pub(crate) fn judge(&self, resolution: &Resolution) -> Vec<Judged<'_>> {
        let coming = resolution
            .releases()
            .iter()
            .filter(|release| !release.is_kept());
        coming
            .filter_map(|release| self.judge_one(release))
            .collect()
    }

    fn judge_one(&self, resolved: &ResolvedRelease) -> Option<Judged<'_>> {
        let mut loaded = self.choice.loaded();
        let (catalog, loaded) = loaded.find(|(name, _)| *name == resolved.catalog())?;
        let version = Version::parse(resolved.version()).ok()?;
        let release = loaded.catalog().release(resolved.package(), &version)?;
        let namespace = resolved.namespace().to_owned();
        let is_there = |one: &&InstalledRelease| {
            one.package() == resolved.package() && one.namespace() == namespace
        };
        let known = self.installed.iter().find(is_there);
        let known = known.and_then(|known| Version::parse(known.version()).ok());
        let comparison =
            ClusterComparison::new(&self.snapshot, resolved.package(), &version, &namespace);
        let verdict = match &known {
            Some(known) => comparison.installed(known).judge_all(release),
            None => comparison.judge_all(release),
        };
        Some(Judged {
            release,
            catalog,
            namespace,
            verdict,
        })
    }

    /// What each operation of a plan adds, each from the catalog that its release comes from.
    pub(crate) fn ledger(&self, resolution: &Resolution, plan: &Plan) -> Vec<OperationLedger> {
        let ledgers = self.choice.loaded().map(|(name, loaded)| {
            let ledger = Ledger::new(loaded.catalog()).view(&self.view);
            let ledger = match self.source(name) {
                Some(source) => ledger.files(source).of(plan),
                None => ledger.of(plan),
            };
            (name, ledger)
        });
        let ledgers: Vec<(Option<&str>, Vec<OperationLedger>)> = ledgers.collect();
        let count = ledgers.first().map_or(0, |(_, all)| all.len());
        let chosen = (0..count).filter_map(|at| {
            let mut of_each = ledgers
                .iter()
                .filter_map(|(name, all)| Some((*name, all.get(at)?)));
            let first = of_each.clone().next()?.1;
            let mut releases = resolution.releases().iter();
            let release = releases.find(|one| {
                (one.package(), one.namespace()) == (first.package(), first.namespace())
            });
            let catalog = release.and_then(ResolvedRelease::catalog);
            let found = of_each.find(|(name, _)| *name == catalog);
            Some(found.map_or(first, |(_, ledger)| ledger).clone())
        });
        chosen.collect()
    }
}
