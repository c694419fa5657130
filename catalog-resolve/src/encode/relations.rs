//! What releases say of each other.

use std::borrow::Cow;

use super::kept::Met;
use super::{Encoder, Fact, ObjectKey, Place};
use crate::engine::{Engine, Term, Value, ValueSet, Var};
use crate::universe::{
    CapabilityId, Dependency, PackageConflict, PackageId, Relation, RelationId, Release,
};

impl<'a> Encoder<'a> {
    /// Makes the clause of a relation, once for all releases that have it.
    pub(super) fn encode(
        &mut self,
        engine: &mut Engine,
        asker: Var,
        id: RelationId,
        relation: &'a Relation,
    ) {
        match relation {
            Relation::Dependency(dependency) if dependency.is_optional => {
                if let Some(target) = self.meant(asker, dependency.package) {
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

    /// "Not one of these releases of the asker": the term that every clause about a relation has. The release that is installed is
    /// spared where `spared` says so; none if no release is left.
    fn unless(&self, asker: Var, id: RelationId, spared: Option<Value>) -> Option<Term> {
        let instance = self.instance(asker);
        let mut carriers = instance.carrying(&self.package(asker).carriers[id]);
        if let Some(spared) = spared {
            carriers.remove(spared);
        }
        (!carriers.is_empty()).then(|| (asker, instance.all_but(&carriers)))
    }

    fn wait(&mut self, asker: Var, id: RelationId, about: PackageId) {
        self.waiting.entry(about).or_default().push((asker, id));
    }

    pub(crate) fn instances_of(&self, package: PackageId) -> Vec<Var> {
        let everywhere = self.find(&(package, Place::Cluster));
        let all = self.in_namespaces.range((package, Place::Cluster)..);
        let all = all.take_while(|((of, _), _)| *of == package);
        everywhere
            .into_iter()
            .chain(all.map(|(_, var)| *var))
            .collect()
    }

    fn need(&mut self, engine: &mut Engine, asker: Var, id: RelationId, needed: &'a Dependency) {
        let target = self.place_needed(asker, needed.package);
        self.enter(engine);
        if let Some(target) = target {
            self.depend(engine, (asker, id), needed, target);
        } else if let Some(unless) = self.unless(asker, id, self.kept_carrier(asker, id)) {
            self.add(engine, Fact::Dependency(asker, needed), [unless]);
        }
    }

    /// The instance of a package that somebody cannot be without, made if it is new; none if nobody has any release of the package.
    pub(crate) fn place_needed(&mut self, asker: Var, package: PackageId) -> Option<Var> {
        self.meant(asker, package).or_else(|| {
            let target = self.meant_by(asker, package);
            let is_there = self.universe.package(package).is_known()
                || self.situation.standing(&target).is_some();
            is_there.then(|| self.place(target, Some(asker)))
        })
    }

    /// Makes the clauses by which an optional dependency or a conflict concerns an instance, if it does.
    pub(super) fn relate(&mut self, engine: &mut Engine, asker: Var, id: RelationId, target: Var) {
        match &self.package(asker).relations[id] {
            Relation::Dependency(dependency) => {
                if self.meant(asker, dependency.package) == Some(target) {
                    self.depend(engine, (asker, id), dependency, target);
                }
            }
            Relation::Conflict(conflict) => self.keep_apart(engine, (asker, id), conflict, target),
            Relation::Requires(_) => {}
        }
    }

    fn keep_apart(
        &mut self,
        engine: &mut Engine,
        (asker, id): (Var, RelationId),
        conflict: &'a PackageConflict,
        target: Var,
    ) {
        if !self.instance(asker).reaches(self.instance(target)) {
            return;
        }
        let is_broken = self.installed_conflicts(target, conflict);
        let spared = self.kept_carrier(asker, id).filter(|_| is_broken);
        if let Some(unless) = self.unless(asker, id, spared) {
            let terms = [unless, (target, self.outside(target, conflict))];
            self.add(engine, Fact::Conflict(asker, conflict), terms);
        }
    }

    /// The values of an instance that a relation of a release takes; none if it asks nothing of the instance.
    pub(crate) fn taken_by(
        &self,
        (asker, value): (Var, Value),
        id: RelationId,
        target: Var,
    ) -> Option<Cow<'a, ValueSet>> {
        let is_kept = self.instance(asker).kept == Some(value);
        match &self.package(asker).relations[id] {
            Relation::Dependency(dependency) => {
                if self.meant(asker, dependency.package) != Some(target) {
                    return None;
                }
                let kept = is_kept.then(|| self.installed_meets(asker, dependency));
                self.taken_by_need(kept, dependency, target)
            }
            Relation::Conflict(conflict) => {
                let is_spared = is_kept && self.installed_conflicts(target, conflict);
                let counts = self.instance(asker).reaches(self.instance(target)) && !is_spared;
                counts.then(|| Cow::Owned(self.outside(target, conflict)))
            }
            Relation::Requires(_) => None,
        }
    }

    /// The values that a dependency takes of the instance that is meant; none if it asks nothing of it. Of a release that stays as it is installed it
    /// is known whether it is met.
    pub(crate) fn taken_by_need(
        &self,
        kept: Option<Met>,
        dependency: &'a Dependency,
        target: Var,
    ) -> Option<Cow<'a, ValueSet>> {
        let instance = self.instance(target);
        if let Some(met) = kept.filter(|met| met.breaks(dependency)) {
            // It is out of range already, but it is there.
            let must_stay = !dependency.is_optional && met == Met::OutOfRange;
            return must_stay.then(|| Cow::Owned(instance.present()));
        }
        let taken = self.taken(target, dependency);
        Some(match dependency.is_optional {
            true => Cow::Owned(instance.or_absent(taken.into_owned())),
            false => taken,
        })
    }

    /// The values of an instance that a conflict is not about.
    pub(crate) fn outside(&self, target: Var, conflict: &PackageConflict) -> ValueSet {
        let (instance, package) = (self.instance(target), self.package(target));
        let inside = conflict.inside.get_or_init(|| {
            let inside = package.runs(conflict.range.set()).flatten();
            ValueSet::of(package.releases.len() as u32 + 1, inside.map(|id| id + 1))
        });
        let mut inside = instance.translated(inside);
        if let Some(kept) = instance.kept
            && self.installed_conflicts(target, conflict)
        {
            // Also one that no catalog has any more.
            inside.insert(kept);
        }
        instance.all_but(&inside)
    }

    /// Keeps the target of a dependency in its range. The prerelease rule is a clause of its own: it is a fact of its own.
    fn depend(
        &mut self,
        engine: &mut Engine,
        (asker, id): (Var, RelationId),
        dependency: &'a Dependency,
        target: Var,
    ) {
        let met = self.installed_meets(asker, dependency);
        let is_broken = met.breaks(dependency);
        let spared = self.kept_carrier(asker, id).filter(|_| is_broken);
        if let Some(kept) = spared.filter(|_| !dependency.is_optional && met == Met::OutOfRange) {
            // It is out of range already, but it is there.
            let unless = self.instance(asker);
            let unless = (asker, unless.all_but(&ValueSet::of(unless.count(), [kept])));
            let terms = [unless, (target, self.instance(target).present())];
            self.add(engine, Fact::Presence(asker, dependency), terms);
        }
        let Some(unless) = self.unless(asker, id, spared) else {
            return;
        };
        let (mut inside, prereleases) = self.admitted_by(target, dependency);
        inside.unite(&prereleases);
        if dependency.is_optional {
            inside = self.instance(target).or_absent(inside);
        }
        let terms = [unless.clone(), (target, inside)];
        self.add(engine, Fact::Dependency(asker, dependency), terms);
        if !prereleases.is_empty() {
            let others = self.instance(target).all_but(&prereleases);
            let fact = Fact::DependencyPrerelease(asker, dependency);
            self.add(engine, fact, [unless, (target, others)]);
        }
    }

    fn require(
        &mut self,
        engine: &mut Engine,
        asker: Var,
        id: RelationId,
        capability: CapabilityId,
    ) {
        if self.situation.cluster_provides(capability) {
            return;
        }
        let spared = self
            .kept_carrier(asker, id)
            .filter(|_| !self.installed_provides(asker, capability));
        let Some((_, mut unless)) = self.unless(asker, id, spared) else {
            return;
        };
        // What the asker itself provides at a release, that release need not look for.
        unless.unite(&self.providing(asker, capability));
        let mut options = Vec::new();
        let providers = self.place_providers(asker, capability);
        self.enter(engine);
        for provider in providers {
            let values = self.providing(provider, capability);
            if provider != asker && !values.is_empty() {
                options.push((provider, values));
            }
        }
        options.sort_by_key(|(var, _)| self.package(*var).is_deprecated);
        let clause = engine.add_choice((asker, unless), options);
        self.remember(clause, Fact::Requires(asker, capability), Some(asker));
    }

    /// The instances that can provide a capability for somebody, made if they are new.
    pub(crate) fn place_providers(&mut self, asker: Var, capability: CapabilityId) -> Vec<Var> {
        let providers = self.universe.providers(capability).iter();
        let providers = providers.map(|provider| {
            let key = self.meant_by(asker, *provider);
            self.place(key, Some(asker))
        });
        providers.collect()
    }

    /// Keeps releases apart that ship one object with different content. Whatever is present has been expanded, so it is
    /// enough to look at those that have.
    pub(super) fn ship(&mut self, engine: &mut Engine, var: Var, release: &'a Release) {
        for shipped in &release.definitions {
            let object = self.instance(var).object(shipped);
            let digest = &shipped.digest;
            let known = self.shipped.entry(object.clone()).or_default();
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
                // Who came up first is named first, whoever is looked at first.
                let (first, second) = match this.0 < other.0 {
                    true => (&this, &other),
                    false => (&other, &this),
                };
                self.keep_contents_apart(engine, &object, first, second);
            }
        }
    }

    /// Two instances cannot both ship an object with contents of their own, unless both stay as they are installed.
    fn keep_contents_apart(
        &mut self,
        engine: &mut Engine,
        object: &ObjectKey,
        one: &(Var, String),
        other: &(Var, String),
    ) {
        let [
            (here, all_here, moving_here),
            (there, all_there, moving_there),
        ] = [one, other].map(|shipped| self.ships(object, shipped));
        let is_both_kept = all_here != moving_here && all_there != moving_there;
        let apart = match is_both_kept {
            true => vec![(&moving_here, &all_there), (&all_here, &moving_there)],
            false => vec![(&all_here, &all_there)],
        };
        let not = |var: Var, set: &ValueSet| (var, self.instance(var).all_but(set));
        let clauses = apart
            .into_iter()
            .map(|(of_one, of_other)| vec![not(here, of_one), not(there, of_other)]);
        let clauses: Vec<Vec<Term>> = clauses.collect();
        for terms in clauses {
            let fact = Fact::Definition(one.0, other.0, object.clone());
            self.add(engine, fact, terms);
        }
    }

    /// The values at which an instance ships an object with some content, and those of them that are not what is installed.
    fn ships(
        &self,
        object: &ObjectKey,
        (var, digest): &(Var, String),
    ) -> (Var, ValueSet, ValueSet) {
        let (instance, package) = (self.instance(*var), self.package(*var));
        let all = instance.values_of(|id| {
            let mut shipped = package.releases[id].definitions.iter();
            shipped.any(|one| one.digest == *digest && instance.object(one) == *object)
        });
        let mut moving = all.clone();
        moving.subtract(&ValueSet::of(instance.count(), instance.kept));
        (*var, all, moving)
    }
}
