//! Nothing is present that nothing needs.
//!
//! The search adds nothing that is not asked for, so this matters only for questions about instances that may go: whether what is locked,
//! or installed and no longer wanted, is in some answer. Then each of them, and whoever is there for its sake, has to be needed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_model::Scope;
use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{Encoder, Fact, InstanceKey, Place};
use crate::engine::{ABSENT, Engine, Term, Value, ValueSet, Var, Verdict};
use crate::universe::{CapabilityId, PackageId, Relation, RelationId};

/// Present instances, with an edge from each to those it needs.
type Needs = DiGraph<Var, ()>;

/// Who says something of a package or a capability.
#[derive(Default)]
pub(super) struct Askers {
    of_package: BTreeMap<PackageId, Vec<(PackageId, RelationId)>>,
    of_capability: BTreeMap<CapabilityId, Vec<(PackageId, RelationId)>>,
    /// Those in which an instance of a package can be that may have one in each.
    namespaces: BTreeSet<Arc<str>>,
}

impl Encoder<'_> {
    /// Whether any question can be about an instance that need not be there.
    pub(super) fn may_let_go(&self) -> bool {
        self.situation.standings().any(|(_, standing)| {
            !standing.is_removed
                && !self.situation.stays(standing)
                && (standing.installed.is_some() || standing.locked.is_some())
        })
    }

    /// Whether the request itself wants an instance to be present: an item, or what is installed and stays.
    pub(crate) fn is_asked_for(&self, key: &InstanceKey) -> bool {
        let standing = self.situation.standing(key);
        standing.is_some_and(|standing| self.situation.stays(standing))
            || self.situation.items_for(key).next().is_some()
    }

    /// Looks for instances of the model that nothing needs, or only what itself is not needed, and adds the clauses that somebody else
    /// has to.
    pub(super) fn refuse_unneeded(&mut self, engine: &mut Engine, present: &[Var]) -> Verdict {
        if !self.may_let_go {
            return Verdict::Accepted;
        }
        let needs = self.unneeded(engine, present);
        let mut verdict = Verdict::Accepted;
        for component in kosaraju_scc(&needs) {
            let members: Vec<Var> = component
                .iter()
                .filter_map(|n| needs.node_weight(*n))
                .copied()
                .collect();
            let mut askers = component
                .iter()
                .flat_map(|node| needs.neighbors_directed(*node, Direction::Incoming));
            // Whom another needs that is not needed goes with that one.
            if askers.all(|asker| component.contains(&asker)) {
                self.support(engine, &members);
                verdict = Verdict::Refused;
            }
        }
        verdict
    }

    /// What neither the request asks for nor anything needs that it asks for, be it by the way.
    fn unneeded(&self, engine: &Engine, present: &[Var]) -> Needs {
        let mut is_needed = vec![false; self.positions.len()];
        let wanted = present.iter().copied();
        let mut reached: Vec<Var> = wanted
            .filter(|var| self.is_asked_for(&self.instance(*var).key()))
            .collect();
        while let Some(var) = reached.pop().filter(|_| !self.is_cancelled()) {
            match is_needed.get_mut(var.index()) {
                Some(is_needed) if !*is_needed => *is_needed = true,
                _ => continue,
            }
            let needs = self.needs(var).into_iter();
            let next = needs.flat_map(|needs| needs.met_by(self, engine));
            reached.extend(next.filter(|next| engine.value(*next) != ABSENT));
        }
        let mut unneeded = Needs::new();
        let others = present.iter().copied();
        let others = others.filter(|var| is_needed.get(var.index()) == Some(&false));
        let nodes: BTreeMap<Var, NodeIndex> =
            others.map(|var| (var, unneeded.add_node(var))).collect();
        for (asker, node) in nodes.iter().take_while(|_| !self.is_cancelled()) {
            let needs = self.needs(*asker).into_iter();
            let needed = needs.flat_map(|needs| needs.met_by(self, engine));
            for needed in needed.filter_map(|needed| nodes.get(&needed)) {
                unneeded.update_edge(*node, *needed, ());
            }
        }
        unneeded
    }

    /// Whether a release that requires a capability has to find it at another.
    pub(crate) fn looks_for(&self, asker: Var, value: Value, capability: CapabilityId) -> bool {
        let is_kept = self.instance(asker).kept == Some(value);
        self.is_without(asker, value, capability)
            && (!is_kept || self.installed_provides(asker, capability))
    }

    /// Whether neither the cluster nor the release itself provides a capability.
    pub(crate) fn is_without(&self, var: Var, value: Value, capability: CapabilityId) -> bool {
        !self.situation.cluster_provides(capability) && !self.provides(var, value, capability)
    }

    /// "Not all of these, at releases that provide the same, unless somebody else is there who needs one of them."
    fn support(&mut self, engine: &mut Engine, members: &[Var]) {
        let askers = self.askers.take().unwrap_or_else(|| self.all_askers());
        let (mut others, mut options) = (Vec::new(), Vec::new());
        for var in members {
            let given = self.given(*var, engine.value(*var));
            let instance = self.instance(*var);
            let present = instance.present();
            let alike = present.iter().filter(|v| self.given(*var, *v) == given);
            let alike = ValueSet::of(instance.count(), alike);
            others.push((*var, instance.all_but(&alike)));
            let by_name = askers
                .of_package
                .get(&instance.package)
                .into_iter()
                .flatten();
            let by_need = given
                .iter()
                .filter_map(|c| askers.of_capability.get(c))
                .flatten();
            for (asker, relation) in by_name.chain(by_need) {
                for asker in self.askers_at(engine, &askers, *var, *asker) {
                    if !members.contains(&asker) {
                        options.extend(self.asking(asker, *relation, *var));
                    }
                }
            }
        }
        if let Some((guard, rest)) = others.split_first() {
            options.extend_from_slice(rest);
            let clause = engine.add_choice(guard.clone(), options);
            let fact = Fact::Unneeded(members.to_vec());
            self.remember(clause, fact, Some(guard.0));
        }
        self.askers = Some(askers);
    }

    /// What others can have from an instance at a release.
    fn given(&self, var: Var, value: Value) -> Vec<CapabilityId> {
        let release = self.release(var, value);
        let provides = release.iter().flat_map(|release| &release.provides);
        let mut given: Vec<CapabilityId> = provides.copied().collect();
        given.retain(|capability| self.providing(var, *capability).contains(value));
        given
    }

    /// The instances of a package that mean `var` when they name its package, or see what it provides.
    fn askers_at(
        &mut self,
        engine: &mut Engine,
        askers: &Askers,
        var: Var,
        package: PackageId,
    ) -> Vec<Var> {
        let place = self.instance(var).place.clone();
        let keys: BTreeSet<InstanceKey> = match (self.situation.package(package).scope, &place) {
            (Scope::Cluster, _) => BTreeSet::from([(package, Place::Cluster)]),
            (Scope::Namespace, Place::Namespace(_)) => BTreeSet::from([(package, place.clone())]),
            (Scope::Namespace, Place::Cluster) => {
                let everywhere = askers.namespaces.iter();
                let keys = everywhere.map(|namespace| self.place_of(package, namespace));
                keys.collect()
            }
        };
        let vars = keys.into_iter().map(|key| self.var(engine, key, Some(var)));
        let vars: Vec<Var> = vars.collect();
        let sees = |asker: &Var| match &place {
            Place::Cluster => true,
            Place::Namespace(namespace) => self.instance(*asker).lives == *namespace,
        };
        vars.into_iter()
            .filter(|asker| *asker != var && sees(asker))
            .collect()
    }

    /// The releases of an asker that need an instance because of a relation.
    fn asking(&self, asker: Var, id: RelationId, target: Var) -> Option<Term> {
        let (instance, package) = (self.instance(asker), self.package(asker));
        let values = instance.carrying(&package.carriers[id]);
        let asking = values.iter().filter(|value| match &package.relations[id] {
            Relation::Dependency(_) => {
                instance.kept != Some(*value) || self.instance(target).kept.is_some()
            }
            Relation::Requires(capability) => self.looks_for(asker, *value, *capability),
            Relation::Conflict(_) => false,
        });
        let asking = ValueSet::of(instance.count(), asking);
        (!asking.is_empty()).then_some((asker, asking))
    }

    fn all_askers(&self) -> Askers {
        let mut askers = Askers::default();
        for id in self.universe.package_ids() {
            let package = self.universe.package(id);
            for relation in package.relations.ids() {
                match &package.relations[relation] {
                    Relation::Dependency(dependency) if !dependency.is_optional => {
                        let of = askers.of_package.entry(dependency.package);
                        of.or_default().push((id, relation));
                    }
                    Relation::Requires(capability) => {
                        let of = askers.of_capability.entry(*capability);
                        of.or_default().push((id, relation));
                    }
                    Relation::Dependency(_) | Relation::Conflict(_) => {}
                }
            }
        }
        let namespaces = self.named_namespaces().chain(self.entered(&askers));
        askers.namespaces = namespaces.map(Arc::from).collect();
        askers
    }

    /// The namespaces that the request names.
    fn named_namespaces(&self) -> impl Iterator<Item = &str> {
        let request = self.request;
        let items = request.items.iter();
        let items = items.filter_map(|item| item.namespace.as_deref());
        let installed = request.installed.iter().map(|record| record.namespace());
        let locked = request.locked.iter();
        let locked = locked.filter_map(|locked| locked.namespace.as_deref());
        let named = items.chain(installed).chain(locked);
        named.chain([request.home.as_str()])
    }

    /// The namespaces that an instance can come to though the request does not name them. Into a namespace one comes only because another
    /// that lives there depends on it, not optionally, or requires what it provides. The first one thus comes because of a cluster-wide
    /// package that lives there by its catalog (where it is installed, the request says), so the namespaces of those that ask for such a
    /// package are all there are. With those of all packages, each asker would have an instance for every package of the universe.
    fn entered<'s>(&'s self, askers: &'s Askers) -> impl Iterator<Item = &'s str> {
        let package = |id: PackageId| self.universe.package(id);
        let is_namespaced = move |id: &PackageId| package(*id).scope == Scope::Namespace;
        let by_name = askers.of_package.iter();
        let by_name = by_name.filter(move |(named, _)| is_namespaced(named));
        let by_need = askers.of_capability.iter();
        let by_need = by_need.filter(move |(capability, _)| {
            let mut providers = self.universe.providers(**capability).iter();
            providers.any(is_namespaced)
        });
        let by_name = by_name.flat_map(|(_, askers)| askers);
        let by_need = by_need.flat_map(|(_, askers)| askers);
        let asking = by_name.chain(by_need).map(move |(id, _)| package(*id));
        let everywhere = asking.filter(|asker| asker.scope == Scope::Cluster);
        everywhere.map(|asker| &*asker.namespace)
    }
}

#[cfg(test)]
mod tests {
    use catalog_model::InstalledRelease;

    use super::*;
    use crate::best::{Found, best};
    use crate::request::Request;
    use crate::situation::Situation;
    use crate::universe::{ReleaseSpec, Universe};

    #[test]
    fn askers_are_made_only_where_they_can_live() {
        let mut builder = Universe::builder();
        builder.add(ReleaseSpec::new("base", "1.0.0"));
        for n in 0..50 {
            let agent = ReleaseSpec::new(format!("agent-{n}"), "1.0.0").scope(Scope::Namespace);
            builder.add(agent.dependency("base", "*"));
            builder.add(ReleaseSpec::new(format!("other-{n}"), "1.0.0").dependency("base", "*"));
        }
        builder.add(ReleaseSpec::new("operator", "1.0.0").dependency("agent-0", "*"));
        let universe = builder.build();
        let base = InstalledRelease::new("base", "1.0.0", "x");
        let request = Request::new().installed(base).autoremove();
        let situation = Situation::new(&universe, &request);
        let mut engine = Engine::default();
        let mut encoder = Encoder::of(&situation, &mut engine);
        assert!(matches!(best(&mut encoder, &mut engine).0, Found::Best(_)));
        // Agents at home, where the base is installed, and where the operator lives.
        let agents = 3 * 50;
        assert_eq!(encoder.instances.len(), 1 + 50 + 1 + agents);
    }
}
