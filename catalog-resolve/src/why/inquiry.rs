//! Questions about releases that were not chosen.

use std::collections::BTreeMap;

use catalog_model::version::Version;

use super::newer::WhyNotNewer;
use super::telling::Telling;
use crate::best::{Log, log};
use crate::conflict::{CoreClause, made};
use crate::encode::{Encoder, Fact};
use crate::engine::{Budget, Engine, Exhausted, Literal, Term, Value, ValueSet, Var};
use crate::resolution::ResolvedRelease;

/// Different reasons that are told for one package.
const REASONS: usize = 8;

/// An answer that is being asked about.
pub(super) struct Inquiry<'q, 'a> {
    pub(super) encoder: &'q mut Encoder<'a>,
    pub(super) engine: &'q mut Engine,
    pub(super) budget: Budget,
    log: Log,
    /// The clauses that have been made so far.
    pub(super) clauses: Vec<CoreClause<'a>>,
    /// Where each instance is said something of in them.
    pub(super) about: BTreeMap<Var, Vec<usize>>,
    /// How many had been made when they were last read.
    read: usize,
}

/// An instance whose release was picked, and what was decided before.
pub(super) struct Picked<'a> {
    pub(super) var: Var,
    pub(super) value: Value,
    /// What was assumed before.
    pub(super) before: Vec<Literal>,
    /// The same, as clauses: what was decided last comes first.
    pub(super) decisions: Vec<CoreClause<'a>>,
}

impl<'q, 'a> Inquiry<'q, 'a> {
    pub(super) fn new(encoder: &'q mut Encoder<'a>, engine: &'q mut Engine) -> Self {
        let log = log(encoder, engine);
        let request = encoder.request;
        Self {
            budget: Budget::new(request.steps, &request.cancellation),
            encoder,
            engine,
            log,
            clauses: Vec::new(),
            about: BTreeMap::new(),
            read: usize::MAX,
        }
    }

    /// What is against the newer releases of one package.
    pub(super) fn about(&mut self, release: &ResolvedRelease) -> Vec<WhyNotNewer> {
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
    fn ask(&mut self, var: Var, newer: ValueSet, told: &mut Telling) {
        let Some(picked) = self.picked(var) else {
            return told.leave(self.encoder, &newer);
        };
        let (mut impossible, beaten) = self.sorted(&picked, newer);
        for (preference, values) in beaten {
            let core = picked.preferred(self.encoder, preference);
            told.tell(self.encoder, core, &values);
        }
        for _ in 0..REASONS {
            let Some(newest) = newest(self.encoder, var, &impossible) else {
                break;
            };
            let Some(core) = self.core(&picked, newest) else {
                break;
            };
            let alike = self.alike(&core, var, newest, &impossible);
            impossible.subtract(&alike);
            told.tell(self.encoder, core, &alike);
        }
        told.leave(self.encoder, &impossible);
    }

    /// Looks up what was decided before a release was picked; none if the search ended earlier, or the budget does now.
    fn picked(&mut self, var: Var) -> Option<Picked<'a>> {
        let decisions = &self.log.decisions;
        let is_it = |picked: Option<(Var, Value)>| picked.is_some_and(|(of, _)| of == var);
        let at = decisions.iter().position(|one| is_it(one.picked))?;
        let (earlier, this) = (decisions.get(..at)?, decisions.get(at)?);
        let assumed = self.log.assumptions.get(..this.assumed.start)?;
        self.budget.spend_many(assumed.len() as u64).ok()?;
        let mut clauses = Vec::new();
        for decision in earlier.iter().rev() {
            let literals = assumed.get(decision.assumed.clone()).unwrap_or_default();
            let mut terms: BTreeMap<Var, ValueSet> = BTreeMap::new();
            for literal in literals {
                let (of, values) = self.engine.term(*literal);
                let known = terms.entry(of).or_insert_with(|| values.clone());
                known.intersect(&values);
            }
            clauses.extend(terms.into_iter().map(|(of, values)| {
                let fact = match self.encoder.is_instance(of) {
                    true => Fact::Decided(of, decision.cause),
                    false => Fact::MostMoves(values.iter().last().unwrap_or_default()),
                };
                CoreClause::about(fact, of, values)
            }));
        }
        Some(Picked {
            var,
            value: this.picked?.1,
            before: assumed.to_vec(),
            decisions: clauses,
        })
    }

    /// Whether there is an answer in which something holds besides some assumptions, and the value of an instance in it.
    pub(super) fn is_possible(
        &mut self,
        before: &[Literal],
        (var, values): Term,
    ) -> Result<Option<Value>, Exhausted> {
        let mut assumptions = before.to_vec();
        assumptions.push(self.engine.literal((var, values)));
        let is_left = self
            .engine
            .solve(self.encoder, &assumptions, &mut self.budget)?;
        Ok(is_left.then(|| self.engine.value(var)))
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
