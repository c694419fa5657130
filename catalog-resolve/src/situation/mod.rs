//! What a request says of each instance, looked up in the universe: what is installed there, locked, or to go.

mod standing;
mod standings;
mod ways;

pub(crate) use self::standing::{Occupant, Opaque, Standing};
pub(crate) use self::ways::Releases;

use self::standing::Earlier;
use self::standings::Standings;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use catalog_model::{InstalledRelease, Scope};

use crate::encode::{InstanceKey, Place};
use crate::request::{Exclusion, Item, LockedRelease, Request, ruling_out};
use crate::safety::UpgradeSafety;
use crate::universe::{CapabilityId, CatalogId, Package, PackageId, Release, Universe};

/// One request over one universe.
pub(crate) struct Situation<'a> {
    pub(crate) universe: &'a Universe,
    pub(crate) request: &'a Request,
    /// Installed packages that no catalog has heard of; their identifiers come after those of the universe.
    strangers: Vec<Package>,
    strangers_by_name: HashMap<&'a str, PackageId>,
    standings: Standings<'a>,
    /// By the instance each is about, in the order of the request.
    items: BTreeMap<InstanceKey, Vec<&'a Item>>,
    /// In the order of the request: the instance each item is about.
    item_keys: Vec<Option<InstanceKey>>,
    /// By package.
    exclusions: BTreeMap<&'a str, Vec<&'a Exclusion>>,
    /// By package, once somebody asked: whether releases are not of the first catalog that has them.
    moved: RefCell<HashMap<PackageId, bool>>,
    /// What the cluster provides by itself: what it shows, less what installed releases provide.
    cluster: BTreeSet<CapabilityId>,
}

impl<'a> Situation<'a> {
    pub(crate) fn new(universe: &'a Universe, request: &'a Request) -> Self {
        let mut situation = Self {
            universe,
            request,
            strangers: Vec::new(),
            strangers_by_name: HashMap::new(),
            standings: Standings::with_room(request.installed.len()),
            items: BTreeMap::new(),
            item_keys: Vec::with_capacity(request.items.len()),
            exclusions: BTreeMap::new(),
            moved: RefCell::default(),
            cluster: BTreeSet::new(),
        };
        for record in &request.installed {
            situation.install(record);
        }
        for locked in &request.locked {
            situation.lock(locked);
        }
        for removal in &request.removals {
            let namespace = removal.namespace.as_deref();
            if let Some(key) = situation.key(&removal.package, namespace) {
                situation.standings.of(key).is_removed = true;
            }
        }
        for item in &request.items {
            let key = situation.key(&item.package, item.namespace.as_deref());
            if let Some(key) = &key {
                situation.items.entry(key.clone()).or_default().push(item);
            }
            situation.item_keys.push(key);
        }
        for exclusion in &request.exclusions {
            let of_package = situation.exclusions.entry(&exclusion.package);
            of_package.or_default().push(exclusion);
        }
        situation.standings.sort();
        situation.cluster = situation.remaining_capabilities();
        situation
    }

    fn install(&mut self, record: &'a InstalledRelease) {
        let id = self.find(record.package());
        let id = id.unwrap_or_else(|| self.add_stranger(record.package()));
        let key = self.place_in(id, record.namespace());
        let occupant = Occupant::of(self.universe, self.package(id), record);
        let standing = self.standings.of(key);
        standing.installed.get_or_insert((record, occupant));
    }

    /// What cannot be fetched is not chosen: a locked version that no catalog has counts only where it is installed.
    fn lock(&mut self, locked: &'a LockedRelease) {
        let Some(key) = self.key(&locked.package, locked.namespace.as_deref()) else {
            return;
        };
        let release = Earlier::from(locked).release(self.universe, self.package(key.0));
        let standing = self.standings.of(key);
        let occupant = match release {
            Some(release) => Some(Occupant::Release(release)),
            None => standing.opaque().and_then(|opaque| {
                let is_it = opaque.version.as_str() == locked.version;
                is_it.then(|| Occupant::Opaque(Arc::clone(opaque)))
            }),
        };
        if standing.locked.is_none() {
            standing.locked = occupant;
        }
    }

    fn add_stranger(&mut self, name: &'a str) -> PackageId {
        let position = self.universe.mentioned_count() + self.strangers.len();
        let id = PackageId::from(position as u32);
        self.strangers.push(Package::mentioned(name));
        self.strangers_by_name.insert(name, id);
        id
    }

    fn remaining_capabilities(&self) -> BTreeSet<CapabilityId> {
        let shown = self.request.cluster.iter();
        let mut cluster: BTreeSet<_> = shown
            .filter_map(|capability| self.universe.find_capability(capability))
            .collect();
        for (key, standing) in self.standings.iter() {
            if let Some((_, Occupant::Release(release))) = &standing.installed {
                for capability in &self.package(key.0).releases[*release].provides {
                    cluster.remove(capability);
                }
            }
        }
        cluster
    }

    /// A package by its name, if a catalog or the cluster knows it.
    pub(crate) fn find(&self, name: &str) -> Option<PackageId> {
        let known = self.universe.find(name);
        known.or_else(|| self.strangers_by_name.get(name).copied())
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "only `add_stranger` makes identifiers beyond those of the universe"
    )]
    pub(crate) fn package(&self, id: PackageId) -> &Package {
        let position = u32::from(id) as usize;
        match position.checked_sub(self.universe.mentioned_count()) {
            Some(position) => &self.strangers[position],
            None => self.universe.package(id),
        }
    }

    /// How many packages a catalog or the cluster knows, or something mentions.
    pub(crate) fn package_count(&self) -> usize {
        self.universe.mentioned_count() + self.strangers.len()
    }

    /// The instance of a package for those who live in a namespace.
    pub(crate) fn place_of(&self, package: PackageId, namespace: &Arc<str>) -> InstanceKey {
        match self.package(package).scope {
            Scope::Cluster => (package, Place::Cluster),
            Scope::Namespace => (package, Place::Namespace(Arc::clone(namespace))),
        }
    }

    /// The same where the namespace is a text.
    fn place_in(&self, package: PackageId, namespace: &str) -> InstanceKey {
        match self.package(package).scope {
            Scope::Cluster => (package, Place::Cluster),
            Scope::Namespace => (package, Place::Namespace(Arc::from(namespace))),
        }
    }

    /// The instance that a name means, in a namespace or the request's home; none if nobody has even mentioned the package.
    pub(crate) fn key(&self, package: &str, namespace: Option<&str>) -> Option<InstanceKey> {
        let namespace = namespace.unwrap_or(&self.request.home);
        Some(self.place_in(self.find(package)?, namespace))
    }

    /// The items in order, each with the instance that it is about: none if nobody has even mentioned the package.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&'a Item, Option<&InstanceKey>)> {
        let items = self.request.items.iter();
        items.zip(self.item_keys.iter().map(Option::as_ref))
    }

    /// The items about an instance, in order.
    pub(crate) fn items_for(&self, key: &InstanceKey) -> impl Iterator<Item = &'a Item> {
        self.items.get(key).into_iter().flatten().copied()
    }

    /// What orders the releases of an instance before their versions do, the lowest first: what is in a catalog that an item names, then by catalog.
    pub(crate) fn catalog_rank(&self, key: &InstanceKey, release: &Release) -> Option<CatalogId> {
        let mut names = self.items_for(key).filter_map(|i| i.catalog.as_deref());
        let is_named = names.any(|name| self.universe.is_in(release, Some(name)));
        (!is_named).then(|| self.catalog_of(self.package(key.0), release))
    }

    /// The catalog that a release is of, where several have it: the first of those of which it is not excluded.
    pub(crate) fn catalog_of(&self, package: &Package, release: &Release) -> CatalogId {
        // Mostly only one has it.
        match release.also_in.is_empty() {
            true => release.catalog,
            false => *self
                .catalogs_of(package, release)
                .first()
                .unwrap_or(&release.catalog),
        }
    }

    /// The catalogs that have a release, by falling priority, and behind them those of which it is excluded.
    pub(crate) fn catalogs_of(&self, package: &Package, release: &Release) -> Vec<CatalogId> {
        let mut catalogs = Vec::from_iter(release.catalogs());
        if catalogs.len() > 1 && self.has_exclusions(package) {
            let about = self.exclusions_of(package);
            let about = about.filter(|one| one.version.is(&release.version));
            let excluded = Vec::from_iter(about.filter_map(|one| one.catalog.as_deref()));
            let name = |id: CatalogId| self.universe.catalog(id);
            catalogs.sort_by_key(|id| name(*id).is_some_and(|name| excluded.contains(&name)));
        }
        catalogs
    }

    /// Whether a release of a package is not of the first catalog that has it, because it is excluded there.
    pub(crate) fn has_moved_catalogs(&self, id: PackageId) -> bool {
        let package = self.package(id);
        let mut exclusions = self.exclusions_of(package);
        if !exclusions.any(|one| one.catalog.is_some()) {
            return false;
        }
        // A package may be in many namespaces.
        let mut moved = self.moved.borrow_mut();
        *moved.entry(id).or_insert_with(|| {
            let mut releases = package.releases.iter();
            releases.any(|release| self.catalog_of(package, release) != release.catalog)
        })
    }

    /// What is known of upgrades that break something.
    pub(crate) fn safety(&self) -> Option<&'a dyn UpgradeSafety> {
        self.request.safety.as_deref()
    }

    /// Whether anything is said of releases of a package that would rule them out.
    pub(crate) fn has_exclusions(&self, package: &Package) -> bool {
        self.exclusions.contains_key(&*package.name)
    }

    /// What rules out a release of a package, of those exclusions that count.
    pub(crate) fn ruling_out(
        &self,
        package: &Package,
        release: &Release,
        counts: impl Fn(&Exclusion) -> bool,
    ) -> Vec<&'a Exclusion> {
        let about = self.exclusions_of(package);
        let about = about.filter(|one| one.version.is(&release.version) && counts(one));
        let catalogs = release.catalogs();
        ruling_out(about, catalogs.map(|id| self.universe.catalog(id)))
    }

    /// The same of a release that no catalog has.
    pub(crate) fn ruling_out_opaque(
        &self,
        package: &Package,
        opaque: &Opaque,
        counts: impl Fn(&Exclusion) -> bool,
    ) -> Vec<&'a Exclusion> {
        let about = self.exclusions_of(package);
        let about = about.filter(|one| one.version.is_same(&opaque.version) && counts(one));
        ruling_out(about, opaque.catalogs())
    }

    fn exclusions_of(&self, package: &Package) -> impl Iterator<Item = &'a Exclusion> {
        let exclusions = self.exclusions.get(&*package.name);
        exclusions.into_iter().flatten().copied()
    }

    /// What is said of an instance, if anything is.
    pub(crate) fn standing(&self, key: &InstanceKey) -> Option<&Standing<'a>> {
        self.standings.get(key)
    }

    /// Everything of which something is said, by name and place.
    pub(crate) fn standings(&self) -> impl ExactSizeIterator<Item = (&InstanceKey, &Standing<'a>)> {
        self.standings.iter()
    }

    /// Whether the cluster provides it, whatever is installed.
    pub(crate) fn cluster_provides(&self, capability: CapabilityId) -> bool {
        self.cluster.contains(&capability)
    }

    /// Whether the best release of a package is asked for, whatever is installed.
    pub(crate) fn names(&self, package: PackageId) -> bool {
        self.request.names(&self.package(package).name)
    }

    /// Whether an installed instance must be present though no item asks for it.
    pub(crate) fn stays(&self, standing: &Standing<'_>) -> bool {
        let is_wanted = |record: &InstalledRelease| {
            !self.request.is_autoremoving || record.is_pinned() || record.is_requested()
        };
        let installed = standing.installed.as_ref();
        !standing.is_removed && installed.is_some_and(|(record, _)| is_wanted(record))
    }
}
