//! Forward checking: answers for which no decision has to be taken back.
//!
//! Whenever a release is chosen, what it asks of others narrows what those can be. A release is passed over only where what is chosen already, or
//! the request itself, rules it out: no answer that is left has it. If something fits each time, what is chosen is an answer, and so each
//! decision found the answers it asked for: it is the best one, without a search. If not, nothing is known.
//!
//! Most requests are like that, and take as long as looking at what is chosen.

#![expect(
    clippy::indexing_slicing,
    reason = "there is a state for every variable"
)]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use foldhash::fast::RandomState;

use super::questions::Questions;
use crate::encode::{Encoder, FEW, InstanceKey, Met, ObjectKey, forbidden_cycles};
use crate::engine::{ABSENT, Budget, Exhausted, Term, Value, ValueSet, Var};
use crate::request::Mode;
use crate::universe::{Dependency, PackageId, Relation, RelationId, ReleaseId};

/// What is chosen, and what others can be.
pub(super) struct Forward<'q, 'a> {
    encoder: &'q mut Encoder<'a>,
    /// By variable.
    states: Vec<State>,
    /// For each that is chosen, one after the other, whom it cannot be without; behind them those of what is being looked at.
    needed: Vec<Var>,
    /// Likewise whom it has to wait for.
    waits: Vec<Var>,
    /// How many of both are of what is chosen.
    taken: (usize, usize),
    /// Conflicts and optional dependencies of what is chosen, by the package they are about: they matter for each instance of it that comes.
    waiting: BTreeMap<PackageId, Vec<(Var, RelationId)>>,
    /// The objects that chosen releases ship, each with the contents it has in them.
    shipped: HashMap<ObjectKey, Vec<Content<'a>>, RandomState>,
    /// What answers were narrowed to because it was taken for granted that there are such.
    claims: Vec<Term>,
    effects: Effects<'a>,
    budget: Budget,
}

/// What is known of an instance.
struct State {
    /// The values that it can have beside what is chosen.
    left: ValueSet,
    is_chosen: bool,
    needed: Range<usize>,
    waits: Range<usize>,
}

/// What an object has in it that a chosen release ships.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Content<'a> {
    digest: &'a str,
    is_kept: bool,
}

/// What choosing a release does: room for one at a time.
#[derive(Default)]
struct Effects<'a> {
    narrowed: Vec<(Var, Cow<'a, ValueSet>)>,
    waiting: Vec<(PackageId, RelationId)>,
}

impl<'q, 'a> Forward<'q, 'a> {
    /// Begins with what the request says; none if that is more than can be seen at a glance.
    pub(super) fn begin(encoder: &'q mut Encoder<'a>) -> Option<Self> {
        let request = encoder.request;
        if request.mode == Mode::FewestChanges {
            return None;
        }
        let known = encoder.situation.standings().len().max(FEW);
        let mut forward = Self {
            encoder,
            states: Vec::with_capacity(known),
            needed: Vec::with_capacity(known),
            waits: Vec::with_capacity(known),
            taken: (0, 0),
            waiting: BTreeMap::new(),
            shipped: HashMap::default(),
            claims: Vec::new(),
            effects: Effects::default(),
            budget: Budget::new(request.steps, &request.cancellation),
        };
        let situation = forward.encoder.situation;
        for (item, key) in situation.items() {
            let var = forward.place(key?.clone());
            let (taken, _) = forward.encoder.taken_by_item(var, item);
            forward.limit(var, &taken).ok()?;
        }
        for (key, standing) in situation.standings() {
            forward.check().ok()?;
            if standing.installed.is_some() || standing.is_removed {
                forward.place(key.clone());
            }
        }
        Some(forward)
    }

    /// The steps that were taken, if what is chosen is an answer.
    pub(super) fn end(self, chosen: &[(Var, Value)]) -> Option<u64> {
        let state = |var: Var| &self.states[var.index()];
        // What is not chosen is absent.
        let may_be = |state: &State| state.is_chosen || state.left.contains(ABSENT);
        let holds = |(var, set): &Term| state(*var).is_chosen && state(*var).left.is_subset(set);
        let is_answer = self.states.iter().all(may_be) && self.claims.iter().all(holds);
        (is_answer && !self.has_forbidden_cycle(chosen) && self.check().is_ok())
            .then(|| self.budget.spent())
    }

    fn has_forbidden_cycle(&self, chosen: &[(Var, Value)]) -> bool {
        let present: Vec<Var> = chosen.iter().map(|(var, _)| *var).collect();
        let state = |var: Var| &self.states[var.index()];
        let waits = |var: Var| &self.waits[state(var).waits.clone()];
        let group = |var: Var| {
            let value = state(var).left.single()?;
            self.encoder.release(var, value)?.group.as_deref()
        };
        !forbidden_cycles(&present, waits, group, || self.encoder.is_cancelled()).is_empty()
    }

    /// Keeps an instance within some values. If none is left, something would have to be taken back.
    fn limit(&mut self, var: Var, set: &ValueSet) -> Result<(), Exhausted> {
        let left = &mut self.states[var.index()].left;
        left.intersect(set);
        match left.is_empty() {
            true => Err(Exhausted),
            false => Ok(()),
        }
    }

    /// Takes note of instances that are new.
    #[inline]
    fn catch_up(&mut self) {
        if self.states.len() < self.encoder.var_count() {
            self.take_in();
        }
    }

    fn take_in(&mut self) {
        while self.states.len() < self.encoder.var_count() {
            let var = Var::at(self.states.len());
            let instance = self.encoder.instance(var);
            let mut left = ValueSet::all(instance.count());
            for (_, limit) in self.encoder.limits(var) {
                left.intersect(&limit);
            }
            for (asker, id) in self.waiting.get(&instance.package).into_iter().flatten() {
                let at = self.states[asker.index()].left.single();
                let at = (*asker, at.unwrap_or(ABSENT));
                if let Some(taken) = self.encoder.taken_by(at, *id, var) {
                    left.intersect(&*taken);
                }
            }
            self.states.push(State {
                left,
                is_chosen: false,
                needed: 0..0,
                waits: 0..0,
            });
        }
    }

    /// Whether an instance can have a value beside what is chosen, and what that does. If not, no answer that is left has it, nor any of the values
    /// that say the same of others, and none of them is left.
    fn fits(&mut self, var: Var, value: Value) -> bool {
        let Err(why) = self.effects(var, value) else {
            return true;
        };
        let instance = self.encoder.instance(var);
        let left = &mut self.states[var.index()].left;
        if let Some(relation) = why {
            let mut alike = instance.carrying(&self.encoder.package(var).carriers[relation]);
            // What is installed is asked for less than others.
            if let Some(kept) = instance.kept {
                alike.remove(kept);
            }
            left.subtract(&alike);
        }
        left.remove(value);
        false
    }

    /// Finds out what it does if an instance has a value.
    ///
    /// # Errors
    ///
    /// It cannot have it beside what is chosen, because of this relation, if it is one.
    fn effects(&mut self, var: Var, value: Value) -> Result<(), Option<RelationId>> {
        self.effects.narrowed.clear();
        self.needed.truncate(self.taken.0);
        self.waits.truncate(self.taken.1);
        self.effects.waiting.clear();
        let package = self.encoder.package(var);
        let instance = self.encoder.instance(var);
        let Some(id) = instance.release(value) else {
            return Ok(());
        };
        let (release, is_kept) = (&package.releases[id], instance.kept == Some(value));
        // What has to be there first: it may be what the other relations are about.
        for (id, relation) in package.relation_ids(id) {
            match relation {
                Relation::Dependency(dependency) if !dependency.is_optional => {
                    match self.encoder.place_needed(var, dependency.package) {
                        Some(target) => {
                            self.catch_up();
                            self.need((var, value), is_kept, (id, dependency), target)?;
                        }
                        None if is_kept => {}
                        None => return Err(Some(id)),
                    }
                }
                Relation::Requires(capability) => {
                    if self.encoder.looks_for(var, value, *capability) {
                        self.encoder.place_providers(var, *capability);
                        self.catch_up();
                    }
                }
                Relation::Dependency(_) | Relation::Conflict(_) => {}
            }
        }
        if !release.only_needs {
            self.relate((var, value), id)?;
        }
        if release.definitions.is_empty() {
            return Ok(());
        }
        let mut objects = self.encoder.objects(var, value);
        let clashes = objects.any(|(object, digest)| {
            let known = self.shipped.get(&object).into_iter().flatten();
            known
                .into_iter()
                .any(|known| known.digest != digest && !(is_kept && known.is_kept))
        });
        match clashes {
            true => Err(None),
            false => Ok(()),
        }
    }

    /// Notes what a dependency of a release leaves of the instance that it cannot be without.
    ///
    /// # Errors
    ///
    /// As [`narrow`](Self::narrow).
    fn need(
        &mut self,
        at: (Var, Value),
        is_kept: bool,
        (id, dependency): (RelationId, &'a Dependency),
        target: Var,
    ) -> Result<(), Option<RelationId>> {
        let met = self.encoder.installed_meets(at.0, dependency);
        if !is_kept && met != Met::Yes {
            self.waits.push(target);
        }
        if !(is_kept && met == Met::Absent) {
            self.needed.push(target);
        }
        let kept = is_kept.then_some(met);
        match self.encoder.taken_by_need(kept, dependency, target) {
            Some(taken) => self.narrow(at, id, (target, taken)),
            None => Ok(()),
        }
    }

    /// Notes what conflicts and optional dependencies of a release leave of the instances that they are about.
    ///
    /// # Errors
    ///
    /// As [`narrow`](Self::narrow).
    fn relate(&mut self, at: (Var, Value), id: ReleaseId) -> Result<(), Option<RelationId>> {
        for (id, relation) in self.encoder.package(at.0).relation_ids(id) {
            let (package, targets) = match relation {
                Relation::Dependency(dependency) if dependency.is_optional => {
                    let target = self.encoder.meant(at.0, dependency.package);
                    (dependency.package, target.into_iter().collect())
                }
                Relation::Conflict(conflict) => {
                    let targets = self.encoder.instances_of(conflict.package);
                    (conflict.package, targets)
                }
                Relation::Dependency(_) | Relation::Requires(_) => continue,
            };
            self.effects.waiting.push((package, id));
            for target in targets {
                if let Some(taken) = self.encoder.taken_by(at, id, target) {
                    self.narrow(at, id, (target, taken))?;
                }
            }
        }
        Ok(())
    }

    /// Notes what a relation of a release leaves of another instance.
    ///
    /// # Errors
    ///
    /// That is nothing; the relation, unless it is about the asker itself, whose values differ in this.
    fn narrow(
        &mut self,
        (asker, value): (Var, Value),
        id: RelationId,
        (target, taken): (Var, Cow<'a, ValueSet>),
    ) -> Result<(), Option<RelationId>> {
        if target == asker {
            return taken.contains(value).then_some(()).ok_or(None);
        }
        let state = &self.states[target.index()];
        if !state.left.intersects(&*taken) {
            return Err(Some(id));
        }
        if !state.is_chosen {
            self.effects.narrowed.push((target, taken));
        }
        Ok(())
    }

    /// Chooses a value that has just been found to fit.
    fn take(&mut self, var: Var, value: Value) -> Result<(), Exhausted> {
        let instance = self.encoder.instance(var);
        let (needed, waits) = self.taken;
        self.taken = (self.needed.len(), self.waits.len());
        let state = &mut self.states[var.index()];
        state.left.keep_only(value);
        state.is_chosen = true;
        state.needed = needed..self.needed.len();
        state.waits = waits..self.waits.len();
        for (package, id) in self.effects.waiting.drain(..) {
            self.waiting.entry(package).or_default().push((var, id));
        }
        let is_kept = instance.kept == Some(value);
        for (object, digest) in self.encoder.objects(var, value) {
            let contents = self.shipped.entry(object).or_default();
            let content = Content { digest, is_kept };
            if !contents.contains(&content) {
                contents.push(content);
            }
        }
        let mut narrowed = std::mem::take(&mut self.effects.narrowed);
        let limited = narrowed
            .drain(..)
            .try_for_each(|(target, taken)| self.limit(target, &taken));
        self.effects.narrowed = narrowed;
        limited
    }
}

impl<'a> Questions<'a> for Forward<'_, 'a> {
    fn encoder(&self) -> &Encoder<'a> {
        self.encoder
    }

    fn place(&mut self, key: InstanceKey) -> Var {
        let var = self.encoder.place(key, None);
        self.catch_up();
        var
    }

    fn narrow_to(&mut self, asked: &[Term], kept: &[Term]) -> Result<bool, Exhausted> {
        let is_left = |(var, set): &Term| self.states[var.index()].left.intersects(set);
        if !asked.iter().all(is_left) {
            return Ok(false);
        }
        for ((var, asked), (_, kept)) in asked.iter().zip(kept) {
            self.spend(1)?;
            let only = asked.single().filter(|value| *value != ABSENT);
            let is_chosen = self.states[var.index()].is_chosen;
            if let Some(value) = only.filter(|_| !is_chosen)
                && !self.fits(*var, value)
            {
                return Ok(false);
            }
            if asked != kept {
                self.claims.push((*var, asked.clone()));
                self.limit(*var, kept)?;
            } else if let Some(value) = only.filter(|_| !is_chosen) {
                self.take(*var, value)?;
            } else {
                self.limit(*var, kept)?;
            }
        }
        Ok(true)
    }

    fn pick(&mut self, var: Var) -> Result<Option<Value>, Exhausted> {
        let state = &self.states[var.index()];
        if state.is_chosen {
            return Ok(state.left.single());
        }
        loop {
            let mut left = self.states[var.index()].left.iter();
            // Whoever is asked for has to be there: if nothing fits, something would have to be taken back.
            let value = left.find(|value| *value != ABSENT).ok_or(Exhausted)?;
            drop(left);
            self.spend(1)?;
            if self.fits(var, value) {
                self.take(var, value)?;
                return Ok(Some(value));
            }
        }
    }

    fn for_each_needed(&self, (var, _): (Var, Value), each: impl FnMut(Var)) {
        let needed = self.states[var.index()].needed.clone();
        self.needed[needed].iter().copied().for_each(each);
    }

    fn assumed(&self) -> usize {
        0
    }

    fn spend(&mut self, steps: u64) -> Result<(), Exhausted> {
        self.budget.spend_many(steps)
    }

    fn check(&self) -> Result<(), Exhausted> {
        self.budget.check()
    }
}
