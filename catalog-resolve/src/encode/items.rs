//! What the request asks for.

use catalog_model::version::{Version, VersionRange};

use super::{Asked, Encoder, Fact, Place};
use crate::engine::{Engine, ValueSet, Var};
use crate::request::Item;
use crate::universe::Release;

impl<'a> Encoder<'a> {
    /// What an item asks for.
    pub(crate) fn asked_by_item<'b>(&self, item: &'b Item) -> Asked<'b> {
        let catalog = item.catalog.as_deref();
        Asked {
            range: &item.range,
            catalog: catalog.map(|name| self.catalog(name).ok_or(name)),
            allows_prereleases: self.request.allows_prereleases_of(&item.package),
            spares_installed: false,
        }
    }

    /// Adds the clauses of all items.
    pub(crate) fn encode_items(&mut self, engine: &mut Engine) {
        for (position, (item, key)) in self.situation.items().enumerate() {
            let Some(key) = key else {
                self.add(engine, Fact::Item(item, position), Vec::new());
                continue;
            };
            let var = self.var(engine, key.clone(), None);
            let (mut inside, prereleases) = self.taken_by_item(var, item);
            inside.unite(&prereleases);
            self.add(engine, Fact::Item(item, position), vec![(var, inside)]);
            if !prereleases.is_empty() {
                let others = self.instance(var).all_but(&prereleases);
                self.add(engine, Fact::ItemPrerelease(item), vec![(var, others)]);
            }
        }
    }

    /// The values of its instance that an item takes, and those that only the prerelease rule keeps out.
    pub(crate) fn taken_by_item(&self, var: Var, item: &Item) -> (ValueSet, ValueSet) {
        let (mut taken, mut prereleases) = self.admitted(var, &self.asked_by_item(item));
        if self.is_declared_lower(var, item) {
            taken.unite(&self.no_less_than_installed(var));
            prereleases.subtract(&taken);
        }
        (taken, prereleases)
    }

    /// Whether an item declares a version below the one that is installed in the cluster, which then is no action.
    pub(crate) fn is_declared_lower(&self, var: Var, item: &Item) -> bool {
        let is_above = |installed: &Version| {
            let no_less = VersionRange::parse(&format!(">={installed}"));
            let is_disjoint = |range: VersionRange| range.set().is_disjoint(item.range.set());
            !item.range.set().contains(installed) && no_less.is_ok_and(is_disjoint)
        };
        item.is_declaration
            && self.instance(var).place == Place::Cluster
            && self.installed_version(var).is_some_and(is_above)
    }

    /// What is installed, and every higher release.
    fn no_less_than_installed(&self, var: Var) -> ValueSet {
        let (instance, package) = (self.instance(var), self.package(var));
        let from = self.installed_version(var);
        let mut no_less =
            instance.values_of(|id| from.is_some_and(|from| package.releases[id].version >= *from));
        no_less.unite(&ValueSet::of(instance.count(), instance.kept));
        no_less
    }

    /// Whether an item asks for exactly this release, which then may be yanked.
    pub(super) fn is_asked_exactly(&self, var: Var, release: &Release) -> bool {
        let key = self.instance(var).key();
        let mut items = self.situation.items_for(&key);
        items.any(|item| item.range.asks_exactly(&release.version))
    }
}
