//! Which variable to decide next.

#![expect(
    clippy::indexing_slicing,
    reason = "positions in the heap are kept by this module alone"
)]

use super::literal::Var;

/// Activities above this are scaled down, all together.
const LARGEST: f64 = 1e100;
/// How much more a bump counts than one a conflict earlier.
const GROWTH: f64 = 1.0 / 0.95;

/// The variables that may need a decision: a binary heap, most active first, then the one that came up first.
///
/// Before the first conflict that is the order in which packages were asked for, which is the order of the answer's
/// preferences: a request without conflicts gets its best answer at the first attempt.
pub(super) struct Agenda {
    heap: Vec<Var>,
    places: Vec<Option<u32>>,
    activity: Vec<f64>,
    bump: f64,
}

impl Default for Agenda {
    fn default() -> Self {
        Self {
            heap: Vec::new(),
            places: Vec::new(),
            activity: Vec::new(),
            bump: 1.0,
        }
    }
}

impl Agenda {
    pub(super) fn add_var(&mut self) {
        self.places.push(None);
        self.activity.push(0.0);
    }

    pub(super) fn insert(&mut self, var: Var) {
        if self.places[var.index()].is_none() {
            self.heap.push(var);
            self.rise(self.heap.len() - 1);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Var> {
        let top = *self.heap.first()?;
        let last = self.heap.pop()?;
        self.places[top.index()] = None;
        if last != top {
            self.heap[0] = last;
            self.sink(0);
        }
        Some(top)
    }

    /// The variable took part in a conflict.
    pub(super) fn bump(&mut self, var: Var) {
        let activity = &mut self.activity[var.index()];
        *activity += self.bump;
        if *activity > LARGEST {
            for activity in &mut self.activity {
                *activity /= LARGEST;
            }
            self.bump /= LARGEST;
        }
        if let Some(place) = self.places[var.index()] {
            self.rise(place as usize);
        }
    }

    /// From here on, bumps count for more than those before.
    pub(super) fn age(&mut self) {
        self.bump *= GROWTH;
    }

    fn before(&self, a: Var, b: Var) -> bool {
        let (x, y) = (self.activity[a.index()], self.activity[b.index()]);
        x > y || (x == y && a < b)
    }

    fn rise(&mut self, mut at: usize) {
        let var = self.heap[at];
        while at > 0 {
            let parent = (at - 1) / 2;
            if !self.before(var, self.heap[parent]) {
                break;
            }
            self.put(at, self.heap[parent]);
            at = parent;
        }
        self.put(at, var);
    }

    fn sink(&mut self, mut at: usize) {
        let var = self.heap[at];
        loop {
            let left = 2 * at + 1;
            let Some(first) = self.heap.get(left).copied() else {
                break;
            };
            let (mut child, mut next) = (left, first);
            if let Some(second) = self.heap.get(left + 1).copied()
                && self.before(second, first)
            {
                (child, next) = (left + 1, second);
            }
            if !self.before(next, var) {
                break;
            }
            self.put(at, next);
            at = child;
        }
        self.put(at, var);
    }

    fn put(&mut self, at: usize, var: Var) {
        self.heap[at] = var;
        self.places[var.index()] = Some(at as u32);
    }
}
