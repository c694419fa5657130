//! The best answer: a sequence of decisions, each of them a question to the engine under what was decided before.

mod choice;
mod forward;
mod installed;
mod log;
mod questions;
mod requirements;

use std::collections::BTreeMap;
use std::vec::IntoIter;

pub(crate) use self::choice::Choice;

use self::installed::staying;
pub(crate) use self::log::{Cause, Log, log};

use self::forward::Forward;
use self::log::Decision;
use self::questions::{Questions, Search};
use self::requirements::{Provider, Requirements};
use crate::encode::{Encoder, FEW, InstanceKey};
use crate::engine::{ABSENT, Engine, Exhausted, Term, Value, ValueSet, Var};
use crate::request::Mode;
use crate::universe::{PackageId, Relation};

/// What came of a search for the best answer.
pub(crate) enum Found {
    /// The best answer.
    Best(Choice),
    /// An answer; whether the decision about this package could have gone better was not settled within the budget.
    Unproven(Choice, PackageId),
    /// There is no answer.
    Nothing,
    /// Whether there is one was not settled within the budget.
    Unknown,
}

/// The best answer and the steps it took, if no decision about it has to be taken back: nothing is known where one has.
pub(crate) fn best_at_once(encoder: &mut Encoder<'_>) -> Option<(Choice, u64)> {
    let forward = Forward::begin(encoder)?;
    let mut decisions = Decisions::new(forward);
    decisions.decide().ok()?;
    if !decisions
        .requirements
        .are_met(decisions.questions.encoder())
    {
        return None;
    }
    let Decisions {
        questions, chosen, ..
    } = decisions;
    let steps = questions.end(&chosen)?;
    Some((Choice::new(encoder, chosen), steps))
}

/// Searches the best answer, once the items are encoded. Gives the steps it took as well.
pub(crate) fn best(encoder: &mut Encoder<'_>, engine: &mut Engine) -> (Found, u64) {
    let mut search = Search::new(encoder, engine);
    match search.any() {
        Err(Exhausted) => (Found::Unknown, search.spent()),
        Ok(false) => (Found::Nothing, search.spent()),
        Ok(true) => Decisions::new(search).run(),
    }
}

/// Whether there is any answer.
pub(crate) fn is_possible(
    encoder: &mut Encoder<'_>,
    engine: &mut Engine,
) -> Result<bool, Exhausted> {
    Search::new(encoder, engine).any()
}

/// The decisions made so far.
struct Decisions<Q> {
    questions: Q,
    chosen: Vec<(Var, Value)>,
    /// By variable.
    is_chosen: Vec<bool>,
    /// By variable: whether it is chosen, or in the next layer.
    is_reached: Vec<bool>,
    /// What the chosen ones depend on, in no order: the next layer.
    layer: Vec<(PackageId, Var)>,
    requirements: Requirements,
    /// Installed instances that must be present, as far as they have not been looked at.
    staying: IntoIter<InstanceKey>,
    log: Vec<Decision>,
    /// What is being decided.
    at: Option<PackageId>,
}

impl Decisions<Search<'_, '_>> {
    fn run(mut self) -> (Found, u64) {
        let done = self.decide_all();
        let spent = self.questions.spent();
        let found = match (done, self.at) {
            (Ok(()), _) => Found::Best(Choice::new(self.questions.encoder, self.chosen)),
            (Err(Exhausted), Some(at)) => match self.answer_at_hand() {
                Ok(choice) => Found::Unproven(choice, at),
                Err(Exhausted) => Found::Unknown,
            },
            (Err(Exhausted), None) => Found::Unknown,
        };
        (found, spent)
    }

    fn decide_all(&mut self) -> Result<(), Exhausted> {
        if self.questions.encoder.request.mode == Mode::FewestChanges {
            self.change_least()?;
        }
        self.decide()
    }

    /// What the items need of the answer at hand, whether or not it is the best; none if the search is cancelled, as nobody waits for it then.
    fn answer_at_hand(&self) -> Result<Choice, Exhausted> {
        let encoder = &self.questions.encoder;
        let mut present = BTreeMap::new();
        let mut left = self.items();
        left.extend(staying(encoder));
        while let Some(key) = left.pop() {
            self.questions.check()?;
            let Some(var) = encoder.find(&key) else {
                continue;
            };
            let value = self.questions.value(var);
            if value == ABSENT || present.insert(var, value).is_some() {
                continue;
            }
            for relation in encoder.relations(var, value) {
                match relation {
                    Relation::Dependency(d) if !d.is_optional => {
                        left.push(encoder.meant_by(var, d.package))
                    }
                    Relation::Requires(capability)
                        if !encoder.situation.cluster_provides(*capability) =>
                    {
                        let providers = encoder.universe.providers(*capability).iter();
                        let keys = providers.map(|p| encoder.meant_by(var, *p));
                        left.extend(keys.filter(|key| {
                            encoder.find(key).is_some_and(|provider| {
                                let value = self.questions.value(provider);
                                encoder.provides(provider, value, *capability)
                            })
                        }));
                    }
                    _ => {}
                }
            }
        }
        Ok(Choice::new(encoder, present))
    }
}

impl<'a, Q: Questions<'a>> Decisions<Q> {
    fn new(questions: Q) -> Self {
        let staying = staying(questions.encoder());
        let known = questions.encoder().var_count().max(FEW);
        Self {
            questions,
            chosen: Vec::with_capacity(known),
            is_chosen: Vec::with_capacity(known),
            is_reached: Vec::with_capacity(known),
            layer: Vec::new(),
            requirements: Requirements::default(),
            staying: staying.into_iter(),
            log: Vec::new(),
            at: None,
        }
    }

    /// What is named, what is kept, the items in order, then layer by layer what they depend on, a provider for what is not provided,
    /// what else is installed.
    fn decide(&mut self) -> Result<(), Exhausted> {
        for key in self.named() {
            self.choose(key, Cause::Upgrade)?;
        }
        for key in self.unnamed() {
            self.keep_or_not(key)?;
        }
        for key in self.items() {
            self.choose(key, Cause::Item)?;
        }
        loop {
            let layer = self.next_layer();
            if !layer.is_empty() {
                for (_, var) in layer {
                    self.choose_at(var, Cause::Dependency)?;
                }
            } else if !self.choose_provider()? && !self.choose_installed()? {
                return Ok(());
            }
        }
    }

    fn items(&self) -> Vec<InstanceKey> {
        let items = self.questions.encoder().situation.items();
        items.filter_map(|(_, key)| key.cloned()).collect()
    }

    /// What the last layer depends on and is not chosen, by package and place.
    fn next_layer(&mut self) -> Vec<(PackageId, Var)> {
        let mut layer = std::mem::take(&mut self.layer);
        let encoder = self.questions.encoder();
        let place = |(_, var): &(PackageId, Var)| &encoder.instance(*var).place;
        layer.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| place(a).cmp(place(b))));
        layer
    }

    fn choose(&mut self, key: InstanceKey, cause: Cause) -> Result<(), Exhausted> {
        match self.questions.encoder().find(&key) {
            Some(var) => self.choose_at(var, cause),
            None => Ok(()),
        }
    }

    fn is_chosen(&self, var: Var) -> bool {
        self.is_chosen.get(var.index()).is_some_and(|it| *it)
    }

    /// Whether there is an instance, and it is chosen.
    fn has_chosen(&self, key: &InstanceKey) -> bool {
        let var = self.questions.encoder().find(key);
        var.is_some_and(|var| self.is_chosen(var))
    }

    fn choose_at(&mut self, var: Var, cause: Cause) -> Result<(), Exhausted> {
        if self.is_chosen(var) {
            return Ok(());
        }
        self.at = Some(self.questions.encoder().instance(var).package);
        self.questions.check()?;
        let before = self.questions.assumed();
        if let Some(value) = self.questions.pick(var)? {
            self.note(cause, before, Some((var, value)));
            self.decided(var, value);
        }
        Ok(())
    }

    fn decided(&mut self, var: Var, value: Value) {
        let encoder = self.questions.encoder();
        self.requirements.chosen(encoder, var, value);
        self.chosen.push((var, value));
        self.is_chosen.resize(encoder.var_count(), false);
        if let Some(is_chosen) = self.is_chosen.get_mut(var.index()) {
            *is_chosen = true;
        }
        self.is_reached.resize(encoder.var_count(), false);
        let is_reached = &mut self.is_reached;
        let mut reaches = |var: Var| match is_reached.get_mut(var.index()) {
            Some(is_reached) => !std::mem::replace(is_reached, true),
            None => false,
        };
        reaches(var);
        let layer = &mut self.layer;
        self.questions.for_each_needed((var, value), |needed| {
            if reaches(needed) {
                layer.push((encoder.instance(needed).package, needed));
            }
        });
    }

    /// Settles who provides one more capability; false if none is missing. Providers at their first choice come first,
    /// and among those the ones that are not one of several.
    fn choose_provider(&mut self) -> Result<bool, Exhausted> {
        let (unmet, looked_at) = self.requirements.unmet(self.questions.encoder());
        self.questions.spend((unmet.len() + looked_at) as u64)?;
        for (is_first, is_alone) in [(true, true), (false, true), (false, false)] {
            for (capability, providers) in &unmet {
                for (at, provider) in providers.iter().enumerate() {
                    let Some(term) = self.giving(provider, is_first) else {
                        continue;
                    };
                    let mut terms = vec![term];
                    if is_alone {
                        let others = providers
                            .iter()
                            .enumerate()
                            .filter(|(other, _)| *other != at);
                        terms.extend(others.map(|(_, other)| self.not_giving(other)));
                    }
                    let key = self.questions.encoder().instance(provider.var).key();
                    self.at = Some(key.0);
                    let before = self.questions.assumed();
                    if self.questions.narrow(&terms)? {
                        let cause = Cause::Provider(*capability);
                        self.note(cause, before, None);
                        self.choose(key, cause)?;
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    fn giving(&self, provider: &Provider, is_first: bool) -> Option<Term> {
        if !is_first {
            return Some((provider.var, provider.giving.clone()));
        }
        let count = self.questions.encoder().instance(provider.var).count();
        let first = ValueSet::of(count, [1]);
        first
            .is_subset(&provider.giving)
            .then_some((provider.var, first))
    }

    fn not_giving(&self, provider: &Provider) -> Term {
        let instance = self.questions.encoder().instance(provider.var);
        (provider.var, instance.all_but(&provider.giving))
    }
}

#[cfg(test)]
mod tests;
