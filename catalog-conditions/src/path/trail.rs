//! Places of many values, held so that what they have in common is there once.

use super::place::{Place, Step};

/// The places of all members, as a tree that is written down from its leaves: what they have in common is there once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trail<'v> {
    links: Vec<(Link, Step<'v>)>,
}

/// A place in a [`Trail`]: one more than the position of its last step, and 0 for the root.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Link(usize);

impl Link {
    pub(crate) const ROOT: Self = Self(0);
}

impl<'v> Trail<'v> {
    pub(crate) fn push(&mut self, parent: Link, step: Step<'v>) -> Link {
        self.links.push((parent, step));
        Link(self.links.len())
    }

    pub(super) fn reserve(&mut self, additional: usize) {
        self.links.reserve(additional);
    }

    /// The place that was noted last.
    pub(crate) fn last(&self) -> Link {
        Link(self.links.len())
    }

    /// Forgets the places that were noted after this one.
    pub(crate) fn forget_after(&mut self, last: Link) {
        self.links.truncate(last.0);
    }

    pub(crate) fn place(&self, mut link: Link) -> Place<'v> {
        let mut steps = Vec::new();
        while let Some((parent, step)) = link.0.checked_sub(1).and_then(|at| self.links.get(at)) {
            steps.push(*step);
            link = *parent;
        }
        steps.into_iter().rev().collect()
    }
}
