//! What is installed: that it stays, and where it can move to.

use super::{Admission, Encoder, Fact, InstalledFact};
use crate::engine::{ABSENT, Engine, Value, ValueSet, Var};
use crate::situation::{Releases, Standing};
use crate::universe::ReleaseId;

impl<'a> Encoder<'a> {
    /// Makes the variables of everything that is installed, locked or to go.
    pub(crate) fn encode_installed(&mut self, engine: &mut Engine) {
        for (key, standing) in self.situation.standings() {
            if self.is_cancelled() {
                return;
            }
            if standing.installed.is_some() || standing.is_removed {
                self.var(engine, key.clone(), None);
            }
        }
    }

    /// What the request says of an instance besides its items.
    pub(super) fn settled(&self, var: Var) -> Vec<(Fact<'a>, ValueSet)> {
        let mut settled = Vec::new();
        let instance = self.instance(var);
        let Some(standing) = self.situation.standing(&instance.key()) else {
            return settled;
        };
        let count = instance.count();
        let mut limit = |fact, left| settled.push((Fact::OfInstalled(var, fact), left));
        if standing.is_removed {
            limit(InstalledFact::Removed, ValueSet::of(count, [ABSENT]));
        }
        if self.situation.stays(standing) {
            limit(InstalledFact::Stays, instance.present());
        }
        let Some((record, _)) = &standing.installed else {
            return settled;
        };
        if let Some(kept) = instance.kept.filter(|_| record.is_pinned()) {
            limit(InstalledFact::Pinned, ValueSet::of(count, [kept]));
        }
        let (above, below) = self.out_of_reach(var, standing);
        for (fact, ruled_out) in [
            (InstalledFact::NoWayUp, above),
            (InstalledFact::NoWayDown, below),
            (InstalledFact::Prerelease, self.hidden_prereleases(var)),
        ] {
            if !ruled_out.is_empty() {
                limit(fact, instance.all_but(&ruled_out));
            }
        }
        settled
    }

    /// The values above and below what is installed that it cannot move to.
    fn out_of_reach(&self, var: Var, standing: &Standing<'_>) -> (ValueSet, ValueSet) {
        let (instance, package) = (self.instance(var), self.package(var));
        let key = instance.key();
        let from = self.installed_version(var);
        let mut below = match from {
            Some(from) => {
                let mut at_most = ValueSet::none(package.releases.len() as u32 + 1);
                for run in package.at_most(from) {
                    at_most.insert_run(run.start + 1..run.end + 1);
                }
                instance.translated(&at_most)
            }
            None => ValueSet::none(instance.count()),
        };
        // Where no release says from where it can be reached, all higher ones can.
        let up = match from {
            Some(_) if !package.has_edges => None,
            Some(from) => Some(self.situation.ways_up(&key, from)),
            None => Some(Releases::new()),
        };
        let mut above = match up {
            Some(up) => instance.values_of(|id| !up.contains(&id)),
            None => ValueSet::none(instance.count()),
        };
        above.subtract(&below);
        let is_ruled_out = self.is_ruled_out_there(var);
        let down = self.situation.ways_down(&key, standing, is_ruled_out);
        if !down.is_empty() {
            below.subtract(&instance.values_of(|id| down.contains(&id)));
        }
        if let Some(kept) = instance.kept {
            above.remove(kept);
            below.remove(kept);
        }
        (above, below)
    }

    /// Whether the instance is in a namespace and an item for it rules out what is installed.
    fn is_ruled_out_there(&self, var: Var) -> bool {
        let instance = self.instance(var);
        let key = instance.key();
        let Some(kept) = instance.kept.filter(|_| key.1 != super::Place::Cluster) else {
            return false;
        };
        let mut items = self.situation.items_for(&key);
        items.any(|item| self.admission(var, kept, &self.asked_by_item(item)) != Admission::Taken)
    }

    /// The prereleases that nobody named: what is installed and not asked for counts as asked for with `*`.
    fn hidden_prereleases(&self, var: Var) -> ValueSet {
        let (instance, package) = (self.instance(var), self.package(var));
        let is_any_hidden = package.has_stable
            && package.has_prerelease
            && !self.allows_prereleases(instance.package);
        let key = instance.key();
        let mut items = self.situation.items_for(&key);
        if !is_any_hidden || items.any(|item| !self.is_declared_lower(var, item)) {
            return ValueSet::none(instance.count());
        }
        let is_hidden = |(value, id): &(Value, ReleaseId)| {
            !instance.passes(*value) && package.releases[*id].version.is_prerelease()
        };
        let hidden = instance.releases().filter(is_hidden);
        ValueSet::of(instance.count(), hidden.map(|(value, _)| value))
    }
}
