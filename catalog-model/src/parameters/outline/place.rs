//! Places in a schema document, and what is wrong there.

use std::borrow::Cow;

/// One step of a path into a JSON document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parameters) enum Token<'v> {
    Key(&'v str),
    Index(usize),
}

/// Something that keeps a schema from being used.
#[derive(Clone, Debug)]
pub(in crate::parameters) struct Problem<'v> {
    /// The path to it from the root.
    pub(in crate::parameters) place: Vec<Token<'v>>,
    /// The end of the diagnostic's code.
    pub(in crate::parameters) rule: &'static str,
    pub(in crate::parameters) message: String,
    pub(in crate::parameters) help: Cow<'static, str>,
}

/// Paths that share their beginnings: each knows its last step and the path before it, so that many long paths stay small.
#[derive(Debug, Default)]
pub(super) struct Paths<'v> {
    steps: Vec<Step<'v>>,
}

#[derive(Debug)]
struct Step<'v> {
    parent: PathId,
    token: Token<'v>,
    /// Of the whole path.
    bytes: usize,
}

/// A path in [`Paths`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PathId(usize);

impl PathId {
    pub(super) const ROOT: Self = Self(0);
}

impl<'v> Paths<'v> {
    pub(super) fn below(&mut self, parent: PathId, token: Token<'v>) -> PathId {
        let own = match token {
            Token::Key(key) => key.len(),
            Token::Index(_) => 4,
        };
        let bytes = self.bytes(parent).saturating_add(1 + own);
        self.steps.push(Step {
            parent,
            token,
            bytes,
        });
        PathId(self.steps.len())
    }

    pub(super) fn tokens(&self, path: PathId) -> Vec<Token<'v>> {
        let mut tokens = Vec::new();
        let mut at = path;
        while let Some(step) = self.step(at) {
            tokens.push(step.token);
            at = step.parent;
        }
        tokens.reverse();
        tokens
    }

    /// How long the path is.
    pub(super) fn bytes(&self, path: PathId) -> usize {
        self.step(path).map_or(0, |step| step.bytes)
    }

    fn step(&self, path: PathId) -> Option<&Step<'v>> {
        self.steps.get(path.0.checked_sub(1)?)
    }
}
