//! Where a value really stands in an object.

use std::fmt;
use std::hash::{Hash, Hasher};

/// One step to a value that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step<'v> {
    /// The value of a key.
    Key(&'v str),
    /// An element of a list, from 0.
    Index(usize),
}

/// How many steps a place holds without an allocation: as many as `spec.template.spec.containers[0].resources.limits.memory` has.
const NEAR: usize = 8;

/// A place in an object: keys and indexes only, from the root. `Display` writes it as a path.
///
/// A walk notes its place at every step, mostly for nobody, so that noting must cost next to nothing: see `NEAR`.
#[derive(Clone)]
pub struct Place<'v> {
    /// How many of `near` are steps.
    count: usize,
    near: [Step<'v>; NEAR],
    /// All the steps, once there are more than `near` holds.
    far: Vec<Step<'v>>,
}

impl<'v> Place<'v> {
    /// The steps; none for the object itself.
    #[must_use]
    pub fn steps(&self) -> &[Step<'v>] {
        if self.far.is_empty() {
            self.near.get(..self.count).unwrap_or_default()
        } else {
            &self.far
        }
    }

    /// Whether it is the object itself.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.steps().is_empty()
    }

    #[inline]
    pub(crate) fn push(&mut self, step: Step<'v>) {
        match self.near.get_mut(self.count) {
            Some(next) => {
                *next = step;
                self.count += 1;
            }
            None => self.push_far(step),
        }
    }

    #[cold]
    fn push_far(&mut self, step: Step<'v>) {
        if self.far.is_empty() {
            self.far.reserve(2 * NEAR);
            self.far.extend_from_slice(&self.near);
        }
        self.far.push(step);
    }
}

impl<'v> FromIterator<Step<'v>> for Place<'v> {
    fn from_iter<I: IntoIterator<Item = Step<'v>>>(steps: I) -> Self {
        let mut place = Self::default();
        steps.into_iter().for_each(|step| place.push(step));
        place
    }
}

impl Default for Place<'_> {
    fn default() -> Self {
        Self {
            count: 0,
            near: [Step::Index(0); NEAR],
            far: Vec::new(),
        }
    }
}

impl fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Place").field(&self.steps()).finish()
    }
}

impl PartialEq for Place<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.steps() == other.steps()
    }
}

impl Eq for Place<'_> {}

impl Hash for Place<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.steps().hash(state);
    }
}
