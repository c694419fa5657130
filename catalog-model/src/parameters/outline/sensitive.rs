//! Which values are secret.

use std::collections::{BTreeMap, BTreeSet};

use super::{Outline, Subschema};
use crate::pointer::unescaped;

/// How many subschemas one question may look at. Beyond, the answer is that the value is secret.
const LOOKED_AT: u64 = 100_000;

/// What a value is, where only that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parameters) enum Shape {
    /// Null, or no value at all.
    Nothing,
    Scalar,
    List,
    Map,
}

/// A walk through values and, at the same time, the subschemas that may be asked about them: whatever conditions, alternatives and
/// patterns lead there. Values about which the same subschemas are asked share one state, so that a step that was taken before costs one
/// look at those that speak of properties and items.
pub(in crate::parameters) struct Sensitivity<'o> {
    outline: &'o Outline,
    /// How many subschemas may still be looked at. Beyond, what is found is secret.
    budget: u64,
    states: Vec<State<'o>>,
    by_subschemas: BTreeMap<BTreeSet<usize>, usize>,
}

/// What the subschemas asked about one value come to.
struct State<'o> {
    is_secret: bool,
    secret_in_maps: bool,
    secret_in_lists: bool,
    /// Those that speak of properties or items.
    speaking: Vec<&'o Subschema>,
    /// How many items have a subschema of their own.
    positions: usize,
    /// Where steps lead, by the name if one of them names it, and by the index.
    next: BTreeMap<Step, Option<usize>>,
}

type Step = (Option<String>, Option<usize>);

impl Outline {
    /// Whether the value at a JSON pointer, or one around it, is secret by any subschema that may be asked about it. A value that the
    /// schema forbids is secret: nobody knows what it was meant for.
    pub(in crate::parameters) fn is_sensitive(&self, pointer: &str) -> bool {
        let mut walk = Sensitivity::new(self, LOOKED_AT);
        let tokens = pointer.split('/').skip(1).map(unescaped);
        let start = walk.start();
        let end = tokens.fold(start, |at, token| walk.step(at?, &token));
        end.is_none()
    }

    /// Notes of each subschema whether one beneath it says that a value is secret.
    pub(super) fn mark_secrets_below(&mut self) {
        let mut askers = vec![Vec::new(); self.subschemas.len()];
        for (id, subschema) in self.subschemas.iter().enumerate() {
            let same = subschema.same.iter().map(|(below, _)| *below);
            for below in same.chain(subschema.in_maps()).chain(subschema.in_lists()) {
                if let Some(askers) = askers.get_mut(below) {
                    askers.push(id);
                }
            }
        }
        let secret = self.subschemas.iter().enumerate();
        let secret = secret.filter(|(_, subschema)| subschema.is_secret);
        let mut leads: BTreeSet<usize> = secret.map(|(id, _)| id).collect();
        let mut open: Vec<usize> = leads.iter().copied().collect();
        while let Some(id) = open.pop() {
            let askers = askers.get(id).into_iter().flatten();
            open.extend(askers.copied().filter(|&asker| leads.insert(asker)));
        }
        for subschema in &mut self.subschemas {
            let in_maps = subschema.in_maps().any(|id| leads.contains(&id));
            let in_lists = subschema.in_lists().any(|id| leads.contains(&id));
            (subschema.secret_in_maps, subschema.secret_in_lists) = (in_maps, in_lists);
        }
    }
}

impl Subschema {
    /// All subschemas asked about properties.
    fn in_maps(&self) -> impl Iterator<Item = usize> {
        let named = self.properties.values();
        let others = self.every_property.iter().chain(&self.other_properties);
        named.chain(others).copied()
    }

    /// All subschemas asked about items.
    fn in_lists(&self) -> impl Iterator<Item = usize> {
        let others = self.every_item.iter().chain(&self.other_items);
        self.positions.iter().chain(others).copied()
    }
}

impl<'o> Sensitivity<'o> {
    /// A walk that looks at no more than `budget` subschemas.
    pub(in crate::parameters) fn new(outline: &'o Outline, budget: u64) -> Self {
        Self {
            outline,
            budget,
            states: Vec::new(),
            by_subschemas: BTreeMap::new(),
        }
    }

    /// The state of the outermost value; `None` if it is secret.
    pub(in crate::parameters) fn start(&mut self) -> Option<usize> {
        self.state([self.outline.root].into())
    }

    /// The state of a value in that of state `at`; `None` if it is secret. A step is the name of a property or an index: with both.
    pub(in crate::parameters) fn step(&mut self, at: usize, token: &str) -> Option<usize> {
        let state = self.states.get(at)?;
        self.budget = self.budget.checked_sub(state.speaking.len() as u64)?;
        let is_named = state
            .speaking
            .iter()
            .any(|subschema| subschema.properties.contains_key(token));
        // Items without a subschema of their own are all alike.
        let index = token.parse().ok();
        let index = index.map(|index: usize| index.min(state.positions));
        let step = (is_named.then(|| token.to_owned()), index);
        if let Some(known) = state.next.get(&step) {
            return *known;
        }
        let below: BTreeSet<usize> = state
            .speaking
            .iter()
            .flat_map(|subschema| {
                let items = index.into_iter().flat_map(|index| subschema.item(index));
                subschema.property(token).chain(items)
            })
            .collect();
        let found = self.state(below);
        self.states.get_mut(at)?.next.insert(step, found);
        found
    }

    /// Whether a value of this shape stands where the schema has secrets in a value of another shape: it may be one of them, set in the
    /// place of the map or list that it belongs into.
    pub(in crate::parameters) fn is_misplaced(&self, at: usize, shape: Shape) -> bool {
        let Some(state) = self.states.get(at) else {
            return true;
        };
        match shape {
            Shape::Nothing => false,
            Shape::Scalar => state.secret_in_maps || state.secret_in_lists,
            Shape::List => state.secret_in_maps && !state.secret_in_lists,
            Shape::Map => state.secret_in_lists && !state.secret_in_maps,
        }
    }

    /// The state of a value about which these are asked, and those that are asked with them.
    fn state(&mut self, ids: BTreeSet<usize>) -> Option<usize> {
        let outline = self.outline;
        let is_never = |id: &usize| outline.subschemas.get(*id).is_some_and(|one| one.is_never);
        if !ids.is_empty() && ids.iter().all(is_never) {
            return None;
        }
        let ids = self.asked_with(ids)?;
        let number = match self.by_subschemas.get(&ids) {
            Some(number) => *number,
            None => {
                let number = self.states.len();
                let asked = ids.iter().filter_map(|&id| outline.subschemas.get(id));
                self.states.push(State::new(asked));
                self.by_subschemas.insert(ids, number);
                number
            }
        };
        let is_secret = self.states.get(number)?.is_secret;
        (!is_secret).then_some(number)
    }

    /// These and all that are asked about the same value with them; `None` when that is over the budget.
    fn asked_with(&mut self, mut ids: BTreeSet<usize>) -> Option<BTreeSet<usize>> {
        let mut open: Vec<usize> = ids.iter().copied().collect();
        while let Some(id) = open.pop() {
            self.budget = self.budget.checked_sub(1)?;
            for (below, _) in &self.outline.subschemas.get(id)?.same {
                if ids.insert(*below) {
                    open.push(*below);
                }
            }
        }
        Some(ids)
    }
}

impl<'o> State<'o> {
    fn new(asked: impl Iterator<Item = &'o Subschema>) -> Self {
        let mut state = Self {
            is_secret: false,
            secret_in_maps: false,
            secret_in_lists: false,
            speaking: Vec::new(),
            positions: 0,
            next: BTreeMap::new(),
        };
        for subschema in asked {
            state.is_secret |= subschema.is_secret;
            state.secret_in_maps |= subschema.secret_in_maps;
            state.secret_in_lists |= subschema.secret_in_lists;
            state.positions = state.positions.max(subschema.positions.len());
            let mut below = subschema.in_maps().chain(subschema.in_lists());
            if below.next().is_some() {
                state.speaking.push(subschema);
            }
        }
        state
    }
}
