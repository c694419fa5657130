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
