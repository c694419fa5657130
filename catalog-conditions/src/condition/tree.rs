//! Questions of one sort joined by all, any and not.

use super::error::{ExpressionError, Limit};

/// How deep `all`, `any` and `not` may nest.
pub(crate) const MAX_DEPTH: usize = 32;
/// How many questions one tree may ask.
pub(crate) const MAX_LEAVES: usize = 1000;

/// Questions joined by `all`, `any` and `not`, within [`MAX_DEPTH`] and [`MAX_LEAVES`]: whoever walks it may recurse.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tree<L> {
    part: Part<L>,
    depth: usize,
    questions: usize,
}

/// What a [`Tree`] is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part<L> {
    All(Vec<Tree<L>>),
    Any(Vec<Tree<L>>),
    Not(Box<Tree<L>>),
    Leaf(Box<L>),
}

impl<L> Tree<L> {
    /// One leaf, which asks so many questions.
    pub(crate) fn leaf(leaf: L, questions: usize) -> Self {
        Self {
            part: Part::Leaf(Box::new(leaf)),
            depth: 0,
            questions,
        }
    }

    pub(crate) fn all(parts: Vec<Self>) -> Result<Self, ExpressionError> {
        Self::joined(parts, Part::All)
    }

    pub(crate) fn any(parts: Vec<Self>) -> Result<Self, ExpressionError> {
        Self::joined(parts, Part::Any)
    }

    pub(crate) fn not(part: Self) -> Result<Self, ExpressionError> {
        let (depth, questions) = (part.depth + 1, part.questions);
        Self {
            part: Part::Not(Box::new(part)),
            depth,
            questions,
        }
        .within_limits()
    }

    pub(crate) fn part(&self) -> &Part<L> {
        &self.part
    }

    pub(crate) fn question_count(&self) -> usize {
        self.questions
    }

    /// The leaves in the order written.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = &L> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            loop {
                match waiting.pop()?.part() {
                    Part::All(parts) | Part::Any(parts) => waiting.extend(parts.iter().rev()),
                    Part::Not(part) => waiting.push(part),
                    Part::Leaf(leaf) => return Some(leaf.as_ref()),
                }
            }
        })
    }

    fn joined(parts: Vec<Self>, join: fn(Vec<Self>) -> Part<L>) -> Result<Self, ExpressionError> {
        let depth = parts
            .iter()
            .map(|part| part.depth)
            .max()
            .ok_or(Limit::Empty)?
            + 1;
        let questions = parts.iter().map(|part| part.questions).sum();
        Self {
            part: join(parts),
            depth,
            questions,
        }
        .within_limits()
    }

    fn within_limits(self) -> Result<Self, ExpressionError> {
        if self.depth > MAX_DEPTH {
            return Err(Limit::Depth.into());
        }
        if self.questions > MAX_LEAVES {
            return Err(Limit::Leaves.into());
        }
        Ok(self)
    }
}
