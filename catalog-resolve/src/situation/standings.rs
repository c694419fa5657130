//! Standings, found by the instance that each is about.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::Standing;
use crate::encode::InstanceKey;

#[derive(Default)]
pub(super) struct Standings<'a> {
    /// By name and place, once they are sorted.
    all: Vec<(InstanceKey, Standing<'a>)>,
    positions: HashMap<InstanceKey, usize, RandomState>,
}

impl<'a> Standings<'a> {
    /// For about so many.
    pub(super) fn with_room(count: usize) -> Self {
        Self {
            all: Vec::with_capacity(count),
            positions: HashMap::with_capacity_and_hasher(count, RandomState::default()),
        }
    }

    /// What is said of an instance: nothing yet, if it is new.
    #[expect(
        clippy::indexing_slicing,
        reason = "positions are those of what was pushed"
    )]
    pub(super) fn of(&mut self, key: InstanceKey) -> &mut Standing<'a> {
        let next = self.all.len();
        let position = *self.positions.entry(key.clone()).or_insert(next);
        if position == next {
            self.all.push((key, Standing::default()));
        }
        &mut self.all[position].1
    }

    /// Brings them into the order of names and places.
    pub(super) fn sort(&mut self) {
        self.all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        for (position, (key, _)) in self.all.iter().enumerate() {
            if let Some(known) = self.positions.get_mut(key) {
                *known = position;
            }
        }
    }

    pub(super) fn get(&self, key: &InstanceKey) -> Option<&Standing<'a>> {
        let (_, standing) = self.all.get(*self.positions.get(key)?)?;
        Some(standing)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&InstanceKey, &Standing<'a>)> {
        self.all.iter().map(|(key, standing)| (key, standing))
    }
}
