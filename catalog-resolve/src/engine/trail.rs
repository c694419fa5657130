//! What has been decided and derived, in order: the domains, and how to take steps back.

#![expect(
    clippy::indexing_slicing,
    reason = "variables and events are numbered by this module and never removed while referred to"
)]

use std::collections::HashSet;

use super::clauses::ClauseId;
use super::literal::Var;
use super::values::{SetView, ValueSet};

/// A number of decisions; what is derived from none of them is at level 0.
pub(super) type Level = u32;

/// Position of an event on the trail.
pub(super) type EventId = u32;

/// Why a domain shrank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// It was tried.
    Decision,
    /// All other literals of the clause were false.
    Clause(ClauseId),
}

/// One shrinking of one domain.
pub(super) struct Event {
    pub(super) var: Var,
    pub(super) reason: Reason,
    pub(super) level: Level,
    before: ValueSet,
    /// The one before it of the same variable.
    previous: Option<EventId>,
    /// One further back, so that each is reached from any later one in a logarithm of steps.
    jump: Option<EventId>,
    /// How many came before it of the same variable.
    depth: u32,
}

/// The domains, and every step that made them what they are.
#[derive(Default)]
pub(super) struct Trail {
    domains: Vec<ValueSet>,
    latest: Vec<Option<EventId>>,
    events: Vec<Event>,
    starts: Vec<EventId>,
}

/// Since when a set has been out of reach of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Since {
    /// It never was within reach.
    Always,
    /// That event ruled out its last member.
    Event(EventId),
    /// It still is within reach.
    NotYet,
}

impl Trail {
    pub(super) fn add_var(&mut self, values: u32) -> Var {
        let var = Var(self.domains.len() as u32);
        self.domains.push(ValueSet::all(values));
        self.latest.push(None);
        var
    }

    pub(super) fn domains(&self) -> impl Iterator<Item = &ValueSet> {
        self.domains.iter()
    }

    pub(super) fn domain(&self, var: Var) -> &ValueSet {
        &self.domains[var.index()]
    }

    pub(super) fn event(&self, id: EventId) -> &Event {
        &self.events[id as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    pub(super) fn level(&self) -> Level {
        self.starts.len() as Level
    }

    /// The clauses that something on the trail follows from.
    pub(super) fn reasons(&self) -> HashSet<ClauseId> {
        let reasons = self.events.iter().filter_map(|event| match event.reason {
            Reason::Clause(id) => Some(id),
            Reason::Decision => None,
        });
        reasons.collect()
    }

    pub(super) fn open_level(&mut self) {
        self.starts.push(self.events.len() as EventId);
    }

    /// The level of a [`Since`]; the present level for what is still within reach.
    pub(super) fn level_of(&self, since: Since) -> Level {
        match since {
            Since::Always => 0,
            Since::Event(id) => self.event(id).level,
            Since::NotYet => self.level(),
        }
    }

    /// Shrinks a domain to its members in `set`, at the present level; false if all were.
    pub(super) fn narrow(&mut self, var: Var, set: SetView<'_>, reason: Reason) -> bool {
        let domain = &mut self.domains[var.index()];
        if domain.is_subset(set) {
            return false;
        }
        let before = domain.clone();
        domain.intersect(set);
        let previous = self.latest[var.index()].replace(self.events.len() as EventId);
        let level = self.level();
        self.events.push(Event {
            var,
            reason,
            level,
            before,
            previous,
            jump: previous.and_then(|previous| self.jump_behind(previous)),
            depth: previous.map_or(0, |previous| self.event(previous).depth + 1),
        });
        true
    }

    /// Where to jump to from the event behind this one: as far as twice in a row from here, if both jumps are of one length (the pointers of
    /// Myers' random-access lists).
    fn jump_behind(&self, previous: EventId) -> Option<EventId> {
        let event = self.event(previous);
        let Some(first) = event.jump else {
            return Some(previous);
        };
        let far = self.event(first);
        let length = event.depth - far.depth;
        let second = far.jump.map_or(0, |second| self.event(second).depth);
        match far.depth - second == length {
            true => far.jump,
            false => Some(previous),
        }
    }

    /// Takes back the latest event and gives its variable.
    fn pop(&mut self) -> Option<Var> {
        let event = self.events.pop()?;
        self.domains[event.var.index()] = event.before;
        self.latest[event.var.index()] = event.previous;
        Some(event.var)
    }

    /// Takes back everything above `level`, calling `undone` with each variable that got values back.
    pub(super) fn back_to(&mut self, level: Level, mut undone: impl FnMut(Var, &ValueSet)) {
        let Some(start) = self.starts.get(level as usize).copied() else {
            return;
        };
        while self.events.len() > start as usize {
            if let Some(var) = self.pop() {
                undone(var, &self.domains[var.index()]);
            }
        }
        self.starts.truncate(level as usize);
    }

    /// Since when no member of `set` has been in the domain, in a logarithm of the events of this one variable.
    pub(super) fn ruled_out(&self, var: Var, set: SetView<'_>) -> Since {
        if self.domains[var.index()].intersects(set) {
            return Since::NotYet;
        }
        self.first_such(var, |domain| !domain.intersects(set))
    }

    /// Since when the domain has been within `set`.
    pub(super) fn settled_within(&self, var: Var, set: SetView<'_>) -> Since {
        if !self.domains[var.index()].is_subset(set) {
            return Since::NotYet;
        }
        self.first_such(var, |domain| domain.is_subset(set))
    }

    /// The event before which `holds` was false of the domain, given that it is true now and stays so once true.
    fn first_such(&self, var: Var, holds: impl Fn(&ValueSet) -> bool) -> Since {
        let mut at = self.latest[var.index()];
        while let Some(id) = at {
            let event = self.event(id);
            if !holds(&event.before) {
                return Since::Event(id);
            }
            let far = event.jump.filter(|far| Some(*far) != event.previous);
            let far = far.filter(|far| holds(&self.event(*far).before));
            at = far.or(event.previous);
        }
        Since::Always
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;
    use crate::engine::tests::Random;

    const VALUES: u32 = 300;

    /// One variable, and all that its domain ever was, each with the event that made it so: what a walk over all events knows.
    struct Walked {
        trail: Trail,
        var: Var,
        was: Vec<(ValueSet, EventId)>,
    }

    impl Walked {
        /// Since when something holds of the domain that stays so once it does.
        fn since(&self, holds: impl Fn(&ValueSet) -> bool) -> Since {
            if !holds(self.trail.domain(self.var)) {
                return Since::NotYet;
            }
            let ruled = self.was.iter().rev().find(|(before, _)| !holds(before));
            ruled.map_or(Since::Always, |(_, event)| Since::Event(*event))
        }

        /// Steps from the latest event to another one, by jumps that do not pass it.
        fn steps_to(&self, event: EventId) -> u32 {
            let (mut at, mut steps) = (*self.trail.latest.get(self.var.index()).unwrap(), 0);
            while let Some(id) = at.filter(|id| *id != event) {
                let here = self.trail.event(id);
                let far = here.jump.filter(|far| *far >= event);
                (at, steps) = (far.or(here.previous), steps + 1);
            }
            assert_eq!(at, Some(event), "it was passed");
            steps
        }

        fn narrow(&mut self, random: &mut Random) {
            let before = self.trail.domain(self.var).clone();
            let mut set = ValueSet::all(VALUES);
            for _ in 0..=random.below(3) {
                let members = Vec::from_iter(before.iter());
                let at = random.below(members.len().max(1) as u64) as usize;
                members.get(at).into_iter().for_each(|one| set.remove(*one));
            }
            let event = self.trail.len() as EventId;
            if self.trail.narrow(self.var, set.view(), Reason::Decision) {
                self.was.push((before, event));
            }
        }
    }

    #[test]
    fn what_was_ruled_out_is_found_as_by_a_walk_over_all_events_in_a_logarithm_of_steps() {
        for seed in 0..20 {
            let mut random = Random(seed);
            let mut trail = Trail::default();
            let (var, other) = (trail.add_var(VALUES), trail.add_var(VALUES));
            let was = Vec::new();
            let mut walked = Walked { trail, var, was };
            let mut longest = 0;
            for _ in 0..1_000 {
                match random.below(40) {
                    0..4 => walked.trail.open_level(),
                    4 => {
                        let level = walked.trail.level();
                        // Mostly a little, and now and then a lot.
                        let back = random.below(8).min(random.below(u64::from(level) + 1));
                        walked.trail.back_to(level.saturating_sub(back), |_, _| ());
                        let len = walked.trail.len() as EventId;
                        walked.was.retain(|(_, event)| *event < len);
                    }
                    5..8 => {
                        let set = ValueSet::of(VALUES, [random.below(u64::from(VALUES))]);
                        walked.trail.narrow(other, set.view(), Reason::Decision);
                    }
                    _ => walked.narrow(&mut random),
                }
                let size = 1 + random.below(6);
                let some = (0..size).map(|_| random.below(u64::from(VALUES)));
                let some = ValueSet::of(VALUES, Vec::from_iter(some));
                let mut others = ValueSet::all(VALUES);
                others.subtract(&some);
                assert_eq!(
                    walked.trail.ruled_out(var, some.view()),
                    walked.since(|domain| !domain.intersects(&some))
                );
                assert_eq!(
                    walked.trail.settled_within(var, others.view()),
                    walked.since(|domain| domain.is_subset(&others))
                );
                let events = walked.was.len() as u32;
                for (_, event) in &walked.was {
                    let steps = walked.steps_to(*event);
                    assert!(steps <= 3 * events.ilog2() + 1, "{steps} for {events}");
                    longest = longest.max(events);
                }
            }
            assert!(longest > 60, "{longest}");
        }
    }
}
