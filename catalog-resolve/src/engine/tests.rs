//! The engine against enumeration, on random problems without packages or versions.

use super::*;
use crate::cancellation::Cancellation;

/// splitmix64: small, seeded, the same everywhere.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u32 {
        (self.next() % end) as u32
    }
}

/// What the engine's contract allows: a clause over several variables may be satisfied by leaving packages out, or is a
/// choice.
struct Problem {
    counts: Vec<u32>,
    /// Clauses, each with the value of the first variable at whose expansion it comes; a choice's first term is its guard.
    clauses: Vec<(Vec<(usize, ValueSet)>, bool)>,
}

impl Problem {
    fn random(random: &mut Random) -> Self {
        let vars = 2 + random.below(5) as usize;
        let wide = random.below(8) == 0;
        let counts: Vec<u32> = (0..vars)
            .map(|_| if wide { 66 } else { 2 + random.below(4) })
            .collect();
        let mut clauses = Vec::new();
        let any = |random: &mut Random, var: usize| {
            let count = counts[var];
            let members = (1..count).filter(|v| if wide { *v > 63 } else { true });
            ValueSet::of(
                count,
                members.filter(|_| random.below(2) == 0).collect::<Vec<_>>(),
            )
        };
        for _ in 0..2 * vars + random.below(8) as usize {
            let var = random.below(vars as u64) as usize;
            let mut guard = ValueSet::all(counts[var]);
            guard.subtract(&any(random, var));
            let mut terms = vec![(var, guard)];
            let mut choice = false;
            let mut other = || (var + 1 + random.below(vars as u64 - 1) as usize) % vars;
            let (a, b) = (other(), other());
            match random.below(4) {
                0 | 1 => terms.push((a, any(random, a))),
                2 => {
                    let mut without = ValueSet::all(counts[a]);
                    without.subtract(&any(random, a));
                    terms.push((a, without));
                }
                _ if a != b => {
                    choice = true;
                    terms.extend([a, b].map(|v| (v, any(random, v))));
                }
                _ => {}
            }
            clauses.push((terms, choice));
        }
        Self { counts, clauses }
    }

    fn holds(&self, values: &[Value], assumptions: &[(usize, ValueSet)]) -> bool {
        let meets = |(var, set): &(usize, ValueSet)| set.contains(values[*var]);
        self.clauses
            .iter()
            .all(|(terms, _)| terms.iter().any(meets))
            && assumptions.iter().all(meets)
    }

    fn has_model(&self, assumptions: &[(usize, ValueSet)]) -> bool {
        let interesting = |var: usize| {
            let count = self.counts[var];
            (0..count).filter(move |v| count < 64 || *v == 0 || *v > 62)
        };
        let mut partial = vec![Vec::new()];
        for var in 0..self.counts.len() {
            partial = partial
                .into_iter()
                .flat_map(|values: Vec<Value>| {
                    interesting(var).map(move |v| [values.as_slice(), &[v]].concat())
                })
                .collect();
        }
        partial.iter().any(|values| self.holds(values, assumptions))
    }
}

/// Adds each clause when its guard is about to become false.
struct Lazy<'a> {
    problem: &'a Problem,
    vars: Vec<Var>,
    added: Vec<bool>,
}

impl Lazy<'_> {
    fn add(&mut self, engine: &mut Engine, at: usize) {
        let (terms, choice) = &self.problem.clauses[at];
        let mut terms: Vec<Term> = terms
            .iter()
            .map(|(v, s)| (self.vars[*v], s.clone()))
            .collect();
        if !std::mem::replace(&mut self.added[at], true) {
            if *choice {
                let guard = terms.remove(0);
                engine.add_choice(guard, terms);
            } else {
                engine.add_clause(terms);
            }
        }
    }
}

impl Source for Lazy<'_> {
    fn expand(&mut self, engine: &mut Engine, var: Var, value: Value) {
        for at in 0..self.problem.clauses.len() {
            let (of, guard) = &self.problem.clauses[at].0[0];
            if self.vars[*of] == var && !guard.contains(value) {
                self.add(engine, at);
            }
        }
    }

    fn review(&mut self, _: &mut Engine) -> Verdict {
        Verdict::Accepted
    }
}

#[test]
fn random_questions_get_the_answer_that_enumeration_gives() {
    let mut random = Random(7);
    let mut refuted = 0;
    for _ in 0..4_000 {
        let problem = Problem::random(&mut random);
        let mut engine = Engine::default();
        let vars: Vec<Var> = problem
            .counts
            .iter()
            .map(|n| engine.add_var(*n, 0))
            .collect();
        let added = vec![false; problem.clauses.len()];
        let mut source = Lazy {
            problem: &problem,
            vars: vars.clone(),
            added,
        };
        let mut assumptions: Vec<(usize, ValueSet)> = Vec::new();
        for _ in 0..8 {
            // A question need not go on where the last one ended.
            if random.below(3) == 0 {
                assumptions.truncate(random.below(4) as usize);
            }
            let may_be_absent = random.below(3) == 0;
            let var = random.below(vars.len() as u64) as usize;
            let mut set = ValueSet::all(problem.counts[var]);
            // The low values of a wide variable are in no clause, so enumeration looks at one of them only.
            let low = random.below(3) == 0;
            for value in 0..problem.counts[var] {
                let is_low = problem.counts[var] > 64 && value < 64;
                let without = if is_low { low } else { random.below(3) == 0 };
                if (without && value != ABSENT) || (value == ABSENT && !may_be_absent) {
                    set.subtract(&ValueSet::of(problem.counts[var], [value]));
                }
            }
            assumptions.push((var, set));
            let literals: Vec<Literal> = assumptions
                .iter()
                .map(|(v, s)| engine.literal(&(vars[*v], s.clone())))
                .collect();
            // Nor need the last one have come to an end.
            let few = Budget::new(random.below(12).into(), &Cancellation::new());
            for mut budget in [few.clone(), few] {
                let _ = engine.solve(&mut source, &literals, &mut budget);
            }
            let found = engine
                .solve(
                    &mut source,
                    &literals,
                    &mut Budget::new(100_000, &Cancellation::new()),
                )
                .unwrap();
            assert_eq!(found, problem.has_model(&assumptions), "of {assumptions:?}");
            if found {
                let values: Vec<Value> = vars.iter().map(|var| engine.value(*var)).collect();
                assert!(problem.holds(&values, &assumptions));
            } else {
                refuted += 1;
                assumptions.pop();
            }
        }
    }
    assert!(refuted > 1_000, "only {refuted} questions had no answer");
}

#[test]
fn cores_contradict_each_other_alone() {
    let mut random = Random(11);
    let mut proven = 0;
    for _ in 0..2_000 {
        let problem = Problem::random(&mut random);
        let mut engine = Engine::proving();
        let vars: Vec<Var> = problem
            .counts
            .iter()
            .map(|n| engine.add_var(*n, 0))
            .collect();
        let added = vec![false; problem.clauses.len()];
        let mut source = Lazy {
            problem: &problem,
            vars: vars.clone(),
            added,
        };
        for at in 0..problem.clauses.len() {
            source.add(&mut engine, at);
        }
        let mut roots = Vec::new();
        for var in [0, 1] {
            let present = ValueSet::of(problem.counts[var], 1..problem.counts[var]);
            roots.push((vec![(var, present.clone())], false));
            engine.add_clause(vec![(vars[var], present)]);
        }
        if engine
            .solve(
                &mut source,
                &[],
                &mut Budget::new(100_000, &Cancellation::new()),
            )
            .unwrap()
        {
            continue;
        }
        proven += 1;
        let all = [problem.clauses.clone(), roots].concat();
        let core = engine
            .core()
            .into_iter()
            .map(|id| all[id.0 as usize].clone());
        let part = Problem {
            counts: problem.counts.clone(),
            clauses: core.collect(),
        };
        assert!(!part.has_model(&[]));
    }
    assert!(proven > 300, "only {proven} problems had no model");
}

/// Problems too large to enumerate, around a model that is known: long enough a search for it to restart, to forget what it learnt, and to go
/// back by less than it could.
#[test]
fn a_hidden_model_is_never_denied() {
    let mut random = Random(13);
    for _ in 0..150 {
        let counts = vec![5; 24];
        let hidden: Vec<Value> = counts.iter().map(|_| 1 + random.below(4)).collect();
        let mut problem = Problem {
            counts,
            clauses: Vec::new(),
        };
        while problem.clauses.len() < 260 {
            let terms = [(); 3].map(|()| {
                let var = random.below(24) as usize;
                let values = (1..5).filter(|_| random.below(2) == 0);
                (var, ValueSet::of(5, values.collect::<Vec<_>>()))
            });
            if terms.iter().any(|(var, set)| set.contains(hidden[*var])) {
                problem.clauses.push((terms.to_vec(), false));
            }
        }
        let mut engine = Engine::default();
        let vars: Vec<Var> = problem
            .counts
            .iter()
            .map(|n| engine.add_var(*n, 0))
            .collect();
        let added = vec![false; problem.clauses.len()];
        let mut source = Lazy {
            problem: &problem,
            vars: vars.clone(),
            added,
        };
        let mut literals = Vec::new();
        let mut assumptions = Vec::new();
        for (at, var) in vars.iter().enumerate() {
            let present = ValueSet::of(5, 1..5);
            engine.add_clause([(*var, present)]);
            if at % 2 == 0 {
                let half = ValueSet::of(5, [hidden[at], 1 + random.below(4), 1 + random.below(4)]);
                literals.push(engine.literal(&(*var, half.clone())));
                assumptions.push((at, half));
            }
            let mut budget = Budget::new(1_000_000, &Cancellation::new());
            let found = engine.solve(&mut source, &literals, &mut budget).unwrap();
            assert!(found, "the hidden model is denied");
        }
        let values: Vec<Value> = vars.iter().map(|var| engine.value(*var)).collect();
        assert!(problem.holds(&values, &assumptions));
    }
}

/// What is not due is looked at again only if something became of its guard or its options.
#[test]
fn choices_are_set_aside() {
    let mut engine = Engine::default();
    let vars: Vec<Var> = (0..4).map(|_| engine.add_var(2, 0)).collect();
    let only = |value: Value| ValueSet::of(2, [value]);
    engine.add_choice((vars[0], only(0)), vec![(vars[1], only(1))]);
    engine.add_choice((vars[2], only(0)), vec![(vars[3], only(1))]);
    let first = |engine: &Engine| engine.choices.first().map(|(position, _)| position);
    assert_eq!(first(&engine), Some(0));
    engine.choices.set_aside(0);
    assert_eq!(first(&engine), Some(1));
    engine.choices.set_aside(1);
    assert_eq!(first(&engine), None);
    engine.add_clause([(vars[2], only(1))]);
    assert_eq!(first(&engine), Some(1), "its guard is false");
    engine.choices.set_aside(1);
    engine.choices.widened(vars[1]);
    assert_eq!(first(&engine), Some(0), "its option may be open again");
}
