//! How many of some instances move.

use super::{Encoder, Fact};
use crate::engine::{ABSENT, Engine, Term, Value, ValueSet, Var};

impl Encoder<'_> {
    /// The values of an installed instance at which it counts as a change: present, and not as it is installed.
    pub(crate) fn unmoved(&self, var: Var) -> Term {
        let instance = self.instance(var);
        let values = [ABSENT].into_iter().chain(instance.kept);
        (var, ValueSet::of(instance.count(), values))
    }

    /// A variable whose value is at least the number of `movers` that move, counted up to `most + 1`.
    ///
    /// A chain of counters, each of which is at least the one before it, and more if its mover moves: as many clauses as movers, times
    /// `most`.
    pub(crate) fn count_moves(
        &mut self,
        engine: &mut Engine,
        movers: &[Var],
        most: u32,
    ) -> Option<Var> {
        let values = most + 2;
        let below = |end: Value| ValueSet::of(values, 0..end);
        let from = |start: Value| ValueSet::of(values, start..values);
        let mut before: Option<Var> = None;
        for mover in movers {
            let after = self.add_counter(engine, values);
            for count in 0..=most {
                let mut clause = vec![self.unmoved(*mover), (after, from(count + 1))];
                match before {
                    Some(before) if count > 0 => clause.push((before, below(count))),
                    None if count > 0 => continue,
                    _ => {}
                }
                self.add(engine, Fact::Counting, clause);
            }
            if let Some(before) = before {
                for count in 1..values {
                    let clause = vec![(before, below(count)), (after, from(count))];
                    self.add(engine, Fact::Counting, clause);
                }
            }
            before = Some(after);
        }
        before
    }
}
