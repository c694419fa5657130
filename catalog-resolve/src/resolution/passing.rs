//! What is there while an upgrade passes through other releases, and whether they find in it what they need.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use catalog_model::conditions::show::one_line;

use super::need::{NeedKind, UnmetNeed};
use super::removed::{conflicting, gone, shipped};
use crate::best::Choice;
use crate::conflict::name;
use crate::encode::{Admission, Encoder, InstanceKey, Place};
use crate::engine::{Value, Var};
use crate::universe::{CapabilityId, DefinitionId, Dependency, PackageId, Relation};

/// A need of a release on the way that is met if a step is done at the right time, and what to say if it is not.
#[derive(Clone, Debug)]
pub(crate) struct Awaited {
    /// Which orders meet it, best first: each alone does.
    orders: Vec<Timing>,
    /// Which release on the way needs it.
    pub(crate) hop: usize,
    pub(crate) otherwise: UnmetNeed,
}

/// When another step is done.
#[derive(Clone, Copy, Debug)]
struct Timing {
    /// Its position: the steps of the releases come first, then those of what is removed.
    other: usize,
    /// Whether it has to be done before the upgrade; if not, after it.
    is_before: bool,
}

impl Awaited {
    /// The orders that meet it, best first, where the upgrade is at a position.
    pub(crate) fn edges(&self, upgrade: usize) -> impl Iterator<Item = (usize, usize)> {
        self.orders
            .iter()
            .map(move |timing| match timing.is_before {
                true => (timing.other, upgrade),
                false => (upgrade, timing.other),
            })
    }
}

/// What becomes of a need.
enum Finding {
    Unmet(UnmetNeed),
    Awaited(Awaited),
}

/// What is at one instance before its step and after it.
struct State {
    var: Var,
    before: Option<Value>,
    after: Option<Value>,
    position: usize,
}

/// Everything that is installed or chosen.
pub(super) struct Passing<'a, 'e> {
    encoder: &'a Encoder<'e>,
    choice: &'a Choice,
    /// Found out when an upgrade first has hops.
    states: OnceCell<BTreeMap<InstanceKey, State>>,
    foes: OnceCell<Foes>,
}

/// Who may conflict with a release that is passed: instances by the packages that they conflict with, and by what the objects are called that they ship.
#[derive(Default)]
struct Foes {
    of_package: BTreeMap<PackageId, BTreeSet<InstanceKey>>,
    of_object: BTreeMap<DefinitionId, BTreeSet<InstanceKey>>,
}

impl<'a, 'e> Passing<'a, 'e> {
    pub(super) fn new(encoder: &'a Encoder<'e>, choice: &'a Choice) -> Self {
        Self {
            encoder,
            choice,
            states: OnceCell::new(),
            foes: OnceCell::new(),
        }
    }

    fn states(&self) -> &BTreeMap<InstanceKey, State> {
        self.states.get_or_init(|| {
            let chosen = self.choice.iter().map(|(key, var, value)| {
                let before = self.encoder.instance(var).kept;
                (key.clone(), (var, before, Some(value)))
            });
            let gone = gone(self.encoder, self.choice).into_iter();
            let gone = gone.map(|((key, var), kept)| (key, (var, Some(kept), None)));
            let states = chosen.chain(gone).enumerate();
            let states = states.map(|(position, (key, (var, before, after)))| {
                let state = State {
                    var,
                    before,
                    after,
                    position,
                };
                (key, state)
            });
            states.collect()
        })
    }

    /// What a release lacks whenever it is passed, and what it finds at the right time.
    pub(super) fn needs(&self, hop: usize, at: (Var, Value)) -> (Vec<UnmetNeed>, Vec<Awaited>) {
        let (mut unmet, mut awaited) = (Vec::new(), Vec::new());
        let dependencies = self.encoder.relations(at.0, at.1);
        let found = dependencies.filter_map(|relation| match relation {
            Relation::Dependency(dependency) => self.dependency(at, dependency),
            Relation::Requires(capability) => self.requirement(at, *capability),
            Relation::Conflict(_) => None,
        });
        let apart = self.near(at);
        let apart = apart.iter().filter_map(|key| self.conflict(at, key));
        for finding in found.chain(apart) {
            match finding {
                Finding::Unmet(need) => unmet.push(need),
                Finding::Awaited(need) => awaited.push(Awaited { hop, ..need }),
            }
        }
        unmet.sort();
        unmet.dedup();
        (unmet, awaited)
    }

    fn dependency(&self, at: (Var, Value), dependency: &Dependency) -> Option<Finding> {
        let key = self.encoder.meant_by(at.0, dependency.package);
        let state = self.states().get(&key);
        if state.is_some_and(|state| state.var == at.0) {
            return None;
        }
        let asked = self.encoder.asked(dependency);
        let will_do = |value: Option<Value>| match (value, state) {
            (Some(value), Some(state)) => {
                self.encoder.admission(state.var, value, &asked) == Admission::Taken
            }
            _ => dependency.is_optional,
        };
        let name = &self.encoder.situation.package(dependency.package).name;
        let (range, verb) = (
            dependency.range.as_str().trim(),
            match dependency.is_optional {
                true => "goes with",
                false => "needs",
            },
        );
        let wanted = match range {
            "" | "*" => name.to_string(),
            range => format!("{name} {range}"),
        };
        let says = format!("{} {verb} {wanted}", self.named(at));
        let need = UnmetNeed {
            kind: NeedKind::Dependency,
            package: Some(name.to_string()),
            text: says,
        };
        self.finding(need, name, state, will_do)
    }

    fn conflict(&self, at: (Var, Value), key: &InstanceKey) -> Option<Finding> {
        let state = self.states().get(key).filter(|state| state.var != at.0)?;
        let will_do = |value: Option<Value>| {
            value.is_none_or(|value| {
                let other = (state.var, value);
                !self.encoder.are_apart(at, other) && !self.is_against_opaque(at, other)
            })
        };
        // There may be one in each of several namespaces.
        let other = name(self.encoder, state.var);
        let need = UnmetNeed {
            kind: NeedKind::Conflict,
            package: Some(self.encoder.package(state.var).name.to_string()),
            text: format!("{} cannot be beside {other}", self.named(at)),
        };
        self.finding(need, &other, Some(state), will_do)
    }

    /// Whether a release conflicts with another that no catalog has any more.
    fn is_against_opaque(&self, at: (Var, Value), (other, value): (Var, Value)) -> bool {
        let (this, other) = (self.encoder.instance(at.0), self.encoder.instance(other));
        let Some(opaque) = other.opaque(value).filter(|_| this.reaches(other)) else {
            return false;
        };
        let mut relations = self.encoder.relations(at.0, at.1);
        relations.any(|relation| {
            matches!(relation, Relation::Conflict(conflict)
                if conflict.package == other.package && opaque.is_in(&conflict.range))
        })
    }

    /// A requirement is met by whoever provides it: one who does all the time, or who will, or who does until his step.
    fn requirement(&self, at: (Var, Value), capability: CapabilityId) -> Option<Finding> {
        if !self.encoder.is_without(at.0, at.1, capability) {
            return None;
        }
        let capability_text = self.encoder.universe.capability(capability);
        let text = format!("{} needs the capability {capability_text}", self.named(at));
        let mut awaited: Vec<Awaited> = Vec::new();
        for state in self.providers(at.0, capability) {
            let gives = |value: Value| self.encoder.provides(state.var, value, capability);
            let will_do = |value: Option<Value>| value.is_some_and(gives);
            let name = &self.encoder.package(state.var).name;
            let need = UnmetNeed {
                kind: NeedKind::Requirement,
                package: Some(name.to_string()),
                text: format!("{text} of {name}"),
            };
            if let Finding::Awaited(one) = self.finding(need, name, Some(state), will_do)? {
                awaited.push(one);
            }
        }
        let is_after = |one: &Awaited| one.orders.iter().any(|timing| !timing.is_before);
        awaited.sort_by_key(is_after);
        let orders = awaited.iter().flat_map(|one| one.orders.clone()).collect();
        Some(match awaited.into_iter().next() {
            Some(first) => Finding::Awaited(Awaited { orders, ..first }),
            None => Finding::Unmet(UnmetNeed {
                kind: NeedKind::Requirement,
                package: None,
                text: format!("{text}, which nothing provides then"),
            }),
        })
    }

    /// The instances of packages that provide a capability, as far as there are any.
    fn providers(&self, asker: Var, capability: CapabilityId) -> impl Iterator<Item = &State> {
        let providers = self.encoder.universe.providers(capability).iter();
        let keys = providers.map(move |package| self.encoder.meant_by(asker, *package));
        let states = keys.filter_map(|key| self.states().get(&key));
        states.filter(move |state| state.var != asker)
    }

    /// What becomes of a need that is about one instance; none if it is met all the time.
    fn finding(
        &self,
        need: UnmetNeed,
        name: &str,
        state: Option<&State>,
        will_do: impl Fn(Option<Value>) -> bool,
    ) -> Option<Finding> {
        let (before, after) = match state {
            Some(state) => (state.before, state.after),
            None => (None, None),
        };
        let (does, will) = (will_do(before), will_do(after));
        let version = |value: Option<Value>| {
            let named = state.and_then(|state| self.encoder.named(state.var, value?));
            named.map(|(_, version)| one_line(version))
        };
        let found = match (version(before), version(after)) {
            (None, None) => format!("{name} is not there"),
            (Some(one), Some(_)) if before == after => format!("{name} {one} is there"),
            (Some(one), Some(other)) => format!("{name} moves from {one} to {other}"),
            (Some(one), None) => format!("{name} {one} goes"),
            (None, Some(other)) => format!("{name} {other} comes"),
        };
        let told = |when: &str| UnmetNeed {
            text: format!("{}, and {found}{when}", need.text),
            ..need.clone()
        };
        let awaited = |other: usize, is_before: bool| Awaited {
            orders: vec![Timing { other, is_before }],
            hop: 0,
            otherwise: told(match is_before {
                true => ", not surely before",
                false => ", not surely after",
            }),
        };
        match (does, will, state) {
            (true, true, _) => None,
            (true, false, Some(state)) => Some(Finding::Awaited(awaited(state.position, false))),
            (false, true, Some(state)) => Some(Finding::Awaited(awaited(state.position, true))),
            _ => Some(Finding::Unmet(told(""))),
        }
    }

    fn named(&self, at: (Var, Value)) -> String {
        let version = self.encoder.named(at.0, at.1).map(|(_, version)| version);
        let package = &self.encoder.package(at.0).name;
        format!("{package} {}", version.unwrap_or_default())
    }

    /// The instances that a release may conflict with.
    fn near(&self, at: (Var, Value)) -> BTreeSet<InstanceKey> {
        let foes = self.foes.get_or_init(|| self.foes());
        let mut near = BTreeSet::new();
        let package = self.encoder.instance(at.0).package;
        near.extend(foes.of_package.get(&package).into_iter().flatten().cloned());
        for package in conflicting(self.encoder, at.0, at.1) {
            let all = self.states().range((package, Place::Cluster)..);
            let same = all.take_while(|((of, _), _)| *of == package);
            near.extend(same.map(|(key, _)| key.clone()));
        }
        for object in shipped(self.encoder, at.0, at.1) {
            near.extend(foes.of_object.get(&object).into_iter().flatten().cloned());
        }
        near
    }

    fn foes(&self) -> Foes {
        let mut foes = Foes::default();
        for (key, state) in self.states() {
            for value in [state.before, state.after].into_iter().flatten() {
                for package in conflicting(self.encoder, state.var, value) {
                    let of = foes.of_package.entry(package).or_default();
                    of.insert(key.clone());
                }
                for object in shipped(self.encoder, state.var, value) {
                    let of = foes.of_object.entry(object).or_default();
                    of.insert(key.clone());
                }
            }
        }
        foes
    }
}
