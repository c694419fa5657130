//! Questions about releases that were not chosen.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use catalog_model::version::Version;

use super::newer::WhyNotNewer;
use super::telling::Telling;
use crate::best::{Log, log};
use crate::conflict::{CoreClause, made};
use crate::encode::{Encoder, Fact};
use crate::engine::{Budget, Engine, Exhausted, Literal, Value, ValueSet, Var};
use crate::resolution::ResolvedRelease;

/// Different reasons that are told for one package.
const REASONS: usize = 8;

/// Steps of questions whose answers only make reasons better.
const EXTRA: u64 = 1_000_000;

/// An answer that is being asked about.
pub(super) struct Inquiry<'q, 'a> {
    pub(super) encoder: &'q mut Encoder<'a>,
    pub(super) engine: &'q mut Engine,
    pub(super) budget: Budget,
    /// For what only makes reasons better.
    pub(super) extra: Budget,
    log: Log,
    picked: BTreeMap<Var, Picked>,
    /// What was decided about each instance, with the position of the decision.
    pub(super) decided: BTreeMap<Var, Vec<(usize, CoreClause<'a>)>>,
    /// The clauses that have been made so far.
    pub(super) clauses: Vec<CoreClause<'a>>,
    /// Where each instance is said something of in them.
    pub(super) about: BTreeMap<Var, Vec<usize>>,
    /// How many had been made when they were last read.
    read: usize,
}

/// An instance whose release was picked, by the decision at a position.
#[derive(Clone, Copy)]
pub(super) struct Picked {
    pub(super) var: Var,
    pub(super) value: Value,
    pub(super) at: usize,
}

impl<'q, 'a> Inquiry<'q, 'a> {
    pub(super) fn new(encoder: &'q mut Encoder<'a>, engine: &'q mut Engine) -> Self {
        let log = log(encoder, engine);
        let request = encoder.request;
        let steps = request.steps;
        let picked = log.decisions.iter().enumerate();
        let picked = picked.filter_map(|(at, decision)| {
            let (var, value) = decision.picked?;
            Some((var, Picked { var, value, at }))
        });
        Self {
            budget: Budget::new(steps, &request.cancellation),
            extra: Budget::new(steps.min(EXTRA), &request.cancellation),
            picked: picked.collect(),
            decided: decided(encoder, engine, &log),
            encoder,
            engine,
            log,
            clauses: Vec::new(),
            about: BTreeMap::new(),
            read: usize::MAX,
        }
    }

    /// What is against the newer releases of one package; nothing more if the search is cancelled.
    pub(super) fn about(&mut self, release: &ResolvedRelease) -> Vec<WhyNotNewer> {
        if self.encoder.is_cancelled() {
            return Vec::new();
        }
        let situation = self.encoder.situation;
        let key = situation.key(release.package(), Some(release.namespace()));
        let Some(var) = key.and_then(|key| self.encoder.find(&key)) else {
            return Vec::new();
        };
        let chosen = release.release.clone();
        let Some(chosen) = chosen.or_else(|| Version::parse(release.version()).ok()) else {
            // Nothing is newer than what cannot be read.
            return Vec::new();
        };
        let mut told = Telling::new(var, release);
        told.tell_unusable(self.encoder, &chosen);
        let package = self.encoder.package(var);
        let instance = self.encoder.instance(var);
        let newer = instance.values_of(|id| package.releases[id].version > chosen);
        if !newer.is_empty() {
            self.ask(var, newer, &mut told);
        }
        told.in_order()
    }

    /// Sorts newer releases by what is against them.
    fn ask(&mut self, var: Var, newer: ValueSet, told: &mut Telling<'_>) {
        let Some(picked) = self.picked.get(&var).copied() else {
            return told.leave(self.encoder, &newer);
        };
        let (mut impossible, beaten) = self.sorted(picked, newer);
        if self.encoder.is_cancelled() {
            return;
        }
        for (preference, values) in beaten {
            let core = picked.preferred(self.encoder, preference);
            told.tell(self.encoder, core, &values);
        }
        for _ in 0..REASONS {
            let Some(newest) = newest(self.encoder, var, &impossible) else {
                break;
            };
            let Some((core, alike)) = self.reason(picked, newest, &impossible) else {
                break;
            };
            if self.encoder.is_cancelled() {
                return;
            }
            impossible.subtract(&alike);
            told.tell(self.encoder, core, &alike);
        }
        if !self.encoder.is_cancelled() {
            told.leave(self.encoder, &impossible);
        }
    }

    /// What was assumed before a release was picked.
    pub(super) fn before(&self, picked: Picked) -> &[Literal] {
        let decision = self.log.decisions.get(picked.at);
        let start = decision.map_or(0, |decision| decision.assumed.start);
        self.log.assumptions.get(..start).unwrap_or_default()
    }

    /// The decisions before a release was picked, as clauses: what was decided last comes first.
    pub(super) fn decisions_before(&self, picked: Picked) -> Vec<CoreClause<'a>> {
        let before = self.decided.values().flatten();
        let mut before: Vec<_> = before.filter(|(at, _)| *at < picked.at).collect();
        before.sort_by_key(|(at, clause)| {
            let var = clause.terms.first().map(|(var, _)| *var);
            (Reverse(*at), var)
        });
        before
            .into_iter()
            .map(|(_, clause)| clause.clone())
            .collect()
    }

    /// Whether an answer was left with an instance at one of some values before its release was picked, and the value in it.
    pub(super) fn is_left(
        &mut self,
        picked: Picked,
        values: ValueSet,
    ) -> Result<Option<Value>, Exhausted> {
        let mut assumptions = self.before(picked).to_vec();
        assumptions.push(self.engine.literal(&(picked.var, values)));
        let is_left = self
            .engine
            .solve(self.encoder, &assumptions, &mut self.budget)?;
        Ok(is_left.then(|| self.engine.value(picked.var)))
    }

    /// Whether there is any answer with an instance at one of some values, if few steps are enough to know.
    pub(super) fn is_possible(&mut self, var: Var, values: ValueSet) -> Result<bool, Exhausted> {
        let it = self.engine.literal(&(var, values));
        self.engine.solve(self.encoder, &[it], &mut self.extra)
    }

    /// Reads the clauses again if there are more.
    pub(super) fn read_clauses(&mut self) {
        if self.read == self.encoder.made().len() {
            return;
        }
        self.read = self.encoder.made().len();
        self.clauses = made(self.encoder, self.engine);
        self.about.clear();
        for (position, clause) in self.clauses.iter().enumerate() {
            for (var, _) in &clause.terms {
                self.about.entry(*var).or_default().push(position);
            }
        }
    }
}

/// The decisions as clauses, each about one instance or about the count of those that move.
fn decided<'a>(
    encoder: &Encoder<'a>,
    engine: &Engine,
    log: &Log,
) -> BTreeMap<Var, Vec<(usize, CoreClause<'a>)>> {
    let mut decided: BTreeMap<Var, Vec<(usize, CoreClause<'a>)>> = BTreeMap::new();
    let decisions = log.decisions.iter().take_while(|_| !encoder.is_cancelled());
    for (at, decision) in decisions.enumerate() {
        let literals = log.assumptions.get(decision.assumed.clone());
        let mut terms: BTreeMap<Var, ValueSet> = BTreeMap::new();
        for literal in literals.unwrap_or_default() {
            let (var, values) = engine.term(*literal);
            let known = terms.entry(var).or_insert_with(|| values.clone());
            known.intersect(&values);
        }
        for (var, values) in terms {
            let fact = match encoder.is_instance(var) {
                true => Fact::Decided(var, decision.cause),
                false => Fact::MostMoves(values.iter().last().unwrap_or_default()),
            };
            let clause = CoreClause::about(fact, var, values);
            decided.entry(var).or_default().push((at, clause));
        }
    }
    decided
}

/// The newest of some releases; of several catalogs, the one that is preferred.
pub(super) fn newest(encoder: &Encoder<'_>, var: Var, values: &ValueSet) -> Option<Value> {
    let mut newest: Option<(Value, &Version)> = None;
    for value in values.iter() {
        let version = encoder.release(var, value).map(|release| &release.version);
        if let Some(version) = version
            && newest.is_none_or(|(_, best)| version > best)
        {
            newest = Some((value, version));
        }
    }
    newest.map(|(value, _)| value)
}
