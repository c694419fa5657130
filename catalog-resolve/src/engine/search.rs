//! Questions: is there a model in which these literals are true?

#![expect(
    clippy::indexing_slicing,
    reason = "there is an entry for every variable and every open level"
)]

use super::literal::{Literal, Var};
use super::trail::{Level, Reason, Since};
use super::values::{ABSENT, Value, ValueSet};
use super::{Budget, Engine, Exhausted, Source, Verdict};

/// Levels that are not taken back for a clause that could take effect before them. Of a bundle of 10,000 packages half of all steps are saved;
/// puzzles, with fewer decisions than that, take as many as before. Tests of the engine, whose problems are small, try it with two.
const FAR: Level = if cfg!(test) { 2 } else { 100 };

/// The decisions in force, one a level: assumptions first.
#[derive(Default)]
pub(super) struct Decisions {
    levels: Vec<Decision>,
    /// How many of them are assumptions.
    assumptions: usize,
    /// The last question's assumptions.
    asked: Vec<Literal>,
    /// How many of the assumptions are true at the present level.
    assumed: usize,
}

struct Decision {
    literal: Literal,
    /// How many assumptions were true before it.
    assumed_before: usize,
}

enum Step {
    Expand(Var, Value),
    Decide {
        literal: Literal,
        is_assumption: bool,
    },
    /// There is more to conclude.
    Propagate,
    /// An assumption is false.
    Refuted,
    /// Everything that has to be present has its value.
    Complete,
}

impl Engine {
    /// Whether all clauses, those that `source` will add included, can hold together with all `assumptions`. If so, the
    /// model is in the domains until the next call. What was learnt stays, and so does the part of the trail that the next
    /// question shares.
    pub(crate) fn solve(
        &mut self,
        source: &mut impl Source,
        assumptions: &[Literal],
        budget: &mut Budget,
    ) -> Result<bool, Exhausted> {
        if self.contradictory {
            return Ok(false);
        }
        let (level, assumed) = self.share(assumptions);
        if let Some(last) = assumptions.last()
            && self.is_false_at(*last, level)
        {
            // What was found before shows it, and may serve the next question as it is.
            return Ok(false);
        }
        self.back_to(level);
        self.decisions.assumed = assumed;
        let known = self.decisions.asked.len();
        self.decisions
            .asked
            .extend_from_slice(&assumptions[known..]);
        loop {
            if let Some(conflict) = self.propagate() {
                if let Err(exhausted) = budget.spend() {
                    // Another question may come, and has to find it.
                    self.pending = Some(conflict);
                    return Err(exhausted);
                }
                if !self.learn_from(conflict) {
                    self.contradictory = true;
                    return Ok(false);
                }
                continue;
            }
            if self.restarts.is_due() {
                self.restart();
                continue;
            }
            match self.next_step(assumptions) {
                Step::Expand(var, value) => {
                    if let Err(exhausted) = budget.spend() {
                        self.unexpanded.push(var);
                        return Err(exhausted);
                    }
                    self.expanded[var.index()].insert(value);
                    source.expand(self, var, value);
                }
                Step::Decide {
                    literal,
                    is_assumption,
                } => {
                    if let Err(exhausted) = budget.spend() {
                        self.note(literal.var);
                        return Err(exhausted);
                    }
                    self.decide(literal, is_assumption);
                }
                Step::Propagate => {}
                Step::Refuted => return Ok(false),
                Step::Complete => {
                    let verdict = source.review(self);
                    // What is cancelled meanwhile is not reviewed to the end.
                    budget.check()?;
                    if verdict == Verdict::Accepted {
                        return Ok(true);
                    }
                }
            }
        }
    }

    fn next_step(&mut self, assumptions: &[Literal]) -> Step {
        if let Some((var, value)) = self.next_unexpanded().or_else(|| self.next_warm()) {
            return Step::Expand(var, value);
        }
        if self.arcs.has_changed() {
            return Step::Propagate;
        }
        while let Some(literal) = assumptions.get(self.decisions.assumed).copied() {
            if self.is_false(literal) {
                return Step::Refuted;
            }
            if !self.is_true(literal) {
                return Step::Decide {
                    literal,
                    is_assumption: true,
                };
            }
            self.decisions.assumed += 1;
        }
        self.next_release()
            .or_else(|| self.next_option())
            .unwrap_or(Step::Complete)
    }

    /// The best value of a variable that must be present, if its clauses have not been asked for.
    fn next_unexpanded(&mut self) -> Option<(Var, Value)> {
        while let Some(var) = self.unexpanded.pop() {
            if let Some(value) = self.domain(var).first()
                && value != ABSENT
                && !self.expanded[var.index()].contains(value)
            {
                return Some((var, value));
            }
        }
        None
    }

    /// Tries the best release of a package that must be present, once its clauses are there.
    fn next_release(&mut self) -> Option<Step> {
        while let Some(var) = self.agenda.first() {
            let domain = self.domain(var);
            let is_settled = domain.single().is_some();
            let value = match domain.first() {
                Some(value) if value != ABSENT => value,
                _ => {
                    self.agenda.remove(var);
                    continue;
                }
            };
            if !self.expanded[var.index()].contains(value) {
                return Some(Step::Expand(var, value));
            }
            // It comes in again when the decision is taken back.
            self.agenda.remove(var);
            if is_settled {
                continue;
            }
            let values = ValueSet::of(self.counts[var.index()], [value]);
            let literal = self.literal(&(var, values));
            return Some(Step::Decide {
                literal,
                is_assumption: false,
            });
        }
        None
    }

    /// Tries the best option of a choice that is due and not made.
    fn next_option(&mut self) -> Option<Step> {
        while let Some((position, choice)) = self.choices.first() {
            let is_made = || choice.options.iter().any(|option| self.is_true(*option));
            if self.is_false(choice.guard) && !is_made() {
                let mut options = choice.options.iter().copied();
                let literal = options.find(|option| !self.is_false(*option))?;
                return Some(Step::Decide {
                    literal,
                    is_assumption: false,
                });
            }
            self.choices.set_aside(position);
        }
        None
    }

    fn decide(&mut self, literal: Literal, is_assumption: bool) {
        self.decisions.levels.push(Decision {
            literal,
            assumed_before: self.decisions.assumed,
        });
        if is_assumption {
            self.decisions.assumptions = self.decisions.levels.len();
        }
        self.trail.open_level();
        self.enforce(literal, Reason::Decision);
    }

    /// Takes back every decision above `level`.
    pub(super) fn back_to(&mut self, level: Level) {
        let Some(undone) = self.decisions.levels.get(level as usize) else {
            return;
        };
        self.decisions.assumed = undone.assumed_before;
        self.decisions.levels.truncate(level as usize);
        self.decisions.assumptions = self.decisions.assumptions.min(level as usize);
        let (agenda, arcs) = (&mut self.agenda, &mut self.arcs);
        let choices = &mut self.choices;
        self.trail.back_to(level, |var, domain| {
            arcs.change(var);
            choices.widened(var);
            if !domain.contains(ABSENT) {
                agenda.give_back(var);
            }
        });
        self.head = self.head.min(self.trail.len());
        self.pending = None;
        self.examine_late();
    }

    /// Clauses that came late may be unit at a level that their conclusion has just been taken back from.
    fn examine_late(&mut self) {
        let level = self.trail.level();
        let behind = self.late.partition_point(|(at, _)| *at <= level);
        for (_, id) in self.late.split_off(behind) {
            self.take_up(id);
        }
    }

    /// The level up to which the new question would decide the same: for assumptions that it shares with the last question, and for its next
    /// ones where the search happens to have decided so. From here on these decisions are assumptions. Also how many are true there.
    fn share(&mut self, assumptions: &[Literal]) -> (Level, usize) {
        let asked = self.decisions.asked.iter().zip(assumptions);
        let shared = asked.take_while(|(before, now)| before == now).count();
        let levels = &self.decisions.levels[..self.decisions.assumptions];
        let mut level =
            levels.partition_point(|decision| decision.assumed_before < shared) as Level;
        let before = level.checked_sub(1).map(|last| &levels[last as usize]);
        let mut assumed = before.map_or(0, |decision| decision.assumed_before + 1);
        loop {
            let rest = assumptions.iter().skip(assumed);
            assumed += rest.take_while(|l| self.is_true_at(**l, level)).count();
            let Some(decision) = self.decisions.levels.get_mut(level as usize) else {
                break;
            };
            if assumptions.get(assumed) != Some(&decision.literal) {
                break;
            }
            decision.assumed_before = assumed;
            level += 1;
        }
        self.decisions.assumptions = level as usize;
        self.decisions.asked.truncate(shared);
        let asked = assumptions.get(shared..assumed).unwrap_or_default();
        self.decisions.asked.extend_from_slice(asked);
        (level, assumed)
    }

    /// How far to go back where a clause was learnt that could take effect at a level. Not as far as it could where that is far: nearly all
    /// that was decided in between would be decided again. Nor to before the assumptions, all of which would come again. Where it takes
    /// effect later than it could, it does so again when that is taken back.
    pub(super) fn back_to_at_least(&self, level: Level, conflict: Level) -> Level {
        let before = conflict.saturating_sub(1);
        match before.saturating_sub(level) < FAR {
            true => level.max(before.min(self.decisions.assumptions as Level)),
            false => before,
        }
    }

    fn is_false_at(&self, literal: Literal, level: Level) -> bool {
        let since = self.since_false(literal);
        since != Since::NotYet && self.trail.level_of(since) <= level
    }

    pub(super) fn is_true_at(&self, literal: Literal, level: Level) -> bool {
        let since = self.trail.settled_within(literal.var, self.set(literal));
        self.is_true(literal) && self.trail.level_of(since) <= level
    }

    /// Goes back to the assumptions, and forgets what is least likely to be of use again.
    fn restart(&mut self) {
        self.back_to(self.decisions.assumptions as Level);
        if self.proof.is_none() && self.restarts.is_too_many(self.clauses.learnt) {
            let reasons = self.trail.reasons();
            let is_needed = |id| reasons.contains(&id) || self.pending == Some(id);
            self.clauses.forget_weak(is_needed);
            self.late.retain(|(_, id)| !self.clauses.is_forgotten(*id));
        }
    }
}
