//! What releases say of each other.

use super::{Encoder, Fact, Made, Place};
use crate::engine::{Engine, Term, Var};
use crate::universe::{CapabilityId, Dependency, PackageId, Relation, RelationId, Release};

impl<'a> Encoder<'a> {
    /// Makes the clause of a relation, once for all releases that have it.
    pub(super) fn encode(&mut self, engine: &mut Engine, asker: Var, id: RelationId) {
        match &self.package(asker).relations[id] {
            Relation::Dependency(dependency) if dependency.is_optional => {
                let target = self.meant_by(asker, dependency.package);
                if let Some(target) = self.find(&target) {
                    self.relate(engine, asker, id, target);
                }
                self.wait(asker, id, dependency.package);
            }
            Relation::Dependency(dependency) => self.need(engine, asker, id, dependency),
            Relation::Conflict(conflict) => {
                for target in self.instances_of(conflict.package) {
                    self.relate(engine, asker, id, target);
                }
                self.wait(asker, id, conflict.package);
            }
            Relation::Requires(capability) => self.require(engine, asker, id, *capability),
        }
    }

    /// "Not one of these releases of the asker": the term that every clause about a relation has.
    fn unless(&self, asker: Var, id: RelationId) -> Term {
        let instance = self.instance(asker);
        let carriers = &self.package(asker).carriers[id];
        (asker, instance.all_but(&instance.values_of_these(carriers)))
    }

    fn wait(&mut self, asker: Var, id: RelationId, about: PackageId) {
        self.waiting.entry(about).or_default().push((asker, id));
    }

    fn instances_of(&self, package: PackageId) -> Vec<Var> {
        let all = self.by_key.range((package, Place::Cluster)..);
        all.take_while(|((of, _), _)| *of == package)
            .map(|(_, var)| *var)
            .collect()
    }

    fn need(&mut self, engine: &mut Engine, asker: Var, id: RelationId, needed: &'a Dependency) {
        if self.universe.package(needed.package).is_known() {
            let target = self.meant_by(asker, needed.package);
            let target = self.var(engine, target);
            self.depend(engine, (asker, id), needed, target);
        } else {
            let unless = self.unless(asker, id);
            self.add(engine, Fact::Dependency(asker, needed), vec![unless]);
        }
    }

    /// Makes the clauses by which an optional dependency or a conflict concerns an instance, if it does.
    pub(super) fn relate(&mut self, engine: &mut Engine, asker: Var, id: RelationId, target: Var) {
        match &self.package(asker).relations[id] {
            Relation::Dependency(dependency) => {
                if self.meant_by(asker, dependency.package) == self.instance(target).key() {
                    self.depend(engine, (asker, id), dependency, target);
                }
            }
            Relation::Conflict(conflict) => {
                let (instance, package) = (self.instance(target), self.package(target));
                if !self.instance(asker).reaches(instance) {
                    return;
                }
                let inside = |id| conflict.range.set().contains(&package.releases[id].version);
                let others = instance.all_but(&instance.values_of(inside));
                let terms = vec![self.unless(asker, id), (target, others)];
                self.add(engine, Fact::Conflict(asker, conflict), terms);
            }
            Relation::Requires(_) => {}
        }
    }

    /// Keeps the target of a dependency in its range. The prerelease rule is a clause of its own: it is a fact of its own.
    fn depend(
        &mut self,
        engine: &mut Engine,
        (asker, id): (Var, RelationId),
        dependency: &'a Dependency,
        target: Var,
    ) {
        let (mut inside, prereleases) = self.admitted(target, &self.asked(dependency));
        inside.unite(&prereleases);
        if dependency.is_optional {
            inside = self.instance(target).or_absent(inside);
        }
        let terms = vec![self.unless(asker, id), (target, inside)];
        self.add(engine, Fact::Dependency(asker, dependency), terms);
        if !prereleases.is_empty() {
            let others = self.instance(target).all_but(&prereleases);
            let terms = vec![self.unless(asker, id), (target, others)];
            let fact = Fact::DependencyPrerelease(asker, dependency);
            self.add(engine, fact, terms);
        }
    }

    fn require(
        &mut self,
        engine: &mut Engine,
        asker: Var,
        id: RelationId,
        capability: CapabilityId,
    ) {
        if self.cluster_provides(capability) {
            return;
        }
        let (_, mut unless) = self.unless(asker, id);
        let package = self.package(asker);
        // What the asker itself provides at a release, that release need not look for.
        unless.unite(&self.instance(asker).values_of(|r| {
            package.releases[r]
                .provides
                .binary_search(&capability)
                .is_ok()
        }));
        let mut options = Vec::new();
        for provider in self.universe.providers(capability) {
            let key = self.meant_by(asker, *provider);
            let provider = self.var(engine, key);
            let values = self.providing(provider, capability);
            if provider != asker && !values.is_empty() {
                options.push((provider, values));
            }
        }
        options.sort_by_key(|(var, _)| self.package(*var).is_deprecated);
        let clause = engine.add_choice((asker, unless), options);
        self.made.push(Made {
            clause,
            fact: Fact::Requires(asker, capability),
            guard: Some(asker),
        });
    }

    /// Keeps releases apart that ship one object with different content. Whatever is present has been expanded, so it is
    /// enough to look at those that have.
    pub(super) fn ship(&mut self, engine: &mut Engine, var: Var, release: &'a Release) {
        for (definition, digest) in &release.definitions {
            let known = self.shipped.entry(*definition).or_default();
            let this = (var, digest.clone());
            if known.contains(&this) {
                continue;
            }
            known.push(this.clone());
            let others: Vec<_> = known
                .iter()
                .filter(|(v, d)| *v != var && d != digest)
                .cloned()
                .collect();
            for other in others {
                let apart = [&this, &other].map(|(var, digest)| {
                    let (instance, package) = (self.instance(*var), self.package(*var));
                    let ships = instance.values_of(|id| {
                        let mut shipped = package.releases[id].definitions.iter();
                        shipped.any(|(d, content)| d == definition && content == digest)
                    });
                    (*var, instance.all_but(&ships))
                });
                self.add(
                    engine,
                    Fact::Definition(var, other.0, *definition),
                    apart.to_vec(),
                );
            }
        }
    }
}
