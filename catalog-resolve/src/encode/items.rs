//! What the request asks for.

use std::sync::Arc;

use super::{Asked, Encoder, Fact, InstanceKey};
use crate::engine::{Engine, Var};
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
        }
    }

    /// The instance an item is about; none if nobody has even mentioned the package.
    pub(crate) fn item_key(&self, item: &Item) -> Option<InstanceKey> {
        let package = self.universe.find(&item.package)?;
        let namespace = item.namespace.as_ref().unwrap_or(&self.request.home);
        Some(self.place_of(package, &Arc::from(namespace.as_str())))
    }

    /// Adds the clauses of all items.
    pub(crate) fn encode_items(&mut self, engine: &mut Engine) {
        let request = self.request;
        for (position, item) in request.items.iter().enumerate() {
            let Some(key) = self.item_key(item) else {
                self.add(engine, Fact::Item(item, position), Vec::new());
                continue;
            };
            let var = self.var(engine, key);
            let (mut inside, prereleases) = self.admitted(var, &self.asked_by_item(item));
            inside.unite(&prereleases);
            self.add(engine, Fact::Item(item, position), vec![(var, inside)]);
            if !prereleases.is_empty() {
                let others = self.instance(var).all_but(&prereleases);
                self.add(engine, Fact::ItemPrerelease(item), vec![(var, others)]);
            }
        }
    }

    /// Whether an item asks for exactly this release, which then may be yanked.
    pub(super) fn is_asked_exactly(&self, var: Var, release: &Release) -> bool {
        let key = self.instance(var).key();
        self.request.items.iter().any(|item| {
            item.range.asks_exactly(&release.version) && self.item_key(item).as_ref() == Some(&key)
        })
    }
}
