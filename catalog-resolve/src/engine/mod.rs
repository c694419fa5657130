//! The search, on integers alone: it knows nothing of packages, versions or names.
//!
//! A variable has one of finitely many values; a literal says "this variable is within this set of values"; a clause is a
//! disjunction of literals. [`Engine::solve`] looks for values that satisfy all clauses and all assumptions, with unit
//! propagation over watched literals, first-UIP learning by signed resolution, backjumping that is
//! non-chronological as long as it is not far, and restarts: conflict-driven clause learning, as in SAT solvers, over finite domains.
//!
//! Clauses come lazily: the engine asks a [`Source`] for those of a value as soon as it is the best one left of a variable that must be
//! present, so always before it tries that value; and for those of all values that a variable has left once conflicts are about it again
//! and again. A variable that may be absent and that nothing asks for is left open, and counts as absent.

mod agenda;
mod analyse;
mod arcs;
mod budget;
mod choices;
mod clauses;
mod literal;
mod proof;
mod propagate;
mod restart;
mod search;
mod trail;
mod values;

pub(crate) use self::budget::{Budget, Exhausted};
pub(crate) use self::clauses::ClauseId;
pub(crate) use self::literal::{Literal, Term, Var};
pub(crate) use self::values::{ABSENT, Value, ValueSet};

use self::agenda::Agenda;
use self::analyse::Analysis;
use self::arcs::Arcs;
use self::choices::{Choice, Choices};
use self::clauses::{ClauseStore, Origin};
use self::literal::SetPool;
use self::proof::Proof;
use self::restart::Restarts;
use self::search::Decisions;
use self::trail::{Level, Reason, Since, Trail};
use self::values::SetView;

/// Who knows the clauses.
pub(crate) trait Source {
    /// Adds the clauses that matter once `var` has `value`. Called at most once for each pair, before the value is tried; it need not be
    /// tried then or ever. If the search is cancelled, it may leave some out.
    fn expand(&mut self, engine: &mut Engine, var: Var, value: Value);

    /// Judges values that satisfy every clause so far. To refuse them, it adds a clause that they violate. If the search is cancelled, it may
    /// give any verdict: none counts then.
    fn review(&mut self, engine: &mut Engine) -> Verdict;
}

/// What a [`Source`] says of a complete assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is a model.
    Accepted,
    /// A clause that it violates has been added.
    Refused,
}

/// The solver's state: kept between questions, so that what one question taught serves the next.
#[derive(Default)]
pub(crate) struct Engine {
    pool: SetPool,
    trail: Trail,
    clauses: ClauseStore,
    choices: Choices,
    agenda: Agenda,
    analysis: Analysis,
    decisions: Decisions,
    restarts: Restarts,
    arcs: Arcs,
    proof: Option<Proof>,
    /// How many values each variable has.
    counts: Vec<u32>,
    /// The values of each variable whose clauses have been asked for.
    expanded: Vec<ValueSet>,
    /// Variables that must be present and whose best value may have to be expanded.
    unexpanded: Vec<Var>,
    /// The first event whose watches have not been visited.
    head: usize,
    /// Clauses that lower levels already implied something by when they were last looked at, with the level that was in force then: looked
    /// at again when that one is taken back. Ordered by level.
    late: Vec<(Level, ClauseId)>,
    /// Room for a clause that is being added.
    clause: Vec<Literal>,
    /// A clause that was false when it came.
    pending: Option<ClauseId>,
    contradictory: bool,
}

impl Engine {
    /// An engine that remembers what each learnt clause follows from, so that [`core`](Self::core) can tell. Its clauses
    /// are all to be added before the first question.
    pub(crate) fn proving() -> Self {
        Self {
            proof: Some(Proof::default()),
            ..Self::default()
        }
    }

    /// A variable with the values from 0 (absent) to `values - 1`. Of those that need a decision the one of the lowest rank gets it first.
    pub(crate) fn add_var(&mut self, values: u32, rank: u64) -> Var {
        self.clauses.add_var();
        self.agenda.add_var(rank);
        self.counts.push(values);
        self.expanded.push(ValueSet::none(values));
        self.trail.add_var(values)
    }

    /// The values that the variable still can have.
    pub(crate) fn domain(&self, var: Var) -> &ValueSet {
        self.trail.domain(var)
    }

    /// All variables.
    pub(crate) fn vars(&self) -> impl Iterator<Item = Var> + use<> {
        (0..self.counts.len() as u32).map(Var)
    }

    /// After a model was found: the variable's value in it.
    pub(crate) fn value(&self, var: Var) -> Value {
        self.trail.domain(var).single().unwrap_or(ABSENT)
    }

    /// After a model was found: the values of all variables, by position.
    pub(crate) fn model(&self) -> Vec<Value> {
        self.trail
            .domains()
            .map(|domain| domain.single().unwrap_or(ABSENT))
            .collect()
    }

    /// How many values the variable had at first.
    pub(crate) fn count(&self, var: Var) -> u32 {
        self.counts.get(var.index()).copied().unwrap_or(0)
    }

    /// The literal "`var` has one of the values in `set`".
    pub(crate) fn literal(&mut self, (var, set): &Term) -> Literal {
        let set = self.pool.hold(set);
        Literal { var: *var, set }
    }

    /// The variable of a literal, and its values.
    pub(crate) fn term(&self, literal: Literal) -> Term {
        (literal.var, self.set(literal).to_set())
    }

    /// The terms of every clause that was handed in, in that order.
    pub(crate) fn given(&self) -> impl Iterator<Item = (ClauseId, Vec<Term>)> {
        self.clauses.given().map(|(id, literals)| {
            let terms = literals.iter().map(|literal| self.term(*literal));
            (id, terms.collect())
        })
    }

    /// Adds a clause of which, while `guard` is false, an option has to be tried even where all of them are about absent
    /// packages. Options are tried in their order.
    pub(crate) fn add_choice(&mut self, guard: Term, options: Vec<Term>) -> ClauseId {
        let choice = Choice {
            guard: self.literal(&guard),
            options: options.iter().map(|option| self.literal(option)).collect(),
        };
        self.choices.add(choice);
        self.add_clause(options.into_iter().chain([guard]))
    }

    /// Adds a clause, at any time: one that is already unit propagates, one that is already false is a conflict. Two terms about the same
    /// variable are one about either set; those that can never hold are left out.
    pub(crate) fn add_clause(&mut self, terms: impl IntoIterator<Item = Term>) -> ClauseId {
        let mut literals = std::mem::take(&mut self.clause);
        for term in terms {
            self.unite_with(&mut literals, term);
        }
        let is_any_false = literals.iter().any(|literal| self.is_false(*literal));
        if is_any_false {
            literals.sort_by_cached_key(|l| std::cmp::Reverse(self.since_false(*l)));
        }
        let says_nothing_yet = !is_any_false && literals.len() > 1;
        let id = self.clauses.add(&literals, Origin::Given);
        literals.clear();
        self.clause = literals;
        self.add_arcs(id);
        if !says_nothing_yet {
            self.take_up(id);
        }
        id
    }

    fn unite_with(&mut self, literals: &mut Vec<Literal>, mut term: Term) {
        match literals.iter_mut().find(|literal| literal.var == term.0) {
            Some(known) => {
                term.1
                    .unite(self.pool.view(self.trail.domain(known.var), known.set));
                known.set = self.pool.hold(&term.1);
            }
            None if term.1.is_empty() => {}
            None => literals.push(self.literal(&term)),
        }
    }

    /// Looks at a clause that is new here, now and whenever it may say more.
    fn take_up(&mut self, id: ClauseId) {
        self.examine(id);
        if self.is_late(id) {
            self.late.push((self.trail.level(), id));
        }
    }

    /// Looks at a whole clause: propagates it if it is unit, keeps it as a conflict if it is false.
    fn examine(&mut self, id: ClauseId) {
        let literals = self.clauses.literals(id);
        let mut free = literals.iter().copied().filter(|l| !self.is_false(*l));
        match (free.next(), free.next()) {
            (None, _) => {
                self.pending.get_or_insert(id);
            }
            (Some(only), None) => self.enforce(only, Reason::Clause(id)),
            (Some(_), Some(_)) => {}
        }
    }

    /// Whether a clause says something at a lower level than the present one, or is false but not the conflict at hand.
    fn is_late(&self, id: ClauseId) -> bool {
        match *self.clauses.literals(id) {
            [] => false,
            [only] => !self.is_true_at(only, 0),
            [first, second, ..] => {
                let (first, second) = (self.since_false(first), self.since_false(second));
                let unit_at = self.trail.level_of(first.min(second));
                first.max(second) != Since::NotYet || unit_at < self.trail.level()
            }
        }
    }

    /// The set of a literal.
    fn set(&self, literal: Literal) -> SetView<'_> {
        self.pool.view(self.domain(literal.var), literal.set)
    }

    fn is_false(&self, literal: Literal) -> bool {
        !self.domain(literal.var).intersects(self.set(literal))
    }

    fn is_true(&self, literal: Literal) -> bool {
        self.domain(literal.var).is_subset(self.set(literal))
    }

    fn since_false(&self, literal: Literal) -> Since {
        self.trail.ruled_out(literal.var, self.set(literal))
    }

    /// Makes a literal true that is not false.
    fn enforce(&mut self, literal: Literal, reason: Reason) {
        let set = self.pool.view(self.trail.domain(literal.var), literal.set);
        if self.trail.narrow(literal.var, set, reason) {
            self.note(literal.var);
        }
    }

    /// A domain shrank: the variable may now need a decision, and its best value be expanded. That is not left until the value is tried: a
    /// package all of whose releases are ruled out by others is found out as soon as they are chosen, and not when its turn comes.
    fn note(&mut self, var: Var) {
        self.arcs.change(var);
        self.choices.narrowed(var);
        let domain = self.trail.domain(var);
        let Some(best) = domain.first().filter(|value| *value != ABSENT) else {
            return;
        };
        if domain.single().is_none() {
            self.agenda.insert(var);
        }
        if self
            .expanded
            .get(var.index())
            .is_some_and(|expanded| !expanded.contains(best))
        {
            self.unexpanded.push(var);
        }
    }
}

#[cfg(test)]
mod tests;
