//! What a conflict teaches: the first unique implication point, by signed resolution.
//!
//! From "x in S, or P" and "x in T, or Q" follows "x in S ∩ T, or P, or Q". Going back along the trail from a false clause,
//! each event's reason is resolved in, until only one literal of the clause became false at the conflict's level. That
//! clause is kept: it is false now, and takes effect as soon as that one event is undone.

#![expect(
    clippy::indexing_slicing,
    reason = "there is an entry for every variable, and reasons contain the variable they narrow"
)]

use std::collections::BinaryHeap;

use super::Engine;
use super::clauses::{ClauseId, Origin};
use super::literal::{Literal, Var};
use super::trail::{EventId, Level, Reason, Since};
use super::values::ValueSet;

/// The clause under construction, one set a variable, each with the event that made it false.
#[derive(Default)]
pub(super) struct Analysis {
    terms: Vec<Option<(ValueSet, EventId)>>,
    /// Variables with a term, and perhaps some whose term is gone.
    touched: Vec<Var>,
    latest: BinaryHeap<(EventId, Var)>,
    /// The conflict's level, and how many terms became false there.
    level: Level,
    at_level: usize,
    used: Vec<ClauseId>,
}

impl Analysis {
    /// The variable whose term became false last.
    fn pop(&mut self) -> Option<(EventId, Var)> {
        while let Some((event, var)) = self.latest.pop() {
            if matches!(self.terms[var.index()], Some((_, at)) if at == event) {
                return Some((event, var));
            }
        }
        None
    }
}

/// A learnt clause and what to do with it.
struct Lesson {
    /// The literal that takes effect first, then the one that became false last among the others.
    literals: Vec<Literal>,
    back_to: Level,
    levels: u32,
}

impl Engine {
    /// Learns from a false clause and takes back what it shows to be wrong; false if it contradicts everything.
    pub(super) fn learn_from(&mut self, conflict: ClauseId) -> bool {
        let lesson = self.analyse(conflict);
        let used = std::mem::take(&mut self.analysis.used);
        let Some(lesson) = lesson else {
            if let Some(proof) = &mut self.proof {
                proof.contradiction(used);
            }
            return false;
        };
        self.restarts.conflict();
        self.back_to(self.back_to_at_least(lesson.back_to, self.analysis.level));
        let levels = lesson.levels;
        let id = self
            .clauses
            .add(&lesson.literals, Origin::Learnt { levels });
        if let Some(proof) = &mut self.proof {
            proof.learnt(id, used);
        }
        // Not simply enforced: what came late may have been looked at on the way back, and may contradict it.
        self.take_up(id);
        true
    }

    fn analyse(&mut self, conflict: ClauseId) -> Option<Lesson> {
        let literals = self.clauses.literals(conflict);
        let levels = literals
            .iter()
            .map(|l| self.trail.level_of(self.since_false(*l)));
        self.analysis.level = levels.max().unwrap_or(0);
        self.analysis.at_level = 0;
        self.analysis.terms.resize(self.counts.len(), None);
        if self.analysis.level == 0 && self.proof.is_none() {
            return None;
        }
        self.include(conflict, None);
        let asserted = loop {
            let Some((event, var)) = self.analysis.pop() else {
                break None;
            };
            let event = self.trail.event(event);
            match event.reason {
                Reason::Clause(reason)
                    if self.analysis.level == 0 || self.analysis.at_level > 1 =>
                {
                    self.include(reason, Some(var));
                }
                _ => break Some(var),
            }
        };
        self.lesson(asserted)
    }

    /// Resolves a clause in, over `pivot` if the clause under construction has a term for it.
    fn include(&mut self, clause: ClauseId, pivot: Option<Var>) {
        if self.proof.is_some() {
            self.analysis.used.push(clause);
        }
        for at in 0..self.clauses.literals(clause).len() {
            let literal = self.clauses.literals(clause)[at];
            if Some(literal.var) == pivot {
                self.resolve(literal);
            } else {
                self.unite(literal);
            }
        }
    }

    fn resolve(&mut self, literal: Literal) {
        let Some((mut set, event)) = self.analysis.terms[literal.var.index()].take() else {
            return;
        };
        if self.trail.event(event).level == self.analysis.level {
            self.analysis.at_level -= 1;
        }
        set.intersect(self.set(literal));
        self.put(literal.var, set);
    }

    fn unite(&mut self, literal: Literal) {
        self.arcs.warm_up(literal.var);
        let mut set = self.set(literal).to_set();
        if let Some((known, event)) = self.analysis.terms[literal.var.index()].take() {
            set.unite(&known);
            if self.trail.event(event).level == self.analysis.level {
                self.analysis.at_level -= 1;
            }
        }
        self.put(literal.var, set);
    }

    /// Sets the term of a variable, unless it was false from the start. A proof goes on to the reasons at level 0 too.
    fn put(&mut self, var: Var, set: ValueSet) {
        let since = self.trail.ruled_out(var, set.view());
        debug_assert_ne!(since, Since::NotYet, "a term that is not false");
        let Since::Event(id) = since else {
            return;
        };
        let level = self.trail.event(id).level;
        if level == 0 && self.proof.is_none() {
            return;
        }
        if level == self.analysis.level {
            self.analysis.at_level += 1;
        }
        self.analysis.terms[var.index()] = Some((set, id));
        self.analysis.latest.push((id, var));
        self.analysis.touched.push(var);
    }

    /// Takes the finished clause out of the analysis, which is empty afterwards.
    fn lesson(&mut self, asserted: Option<Var>) -> Option<Lesson> {
        self.analysis.latest.clear();
        let mut found: Vec<(EventId, Literal)> = Vec::new();
        for var in std::mem::take(&mut self.analysis.touched) {
            if let Some((set, event)) = self.analysis.terms[var.index()].take() {
                let literal = self.literal(&(var, set));
                found.push((event, literal));
            }
        }
        asserted?;
        found.sort_unstable_by_key(|(event, _)| std::cmp::Reverse(*event));
        let mut levels: Vec<Level> = found
            .iter()
            .map(|(event, _)| self.trail.event(*event).level)
            .collect();
        let back_to = levels.get(1).copied().unwrap_or(0);
        levels.dedup();
        Some(Lesson {
            literals: found.into_iter().map(|(_, literal)| literal).collect(),
            back_to,
            levels: levels.len() as u32,
        })
    }
}
