//! The smallest set of facts that contradict each other, found by leaving out what is not needed.

use std::collections::BTreeMap;

use crate::encode::{Encoder, Fact};
use crate::engine::{Budget, Engine, Exhausted, Source, Term, Value, ValueSet, Var, Verdict};

/// Steps for the first proof and for all attempts to shrink it together.
const STEPS: u64 = 1_500_000;

/// One clause of the contradiction.
#[derive(Clone)]
pub(super) struct CoreClause<'a> {
    pub(super) fact: Fact<'a>,
    pub(super) terms: Vec<Term>,
    guard: Option<Var>,
    /// Whether the rest has been shown to be consistent without it.
    pub(super) is_needed: bool,
}

/// Clauses that contradict each other.
pub(super) struct Core<'a> {
    pub(super) clauses: Vec<CoreClause<'a>>,
    /// The positions of the clauses that have a term about a variable.
    about: BTreeMap<Var, Vec<usize>>,
    pub(super) is_minimal: bool,
}

/// All clauses are there from the beginning.
struct Eager;

impl Source for Eager {
    fn expand(&mut self, _: &mut Engine, _: Var, _: Value) {}

    fn review(&mut self, _: &mut Engine) -> Verdict {
        Verdict::Accepted
    }
}

impl CoreClause<'_> {
    /// The term about a variable.
    pub(super) fn term(&self, var: Var) -> Option<&ValueSet> {
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
        let mut terms: BTreeMap<_, _> = engine.given().collect();
        let made = encoder.made().iter().filter_map(|made| {
            let mut terms = terms.remove(&made.clause)?;
            // The search moves terms about; here they are in the order in which packages came up.
            terms.sort_by_key(|(var, _)| *var);
            Some(CoreClause {
                fact: made.fact.clone(),
                terms,
                guard: made.guard,
                is_needed: false,
            })
        });
        let mut core = Self {
            clauses: made.collect(),
            about: BTreeMap::new(),
            is_minimal: false,
        };
        let mut budget = Budget::new(STEPS, &encoder.request.cancellation);
        core.is_minimal = core.shrink(engine, &mut budget).is_ok();
        for (position, clause) in core.clauses.iter().enumerate() {
            for (var, _) in &clause.terms {
                core.about.entry(*var).or_default().push(position);
            }
        }
        core
    }

    /// Leaves out one clause after the other, the latest first: what is close to the request stays if there is a choice.
    fn shrink(&mut self, counts: &Engine, budget: &mut Budget) -> Result<(), Exhausted> {
        self.keep_proof(counts, budget)?;
        let mut at = self.clauses.len();
        while let Some(next) = at.checked_sub(1) {
            at = next;
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
            self.clauses = used
                .iter()
                .filter_map(|used| self.clauses.get(*used))
                .cloned()
                .collect();
        }
        Ok(())
    }
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
                .or_insert_with(|| engine.add_var(counts.count(*var)));
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
