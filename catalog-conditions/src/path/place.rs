//! Where a value really stands in an object.

/// One step to a value that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step<'v> {
    /// The value of a key.
    Key(&'v str),
    /// An element of a list, from 0.
    Index(usize),
}

/// A place in an object: keys and indexes only, from the root. `Display` writes it as a path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place<'v> {
    steps: Vec<Step<'v>>,
}

impl<'v> Place<'v> {
    /// The steps; none for the object itself.
    #[must_use]
    pub fn steps(&self) -> &[Step<'v>] {
        &self.steps
    }

    /// Whether it is the object itself.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    pub(crate) fn push(&mut self, step: Step<'v>) {
        self.steps.push(step);
    }

    pub(crate) fn child(&self, step: Step<'v>) -> Self {
        let mut steps = Vec::with_capacity(self.steps.len() + 1);
        steps.extend_from_slice(&self.steps);
        steps.push(step);
        Self { steps }
    }
}
