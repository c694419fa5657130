//! Modules beside those of the release on record: in the record as long as they are small, else where they are pinned.

use serde::{Deserialize, Serialize};

use super::InstalledRecord;
use crate::edge::Cluster;
use crate::module::RenderedModule;
use crate::plan::{PinnedPlan, PlanLoadError};

/// How many bytes of modules stand in a record itself. A Secret takes 1 MiB, and a ledger has as much as its journal has room for.
const WHOLE: usize = 256 * 1024;

/// A module that the release on record does not have, and where it stands as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PinnedModule {
    name: String,
    namespace: String,
    driver: String,
    /// The plan of the operation that put it on record.
    pub(super) plan: String,
}

impl PinnedModule {
    fn of(module: &RenderedModule, plan: &str) -> Option<Self> {
        Some(Self {
            name: module.name().to_owned(),
            namespace: module.namespace().to_owned(),
            driver: module.driver_name()?.to_owned(),
            plan: plan.to_owned(),
        })
    }

    fn key(&self) -> Key<'_> {
        (&self.name, &self.namespace, Some(&self.driver))
    }
}

/// What tells modules apart.
type Key<'a> = (&'a str, &'a str, Option<&'a str>);

fn key(module: &RenderedModule) -> Key<'_> {
    (module.name(), module.namespace(), module.driver_name())
}

impl InstalledRecord {
    /// The same, as it fits into a Secret: of modules that would take too much room it says that they stand in the plan that puts it on record.
    pub(crate) fn bounded(mut self, plan: &str) -> Self {
        let mut bytes = 0_usize;
        self.surplus_modules.retain(|module| {
            let length = serde_json::to_string(module).map_or(usize::MAX, |text| text.len());
            let sum = bytes.saturating_add(length);
            let pinned = PinnedModule::of(module, plan).filter(|_| sum > WHOLE);
            if pinned.is_none() {
                bytes = sum;
            }
            let stays = pinned.is_none();
            self.pinned_modules.extend(pinned);
            stays
        });
        self
    }

    /// The same with all modules that it names, so that an operation can be planned from it: those that would not fit into a Secret are read from the
    /// plans that have them. Without such modules it is the same, and nothing is read.
    ///
    /// Cost: one list of Secrets for each such plan.
    ///
    /// # Errors
    ///
    /// A plan cannot be read, or is gone, or has no such module.
    pub fn with_modules(
        mut self,
        cluster: &mut dyn Cluster,
        home: &str,
    ) -> Result<Self, PlanLoadError> {
        let pinned = std::mem::take(&mut self.pinned_modules);
        let mut last: Option<PinnedPlan> = None;
        for module in pinned {
            let plan = match last.take().filter(|plan| plan.digest() == module.plan) {
                Some(plan) => plan,
                None => PinnedPlan::load(cluster, home, &module.plan)?
                    .ok_or_else(|| PlanLoadError::gone(&module.plan, home))?,
            };
            let place = (self.package(), self.namespace());
            let mut all = plan.driven_modules(place);
            let found = all.find(|one| key(one) == module.key()).cloned();
            let found = found
                .ok_or_else(|| PlanLoadError::without_module(&module.plan, home, &module.name))?;
            drop(all);
            self.surplus_modules.push(found);
            last = Some(plan);
        }
        Ok(self)
    }

    /// Whether all modules that it names stand in it.
    pub(crate) fn has_all_modules(&self) -> bool {
        self.pinned_modules.is_empty()
    }

    /// Which modules it names, wherever they stand.
    pub(super) fn surplus_keys(&self) -> Vec<Key<'_>> {
        let whole = self.surplus_modules.iter().map(key);
        let pinned = self.pinned_modules.iter().map(PinnedModule::key);
        let mut keys: Vec<Key<'_>> = whole.chain(pinned).collect();
        keys.sort_unstable();
        keys
    }
}
