//! One question.

use super::each::Each;
use super::target::Target;
use super::test::Test;

/// A target, and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) target: Target,
    pub(crate) test: Test,
    pub(crate) each: Option<Each>,
    pub(crate) allow_empty: bool,
    pub(crate) when_absent: Option<WhenAbsent>,
}

/// The answer where the object or the field is absent, or the field null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenAbsent {
    Satisfied,
    NotSatisfied,
    Unknown,
}

impl Leaf {
    pub(crate) fn new(target: Target, test: Test) -> Self {
        Self {
            target,
            test,
            each: None,
            allow_empty: false,
            when_absent: None,
        }
    }
}
