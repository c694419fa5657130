//! The smallest set of facts that contradict each other, found by leaving out what is not needed.

use std::collections::{BTreeMap, BTreeSet};

use crate::encode::{Encoder, Fact};
use crate::engine::{Budget, Engine, Exhausted, Source, Term, Value, ValueSet, Var, Verdict};

/// Steps for the first proof and for all attempts to shrink it together.
const STEPS: u64 = 1_500_000;

/// Steps for looking whether fewer items contradict each other.
const ITEM_STEPS: u64 = 100_000;

/// One clause of the contradiction.
#[derive(Clone)]
pub(crate) struct CoreClause<'a> {
    pub(crate) fact: Fact<'a>,
    pub(crate) terms: Vec<Term>,
    guard: Option<Var>,
    /// Whether it is never left out by itself: it is what the others contradict, or no fact of its own.
    is_fixed: bool,
    /// Whether the rest has been shown to be consistent without it.
    pub(crate) is_needed: bool,
}

/// Clauses that contradict each other.
pub(crate) struct Core<'a> {
    pub(crate) clauses: Vec<CoreClause<'a>>,
    /// The positions of the clauses that have a term about a variable.
    about: BTreeMap<Var, Vec<usize>>,
    pub(crate) is_minimal: bool,
}

/// All clauses are there from the beginning.
struct Eager;

impl Source for Eager {
    fn expand(&mut self, _: &mut Engine, _: Var, _: Value) {}

    fn review(&mut self, _: &mut Engine) -> Verdict {
        Verdict::Accepted
    }
}

impl<'a> CoreClause<'a> {
    /// A clause that says something of one instance alone.
    pub(crate) fn about(fact: Fact<'a>, var: Var, values: ValueSet) -> Self {
        Self {
            is_fixed: matches!(fact, Fact::Supposed(_)),
            fact,
            terms: vec![(var, values)],
            guard: None,
            is_needed: false,
        }
    }

    /// The term about a variable.
    pub(crate) fn term(&self, var: Var) -> Option<&ValueSet> {
        self.terms
            .iter()
            .find(|(of, _)| *of == var)
            .map(|(_, set)| set)
    }

    /// The releases of a variable that do not meet the clause by themselves.
    pub(super) fn ruled_out(&self, encoder: &Encoder<'_>, var: Var) -> ValueSet {
        let mut all = encoder.instance(var).values_of(|_| true);
        if let Some(term) = self.term(var) {
            all.subtract(term);
        }
        all
    }
}

impl<'a> Core<'a> {
    /// Of all clauses that a failed search made, those that contradict each other, fewer and fewer.
    pub(super) fn find(encoder: &Encoder<'a>, engine: &Engine) -> Self {
        let mut core = Self::unshrunk(made(encoder, engine));
        let mut budget = Budget::new(ITEM_STEPS, &encoder.request.cancellation);
        core.leave_out_items(engine, &mut budget);
        let mut budget = Budget::new(STEPS, &encoder.request.cancellation);
        core.is_minimal = core.shrink(engine, &mut budget).is_ok();
        core.index();
        core
    }

    /// Those of some clauses that one proof of their contradiction uses. None if they can hold together, or if the budget ends before it is
    /// known.
    pub(crate) fn proof(
        clauses: Vec<CoreClause<'a>>,
        engine: &Engine,
        budget: &mut Budget,
    ) -> Option<Self> {
        let mut core = Self::unshrunk(clauses);
        let used = prove(&core.clauses, engine, budget).ok()??;
        core.keep(&used);
        Some(core)
    }

    /// As few of the clauses as contradict each other; the first ones stay if there is a choice.
    pub(crate) fn shrunk(mut self, engine: &Engine, budget: &mut Budget) -> Self {
        self.is_minimal = self.shrink(engine, budget).is_ok();
        self.index();
        self
    }

    /// Clauses of which it is known that they contradict each other, and that each of them is needed for it.
    pub(crate) fn minimal(mut clauses: Vec<CoreClause<'a>>) -> Self {
        for clause in &mut clauses {
            clause.is_needed = true;
        }
        let mut core = Self::unshrunk(clauses);
        core.is_minimal = true;
        core.index();
        core
    }

    fn unshrunk(clauses: Vec<CoreClause<'a>>) -> Self {
        Self {
            clauses,
            about: BTreeMap::new(),
            is_minimal: false,
        }
    }

    fn index(&mut self) {
        for (position, clause) in self.clauses.iter().enumerate() {
            for (var, _) in &clause.terms {
                self.about.entry(*var).or_default().push(position);
            }
        }
    }

    /// The facts that can be told.
    pub(crate) fn told(&self) -> impl Iterator<Item = &CoreClause<'a>> {
        let mut clauses = self.clauses.iter().collect::<Vec<_>>();
        clauses.retain(|clause| !matches!(clause.fact, Fact::Supposed(_) | Fact::Counting));
        clauses.into_iter()
    }

    /// Whether the clauses contradict each other also if something else of `var` is supposed.
    pub(crate) fn contradicts(
        &self,
        (var, values): (Var, &ValueSet),
        engine: &Engine,
        budget: &mut Budget,
    ) -> Result<bool, Exhausted> {
        let others = self.clauses.iter().cloned();
        let mut clauses: Vec<_> = others
            .filter(|clause| !matches!(clause.fact, Fact::Supposed(_)))
            .collect();
        clauses.push(CoreClause::about(Fact::Supposed(var), var, values.clone()));
        Ok(prove(&clauses, engine, budget)?.is_some())
    }

    /// The instance of which something is supposed.
    pub(super) fn supposed(&self) -> Option<Var> {
        self.clauses.iter().find_map(|clause| match clause.fact {
            Fact::Supposed(var) => Some(var),
            _ => None,
        })
    }

    /// Supposes something else of an instance.
    pub(crate) fn suppose(&mut self, values: &ValueSet) {
        for clause in &mut self.clauses {
            if let (Fact::Supposed(_), Some((_, supposed))) =
                (&clause.fact, clause.terms.first_mut())
            {
                supposed.clone_from(values);
            }
        }
    }

    /// Leaves out items of the request, the latest first, as long as everything else that the search made contradicts itself: the first
    /// proof may use an item that another one does without, and where two cannot be had together, nobody should read that three cannot.
    /// Where the budget ends, the other items stay.
    fn leave_out_items(&mut self, counts: &Engine, budget: &mut Budget) {
        let Ok(Some(used)) = prove(&self.clauses, counts, budget) else {
            return;
        };
        let mut used: BTreeSet<usize> = used.into_iter().collect();
        let mut at = self.clauses.len();
        while let Some(item) = self.last_item(used.range(..at)) {
            at = item;
            let left_out = self.clauses.remove(at);
            match prove(&self.clauses, counts, budget) {
                Ok(Some(fewer)) => used = fewer.into_iter().collect(),
                Ok(None) => self.clauses.insert(at, left_out),
                Err(Exhausted) => return self.clauses.insert(at, left_out),
            }
        }
    }

    /// The last of some positions at which an item is.
    fn last_item<'p>(
        &self,
        positions: impl DoubleEndedIterator<Item = &'p usize>,
    ) -> Option<usize> {
        let is_item = |clause: &CoreClause<'_>| matches!(clause.fact, Fact::Item(..));
        let mut latest_first = positions.rev().copied();
        latest_first.find(|at| self.clauses.get(*at).is_some_and(is_item))
    }

    /// Leaves out one clause after the other, the latest first: what is close to the request stays if there is a choice.
    fn shrink(&mut self, counts: &Engine, budget: &mut Budget) -> Result<(), Exhausted> {
        self.keep_proof(counts, budget)?;
        let mut at = self.clauses.len();
        while let Some(next) = at.checked_sub(1) {
            at = next;
            if self.clauses.get(at).is_some_and(|clause| clause.is_fixed) {
                continue;
            }
            let mut without = self.clauses.clone();
            let left_out = without.remove(at);
            match prove(&without, counts, budget)? {
                Some(used) => {
                    // Those behind have been shown to be needed, so the proof uses them all.
                    let kept_before = used.iter().filter(|used| **used < at).count();
                    self.clauses = used
                        .iter()
                        .filter_map(|used| without.get(*used))
                        .cloned()
                        .collect();
                    at = kept_before;
                }
                None => {
                    self.clauses.truncate(at);
                    self.clauses.push(CoreClause {
                        is_needed: true,
                        ..left_out
                    });
                    self.clauses.extend(without.drain(at..));
                }
            }
        }
        Ok(())
    }

    /// The releases of `var` that a clause is about, so far as the other clauses leave them: what the request does not want
    /// anyway, or nobody asks for, only distracts.
    pub(super) fn concerned(
        &self,
        encoder: &Encoder<'_>,
        clause: &CoreClause<'_>,
        var: Var,
    ) -> ValueSet {
        let instance = encoder.instance(var);
        let all = clause.ruled_out(encoder, var);
        let mut left = all.clone();
        let mut asked_for = ValueSet::none(instance.count());
        let mentions = self.about.get(&var).into_iter().flatten();
        let mentions = mentions.filter_map(|position| self.clauses.get(*position));
        for other in mentions.filter(|other| !std::ptr::eq(*other, clause)) {
            let Some(term) = other.term(var) else {
                continue;
            };
            match &other.fact {
                Fact::Item(..) => {
                    left.intersect(term);
                    asked_for.unite(term);
                }
                Fact::Supposed(_) | Fact::Decided(..) => {
                    left.intersect(term);
                    asked_for.unite(term);
                }
                Fact::ItemPrerelease(_) | Fact::Excluded(..) | Fact::Yanked(..) => {
                    left.intersect(term)
                }
                Fact::Dependency(asker, _) | Fact::Requires(asker, _) if *asker != var => {
                    asked_for.unite(term);
                }
                _ => {}
            }
        }
        left.intersect(&asked_for);
        if left.is_empty() { all } else { left }
    }

    fn keep_proof(&mut self, counts: &Engine, budget: &mut Budget) -> Result<(), Exhausted> {
        if let Some(used) = prove(&self.clauses, counts, budget)? {
            self.keep(&used);
        }
        Ok(())
    }

    fn keep(&mut self, positions: &[usize]) {
        let kept = positions.iter().filter_map(|at| self.clauses.get(*at));
        self.clauses = kept.cloned().collect();
    }
}

/// All clauses that a search made, each with its fact; only some if the search is cancelled.
pub(crate) fn made<'a>(encoder: &Encoder<'a>, engine: &Engine) -> Vec<CoreClause<'a>> {
    let goes_on = || !encoder.is_cancelled();
    let given = engine.given().take_while(|_| goes_on());
    let mut terms: BTreeMap<_, _> = given.collect();
    let made = encoder.made().iter().take_while(|_| goes_on());
    let made = made.filter_map(|made| {
        let mut terms = terms.remove(&made.clause)?;
        // The search moves terms about; here they are in the order in which packages came up.
        terms.sort_by_key(|(var, _)| *var);
        Some(CoreClause {
            is_fixed: matches!(made.fact, Fact::Counting),
            fact: made.fact.clone(),
            terms,
            guard: made.guard,
            is_needed: false,
        })
    });
    made.collect()
}

/// The positions of clauses that contradict each other; none if all can hold together.
fn prove(
    clauses: &[CoreClause<'_>],
    counts: &Engine,
    budget: &mut Budget,
) -> Result<Option<Vec<usize>>, Exhausted> {
    let mut engine = Engine::proving();
    let mut vars = BTreeMap::new();
    let mut ids = BTreeMap::new();
    for (position, clause) in clauses.iter().enumerate() {
        let (mut terms, mut guard) = (Vec::new(), None);
        for (var, set) in &clause.terms {
            let here = *vars
                .entry(*var)
                .or_insert_with(|| engine.add_var(counts.count(*var), 0));
            if clause.guard == Some(*var) {
                guard = Some((here, set.clone()));
            } else {
                terms.push((here, set.clone()));
            }
        }
        // Making and propagating a clause costs as much as the sets in it are large, and there may be very many.
        let words = clause.terms.len()
            + clause
                .terms
                .iter()
                .map(|(_, set)| set.size())
                .sum::<usize>();
        budget.spend_many(words as u64)?;
        let id = match guard {
            Some(guard) => engine.add_choice(guard, terms),
            None => engine.add_clause(terms),
        };
        ids.insert(id, position);
    }
    let holds = engine.solve(&mut Eager, &[], budget)?;
    Ok((!holds).then(|| {
        engine
            .core()
            .iter()
            .filter_map(|id| ids.get(id).copied())
            .collect()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancellation::Cancellation;

    #[test]
    fn a_budget_that_ends_is_no_answer() {
        let mut engine = Engine::default();
        let var = engine.add_var(4, 0);
        let values = |values: &[Value]| ValueSet::of(4, values.iter().copied());
        let fact = CoreClause::about(Fact::Counting, var, values(&[1, 2]));
        let supposed = CoreClause::about(Fact::Supposed(var), var, values(&[3]));
        let core = Core::minimal(vec![fact, supposed]);
        let contradicts = |supposed: &[Value], steps: u64| {
            let budget = &mut Budget::new(steps, &Cancellation::new());
            core.contradicts((var, &values(supposed)), &engine, budget)
        };
        assert_eq!(contradicts(&[3], 100), Ok(true));
        assert_eq!(contradicts(&[2, 3], 100), Ok(false));
        assert_eq!(contradicts(&[2, 3], 1), Err(Exhausted));
    }
}
