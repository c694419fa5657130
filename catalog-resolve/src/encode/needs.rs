//! What the releases of a model need of each other.

use super::Encoder;
use super::kept::Met;
use crate::engine::{ABSENT, Engine, Value, Var};
use crate::universe::{CapabilityId, Relation};

/// What one release needs. It is the same in every model, so it is found out once for each release that a model has.
pub(super) struct Needs {
    value: Value,
    /// What it depends on, those first that have to come before it.
    dependencies: Vec<Var>,
    /// How many of them have to.
    waits: usize,
    /// Who can provide what it requires.
    providers: Vec<(Var, CapabilityId)>,
}

impl Needs {
    /// Whom the release needs in a model that has these values.
    pub(super) fn met_by<'n>(
        &'n self,
        encoder: &'n Encoder<'_>,
        engine: &'n Engine,
    ) -> impl Iterator<Item = Var> + 'n {
        let providers = self.providers.iter();
        let giving = providers
            .filter(|(var, capability)| encoder.provides(*var, engine.value(*var), *capability));
        let giving = giving.map(|(var, _)| *var);
        self.dependencies.iter().copied().chain(giving)
    }

    /// Whom the release has to wait for.
    pub(super) fn waits(&self) -> &[Var] {
        self.dependencies.get(..self.waits).unwrap_or_default()
    }
}

impl Encoder<'_> {
    /// The instances that are present in a model, by position; what each needs is at hand from here on.
    pub(super) fn present(&mut self, engine: &Engine) -> Vec<Var> {
        let mut present = Vec::new();
        self.needs.resize_with(self.positions.len(), || None);
        for var in engine.vars() {
            if self.is_cancelled() {
                break;
            }
            let value = engine.value(var);
            if value == ABSENT || !self.is_instance(var) {
                continue;
            }
            present.push(var);
            let known = self.needs.get(var.index()).and_then(Option::as_ref);
            if known.is_none_or(|needs| needs.value != value) {
                let needs = self.find_needs(var, value);
                if let Some(known) = self.needs.get_mut(var.index()) {
                    *known = Some(needs);
                }
            }
        }
        present
    }

    /// What the release of a present instance needs.
    pub(super) fn needs(&self, var: Var) -> Option<&Needs> {
        self.needs.get(var.index())?.as_ref()
    }

    fn find_needs(&self, var: Var, value: Value) -> Needs {
        let is_kept = self.instance(var).kept == Some(value);
        let mut needs = Needs {
            value,
            dependencies: Vec::new(),
            waits: 0,
            providers: Vec::new(),
        };
        // Mostly none.
        let mut others = Vec::new();
        let said = self.release(var, value).map(|release| &release.relations);
        needs.dependencies.reserve(said.map_or(0, Vec::len));
        for relation in self.relations(var, value) {
            match relation {
                Relation::Dependency(dependency) if !dependency.is_optional => {
                    let Some(target) = self.meant(var, dependency.package) else {
                        continue;
                    };
                    let met = self.installed_meets(var, dependency);
                    if !is_kept && met != Met::Yes {
                        needs.dependencies.push(target);
                    } else if !(is_kept && met == Met::Absent) {
                        others.push(target);
                    }
                }
                Relation::Requires(capability) if self.looks_for(var, value, *capability) => {
                    let providers = self.universe.providers(*capability).iter();
                    let providers = providers.filter_map(|p| self.meant(var, *p));
                    let others = providers.filter(|provider| *provider != var);
                    needs
                        .providers
                        .extend(others.map(|other| (other, *capability)));
                }
                _ => {}
            }
        }
        needs.waits = needs.dependencies.len();
        needs.dependencies.extend(others);
        needs
    }
}
